#!/usr/bin/env node
// Identity forgery: more than ten thousand spellings of headers that claim to be somebody, through lighttpd and through
// Apache, for the API and before a program. A visitor stays a visitor, those signed in stay who they are, and a name with a
// wrong password is no name.
import { cookie, environment } from './front/odd.mjs';
import { apache, raw, with_front } from './front/servers.mjs';
import { AUTHORIZATIONS, claim, header_names, malformed_lines, send_all, wrong_passwords } from './lib/forgery.mjs';
import { bearer, basic, request } from './lib/http.mjs';
import { free_port, with_site } from './lib/site.mjs';
import { broken, equal, finish, like, ok, status, test } from './lib/tap.mjs';

const VISITOR = 'anon:127.0.0.1';
const BUNDLE = 85;
const SPELLINGS_MIN = 10000;

const get = (where, lines = '') => `GET ${where} HTTP/1.1\r\nHost: x\r\n${lines}\r\n`;
const line_of = header => `${header.name}: ${claim(header)}\r\n`;

/* An address that only administrators may see tells at once who somebody is: visitors must sign in (401), persons may not
 * (403), administrators get it. It costs no look at the database. */
const DOOR = '/quota/api/v1/admin/keys', USAGE = '/quota/api/v1/usage';

const is_turned_away = answer => answer.status === 401 && answer.text.includes('"sign in first"');
const is_subject = (answer, name) => answer.status === 200 && answer.text.includes(`"subject":${JSON.stringify(name)},`);

/** Sends each of the lines; answers how many were taken for a good request. `accepted`: is an answer as it must be? */
async function none_accepted(url, where, lines, more, accepted) {
    const answers = await send_all(url, lines.map(line => get(where, more + line)));
    const wrong = [];
    let good = 0;
    answers.forEach((answer, i) => {
        if (accepted(answer)) good++;
        else if (answer.status !== 400) wrong.push(`${JSON.stringify(lines[i])}: ${answer.text.slice(-200)}`);
    });
    equal(wrong.slice(0, 20), [], `${wrong.length} of ${lines.length}`);
    return good;
}

async function spellings(front, name, url) {
    const headers = header_names(), lines = headers.map(line_of);
    const part = step => lines.filter((_, i) => i % 24 === step);
    await test(`${name}: ${lines.length} spellings of headers make a visitor nobody`, async () => {
        ok(new Set(headers.map(({ name: one }) => one)).size === lines.length && lines.length >= SPELLINGS_MIN,
            `${lines.length} spellings`);
        const good = await none_accepted(url, DOOR, lines, '', is_turned_away);
        ok(good >= SPELLINGS_MIN, `only ${good} were good requests`);
    });
    await test(`${name}: nor do they move one to another address`, async () => {
        const some = [...headers.filter(({ address }) => address).map(line_of), ...part(0)];
        ok(await none_accepted(url, USAGE, some, '', answer => is_subject(answer, VISITOR)) > some.length * 0.9,
            'too few were good requests');
    });
    await test(`${name}: nor make those who are signed in another`, async () => {
        for (const [step, more] of [[1, cookie(front.assertion('ada'))], [2, bearer(front.assertion('ada'))]]) {
            const [[header, value]] = Object.entries(more);
            ok(await none_accepted(url, USAGE, part(step).filter(line => !/^authorization:/i.test(line)),
                `${header}: ${value}\r\n`, answer => is_subject(answer, 'ada')) > 300, 'too few');
        }
    });
    await test(`${name}: nor do ${malformed_lines().length} lines that are no headers`, async () => {
        await none_accepted(url, DOOR, malformed_lines().map(line => `${line}\r\n`), '', is_turned_away);
    });
    await test(`${name}: nor an Authorization that proves nothing`, async () => {
        const values = AUTHORIZATIONS.flatMap(value => [`Authorization: ${value}\r\n`, `authorization:${value}\r\n`,
            `Authorization: ${value}\r\nAuthorization: ${value}\r\n`, `Proxy-Authorization: ${value}\r\n`]);
        await none_accepted(url, DOOR, values, '', answer => answer.status === 401);
    });
    await test(`${name}: nor a name in the address, the query or a cookie`, async () => {
        const targets = ['REMOTE_USER=admin', 'remote_user=admin', 'subject=admin', 'user=admin', 'webquota_identity=admin',
            'HTTP_REMOTE_USER=admin', 'key=wq_1_x', 'access_token=admin'].flatMap(text => [get(`${DOOR}?${text}`), get(DOOR,
            `Cookie: ${text}\r\n`),
            get(DOOR, `Cookie: a=b; ${text}; ${text}\r\n`), get(DOOR, `Cookie: ${text}\r\nCookie: ${text}\r\n`), get(DOOR,
                `Referer: http://x/?${text}\r\n`)]);
        for (const userinfo of ['admin@x', 'admin:admin@x', 'x/../admin@x']) targets.push(get(`http://${userinfo}${DOOR}`));
        const answers = await send_all(url, targets);
        answers.forEach((answer, i) => ok(is_turned_away(answer) || [400, 404].includes(answer.status),
            `${targets[i].slice(0, 80)}: ${answer.status} ${answer.text.slice(-200)}`));
    });
}

/** The same before a program that shows what it is told, many at a time. */
async function before_a_program(front, name, url) {
    const lines = header_names().map(line_of), requests = [];
    for (let i = 0; i < lines.length; i += BUNDLE) requests.push(get('/environment/free', lines.slice(i,
        i + BUNDLE).join('')));
    await test(`${name}: before a program it is the visitor's request too, and no parameter comes from a header`,
        async () => {
        const answers = await send_all(url, requests, { depth: 4 });
        answers.forEach((answer, i) => {
            equal(answer.status, 200, requests[i].slice(0, 300));
            const env = environment(answer);
            equal(env.WEBQUOTA_SUBJECT, VISITOR, requests[i]);
            ok([undefined, VISITOR].includes(env.REMOTE_USER), `REMOTE_USER=${env.REMOTE_USER}`);
            equal(env.REMOTE_ADDR, '127.0.0.1');
            for (const [key, value] of Object.entries(env)) ok(key.startsWith('HTTP_') || !/admin|10\.9\.8\.7/.test(value),
                `${key}=${value}`);
            ok(!('HTTP_PROXY' in env), 'HTTP_PROXY, which libraries of clients take for their own');
        });
        ok(answers.length > 100, String(answers.length));
    });
    await test(`${name}: and that of those who are signed in`, async () => {
        const [[header, value]] = Object.entries(cookie(front.assertion('ada')));
        const answers = await send_all(url, requests.filter((_, i) => i % 8 === 0).map(text => text.replace('\r\n\r\n',
            `\r\n${header}: ${value}\r\n\r\n`)), { depth: 4 });
        answers.forEach(answer => like(environment(answer), { WEBQUOTA_SUBJECT: 'ada' }));
    });
}

async function passwords(site, front, guarded) {
    const [name, password] = site.values.WEBQUOTA_USER_PRO.split(':');
    const pairs = wrong_passwords(name, password);
    await test('lighttpd: a name with a wrong password is refused', async () => {
        equal((await request(`${site.url}/api/v1/usage`, { headers: basic(`${name}:${password}`) })).json.subject, name,
            'with the right one');
        /* All at once: lighttpd answers a wrong password a second late. */
        await Promise.all(pairs.map(async pair => {
            const answer = await raw(site.url, get(USAGE,
                `Connection: close\r\nAuthorization: ${basic(pair).Authorization}\r\n`));
            ok([400, 401].includes(answer.status) || is_subject(answer, VISITOR),
                `${JSON.stringify(pair.slice(0, 80))}: ${answer.text.slice(0, 300)}`);
        }));
    });
    /* Apache itself checks no password here: what the check-authn form hands over is not believed, right or wrong. */
    await test('Apache, check-authn: a name with a wrong password is a visitor, before a program and for the API',
        async () => {
        for (const pair of [...pairs, `${name}:${password}`]) {
            const headers = basic(pair), what = JSON.stringify(pair.slice(0, 80));
            like(environment(status(await request(`${guarded}/environment/free`, { headers }), 200, what)),
                { WEBQUOTA_SUBJECT: VISITOR, REMOTE_USER: VISITOR }, what);
            equal((await request(`${guarded}${USAGE}`, { headers })).json.subject, VISITOR, what);
        }
    });
    await test('Apache, check-authn: nor with a spelling beside it', async () => {
        const lines = header_names().filter((_, i) => i % 80 === 0).map(line_of);
        const answers = await send_all(guarded, lines.map(line => get('/environment/free',
            `Authorization: ${basic('admin:wrong').Authorization}\r\n${line}`)), { depth: 4 });
        answers.forEach((answer, i) => equal(environment(answer).WEBQUOTA_SUBJECT, VISITOR, lines[i]));
    });
}

await with_site({ policy: 'tests/e2e/front/policy.conf' }, site => with_front(site, async front => {
    const port = await free_port();
    await front.webquota(`127.0.0.1:${port}`);
    const through_apache = await apache(front, 'apache.conf', { FRONT_WEBQUOTA_PORT: String(port),
        FRONT_SHARED_SECRET: front.shared_secret }, '/error');
    const through_lighttpd = await front.lighttpd('lighttpd.conf');
    await test('visitors, persons and administrators are told apart there', async () => {
        for (const url of [site.values.WEBQUOTA_SITE, through_apache]) {
            const ask = async headers => (await request(`${url}${DOOR}`, { headers })).status;
            equal([await ask({}), await ask(cookie(front.assertion('ada'))), await ask(cookie(front.assertion('admin')))],
                [401, 403, 200], url);
        }
    });
    await Promise.all([spellings(front, 'lighttpd', site.url), spellings(front, 'Apache', through_apache)]);
    await before_a_program(front, 'lighttpd', through_lighttpd);
    await before_a_program(front, 'Apache', through_apache);
    await passwords(site, front, through_apache);
    await test('nobody but the visitor and the one who was signed in was met', async () => {
        const known = `'${VISITOR}', 'ada', 'anonymous', 'free', 'pro', 'admin'`;
        equal(await site.sql(`select key from webquota.subjects where key not in (${known})`), []);
        equal(await front.decisions(), 0);
    });
})).catch(broken);
finish();
