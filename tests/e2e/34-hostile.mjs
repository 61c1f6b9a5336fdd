#!/usr/bin/env node
// Hostile input through lighttpd, by a table (lib/hostile_*.mjs): each request has one status, and a body that names what
// was wrong. Whatever it was: no failure of the program, nothing counted, nothing echoed unescaped, no secret in an answer
// or a log.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { cookie } from './front/odd.mjs';
import { raw, with_front } from './front/servers.mjs';
import { basic, bearer, request } from './lib/http.mjs';
import { BODIES, OPERATIONS, POLICY, REFERENCES, ROUTES, fields_of_program,
    routes_of_program } from './lib/hostile_table.mjs';
import { MEANINGFUL, NO_IDS, RAW_IN_PAGE, wrong_in_body, wrong_in_query } from './lib/hostile_values.mjs';
import { forms } from './lib/hostile_forms.mjs';
import { odd_but_good, refused_bytes } from './lib/hostile_wire.mjs';
import { with_site } from './lib/site.mjs';
import { Mismatch, broken, equal, finish, like, ok, status, test, until } from './lib/tap.mjs';

const HTML = { Accept: 'text/html' };
const AT_ONCE = 24;
/* All of these change the same subject, and answer what it is then; of what reads much, more than ten in line are told to come again. */
const at_once_of = ({ name }) => name === 'POST /admin/subjects' ? 1 : name.includes('/bulk') ? 8 : AT_ONCE;
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/* Who asks, and what was made before: filled by prepare(). */
const people = {}, ids = {}, secrets = new Set();
let asked = 0;

/* --- asking, and what holds for every answer --- */

/** What is true of every answer, whatever was asked. */
function sane(answer, what) {
    const { text, headers = {} } = answer;
    const type = headers['content-type'] ?? /^content-type: ([^\r]*)/im.exec(text)?.[1] ?? '';
    const from_webquota = /content-security-policy/i.test(`${Object.keys(headers)} ${text.split('\r\n\r\n')[0]}`);
    asked++;
    ok(answer.status < 500 || [501, 505].includes(answer.status), `${what}: ${answer.status} ${text.slice(0, 300)}`);
    for (const secret of secrets) ok(!text.includes(secret), `${what}: a secret is in the answer: ${text.slice(0, 300)}`);
    ok(!('set-cookie' in headers || 'x-injected' in headers) && !/^(set-cookie|x-injected):/im.test(text),
        `${what}: a header was injected`);
    ok(!/root:.*:0:0:/.test(text), `${what}: a file of the system`);
    if (/html/.test(type)) for (const mark of RAW_IN_PAGE) ok(!text.includes(mark),
        `${what}: ${mark} stands in the page: ${text.slice(text.indexOf(mark) - 80).slice(0, 200)}`);
    if (from_webquota) ok(/nosniff/.test(headers['x-content-type-options'] ?? text), `${what}: nosniff`);
    return answer;
}

const BUSY_MS = 5000;

/** One request of a table: {method, where | page, body, headers, as}. */
async function ask({ method = 'GET', where, page, body, headers = {}, as = 'key' }, site, what) {
    const filled = (page ?? `/api/v1${where}`).replace(/@(\w+)/g, (_, name) => ids[name] ?? `@${name}`);
    const url = new URL(site.url);
    /* As bytes: with a text for a body node writes the headers in UTF-8 too. */
    const bytes = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body
        : JSON.stringify(body));
    const send = () => request(url, { method, path: `/quota${filled}`, body: bytes, headers: { ...people[as], ...headers } });
    let answer = await send();
    /* Who is told that the machine is too busy asks again, as those do who made it so. */
    for (const end = performance.now() + BUSY_MS; answer.status === 503 && performance.now() < end;) answer = await send();
    return sane(answer, what);
}

/** Does a refusal say what was wrong? `names`: a field, a part of the detail, or nothing in particular. */
function is_problem(answer, code, names, what) {
    status(answer, code, what);
    equal(answer.headers['content-type'], 'application/problem+json', `${what}: Content-Type`);
    like(answer.json, { status: code, title: /./, type: /./, detail: /./ }, what);
    if (names instanceof RegExp) ok(names.test(answer.json.detail), `${what}: ${answer.json.detail}`);
    else if (names !== undefined) equal(answer.json.field, names, `${what}: the field, in ${answer.text}`);
    ok(!HIDDEN.test(answer.json.detail + (answer.json.field ?? '')), `${what}: repeated: ${answer.text}`);
}

/** All of the rows, several at once; what fails is told together. */
async function each(rows, check, at_once = AT_ONCE) {
    const failures = [], waiting = [...rows];
    await Promise.all(Array.from({ length: at_once }, async () => {
        for (let row = waiting.shift(); row !== undefined; row = waiting.shift())
            await check(row).catch(error => failures.push(error instanceof Mismatch ? error.message : error.stack));
    }));
    ok(rows.length > 0, 'nothing was tried');
    if (failures.length > 0)
        throw new Mismatch(`${failures.length} of ${rows.length}:\n${failures.slice(0, 20).join('\n')}`);
}

/* --- before --- */

async function prepare(site, front) {
    const made = async (method, where, body) => {
        const answer = await site.api(method, where, body);
        ok(answer.status < 300, `${where}: ${answer.text}`);
        return answer.json;
    };
    const key = async (name, scopes, more = {}) => {
        const { id, key: made_key } = await made('POST', '/admin/keys', { name, scopes, ...more });
        secrets.add(made_key.replace(/^wq_\d+_/, ''));
        people[name] = bearer(made_key);
        return id;
    };
    const person = (name, subject, more) => {
        const assertion = front.assertion(subject, more);
        for (const part of assertion.split('.').slice(1)) if (part.length > 20) secrets.add(part);
        people[name] = cookie(assertion);
        return assertion;
    };
    Object.assign(people, { key: site.admin, visitor: {}, unknown: bearer('wq_999999_abcdefghijklmnopqrstuvwxyz012345') });
    for (const scope of ['read', 'enforce', 'admin']) await key(scope, [scope]);
    const revoked = await key('revoked', ['read', 'enforce', 'admin']), expired = await key('expired', ['read', 'enforce',
        'admin'], { expires_at: '2099-01-01T00:00:00Z' });
    await site.api('DELETE', `/admin/keys/${revoked}`);
    await site.sql(`update webquota.api_keys set expires_at = now() - interval '1 second' where id = ${expired}`);
    for (const [name, subject] of [['stranger', 'stranger'], ['owner', 'h'], ['administrator', 'admin']]) person(name,
        subject);
    const good = person('signed', 'admin');
    Object.assign(people, { 'a truncated assertion': bearer(good.slice(0, -1)),
        'an altered assertion': bearer(good.replace(/^v1\.../, 'v1.fy')),
        'an expired assertion': bearer(front.assertion('admin', { seconds: -1 })),
        'an assertion of another secret': bearer(front.assertion('admin', { secret: 'x'.repeat(48) })),
            'an assertion of another version': bearer(good.replace('v1.', 'v2.')) });
    for (const name of Object.keys(site.values)
        .filter(any => any.startsWith('WEBQUOTA_USER_'))) secrets.add(site.values[name].split(':')[1]);
    secrets.add(site.key.replace(/^wq_\d+_/, '')).add(front.secret);
    await made('POST', '/admin/subjects', { subject: 'h' });
    await made('POST', '/admin/subjects', { subject: 'member', organization: 'Guild' });
    const hold = more => made('POST', '/reservations', { subject: 'h', feature: 'call', units: 5, ttl: 86400, ...more });
    for (const [name, how] of [['hold'], ['committed', 'commit'], ['released', 'release']]) {
        ids[name] = (await hold()).reservation;
        if (how) await made('POST', `/reservations/${ids[name]}/${how}`, {});
    }
    for (const name of ['decision', 'refunded']) ids[name] = (await made('POST', '/consume', { subject: 'h',
        feature: 'call', units: 50 })).decision_id;
    await made('POST', `/decisions/${ids.refunded}/refund`, {});
    ids.refused = (await site.consume('h', 'paid')).json.decision_id;
    await site.consume('h', 'call', {}, { 'Idempotency-Key': 'used' });
    for (const name of ['revoked', 'expired'])
        await until(async () => (await request(`${site.url}/api/v1/features`, { headers: people[name] })).status === 401,
            `the ${name} key is refused`);
}

/** A digest of every table: what is counted, decided, written down. When a key was last used is no count, and what a background job
 * keeps changes by itself. */
async function state_of(site) {
    const tables = (await site.sql(`select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'webquota' and c.relkind = 'r'
          and c.relname not in ('leases', 'usage_daily', 'usage_rollup', 'standing_rollup', 'usage_by_plan', 'usage_owners', 'usage_last', 'usage_active', 'usage_organizations', 'usage_standing', 'usage_spread', 'usage_reaching', 'usage_reached') order by 1`)).map(([name]) => name);
    ok(tables.length > 10, tables.join(' '));
    const one = name => `select '${name}', count(*), md5(coalesce(string_agg(line, '|' order by line), '')) from
        (select (to_jsonb(t) - 'last_used_at')::text as line from webquota.${name} t) as lines`;
    return site.sql(tables.map(one).join(' union all '));
}

/* --- what is refused --- */

async function covered() {
    await test('every route is in the table, with who may go there',
        async () => { equal(ROUTES.map(route => route.join(' ')).sort(), routes_of_program().sort()); });
    await test('every declared input is in the table, with its type', async () => {
        const declared = fields_of_program(), tried = {};
        for (const { c, fields } of OPERATIONS) tried[c] = [...new Set([...tried[c] ?? [],
            ...Object.entries(fields).map(([name, { type }]) => `${name} ${type}`)])].sort();
        equal(tried, declared);
    });
}

const address_of = (where, id = 'dec_AAAA') => where.replace(/\{\w+\}/, id);

async function methods(site) {
    const tried = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'LINK', 'MKCOL',
        'REPORT'];
    for (const where of new Set(ROUTES.map(([, at]) => at))) {
        const known = ROUTES.filter(([, at]) => at === where).flatMap(([method]) => method === 'GET' ? ['GET', 'HEAD']
            : [method]);
        const page = address_of(where, where.includes('{feature}') ? 'call' : where.includes('{file}') ? 'icon.svg'
            : undefined);
        if (where === '/static/{file}') continue; /* lighttpd's own */
        await test(`405 with Allow: ${where} knows ${known.join(', ')} only`,
            () => each(tried.filter(method => !known.includes(method)), async method => {
            const body = method === 'POST' || method === 'PUT' ? '{}' : undefined;
            for (const as of ['key', 'visitor']) {
                const what = `${method} ${page} as ${as}`;
                const answer = await ask({ method, page, body, as }, site, what);
                status(answer, 405, what);
                equal(answer.headers.allow?.split(', ').sort(), [...known].sort(), `${what}: Allow`);
                if (where.startsWith('/api')
                    && method !== 'HEAD') ok(known.every(word => answer.json?.detail.includes(word)),
                    `${what}: ${answer.text}`);
            }
        }));
    }
    await test('501: methods that are none, on every address', () => each(ROUTES, async ([, where]) => {
        for (const method of ['FOO', 'get', 'G', 'GETS', 'POST,GET', '_', 'X-HTTP-METHOD']) {
            const answer = sane(await raw(site.url,
                `${method} /quota${address_of(where)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`), method);
            equal(answer.status, 501, `${method} ${where}`);
        }
    }));
}

/** The status for those who may not go there; undefined: they may. */
function door(who, access, scopes) {
    if (['unknown', 'revoked', 'expired'].includes(who) || /assertion/.test(who)) return 401;
    if (who === 'key') return scopes ? undefined : 403;
    if (['read', 'enforce', 'admin'].includes(who)) return scopes.split(' ').includes(who) ? undefined : 403;
    if (!['program', 'support', 'viewer'].includes(access) || ['administrator', 'signed'].includes(who)) return undefined;
    return who === 'visitor' ? 401 : 403;
}

async function doors(site) {
    for (const [method, where, access, scopes] of ROUTES.filter(([, , access]) => access !== 'open'))
        await test(`${method} ${where}: nobody gets in who may not`, () => each(Object.keys(people), async as => {
            const wanted = door(as, access, scopes), what = `as ${as}`;
            if (wanted === undefined) return;
            const page = `${address_of(where)}${where === '/api/v1/usage' && method === 'DELETE' ? '?subject=h' : ''}`;
            const answer = await ask({ method, page, body: method === 'POST'
                ? '{"subject":"h","feature":"call","name":"x","scopes":["read"],"amount":1}' : undefined, as,
                headers: { Accept: 'application/json' } }, site, what);
            is_problem(answer, wanted, undefined, what);
            if (wanted === 401) ok(answer.headers['www-authenticate'], `${what}: WWW-Authenticate`);
        }));
    const [user] = site.values.WEBQUOTA_USER_ADMIN.split(':');
    /* All at once: lighttpd answers a wrong password a second late. */
    await test('a user with a wrong password gets in nowhere', () => each(ROUTES, async ([method, where]) => {
        const answer = await request(`${site.url}${address_of(where)}`, { method, headers: basic(`${user}:wrong`),
            body: method === 'POST' ? '{}' : undefined });
        status(sane(answer, where), 401, where);
    }, ROUTES.length));
}

/** The body of an operation with one field as written in `value`. */
function body_with({ base, item }, name, field, value) {
    const copy = structuredClone(base), mark = '@@';
    if (field.alone) delete copy.feature;
    if (field.instead) delete copy[field.instead];
    (item === undefined ? copy : copy.items[item])[name] = mark;
    const [before, after] = JSON.stringify(copy).split(`"${mark}"`);
    return Buffer.concat([Buffer.from(before), Buffer.from(value), Buffer.from(after)]);
}

async function wrong_field(site, operation, name, field) {
    const [method, where] = operation.name.split(' ');
    const label = operation.item === undefined ? name : `items[${operation.item}].${name}`;
    if (operation.query) return each(wrong_in_query(field), async ([what, value, names]) => {
        const query = new URLSearchParams(operation.query);
        if (field.instead) query.delete(field.instead);
        query.delete(name);
        const answer = await ask({ method, where: `${where}?${query}&${name}=${value}` }, site, what);
        if (names === 'query' && !answer.json) status(answer, 400, what); /* lighttpd's own page */
        else is_problem(answer, 400, names === 'field' ? name : answer.json.field && name, what);
    });
    return each(wrong_in_body(field), async ([what, value, names]) => {
        const answer = await ask({ method, where, body: body_with(operation, name, field, value) }, site, what);
        is_problem(answer, 400, names === 'field' ? label
            : /the body (is not valid JSON: line \d+: .|is nested|holds a number)/, what);
    });
}

async function fields(site) {
    for (const operation of OPERATIONS)
        for (const [name, field] of Object.entries(operation.fields))
            await test(`400: ${operation.name}, ${operation.item === undefined ? '' : 'of an item '}${name} badly written`,
                () => wrong_field(site, operation, name, field));
    for (const { name: operation, query, fields: declared } of OPERATIONS.filter(({ query: any }) => any))
        await test(`400: ${operation}, a parameter twice`, () => each(Object.keys(declared), async name => {
            const [method, where] = operation.split(' ');
            is_problem(await ask({ method, where: `${where}?${new URLSearchParams(query)}&${name}=1&${name}=1` }, site,
                name), 400, name, name);
        }));
}

async function tables(site) {
    for (const [area, rows] of [['bodies', BODIES], ['references', REFERENCES]])
        for (const [what, asked_for, code, names] of rows)
            await test(`${code}: ${area}: ${what.replace(/[^ -~]/g, '.').slice(0, 60)}`, async () => {
                const answer = await ask(asked_for, site, what);
                if (asked_for.page) status(answer, code);
                else is_problem(answer, code, names, what);
            });
    for (const [method, where] of ROUTES.filter(([, at]) => /\{(id|subject)\}/.test(at)))
        await test(`404 or 400: ${method} ${where} of nothing`, () => each(NO_IDS, async ([id, code]) => {
            const answer = await ask({ method, page: where.replace(/\{\w+\}/, id) + (method === 'DELETE' && /admin\/sessions/.test(where) ? '?reason=why' : ''),
                body: method === 'POST' ? (/admin\/(tickets|bulk)/.test(where) ? { reason: 'why' } : '') : undefined,
                headers: { Accept: 'application/json', ...(/admin\/(tickets|bulk)/.test(where) ? { 'Content-Type': 'application/json' } : {}) } }, site, id);
            if (answer.headers['content-type'] === 'application/problem+json') is_problem(answer, code, undefined, id);
            else ok(answer.status === code && [400, 403].includes(code),
                `${id}: ${answer.status} ${answer.text.slice(0, 200)}`); /* lighttpd's own page */
        }));
}

/* What webquota says was wrong, by the area and the status; and what lighttpd's own page is called. */
const NAMED = {
    addresses: { 400: /^the (address|query) is not valid/, 404: /^there is nothing at this address$|^there is no feature / },
    'lengths of bodies': { 400: /^the body (is not valid JSON: line \d+: .|is not as long as Content-Length says)|^feature is missing$/ },
    'requests within requests': { 400: /^the body is not valid JSON: line \d+: .|^feature is missing$/, 405: /^this address does not know the method; it knows GET, HEAD$/ },
};
const TITLES = { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found', 411: 'Length Required', 413: 'Payload Too Large', 417: 'Expectation Failed',
    431: 'Request Header Fields Too Large', 501: 'Not Implemented', 505: 'HTTP Version Not Supported' };

/** The first answer of what came back, out of its chunks, and the status of each other; one to "continue" is none. */
function parted(text) {
    const answers = text.split(/(?=^HTTP\/1\.[01] \d{3} )/m).filter(one => !one.startsWith('HTTP/1.1 100 '));
    const [head, ...rest] = answers[0].split('\r\n\r\n'), body = rest.join('\r\n\r\n');
    const whole = /^transfer-encoding: chunked/im.test(head) ? body.replace(/(?:^|\r\n)[0-9a-f]+\r\n/gi, '') : body;
    return { head, body: whole, others: answers.slice(1).map(one => Number(one.slice(9, 12))) };
}

const unescaped = text => text.replaceAll('&#39;', '\'').replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/* A refusal names what was wrong: webquota's says it in words of its own, as JSON or on a page; lighttpd's page by the status. */
function names_what(area, text, code, what) {
    const { head, body, others } = parted(text), title = /<title>(.*?)<\/title>/.exec(body)?.[1];
    equal(others.filter(other => other !== 400), [], `${what}: what came behind it is refused as well`);
    if (!/^content-type: application\/problem\+json/im.test(head) && !body.includes('<p class="eyebrow">')) {
        equal([title, /<h1>(.*?)<\/h1>/.exec(body)?.[1]], Array(2).fill(`${code} ${TITLES[code]}`), `${what}: lighttpd's page`);
        return;
    }
    const problem = /^content-type: application\/problem\+json/im.test(head) ? JSON.parse(body)
        : { status: Number(/<p class="eyebrow">(\d+)<\/p>/.exec(body)?.[1]), detail: unescaped(/<p class="lead">(.*?)<\/p>/.exec(body)?.[1] ?? '') };
    equal(problem.status, code, `${what}: the status in the body`);
    const detail = problem.detail.replace(/^./, letter => letter.toLowerCase()).replace(/\.$/, ''); /* a page has it as a sentence */
    ok(NAMED[area]?.[code]?.test(detail), `${what}: ${code} of ${area}: ${problem.detail}`);
}

async function wire(site) {
    for (const [area, rows] of Object.entries(refused_bytes(site.key)))
        await test(`over the wire: ${area}`, () => each(rows, async ([what, bytes, code]) => {
            const answer = sane(await raw(site.url, bytes), what);
            equal(answer.status, code, `${what}: ${answer.text.slice(0, 120)}`);
            if (code >= 400 && !bytes.startsWith('HEAD')) names_what(area, answer.text, code, what);
        }, 64)); /* where nothing is hidden, lighttpd waits five seconds for the next request */
    await test('no request within a request was run',
        async () => { equal(await site.value("select count(*) from webquota.subjects where key in ('smuggled', 'wire')"),
        '0'); });
}

/* --- what is taken as it is --- */

async function meaningful_field(site, operation, name, field) {
    const [method, where] = operation.name.split(' ');
    return each(MEANINGFUL, async word => {
        let answer;
        if (operation.query) {
            const query = new URLSearchParams({ ...operation.query, [name]: word });
            if (field.instead) query.delete(field.instead);
            answer = await ask({ method, where: `${where}?${query}` }, site, word);
        } else {
            answer = await ask({ method, where, body: body_with(operation, name, field, JSON.stringify(word)) }, site, word);
        }
        if (field.says) return is_problem(answer, field.says[0], operation.item === undefined ? field.says[1] : undefined,
            word);
        status(answer, field.good ?? operation.good, word);
        if (name === 'subject' && answer.json.subject !== undefined) equal(answer.json.subject, word);
        if (['email', 'reason', 'organization', 'name'].includes(name) && name in answer.json) equal(answer.json[name],
            word);
    }, at_once_of(operation));
}

async function meaningful(site) {
    const decisions = () => site.value('select count(*) from webquota.decisions').then(Number), before = await decisions();
    for (const operation of OPERATIONS)
        for (const [name, field] of Object.entries(operation.fields).filter(([, { type }]) => type === 'text'))
            await test(`SQL, HTML and the like in ${operation.name}, ${name}: ${field.says?.[0] ?? 'a text like others'}`,
                () => meaningful_field(site, operation, name, field));
    await test('they are in the tables as they were written, and did nothing there', async () => {
        const keys = new Set((await site.sql("select encode(convert_to(key, 'UTF8'), 'hex') from webquota.subjects"))
            .map(([key]) => Buffer.from(key, 'hex').toString()));
        equal(MEANINGFUL.filter(word => !keys.has(word)), [], 'subjects');
        await until(async () => await decisions() >= before + MEANINGFUL.length * 4, 'the decisions are there');
        ok((await site.sql("select 1 from webquota.api_keys where name = '$(id)'")).length > 0, 'the keys are there');
    });
}

async function pages(site, front) {
    await test('a name, an address, a feature that means something to HTML is text on every page', () => each(MEANINGFUL,
        async word => {
        const headers = { ...HTML, ...cookie(front.assertion(word)) };
        const escaped = word.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"',
            '&quot;');
        for (const where of ['/', '/limit/call', '/limit/paid', '/limit/nothing', `/${encodeURIComponent(word)}`,
            `/limit/${encodeURIComponent(word)}`, `/?x=${encodeURIComponent(word)}`]) {
            const answer = await ask({ page: where, headers, as: 'visitor' }, site, `${word} at ${where}`);
            ok([200, 404].includes(answer.status), `${word} at ${where}: ${answer.status}`);
            if (where !== '/' || !/^[{<]/.test(word)) continue;
            ok(answer.text.includes(escaped), `${word} at ${where}: it is not there as text`);
        }
    }));
    await test('what Accept says, however absurd, chooses between page and JSON', async () => {
        const [page, json] = ['text/html; charset=utf-8', 'application/json'];
        await each([['', page], ['*', page], ['*/*', page], ['text/html', page], ['TEXT/HTML', page], ['text/*', page],
            ['application/json', json], ['APPLICATION/JSON;q=1', json], ['application/json;q=0', page],
            ['text/html;q=0, application/json', json], ['application/*', json], ['*/html', page], ['/', page], [',', page],
                [';', page], [',,,;;;', page], [';q=1', page], ['q=1', page], ['text/html;q=-1, application/json;q=0.1',
                json],
            ['text/html;q=1e9', page], ['application/json;q=99999999999999999999', page], ['application/json;q=', page],
                ['text/html;q=0.0001', page], ['application/json;q=0.5;q=1, text/html;q=0.6', page], ['"text/html"', page],
            ['<script>alert(1)</script>', page], ["' or 1=1 --", page], ['application/json\t;\tq=1', json], ['\xff\xfe',
                page], ['a/b,'.repeat(1500), page], ['application/json,'.repeat(400), json], [`${'x'.repeat(7000)}/y`, page],
            ['image/png', page], ['application/xml', page], ['application/jsonx', page], ['text/html/json', page]],
                async ([accept, type]) => {
            const answer = status(await ask({ page: '/', headers: { Accept: accept }, as: 'visitor' }, site, accept), 200,
                accept);
            equal(answer.headers['content-type'], type, accept.slice(0, 80));
            const api = status(await ask({ where: '/features', headers: { Accept: accept } }, site, accept), 200, accept);
            equal(api.headers['content-type'], json, accept.slice(0, 80));
        });
    });
}

async function accepted(site, front) {
    await test('each request is good but for the field that was wrong', () => each(OPERATIONS, async operation => {
        const [method, where] = operation.name.split(' ');
        const answer = operation.query ? await ask({ method, where: `${where}?${new URLSearchParams(operation.query)}` },
            site, operation.name)
            : await ask({ method, where, body: operation.base }, site, operation.name);
        status(answer, operation.good, operation.name);
    }));
    await test('odd lengths and chunks that are good count once each', async () => {
        const used = async () => (await site.usage('wire')).day?.used ?? 0, rows = odd_but_good(site.key),
            before = await used();
        await each(rows, async ([what, bytes]) => { ok(/HTTP\/1.1 200 /.test(sane(await raw(site.url, bytes), what).text),
            what); });
        equal(await used() - before, rows.length);
    });
    await test('an assertion may be used again until it expires, and is the same person', async () => {
        for (let i = 0; i < 3; i++) equal((await ask({ where: '/usage', as: 'owner' }, site, 'again')).json.subject, 'h');
    });
    await meaningful(site);
    await pages(site, front);
}

/* lighttpd's patterns fit nothing that is no UTF-8: without more the guard would not be there, and the application would. */
async function guarded(front) {
    const url = await front.lighttpd('lighttpd.conf');
    await test('no path leads past the guard of an application by being no UTF-8', () => each([['', 200], ['/x', 200],
        ['/%c3%a9', 200], ['/%ef%bf%bf', 200], ['/%c3', 403], ['/%ed%a0%80', 403],
        ['/%f4%90%80%80', 403], ['/%e0%80%af', 403], ['/%80', 403], ['/x/\xed\xa0\x80', 403], ['/%c3/../x', 200], ['/%ff',
            400], ['/%c0%af', 400], ['?%c3', 200], ['/x?%ed%a0%80', 200]], async ([tail, code]) => {
        const answer = await raw(url, `GET /environment${tail} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
        ok(!answer.text.includes('SCRIPT_NAME=') || answer.text.includes('WEBQUOTA_SUBJECT=anon:'),
            `${tail}: the application ran, and webquota was not asked`);
        equal(answer.status, code, tail);
    }));
}

/* --- after --- */

async function no_secret_in_logs(site, front) {
    const folder = path.join(site.folder, 'log'), files = readdirSync(folder);
    ok(files.includes('webquota.log') && files.includes('access.log') && files.includes('lighttpd.log'), files.join(' '));
    const all = new Map(files.map(name => [name, readFileSync(path.join(folder, name), 'latin1')]));
    ok(all.get('access.log').split('\n').length > 1000, 'the access log knows what was asked');
    for (const [name, text] of all)
        for (const secret of secrets) ok(!text.includes(secret),
            `${name} holds ${secret.slice(0, 6)}…: ${text.slice(Math.max(0, text.indexOf(secret) - 200)).slice(0, 220)}`);
    const said = all.get('webquota.log').split('\n')
        .filter(line => /template|response:|internal|assert|critical|ERROR|invalid/i.test(line));
    equal(said, [], 'webquota complained');
}

process.env.WEBQUOTA_LOG = 'debug';
await with_site({ policy: 'tests/e2e/front/policy.conf' }, site => with_front(site, async front => {
    await site.policy(front.write('hostile.conf', POLICY));
    await prepare(site, front);
    const pids = () => [...site.processes('webquota.fcgi'), ...site.processes('lighttpd')], [began, before] = [pids(),
        await state_of(site)];
    await covered();
    for (const part of [methods, doors, fields, tables, wire]) await part(site);
    await forms(site, ask, each);
    await test('nothing of all that was counted, decided or written down', async () => { equal(await state_of(site),
        before); });
    await accepted(site, front);
    await test('the same processes have answered all of it', async () => { equal(pids(), began); });
    await guarded(front);
    await test('no secret is in a log', () => no_secret_in_logs(site, front));
    await test(`all ${asked} answers were sane`, async () => { ok(asked > 4000, `only ${asked}`); });
})).catch(broken);
finish();
