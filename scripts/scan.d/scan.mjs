// Drives the scanners for scripts/scan and judges what they report.
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FORM, operations } from './operations.mjs';

const { SCAN_FOLDER, SCAN_LOGS, SCAN_PROCESS, WEBQUOTA_URL, WEBQUOTA_KEY, WEBQUOTA_USER_FREE, WEBQUOTA_USER_ADMIN, WEBQUOTA_STAFF, WEBQUOTA_SECRET_FILE,
    SCAN_LEVEL = '2', SCAN_ONLY = '', WAPITI_S = '120', BUILD = 'build' } = process.env;
const AT_ONCE = 2;
/* A database that a busy machine keeps waiting is answered with 503; that is no hole, unless it happens again and again. */
const BUSY_MAX = 5;
const WAPITI_MODULES = 'sql,blindsql,xss,permanentxss,crlf,exec,file,redirect,csp,cookieflags,http_headers,csrf,htaccess,methods,shellshock,backup';
const site = new URL(WEBQUOTA_URL);
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

/* --- the requests --- */

/* The asterisk marks for sqlmap what it may alter. */
function marked(value) {
    if (Array.isArray(value)) return value.map(marked);
    if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, marked(v)]));
    return typeof value === 'string' ? `${value}*` : value;
}

const marked_json = value => JSON.stringify(marked(value)).replace(/:(\d+|true|false)(?=[,}])/g, ':$1*');

const marked_form = fields => [`csrf=${admin.csrf}`, ...Object.entries(fields).map(([name, value]) => `${name}=${encodeURIComponent(value)}*`)].join('&');

/* What the paths name: things that are there. */
async function fill_ids() {
    const { decision_id: decision } = await call('POST', '/api/v1/consume', { subject: 'scanned', feature: 'variant' });
    const { reservation } = await call('POST', '/api/v1/reservations', { subject: 'scanned', feature: 'variant' });
    const { id: override } = await call('POST', '/api/v1/admin/overrides', { subject: 'scanned', feature: 'variant', amount: 1000 });
    const { id: grant } = await call('POST', '/api/v1/admin/grants', { subject: 'scanned', feature: 'variant', amount: 1000 });
    const { id: key } = await call('POST', '/api/v1/admin/keys', { name: 'scanned', scopes: ['read'] });
    const { request } = await call('POST', '/api/v1/requests', { subject: 'scanned', feature: 'variant', kind: 'increase', limit: 'variant_daily', amount: 100,
        reason: 'scan' });
    const { ticket } = await call('POST', '/api/v1/tickets', { subject: 'scanned', feature: 'summary' });
    return { decisions: decision, reservations: reservation, overrides: override, grants: grant, keys: key, requests: request ?? '1', approvals: '1',
        bulk: '1', sessions: '1', tickets: ticket ?? 'tkt_AAAA' };
}

/* --- an administrator's session --- */

const admin = { cookie: '', csrf: '' };

const token_of = page => / name="csrf" value="([^"]+)"/.exec(page)?.[1];

async function sign_in() {
    const [name, password] = WEBQUOTA_STAFF.split(/:(.*)/);
    const html = { Accept: 'text/html' };
    const page = await (await fetch(`${WEBQUOTA_URL}/login`, { headers: html })).text();
    const answer = await fetch(`${WEBQUOTA_URL}/login`, { method: 'POST', redirect: 'manual', headers: { ...html, 'Content-Type': FORM },
        body: new URLSearchParams({ csrf: token_of(page), name, password }) });
    admin.cookie = answer.headers.getSetCookie().map(one => one.split(';')[0]).join('; ');
    const inside = await fetch(`${WEBQUOTA_URL}/admin/view?subject=free`, { headers: { ...html, Cookie: admin.cookie } });
    admin.csrf = token_of(await inside.text());
    verdict(answer.status === 303 && inside.status === 200 && admin.csrf, 'an administrator is signed in', `${answer.status}, ${inside.status}`);
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
    if (!request.own_identity) head.push(request.by_key ? `Authorization: Bearer ${WEBQUOTA_KEY}` : `Cookie: ${admin.cookie}`, 'Accept: text/html');
    if (request.body || request.type === FORM) head.push(`Content-Type: ${request.type}`);
    const body = request.type === FORM ? marked_form(request.body ?? {}) : request.body ? marked_json(request.body) : '';
    writeFileSync(file, `${head.join('\r\n')}\r\n\r\n${body}`);
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

/* Of no session of its own, after which nobody is signed in. */
const ENDS_SESSION = /^POST \/logout/;

async function all_sqlmap(ids) {
    const all = [...operations(ids, site.pathname), ...identities()].filter(({ name, target, headers, body }) => new RegExp(SCAN_ONLY).test(name) && !ENDS_SESSION.test(name) &&
        /\*/.test(target + headers + (Object.keys(body ?? {}).length ? '*' : '')));
    const waiting = [...all.entries()];
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
        for (let next; (next = waiting.shift());) await sqlmap(next[1], next[0]);
    }));
    return all.length;
}

/* --- wapiti --- */

/* The administrator by name and password, as wapiti sends every form that it finds, also the one that ends a session. */
const basic = pair => ['-a', pair.replace(':', '%'), '--auth-type', 'basic'];
const who = () => ({
    'a visitor': [], 'a person': basic(WEBQUOTA_USER_FREE),
    'an administrator': basic(WEBQUOTA_USER_ADMIN),
    'an API key': ['-H', `Authorization: Bearer ${WEBQUOTA_KEY}`],
});

async function wapiti(name, words, ids) {
    const report = path.join(SCAN_FOLDER, `${name.replaceAll(' ', '-')}.json`);
    const starts = [...operations(ids, site.pathname)].filter(one => one.method === 'GET').flatMap(one => ['-s', site.origin + one.target.replaceAll('*', '')]);
    const result = await run('wapiti', ['-u', `${WEBQUOTA_URL}/`, '--scope', 'folder', ...starts, '-m', WAPITI_MODULES, '-f', 'json', '-o', report,
        '--flush-session', '--no-bugreport', '--max-scan-time', WAPITI_S, '--max-attack-time', String(Math.ceil(WAPITI_S / 6)), ...words]);
    if (!existsSync(report)) return verdict(false, `wapiti looks around as ${name}`, result.text.slice(-2000));
    const { vulnerabilities, anomalies } = JSON.parse(readFileSync(report, 'utf8'));
    for (const [kind, list] of [...Object.entries(vulnerabilities), ...Object.entries(anomalies)])
        for (const one of list) found('wapiti', one.info, `${kind}: ${one.method} ${one.path} (${one.parameter ?? ''}) as ${name}`);
    const visited = [...result.text.matchAll(/^\[\+\] GET /gm)].length;
    verdict(existsSync(report), `wapiti has looked around as ${name}`);
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
await sign_in();
const ids = await fill_ids();
for (const [name, words] of Object.entries(WAPITI_S === '0' ? {} : who())) await wapiti(name, words, ids);
const count = await all_sqlmap(ids);
verdict(count > (SCAN_ONLY ? 0 : 80), `sqlmap has tried ${count} operations`, 'that is too few');
const standing = stands();
verdict(standing.length === 0, `no finding stands (${findings.length} reported)`,
    [...new Set(standing.map(({ tool, what, where }) => `${tool}: ${what} (${where})`))].join('\n'));
const complaints = database_complaints();
verdict(complaints.length === 0, 'the database never had to refuse a statement', complaints.slice(0, 10).join('\n'));
verdict(existsSync(`/proc/${SCAN_PROCESS}`), 'the service is still the process that was started', 'it ended');
const doctor = await run(`${BUILD}/webquota`, ['doctor']);
verdict(doctor.code === 0, 'the counters equal the recorded decisions', doctor.text);
process.exit(failures ? 1 : 0);
