#!/usr/bin/env node
// Who may sign in, and what programs may ask: seen and changed by administrators. A suspended account is out at once and stays out, a key
// is shown once, a revoked one is refused. And who may go where: every route by everybody, by a table (lib/access_table.mjs).
import { writeFileSync } from 'node:fs';
import { DOORS, WHO } from './lib/access_table.mjs';
import { Browser, fields_of } from './lib/forms.mjs';
import { routes_of_program } from './lib/hostile_table.mjs';
import { basic, bearer, request } from './lib/http.mjs';
import { NOON } from './lib/noon.mjs';
import { PROGRAMS, run_well, with_site } from './lib/site.mjs';
import { broken, equal, finish, like, ok, status, test, until } from './lib/tap.mjs';

const PASSWORD = 'correct horse battery';
const NAME = 'bob <i>&';
const plain = answer => answer.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

async function change(root, what, id, fields = {}) {
    const where = `/admin/access/change?what=${what}${id ? `&id=${encodeURIComponent(id)}` : ''}`;
    return root.send('/admin/access/change', { ...fields_of(status(await root.open(where), 200, where)), reason: 'why', ...fields });
}

async function accounts(site, root, bob) {
    const read = async () => (await root.open('/admin/access', { Accept: 'application/json' })).json.accounts.find(one => one.account === NAME);
    const attempt = () => new Browser(site).sign_in(NAME, PASSWORD);
    await test('accounts are there with role, last sign-in and sessions, and without their passwords', async () => {
        like(await read(), { role: 'support', sessions: 1, suspended: false, signed_in_at: /Z$/ });
        const page = status(await root.open('/admin/access'), 200);
        ok(page.text.includes('bob &lt;i&gt;&amp;') && !page.text.includes(NAME) && plain(page).includes('This is you'), plain(page));
        ok(!/argon2/.test(page.text + JSON.stringify(await read())), 'no hash');
    });
    await test('a suspended account is out at once, stays out, and is let in again', async () => {
        equal(status(await change(root, 'account-suspend', NAME), 303).headers.location, '/quota/admin/access?done=account-suspend');
        await until(async () => !(await bob.who()).signed_in, 'signed out', 3000);
        like(await read(), { suspended: true, sessions: 0 });
        status(await attempt(), 403, 'the right password does not help');
        await site.sql(`insert into webquota.sessions (hash, kind, account, subject, created_at, last_seen_at, expires_at)
            values (sha256('${'S'.repeat(43)}'), 'local', '${NAME}', 'x', now() - interval '1 second', now(), now() + interval '1 hour')`);
        equal((await new Browser(site, { Cookie: `webquota_session=${'S'.repeat(43)}` }).who()).signed_in, false, 'a session that was begun at that moment');
        status(await change(root, 'account-suspend', NAME), 409, 'already');
        ok(plain(await root.open('/admin/access?done=account-suspend')).includes('suspended, and signed out'), 'told');
        status(await change(root, 'account-resume', NAME), 303);
        status(await attempt(), 303);
        equal(await site.sql("select action, details ->> 'reason' from webquota.audit where action in ('account.suspend', 'account.resume') order by id"),
            [['account.suspend', 'why'], ['account.resume', 'why']]);
    });
    await test('its sessions are ended, and it signs in again', async () => {
        const browser = new Browser(site);
        status(await browser.sign_in(NAME, PASSWORD), 303);
        status(await change(root, 'account-sign-out', NAME), 303);
        await until(async () => !(await browser.who()).signed_in, 'signed out', 3000);
        status(await attempt(), 303);
    });
    await test('nobody suspends themselves, or what is not there, or without a reason', async () => {
        status(await change(root, 'account-suspend', 'root'), 409);
        equal((await root.who()).signed_in, true);
        status(await root.open('/admin/access/change?what=account-suspend&id=nobody'), 404);
        status(await root.open('/admin/access/change?what=account-suspend'), 400);
        status(await root.open('/admin/access/change?what=god&id=root'), 400);
        ok(status(await change(root, 'account-suspend', NAME, { reason: ' ' }), 400).text.includes('id="reason-mistake"'));
        status(await change(root, 'account-suspend', NAME, { csrf: 'x' }), 403);
    });
    await test('sessions are listed one by one, of an account and of whom it is metered as, and one is ended', async () => {
        const [first, second] = [new Browser(site), new Browser(site)], subject = await site.value(`select subject from webquota.local_accounts where name = '${NAME}'`);
        status(await change(root, 'account-sign-out', NAME), 303);
        for (const browser of [first, second]) status(await browser.sign_in(NAME, PASSWORD), 303);
        const of = async query => (await root.open(`/admin/sessions?${query}`, { Accept: 'application/json' })).json.sessions;
        const account = `account=${encodeURIComponent(NAME)}`, list = await of(account);
        equal(list.map(one => [one.account, one.subject]), [[NAME, subject], [NAME, subject]]);
        like(list[0], { address: /^anon:/, created_at: /Z$/, last_seen_at: /Z$/ });
        equal(await of(`subject=${encodeURIComponent(subject)}`), list);
        equal(status(await site.api('GET', `/admin/sessions?${account}`), 200).json, { sessions: list, more: false });
        ok(plain(status(await root.open(`/admin/sessions?${account}`), 200)).includes(list[1].address), 'its page');
        ok((await root.open('/admin/access')).text.includes(`/quota/admin/sessions?account=bob`), 'a link to it');
        ok(status(await root.open(`/admin/access/change?what=session-end&id=${list[1].session}`), 200).text.includes(list[1].address), 'told which');
        ok(status(await change(root, 'session-end', list[1].session, { reason: ' ' }), 400).text.includes('id="reason-mistake"'));
        equal(status(await change(root, 'session-end', list[1].session), 303).headers.location, `/quota/admin/sessions?done=1&account=${encodeURIComponent(NAME)}`);
        await until(async () => !(await first.who()).signed_in, 'the first is signed out', 3000);
        equal((await second.who()).signed_in, true);
        status(await root.open(`/admin/access/change?what=session-end&id=${list[1].session}`), 404, 'it is over');
        status(await site.api('DELETE', `/admin/sessions/${list[0].session}`), 400, 'no reason');
        status(await site.api('DELETE', `/admin/sessions/${list[0].session}?reason=lost`), 204);
        status(await site.api('DELETE', `/admin/sessions/${list[0].session}?reason=lost`), 404);
        await until(async () => !(await second.who()).signed_in, 'the second is signed out', 3000);
        status(await second.sign_in(NAME, PASSWORD), 303);
        const [third] = JSON.parse((await site.command('account', 'sessions', NAME, '--json')).stdout).sessions;
        equal((await site.command('account', 'end-session', third.session, '--reason', 'at a shell')).stdout, `session ${third.session} of ${NAME} is ended\n`);
        equal([(await site.command('account', 'end-session', third.session, '--reason', 'twice')).code, (await site.command('account', 'sessions', 'nobody')).code], [1, 1]);
        equal(await of(account), []);
        for (const [query, code] of [['account=nobody', 404], ['', 400], [`${account}&subject=x`, 400]]) status(await root.open(`/admin/sessions?${query}`), code, query);
        equal(await site.sql("select details ->> 'session', details ->> 'reason', details ->> 'account' from webquota.audit where action = 'session.end' order by id"),
            [[list[1].session, 'why', NAME], [list[0].session, 'lost', NAME], [third.session, 'at a shell', NAME]]);
        status(await attempt(), 303);
    });
    await test('the same at a shell', async () => {
        equal((await site.command('account', 'suspend', NAME, '--reason', 'left')).code, 0);
        status(await attempt(), 403);
        equal((await site.command('account', 'suspend', NAME, '--reason', 'twice')).code, 1);
        equal((await site.command('account', 'resume', NAME, '--reason', 'back')).code, 0);
        equal((await site.command('account', 'sign-out', NAME, '--reason', 'lost')).code, 0);
        equal((await site.command('account', 'sign-out', 'nobody', '--reason', 'lost')).code, 1);
        ok(/bob.*support.*no/.test((await site.command('account', 'list')).stdout));
    });
    await test('and by programs, as JSON', async () => {
        const post = (body, code) => request(`${site.url}/admin/access/change`, { method: 'POST', body, headers: site.admin }).then(answer => status(answer, code, JSON.stringify(body)).json);
        for (const [what, suspended] of [['account-suspend', true], ['account-resume', false], ['account-sign-out', false]])
            like(await post({ what, id: NAME, reason: 'by a program' }, 200), { what, made: true, account: { account: NAME, suspended } });
        like(await post({ what: 'account-codes-reset', id: NAME, reason: 'by a program' }, 409), { field: 'account' });
        for (const [wrong, code, field] of [[{ reason: '' }, 400, 'reason'], [{ god: 1 }, 400, 'god'], [{ what: 'god' }, 400, 'what'], [{ what: 'account-resume' }, 409, 'account'], [{ id: 'nobody' }, 404, 'account']])
            like(await post({ what: 'account-suspend', id: NAME, reason: 'x', ...wrong }, code), { field });
        like(await post({ what: 'key-create', name: 'made', reason: 'x' }, 400), { field: 'enforce' });
        const { key } = await post({ what: 'key-create', name: 'made', read: true, reason: 'a test' }, 200);
        like(key, { key: /^wq_\d+_/, name: 'made', scopes: ['read'] });
        like(await post({ what: 'key-revoke', id: key.id, reason: 'it is over' }, 200), { made: true, key: { id: key.id, key: undefined, revoked_at: /Z$/ } });
        equal(status(await request(`${site.url}/admin/access`, { headers: { ...site.admin, Accept: 'application/json' } }), 200).json.accounts.length, 3);
        const { audit } = (await site.api('GET', '/admin/audit')).json;
        equal(audit.slice(0, 3).map(one => [one.action, one.actor.slice(0, 4), one.reason]), [['key.revoke', 'key:', 'it is over'], ['key.create', 'key:', 'a test'],
            ['sessions.end', 'key:', 'by a program']]);
    });
}

/** Accounts are made, changed and removed by administrators, by forms and by programs. */
async function made_by_administrators(site, root) {
    const post = (body, code) => request(`${site.url}/admin/access/change`, { method: 'POST', body, headers: site.admin }).then(answer => status(answer, code, JSON.stringify(body)).json);
    const last = async () => (await site.sql('select action, details from webquota.audit order by id desc limit 1'))[0];
    await test('an account is made by a form, signs in, and gets another role and password, each of which ends its sessions', async () => {
        const fields = { id: 'jo <b>', subject: 'j-1', role: 'support', password: '  two  blanks  ', again: '  two  blanks  ' }, jo = new Browser(site);
        equal(status(await change(root, 'account-add', null, fields), 303).headers.location, '/quota/admin/access?done=account-add');
        equal(await last(), ['account.add', '{"role": "support", "reason": "why", "account": "jo <b>"}']);
        status(await new Browser(site).sign_in('jo <b>', 'two blanks'), 403, 'a password is taken as it is');
        status(await jo.sign_in('jo <b>', '  two  blanks  '), 303);
        like(await jo.who(), { account: 'jo <b>', subject: 'j-1', role: 'support' });
        status(await change(root, 'account-role', 'jo <b>', { role: 'admin' }), 303);
        equal(await last(), ['account.role', '{"old": {"role": "support"}, "role": "admin", "reason": "why", "account": "jo <b>"}']);
        await until(async () => !(await jo.who()).signed_in, 'signed out', 3000);
        status(await jo.sign_in('jo <b>', '  two  blanks  '), 303);
        equal((await jo.who()).role, 'admin');
        status(await change(root, 'account-password', 'jo <b>', { password: PASSWORD, again: PASSWORD }), 303);
        await until(async () => !(await jo.who()).signed_in, 'signed out', 3000);
        status(await jo.sign_in('jo <b>', PASSWORD), 303);
        status(await change(jo, 'account-role', 'root', { role: 'viewer' }), 303, 'another administrator may');
        await until(async () => !(await root.who()).signed_in, 'signed out', 3000);
        status(await change(jo, 'account-role', 'root', { role: 'admin' }), 303);
        status(await root.sign_in('root', PASSWORD), 303);
        equal(status(await change(root, 'account-remove', 'jo <b>'), 303).headers.location, '/quota/admin/access?done=account-remove');
        await until(async () => !(await jo.who()).signed_in, 'signed out', 3000);
        status(await jo.sign_in('jo <b>', PASSWORD), 403);
        ok(!(await site.value("select string_agg(details::text, ' ') from webquota.audit")).includes(PASSWORD), 'no password is in the audit');
    });
    await test('what is wrong is named, and a password never comes back', async () => {
        const good = { id: 'new', role: 'viewer', password: PASSWORD, again: PASSWORD };
        for (const [wrong, code, field] of [[{ id: '' }, 400, 'id'], [{ id: 'root' }, 409, 'id'], [{ role: 'god <b>' }, 400, 'role'], [{ role: '' }, 400, 'role'], [{ password: '' }, 400, 'password'], [{ again: 'x' }, 400, 'again'],
            [{ again: '' }, 400, 'again'], [{ password: 'short', again: 'short' }, 400, 'password'], [{ subject: 'anon:192.0.2.1' }, 400, 'subject'], [{ reason: ' ' }, 400, 'reason']]) {
            const { text } = status(await change(root, 'account-add', null, { ...good, ...wrong }), code, JSON.stringify(wrong));
            ok(text.includes(`id="${field}-mistake"`) && !text.includes(PASSWORD) && !text.includes('short'), `${JSON.stringify(wrong)}: ${text.slice(-900)}`);
            if (wrong.role) ok(text.includes('<option value="god &lt;b&gt;" selected>'), 'what was typed comes back');
        }
        status(await root.open('/admin/access/change?what=account-role&id=nobody'), 404);
        equal(await site.value("select count(*) from webquota.local_accounts where name = 'new'"), '0');
    });
    const { version: before } = (await site.api('GET', '/admin/settings')).json;
    await test('nobody changes or removes themselves, and the last administrator stays', async () => {
        for (const [what, fields] of [['account-role', { role: 'viewer' }], ['account-remove'], ['account-password', { password: PASSWORD, again: PASSWORD }]])
            ok(/nobody (changes their own role|removes themselves|sets their own password)/i.test(status(await change(root, what, 'root', fields), 409).text), what);
        const { version } = (await site.api('GET', '/admin/settings')).json;
        status(await site.api('POST', '/admin/settings', { administrators: null, version, reason: 'accounts only' }), 201);
        await site.sql("update webquota.local_accounts set suspended_at = now() where role = 'admin' and name <> 'root'");
        for (const body of [{ what: 'account-role', role: 'viewer' }, { what: 'account-remove' }, { what: 'account-suspend' }]) {
            const { field, detail } = await post({ id: 'root', reason: 'x', ...body }, 409);
            ok(field === 'account' && /last administrator/.test(detail), `${body.what}: ${detail}`);
        }
        for (const what of ['suspend', 'resume']) equal((await site.command('account', what, 'root', '--reason', 'x')).code, 0, 'whoever has a shell can make another');
    });
    await test('nor does a name go that alone may administer, by whoever is named, at once or later; by a key or at a shell it does', async () => {
        const active = async () => (await site.api('GET', '/admin/settings')).json.version, without = await active();
        const set = async body => status(await site.api('POST', '/admin/settings', { version: await active(), reason: 'x', ...body }), 201).json;
        await set({ administrators: ['admin'] });
        equal((await site.command('account', 'suspend', 'root', '--reason', 'x')).code, 0);
        const named = new Browser(site, basic(site.values.WEBQUOTA_USER_ADMIN)), version = await active();
        const back = status(await named.send('/admin/version', { ...fields_of(await named.open(`/admin/version?version=${without}`)), reason: 'x' }), 422);
        ok(/nobody could administer any more/i.test(back.text), back.text.slice(-900));
        equal(await active(), version, 'nothing was changed');
        equal((await site.command('account', 'resume', 'root', '--reason', 'x')).code, 0);
        status(await root.sign_in('root', PASSWORD), 303);
        const sent = { ...fields_of(await root.open('/admin/settings')), administrators: '', reason: 'x', effective: '2090-01-01T00:00:00Z' };
        status(await root.send('/admin/settings', { ...fields_of(status(await root.send('/admin/settings', sent), 200)), reason: 'x' }), 303);
        const { version: later } = (await site.api('GET', '/admin/policies')).json.versions.find(one => one.state === 'scheduled');
        equal((await site.command('account', 'suspend', 'root', '--reason', 'x')).code, 0);
        await site.sql(`update webquota.policies set effective_at = now() - interval '1 second' where version = ${later}`);
        const facts = async () => (await site.api('GET', '/admin/policies')).json.versions.find(one => one.version === later);
        await until(async () => (await facts()).state !== 'scheduled', 'its time has come', 5000);
        like(await facts(), { state: 'failed', active: false, why: /nobody could administer any more/ });
        equal(await active(), version);
        equal((await site.command('policy', 'rollback', String(without))).code, 0);
        await set({ administrators: ['admin'] });
        await set({ administrators: null });
        await site.sql("update webquota.local_accounts set suspended_at = null where role = 'admin'");
        status(await site.api('POST', `/admin/policies/${before}/rollback`, { version: await active(), reason: 'back' }), 201);
        status(await root.sign_in('root', PASSWORD), 303);
        equal((await root.who()).role, 'admin');
    });
    await test('and all of it by programs, as JSON', async () => {
        const made = await post({ what: 'account-add', id: 'prog', role: 'admin', password: PASSWORD, reason: 'a test' }, 200);
        like(made, { what: 'account-add', made: true, account: { account: 'prog', role: 'admin', subject: 'prog' } });
        ok(!JSON.stringify(made).includes(PASSWORD), 'without the password');
        like(await post({ what: 'account-add', id: 'prog', role: 'admin', password: PASSWORD, reason: 'x' }, 409), { field: 'account' });
        like(await post({ what: 'account-add', id: 'other', role: 'god', password: PASSWORD, reason: 'x' }, 400), { field: 'role' });
        like(await post({ what: 'account-password', id: 'prog', password: 'short', reason: 'x' }, 422), { field: 'password' });
        like(await post({ what: 'account-password', id: 'prog', password: 'another one', again: 'another', reason: 'x' }, 400), { field: 'again' });
        like(await post({ what: 'account-role', id: 'root', role: 'admin', reason: 'the same' }, 200), { account: { role: 'admin' } });
        status(await root.sign_in('root', PASSWORD), 303);
        like(await post({ what: 'account-role', id: 'prog', role: 'viewer', reason: 'x' }, 200), { account: { role: 'viewer' } });
        like(await post({ what: 'account-remove', id: 'prog', reason: 'x' }, 200), { what: 'account-remove', made: true, account: { account: 'prog' } });
        like(await post({ what: 'account-remove', id: 'prog', reason: 'x' }, 404), { field: 'account' });
        equal((await last())[0], 'account.remove');
    });
}

async function keys(site, root) {
    await test('a key is shown once, works within its scopes, and is refused once revoked', async () => {
        ok(status(await change(root, 'key-create', null, { name: 'shop' }), 400).text.includes('id="enforce-mistake"'), 'no scope');
        ok(status(await change(root, 'key-create', null, { name: 'x', read: '1', reason: '' }), 400).text.includes('id="reason-mistake"'), 'no reason');
        ok(status(await change(root, 'key-create', null, { name: '', read: '1' }), 400).text.includes('id="name-mistake"'), 'no name');
        ok(status(await change(root, 'key-create', null, { name: 'x', read: '1', expires: '2001-01-01' }), 400).text.includes('id="expires-mistake"'));
        const made = status(await change(root, 'key-create', null, { name: 'shop <b>', read: '1' }), 200);
        const [key, id] = /wq_(\d+)_[\w-]+/.exec(made.text) ?? [];
        ok(key && /no-store/.test(made.headers['cache-control']), 'the key, kept nowhere');
        const ask = (where, method = 'GET') => request(`${site.url}/api/v1${where}`, { method, headers: bearer(key) });
        status(await ask('/usage?subject=free'), 200);
        status(await ask('/usage?subject=free', 'DELETE'), 403, 'within its scopes');
        const page = status(await root.open('/admin/access'), 200), json = status(await root.open('/admin/access', { Accept: 'application/json' }), 200);
        ok(!page.text.includes(key) && !json.text.includes(key), 'never again');
        like(json.json.keys.find(one => one.id === id), { name: 'shop <b>', scopes: ['read'], revoked_at: null });
        status(await change(root, 'key-revoke', id), 303);
        await until(async () => (await ask('/usage?subject=free')).status === 401, 'refused', 3000);
        status(await change(root, 'key-revoke', id), 404, 'already');
        equal(await site.sql(`select details ->> 'reason' from webquota.audit where action in ('key.create', 'key.revoke') and details ->> 'id' = '${id}'`), [['why'], ['why']]);
    });
}

async function roles(site, root) {
    await test('for administrators only', async () => {
        const sent = fields_of(await root.open('/admin/access/change?what=key-create'));
        for (const [name, code] of [[NAME, 403], [null, 401]]) {
            const browser = new Browser(site);
            if (name) status(await browser.sign_in(name, PASSWORD), 303);
            for (const where of ['/admin/access', '/admin/access/change?what=key-create']) status(await browser.open(where), code, `${name} ${where}`);
            const { csrf } = fields_of(await browser.open('/login'));
            status(await browser.send('/admin/access/change', { csrf, what: 'key-create', name: 'x', admin: '1' }), code);
            status(await browser.send('/admin/access/change', { ...sent, name: 'x', admin: '1' }), code, "another's form");
        }
        equal(await site.value("select count(*) from webquota.api_keys where name = 'x'"), '0');
    });
}

const POLICY = `
title = "Doors"
timezone = "${NOON}"
default_plan = "free"
anonymous_plan = "anonymous"
feature call { title = "Calls" }
feature seat { title = "Seats" }
plan anonymous { title = "Anonymous"  rank = 0
  limit day { feature = "call"  amount = 1000  window = "day" } }
plan free { title = "Free"  rank = 1
  limit day { feature = "call"  amount = 1000  window = "day" }
  limit line { feature = "seat"  amount = 1  window = "day"  scope = "site"  on_exceed = "queue" } }
`;

/** Each of WHO, as they ask: {headers, csrf}; and what there is of the owner. */
async function doors_made(site) {
    const file = `${site.folder}/doors.conf`, made = async (...words) => {
        const answer = await site.api(...words);
        ok(answer.status < 300, `${words}: ${answer.text}`);
        return answer.json;
    };
    writeFileSync(file, POLICY);
    await site.policy(file);
    const who = { nobody: new Browser(site) };
    for (const [name, role] of [['owner', 'user'], ['other', 'user'], ['viewer', 'viewer'], ['support', 'support'], ['admin', 'admin']]) {
        await run_well(`${PROGRAMS}/webquota`, ['account', 'add', name, '--role', role], { env: { DATABASE_URL: site.values.DATABASE_URL }, input: `${PASSWORD}\n` });
        who[name] = new Browser(site);
        status(await who[name].sign_in(name, PASSWORD), 303);
    }
    for (const browser of Object.values(who)) browser.csrf = fields_of(await browser.open('/login')).csrf;
    for (const [name, scope] of [['enforce', 'enforce'], ['read', 'read'], ['key', 'admin']])
        who[name] = new Browser(site, bearer((await made('POST', '/admin/keys', { name, scopes: [scope] })).key));
    await made('POST', '/admin/subjects', { subject: 'owner', organization: 'Club' });
    await made('POST', '/consume', { subject: 'full', feature: 'seat' });
    const mine = { subject: 'owner', feature: 'call' };
    return { who, ids: {
        decision: (await made('POST', '/consume', { ...mine, units: 20 })).decision_id,
        ticket: (await made('POST', '/tickets', { subject: 'owner', feature: 'seat' })).ticket,
        request: (await made('POST', '/requests', { ...mine, kind: 'increase', amount: 5000, reason: 'why' })).request,
        override: (await made('POST', '/admin/overrides', { ...mine, amount: 2000 })).id,
        grant: (await made('POST', '/admin/grants', { ...mine, amount: 1 })).id,
        key: (await made('GET', '/admin/keys')).keys[0].id,
    }, hold: async () => {
        const headers = who.owner.cookie();
        return status(await request(`${site.url}/api/v1/reservations`, { method: 'POST', body: { feature: 'call' }, headers }), 201).json.reservation;
    } };
}

async function doors(site) {
    await test('the table has a row for every route of the program, and for no other; so does openapi.json', async () => {
        const rows = DOORS.map(([route]) => route).sort();
        equal(rows, routes_of_program().map(line => line.split(' ').slice(0, 2).join(' ')).sort());
        const { paths } = status(await request(`${site.url}/api/v1/openapi.json`), 200).json;
        equal(rows, Object.entries(paths).flatMap(([where, calls]) => Object.keys(calls).filter(method => ['get', 'post', 'delete'].includes(method))
            .map(method => `${method.toUpperCase()} ${where}`)).sort());
    });
    const { who, ids, hold } = await doors_made(site);
    const ask = async (name, [route, address, sent]) => {
        const browser = who[name], [method, where] = route.split(' '); // programs send what a form does as JSON
        const form = method === 'POST' && !where.startsWith('/api/') && !browser.headers.Authorization;
        const filled = address.replace('@hold', address.includes('@hold') ? await hold() : '').replace(/@(\w+)/g, (_, what) => ids[what]);
        const body = sent === null ? undefined : form ? new URLSearchParams({ csrf: browser.csrf ?? '', ...sent }).toString() : JSON.stringify(sent);
        const type = body === undefined ? {} : { 'Content-Type': form ? 'application/x-www-form-urlencoded' : 'application/json' };
        return request(`${site.url}${filled}`, { method, body, headers: { Accept: 'text/html', ...type, ...browser.headers, ...browser.cookie() } });
    };
    await test('what the application holds for somebody is its own to settle', async () => {
        const { reservation } = status(await site.api('POST', '/reservations', { subject: 'owner', feature: 'call', units: 3 }), 201).json;
        const settle = (how, headers, body) => request(`${site.url}/api/v1/reservations/${reservation}/${how}`, { method: 'POST', body, headers });
        for (const [how, body] of [['release', {}], ['commit', { units: 1 }]]) {
            const { json } = status(await settle(how, who.owner.cookie(), body), 403);
            ok(/held for you by the application/.test(json.detail), json.detail);
        }
        equal(status(await settle('commit', site.admin, {}), 200).json.units, 3);
    });
    await test('a place in line is given up by whoever was given it, not by roles that are told of all', async () => {
        const { ticket } = status(await site.api('POST', '/tickets', { subject: 'another', feature: 'seat' }), 202).json;
        const leave = headers => request(`${site.url}/api/v1/tickets/${ticket}`, { method: 'DELETE', headers });
        const state = () => site.value(`select state from webquota.tickets order by joined_at desc limit 1`);
        for (const name of ['viewer', 'support', 'admin']) {
            ok(/administrators drop it/.test(status(await leave(who[name].cookie()), 403).json.detail), name);
            status(await who[name].send(`/queue/${ticket}/leave`, { csrf: who[name].csrf }), 403, name);
        }
        equal(await state(), 'waiting');
        equal(status(await leave({}), 200).json.state, 'left');
    });
    for (const row of DOORS)
        await test(`${row[0]}: ${row[3]}`, async () => {
            const found = [];
            for (const name of WHO) found.push((await ask(name, row)).status);
            equal(Object.fromEntries(WHO.map((name, i) => [name, found[i]])), Object.fromEntries(WHO.map((name, i) => [name, Number(row[3].split(' ')[i])])));
        });
}

try {
    await with_site({}, async site => {
        for (const [name, role] of [['root', 'admin'], [NAME, 'support']])
            await run_well(`${PROGRAMS}/webquota`, ['account', 'add', name, '--role', role], { env: { DATABASE_URL: site.values.DATABASE_URL }, input: `${PASSWORD}\n` });
        const root = new Browser(site), bob = new Browser(site);
        status(await root.sign_in('root', PASSWORD), 303);
        status(await bob.sign_in(NAME, PASSWORD), 303);
        await accounts(site, root, bob);
        await made_by_administrators(site, root);
        await keys(site, root);
        await roles(site, root);
        await doors(site);
    });
} catch (error) {
    broken(error);
}
finish();
