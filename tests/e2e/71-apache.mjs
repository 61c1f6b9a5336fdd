#!/usr/bin/env node
// Apache as deploy/apache says: webquota on a TCP socket asked before the example application and programs of the tests, its pages
// through mod_proxy_fcgi; and the pages as plain CGI, under Apache and under lighttpd.
import { readFileSync } from 'node:fs';
import { CLAIMS, HEADERS, Watch, cookie, environment, named_in_every_spelling, spellings } from './front/odd.mjs';
import { GUARDED_503, apache, raw, with_front } from './front/servers.mjs';
import { session_checks } from './lib/forms.mjs';
import { basic, bearer, request } from './lib/http.mjs';
import { line_checks } from './lib/line.mjs';
import { DAY_BEGINS, at_noon } from './lib/noon.mjs';
import { free_port, run, with_site } from './lib/site.mjs';
import { broken, equal, finish, like, ok, status, test, until } from './lib/tap.mjs';

const HTML = { Accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' };
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const VISITOR = 'anon:127.0.0.1';
/* Less than mod_authnz_fcgi hands on of a refusal (8192), for every server to hand it on whole. */
const APACHE_BYTES_MAX = 8000;

const use = (url, headers = {}, text = 'x') => request(`${url}/app/get_solution`, { method: 'POST', body: `text=${text}`, headers: { ...FORM, ...headers } });

function is_refusal(answer, type) {
    status(answer, 429);
    like(answer.headers, { 'content-type': type, 'cache-control': 'no-store', 'content-security-policy': /^default-src 'none'/,
        'x-content-type-options': 'nosniff', ratelimit: /^"get_daily";r=0;t=\d+$/, 'ratelimit-policy': '"get_daily";q=2;w=86400',
        'retry-after': /^[1-9]\d*$/, 'www-authenticate': undefined });
    equal(Object.keys(answer.headers).filter(name => /^(variable-|webquota_)/.test(name)), []);
}

async function guard_checks(site, front, url) {
    await test('a visitor is let through, the application acts, the client is told what is left', async () => {
        for (const left of [1, 0]) {
            const answer = status(await use(url, HTML, `by a visitor, ${left} left`), 200);
            ok(answer.text.includes('<b>Saved:</b>'), answer.text);
            like(answer.headers, { 'content-type': 'text/html; charset=utf-8', ratelimit: new RegExp(`^"get_daily";r=${left};t=\\d+$`) });
        }
        equal(await front.decisions(`outcome = 'allowed' and s.key = '${VISITOR}'`), 2);
    });
    await test('the refusal arrives whole, as the page', async () => {
        const answer = await use(url, HTML);
        is_refusal(answer, 'text/html; charset=utf-8');
        ok(answer.text.startsWith('<!doctype html>') && answer.text.trimEnd().endsWith('</html>'), answer.text);
        ok(answer.text.includes('used all 2 Get Solution requests'), answer.text);
        ok(answer.text.includes('href="/quota/'), 'it leads to the pages');
    });
    await test('a page with server side includes shows a feature in little to whoever looks at it', async () => {
        const answer = status(await request(`${url}/old/page.shtml`, { headers: HTML }), 200);
        ok(/<h1>An old page<\/h1>\n<link rel="stylesheet" href="\/quota\/static\/widget\.css/.test(answer.text), answer.text);
        ok(answer.text.includes('2 of 2 Get Solution requests used today') && answer.text.trimEnd().endsWith('</html>'), answer.text);
        equal(answer.text.match(/<html/g).length, 1);
    });
    await test('and as the problem', async () => {
        const answer = await use(url, { Accept: 'application/json' });
        is_refusal(answer, 'application/problem+json');
        like(answer.json, { status: 429, feature: 'get_solution', subject: VISITOR, remaining: 0, limit: 2 });
    });
    await test('before a client that asks sends its body, in no more bytes than Apache hands on', async () => {
        for (const accept of ['text/html', 'application/json']) {
            const answer = await raw(url, `POST /app/get_solution HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: ${accept}\r\n` +
                'Expect: 100-continue\r\nContent-Length: 9000000\r\n\r\n');
            equal(answer.status, 429);
            ok(answer.text.length <= APACHE_BYTES_MAX && /(<\/html>|\})\s*$/.test(answer.text), `${answer.text.length} bytes: ${answer.text}`);
        }
    });
    await test('and after a large body of one that does not ask', async () => {
        is_refusal(await use(url, HTML, 'x'.repeat(3000000)), 'text/html; charset=utf-8');
    });
    await test('the application is told subject, decision, plan and what is left', async () => {
        const answer = status(await request(`${url}/environment/page`), 200);
        const env = environment(answer);
        like(env, { WEBQUOTA_SUBJECT: VISITOR, WEBQUOTA_CHARGED: 'page', WEBQUOTA_ALLOWED: '1', WEBQUOTA_DECISION: /^dec_[\w-]+$/,
            WEBQUOTA_PLAN: 'anonymous', WEBQUOTA_REMAINING: '999', WEBQUOTA_RESET: new RegExp(`${DAY_BEGINS}$`) });
        like((await site.api('GET', `/decisions/${env.WEBQUOTA_DECISION}`)).json, { subject: VISITOR, feature: 'page' });
        equal(Object.keys(answer.headers).filter(name => /^(variable|webquota)/i.test(name)), []);
    });
    await test('signed in by cookie or bearer token, it is that person', async () => {
        for (const headers of [cookie(front.assertion('pro')), bearer(front.assertion('pro'))]) {
            status(await use(url, headers), 200);
            like(environment(status(await request(`${url}/environment/page`, { headers }), 200)), { WEBQUOTA_SUBJECT: 'pro', WEBQUOTA_PLAN: 'pro', REMOTE_USER: 'pro' });
        }
        equal((await site.usage('pro')).get_daily.used, 2);
        for (let i = 0; i < 2; i++) status(await use(url, cookie(front.assertion('ada'))), 200);
        status(await use(url, cookie(front.assertion('ada'))), 429);
    });
    await test('a bad assertion is 401 as bearer token, and a visitor as cookie', async () => {
        const bad = front.assertion('pro', { secret: 'another secret altogether' });
        const answer = status(await use(url, { ...bearer(bad), ...HTML }), 401);
        equal(answer.headers['content-type'], 'text/html; charset=utf-8');
        status(await use(url, cookie(bad)), 429);
    });
    await test('a name in HTTP Basic, whose password nobody checked, stays anonymous', async () => {
        for (const pair of ['pat:anything', 'pro:wrong', site.values.WEBQUOTA_USER_PRO, 'admin:', ':', `${VISITOR}:x`]) {
            like(environment(status(await request(`${url}/environment/page`, { headers: basic(pair) }), 200)), { WEBQUOTA_SUBJECT: VISITOR, REMOTE_USER: VISITOR });
            status(await use(url, basic(pair)), 429, pair);
            equal((await request(`${url}/quota/api/v1/usage`, { headers: basic(pair) })).json.subject, VISITOR, pair);
        }
    });
    await test('and so does a visitor with any header', async () => {
        for (const headers of CLAIMS) {
            const what = JSON.stringify(headers).slice(0, 80);
            equal((await request(`${url}/quota/api/v1/usage`, { headers })).json?.subject, VISITOR, what);
            status(await use(url, headers), 429, what);
        }
        equal(await front.decisions("s.key not in ('anon:127.0.0.1', 'pro', 'ada')"), 0);
    });
    await test('no header but HTTP_… reaches the program', async () => {
        const sent = Object.fromEntries(HEADERS.map(name => [name, 'admin']));
        for (const [name, value] of Object.entries(environment(status(await request(`${url}/environment/page`, { headers: sent }), 200))))
            ok(name.startsWith('HTTP_') || value !== 'admin', `${name}=${value}`);
    });
    await test('looking is free', async () => {
        const before = await front.decisions();
        for (const method of ['GET', 'HEAD']) status(await request(`${url}/app/get_solution`, { method }), 200);
        equal(await front.decisions(), before);
    });
    await test('however an address is spelled: what the application does was charged', async () => {
        const watch = new Watch(front);
        let done = 0;
        for (const where of spellings('get_solution'))
            done += (await watch.send(where, mark => request(`${url}/`, { method: 'POST', path: where, body: `text=${mark}`,
                headers: { ...FORM, ...cookie(front.assertion('pro')) } }))).saved.length;
        ok(done >= 10, `only ${done} of the spellings did anything: nothing was tried`);
    });
    await test('the server names a feature instead of a route, in every spelling of the address', async () => {
        await named_in_every_spelling(async where => {
            const answer = await request(url, { path: where, headers: cookie(front.assertion('admin')) });
            const env = answer.status === 200 ? environment(answer) : {};
            return env.WEBQUOTA_SUBJECT && { where: env.SCRIPT_NAME + (env.PATH_INFO ?? ''), charged: env.WEBQUOTA_CHARGED };
        });
    });
    await test('an index and a rewritten address are charged once', async () => {
        for (const where of ['/folder/', '/folder/index.cgi', '/folder/pretty', '/folder/deep', '/folder/below/', '/folder/none']) {
            const before = await front.decisions();
            const answer = await request(url + where);
            equal(await front.decisions() - before, 1, where);
            if (where === '/folder/deep') like(environment(answer), { WEBQUOTA_CHARGED: 'page', WEBQUOTA_DECISION: /^dec_/, WEBQUOTA_PLAN: 'anonymous',
                RateLimit_Policy: '"pages";q=1000;w=86400' });
            else equal(answer.status, where === '/folder/none' ? 404 : 200, where);
        }
    });
    await test('a hundred at a time, each gets its answer and is charged once', async () => {
        const before = await front.decisions("d.feature = 'page'");
        const answers = await Promise.all(Array.from({ length: 100 }, () => request(`${url}/environment/page`)));
        equal([...new Set(answers.map(answer => answer.status))], [200]);
        equal(await front.decisions("d.feature = 'page'") - before, 100);
    });
}

async function secret_checks(front, url, port) {
    const ask = (secret, role) => run('cgi-fcgi', ['-bind', '-connect', `127.0.0.1:${port}`], { env: { REQUEST_METHOD: 'GET', SCRIPT_NAME: '/quota',
        PATH_INFO: '/api/v1/usage', REMOTE_ADDR: '10.0.0.1', REMOTE_USER: 'admin', ...(secret === undefined ? {} : { WEBQUOTA_SHARED_SECRET: secret }), ...role } });
    await test('who connects to the TCP socket without the secret is answered 403', async () => {
        for (const secret of [undefined, '', 'x', front.shared_secret.slice(1), `${front.shared_secret} `, `${front.shared_secret}\n`])
            for (const role of [{}, { FCGI_APACHE_ROLE: 'AUTHENTICATOR' }, { WEBQUOTA_ROLE: 'authorizer' }]) {
                const { stdout } = await ask(secret, role);
                ok(stdout.startsWith('Status: 403 ') && !stdout.includes('admin'), stdout);
            }
        ok((await ask(front.shared_secret, {})).stdout.startsWith('Status: 200 '), 'with it, it is served');
    });
    await test('on TCP it does not start without one', async () => {
        const child = front.start([front.program], { WEBQUOTA_SOCKET: `127.0.0.1:${await free_port()}` });
        equal(await child.ended, 2);
    });
    await test('the application does not see the secret', async () => {
        for (const where of ['/environment/page', '/environment', '/folder/pretty', '/folder/deep']) {
            const answer = status(await request(url + where), 200);
            ok(answer.text.includes('WEBQUOTA_SUBJECT=') && !answer.text.includes(front.shared_secret), `${where}: ${answer.text}`);
        }
    });
}

async function page_checks(site, front, url, more = {}) {
    const words = more.words ?? '';
    await test(`${words}the dashboard, with and without a slash, as page and as JSON`, async () => {
        for (const where of ['/quota/', '/quota']) {
            const page = status(await request(url + where, { headers: HTML }), 200);
            like(page.headers, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': /default-src 'none'/ });
            ok(page.text.includes('Get Solution') && page.text.trimEnd().endsWith('</html>'), page.text);
            equal(status(await request(url + where, { headers: { Accept: 'application/json' } }), 200).json.subject, VISITOR);
        }
        const page = status(await request(`${url}/quota/`, { headers: { ...HTML, ...cookie(front.assertion('pro')) } }), 200);
        ok(page.text.includes('Pro'), 'signed in by cookie');
    });
    await test(`${words}its stylesheet and icon`, async () => {
        const page = (await request(`${url}/quota/`, { headers: HTML })).text;
        for (const [, where] of page.matchAll(/<link [^>]*href="([^"]+)"/g)) {
            const answer = status(await request(url + where.replaceAll('&amp;', '&')), 200, where);
            ok(/^(text\/css|image\/svg)/.test(answer.headers['content-type']) && answer.text.length > 100, where);
        }
    });
    await test(`${words}the limit page, what is not there, a query, a path that must be decoded`, async () => {
        status(await request(`${url}/quota/limit/get_solution`, { headers: HTML }), 200);
        status(await request(`${url}/quota/limit/nothing`, { headers: HTML }), 404);
        status(await request(`${url}/quota/nothing`), 404);
        status(await request(`${url}/quota/healthz`), 200);
        status(await request(`${url}/quota/healthz`, { method: 'POST' }), 405);
        equal((await request(`${url}/quota/?refresh=20`, { headers: HTML })).headers.refresh, '20');
        ok([200, 201].includes((await site.api('POST', '/admin/subjects', { subject: 'Zoë B' })).status), 'made');
        const answer = await request(`${url}/quota/api/v1/admin/subjects/Zo%C3%AB%20B`, { headers: site.admin });
        equal(status(answer, 200).json.subject, 'Zoë B');
    });
    await test(`${words}the API: a key, a body, and what is consumed is on record`, async () => {
        const subject = `consumer ${url}`;
        const consume = () => request(`${url}/quota/api/v1/consume`, { method: 'POST', headers: site.admin, body: { subject, feature: 'get_solution' } });
        const { json } = status(await consume(), 200);
        like(json, { subject, allowed: true, current_usage: 1, remaining: 1 });
        status(await consume(), 200);
        const refused = status(await consume(), 429);
        like(refused.headers, { 'content-type': 'application/problem+json', 'retry-after': /^\d+$/, ratelimit: /^"get_daily";r=0/ });
        equal((await site.usage(subject)).get_daily.used, 2);
        like((await site.api('GET', `/decisions/${json.decision_id}`)).json, { subject, outcome: 'allowed' });
        equal(await until(async () => await front.decisions(`s.key = '${subject}'`) === 3, 'all three are recorded'), true);
        status(await request(`${url}/quota/api/v1/consume`, { method: 'POST', headers: bearer('wq_1_wrong'), body: { subject, feature: 'get_solution' } }), 401);
        status(await request(`${url}/quota/api/v1/consume`, { method: 'POST', headers: site.admin, body: `"${'x'.repeat(70000)}"` }), 413);
    });
    await test(`${words}a visitor with odd headers is a visitor`, async () => {
        for (const name of HEADERS)
            equal((await request(`${url}/quota/api/v1/usage`, { headers: { [name]: 'admin' } })).json?.subject, VISITOR, name);
    });
}

async function down_checks(front, url, port, own) {
    await test('without webquota the answer is 500, never the application; the secret is not shown', async () => {
        await front.stop(own, 'SIGKILL');
        for (const where of ['/app/', '/environment/page', '/folder/']) {
            const answer = status(await request(url + where), 500, where);
            ok(answer.text.includes('REDIRECT_STATUS=500') && !answer.text.includes(front.shared_secret), answer.text);
        }
        const answer = status(await request(`${url}/quota/`), 503);
        ok(answer.text.includes('REDIRECT_STATUS=503') && !answer.text.includes(front.shared_secret), answer.text);
        like(status(await request(`${url}/environment/named`), 500).headers, GUARDED_503);
        like(status(await request(`${url}/quota/plans`), 503).headers, GUARDED_503);
    });
    await test('and when it is back, all is', async () => {
        await front.webquota(`127.0.0.1:${port}`);
        status(await request(`${url}/environment/page`), 200);
        await until(async () => (await request(`${url}/quota/healthz`)).status === 200, 'the pages are back');
    });
}

await with_site({ policy: at_noon('tests/e2e/front/policy.conf') }, site => with_front(site, async front => {
    const port = await free_port();
    const own = await front.webquota(`127.0.0.1:${port}`);
    const url = await apache(front, 'apache.conf', { FRONT_WEBQUOTA_PORT: String(port), FRONT_SHARED_SECRET: front.shared_secret }, '/error');
    await guard_checks(site, front, url);
    await secret_checks(front, url, port);
    await page_checks(site, front, url);
    await session_checks(site, url, 'by Apache');
    await line_checks(site, url, 'Apache', name => cookie(front.assertion(name, { seconds: 90000000 })));
    await site.clock_real();
    await site.policy(at_noon('tests/e2e/front/policy.conf'));
    await down_checks(front, url, port, own);
    const cgi = { Apache: await apache(front, 'apache-cgi.conf', {}, '/quota/healthz'), lighttpd: await front.lighttpd('lighttpd-cgi.conf', { path: '/quota/healthz' }) };
    for (const [name, at] of Object.entries(cgi)) {
        await page_checks(site, front, at, { words: `as plain CGI under ${name}: ` });
        await session_checks(site, at, `by CGI, ${name}`, { words: `as plain CGI under ${name}: `, guarded: false });
    }
    await test('nothing complained that a page could not be shown', async () => {
        for (const log of ['apache.log', 'apache-cgi.log', 'lighttpd-cgi.log'])
            ok(!/template|response:|assert|premature|malformed/i.test(readFileSync(`${front.folder}/${log}`, 'utf8')), readFileSync(`${front.folder}/${log}`, 'utf8'));
    });
})).catch(broken);
finish();
