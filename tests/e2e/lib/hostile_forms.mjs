// The forms of the panel, field by field: what is wrong in each, and the one status that it is answered with. What is sent is never
// confirmed, so nothing of it is made.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fields_of } from './forms.mjs';
import { ROOT } from './site.mjs';
import { equal, ok, status, test } from './tap.mjs';

/* Of a field: how long it may be; `needed`; `only`: what is none of what it may be is wrong; `policy`: it is written into the policy; `else`: it
 * is no field of the page, and the answer has this status and says this. */
const free = (max, more) => ({ max, ...more });
const only = (max, more) => ({ max, only: true, ...more });
const other = (code, says, missing = code, garbled = code, twice = garbled) => ({ max: 300, else: { code, says, missing, garbled, twice } });

const CHANGE = { effective: only(300), reason: free(500, { needed: true }), confirm: only(300), version: other(409, /somebody else has changed the policy/i) };
const LIMIT = { feature: only(64), amount: only(20), window: only(32), align: only(16), scope: only(16), mode: only(16), on_exceed: only(16), fail: only(16), warn_at: only(64),
    rollover: only(20), timezone: only(64), week_starts: only(16), day_starts: only(16), claim_within: only(20), keep_place: only(20), queue_max: only(20), fair: only(16) };
const PLAN = { title: free(200, { policy: true }), price: free(200, { policy: true }), rank: only(20), upgrade: only(64), inherits: only(64), multiplier: only(20), unlimited: only(8),
    queue_weight: only(20), grace_days: only(20), grace_multiplier: only(20), grace_unlimited: only(8) };
const FEATURE = { title: free(200, { policy: true }), unit: free(200, { policy: true }), units: free(200, { policy: true }), about: free(2000, { policy: true }), parent: only(64), resources: only(4000),
    unit_cost: only(20), one_place: only(16) };
const ROUTE = { method: only(32), path: only(1000, { needed: true }), query: free(4000, { policy: true }), feature: only(64, { needed: true }), resource_query: free(255, { policy: true }), resource_segment: only(255), units: only(20),
    charge: only(16) };
const GRANT = { feature: only(64), amount: only(20), every: only(32), priority: only(20) };
const URL = only(1000), OWN = only(2000, { needed: true }); /* whoever asks is an administrator by that list alone, and stays on it */
const SETTINGS = { title: free(200, { policy: true }), timezone: only(64), week_starts: only(16), day_starts: only(16), default_plan: only(64, { needed: true }), anonymous_plan: only(64),
    upgrade_url: URL, support_url: URL, sign_in_url: URL, currency: only(16), queue_answer: only(16), totp: only(16), administrators: OWN, embedders: only(2000), grace_days: only(20),
    grace_multiplier: only(20), grace_unlimited: only(8), support_ceiling_multiplier: only(20), support_ceiling_days: only(20) };
const needed = field => ({ ...field, needed: true });
const WHAT = { what: other(400, /what is to be changed/i, null) }, NEEDED_WHAT = other(400, /what is to be changed/i);

/* Where, with which page, a base that is good, and every field; `at_once`: what is good would be made without being looked at, and is not sent. */
export const FORMS = [
    ['/admin/limit', '?limit=free/day', { feature: 'call', amount: '9', window: 'day' }, { ...CHANGE, ...LIMIT, ...WHAT, amount: needed(LIMIT.amount), window: needed(LIMIT.window), feature: needed(LIMIT.feature),
        limit: other(404, /there is no such limit/i, 400) }],
    ['/admin/limit', '?limit=free/day&mode=off&quick=1', {}, { reason: CHANGE.reason }],
    ['/admin/limit', '?what=add&plan=free', { key: 'own', feature: 'call', amount: '9', window: 'day' }, { ...CHANGE, ...LIMIT, amount: needed(LIMIT.amount), window: needed(LIMIT.window),
        feature: needed(LIMIT.feature), key: needed(only(64)), plan: other(404, /there is no such plan/i, 400) }],
    ['/admin/limit', '?what=remove&limit=free/day', { confirm: '' }, { effective: CHANGE.effective, reason: CHANGE.reason, limit: other(404, /there is no such limit/i, 400) }],
    ['/admin/plan', '?plan=free', { title: 'Free', upgrade: '' }, { ...CHANGE, ...PLAN, ...WHAT, plan: other(404, /there is no such plan/i, 400) }],
    ['/admin/plan', '?what=add', { key: 'own' }, { ...CHANGE, ...PLAN, key: needed(only(64)) }],
    ['/admin/plan', '?what=remove&plan=spare', { confirm: '' }, { effective: CHANGE.effective, reason: CHANGE.reason, plan: other(404, /there is no such plan/i, 400) }],
    ['/admin/feature', '?feature=call', { title: 'Calls' }, { ...CHANGE, ...FEATURE, ...WHAT, feature: other(404, /there is no such feature/i, 400) }],
    ['/admin/feature', '?what=add', { key: 'own' }, { ...CHANGE, ...FEATURE, key: needed(only(64)) }],
    ['/admin/route', '?route=1', { units: '2' }, { ...CHANGE, ...ROUTE, ...WHAT, route: other(404, /there is no such route/i, 400) }],
    ['/admin/route', '?what=add', { path: '/own', feature: 'call' }, { ...CHANGE, ...ROUTE, position: only(300) }],
    ['/admin/plan-grant', '?grant=free/gift', { amount: '2' }, { ...CHANGE, ...GRANT, ...WHAT, amount: needed(GRANT.amount), feature: needed(GRANT.feature),
        grant: other(404, /there is no such grant/i, 400) }],
    ['/admin/plan-grant', '?what=add&plan=free', { key: 'own', feature: 'call', amount: '5' }, { ...CHANGE, ...GRANT, amount: needed(GRANT.amount), feature: needed(GRANT.feature),
        key: needed(only(64)), plan: other(404, /there is no such plan/i, 400) }],
    ['/admin/plan-grant', '?what=remove&grant=free/gift', { confirm: '' }, { effective: CHANGE.effective, reason: CHANGE.reason, grant: other(404, /there is no such grant/i, 400) }],
    ['/admin/settings', '', { title: 'Other' }, { ...CHANGE, ...SETTINGS }],
    ['/admin/version', '?version=1', {}, { reason: CHANGE.reason, version: other(404, /there is no such version/i), now: other(409, /somebody else has changed the policy/i) }, { at_once: true }],
    ['/admin/change', '?what=override&subject=h&feature=call&limit=day', { kind: 'amount', amount: '5' }, { kind: only(16, { needed: true }), amount: only(20, { needed: true }), expires: only(300), reason: CHANGE.reason }],
    ['/admin/change', '?what=bonus&subject=h&feature=call', { amount: '5' }, { amount: only(20, { needed: true }), expires: only(300), reason: CHANGE.reason }],
    ['/admin/change', '?what=plan&subject=h', { plan: 'pro' }, { plan: only(64, { needed: true }), expires: only(300), reason: CHANGE.reason }],
    ['/admin/organization/change', '?what=override&organization=Guild&feature=call&limit=all', { amount: '5' }, { amount: only(20, { needed: true }), expires: only(300), reason: CHANGE.reason,
        confirm: only(300), organization: other(404, /there is no/i, 400, 400), feature: other(404, /there is no such feature/i, 400, 404, 400),
        limit: other(422, /no plan has a limit/i, null, 400), what: NEEDED_WHAT }],
    ['/admin/organization/change', '?what=bonus&organization=Guild&feature=call', { amount: '5' }, { amount: only(20, { needed: true }), expires: only(300), reason: CHANGE.reason }],
    ['/admin/organization/change', '?what=owner&organization=Guild', { owner: 'member' }, { owner: only(255), reason: CHANGE.reason }],
    ['/admin/access/change', '?what=key-create', { name: 'h', read: '1' }, { name: free(100, { needed: true }), enforce: only(300), read: only(300), admin: only(300), expires: only(300), reason: CHANGE.reason,
        what: NEEDED_WHAT }, { at_once: true }],
    ['/admin/access/change', '?what=account-add', { id: 'new', role: 'viewer', password: 'long enough for it', again: 'long enough for it' }, { id: free(255, { needed: true }), role: only(16, { needed: true }),
        subject: free(255), reason: CHANGE.reason }, { at_once: true }],
    ['/admin/view', '?subject=h', {}, { reason: CHANGE.reason, subject: other(404, /there is no/i, 400, 400) }, { at_once: true }],
    ['/admin/bulk/new', '?what=bonus&feature=call&q=h', { feature: 'call', amount: '5' }, { feature: only(255, { needed: true }), amount: only(20, { needed: true }), expires_at: only(300), reason: CHANGE.reason,
        what: other(400, /what must be/i, 400) }],
    ['/admin/queue/change', '?what=pause&feature=queued&limit=line', {}, { reason: CHANGE.reason }],
];

const WRITTEN = { 'src/web/page_limit_edit.c': ['/admin/limit', ['quick']], 'src/web/page_plan_edit.c': ['/admin/plan', []], 'src/web/page_feature_edit.c': ['/admin/feature', []], 'src/web/page_route_edit.c': ['/admin/route', []], 'src/web/page_plan_grant.c': ['/admin/plan-grant', []],
    'src/web/page_policy_settings.c': ['/admin/settings', ['what']] };

/** Every field that the program declares for the forms of the policy, and that is not in the table. */
export function fields_left_out() {
    const common = readFileSync(path.join(ROOT, 'src/web/policy_form.h'), 'utf8');
    return Object.entries(WRITTEN).flatMap(([file, [where, besides]]) => {
        const source = `${common.slice(common.indexOf('POLICY_COMMON_FIELDS'))}${readFileSync(path.join(ROOT, file), 'utf8')}`;
        const names = [...source.matchAll(/\{"(\w+)", INPUT_|OPTION\(\w+, "(\w+)", \d/g)].map(([, plain, option]) => plain ?? option);
        const tried = FORMS.filter(form => form[0] === where).flatMap(form => Object.keys(form[3]));
        return names.filter(name => !tried.includes(name) && !besides.includes(name)).map(name => `${where} ${name}`);
    });
}

/* [what, value, wrong for whom]: 'all', 'only' those who take no other, 'policy' what is written into it. */
const ODD = [['HTML', '<script>alert(1)</script>', 'only'], ['SQL', "'; drop table webquota.policies; --", 'only'], ['a section', '" } } plan x { title = "', 'only'],
    ['a variable', '${HOME}', 'policy'], ['a control character', 'a\u0001b', 'all'], ['a turn of direction', 'a\u202eb', 'all']];

/* What is no text that may be there, of whatever length. */
const GARBLED = ['a control character', 'a turn of direction'];

/** What is tried of a field: [what, values, is it wrong]. */
function tried(name, { max, needed: must, only: strict, policy, else: elsewhere }) {
    const odd = ODD.map(([what, value, whom]) => [what, [value], whom === 'all' || strict || elsewhere || (whom === 'policy' && policy)]);
    const long = max < 300 ? [['too long', ['x'.repeat(max + 1)], true]] : max > 300 ? [['too long', ['é'.repeat(max / 2 + 1)], true]] : [];
    return [['missing', [''], Boolean(must) || (elsewhere && elsewhere.missing !== null)], ['twice', null, true], ...odd, ...long];
}

/** `ask`: as 34-hostile.mjs has it; `each`: several at once. */
export async function forms(site, ask, each) {
    const headers = { Accept: 'text/html' };
    await test('every field of the forms about the policy is in the table', async () => { equal(fields_left_out(), []); });
    for (const [where, query, more, fields, { at_once } = {}] of FORMS)
        await test(`each field of ${where}${query}, wrongly filled in, is named`, async () => {
            const page = status(await ask({ page: where + query, headers, as: 'administrator' }, site, where), 200);
            const base = { ...fields_of(page), reason: 'why', ...more };
            const send = (body, what) => ask({ method: 'POST', page: where, body, as: 'administrator',
                headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' } }, site, what);
            const looks_first = !('quick' in base) && !at_once;
            if (looks_first) status(await send(new URLSearchParams(base).toString(), where), 200, `${where}: what is good`);
            const rows = Object.entries(fields).flatMap(([name, field]) => tried(name, field).map(row => [name, field, ...row]));
            await each(rows.filter(([, , , , wrong]) => wrong || looks_first), async ([name, field, what, values, wrong]) => {
                const body = new URLSearchParams(base), label = `${name}: ${what}`;
                if (values) body.set(name, values[0]);
                else body.append(name, base[name] ?? 'x'), body.append(name, 'y');
                const answer = await send(body.toString(), label), { else: elsewhere } = field;
                if (!wrong) status(answer, 200, label);
                else if (elsewhere) {
                    status(answer, elsewhere[what === 'missing' ? 'missing' : what === 'twice' ? 'twice' : GARBLED.includes(what) ? 'garbled' : 'code'], label);
                    ok(elsewhere.says.test(answer.text) || answer.text.includes(`id="${name}-mistake"`) || new RegExp(`${name} is missing`, 'i').test(answer.text), `${label}: ${answer.text.slice(-600)}`);
                } else {
                    status(answer, 400, label);
                    ok(answer.text.includes(`id="${name}-mistake"`), `${label} is not said: ${answer.text.slice(-600)}`);
                }
            });
        });
}
