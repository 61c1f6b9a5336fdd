#!/usr/bin/env node
// nginx as deploy/nginx says: auth_request before a program of the test, sign-in by HTTP Basic or assertion, the page of a refusal
// fetched after it, what is tried again at another place charged once.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { ALL_AT_ONCE, CLAIMS, cookie, named_in_every_spelling, spellings } from './front/odd.mjs';
import { GUARDED_503, raw, with_front } from './front/servers.mjs';
import { session_checks } from './lib/forms.mjs';
import { basic, bearer, request } from './lib/http.mjs';
import { line_checks } from './lib/line.mjs';
import { DAY_BEGINS, at_noon } from './lib/noon.mjs';
import { free_port, with_site } from './lib/site.mjs';
import { broken, equal, finish, like, ok, status, test, until } from './lib/tap.mjs';

const HTML = { Accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' };
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const VISITOR = 'anon:127.0.0.1';
const PASSWORD = 'a-password-for-pro';

/** The program behind nginx: it answers what it was sent, and remembers it. */
function program() {
    const seen = [];
    const server = http.createServer((asked, answer) => {
        seen.push(`${asked.method} ${asked.url}`);
        if (asked.url === '/own-403') answer.writeHead(403, { 'Content-Type': 'text/plain' });
        asked.resume().on('end', () => answer.end(JSON.stringify({ method: asked.method, url: asked.url, headers: asked.headers })));
    });
    return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve({ seen, server, port: server.address().port })));
}

async function nginx(front, program_port, socket) {
    const port = await free_port();
    const users = front.write('users', `pro:${execFileSync('openssl', ['passwd', '-apr1', PASSWORD]).toString()}`);
    const php = path.join(front.folder, 'php.sock');
    front.start(['/usr/bin/php-cgi', '-b', php]);
    await until(() => existsSync(php), 'PHP listens');
    const values = { FRONT: front.folder, FRONT_HERE: front.here, SHARE: front.share, SOCKET: socket, PORT: port, USERS: users, PROGRAM_PORT: program_port, PHP: php };
    const text = readFileSync(path.join(front.here, 'nginx.conf.in'), 'utf8').replace(/%([A-Z_]+)%/g, (_, name) => values[name]);
    const child = front.start(['/usr/sbin/nginx', '-e', `${front.folder}/nginx.log`, '-c', front.write('nginx.conf', text)]);
    return front.answering(child, `http://127.0.0.1:${port}`, '/quota/healthz');
}

const use = (url, headers = {}, more = {}) => request(`${url}/app/get_solution`, { method: 'POST', body: 'text=x', headers: { ...FORM, ...headers }, ...more });

async function guard_checks(site, front, url, seen) {
    await test('a visitor is let through and told what is left', async () => {
        for (const left of [1, 0]) {
            const answer = status(await use(url, HTML), 200);
            like(answer.headers, { ratelimit: new RegExp(`^"get_daily";r=${left};t=\\d+$`) });
            like(JSON.parse(answer.text).headers, { 'x-plan': 'anonymous', 'x-decision': /^dec_/, 'x-remaining': String(left), 'x-reset': new RegExp(`${DAY_BEGINS}$`) });
        }
        equal(await front.decisions(`outcome = 'allowed' and s.key = '${VISITOR}'`), 2);
    });
    await test('a refusal arrives as the page, with 429 and its headers; the program does not see the request', async () => {
        const before = seen.length;
        const answer = status(await use(url, HTML), 429);
        like(answer.headers, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': /^default-src 'none'/,
            ratelimit: /^"get_daily";r=0;t=\d+$/, 'ratelimit-policy': '"get_daily";q=2;w=86400', 'retry-after': /^[1-9]\d*$/ });
        ok(answer.text.trimEnd().endsWith('</html>') && answer.text.includes('used all 2 Get Solution requests'), answer.text);
        equal(Object.keys(answer.headers).filter(name => /^(variable-|webquota_)/.test(name)), []);
        equal(seen.length, before);
    });
    await test('and as the problem; it is recorded once', async () => {
        const refused = () => front.decisions("outcome = 'denied'");
        await until(async () => await refused() === 1, 'the last refusal is recorded');
        const answer = status(await use(url, { Accept: 'application/json' }), 429);
        equal(answer.headers['content-type'], 'application/problem+json');
        like(answer.json, { status: 429, title: 'Usage limit exceeded', feature: 'get_solution', subject: VISITOR, remaining: 0, limit: 2 });
        await until(async () => await refused() === 2, 'this one is recorded');
    });
    await test('what the plan does not have is 403, as page and as problem', async () => {
        const where = { path: '/app/message?model=claude-opus-4' };
        like(status(await use(url, { Accept: 'application/json' }, where), 403).json, { status: 403, subject: VISITOR });
        ok(status(await use(url, HTML, where), 403).text.trimEnd().endsWith('</html>'), 'the page');
    });
    await test('a 403 of the program\'s own stays its own, and one of nginx too', async () => {
        ok(status(await request(`${url}/own-403`, { headers: HTML }), 403).text.includes('"url":"/own-403"'), 'the program\'s');
        ok(status(await request(`${url}/closed`, { headers: HTML }), 403).text.includes('nginx'), 'nginx\'s');
    });
    await test('a large body is refused before it is sent', async () => {
        const answer = await raw(url, 'POST /app/get_solution HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\nContent-Length: 900000\r\n\r\n');
        equal(answer.status, 429);
        ok(answer.text.includes('</html>'), answer.text.slice(-200));
    });
    await test('looking is free, also with HEAD', async () => {
        const before = await front.decisions();
        for (const method of ['GET', 'HEAD']) status(await request(`${url}/app/get_solution`, { method }), 200);
        equal(await front.decisions(), before);
    });
    await test('the server names a feature instead of a route', async () => {
        const named = more => request(`${url}/environment/named`, { method: 'POST', body: '', headers: { ...cookie(front.assertion('eve')), ...more } });
        for (let i = 0; i < 4; i++) status(await named(), 200);
        like(status(await named(), 429).json, { feature: 'add_solution', subject: 'eve' });
        status(await request(`${url}/environment/named`), 200, 'looking');
    });
    await test('in every spelling of the address', async () => {
        await named_in_every_spelling(async where => {
            const answer = await request(url, { method: 'POST', path: where, headers: cookie(front.assertion('admin')) });
            const saw = answer.status === 200 ? JSON.parse(answer.text) : undefined;
            return saw?.url && { where: path_of(saw.url), charged: saw.headers['x-charged'] };
        });
    });
    await test('a request that goes on at another place is charged once', async () => {
        const charged = async where => {
            const before = await front.decisions("outcome = 'allowed'");
            const answer = status(await request(url + where, { headers: cookie(front.assertion('mia')) }), 200, where);
            equal(await front.decisions("outcome = 'allowed'") - before, 1, where);
            return answer;
        };
        await charged('/folder/index.cgi');
        const answer = await charged('/folder/is-no-file');
        like(JSON.parse(answer.text).headers, { 'x-plan': 'free', 'x-decision': /^dec_/, 'x-remaining': '998' });
        like(answer.headers, { ratelimit: /^"pages";r=998;t=\d+$/ });
    });
}

async function reservation_checks(site, front, url) {
    const told = async where => JSON.parse(status(await request(url + where, { headers: { ...ALL_AT_ONCE, ...cookie(front.assertion('wim')) } }), 200, where).text);
    const held = () => front.decisions("kind = 'hold' and s.key = 'wim'");
    for (const [i, where] of ['/held/index.php', '/held/', '/held/pretty/x'].entries())
        await test(`an application that speaks FastCGI is told all, and commits what is held for it: ${where}`, async () => {
            const env = await told(where);
            like(env, { WEBQUOTA_SUBJECT: 'wim', WEBQUOTA_CHARGED: 'work', WEBQUOTA_ALLOWED: '1', WEBQUOTA_DECISION: /^dec_[\w-]+$/,
                WEBQUOTA_RESERVATION: /^res_[\w-]+$/, WEBQUOTA_PLAN: 'free', WEBQUOTA_REMAINING: String(8 - i), WEBQUOTA_RESET: new RegExp(`${DAY_BEGINS}$`),
                RateLimit: new RegExp(`^"work";r=${8 - i};t=\\d+$`), 'RateLimit-Policy': '"work";q=9;w=86400' });
            equal(await held(), i + 1);
            like(status(await site.api('POST', `/reservations/${env.WEBQUOTA_RESERVATION}/commit`), 200).json, { units: 1 });
            equal((await site.usage('wim')).work.used, i + 1);
        });
    await test('where nothing is metered it is told the subject only, whatever a client sends', async () => {
        equal(await told('/free/index.php'), { WEBQUOTA_SUBJECT: 'wim' });
    });
}

async function identity_checks(site, front, url, seen) {
    await test('signed in by HTTP Basic that nginx has checked, or by assertion', async () => {
        for (const headers of [basic(`pro:${PASSWORD}`), cookie(front.assertion('pro')), bearer(front.assertion('pro'))]) {
            equal(JSON.parse(status(await use(url, headers), 200).text).headers['x-plan'], 'pro');
            equal((await request(`${url}/quota/api/v1/usage`, { headers })).json.subject, 'pro');
        }
    });
    await test('another password is 401, and nothing is charged or done', async () => {
        const before = await front.decisions(), calls = seen.length;
        for (const pair of ['pro:wrong', 'pat:anything', 'pro:', ':', `pro:${PASSWORD}x`, 'PRO:x'])
            for (const where of ['/app/get_solution', '/quota/', '/folder/x', '/'])
                status(await request(url + where, { method: 'POST', body: '', headers: basic(pair) }), 401, `${pair} ${where}`);
        const token = Buffer.from('pro:wrong').toString('base64');
        for (const value of [`basic ${token}`, `BASIC ${token}`, `Basic  ${token}`, `Basic\t${token}`, `Basic${token}`, ['Bearer x', `Basic ${token}`],
            [`Basic ${token}`, 'Bearer x'], `Bearer x, Basic ${token}`]) {
            const answer = await request(`${url}/quota/api/v1/usage`, { headers: { Authorization: value } });
            ok([400, 401].includes(answer.status) || answer.json.subject === VISITOR, `${value}: ${answer.text}`);
        }
        equal([await front.decisions(), seen.length], [before, calls]);
    });
    await test('a bad assertion is 401 as bearer token, and a visitor as cookie', async () => {
        const bad = front.assertion('pro', { secret: 'another secret altogether' });
        status(await use(url, bearer(bad)), 401);
        status(await use(url, cookie(bad)), 429);
    });
    await test('with any header a visitor stays one', async () => {
        for (const headers of CLAIMS) {
            const what = JSON.stringify(headers).slice(0, 80);
            equal((await request(`${url}/quota/api/v1/usage`, { headers })).json?.subject, VISITOR, what);
            status(await use(url, headers), 429, what);
        }
        equal(await front.decisions("s.key not in ('anon:127.0.0.1', 'pro', 'eve', 'mia', 'wim', 'admin')"), 0);
    });
    await test('however an address is spelled, what leads the program to the action is refused', async () => {
        const before = seen.length;
        let refused = 0;
        for (const where of spellings('get_solution')) refused += (await use(url, {}, { path: where })).status === 429;
        ok(refused >= 10, `only ${refused} refused`);
        equal(seen.length > before, true, 'some lead elsewhere');
        const done = seen.slice(before).filter(line => path_of(line.replace(/^POST /, '')) === '/app/get_solution');
        equal(done, []);
    });
    await test('what is asked of webquota cannot be asked from outside', async () => {
        for (const where of ['/.webquota/ask', '//.webquota/ask', '/x/../.webquota/ask', '/%2ewebquota/ask'])
            status(await request(url, { path: where }), 404, where);
    });
}

/** The path as programs read it. */
function path_of(target) {
    const written = target.split(/[?#]/)[0].replace(/[/]+/g, '/');
    try {
        return decodeURIComponent(new URL(`x://x${written}`).pathname).replace(/[/]+/g, '/');
    } catch {
        return written;
    }
}

async function page_checks(site, front, url) {
    await test('the pages and the API', async () => {
        for (const where of ['/quota', '/quota/', '/quota/limit/get_solution'])
            ok(status(await request(url + where, { headers: HTML }), 200).text.trimEnd().endsWith('</html>'), where);
        status(await request(`${url}/quota/static/style.css`), 200);
        const consumed = await request(`${url}/quota/api/v1/consume`, { method: 'POST', headers: site.admin, body: { subject: 'Zoë B', feature: 'get_solution' } });
        like(status(consumed, 200).json, { allowed: true, remaining: 1 });
        equal((await site.usage('Zoë B')).get_daily.used, 1);
        equal((await request(`${url}/quota/api/v1/admin/subjects/Zo%C3%AB%20B`, { headers: site.admin })).json.subject, 'Zoë B');
    });
}

async function down_checks(front, url, socket, own, seen) {
    await test('without webquota the answer is 500, never the program; when it is back, all is', async () => {
        await front.stop(own, 'SIGKILL');
        const before = seen.length;
        for (const where of ['/', '/app/get_solution', '/folder/index.cgi', '/folder/none'])
            like(status(await request(url + where), 500, where).headers, GUARDED_503);
        const page = status(await request(`${url}/quota/`), 503);
        like(page.headers, GUARDED_503);
        ok(page.text.includes('try again'), page.text);
        equal(seen.length, before);
        await front.webquota(socket);
        await until(async () => (await request(`${url}/app/get_solution`)).status === 200, 'it lets through again', 15000);
    });
}

await with_site({ policy: at_noon('tests/e2e/front/policy.conf') }, site => with_front(site, async front => {
    const { seen, server, port } = await program();
    try {
        const socket = path.join(front.folder, 'own.sock');
        const own = await front.webquota(socket);
        const url = await nginx(front, port, socket);
        await guard_checks(site, front, url, seen);
        await reservation_checks(site, front, url);
        await identity_checks(site, front, url, seen);
        await page_checks(site, front, url);
        await session_checks(site, url, 'by nginx');
        await line_checks(site, url, 'nginx', name => cookie(front.assertion(name, { seconds: 90000000 })));
        await down_checks(front, url, socket, own, seen);
    } finally {
        server.closeAllConnections();
        server.close();
    }
})).catch(broken);
finish();
