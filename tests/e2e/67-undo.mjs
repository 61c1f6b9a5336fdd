#!/usr/bin/env node
// What an administrator changes is undone, and the limits are what they were; in every process at once. As forms and as JSON, which is
// made once for each key. Who was not the first is told so, with what is so by now.
import { writeFileSync } from 'node:fs';
import { Browser, fields_of } from './lib/forms.mjs';
import { bearer, request } from './lib/http.mjs';
import { second_service } from './lib/second.mjs';
import { PROGRAMS, run_well, with_site } from './lib/site.mjs';
import { broken, equal, finish, like, ok, status, test, until } from './lib/tap.mjs';

const PASSWORD = 'correct horse battery';
const POLICY = `
title = "Site"
timezone = "UTC"
default_plan = "free"
support_ceiling { multiplier = 2  days = 30 }
feature call { title = "Calls"  unit = "call" }
plan free { title = "Free"  rank = 1
  limit life { feature = "call"  amount = 2  window = "lifetime" } }
plan pro { title = "Pro"  rank = 2
  limit life { feature = "call"  amount = 50  window = "lifetime" } }
`;
const PERSON = 'team/ada "<i>"';
const WHO = `subject=${encodeURIComponent(PERSON)}`;
const plain = answer => answer.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

const stands = async site => {
    const { json } = await site.api('GET', `/usage?${WHO}`);
    const { amount, used, remaining } = json.limits.find(one => one.limit === 'life');
    return { plan: json.plan.key, organization: json.organization, amount, used, remaining };
};
const consume = (site, url = site.url) => request(`${url}/api/v1/consume`, { method: 'POST', headers: bearer(site.key),
    body: { subject: PERSON, feature: 'call' } });

/** The fields of a page's form as a browser sends them that fills nothing in. */
function all_of(page) {
    const shown = [...page.text.matchAll(/<input id="(\w+)" name="\w+"[^>]* value="([^"]*)"/g)].map(([, name, value]) => [name, value.replaceAll('&amp;', '&')]);
    const chosen = /<option value="(\w+)" selected>/.exec(page.text);
    return { ...fields_of(page), ...Object.fromEntries(shown), ...(chosen ? { plan: chosen[1] } : {}) };
}

/** Through the form, both times; answers the page that it ends on. */
async function change(root, query, fields = {}) {
    const form = all_of(status(await root.open(query.startsWith('what=') ? `/admin/change?${WHO}&${query}` : query), 200, query));
    const preview = status(await root.send('/admin/change', { ...form, ...fields, reason: 'why' }), 200, query);
    const done = status(await root.send('/admin/change', fields_of(preview)), 303, query);
    return { preview, page: status(await root.open(done.headers.location.replace('/quota', '')), 200) };
}

/** The link that undoes what the page says was done. */
function undo_of(page) {
    const [, link] = /<div class="note" role="status">.*<a class="tap" href="\/quota([^"]*)">Undo<\/a>/.exec(page.text) ?? [];
    ok(link, `nothing to undo it with: ${/<div class="note.*/.exec(page.text)?.[0]}`);
    return link.replaceAll('&amp;', '&').replaceAll('&quot;', '"');
}

async function undoing(site, root) {
    const last = async name => site.value(`select max(id) from webquota.${name}`);
    for (const [what, query, fields] of [
        ['an override', 'what=override&feature=call&limit=life', { kind: 'amount', amount: '9' }],
        ['an unlimited override', 'what=override&feature=call', { kind: 'unlimited' }],
        ['a bonus', 'what=bonus&feature=call', { amount: '7' }],
        ['another plan', 'what=plan', { plan: 'pro' }],
        ['another organization', 'what=organization', { organization: 'Gym & Co' }],
    ]) await test(`${what}: undone, and what was undone is brought back`, async () => {
        const before = await stands(site);
        const { page } = await change(root, query, fields);
        const changed = await stands(site);
        ok(JSON.stringify(before) !== JSON.stringify(changed), `nothing changed: ${JSON.stringify(before)}`);
        const undone = await change(root, undo_of(page));
        equal(await stands(site), before);
        const again = await change(root, undo_of(undone.page));
        equal(await stands(site), changed, 'back again');
        await change(root, undo_of(again.page));
        equal(await stands(site), before, 'and undone at last');
    });
    await test('a plan that ends, and what follows it, are as they were', async () => {
        const read = async () => { const { plan, plan_until, plan_after } = (await site.api('GET', `/admin/subjects?${WHO}`)).json; return { plan: plan.key, plan_until, plan_after }; };
        status(await site.subject(PERSON, { plan: 'pro', plan_until: '2040-01-01T00:00:00Z', plan_after: 'free' }), 200);
        const before = await read();
        const { page } = await change(root, 'what=plan', { plan: 'free' });
        equal((await read()).plan, 'free');
        await change(root, undo_of(page));
        equal(await read(), before);
        status(await site.subject(PERSON, { plan_after: '' }), 200);
        await change(root, undo_of((await change(root, 'what=plan', { plan: 'free' })).page));
        equal(await read(), before, 'what follows where nothing is said');
        status(await site.subject(PERSON, { plan: '', plan_until: null }), 200);
        await change(root, 'what=plan', { plan: 'free' });
        const ends = await change(root, 'what=plan', { plan: 'pro', expires: '2039-12-31' });
        equal(await read(), { plan: 'pro', plan_until: '2040-01-01T00:00:00Z', plan_after: 'free' });
        await change(root, undo_of(ends.page));
        equal(await read(), { plan: 'free', plan_until: null, plan_after: null });
    });
    await test('a suspension is lifted', async () => {
        const { page } = await change(root, 'what=suspend');
        status(await consume(site), 403);
        await change(root, undo_of(page));
        equal((await consume(site)).status === 403, false);
    });
    await test('what was brought back is what it was: the same override, and what was spent of a bonus stays spent', async () => {
        status(await site.api('DELETE', `/usage?${WHO}`), 200);
        await change(root, 'what=bonus&feature=call', { amount: '3' });
        for (let i = 0; i < 3; i++) status(await consume(site), 200);
        const before = await stands(site), id = await last('grants');
        await change(root, `what=bonus-remove&id=${id}`);
        const { preview } = await change(root, `what=bonus-restore&id=${id}`);
        ok(/· 0 left.*· 2 left/.test(plain(preview)), plain(preview));
        equal(await stands(site), before);
        status(await root.open(`/admin/change?${WHO}&what=bonus-restore&id=${id}`), 200);
        status(await root.send('/admin/change', { ...fields_of(await root.open(`/admin/change?${WHO}&what=bonus-restore&id=${id}`)), reason: 'x', confirm: '1' }), 404, 'it is not removed');
        status(await root.open(`/admin/change?what=bonus-restore&id=${id}&subject=somebody`), 404, 'of somebody else');
    });
    await test('a reset is taken back, once', async () => {
        status(await site.api('DELETE', `/usage?${WHO}`), 200);
        status(await consume(site), 200);
        const before = await stands(site), { page } = await change(root, 'what=reset');
        equal((await stands(site)).used, 0);
        const link = undo_of(page), { preview, page: last } = await change(root, link);
        ok(/0 of 2 calls used.*1 of 2 calls used/.test(plain(preview)), plain(preview));
        equal(await stands(site), before);
        ok(plain(last).includes('The reset was taken back.') && !/Undo<\/a>/.test(last.text), 'no undo');
        status(await root.open(link), 409);
        status(await root.open(link.replace('subject=', 'subject=x')), 404, 'of somebody else');
    });
    await test('units are given back, not more than there were, not twice', async () => {
        const { decision_id: id } = status(await consume(site), 200).json, before = await stands(site);
        const form = fields_of(status(await root.open(`/admin/change?${WHO}&what=refund&id=${id}`), 200));
        ok(status(await root.send('/admin/change', { ...form, amount: '2', reason: 'x' }), 400).text.includes('amount-mistake'));
        const { preview, page } = await change(root, `what=refund&id=${id}`);
        ok(plain(preview).includes('1 call will be given back'), plain(preview));
        ok(plain(page).includes('The units were given back.') && !/Undo<\/a>/.test(page.text), 'no undo');
        equal((await stands(site)).remaining, before.remaining + 1);
        status(await root.send('/admin/change', { ...form, reason: 'x', confirm: '1' }), 409);
        status(await root.open(`/admin/change?what=refund&id=${id}&subject=free`), 404, 'of somebody else');
        equal((await site.sql("select actor, subject, details ->> 'reason' from webquota.audit where action = 'decision.refund'")), [['account:root', PERSON, 'why']]);
    });
}

async function signing_out(site, root) {
    await test('whoever is signed in as them is signed out everywhere', async () => {
        await run_well(`${PROGRAMS}/webquota`, ['account', 'add', 'ada', '--subject', PERSON], { env: { DATABASE_URL: site.values.DATABASE_URL }, input: `${PASSWORD}\n` });
        const ada = new Browser(site);
        status(await ada.sign_in('ada', PASSWORD), 303);
        equal((await ada.who()).subject, PERSON);
        await change(root, 'what=sessions-end');
        await until(async () => !(await ada.who()).signed_in, 'signed out', 3000);
        equal((await root.who()).account, 'root', 'and nobody else');
        equal(await site.value("select details ->> 'ended' from webquota.audit where action = 'sessions.end'"), '1');
    });
}

async function conflicts(site, root, other) {
    await test('whoever comes second is told what is so by now, and may go on from there', async () => {
        const form = { ...fields_of(await root.open(`/admin/change?${WHO}&what=override&feature=call&limit=life`)), kind: 'amount', amount: '5', reason: 'mine' };
        await change(other, 'what=override&feature=call&limit=life', { kind: 'amount', amount: '8' });
        const preview = status(await root.send('/admin/change', form), 200);
        ok(plain(preview).includes('somebody else changed the limits of this person') && /of 8 calls.*of 5 calls/.test(plain(preview)), plain(preview));
        const refused = status(await root.send('/admin/change', { ...form, confirm: '1' }), 409);
        ok(/of 8 calls.*of 5 calls/.test(plain(refused)), plain(refused));
        equal((await stands(site)).amount, 8, 'nothing was changed');
        status(await root.send('/admin/change', fields_of(refused)), 303);
        equal((await stands(site)).amount, 5);
    });
    await test('of ten at once from the same page one is first', async () => {
        const form = { ...fields_of(await root.open(`/admin/change?${WHO}&what=override&feature=call&limit=life`)), kind: 'amount', reason: 'race', confirm: '1' };
        /* All of them have seen the same, and wait to write, as long as this holds the person's row. */
        await site.sql(`begin; select from webquota.counters where subject_id = (select id from webquota.subjects where key = '${PERSON}') for update`);
        const sent = Array.from({ length: 10 }, (_, i) => root.send('/admin/change', { ...form, amount: String(20 + i) }));
        await until(async () => await site.value('select count(*) > 0 from pg_locks where not granted') === 't', 'one waits to write', 5000);
        status(await root.open(`/admin/person?${WHO}`), 200, 'and the others behind it');
        await site.sql('commit');
        const answers = await Promise.all(sent);
        equal(answers.map(one => one.status).sort(), [303, ...Array(9).fill(409)]);
        equal(await site.value("select count(*) from webquota.overrides where reason = 'race'"), '1');
        const use = { ...form, what: 'override', seen: fields_of(await root.open(`/admin/change?${WHO}&what=override&feature=call`)).seen, amount: '30' };
        await consume(site);
        status(await root.send('/admin/change', use), 303, 'use is no conflict');
    });
}

async function programs(site) {
    const post = (body, headers = {}) => request(`${site.url}/admin/change`, { method: 'POST', body, headers: { ...site.admin, ...headers } });
    const body = { what: 'override', subject: PERSON, feature: 'call', limit: 'life', kind: 'amount', amount: 77, reason: 'by a program' };
    await test('the same as JSON: seen first, made, undone by what it answers', async () => {
        const seen = status(await post(body), 200).json;
        like(seen, { what: 'override', subject: PERSON, made: false, undo: null });
        equal(seen.after.limits.find(one => one.limit === 'life').amount, 77);
        const before = await stands(site);
        const made = status(await post({ ...body, confirm: true }), 200).json;
        like(made, { made: true, undo: { what: 'override-remove', subject: PERSON } });
        equal((await stands(site)).amount, 77);
        like(status(await post({ ...made.undo, reason: 'back', confirm: true }), 200).json, { made: true, undo: { what: 'override-restore', id: made.undo.id } });
        equal(await stands(site), before);
        like(status(await request(`${site.url}/admin/change?${WHO}&what=plan`, { headers: { ...site.admin, Accept: 'application/json' } }), 200).json, { what: 'plan', made: false, after: null });
    });
    await test('made once for each key', async () => {
        const key = { 'Idempotency-Key': 'once' }, sent = { ...body, amount: 78, confirm: true };
        const answers = [await post(sent, key), await post(sent, key)];
        equal(answers.map(one => status(one, 200).json), Array(2).fill(answers[0].json));
        equal(await site.value('select count(*) from webquota.overrides where amount = 78'), '1');
        like(status(await post({ ...sent, amount: 79 }, key), 422).json, { field: 'Idempotency-Key' });
        const racing = await Promise.all(Array.from({ length: 8 }, () => post({ ...sent, amount: 80 }, { 'Idempotency-Key': 'race' })));
        ok(racing.every(one => one.status === 200 || one.status === 409 && one.headers['retry-after'] === '1') && racing.some(one => one.status === 200),
            racing.map(one => one.status).join());
        equal(await site.value('select count(*) from webquota.overrides where amount = 80'), '1');
        status(await post({ ...sent, limit: 'none' }, { 'Idempotency-Key': 'bad' }), 422);
        status(await post(sent, { 'Idempotency-Key': 'bad' }), 200, 'what was not made leaves the key free');
    });
    await test('what was made is answered again, whatever has become of what it was about', async () => {
        const [{ id }] = (await site.api('GET', `/admin/overrides?${WHO}`)).json.overrides;
        for (const sent of [{ what: 'override-remove', id }, { what: 'reset' }, { what: 'plan', plan: 'pro' }, { what: 'plan', plan: 'free' }]) {
            const all = { subject: PERSON, reason: 'again', confirm: true, ...sent }, key = { 'Idempotency-Key': JSON.stringify(sent) };
            const first = status(await post(all, key), 200, sent.what).json;
            equal(status(await post(all, key), 200, sent.what).json, first);
        }
        equal(await site.value("select count(*) from webquota.audit where details->>'reason' = 'again'"), '3');
    });
    await test('of which it is not known whether it was made, the same key makes no second one, and says what was made', async () => {
        const key = { 'Idempotency-Key': 'lost' }, sent = { ...body, what: 'bonus', amount: 81, confirm: true };
        await site.sql(`create function lose() returns trigger language plpgsql security definer as
            'begin revoke select on webquota.grants from webquota_app; return null; end'`);
        await site.sql('create constraint trigger lose after insert on webquota.grants deferrable initially deferred for each row execute function lose()');
        ok(!status(await post(sent, key), 503, 'it is made, and cannot be said').headers['retry-after'], 'nobody repeats it without its key');
        await site.sql('drop function lose cascade');
        await site.sql('grant select on webquota.grants to webquota_app');
        const id = await site.value('select id from webquota.grants where amount = 81'), again = status(await post(sent, key), 200).json;
        like(again, { what: 'bonus', subject: PERSON, feature: 'call', made: true, undo: { what: 'bonus-remove', subject: PERSON, id } });
        ok(again.before.limits && again.after.limits, 'where they stood, and stand');
        equal(status(await post(sent, key), 200).json, again);
        equal(await site.value('select count(*) from webquota.grants where amount = 81'), '1');
    });
    await test('what was cut off before it was made leaves the key free; it is said that it is not known', async () => {
        await site.sql(`create function die() returns trigger language plpgsql as
            'begin perform pg_terminate_backend(pg_backend_pid()); return null; end'`);
        await site.sql('create constraint trigger die after insert on webquota.audit deferrable initially deferred for each row execute function die()');
        const [bonus, reset] = [{ ...body, what: 'bonus', amount: 82 }, { what: 'reset', subject: PERSON, reason: 'cut off' }].map(one => ({ ...one, confirm: true }));
        for (const sent of [bonus, reset])
            ok(/whether it was changed is not known/.test(status(await post(sent, { 'Idempotency-Key': `cut ${sent.what}` }), 503, sent.what).json.detail), sent.what);
        await site.sql('drop function die cascade');
        for (const sent of [bonus, reset]) {
            let again;
            await until(async () => (again = await post(sent, { 'Idempotency-Key': `cut ${sent.what}` })).status !== 503, 'the database is asked again', 5000);
            like(status(again, 200, sent.what).json, { made: true });
        }
        equal(await site.value("select count(*) from webquota.audit where details->>'reason' = 'cut off' or details->>'amount' = '82'"), '2');
    });
    await test('what is wrong is said, and nothing is changed', async () => {
        const count = await site.value('select count(*) from webquota.audit');
        for (const [wrong, code, field] of [[{ amount: -1 }, 400, 'amount'], [{ amount: '' }, 400, 'amount'], [{ reason: '' }, 400, 'reason'], [{ god: 1 }, 400, 'god'],
            [{ role: 'admin' }, 400, 'role'], [{ author: 'somebody' }, 400, 'author'], [{ amount: [1] }, 400, 'amount'], [{ what: 'x' }, 400, 'what'],
            [{ subject: 'nobody' }, 404, undefined], [{ feature: 'x' }, 404, 'feature'], [{ seen: 1 }, 409, 'seen']])
            like(status(await post({ ...body, confirm: true, ...wrong }), code, JSON.stringify(wrong)).json, field ? { field } : {});
        status(await post('{"what":"reset","what":"plan"}', { 'Content-Type': 'application/json' }), 400);
        status(await post(body, { Authorization: 'Bearer wq_1_x' }), 401);
        equal(await site.value('select count(*) from webquota.audit'), count);
    });
    await test('a browser sends JSON from our own pages only, a form never without its token', async () => {
        const root = new Browser(site);
        status(await root.sign_in('root', PASSWORD), 303);
        const send = headers => request(`${site.url}/admin/change`, { method: 'POST', body, headers: { ...root.cookie(), ...headers } });
        status(await send({ 'Sec-Fetch-Site': 'cross-site' }), 403);
        status(await send({ Origin: 'https://elsewhere.example' }), 403);
        status(await send({}), 200);
        status(await root.send('/admin/change', new URLSearchParams({ ...body, confirm: '1' }).toString()), 403);
        status(await root.send('/admin/change', JSON.stringify(body), { 'Content-Type': 'text/plain' }), 415);
    });
}

/* What there is as a call and as a command: how it is done (with an id for undoing it), how it is undone, and what the audit says of both:
 * [action, members of old, members of new]. */
const BOTH = [
    { what: 'an override', done: ['override.add', null, { feature: 'call', limit: 'life', amount: 9 }], undone: ['override.remove', { amount: 9 }, null],
        api: ['POST /admin/overrides', { feature: 'call', limit: 'life', amount: 9 }, 'override', 'DELETE /admin/overrides/@'],
        cli: ['override add --feature call --limit life --amount 9 --subject', 'override', 'override remove @'] },
    { what: 'an unlimited override', done: ['override.add', null, { feature: 'call', unlimited: true }], undone: ['override.remove', { unlimited: true }, null],
        api: ['POST /admin/overrides', { feature: 'call', unlimited: true }, 'override', 'DELETE /admin/overrides/@'],
        cli: ['override add --feature call --unlimited --subject', 'override', 'override remove @'] },
    { what: 'a bonus', done: ['grant.add', null, { feature: 'call', amount: 7 }], undone: ['grant.remove', { amount: 7 }, null],
        api: ['POST /admin/grants', { feature: 'call', amount: 7 }, 'grant', 'DELETE /admin/grants/@'],
        cli: ['grant add --feature call --amount 7 --subject', 'grant', 'grant remove @'] },
    { what: 'another plan', done: ['subject.update', { plan: 'free' }, { plan: 'pro' }], undone: ['subject.update', { plan: 'pro' }, { plan: 'free' }],
        api: ['POST /admin/subjects', { plan: 'pro' }, null, 'POST /admin/subjects', { plan: 'free' }], cli: ['subject set --plan pro', null, 'subject set --plan free'] },
    { what: 'another organization', done: ['subject.update', { organization: null }, { organization: 'Both' }], undone: ['subject.update', { organization: 'Both' }, { organization: null }],
        api: ['POST /admin/subjects', { organization: 'Both' }, null, 'POST /admin/subjects', { organization: null }], cli: ['subject set --organization Both', null, ['subject', 'set', '--organization', '']] },
    { what: 'a suspension', done: ['subject.update', { suspended: false }, { suspended: true }], undone: ['subject.update', { suspended: true }, { suspended: false }],
        api: ['POST /admin/subjects', { suspended: true }, null, 'POST /admin/subjects', { suspended: false }], cli: ['subject set --suspend', null, 'subject set --resume'] },
];

async function both_ways(site) {
    const subject = 'both "ways"', where = `subject=${encodeURIComponent(subject)}`;
    const state = async () => [(await site.api('GET', `/usage?${where}`)).json.limits.map(({ amount, remaining, bonus }) => [amount, remaining, bonus]),
        (({ plan, organization, suspended }) => [plan.key, organization, suspended])((await site.api('GET', `/admin/subjects?${where}`)).json)];
    const call = async (line, body, reason) => {
        const [method, path] = line.split(' ');
        const answer = method === 'DELETE' ? await site.api(method, `${path}?reason=${encodeURIComponent(reason)}`) : await site.api(method, path, { subject, reason, ...body });
        ok(answer.status < 300, `${line}: ${answer.text}`);
        return answer.json;
    };
    const command = async (line, reason) => {
        const words = Array.isArray(line) ? line : line.split(' ');
        const answer = await site.command(...words, ...(/^(remove|restore)$/.test(words[1]) ? [] : [subject]), '--reason', reason, '--json');
        equal(answer.code, 0, `${line}: ${answer.stderr}`);
        return JSON.parse(answer.stdout);
    };
    const audited = async ([action, old, made], reason, by_call) => {
        const { audit: [entry] } = (await site.api('GET', `/admin/audit?${where}`)).json;
        like(entry, { action, subject, reason, actor: by_call ? /^key:\d+$/ : /^cli:./, origin: by_call ? '127.0.0.1' : /^command on ./, old, new: made });
    };
    status(await site.consume(subject, 'call'), 200);
    status(await site.api('POST', '/admin/subjects', { subject, plan: 'free' }), 200);
    for (const { what, done, undone, api, cli } of BOTH) for (const by_call of [true, false]) await test(`${what}, by ${by_call ? 'call' : 'command'}: audited, and undone as it was`, async () => {
        const before = await state();
        const made = by_call ? await call(api[0], api[1], 'why <b>') : await command(cli[0], 'why <b>'), id = made[by_call ? api[2] : cli[1]];
        await audited(done, 'why <b>', by_call);
        ok(JSON.stringify(await state()) !== JSON.stringify(before), 'it is another now');
        await (by_call ? call(api[3].replace('@', id), api[4], 'back') : command(Array.isArray(cli[2]) ? cli[2] : cli[2].replace('@', id), 'back'));
        await audited(undone, 'back', by_call);
        equal(await state(), before);
    });
    for (const by_call of [true, false]) await test(`use that is given back or set to 0, by ${by_call ? 'call' : 'command'}: audited with its reason`, async () => {
        status(await site.api('DELETE', `/usage?${where}&reason=first`), 200);
        const fresh = await state();
        const { decision_id: id } = status(await site.consume(subject, 'call'), 200).json;
        equal(status(await site.api('GET', `/decisions?${where}`), 200).json.decisions[0].decision_id, id, 'it is the newest of theirs');
        await (by_call ? call(`POST /decisions/${id}/refund`, { subject: undefined }, 'ours') : site.command('refund', id, '--reason', 'ours'));
        equal(await state(), fresh);
        await audited(['decision.refund', null, {}], 'ours', by_call);
        status(await site.consume(subject, 'call'), 200);
        await (by_call ? site.api('DELETE', `/usage?${where}&reason=anew`) : site.command('reset', subject, '--reason', 'anew'));
        equal(await state(), fresh);
        await audited(['usage.reset', { life: 1 }, {}], 'anew', by_call);
        status(await site.consume(subject, 'call'), 200);
        const one = await state(), { decision_id: reset } = status(await site.api('DELETE', `/usage?${where}`), 200).json;
        if (by_call) {
            const body = { what: 'reset-undo', subject, id: reset, reason: 'back', confirm: true };
            like(status(await request(`${site.url}/admin/change`, { method: 'POST', headers: site.admin, body }), 200).json, { made: true, undo: null });
        } else {
            const { decision_id: back } = JSON.parse((await site.command('reset', '--undo', reset, '--reason', 'back', '--json')).stdout);
            ok((await site.command('explain', back)).stdout.includes('a reset taken back'), 'its record says what it was');
        }
        equal(await state(), one);
        await audited(['usage.restore', null, { reset, units: 1 }], 'back', by_call);
    });
    await test('found by the search, alone and in the organization, and what was removed by call is restored by command', async () => {
        const { override } = await call('POST /admin/overrides', { feature: 'call', amount: 12 }, 'a');
        const before = await state();
        await call(`DELETE /admin/overrides/${override}`, null, 'b');
        await command(`override restore ${override}`, 'c');
        equal(await state(), before);
        await audited(['override.restore', null, { amount: 12 }], 'c', false);
        const found = status(await site.api('GET', '/admin/subjects?q=both&filter=override'), 200).json;
        like(found, { more: false, after: null });
        equal(found.subjects.map(one => one.subject), [subject]);
        equal(JSON.parse((await site.command('subject', 'find', 'both', '--filter', 'override', '--json')).stdout), found);
        equal(status(await site.api('GET', '/admin/subjects?plan=gold'), 404).json.field, 'plan');
        status(await site.api('POST', '/admin/subjects', { subject, organization: 'Both/ways' }), 200);
        const whole = status(await site.api('GET', `/admin/organizations?organization=${encodeURIComponent('Both/ways')}`), 200).json;
        like(whole, { organization: 'Both/ways', owner: null, more: false, overrides: [], grants: [] });
        equal([whole.members.map(one => [one.subject, one.plan.key]), whole.usage.subject], [[[subject, 'free']], subject]);
        const shown = JSON.parse((await site.command('organization', 'show', 'Both/ways', '--json')).stdout);
        equal(shown.members, whole.members);
        const list = status(await site.api('GET', '/admin/organizations?q=Both'), 200).json;
        equal(list.organizations.map(one => [one.organization, one.members]), [['Both', 0], ['Both/ways', 1]]);
        equal(JSON.parse((await site.command('organization', 'list', 'Both', '--json')).stdout).organizations, list.organizations);
    });
}

async function processes(site, root) {
    await test('somebody stopped a moment ago is allowed the moment after, in every process', async () => {
        const second = await second_service(site);
        try {
            status(await site.api('DELETE', `/usage?${WHO}`), 200);
            await change(root, 'what=override&feature=call&limit=life', { kind: 'amount', amount: '1' });
            while ((await consume(site)).status === 200) ; // up to the limit
            await until(async () => (await consume(site, second.url)).status === 429, 'stopped in the other, too', 3000);
            for (const url of [site.url, second.url]) for (let i = 0; i < 3; i++) status(await consume(site, url), 429, 'from memory');
            await change(root, 'what=override&feature=call&limit=life', { kind: 'amount', amount: '40' });
            const since = performance.now();
            await until(async () => (await consume(site, second.url)).status === 200, 'allowed in the other', 1000);
            ok(performance.now() - since < 1000, `after ${performance.now() - since} ms`);
            status(await consume(site), 200, 'and in the one that changed it');
        } finally {
            second.stop();
        }
    });
}

/** What support gives: up to the ceiling at once, above it once somebody else has approved it. */
async function approvals(site, root, sue) {
    const until_day = days => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);
    const amount = async () => (await site.api('GET', '/usage?subject=eve')).json.limits[0].amount;
    const as_sue = (where, body, method = 'POST') => request(`${site.url}${where}`, { method, body, headers: { ...sue.cookie(), Accept: 'application/json' } });
    const form = async fields => ({ ...fields_of(status(await sue.open('/admin/change?what=override&subject=eve&feature=call&limit=life'), 200)), kind: 'amount', reason: 'why', ...fields });
    const waiting = async () => (await root.open('/admin/approvals', { Accept: 'application/json' })).json.approvals;
    status(await site.consume('eve', 'call'), 200);
    await test('support gives up to the ceiling, with an end, and nothing else', async () => {
        const page = status(await sue.open('/admin/person?subject=eve'), 200).text;
        ok(/what=override&/.test(page.replaceAll('&amp;', '&')) && !/what=(reset|plan|suspend)/.test(page), page);
        const endless = status(await sue.send('/admin/change', await form({ amount: '4' })), 400);
        ok(endless.text.includes('id="expires-mistake"'), endless.text);
        const preview = status(await sue.send('/admin/change', await form({ amount: '4', expires: until_day(20) })), 200);
        ok(!/waits until an administrator/.test(preview.text));
        equal(status(await sue.send('/admin/change', fields_of(preview)), 303).headers.location.split('&done=')[1].split('&')[0], 'override');
        equal(await amount(), 4);
        equal(await site.value("select actor from webquota.audit where action = 'override.add' order by id desc limit 1"), 'account:sue');
        for (const what of ['reset', 'plan', 'suspend', 'organization', 'sessions-end']) status(await sue.open(`/admin/change?what=${what}&subject=eve`), 403, what);
        const { override: id } = (await site.api('POST', '/admin/overrides', { subject: 'eve', feature: 'call', limit: 'life', amount: 4 })).json;
        status(await sue.open(`/admin/change?what=override-remove&subject=eve&id=${id}`), 403);
        status(await as_sue('/admin/change', { what: 'override-remove', subject: 'eve', id, reason: 'x', confirm: '1' }), 403);
        status(await as_sue(`/api/v1/admin/overrides/${id}`, undefined, 'DELETE'), 403);
        status(await site.api('DELETE', `/admin/overrides/${id}`), 204);
    });
    await test('and takes back what she gave, on the page and by call, but not what others gave', async () => {
        const before = await amount(), give = async () => status(await sue.send('/admin/change', await form({ amount: '3', expires: until_day(20), confirm: '1' })), 303);
        const page = status(await sue.open((await give()).headers.location.replace('/quota', '')), 200);
        equal(await amount(), 3);
        const form_of = status(await sue.open(undo_of(page)), 200);
        status(await sue.send('/admin/change', { ...fields_of(form_of), reason: 'a slip', confirm: '1' }), 303);
        equal(await amount(), before);
        await give();
        const id = await site.value('select max(id) from webquota.overrides');
        ok(new RegExp(`what=override-remove&[^"]*id=${id}"`).test((await sue.open('/admin/person?subject=eve')).text.replaceAll('&amp;', '&')), 'a link for her own');
        status(await as_sue(`/api/v1/admin/overrides/${id}?reason=again`, undefined, 'DELETE'), 204);
        status(await as_sue(`/api/v1/admin/overrides/${id}`, undefined, 'DELETE'), 404);
        equal(await amount(), before);
        equal(await site.sql("select actor from webquota.audit where action = 'override.remove' and subject = 'eve' order by id desc limit 2"), [['account:sue'], ['account:sue']]);
        status(await sue.open(`/admin/change?what=override-restore&subject=eve&id=${id}`), 403, 'nor bring back');
    });
    await test('what goes above waits, and is made when an administrator approves it', async () => {
        const preview = status(await sue.send('/admin/change', await form({ amount: '5', expires: until_day(20) })), 200);
        ok(/waits until an administrator approves/.test(plain(preview)), plain(preview));
        equal(status(await sue.send('/admin/change', fields_of(preview)), 303).headers.location, '/quota/admin/approvals?done=asked');
        equal([await amount(), (await waiting()).length], [4, 1]);
        const [{ approval }] = await waiting(), where = `/admin/approval?approval=${approval}`;
        ok(!/<button/.test(status(await sue.open(where), 200).text), 'it is not hers to decide');
        const { csrf } = fields_of(await sue.open('/login'));
        status(await sue.send('/admin/approval', { csrf, approval, verdict: 'approve' }), 403);
        const page = status(await root.open(where), 200);
        ok(/account:sue asks for 5 as the limit of Calls/.test(plain(page)) && /of 4 calls used.* of 5 calls used/.test(plain(page)), plain(page));
        const sent = { csrf: fields_of(page).csrf, approval };
        status(await root.send('/admin/approval', { ...sent, verdict: 'deny' }), 400, 'without a reason');
        status(await root.send('/admin/approval', { ...sent, verdict: 'maybe' }), 400);
        const { location } = status(await root.send('/admin/approval', { ...sent, verdict: 'approve' }), 303).headers;
        ok(location.startsWith('/quota/admin/approvals?done=approved&'), location);
        equal([await amount(), await waiting()], [5, []]);
        const { page: undone } = await change(root, undo_of(status(await root.open(location.replace('/quota', '')), 200)));
        equal(await amount(), 4, 'undone');
        await change(root, undo_of(undone));
        equal(await amount(), 5, 'and back');
        ok(!/Undo<\/a>/.test((await sue.open(location.replace('/quota', ''))).text), 'nothing that she may undo');
        ok(/somebody else has decided/.test(plain(status(await root.send('/admin/approval', { ...sent, verdict: 'approve' }), 409))));
        equal(await site.sql("select actor, details ->> 'asked_by', subject from webquota.audit where action = 'approval.approve'"), [['account:root', 'account:sue', 'eve']]);
    });
    await test('by program and at a shell: bonuses add up, whoever comes first decides, and nobody about their own', async () => {
        const grant = more => as_sue('/api/v1/admin/grants', { subject: 'eve', feature: 'call', amount: 1, expires_at: `${until_day(9)}T00:00:00Z`, reason: 'x', ...more });
        equal(status(await grant({ expires_at: undefined }), 400).json.field, 'expires_at');
        equal(status(await grant({ reason: undefined }), 400).json.field, 'reason');
        status(await grant({ amount: 2 }), 201, 'all that she may');
        const ids = [];
        for (const more of [{}, { expires_at: `${until_day(40)}T00:00:00Z` }, { amount: 9 }, { every: '28 day' }])
            ids.push(status(await grant(more), 202, JSON.stringify(more)).json.approval);
        status(await site.consume('fay', 'call'), 200);
        const at_once = await Promise.all([1, 2, 3, 4].map(() => grant({ subject: 'fay', amount: 2 })));
        equal(at_once.filter(one => one.status === 201).length, 1, at_once.map(one => one.status).join());
        ok(at_once.every(one => [201, 202, 409].includes(one.status)), at_once.map(one => one.status).join());
        status(await site.consume('gus', 'call'), 200);
        status(await grant({ subject: 'gus', amount: 2 }), 201);
        await site.value(`insert into webquota.grants (account_id, subject_id, feature, amount, effective_at, expires_at, author, created_at)
            select g.account_id, g.subject_id, 'call', 1, now() - interval '2 days', now() - interval '1 day', 'x', now()
              from webquota.subjects s join webquota.grants g on g.account_id = s.account_id and g.subject_id = s.id, generate_series(1, 1000) where s.key = 'gus'`);
        ids.push(status(await grant({ subject: 'gus' }), 202, 'what is open counts, however many were given since').json.approval);
        const override = more => as_sue('/api/v1/admin/overrides', { subject: 'eve', feature: 'call', reason: 'x', expires_at: `${until_day(9)}T00:00:00Z`, ...more });
        status(await override({ multiplier: 2 }), 201);
        ids.push(status(await override({ unlimited: true }), 202).json.approval);
        like(status(await as_sue('/admin/change', { what: 'bonus', subject: 'eve', feature: 'call', amount: '3', expires: until_day(3), reason: 'x', confirm: '1' }), 202).json,
            { what: 'bonus', amount: 3, state: 'waiting', asked_by: 'account:sue', made: null });
        const call = (id, verb, body = {}) => site.api('POST', `/admin/approvals/${id}/${verb}`, body);
        const grants = () => site.value("select count(*) from webquota.grants");
        const before = Number(await grants());
        const both = await Promise.all([call(ids[0], 'approve'), call(ids[0], 'approve'), call(ids[0], 'deny', { reason: 'no' })]);
        equal(both.map(one => one.status).sort(), [200, 409, 409]);
        const one = (await site.api('GET', `/admin/approvals/${ids[0]}`)).json;
        equal(Number(await grants()), before + (one.state === 'approved' ? 1 : 0), 'once');
        status(await call(ids[1], 'deny'), 400);
        like(status(await call(ids[1], 'deny', { reason: 'too long' }), 200).json, { state: 'denied', answer: 'too long', decided_by: /^key:/ });
        ok(/account:sue.*x/.test((await site.command('approval', 'list')).stdout));
        equal((await site.command('approval', 'deny', ids[2])).code, 2);
        equal((await site.command('approval', 'deny', ids[2], '--reason', 'no')).code, 0);
        equal(JSON.parse((await site.command('approval', 'approve', ids[3], '--json')).stdout).state, 'approved');
        equal((await site.command('approval', 'approve', ids[3])).code, 1, 'already');
        equal((await site.command('account', 'role', 'sue', 'admin')).code, 0);
        status(await sue.sign_in('sue', PASSWORD), 303);
        ok(/asked for this yourself/.test(plain(await sue.open(`/admin/approval?approval=${ids[4]}`))));
        status(await as_sue(`/api/v1/admin/approvals/${ids[4]}/approve`, {}), 409, 'her own, whatever she is now');
        equal(await site.value(`select state from webquota.approvals where id = ${ids[4]}`), 'waiting');
    });
}

try {
    await with_site({}, async site => {
        const file = `${site.folder}/undo.conf`;
        writeFileSync(file, POLICY);
        await site.policy(file);
        for (const [name, role] of [['root', 'admin'], ['boss', 'admin'], ['sue', 'support']])
            await run_well(`${PROGRAMS}/webquota`, ['account', 'add', name, '--role', role], { env: { DATABASE_URL: site.values.DATABASE_URL }, input: `${PASSWORD}\n` });
        status(await consume(site), 200);
        const root = new Browser(site), boss = new Browser(site), sue = new Browser(site);
        for (const [name, browser] of [['root', root], ['boss', boss], ['sue', sue]]) status(await browser.sign_in(name, PASSWORD), 303);
        await undoing(site, root);
        await signing_out(site, root);
        await conflicts(site, root, boss);
        await programs(site);
        await both_ways(site);
        await processes(site, root);
        await approvals(site, root, sue);
    });
} catch (error) {
    broken(error);
}
finish();
