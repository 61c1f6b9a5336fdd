// Drives the scanners for scripts/scan and judges what they report.
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const { SCAN_FOLDER, SCAN_LOGS, SCAN_PROCESS, WEBQUOTA_URL, WEBQUOTA_KEY, WEBQUOTA_USER_FREE, WEBQUOTA_USER_ADMIN, WEBQUOTA_SECRET_FILE,
    SCAN_LEVEL = '2', BUILD = 'build' } = process.env;
const AT_ONCE = 2, WAPITI_S = 120;
/* A database that a busy machine keeps waiting is answered with 503; that is no hole, unless it happens again and again. */
const BUSY_MAX = 5;
const WAPITI_MODULES = 'sql,blindsql,xss,permanentxss,crlf,exec,file,redirect,csp,cookieflags,http_headers,csrf,htaccess,methods,shellshock,backup';
const site = new URL(WEBQUOTA_URL);
const document = JSON.parse(readFileSync('static/openapi.json', 'utf8'));
const findings = [];
let failures = 0;

const found = (tool, what, where) => findings.push({ tool, what, where });
const verdict = (good, name, why) => {
    console.log(`${good ? 'ok' : 'not ok'} - ${name}`);
    if (!good) { failures++; console.log(String(why).replace(/^/gm, '    ')); }
};

function run(program, words) {
    return new Promise(resolve => {
        const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
        let text = '';
        for (const stream of [child.stdout, child.stderr]) stream.on('data', data => { text += data; });
        child.on('error', error => resolve({ code: -1, text: String(error) }));
        child.on('close', code => resolve({ code, text }));
    });
}

async function call(method, where, body) {
    const answer = await fetch(WEBQUOTA_URL + where, { method, headers: { Authorization: `Bearer ${WEBQUOTA_KEY}`,
        ...body && { 'Content-Type': 'application/json' } }, body: body && JSON.stringify(body) });
    return answer.json();
}

/* --- the requests: from the documented operations, with a value that is accepted for each parameter --- */

const SAMPLES = {
    subject: 'free', organization: 'sunrise', feature: 'variant', resource: 'claude-3-opus', units: 1, reason: 'scan', refresh: 20, ttl: 60,
    metadata: { a: 'b' }, on_behalf_of: 'somebody', plan: 'free', plan_after: 'free', plan_until: '2038-01-01T00:00:00Z', timezone: 'UTC',
    anchor: '2026-01-01T00:00:00Z', email: 'scan@example.org', suspended: false, limit: 'variant_daily', amount: 100, multiplier: 2, unlimited: true,
    expires_at: '2038-01-01T00:00:00Z', effective_at: '2026-01-01T00:00:00Z', every: '28 day', priority: 1, name: 'scan', scopes: ['read'],
    file: 'base.css', 'Idempotency-Key': 'scan', id: 'ID', items: [{ feature: 'variant', units: 1 }],
};
/* Of members that exclude each other, one. */
const LEFT_OUT = { Ask: ['items'], HoldAsk: ['items'], OverrideAdd: ['organization', 'multiplier', 'unlimited'], GrantAdd: ['organization'] };

const resolved = thing => (thing.$ref ? thing.$ref.slice(2).split('/').reduce((node, name) => node[name], document) : thing);

function sample(name) {
    if (!(name in SAMPLES)) throw new Error(`scan.mjs has no sample for ${name}`);
    return SAMPLES[name];
}

/* The asterisk marks for sqlmap what it may alter. */
function marked(value) {
    if (Array.isArray(value)) return value.map(marked);
    if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, marked(v)]));
    return typeof value === 'string' ? `${value}*` : value;
}

const marked_json = value => JSON.stringify(marked(value)).replace(/:(\d+|true|false)(?=[,}])/g, ':$1*');

function body_of(operation) {
    const schema = operation.requestBody?.content['application/json'].schema;
    if (!schema) return undefined;
    const name = schema.$ref?.split('/').pop();
    const members = Object.keys(resolved(schema).properties).filter(member => !LEFT_OUT[name]?.includes(member));
    return Object.fromEntries(members.map(member => [member, sample(member)]));
}

/* What the paths name: things that are there. */
async function fill_ids() {
    const { decision_id: decision } = await call('POST', '/api/v1/consume', { subject: 'scanned', feature: 'variant' });
    const { reservation } = await call('POST', '/api/v1/reservations', { subject: 'scanned', feature: 'variant' });
    const { id: override } = await call('POST', '/api/v1/admin/overrides', { subject: 'scanned', feature: 'variant', amount: 1000 });
    const { id: grant } = await call('POST', '/api/v1/admin/grants', { subject: 'scanned', feature: 'variant', amount: 1000 });
    const { id: key } = await call('POST', '/api/v1/admin/keys', { name: 'scanned', scopes: ['read'] });
    return { decisions: decision, reservations: reservation, overrides: override, grants: grant, keys: key };
}

function* operations(ids) {
    for (const [where, methods] of Object.entries(document.paths))
        for (const [method, operation] of Object.entries(methods)) {
            if (method === 'parameters') continue;
            const parameters = [...methods.parameters ?? [], ...operation.parameters ?? []].map(resolved);
            const value = name => (name === 'id' ? ids[where.split('/').at(where.endsWith('{id}') ? -2 : -3)] : sample(name));
            const segment = where.replace(/\{(\w+)\}/g, (_, name) => `${encodeURIComponent(value(name))}*`);
            const query = parameters.filter(one => one.in === 'query').map(one => `${one.name}=${encodeURIComponent(value(one.name))}*`).join('&');
            const headers = parameters.filter(one => one.in === 'header').map(one => `${one.name}: ${value(one.name)}*`);
            yield { name: `${method.toUpperCase()} ${where}`, method: method.toUpperCase(), target: site.pathname + segment + (query && `?${query}`),
                headers, body: body_of(operation) };
        }
}

/* The headers that decide who is asking, for one operation that reads them all. */
function assertion(subject) {
    const signed = `v1.${Buffer.from(JSON.stringify({ sub: subject, exp: 4000000000 })).toString('base64url')}`;
    return `${signed}.${createHmac('sha256', readFileSync(WEBQUOTA_SECRET_FILE, 'utf8').trimEnd()).update(signed).digest('base64url')}`;
}

const identities = () => [
    ['a key', [`Authorization: Bearer ${WEBQUOTA_KEY}*`]],
    ['a cookie', [`Cookie: webquota_identity=${assertion('free')}*`]],
    ['headers of all kinds', ['User-Agent: scan*', 'Referer: http://127.0.0.1/*', 'X-Forwarded-For: 127.0.0.1*', 'Accept-Language: en*',
        'Origin: http://127.0.0.1*', 'Accept: text/html*']],
].map(([name, headers]) => ({ name: `GET / with ${name}`, method: 'GET', target: `${site.pathname}/`, headers, own_identity: true }));

/* --- sqlmap --- */

function write_request(request, number) {
    const file = path.join(SCAN_FOLDER, `request-${number}`);
    const head = [`${request.method} ${request.target} HTTP/1.1`, `Host: ${site.host}`, ...request.headers];
    if (!request.own_identity) head.push(`Authorization: Bearer ${WEBQUOTA_KEY}`);
    if (request.body) head.push('Content-Type: application/json');
    writeFileSync(file, `${head.join('\r\n')}\r\n\r\n${request.body ? marked_json(request.body) : ''}`);
    return file;
}

function judge_sqlmap({ name }, { text }) {
    for (const [, what] of text.matchAll(/^\s+(Type: .*|Title: .*)$/gm)) found('sqlmap', what.trim(), name);
    for (const [, code, times] of text.matchAll(/^(5\d\d) \(.*?\) - (\d+) times/gm)) 
        if (code !== '503' || Number(times) > BUSY_MAX) found('sqlmap', `${times} answers of ${code}`, name);
    for (const [, what] of text.matchAll(/heuristic \((?:XSS|FI)\) test shows that (.*)$/gm)) found('sqlmap', what, name);
    if (/unhandled exception|connection timed out|connection refused|unable to connect/i.test(text)) found('sqlmap', 'no connection', name);
    return /all tested parameters do not appear to be injectable|sqlmap identified the following injection/.test(text);
}

async function sqlmap(request, number) {
    const began = Date.now();
    const result = await run('sqlmap', ['--ignore-stdin', '-r', write_request(request, number), '--batch', '--disable-coloring',
        '--flush-session', '--dbms=PostgreSQL', `--level=${SCAN_LEVEL}`, '--risk=2', '--technique=BEUST', '--time-sec=2', '--timeout=20',
        '--ignore-code=*', '--skip-waf', '--no-cast', `--output-dir=${path.join(SCAN_FOLDER, `sqlmap-${number}`)}`]);
    const done = judge_sqlmap(request, result);
    console.log(`# sqlmap: ${request.name}: ${Math.round((Date.now() - began) / 1000)} s`);
    const complaints = result.text.split('\n').filter(line => /CRITICAL|ERROR/.test(line)).slice(-3).join(' ');
    if (!done) found('sqlmap', `it did not test: ${complaints}`, request.name);
}

async function all_sqlmap(ids) {
    const all = [...operations(ids), ...identities()].filter(({ target, headers, body }) => /\*/.test(target + headers + (body ? '*' : '')));
    const waiting = [...all.entries()];
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
        for (let next; (next = waiting.shift());) await sqlmap(next[1], next[0]);
    }));
    return all.length;
}

/* --- wapiti --- */

const basic = pair => ['-a', pair.replace(':', '%'), '--auth-type', 'basic'];
const WHO = {
    'a visitor': [], 'a person': basic(WEBQUOTA_USER_FREE), 'an administrator': basic(WEBQUOTA_USER_ADMIN),
    'an API key': ['-H', `Authorization: Bearer ${WEBQUOTA_KEY}`],
};

async function wapiti(who, words, ids) {
    const report = path.join(SCAN_FOLDER, `${who.replaceAll(' ', '-')}.json`);
    const starts = [...operations(ids)].filter(one => one.method === 'GET').flatMap(one => ['-s', site.origin + one.target.replaceAll('*', '')]);
    const result = await run('wapiti', ['-u', `${WEBQUOTA_URL}/`, '--scope', 'folder', ...starts, '-m', WAPITI_MODULES, '-f', 'json', '-o', report,
        '--flush-session', '--no-bugreport', '--max-scan-time', String(WAPITI_S), ...words]);
    if (!existsSync(report)) return verdict(false, `wapiti looks around as ${who}`, result.text.slice(-2000));
    const { vulnerabilities, anomalies } = JSON.parse(readFileSync(report, 'utf8'));
    for (const [kind, list] of [...Object.entries(vulnerabilities), ...Object.entries(anomalies)])
        for (const one of list) found('wapiti', one.info, `${kind}: ${one.method} ${one.path} (${one.parameter ?? ''}) as ${who}`);
    const visited = [...result.text.matchAll(/^\[\+\] GET /gm)].length;
    verdict(existsSync(report), `wapiti has looked around as ${who}`);
    return visited;
}

/* --- the verdict --- */

function known() {
    return readFileSync('scripts/scan.d/known', 'utf8').split('\n').filter(line => line && !line.startsWith('#')).map(line => {
        const [tool, what, where, reason] = line.split('|').map(part => part.trim());
        if (!reason) throw new Error(`scan.d/known: no reason: ${line}`);
        return { tool, what: new RegExp(what), where: new RegExp(where) };
    });
}

function stands() {
    const excuses = known();
    return findings.filter(one => !excuses.some(excuse => excuse.tool === one.tool && excuse.what.test(one.what) && excuse.where.test(one.where)));
}

/* What only a statement put together of texts could bring about. */
function database_complaints() {
    const log = readFileSync(path.join(SCAN_LOGS, 'postgresql.log'), 'utf8');
    return log.split('\n').filter(line => /ERROR: .*(syntax|unterminated|does not exist|invalid input|operator)/.test(line));
}

mkdirSync(SCAN_FOLDER, { recursive: true });
const ids = await fill_ids();
for (const [who, words] of Object.entries(WHO)) await wapiti(who, words, ids);
const count = await all_sqlmap(ids);
verdict(count > 20, `sqlmap has tried ${count} operations`, 'that is too few');
const standing = stands();
verdict(standing.length === 0, `no finding stands (${findings.length} reported)`,
    [...new Set(standing.map(({ tool, what, where }) => `${tool}: ${what} (${where})`))].join('\n'));
const complaints = database_complaints();
verdict(complaints.length === 0, 'the database never had to refuse a statement', complaints.slice(0, 10).join('\n'));
verdict(existsSync(`/proc/${SCAN_PROCESS}`), 'the service is still the process that was started', 'it ended');
const doctor = await run(`${BUILD}/webquota`, ['doctor']);
verdict(doctor.code === 0, 'the counters equal the recorded decisions', doctor.text);
process.exit(failures ? 1 : 0);
