// The figures, one function each. A figure opens its servers with `with_arena`, runs its lanes in rounds and answers rows:
// {id, what, must, aim, at_most, ratio, rates, problems, note}. Where a check failed there are problems, and no figure.
import os from 'node:os';
import path from 'node:path';
import { request } from '../tests/e2e/lib/http.mjs';
import { run_well } from '../tests/e2e/lib/site.mjs';
import { CONSUME, HELLO, meet, with_arena } from './lib/arena.mjs';
import { at_rest, decisions, doctor, wrong_in_total, wrong_with } from './lib/checks.mjs';
import { KINDS, instructions } from './lib/instructions.mjs';
import { CONNECTIONS, consume_by, once_each, pace, page_by, page_named, tickets_by, wrk } from './lib/load.mjs';
import { RUNS, SECONDS, problems, rates, ratio, rounds, say, spread } from './lib/rounds.mjs';
import { PHP_CHILDREN, ROOT, crowd_make, database_drop, database_make, front, memory_kb, node_peer, owner_url, php, postgres_with, redis,
    service, sql } from './lib/stage.mjs';

const SUBJECTS = Number(process.env.BENCH_SUBJECTS ?? 10000000);
const MEMORY_REQUESTS = Number(process.env.BENCH_REQUESTS ?? 1000000);
/* PostgreSQL's processes hand in what they counted when they have been idle for so long. */
const STATISTICS_MS = 11000;

export const everybody = { name: 's', plan: 'free', count: 10000, organizations: 100 };
const together = { name: 'h', plan: 'free', count: 10000, organizations: 1 };
export const spent = { name: 'f', plan: 'full', count: 10000, organizations: 100 };
const capped = { name: 'c', plan: 'capped', count: 1000, organizations: 1 };
const few = { name: 'm', plan: 'free', count: 1000, organizations: 10 };
const CAP = 20000;
const WAITING = Number(process.env.BENCH_WAITING ?? 100000), POLLS = 2000;
const waiting = { name: 'w', plan: 'line', count: WAITING + 600, organizations: 1000 };

async function row(fields, results, database = 'bench') {
    const found = [...problems(results), await doctor(database)].filter(Boolean);
    return { rates: rates(results), ...fields, problems: found };
}

const allowed = () => with_arena({ sets: [everybody] }, async arena => {
    const results = await rounds({ hello: arena.hello(), allowed: arena.webquota(arena.template(everybody, 'work')) });
    return [await row({ id: '1', what: 'allowed decisions a second, against hello world', must: 0.45, aim: 0.6,
        ratio: ratio(results, 'allowed', 'hello') }, results)];
});

const refused = () => with_arena({ sets: [everybody, spent], warm: [[everybody, 'work'], [spent, 'spent']] }, async arena => {
    const results = await rounds({ hello: arena.hello(),
        refused: arena.webquota(arena.template(spent, 'spent'), { refused: true }) });
    return [await row({ id: '2', what: 'refused decisions a second, recorded, against hello world', must: 0.7, aim: 0.9,
        ratio: ratio(results, 'refused', 'hello') }, results)];
});

/* One process or two, whichever is faster, as found by a short try. */
async function better_peer(arena, store) {
    const rate = {};
    for (const workers of [1, 2]) {
        const peer = await node_peer(store, workers);
        rate[workers] = (await wrk(peer.port, consume_by(everybody, '/node/consume', 'none'), Math.max(1, Math.round(SECONDS / 3)))).rate;
        await peer.stop();
        say(`  ${workers} process${workers > 1 ? 'es' : ''} of Node.js: ${Math.round(rate[workers])}/s`);
    }
    const workers = rate[2] > rate[1] ? 2 : 1;
    const peer = await arena.add(node_peer(store, workers));
    return { peer, workers };
}

async function against_node(id, store, settings, name, bounds) {
    let workers;
    const more = async arena => {
        if (store === 'redis') await arena.add(redis(settings));
        await database_make('peers');
        const found = await better_peer(arena, store);
        [arena.peer, workers] = [found.peer, found.workers];
        return { node: arena.peer.port };
    };
    return with_arena({ sets: [everybody], more }, async arena => {
        const total = async () => (await request(`http://127.0.0.1:${arena.peer.port}/total`)).json.total;
        const template = consume_by(everybody, '/node/consume', 'none');
        const results = await rounds({ hello: arena.hello(), allowed: arena.webquota(arena.template(everybody, 'work')),
            [name]: arena.other(template, arena.front.port, total), [`${name}, no lighttpd`]: arena.other(template, arena.peer.port, total) });
        return row({ id, what: `allowed, against Node.js rate-limiter-flexible, three limits on ${name}`, ...bounds,
            ratio: ratio(results, 'allowed', name), note: `Node.js: ${workers} process${workers > 1 ? 'es' : ''}` }, results);
    });
}

const node_postgres = async () => [await against_node('3', 'postgres', [], 'PostgreSQL', { must: 6, aim: 8 })];

const node_redis = async () => [
    await against_node('4a', 'redis', ['--appendonly', 'yes', '--appendfsync', 'always'], 'Redis, appendfsync always', { must: 0.85, aim: 1.2 }),
    await against_node('4b', 'redis', ['--appendonly', 'yes', '--appendfsync', 'everysec'], 'Redis, appendfsync everysec', { must: 0.75, aim: 1.1 }),
];

export async function php_peers(arena) {
    await database_make('peers');
    await run_well('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-f', path.join(ROOT, 'bench/php/postgres.sql'),
        await owner_url('peers')]);
    arena.redis = await arena.add(redis([]));
    const pages = await arena.add(php());
    return { php: pages.socket };
}

const pages = () => with_arena({ sets: [everybody], more: php_peers }, async arena => {
    const in_postgres = async () => Number(await sql('peers', 'select count(*) from decisions where allowed'));
    const in_redis = async () => Number(await arena.redis.cli('eval',
        "local n = 0 for _, k in ipairs(redis.call('keys', 'team:*')) do n = n + redis.call('get', k) end return n", '0'));
    const results = await rounds({
        'page behind the authorizer': arena.webquota(page_by(everybody, '/guarded/hello.php')),
        'page behind an authorizer that decides nothing': arena.other(page_by(everybody, '/nodded/hello.php')),
        'page alone': arena.other(page_by(everybody, '/hello.php')),
        'page with counters in PostgreSQL': arena.other(page_named(everybody, '/postgres.php'), arena.front.port, in_postgres),
        'page with counters in Redis': arena.other(page_named(everybody, '/redis.php'), arena.front.port, in_redis) });
    const most = store => ratio(results, 'page behind an authorizer that decides nothing', `page with counters in ${store}`).median;
    /* What the machine spends on a page, in µs, taken from the medians. */
    const us = name => 1e6 / spread(results[name].map(one => one.rate)).median;
    const nothing = us('page behind an authorizer that decides nothing');
    const budget = (store, must) => `a decision, with its record, takes ${Math.round(us('page behind the authorizer') - nothing)} µs of the machine ` +
        `beyond that; ${must} would be met with ${Math.round(us(`page with counters in ${store}`) / must - nothing)} µs`;
    const against = (id, store, bounds) => row({ id, ...bounds, ratio: ratio(results, 'page behind the authorizer', `page with counters in ${store}`),
        what: `PHP page behind the authorizer, against the same page with three counters of its own in ${store}`,
        note: `php-fpm with ${PHP_CHILDREN} children; behind an authorizer that decides nothing the ratio is ` +
            `${most(store).toFixed(2)}; ${budget(store, bounds.must)}` }, results);
    return [await against('5a', 'PostgreSQL', { must: 3, aim: 5 }), await against('5b', 'Redis', { must: 0.8, aim: 1 })];
});

const hot = () => with_arena({ sets: [everybody, together] }, async arena => {
    const results = await rounds({ hello: arena.hello(), allowed: arena.webquota(arena.template(everybody, 'work')),
        'all in one organization': arena.webquota(arena.template(together, 'work')) });
    return [await row({ id: '6', what: 'allowed, everybody in one organization, against 100 organizations', must: 0.9, aim: 1.1,
        ratio: ratio(results, 'all in one organization', 'allowed') }, results)];
});

const committed = async () => Number(await sql('postgres', "select xact_commit from pg_stat_database where datname = 'bench'"));
const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

const transactions = () => with_arena({ sets: [everybody] }, async arena => {
    const results = { allowed: [] }, shares = [];
    for (let round = 0; round < RUNS; round++) {
        const recorded = await decisions('bench', 'allowed');
        await pause(STATISTICS_MS);
        const before = await committed();
        const result = await wrk(arena.front.port, arena.template(everybody, 'work'), SECONDS);
        await pause(STATISTICS_MS);
        const after = await committed();
        const count = await decisions('bench', 'allowed');
        results.allowed.push({ ...result, wrong: wrong_with(result, false, recorded, count) });
        shares.push((after - before) / (count - recorded));
        say(`  ${round + 1}/${RUNS} ${((after - before) / (count - recorded)).toFixed(4)} transactions a decision`);
    }
    return [await row({ id: '7', what: 'PostgreSQL transactions a decision', must: 0.05, aim: 0.02, at_most: true, ratio: spread(shares) }, results)];
});

const callgrind = async () => {
    const found = await instructions({ connections: CONNECTIONS, kinds: KINDS.filter(kind => kind !== 'together'), say });
    const beyond = spread(found.allowed.values.map(one => one - found.hello.median));
    return [{ id: '8', what: 'instructions an allowed decision, beyond hello world\'s', must: 60000, aim: 25000, at_most: true,
        ratio: beyond, rates: {}, problems: [], unit: 'instructions',
        note: Object.entries(found).map(([kind, one]) => `${kind} ${Math.round(one.median).toLocaleString('en')}`).join(', ') }];
};

/* A quarter of the memory, as PostgreSQL's manual recommends, and a log to go with it: ten million people are more than 128 MB. */
const ROOMY = [['shared_buffers', `${Math.floor(os.totalmem() / 4 / 2 ** 20)}MB`], ['max_wal_size', '8GB']];

const many = async () => {
    await postgres_with(ROOMY);
    try {
        return await many_and_few();
    } finally {
        await postgres_with(ROOMY.map(([name]) => [name, null]));
    }
};

const many_and_few = () => with_arena({ sets: [everybody], more: async arena => {
    arena.big_key = await crowd_make('big', SUBJECTS);
    arena.big = await arena.add(service('webquota-big', 'big'));
    arena.big_front = await arena.add(front('front-big', { quota: [arena.big.socket], hello: arena.helloes.socket }));
    return {};
} }, async arena => {
    const big = consume_by({ name: 'b', count: SUBJECTS }, CONSUME, arena.big_key);
    await wrk(arena.big_front.port, big, SECONDS);
    const results = await rounds({ hello: arena.hello(), 'of 10,000': arena.webquota(arena.template(everybody, 'work')),
        'of many': arena.webquota(big, { at: arena.big_front, database: 'big' }) });
    const result = await row({ id: '9', what: `allowed, of ${SUBJECTS.toLocaleString('en')} subjects, against of 10,000`, must: 0.8, aim: 0.95,
        ratio: ratio(results, 'of many', 'of 10,000'), note: `PostgreSQL with ${ROOMY.map(setting => setting.join(' = ')).join(', ')}` }, results);
    result.problems.push(...[await wrong_in_total('big')].filter(Boolean));
    await arena.close();
    await database_drop('big');
    return [result];
});

const latency = () => with_arena({ sets: [everybody] }, async arena => {
    const template = arena.template(everybody, 'work');
    const top = await arena.webquota(template)();
    const rate = Math.round(top.rate / 2);
    say(`  half the top rate: ${rate}/s`);
    const lane = (what) => async () => {
        const result = await pace(arena.front.port, what, ['-c', String(CONNECTIONS), '-s', String(SECONDS), '-r', String(rate)]);
        const asked = Object.values(result.status).reduce((sum, one) => sum + one, 0);
        return { p99_ms: result.p99_ms, p50_ms: result.p50_ms, wrong: result.broken || result.status['200'] !== asked
            ? `answers ${JSON.stringify(result.status)}, ${result.broken} broken` : null };
    };
    const results = await rounds({ hello: lane(arena.template(everybody, 'work', HELLO)), allowed: lane(template) });
    const made = await row({ id: '10', what: 'p99 at half the top rate, against hello world\'s at the same rate', must: 3, aim: 2, at_most: true,
        ratio: ratio(results, 'allowed', 'hello', 'p99_ms'), note: `at ${rate.toLocaleString('en')} requests a second` }, results);
    return [{ ...made, rates: rates(results, 'p99_ms'), unit: 'ms' }];
});

const files = () => with_arena({ sets: [everybody] }, async arena => {
    const results = await rounds({ 'file alone': arena.other(page_by(everybody, '/file.txt')),
        'file behind the authorizer': arena.webquota(page_by(everybody, '/guarded/file.txt')) });
    return [await row({ id: '11', what: 'static file behind the authorizer, against the same file without',
        ratio: ratio(results, 'file behind the authorizer', 'file alone') }, results)];
});

/* A process that was started anew, after few requests and after many: KB. */
const memory_grown = () => with_arena({ sets: [everybody, few], warm: [] }, async arena => {
    const template = arena.template(few, 'work');
    const first = await pace(arena.front.port, template, ['-c', String(CONNECTIONS), '-n', String(few.count), '-o']);
    const before = memory_kb(arena.service);
    const rest = await pace(arena.front.port, template, ['-c', String(CONNECTIONS), '-n', String(MEMORY_REQUESTS - few.count)]);
    const after = memory_kb(arena.service);
    say(`  ${before} KB after ${few.count} requests, ${after} KB after ${MEMORY_REQUESTS}`);
    const answered = (first.status['200'] ?? 0) + (rest.status['200'] ?? 0);
    const recorded = await at_rest(() => decisions('bench', 'allowed'), answered);
    const wrong = [answered === MEMORY_REQUESTS && recorded >= answered ? null
        : `${answered} of ${MEMORY_REQUESTS} were allowed, ${recorded} are on record`, await doctor('bench')].filter(Boolean);
    return { before, after, wrong };
});

async function memory() {
    const runs = [];
    for (let run = 0; run < RUNS; run++) runs.push(await memory_grown());
    return [{ id: '12', what: `memory after ${MEMORY_REQUESTS.toLocaleString('en')} requests, against after ${few.count.toLocaleString('en')}`,
        must: 1.02, at_most: true, ratio: spread(runs.map(run => run.after / run.before)), rates: {}, problems: runs.flatMap(run => run.wrong),
        note: `${few.count} subjects; ${runs.map(run => `${run.before} KB, ${run.after} KB`).join('; ')}` }];
}

/* The limit that both processes share is met to the unit; whoever waited too long was told so, and not charged. */
async function met_exactly(arena) {
    const result = await pace(arena.pair.port, arena.template(capped, 'capped'), ['-c', String(CONNECTIONS), '-n', String(2 * CAP)]);
    const { 200: allowed_count = 0, 429: refused_count = 0, 503: unanswered = 0 } = result.status;
    return allowed_count === CAP && refused_count + unanswered === CAP ? null
        : `of a limit of ${CAP}, two processes gave ${allowed_count}: ${JSON.stringify(result.status)}`;
}

const processes = () => with_arena({ sets: [everybody, capped], warm: [[everybody, 'work']] }, async arena => {
    const second = await arena.add(service('webquota-second', 'bench'));
    arena.pair = await arena.add(front('front-pair', { quota: [arena.service.socket, second.socket], hello: arena.helloes.socket }));
    await meet(arena.pair.port, arena.template(everybody, 'work'));
    const results = await rounds({ hello: arena.hello(), 'one process': arena.webquota(arena.template(everybody, 'work')),
        'two processes': arena.webquota(arena.template(everybody, 'work'), { at: arena.pair }) });
    const inexact = await met_exactly(arena);
    const made = await row({ id: '13', what: 'allowed, two FastCGI processes on one database, against one; and exact', must: 0.95, aim: 1.1,
        ratio: ratio(results, 'two processes', 'one process'),
        note: inexact ? undefined : `a shared limit of ${CAP.toLocaleString('en')} met to the unit` }, results);
    if (inexact) made.problems.push(inexact);
    return [made];
});

const dashboard = () => with_arena({ sets: [everybody] }, async arena => {
    const results = await rounds({ hello: arena.hello(page_by(everybody, HELLO)), dashboard: arena.other(page_by(everybody, '/quota/')) });
    return [await row({ id: '14', what: 'dashboard pages a second, against hello world', must: 0.33, aim: 0.5,
        ratio: ratio(results, 'dashboard', 'hello') }, results)];
});

/* The ids of all who wait: as in store/public_id.c. */
async function tickets_waiting() {
    const short = value => {
        const bytes = [];
        for (let left = value; bytes.push(Number(left & 127n) | (left > 127n ? 128 : 0)), left >>= 7n;);
        return Buffer.from(bytes);
    };
    const long = value => {
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64BE(value);
        return bytes;
    };
    const rows = await sql('bench', `select account_id, subject_id, webquota.us(joined_at), id from webquota.tickets where state = 'waiting' order by place`);
    return rows.split('\n').map(row => {
        const [account, subject, at, id] = row.split('\t').map(BigInt);
        return `tkt_${Buffer.concat([short(account), short(subject), long(at), long(id)]).toString('base64url')}`;
    });
}

/* Six hundred are served at once, the others wait. Everybody in line asks where they stand, again and again, while the first of them are let in. */
const polls = () => with_arena({ sets: [everybody, waiting], warm: [[everybody, 'work']] }, async arena => {
    say(`  ${waiting.count.toLocaleString('en')} join`);
    const joined = await once_each(arena.front.port, arena.template(waiting, 'queued'));
    const ids = await tickets_waiting();
    const lane = (where, accept) => {
        const template = tickets_by(ids, where, accept);
        return async () => {
            /* Whoever comes first after a while waits for the line to be read; it is what comes then that is measured. */
            await pace(arena.front.port, template, ['-c', '1', '-n', '1']);
            const result = await pace(arena.front.port, template, ['-c', String(CONNECTIONS), '-s', String(SECONDS), '-r', String(POLLS)]);
            const asked = Object.values(result.status).reduce((sum, one) => sum + one, 0);
            return { p99_ms: result.p99_ms, wrong: result.broken || result.status['200'] !== asked
                ? `answers ${JSON.stringify(result.status)}, ${result.broken} broken` : null };
        };
    };
    const lanes = { hello: lane(HELLO, 'application/json'), 'GET /tickets/{id}': lane('/quota/api/v1/tickets', 'application/json'),
        'the page': lane('/quota/queue', 'text/html') };
    /* Each of them is asked for once before the clock starts. */
    await once_each(arena.front.port, tickets_by(ids, '/quota/api/v1/tickets', 'application/json'));
    say(`  ${ids.length.toLocaleString('en')} wait`);
    const results = await rounds(lanes);
    const still = Number(await sql('bench', "select count(*) from webquota.tickets where state = 'waiting'"));
    const wrong = ids.length < WAITING * 0.95 || still < WAITING * 0.9
        ? [`of ${WAITING} ${ids.length} waited at first (${JSON.stringify(joined.status)}), ${still} at the end`] : [];
    const against = async (id, name) => {
        const made = await row({ id, what: `p99 of ${name}, ${WAITING.toLocaleString('en')} waiting, against hello world's at the same rate`,
            must: 3, aim: 2, at_most: true, ratio: ratio(results, name, 'hello', 'p99_ms'),
            note: `at ${POLLS.toLocaleString('en')} requests a second; ${still.toLocaleString('en')} still waited at the end` }, results);
        made.problems.push(...wrong);
        return { ...made, rates: rates(results, 'p99_ms'), unit: 'ms' };
    };
    return [await against('15a', 'GET /tickets/{id}'), await against('15b', 'the page')];
});

/* What a figure takes beyond its runs, in seconds, and how many runs there are in a round; for the estimate at the start. */
const COSTS = { 1: [12, 2], 2: [12, 2], 3: [25, 4], 4: [50, 8], 5: [15, 4], 6: [15, 3], 7: [12 + 2 * RUNS * STATISTICS_MS / 1000, 1],
    8: [90, 0], 9: [40 + SECONDS + SUBJECTS / 60000, 3], 10: [12 + SECONDS, 2], 11: [12, 2], 12: [RUNS * (12 + MEMORY_REQUESTS / 8000), 0],
    13: [25, 3], 14: [12, 2], 15: [60 + WAITING / 600, 3] };
/* Starting and reading a run, and seeing that its records are there. */
const RUN_MORE_S = 1.5;

/** How long these figures will take, in seconds, about. */
export const estimate_s = chosen => chosen.map(id => COSTS[id])
    .reduce((sum, [fixed, lanes]) => sum + fixed + lanes * RUNS * (SECONDS + RUN_MORE_S), 0);

export const FIGURES = { 1: allowed, 2: refused, 3: node_postgres, 4: node_redis, 5: pages, 6: hot, 7: transactions, 8: callgrind, 9: many,
    10: latency, 11: files, 12: memory, 13: processes, 14: dashboard, 15: polls };
