#!/usr/bin/env node
// What administrators and people have ids for, tried by those it is not for; fields that no form has; ways out of the site. Forged, fixed
// and old sessions, forms of others and many passwords: 63-sign-in.mjs. Names in headers: 74-forgery.mjs. Each input by itself: 34-hostile.mjs.
import { Browser, fields_of } from './lib/forms.mjs';
import { request } from './lib/http.mjs';
import { PROGRAMS, run_well, with_site } from './lib/site.mjs';
import { broken, equal, finish, ok, status, test, until } from './lib/tap.mjs';

const PASSWORD = 'correct horse battery';

/** One thing of each kind, all of ada's. */
async function things(site) {
    const made = async (where, body) => status(await site.api('POST', where, body), 201, where).json;
    const decision = status(await site.consume('ada', 'get_solution'), 200).json.decision_id;
    const { reservation } = await made('/reservations', { subject: 'ada', feature: 'get_solution' });
    const { override } = await made('/admin/overrides', { subject: 'ada', feature: 'get_solution', amount: 500, reason: 'x' });
    const { grant } = await made('/admin/grants', { subject: 'ada', feature: 'get_solution', amount: 5, reason: 'x' });
    const { request: asked } = await made('/requests', { subject: 'ada', feature: 'get_solution', kind: 'increase', amount: 900, reason: 'x' });
    const { id: key } = await made('/admin/keys', { name: 'ada', scopes: ['read'] });
    const { bulk } = status(await site.api('POST', '/admin/bulk', { what: 'bonus', feature: 'get_solution', amount: 500, q: 'ada', reason: 'x' }), 202).json;
    await until(async () => (await site.api('GET', `/admin/bulk/${bulk}`)).json.state === 'done', 'the bulk is done');
    const { version, text } = status(await site.api('GET', '/admin/policies/1'), 200).json;
    const { version: coming } = status(await site.api('POST', '/admin/policies', { text: `${text}\n# 500\n`, version, reason: 'x', effective_at: '2090-01-01T00:00:00Z' }), 201).json;
    const [{ session }] = status(await site.api('GET', '/admin/sessions?account=root'), 200).json.sessions;
    return { decision, reservation, override, grant, asked, key, bulk, coming, session };
}

/** By forms and as JSON: of bulks, versions of the policy and sessions, all of which are an administrator's; the first of them viewers see. */
function of_administrators(id) {
    const reason = 'x', change = { version: 1, reason };
    return { seen: [['GET', `/admin/policies/${id.coming}`], ['GET', '/admin/policies']], api: [
        ['GET', '/admin/bulk'], ['GET', `/admin/bulk/${id.bulk}`], ['POST', `/admin/bulk/${id.bulk}/stop`, {}], ['POST', `/admin/bulk/${id.bulk}/undo`, { reason }],
        ['POST', `/admin/bulk/${id.bulk}/undo`, { reason, dry_run: true }], ['POST', '/admin/bulk', { what: 'suspend', q: 'ada', reason }],
        ['POST', `/admin/policies/${id.coming}/cancel`, change], ['POST', '/admin/policies/1/rollback', change], ['POST', '/admin/policies', { ...change, text: 'x' }],
        ['POST', '/admin/limits', { plan: 'free', limit: 'daily', amount: 500, ...change }], ['GET', '/admin/sessions?account=root'],
        ['DELETE', `/admin/sessions/${id.session}?reason=x`]],
    pages: [`/admin/bulk?id=${id.bulk}`, '/admin/bulks', `/admin/bulk/undo?id=${id.bulk}`, '/admin/bulk/new?what=suspend&q=ada', '/admin/sessions?account=root',
        `/admin/access/change?what=session-end&id=${id.session}`],
    forms: [['/admin/bulk', { id: id.bulk }], ['/admin/bulk/undo', { id: id.bulk, reason }], ['/admin/bulk/new', { what: 'suspend', q: 'ada', reason, confirm: '1', people: '1', seen: 'x' }],
        ['/admin/version', { version: id.coming, now: 1, cancel: '1', reason }], ['/admin/limit', { limit: 'free/daily', version: 1, amount: 5, confirm: '1', reason }],
        ['/admin/access/change', { what: 'session-end', id: id.session, reason }]] };
}

async function of_others(site, who, id) {
    const { seen, api, pages, forms } = of_administrators(id), state = () => site.value(`select concat_ws(' ', (select count(*) from webquota.audit),
        (select string_agg(state, ' ' order by id) from webquota.bulks), (select string_agg(state, ' ' order by version) from webquota.policies),
        (select string_agg(ended_at::text, ' ' order by id) from webquota.sessions), (select count(*) from webquota.grants where removed_at is null))`);
    for (const name of ['nobody', 'bob', 'vera', 'sue'])
        await test(`${name} gets at no bulk, version or session by its id`, async () => {
            const before = await state(), browser = who[name], refused = name === 'nobody' ? 401 : 403, looks = name === 'vera' || name === 'sue';
            const csrf = fields_of(await browser.open('/login')).csrf, theirs = fields_of(await who.root.open(`/admin/bulk/undo?id=${id.bulk}`)).csrf;
            for (const [method, where, body] of [...seen, ...api]) {
                const answer = await request(`${site.url}/api/v1${where}`, { method, body, headers: browser.cookie() });
                status(answer, looks && seen.some(row => row[0] === method && row[1] === where) ? 200 : refused, `${method} ${where}`);
                if (answer.status !== 200) ok(!/500|anon:/.test(answer.text), `${where} tells: ${answer.text}`);
            }
            for (const where of pages) status(await browser.open(where), refused, where);
            for (const [where, fields] of forms)
                for (const token of [csrf, theirs]) status(await browser.send(where, { ...fields, csrf: token }), refused, `POST ${where}`);
            equal(await state(), before, 'nothing was done');
        });
    await test('ids that are none come to nothing, of those whom it is for, too', async () => {
        const before = await state();
        for (const wrong of ['0', '-1', '1e3', '9'.repeat(30), `${id.bulk}'`, '..%2F1', '%00', `${id.bulk}0000`])
            for (const [method, where, body] of [['GET', `/admin/bulk/${wrong}`], ['POST', `/admin/bulk/${wrong}/stop`, {}], ['POST', `/admin/bulk/${wrong}/undo`, { reason: 'x' }],
                ['GET', `/admin/policies/${wrong}`], ['POST', `/admin/policies/${wrong}/cancel`, { version: 1, reason: 'x' }], ['POST', `/admin/policies/${wrong}/rollback`, { version: 1, reason: 'x' }],
                ['DELETE', `/admin/sessions/${wrong}?reason=x`]]) {
                const answer = await site.api(method, where, body);
                ok([400, 404, 409].includes(answer.status), `${method} ${where}: ${answer.status} ${answer.text}`);
            }
        equal(await state(), before, 'nothing was done');
    });
}

async function ids(site, who, id) {
    const rows = [['GET', `/decisions/${id.decision}`], ['POST', `/decisions/${id.decision}/refund`], ['POST', `/reservations/${id.reservation}/commit`],
        ['POST', `/reservations/${id.reservation}/release`], ...['overrides', 'grants', 'requests', 'keys'].flatMap((noun, i) => {
            const one = `/admin/${noun}/${[id.override, id.grant, id.asked, id.key][i]}`;
            return [['GET', one], noun === 'requests' ? ['POST', `${one}/approve`] : ['DELETE', one], ...(noun === 'requests' ? [['POST', `${one}/deny`]] : [])];
        }), ['GET', '/usage?subject=ada'], ['DELETE', '/usage?subject=ada'], ['GET', '/check?subject=ada&feature=get_solution'], ['GET', '/requests?subject=ada'],
        ['POST', '/consume', { subject: 'ada', feature: 'get_solution' }], ['GET', '/admin/subjects?subject=ada'], ['POST', '/admin/subjects', { subject: 'ada', plan: 'pro' }]];
    const state = () => site.value(`select (select count(*) from webquota.audit) || ' ' || (select count(*) from webquota.decisions) || ' ' || (select count(*) from webquota.reservations where state = 'held')`);
    for (const [name, expected] of [['bob', one => ['GET', 'POST', 'DELETE'].includes(one)], ['vera', one => one !== 'GET'], ['sue', one => one !== 'GET']])
        await test(`${name} gets at nothing of ada's by its id${name === 'bob' ? '' : ', but to look'}`, async () => {
            const before = await state();
            for (const [method, where, body] of rows) {
                const answer = await request(`${site.url}/api/v1${where}`, { method, body: body ?? (method === 'POST' ? { reason: 'x' } : undefined), headers: who[name].cookie() });
                if (expected(method)) ok([400, 403, 404].includes(answer.status), `${method} ${where}: ${answer.status} ${answer.text}`);
                if (name === 'bob') ok(!/500|"amount":900/.test(answer.text), `${method} ${where} tells: ${answer.text}`);
            }
            for (const page of [`/decisions/${id.decision}`, '/history?subject=ada', '/history.csv?subject=ada', '/admin/person?subject=ada', `/admin/change?what=override-remove&subject=ada&id=${id.override}`])
                if (name === 'bob') ok([403, 404].includes((await who.bob.open(page)).status), page);
            equal(await state(), before, 'nothing was done');
        });
    await test('ids of one person are no use with the name of another', async () => {
        for (const [what, one] of [['override-remove', id.override], ['override-restore', id.override], ['bonus-remove', id.grant], ['bonus-restore', id.grant], ['refund', id.decision]])
            for (const wrong of [one.replace(/.$/, last => (last === '1' ? '2' : '1')) + '1', '0', '-1', '1e3', '9'.repeat(30), `${one}'`, '../1'])
                ok([400, 404].includes((await who.root.open(`/admin/change?what=${what}&subject=ada&id=${encodeURIComponent(wrong)}`)).status), `${what} ${wrong}`);
        for (const [what, one] of [['override-remove', id.override], ['bonus-remove', id.grant], ['refund', id.decision]])
            status(await who.root.open(`/admin/change?what=${what}&subject=bob&id=${one}`), 404, what);
    });
}

async function assignment(site, who, id) {
    await test('fields that a form does not have change nothing', async () => {
        const more = { role: 'admin', author: 'god', actor: 'god', is_admin: '1', created_at: '2001-01-01', id_: '1', decided_by: 'god', state: 'approved', remaining: '9' };
        const bob = new Browser(site);
        status(await bob.fill('/login', { name: 'bob', password: PASSWORD, ...more }), 303);
        equal((await bob.who()).role, 'user');
        status(await bob.fill('/requests/new?feature=get_solution', { kind: 'increase', amount: '40', reason: 'x', subject: 'ada', ...more }), 303);
        equal(await site.sql("select subject, state, decided_by is null from webquota.requests where id <> " + id.asked), [['bob', 'pending', 't']]);
        const form = fields_of(await who.root.open('/admin/change?what=override&feature=get_solution&subject=bob'));
        status(await who.root.send('/admin/change', { ...form, kind: 'amount', amount: '7', reason: 'x', confirm: '1', ...more }), 303);
        equal(await site.sql("select author, amount, created_at > now() - interval '1 hour' from webquota.overrides where amount = 7"), [['account:root', '7', 't']]);
        for (const field of ['subject', 'what', 'amount', 'confirm', 'csrf'])
            ok([400, 403].includes((await who.root.send('/admin/change', `${new URLSearchParams({ ...form, kind: 'amount', amount: '7', reason: 'x', confirm: '1' })}&${field}=x`)).status), `${field} twice`);
        equal(await site.value('select count(*) from webquota.overrides where amount = 7'), '1');
    });
}

async function redirects(site, who) {
    await test('nothing leads off the site', async () => {
        const outside = ['https://evil.example/', '//evil.example', '/\\evil.example', '\\\\evil.example', 'javascript:alert(1)', '/%0d%0aX: y', 'http:evil.example', '/\t/evil.example', ' //evil.example'];
        for (const next of outside) {
            const browser = new Browser(site);
            if (!/[\t%]/.test(next)) ok(!fields_of(await browser.open(`/login?next=${encodeURIComponent(next)}`)).next, `${next} stands in the form`);
            const { location } = status(await browser.fill('/login', { name: 'bob', password: PASSWORD, next }), 303, next).headers;
            ok(location === '/quota/' || location.startsWith('/%'), `${next} → ${location}`);
        }
        const form = fields_of(await who.root.open('/admin/change?what=suspend&subject=bob'));
        for (const more of [{ next: 'https://evil.example' }, { back: '//evil.example' }, { done: '//evil.example' }]) {
            const { location } = status(await who.root.send('/admin/change', { ...form, reason: 'x', confirm: '1', ...more, seen: '' }), 303).headers;
            ok(location.startsWith('/quota/admin/person?subject=bob'), location);
        }
        const page = (await who.root.open(`/admin/person?subject=bob&done=plan&was=${encodeURIComponent('"><a href=//evil.example>')}&until=%3Cx%3E`)).text;
        ok(!/href="?(https?:)?\/\/evil/.test(page) && !page.includes('"><a href=//'), 'what an address says is escaped');
    });
}

try {
    await with_site({}, async site => {
        const who = {};
        for (const [name, role] of [['root', 'admin'], ['vera', 'viewer'], ['sue', 'support'], ['bob', 'user']]) {
            await run_well(`${PROGRAMS}/webquota`, ['account', 'add', name, '--role', role], { env: { DATABASE_URL: site.values.DATABASE_URL }, input: `${PASSWORD}\n` });
            who[name] = new Browser(site);
            status(await who[name].sign_in(name, PASSWORD), 303);
        }
        status(await site.consume('bob', 'get_solution'), 200);
        const id = await things(site);
        await ids(site, who, id);
        await of_others(site, { ...who, nobody: new Browser(site) }, id);
        await assignment(site, who, id);
        await redirects(site, who);
    });
} catch (error) {
    broken(error);
}
finish();
