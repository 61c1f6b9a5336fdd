#!/usr/bin/env node
// Signing in with webquota itself, over HTTP: sessions that begin, last, and end; forms that nobody else can send; attempts that
// are limited; roles. What is tried against them here is what is tried against such pages everywhere.
import { writeFileSync } from 'node:fs';
import { Browser, HTML, fields_of } from './lib/forms.mjs';
import { basic, request } from './lib/http.mjs';
import { PROGRAMS, run, with_site } from './lib/site.mjs';
import { totp } from './lib/totp.mjs';
import { broken, equal, finish, like, ok, status, test, until } from './lib/tap.mjs';

const POLICY = `
title = "Sign in"
timezone = "UTC"
default_plan = "free"
anonymous_plan = "anonymous"
sign_in_url = "/quota/login"
feature call { title = "Calls"  unit = "call" }
plan anonymous { title = "Anonymous"  rank = 0  upgrade = "free"
  limit day { feature = "call"  amount = 2  window = "day" } }
plan free { title = "Free"  rank = 1
  limit day { feature = "call"  amount = 5  window = "day" } }
route { method = "POST"  path = "/app/get_solution"  feature = "call" }
`;
const PASSWORD = 'correct horse battery';
const NAME = 'webquota_session';

/* The command, with a password on standard input. */
const account = (site, words, input = '') =>
    run(`${PROGRAMS}/webquota`, ['account', ...words], { env: { DATABASE_URL: site.values.DATABASE_URL }, input: `${input}\n` });

async function add(site, name, ...more) {
    const { code, stderr } = await account(site, ['add', name, ...more], PASSWORD);
    equal(code, 0, stderr);
}

const signed_in = async (site, name) => {
    const browser = new Browser(site);
    status(await browser.sign_in(name, PASSWORD), 303, `sign in as ${name}`);
    return browser;
};

const attempts_off = site => site.sql('delete from webquota.sign_in_attempts');

async function commands(site) {
    await test('accounts are kept by the command; a password comes from standard input, and is never shown', async () => {
        await add(site, 'ada');
        await add(site, 'root', '--role', 'admin');
        await add(site, 'vera', '--role', 'viewer', '--subject', 'v-1');
        const listed = await account(site, ['list', '--json']);
        equal(JSON.parse(listed.stdout).accounts.map(({ account: name, role, subject }) => [name, role, subject]),
            [['ada', 'user', 'ada'], ['root', 'admin', 'root'], ['staff', 'admin', 'staff'], ['vera', 'viewer', 'v-1']]);
        ok(!/argon2|hash/.test(listed.stdout), listed.stdout);
        const hash = await site.value("select hash from webquota.local_accounts where name = 'ada'");
        ok(/^\$argon2id\$v=19\$m=65536,t=2,p=1\$/.test(hash), hash);
    });
    await test('what is no account, no role and no password is refused, and nothing is changed', async () => {
        equal([(await account(site, ['add', 'ada'], PASSWORD)).code, (await account(site, ['add', 'bob'], 'short')).code,
            (await account(site, ['add', 'bob', '--subject', 'anon:192.0.2.1'], PASSWORD)).code,
            (await account(site, ['password', 'nobody'], PASSWORD)).code, (await account(site, ['role', 'nobody', 'admin'])).code,
            (await account(site, ['remove', 'nobody'])).code], [1, 1, 1, 1, 1, 1]);
        equal([(await account(site, ['add', 'bob', '--role', 'god'], PASSWORD)).code, (await account(site, ['add', 'bob', PASSWORD])).code,
            (await account(site, ['role', 'ada', 'root'])).code], [2, 2, 2]);
        equal(await site.value('select count(*) from webquota.local_accounts'), '4');
    });
    await test('the service\'s role of the database cannot rename an account, or meter it as somebody else', async () => {
        for (const change of ["name = 'other'", "subject = 'other'", 'created_at = now()']) {
            const tried = await run('psql', ['-Xq', '-v', 'ON_ERROR_STOP=1', site.values.DATABASE_URL_APP, '-c', `update webquota.local_accounts set ${change}`]);
            ok(tried.code !== 0 && /permission denied/.test(tried.stderr), tried.stderr);
        }
    });
}

async function sessions(site) {
    await test('signing in begins a session, with a cookie that only this host gets, and leads on', async () => {
        const browser = new Browser(site);
        const answer = status(await browser.sign_in('ada', PASSWORD), 303);
        equal(answer.headers.location, '/quota/');
        const [cookie] = answer.headers['set-cookie'];
        ok(/^webquota_session=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/.test(cookie), cookie);
        equal(answer.headers['cache-control'], 'no-store');
        equal(await browser.who(), { signed_in: true, subject: 'ada', account: 'ada', role: 'user' });
        const page = status(await browser.open('/'), 200);
        ok(/Signed in as <bdi>ada<\/bdi> <a class="tap" href="\/quota\/account">Account<\/a> <a class="tap" href="\/quota\/logout">/.test(page.text), page.text.slice(0, 1500));
        const [[hash, subject]] = await site.sql("select encode(hash, 'hex'), subject from webquota.sessions order by id desc limit 1");
        ok(!hash.includes(browser.cookies[NAME]) && subject === 'ada', 'only a hash is kept');
    });
    await test('over plain HTTP from elsewhere it is looked to whether the browser kept it, and said where it did not', async () => {
        const browser = new Browser(site, { Host: 'example.test' });
        const answer = status(await browser.fill('/login', { name: 'ada', password: PASSWORD, next: '/app/' }), 303);
        equal(answer.headers.location, '/quota/login?kept=1&next=%2Fapp%2F');
        equal(status(await browser.open('/login?kept=1&next=%2Fapp%2F'), 303).headers.location, '/app/', 'it did');
        equal(status(await browser.open('/login?kept=1&next=//elsewhere'), 303).headers.location, '/quota/', 'and nowhere else');
        const lost = status(await new Browser(site, { Host: 'example.test' }).open('/login?kept=1&next=%2Fapp%2F'), 403);
        ok(/your browser did not keep the sign-in/.test(lost.text) && /name="next" value="\/app\/"/.test(lost.text), lost.text);
        for (const host of ['localhost', 'localhost:8080', '127.0.0.1:8080', '[::1]:8080'])
            equal(status(await new Browser(site, { Host: host }).sign_in('ada', PASSWORD), 303).headers.location, '/quota/', host);
    });
    await test('the authorizer knows whose session it is: the application is limited as that person', async () => {
        const browser = await signed_in(site, 'ada');
        const before = (await site.usage('ada')).day.used;
        status(await site.form('get_solution', undefined, browser.cookie()), 200);
        equal((await site.usage('ada')).day.used, before + 1);
    });
    await test('the web server\'s word for who somebody is comes first; the session\'s role counts all the same', async () => {
        const browser = await signed_in(site, 'root');
        browser.headers = basic(site.values.WEBQUOTA_USER_FREE);
        equal(await browser.who(), { signed_in: true, subject: 'free', account: 'root', role: 'admin' });
        status(await browser.open('/../quota/api/v1/admin/requests'), 200);
        const before = (await site.usage('free')).day.used;
        status(await site.form('get_solution', 'free', browser.cookie()), 200);
        equal((await site.usage('free')).day.used, before + 1, 'metered as the web server says');
    });
    await test('signing out ends it, here and in the database; the cookie is worth nothing then', async () => {
        const browser = await signed_in(site, 'ada'), kept = browser.cookie();
        const answer = status(await browser.fill('/logout', {}), 303);
        ok(/^webquota_session=; .*Max-Age=0$/.test(answer.headers['set-cookie'][0]), String(answer.headers['set-cookie']));
        equal(browser.cookies, {});
        equal((await new Browser(site, kept).who()).signed_in, false);
        ok((await browser.open('/login?out=1')).text.includes('You are signed out.'), 'it is said');
        ok((await browser.open('/logout')).text.includes('You are not signed in.'), 'twice');
    });
    await test('each sign-in has a session of its own, and ends the one that the browser had (no fixation)', async () => {
        const browser = new Browser(site);
        browser.cookies[NAME] = 'A'.repeat(43);
        status(await browser.sign_in('ada', PASSWORD), 303);
        ok(browser.cookies[NAME] !== 'A'.repeat(43), 'a token of somebody else was taken');
        const first = browser.cookie();
        status(await browser.sign_in('root', PASSWORD), 303);
        equal([(await browser.who()).account, (await new Browser(site, first).who()).signed_in], ['root', false]);
    });
    await test('made-up cookies are no session, and break nothing', async () => {
        for (const value of ['', 'x', 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}!`, '%00'.repeat(20), '"', 'A'.repeat(4000), `'; drop table x; --`]) {
            const browser = new Browser(site);
            browser.cookies[NAME] = value;
            equal((await browser.who()).signed_in, false, value.slice(0, 50));
        }
    });
    await test('over HTTPS only the name that no other host can set is taken', async () => {
        const browser = await signed_in(site, 'ada');
        equal((await new Browser(site, { Cookie: `__Host-${NAME}=${browser.cookies[NAME]}` }).who()).account, 'ada');
    });
}

/* A clock that stands still at an offset from when the session began. */
async function expiry(site) {
    const at = seconds => new Date(Date.UTC(2026, 2, 15, 12, 0, 0) + seconds * 1000).toISOString().replace('T', ' ').replace(/\..*/, '');
    const over_within_a_second = browser => until(async () => !(await browser.who()).signed_in, 'the session is over', 3000);
    await test('half an hour unused, a session is over; used, it goes on, but for no more than 12 hours', async () => {
        await site.sql('delete from webquota.sessions');
        await site.clock(at(0));
        try {
            const idle = await signed_in(site, 'ada'), busy = await signed_in(site, 'ada');
            for (let seconds = 0; seconds < 12 * 3600; seconds += 1500) {
                await site.clock(at(seconds));
                await until(async () => (await busy.who()).signed_in && Number(await site.value(
                    `select extract(epoch from max(last_seen_at) - timestamptz '${at(0)}Z') from webquota.sessions`)) === seconds,
                `it is noted that it is in use at ${seconds} s`, 5000);
            }
            equal((await idle.who()).signed_in, false);
            await site.clock(at(12 * 3600));
            await over_within_a_second(busy);
            const last = await signed_in(site, 'ada');
            await site.clock(at(12 * 3600 + 1799));
            equal((await last.who()).signed_in, true, 'a second before');
            await site.clock(at(12 * 3600 + 1799 + 1801));
            await over_within_a_second(last);
        } finally {
            await site.clock_real();
            await site.sql('delete from webquota.sessions');
        }
    });
    await test('another password, another role, and the end of the account end its sessions everywhere', async () => {
        await add(site, 'leo');
        for (const words of [['password', 'leo'], ['role', 'leo', 'viewer'], ['remove', 'leo']]) {
            const browser = await signed_in(site, 'leo');
            equal((await browser.who()).account, 'leo', words[0]);
            equal((await account(site, words, PASSWORD)).code, 0, words[0]);
            await until(async () => !(await browser.who()).signed_in, words[0], 3000);
        }
        status(await new Browser(site).sign_in('leo', PASSWORD), 403, 'it is gone');
    });
}

async function forms(site) {
    const browser = new Browser(site);
    const good = async () => ({ ...fields_of(await browser.open('/login')), name: 'ada', password: PASSWORD });
    await test('a form without its token, with another one, another reader\'s or an old one is refused', async () => {
        const fields = await good(), [hours, mac] = fields.csrf.split('.');
        const person = fields_of(await (await signed_in(site, 'root')).open('/login')).csrf;
        for (const csrf of ['', 'x', mac, `${hours}.`, `.${mac}`, `${Number(hours) - 25}.${mac}`, `${Number(hours) + 1}.${mac}`, `0${fields.csrf}`,
            `${fields.csrf}A`, fields.csrf.slice(0, -1), person, 'A'.repeat(10000)])
            status(await browser.send('/login', { ...fields, csrf }), 403, csrf.slice(0, 60));
        const { csrf, ...without } = fields;
        status(await browser.send('/login', without), 403, 'none');
        status(await browser.send('/login', `${new URLSearchParams(fields)}&csrf=${csrf}`), 403, 'two');
        status(await new Browser(site).send('/login', fields), 303, 'the good one');
    });
    await test('nor is one that another site\'s page sends, token or not', async () => {
        const fields = await good();
        for (const headers of [{ Origin: 'https://evil.example' }, { Origin: 'null' }, { 'Sec-Fetch-Site': 'cross-site' },
            { 'Sec-Fetch-Site': 'same-site' }])
            status(await new Browser(site).send('/login', fields, headers), 403, JSON.stringify(headers));
        status(await new Browser(site).send('/login', fields, { Origin: site.values.WEBQUOTA_SITE, 'Sec-Fetch-Site': 'same-origin' }), 303);
    });
    await test('what is no form, or too large a one, is refused before anything is read of it', async () => {
        const fields = await good();
        const send = (type, body) => new Browser(site).send('/login', body, { 'Content-Type': type });
        status(await send('application/json', JSON.stringify(fields)), 415);
        status(await send('multipart/form-data; boundary=x', 'x'), 415);
        status(await send('text/plain', new URLSearchParams(fields).toString()), 415);
        status(await browser.send('/login', { ...fields, more: 'x'.repeat(20000) }), 413);
        status(await browser.send('/login', `${new URLSearchParams(fields)}${'&a=1'.repeat(100)}`), 400);
        for (const rest of ['&a=%', '&a=%zz', '&a=%00', '&a=%ff', '&%c3=1'])
            status(await browser.send('/login', `${new URLSearchParams(fields)}${rest}`), 400, rest);
    });
    await test('a field that is there twice is refused; one that is empty is asked for, with what was typed', async () => {
        const fields = await good();
        for (const name of ['name', 'password'])
            status(await browser.send('/login', `${new URLSearchParams(fields)}&${name}=x`), 400, name);
        const page = status(await browser.send('/login', { ...fields, name: 'Zoë "<b>"', password: '', next: '/app/' }), 400);
        ok(page.text.includes('value="Zoë &quot;&lt;b&gt;&quot;"') && page.text.includes('name="next" value="/app/"'), page.text);
        ok(/role="alert"><p>Fill in both/.test(page.text) && !page.text.includes(PASSWORD), page.text);
    });
    await test('where to go then is an address on this host, or the dashboard', async () => {
        for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', 'evil', 'javascript:alert(1)', '\\\\evil', '/\t/evil.example',
            '/\n/evil', ' //evil', `/${'x'.repeat(3000)}`, '']) {
            const fields = await good();
            equal(status(await new Browser(site).send('/login', { ...fields, next }), 303, next).headers.location, '/quota/', JSON.stringify(next.slice(0, 50)));
            ok(!(await browser.open(`/login?next=${encodeURIComponent(next)}`)).text.includes('name="next"'), next);
        }
        const fields = await good();
        equal((await new Browser(site).send('/login', { ...fields, next: '/app/x?a=ä b&c=1' })).headers.location, '/app/x?a=%C3%A4%20b&c=1');
        await attempts_off(site);
    });
    await test('a form that is opened with JSON is none; GET changes nothing', async () => {
        const somebody = await signed_in(site, 'ada');
        status(await somebody.open('/logout?csrf=x'), 200);
        equal((await somebody.who()).signed_in, true);
    });
}

async function attempts(site) {
    await test('wrong passwords and unknown names get the same answer, and are limited by name, whoever sends them', async () => {
        await attempts_off(site);
        const browser = new Browser(site), texts = new Set();
        for (let i = 0; i < 5; i++) {
            const wrong = status(await browser.sign_in('ada', `wrong password ${i}`), 403);
            texts.add(wrong.text.replace(/name="csrf" value="[^"]*"/, '').replace('value="ada"', 'value=""'));
            const nobody = status(await browser.sign_in('nobody', `wrong password ${i}`), 403);
            texts.add(nobody.text.replace(/name="csrf" value="[^"]*"/, '').replace('value="nobody"', 'value=""'));
        }
        equal(texts.size, 1, 'they can be told apart');
        await site.sql("delete from webquota.sign_in_attempts where key like 'address %'");
        for (let i = 5; i < 10; i++) status(await browser.sign_in('ada', 'wrong password'), 403, String(i));
        const answer = status(await browser.sign_in('ada', PASSWORD), 429, 'the right one, too late');
        ok(Number(answer.headers['retry-after']) > 60 && Number(answer.headers['retry-after']) <= 90, answer.headers['retry-after']);
        ok(/too many attempts/.test(answer.text), answer.text);
        status(await browser.sign_in('root', PASSWORD), 303, 'other names');
        await site.sql("update webquota.sign_in_attempts set at = at - interval '95 seconds'");
        status(await browser.sign_in('ada', PASSWORD), 303, 'a minute and a half later');
        status(await browser.sign_in('ada', 'wrong password'), 403, 'a right one takes them back');
    });
    await test('and by address, whatever the names', async () => {
        await attempts_off(site);
        await Promise.all(Array.from({ length: 20 }, async (_, i) => {
            const answer = await new Browser(site).sign_in(`nobody-${i}`, 'wrong password');
            ok([403, 503].includes(answer.status), `${i}: ${answer.status}`);
        }));
        await site.sql("update webquota.sign_in_attempts set level = 20, at = webquota.clock() where key like 'address %'");
        status(await new Browser(site).sign_in('ada', PASSWORD), 429);
        await attempts_off(site);
    });
    await test('while many sign in at once, others are answered; who is too many is told to come again', async () => {
        const browser = new Browser(site), fields = fields_of(await browser.open('/login'));
        await site.sql("insert into webquota.sign_in_attempts values ('address anon:127.0.0.1', 0, webquota.clock()) on conflict do nothing");
        const all = Promise.all(Array.from({ length: 40 }, (_, i) => new Browser(site).send('/login', { ...fields, name: `n${i}`, password: 'wrong password' })));
        const began = performance.now();
        for (let i = 0; i < 10; i++) status(await request(`${site.url}/`, { headers: HTML }), 200);
        ok(performance.now() - began < 4000, `10 pages took ${performance.now() - began} ms`);
        const answers = (await all).map(answer => answer.status);
        ok(answers.every(one => [403, 429, 503].includes(one)) && answers.includes(503), String(answers));
        await attempts_off(site);
    });
}

async function roles(site) {
    const tried = [['GET', '/admin/requests'], ['GET', '/admin/overrides?subject=ada'], ['GET', '/admin/keys'],
        ['POST', '/admin/overrides', { subject: 'ada', feature: 'call', amount: 7, reason: 'test' }]];
    const expected = { nobody: [401, 401, 401, 401], ada: [403, 403, 403, 403], vera: [200, 200, 403, 403], root: [200, 200, 200, 201] };
    await test('each role may do what is its own, and nothing else', async () => {
        for (const [name, wanted] of Object.entries(expected)) {
            const browser = name === 'nobody' ? new Browser(site) : await signed_in(site, name);
            const got = [];
            for (const [method, where, body] of tried)
                got.push((await request(`${site.url}/api/v1${where}`, { method, body, headers: browser.cookie() })).status);
            equal(got, wanted, name);
        }
        equal((await site.sql("select actor from webquota.audit where action = 'override.add'")), [['account:root']]);
    });
    await test('a viewer sees others\' decisions, and may settle none', async () => {
        const { decision_id: id } = status(await site.consume('ada', 'call'), 200).json;
        const browser = await signed_in(site, 'vera');
        status(await browser.open(`/decisions/${id}`), 200);
        status(await request(`${site.url}/api/v1/decisions/${id}/refund`, { method: 'POST', body: {}, headers: browser.cookie() }), 403);
        equal((await browser.who()).subject, 'v-1');
    });
    await test('a session is no way around the checks of the API: another site\'s page cannot use it', async () => {
        const browser = await signed_in(site, 'root');
        const send = headers => request(`${site.url}/api/v1/admin/grants`, { method: 'POST',
            body: JSON.stringify({ subject: 'ada', feature: 'call', amount: 1 }), headers: { ...browser.cookie(), ...headers } });
        status(await send({ 'Content-Type': 'text/plain' }), 415);
        status(await send({ Origin: 'https://evil.example' }), 403);
        status(await send({}), 201);
    });
}

async function visitors(site) {
    await test('visitors see their own use, and a way to sign in that leads back', async () => {
        const page = status(await new Browser(site).open('/plans'), 200);
        ok(page.text.includes('href="/quota/login?next=%2Fquota%2Fplans">Sign in</a>') || page.text.includes('href="/quota/login?next=/quota/plans">Sign in</a>'), page.text.slice(0, 1500));
        for (let i = 0; i < 3; i++) await site.form('get_solution');
        const stopped = await request(`${site.app}/get_solution`, { method: 'POST', body: 'text=x', headers: { ...HTML, 'Content-Type': 'application/x-www-form-urlencoded' } });
        status(stopped, 429);
        ok(stopped.text.includes('<a class="tap" href="/quota/login">Sign in</a>'), stopped.text);
    });
    await test('a page that needs somebody says where to sign in', async () => {
        const file = `${site.folder}/closed.conf`;
        writeFileSync(file, POLICY.replace('anonymous_plan = "anonymous"', ''));
        await site.policy(file);
        const page = status(await new Browser(site).open('/'), 401);
        ok(/<a class="button" href="\/quota\/login\?next=\/quota\/">Sign in<\/a>/.test(page.text), page.text);
        status(await new Browser(site).open('/login'), 200);
        like(await (await signed_in(site, 'ada')).who(), { signed_in: true });
    });
}

async function accounts(site) {
    const list = async who => (await who.open('/account', { Accept: 'application/json' })).json;
    await test('one sees where one is signed in, and ends one of it, or all others', async () => {
        await add(site, 'olga');
        const [first, second, third] = [await signed_in(site, 'olga'), await signed_in(site, 'olga'), await signed_in(site, 'olga')];
        const { account: name, subject, role, sessions: open } = await list(first);
        equal([name, subject, role, open.length, open.filter(one => one.current).length], ['olga', 'olga', 'user', 3, 1]);
        like(open[2], { current: true, address: 'anon:127.0.0.1' });
        const page = status(await first.open('/account'), 200);
        ok(/signed in as <bdi>olga<\/bdi>/.test(page.text) && page.text.match(/name="what" value="end"/g).length === 2, page.text);
        const { csrf } = fields_of(page);
        equal(status(await first.send('/account', { csrf, what: 'end', session: open[0].session }), 303).headers.location, '/quota/account?done=end');
        equal([(await third.who()).signed_in, (await second.who()).signed_in], [false, true]);
        equal(status(await first.send('/account', { csrf, what: 'others' }), 303).headers.location, '/quota/account?done=end');
        equal([(await second.who()).signed_in, (await first.who()).signed_in], [false, true]);
        equal((await list(first)).sessions.length, 1);
        ok(/is signed out/.test((await first.open('/account?done=end')).text));
        await site.subject('olga', { timezone: 'Asia/Tokyo' });
        ok(/Since \(Asia\/Tokyo\)/.test((await first.open('/account')).text), 'in their own zone');
        equal(await site.sql("select actor, subject, details->>'sessions' from webquota.audit where action = 'sessions.end' order by id"), Array(2).fill(['account:olga', 'olga', '1']));
    });
    await test('of somebody else nothing can be ended, and nothing of it is seen', async () => {
        const olga = await signed_in(site, 'olga'), ada = await signed_in(site, 'ada');
        const theirs = (await list(ada)).sessions.find(one => one.current).session, { csrf } = fields_of(await olga.open('/account'));
        status(await olga.send('/account', { csrf, what: 'end', session: theirs }), 303);
        equal((await ada.who()).signed_in, true);
        ok((await list(olga)).sessions.every(one => one.session !== theirs));
        for (const [fields, code] of [[{ what: 'end' }, 400], [{ what: 'end', session: 'x' }, 400], [{ what: 'all' }, 400], [{ what: 'others', csrf: 'x' }, 403]])
            status(await olga.send('/account', { csrf, ...fields }), code, JSON.stringify(fields));
        const visitor = new Browser(site);
        ok(/not signed in with an account/.test(status(await visitor.open('/account'), 200).text));
        equal((await list(visitor)).account, null);
        status(await visitor.send('/account', { csrf: fields_of(await visitor.open('/login')).csrf, what: 'others' }), 401);
    });
    await test('one changes one\'s password by knowing it; all other sessions are over then', async () => {
        await attempts_off(site);
        const [here, elsewhere] = [await signed_in(site, 'olga'), await signed_in(site, 'olga')], NEW = 'another horse battery';
        const change = (current, wanted, again = wanted) => here.fill('/account', { what: 'password', session: '', current, wanted, again });
        for (const [fields, code, said] of [[[PASSWORD, 'short'], 400, /at least 10 characters, and/], [[PASSWORD, NEW, `${NEW}s`], 400, /differ/], [['', NEW], 400, /all three/],
            [['wrong password', NEW], 403, /so far is wrong/]]) {
            const page = status(await change(...fields), code, String(fields));
            ok(said.test(page.text) && !page.text.includes(NEW) && !page.text.includes(PASSWORD), page.text);
        }
        equal((await elsewhere.who()).signed_in, true, 'nothing was changed yet');
        equal(status(await change(PASSWORD, NEW), 303).headers.location, '/quota/account?done=password');
        equal([(await here.who()).signed_in, (await elsewhere.who()).signed_in], [true, false]);
        status(await new Browser(site).sign_in('olga', PASSWORD), 403, 'the old one');
        status(await new Browser(site).sign_in('olga', NEW), 303, 'the new one');
        equal(await site.value("select actor from webquota.audit where action = 'account.password' order by id desc limit 1"), 'account:olga');
    });
    await test('wrong ones are counted together with those of signing in', async () => {
        await attempts_off(site);
        const here = await signed_in(site, 'ada');
        await site.sql("insert into webquota.sign_in_attempts values ('name ada', 10, webquota.clock()) on conflict (key) do update set level = 10, at = excluded.at");
        const page = status(await here.fill('/account', { what: 'password', session: '', current: PASSWORD, wanted: 'another horse battery', again: 'another horse battery' }), 429);
        ok(/too many attempts/.test(page.text) && Number(page.headers['retry-after']) > 0, page.text);
        await attempts_off(site);
    });
}

async function codes(site) {
    const START = Date.parse('2028-02-29T12:00:00Z') / 1000;
    let step = 0;
    const later = steps => site.clock(new Date((START + 30 * (step += steps)) * 1000).toISOString());
    const code = (secret, off = 0) => totp(secret, START + 30 * (step + off));
    const secret_of = page => /<code>([A-Z2-7 ]{39})<\/code>/.exec(page.text)[1];
    const recovery_of = page => [...page.text.matchAll(/<li><code>([a-z2-7-]{19})<\/code>/g)].map(([, one]) => one);
    const half = async name => {
        const browser = new Browser(site);
        equal(status(await browser.sign_in(name, PASSWORD, '/login?next=%2Fapp%2F'), 303).headers.location, '/quota/login/code?next=%2Fapp%2F');
        return browser;
    };
    let ada, secret, recovery;
    await attempts_off(site);
    await later(0);
    await test('codes are set up with the password and a code, and the recovery codes are shown once', async () => {
        ada = await signed_in(site, 'ada');
        const other = await signed_in(site, 'ada');
        status(await ada.open('/account/code'), 303, 'nothing is begun');
        equal(status(await ada.fill('/account', { what: 'codes', session: '' }), 303).headers.location, '/quota/account/code');
        const page = status(await ada.open('/account/code'), 200);
        secret = secret_of(page);
        ok(page.text.includes(`href="otpauth://totp/Sign%20in:ada?secret=${secret.replaceAll(' ', '')}&amp;issuer=Sign%20in"`), page.text);
        ok(/<svg role="img"[^>]*viewBox="0 0 \d+ \d+"[^>]*>.*<path stroke="#000" d="M4 4\.5h7/.test(page.text), page.text);
        const send = (password, typed) => ada.fill('/account/code', { password, code: typed });
        status(await send('', code(secret)), 400);
        const wrong = status(await send('not the password', code(secret)), 403);
        ok(/password or the code is wrong/.test(wrong.text) && !wrong.text.includes('not the password'), wrong.text);
        status(await send(PASSWORD, code(secret, -2)), 403, 'a minute ago');
        equal((await other.who()).signed_in, true);
        recovery = recovery_of(status(await send(PASSWORD, ` ${code(secret).slice(0, 3)} ${code(secret).slice(3)} `), 200));
        equal(new Set(recovery).size, 10);
        equal([(await ada.who()).signed_in, (await other.who()).signed_in], [true, false], 'signed in without a code');
        const again = await ada.open('/account'), json = (await ada.open('/account', { Accept: 'application/json' })).json;
        ok(!again.text.includes(recovery[0]) && /10 recovery codes are left/.test(again.text), again.text);
        like(json.second_factor, { on: true, recovery_codes: 10 });
        ok(!status(await ada.open('/account/code'), 200).text.includes(secret), 'the secret, never again');
        status(await ada.fill('/account', { what: 'codes', session: '' }), 409, 'no other one in its place');
    });
    await test('between the password and the code nobody is signed in, and the code is another session', async () => {
        const browser = await half('ada'), token = browser.cookies[NAME];
        equal((await browser.who()).signed_in, false);
        status(await browser.open('/account/code'), 401);
        equal((await browser.open('/login/code', { Accept: 'application/json' })).json, { waits_for: 'code' });
        equal(await site.value("select count(*) from webquota.sessions where waits_for is null and hash = sha256('" + token + "')"), '0');
        const used = (await site.usage('ada')).day.used;
        await site.form('get_solution', undefined, browser.cookie());
        equal((await site.usage('ada')).day.used, used, 'before the application they are a visitor');
        const page = status(await browser.open('/login/code?next=%2Fapp%2F'), 200);
        ok(/sign in as <bdi>ada<\/bdi>/.test(page.text) && /autocomplete="one-time-code"/.test(page.text), page.text);
        await later(1);
        status(await browser.fill('/login/code', { code: '' }), 400);
        equal(status(await browser.fill('/login/code?next=%2Fapp%2F', { code: code(secret) }), 303).headers.location, '/app/');
        ok(browser.cookies[NAME] !== token, 'a new token');
        like(await browser.who(), { signed_in: true, account: 'ada' });
        equal((await new Browser(site, { Cookie: `${NAME}=${token}` }).open('/login/code', { Accept: 'application/json' })).json, { waits_for: null });
        const stray = await half('ada');
        equal(status(await stray.fill('/login/code', { code: code(secret) }), 403, 'the same code again').headers['set-cookie'], undefined);
        await later(1);
        equal(status(await stray.fill('/login/code?next=//elsewhere', { code: code(secret, 1) }), 303).headers.location, '/quota/', 'a clock that goes before');
        equal(status(await new Browser(site).open('/login/code'), 303).headers.location, '/quota/login');
        status(await new Browser(site).send('/login/code', { code: code(secret) }), 403, 'without the form');
    });
    await test('it takes ten minutes at most, and guesses are limited however often the password was right', async () => {
        await attempts_off(site);
        const late = await half('ada'), fields = fields_of(await late.open('/login/code'));
        await later(21);
        ok(/longer than ten minutes/.test(status(await late.send('/login/code', { ...fields, code: code(secret) }), 403).text));
        for (let i = 0; i < 5; i++) status(await (await half('ada')).fill('/login/code', { code: '000000' }), 403, String(i));
        const browser = await half('ada'), answer = status(await browser.fill('/login/code', { code: code(secret) }), 429);
        ok(/too many attempts/.test(answer.text) && Number(answer.headers['retry-after']) > 500, answer.text);
        await attempts_off(site);
        status(await browser.fill('/login/code', { code: code(secret) }), 303);
    });
    await test('a recovery code is good once, also to turn codes off', async () => {
        const browser = await half('ada');
        status(await browser.fill('/login/code', { code: recovery[0].toUpperCase().replaceAll('-', ' ') }), 303);
        status(await (await half('ada')).fill('/login/code', { code: recovery[0] }), 403);
        like((await browser.open('/account', { Accept: 'application/json' })).json.second_factor, { on: true, recovery_codes: 9 });
        status(await browser.fill('/account/code', { password: PASSWORD, code: recovery[0] }), 403);
        status(await browser.fill('/account/code', { password: 'not the password', code: recovery[1] }), 403);
        equal(status(await browser.fill('/account/code', { password: PASSWORD, code: recovery[1] }), 303).headers.location, '/quota/account?done=code');
        ok(/Codes are off/.test((await browser.open('/account?done=code')).text));
        status(await new Browser(site).sign_in('ada', PASSWORD), 303);
        equal((await (await signed_in(site, 'ada')).who()).signed_in, true);
    });
    await test('with totp = "required" whoever administrates sets codes up before anything else; others do not', async () => {
        const file = `${site.folder}/totp.conf`;
        writeFileSync(file, `totp = "required"\n${POLICY}`);
        await attempts_off(site);
        const before = await signed_in(site, 'root');
        status(await before.open('/admin'), 200);
        await site.policy(file);
        await attempts_off(site);
        await until(async () => (await before.open('/admin')).status === 401, 'a session from before is no longer enough', 3000);
        equal((await before.who()).signed_in, false);
        status(await new Browser(site).sign_in('ada', PASSWORD), 303);
        const root = await half('root');
        for (const where of ['/admin', '/admin/people', '/account/code']) status(await root.open(where), 401, where);
        const page = status(await root.open('/login/code?next=%2Fapp%2F'), 200);
        secret = secret_of(page);
        ok(/Whoever looks after other people/.test(page.text), page.text);
        status(await root.fill('/login/code', { code: '000000' }), 403);
        const made = status(await root.fill('/login/code?next=%2Fapp%2F', { code: code(secret) }), 200);
        equal(recovery_of(made).length, 10);
        ok(/href="\/app\/">I have copied/.test(made.text) && /Signed in as <bdi>root/.test(made.text), made.text);
        like(await root.who(), { signed_in: true, account: 'root', role: 'admin' });
        status(await root.open('/admin'), 200);
        await later(1);
        status(await (await half('root')).fill('/login/code', { code: code(secret) }), 303, 'and the next time a code');
        ada = root;
    });
    await test('so does whom the policy names as an administrator, whatever role the account has', async () => {
        const file = `${site.folder}/named.conf`;
        await add(site, 'nora');
        const before = await signed_in(site, 'nora');
        equal((await before.who()).role, 'user');
        writeFileSync(file, `totp = "required"\nadministrators = {"nora"}\n${POLICY}`);
        await site.policy(file);
        await attempts_off(site);
        await until(async () => !(await before.who()).signed_in, 'a session from before is no longer enough', 3000);
        status(await (await half('nora')).open('/admin'), 401);
        await site.policy(`${site.folder}/totp.conf`);
    });
    await test('who has lost all of it is reset, by an administrator or at a shell, and not by themselves', async () => {
        const root = ada, vera = await half('vera');
        secret = secret_of(await vera.open('/login/code'));
        status(await vera.fill('/login/code', { code: code(secret) }), 200);
        const change = async (id, reason = 'lost her phone') =>
            root.send('/admin/access/change', { ...fields_of(status(await root.open(`/admin/access/change?what=account-codes-reset&id=${id}`), 200)), reason });
        ok(/Reset codes of vera/.test((await root.open('/admin/access')).text));
        status(await change('root'), 409, 'oneself');
        status(await change('vera', ' '), 400);
        equal(status(await change('vera'), 303).headers.location, '/quota/admin/access?done=account-codes-reset');
        await until(async () => !(await vera.who()).signed_in, 'signed out', 3000);
        status(await change('vera'), 409, 'already');
        equal((await account(site, ['totp-reset', 'vera'])).code, 1);
        equal((await account(site, ['totp-reset', 'root', '--reason', 'lost'])).code, 0);
        equal(await site.sql("select action, actor, details ->> 'account', details ->> 'reason' from webquota.audit where action = 'factor.reset' order by id"),
            [['factor.reset', 'account:root', 'vera', 'lost her phone'], ['factor.reset', await site.value("select actor from webquota.audit where action = 'account.add' order by id limit 1"), 'root', 'lost']]);
    });
    await test('neither secrets nor codes are in the audit or in a log', async () => {
        const plain = secret.replaceAll(' ', '');
        equal(await site.value(`select count(*) from webquota.audit a where a::text like '%${plain}%' or a::text like '%${recovery[2]}%'`), '0');
        const logs = await run('grep', ['-rlE', `${plain}|${recovery[2]}|${recovery[0]}`, '--include=*.log', site.folder]);
        equal(logs.stdout, '');
    });
    await site.clock_real();
    await site.sql('delete from webquota.sessions');
    await site.policy(`${site.folder}/sign-in.conf`);
    await attempts_off(site);
}

try {
    await with_site({}, async site => {
        const file = `${site.folder}/sign-in.conf`;
        writeFileSync(file, POLICY);
        await site.policy(file);
        for (const part of [commands, sessions, expiry, forms, attempts, roles, codes, visitors, accounts]) await part(site);
    });
} catch (error) {
    broken(error);
}
finish();
