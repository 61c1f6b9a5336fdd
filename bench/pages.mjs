// Every page of administrators on a database that is full: each is asked for several times and must be there within 300 ms, and no plan
// of its statements may read a large table from its beginning to its end. Plans are those that PostgreSQL really chose (auto_explain),
// of statements prepared by webquota.fcgi, for the address with every kind of parameter. The pages are those of the route table, and each
// must be seen with something on it.
import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser } from '../tests/e2e/lib/forms.mjs';
import { request } from '../tests/e2e/lib/http.mjs';
import { ROOT, run_well } from '../tests/e2e/lib/site.mjs';
import { routes_of_program } from '../tests/e2e/lib/hostile_table.mjs';

const VAR = process.env.VAR, MOST_MS = 300, TIMES = 12, ROLLED_UP_MS = 3600000;
/* So many rows are not read one after the other. */
const LARGE = 10000;
const PERSON = 'b-00000005', ORGANIZATION = 'b-org-7';
/* What stands for the {name} of an address; @name stands for what is found or made below. */
const SEGMENTS = { report: 'use.csv', subject: PERSON, organization: ORGANIZATION, version: '1' };
const found_of = path => ({ overrides: '@override', grants: '@grant', requests: '@request', bulk: '@bulk', keys: '@key' })[path.split('/').at(-2)];
/* What each page is asked besides, and, where that alone says nothing, instead. */
const MORE = {
    '/admin': ['?days=1', '?days=7', '?days=90', '?near=50'],
    '/admin/people': ['?q=b-0001', '?q=b-org-7', '?q=m77', '?q=B-0001', '?after=b-00500000',
        '?filter=near', '?filter=stopped', '?filter=override', '?filter=suspended', '?filter=plan&plan=free', '?filter=plan&plan=full',
        '?filter=near&plan=free', '?filter=stopped&plan=full&q=b-0001', '?filter=override&q=b', '?plan=full&q=m77', '?organization=b-org-7',
        '?organization=b-org-7&filter=near&plan=full&q=b', '?key=1', '?key=bench&filter=suspended'],
    '/admin/queue': ['?feature=queued&limit=line'],
    '/api/v1/admin/tickets': ['?feature=queued&limit=line', `?subject=${PERSON}`],
    '/admin/audit': ['?action=override.add', '?actor=user:bench', `?subject=${PERSON}`, '?from=2026-01-01T00:00:00Z&to=2100-01-01T00:00:00Z', '?before=5000',
        '?actor=user:bench&action=override.add&before=50000'],
};
const INSTEAD = {
    '/admin/person': [`?subject=${PERSON}`],
    '/admin/view': [`?subject=${PERSON}`],
    '/admin/limit': ['?limit=free/day', '?what=add&plan=free', '?what=remove&limit=free/day'],
    '/admin/plan': ['?plan=free', '?what=add'], '/admin/feature': ['?what=add'], '/admin/route': ['?what=add'], '/admin/plan-grant': ['?what=add&plan=free'],
    '/admin/version': ['?version=1'],
    '/admin/organization': [`?organization=${ORGANIZATION}`],
    '/admin/organization/change': ['override&feature=work&limit=team', 'bonus&feature=work', 'owner'].map(what => `?what=${what}&organization=${ORGANIZATION}`),
    '/admin/request': ['?request=@request'],
    '/admin/bulk': ['?id=@bulk'],
    '/admin/bulk/undo': ['?id=@bulk'],
    '/admin/sessions': [`?subject=${PERSON}`, '?account=@account'],
    '/api/v1/admin/sessions': [`?subject=${PERSON}`, '?account=@account'],
    '/admin/bulk/new': ['?what=suspend&q=b-00012', '?what=suspend&filter=override&q=b-0001', '?what=restore&filter=suspended'],
    '/admin/access/change': ['?what=key-create', '?what=key-revoke&id=@key'],
    '/admin/queue': ['?feature=queued&limit=line'],
    '/admin/audit.csv': ['?action=subject.set', `?subject=${PERSON}`],
    '/admin/change': ['override&feature=work', 'bonus&feature=work', 'reset', 'plan', 'suspend', 'sessions-end', 'refund&id=@decision',
        'override-remove&id=@override'].map(what => `?what=${what}&subject=${PERSON}`),
    '/api/v1/admin/tickets': ['?feature=queued&limit=line', `?subject=${PERSON}`],
    '/api/v1/admin/organizations': [`?organization=${ORGANIZATION}`],
    '/api/v1/admin/subjects': [`?subject=${PERSON}`],
    '/api/v1/admin/overrides': ['', `?subject=${PERSON}`],
    '/api/v1/admin/grants': ['', `?subject=${PERSON}`],
};
/* Nothing of theirs is loaded: their pages say so. */
const NOTHING_THERE = { '/admin/view/end': 303, '/admin/approval': 400, '/admin/queue/change': 400, '/api/v1/admin/approvals/{id}': 404 };
/* What computes from all that is recorded takes as long as it takes, and has threads of its own. */
const COMPUTED = ['/admin/what-if?limit=free/day&amount=50&days=7&try=1', `/admin/what-if?subject=${PERSON}&plan=full&days=7&try=1`];

const site_env = Object.fromEntries(readFileSync(path.join(VAR, 'env'), 'utf8').split('\n').filter(Boolean).map(line => {
    const [, name, value] = /^(\w+)='(.*)'$/.exec(line);
    return [name, value];
}));
const owner = site_env.DATABASE_URL;
const admin = owner.replace(/\/\/[^@]*@/, `//postgres:${readFileSync(path.join(VAR, 'secrets/database-admin'), 'utf8').trim()}@`);
const psql = async (url, statement) => (await run_well('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-c', statement, url])).trimEnd();

async function rolled_up() {
    const until = Date.now() + ROLLED_UP_MS;
    for (;;) {
        const left = await psql(owner, `select count(*) from (select from webquota.decisions d, webquota.usage_rollup u, webquota.standing_rollup s
            where d.xact >= least(u.upto, s.upto) limit 1) t`);
        if (left === '0') break;
        if (Date.now() > until) throw new Error('the decisions are not rolled up');
        console.log(`  rolling up: ${await psql(owner, 'select coalesce(sum(allowed + refused), 0) from webquota.usage_by_plan')}`);
        execFileSync('sleep', ['10']);
    }
    for (const table of ['usage_daily', 'usage_by_plan', 'usage_owners', 'usage_last', 'usage_active', 'usage_organizations', 'usage_standing', 'usage_spread', 'usage_reaching', 'usage_reached'])
        await psql(owner, `vacuum analyze webquota.${table}`);
}

/* Ids of what is there; what is not is made. */
async function ids() {
    const key = site_env.WEBQUOTA_KEY;
    const ask = async (method, where, body) => {
        const answer = await request(`${site_env.WEBQUOTA_URL}/api/v1${where}`, { method, body, headers: { Authorization: `Bearer ${key}` } });
        if (answer.status >= 300) throw new Error(`${method} ${where}: ${answer.status} ${answer.text}`);
        return answer.json;
    };
    const charge = { subject: PERSON, feature: 'work', reason: 'bench' };
    const { decision_id: decision } = await ask('POST', '/consume', { subject: PERSON, feature: 'work' });
    const { override } = await ask('POST', '/admin/overrides', { ...charge, amount: 5000 });
    const { grant } = await ask('POST', '/admin/grants', { ...charge, amount: 5 });
    const { bulk } = await ask('POST', '/admin/bulk', { what: 'bonus', feature: 'work', amount: 1, q: 'b-0000001', reason: 'bench' });
    while ((await ask('GET', `/admin/bulk/${bulk}`)).state === 'running') await sleep(100);
    const { keys } = await ask('GET', '/admin/keys');
    const { requests } = await ask('GET', '/admin/requests');
    return { account: name, decision, override, grant, bulk, key: keys[0].key ?? keys[0].id, request: requests[0].request };
}

async function addresses(known) {
    const found = routes_of_program().map(line => line.split(' ')).filter(([method, where]) => method === 'GET' && /^\/(api\/v1\/)?admin/.test(where))
        .map(([, where]) => where);
    const whole = where => where.replace(/\{id\}/, () => found_of(where) ?? '999')
        .replace(/\{(\w+)\}/g, (all, name) => where.startsWith('/api') && name === 'report' ? 'near' : SEGMENTS[name] ?? all);
    const filled = where => where.replace(/@(\w+)/g, (all, name) => encodeURIComponent(known[name] ?? all));
    return found.flatMap(where => (INSTEAD[where] ?? ['', ...(MORE[where] ?? [])]).map(query =>
        ({ where: filled(whole(where) + query), status: NOTHING_THERE[where] ?? 200 })));
}

/** How long it takes, in ms: the median and the longest. */
async function timed(browser, where) {
    const times = [];
    let answer;
    for (let i = 0; i < TIMES; i++) {
        const since = performance.now();
        answer = await browser.open(where);
        times.push(performance.now() - since);
    }
    times.sort((a, b) => a - b);
    return { status: answer.status, median: times[TIMES >> 1], longest: times.at(-1) };
}

async function large_tables() {
    const rows = await psql(owner, `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'webquota' and c.relkind = 'r' and c.reltuples > ${LARGE}`);
    return rows.split('\n');
}

/** From here on, the plans of what the service runs stand in the server's log. */
async function plans_told() {
    const settings = { session_preload_libraries: 'auto_explain', 'auto_explain.log_min_duration': '0' };
    await psql(admin, "load 'auto_explain'; alter role webquota_app set session_preload_libraries = 'auto_explain'");
    await psql(admin, "load 'auto_explain'; alter role webquota_app set auto_explain.log_min_duration = 0");
    await psql(admin, "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'webquota_app'");
    return Object.keys(settings);
}

const plans_untold = async settings => {
    for (const setting of settings) await psql(admin, `load 'auto_explain'; alter role webquota_app reset ${setting}`);
};

function log_from(file, start) {
    const log = openSync(file, 'r'), size = fstatSync(log).size, bytes = Buffer.alloc(size - start);
    readSync(log, bytes, 0, bytes.length, start);
    closeSync(log);
    return { text: bytes.toString(), end: size };
}

const browser = new Browser({ url: site_env.WEBQUOTA_URL });
const [name, password] = site_env.WEBQUOTA_STAFF.split(/:(.*)/);
const failures = [];
await rolled_up();
if ((await browser.sign_in(name, password)).status !== 303) throw new Error('nobody can sign in');
const where = await addresses(await ids());
console.log(`\nms, median and longest of ${TIMES}; ${await psql(owner, "select format('%s people, %s decisions', (select count(*) from webquota.subjects), (select sum(allowed + refused) from webquota.usage_by_plan))")}`);
for (const one of where) {
    const { status, median, longest } = await timed(browser, one.where);
    console.log(`${median.toFixed(1).padStart(8)} ${longest.toFixed(1).padStart(8)}  ${status}  ${one.where}`);
    if (status !== one.status) failures.push(`${one.where}: ${status}, not ${one.status}`);
    if (median > MOST_MS) failures.push(`${one.where}: ${median.toFixed(0)} ms`);
}
for (const one of COMPUTED) {
    const began = performance.now(), { status } = await browser.open(one);
    console.log(`${(performance.now() - began).toFixed(1).padStart(8)}           ${status}  ${one} (computed)`);
    if (status !== 200) failures.push(`${one}: ${status}`);
}

const large = await large_tables(), log = path.join(VAR, 'log/postgresql.log');
const settings = await plans_told();
try {
    for (let i = 0; i < 3; i++) await browser.open('/admin'); /* connections are made again */
    for (const { where: one } of where) {
        const { end } = log_from(log, fstatSync(openSync(log, 'r')).size);
        for (let i = 0; i < 8; i++) await browser.open(one); /* from the sixth time on, by a plan for any parameters */
        for (const [, table] of log_from(log, end).text.matchAll(/Seq Scan on (\w+)/g))
            if (large.includes(table) && !failures.includes(`${one}: reads all of ${table}`)) failures.push(`${one}: reads all of ${table}`);
    }
    const seen = log_from(log, 0).text;
    if (!/Query Text:[\s\S]*usage_by_plan[\s\S]*Index/.test(seen)) failures.push('the plans do not stand in the log');
} finally {
    await plans_untold(settings);
}
console.log(`\nplans: no table of more than ${LARGE} rows may be read as a whole (${large.join(', ')})`);
for (const failure of failures) console.log(`not ok - ${failure}`);
if (!failures.length) console.log('ok - every page within 300 ms, by indexes');
process.exit(failures.length ? 1 : 0);
