#!/usr/bin/env node
// Two database servers, one the synchronous standby of the other, and a site that knows both. Under load the primary dies,
// or is closed to writing; the standby is promoted; the service goes on by itself within two seconds; nothing acknowledged
// is lost, nothing is charged twice or above a limit, and what had no answer is resolved by its key. Then the old primary
// becomes the new standby, and it begins again. In the end, the proof that all this depends on: with a standby that is not
// waited for, the same check finds what is lost.
//
// FAILOVERS: how many (2).
//
// Runs alone: it tells how long callers wait.
import { rmSync, writeFileSync } from 'node:fs';
import { books_agree, unknown_on_record } from './lib/faults_books.mjs';
import { Load, POLICY, now } from './lib/faults_load.mjs';
import { Pair, socket_folder } from './lib/replica.mjs';
import { second_service } from './lib/second.mjs';
import { with_site } from './lib/site.mjs';
import { broken, equal, finish, ok, status, test, until } from './lib/tap.mjs';
import { request } from './lib/http.mjs';

const FAILOVERS = Number(process.env.FAILOVERS ?? 2);
const WITHIN_MS = 2000, BEFORE = 40, AFTER = 60;

process.env.PGTARGETSESSIONATTRS = 'read-write';

const ms = value => `${Math.round(value)} ms`;
const failed_statuses = load => [...new Set(load.attempts.filter(one => one.failed).map(one => one.status))];

/* A load of its own, something done to it, and the books afterwards. `body` answers since when all should be well. */
async function under_load(site, name, body) {
    const load = new Load(site, name);
    await load.start();
    try {
        await load.answered(BEFORE, 0, 'the load is under way');
        const began = now();
        const well = await body(load);
        await load.answered(AFTER, well, 'the load goes on');
        await load.stop();
        const unknown = load.apart.length, charged = await unknown_on_record(site, load);
        await load.resolve();
        const during = load.attempts.filter(one => one.ended >= began);
        const good = during.find(one => one.ended >= well && one.what === 'decide' && [200, 201].includes(one.status));
        const bad = during.findLast(one => one.failed && one.began >= well);
        const seen = { wait: Math.max(...during.map(one => one.ended - one.began)), failed: load.failures(began).length,
            back: Math.max(good.ended - well, bad ? bad.began - well : 0), statuses: failed_statuses(load) };
        console.log(`    ${name}: worst wait ${ms(seen.wait)}, back after ${ms(seen.back)}; ` +
            `${load.attempts.length} calls, ${seen.failed} without an answer (${seen.statuses}); ` +
            `${unknown} set apart, ${charged} of them charged`);
        await books_agree(site, load);
        return seen;
    } finally {
        await load.stop();
        load.end();
    }
}

const WAYS = [
    ['killed', pair => pair.primary.kill()],
    ['closed to writing', async pair => {
        await pair.primary.sql('alter system set default_transaction_read_only = on');
        await pair.primary.sql('select pg_reload_conf()');
    }],
    ['stopped at once', pair => pair.primary.stop('immediate')],
];

/* The old primary becomes a standby again: by a copy, or by going back to where the two parted. */
async function rebuild(pair, round) {
    pair.swap();
    await pair.standby.stop().catch(() => {}); // it was killed, or it runs on, closed to writing
    if (round % 2) await pair.copy();
    else await pair.rewind();
}

/* A caller who is refused from memory, and whose override is made elsewhere: notices come from the new primary too. */
async function hears_changes(site, round) {
    const subject = `full-${round}`;
    await until(async () => (await site.consume(subject, 'tight', { units: 5 })).status === 429, 'it is full');
    return async () => {
        status(await site.consume(subject, 'tight', { units: 5 }), 429);
        const began = now();
        const made = await site.command('override', 'add', '--subject', subject, '--feature', 'tight', '--amount', '1000',
            '--reason', 'more');
        equal(made.code, 0, `webquota override add: ${made.stdout}${made.stderr}`);
        await until(async () => (await site.consume(subject, 'tight', { units: 5 })).status === 200, 'it is heard of',
            1000 + 4 * (now() - began)); // a command to compare with: a busy machine takes longer for everything
    };
}

/* Answers whether all was in time. */
async function failover(site, pair, round, may_be_late) {
    const [how, strike] = WAYS[(round - 1) % WAYS.length];
    const heard = await hears_changes(site, round);
    let seen;
    await test(`failover ${round}, the primary ${how}: nothing lost, nothing twice, nothing above a limit`, async () => {
        seen = await under_load(site, `o${round}`, async load => {
            const began = now();
            await strike(pair);
            load.killed_now(began);
            await until(() => load.failures(began).length >= 4, 'it is felt');
            return pair.standby.promote();
        });
        site.reconnect();
        const doctor = await site.command('doctor');
        equal(doctor.code, 0, `webquota doctor: ${doctor.stdout}${doctor.stderr}`);
    });
    ok(seen, 'without that there is no going on');
    const late = seen.wait > WITHIN_MS || seen.back > WITHIN_MS;
    await test(`failover ${round}: 503 within two seconds, and well within two seconds of the promotion`, async () => {
        equal(seen.statuses, [503], 'answers');
        if (late && may_be_late) return console.log('    that was late: one failover more');
        ok(seen.wait <= WITHIN_MS, `the longest wait was ${ms(seen.wait)}`);
        ok(seen.back <= WITHIN_MS, `it took ${ms(seen.back)}`);
    });
    await test(`failover ${round}: what is changed on the new primary is heard of`, heard);
    await rebuild(pair, round);
    return !late;
}

/* What else a machine does may hold up one of ten. */
async function failovers(site, pair) {
    let more = Math.ceil(FAILOVERS / 10);
    for (let round = 1, good = 0; good < FAILOVERS; round++) {
        const in_time = await failover(site, pair, round, more > 0);
        if (in_time || more === 0) good++;
        else more--;
    }
}

/* A service of its own, with an address of these servers, and nothing in its environment that would choose among them. */
async function with_address(site, hosts, body) {
    const { DATABASE_URL_APP: address, ...values } = site.values;
    const url = `${address.split('?')[0]}?host=${hosts.map(encodeURIComponent).join(',')}`;
    const service = await second_service({ folder: site.folder, values: { ...values, DATABASE_URL_APP: url } }, { PGTARGETSESSIONATTRS: 'any' });
    const consume = headers => request(`${service.url}/api/v1/consume`,
        { method: 'POST', body: { subject: 'address', feature: 'loose' }, headers: { ...site.admin, ...headers } });
    try {
        return await body(consume);
    } finally {
        service.stop();
        await until(() => site.processes('webquota.fcgi').length === 1, 'the other service has ended');
    }
}

async function chooses_the_writable(site, pair) {
    const hosts = [pair.standby.sockets, pair.primary.sockets];
    await test('an address that names a standby first, and says nothing else, leads to the primary all the same', () =>
        with_address(site, hosts, async consume => status(await consume(), 200)));
}

/* What people are told who read reports from the standby: nothing is behind, then its replay is held up, then it is cut off from the primary. */
async function reports_tell_the_lag(site, pair) {
    const address = `${site.values.DATABASE_URL_APP.split('?')[0]}?host=${encodeURIComponent(pair.standby.sockets)}&target_session_attrs=any`;
    const service = await second_service(site, { WEBQUOTA_REPORT_DATABASE_URL: address });
    const about = async () => status(await request(`${service.url}/api/v1/admin/reports?days=1`, { headers: site.admin }), 200).json.about;
    const behind = (expected, why) => until(async () => expected((await about()).lag_s), why);
    try {
        await test('reports read from the standby say by how much it is behind', async () => {
            await pair.level();
            await behind(lag => lag === 0, 'it has all');
            equal((await about()).replica, true);
            await pair.standby.sql('select pg_wal_replay_pause()');
            status(await site.consume('behind', 'loose'), 200);
            await behind(lag => lag >= 1, 'what is not replayed is behind');
            await pair.standby.sql('select pg_wal_replay_resume()');
            await behind(lag => lag === 0, 'and is there again');
            await pair.standby.sql("alter system set primary_conninfo = ''");
            await pair.standby.sql('select pg_reload_conf()');
            await behind(lag => lag >= 1, 'one that hears nothing is behind, though it has replayed all that it has');
            await pair.standby.sql('alter system reset primary_conninfo');
            await pair.standby.sql('select pg_reload_conf()');
            await behind(lag => lag === 0, 'and hears again');
        });
    } finally {
        service.stop();
        await until(() => site.processes('webquota.fcgi').length === 1, 'the other service has ended');
    }
}

/* The standby is away, so that a commit waits; the primary dies and comes back, and now shows what it wrote and nobody
 * else has. Whoever were told of it now would be told too early. */
async function told_too_early(site, pair, again) {
    const first = again();
    const waiting = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'";
    await until(async () => await pair.primary.sql(waiting) !== '0',
        'the commit waits for the standby');
    await pair.primary.kill();
    await pair.primary.start_again();
    equal(await pair.primary.sql("select count(*) from webquota.idempotency where key = 'early'"), '1', 'it was written');
    equal((await first).status, 503, 'the first try');
    for (const end = now() + 1000; now() < end;) equal((await again()).status, 503, 'another try');
}

async function not_before_both_have_it(site, pair) {
    await test('what only one server has is acknowledged to nobody, though it came back from a crash with it', async () => {
        status(await site.consume('early', 'loose'), 200); // so that somebody new is not what is written
        const again = () => site.consume('early', 'loose', {}, { 'Idempotency-Key': 'early' })
            .catch(error => ({ status: error.code }));
        await pair.standby.stop();
        try {
            await told_too_early(site, pair, again);
        } finally {
            await pair.standby.start();
        }
        await until(async () => (await again()).status === 200, 'it is acknowledged when the standby has it', 20000);
        equal(await pair.standby.sql(`select count(*)
            from webquota.decisions d join webquota.subjects s on s.id = d.subject_id where s.key = 'early'`),
        '2', 'decisions that the standby has');
    });
}

/* Without this the rest would prove nothing: what is lost is found. */
async function loss_is_found(site, pair) {
    await test('a standby that is not waited for does lose what was acknowledged, and it is found', async () => {
        await pair.level();
        await pair.primary.alone();
        const load = new Load(site, 'control');
        await load.start();
        try {
            await load.answered(BEFORE, 0, 'the load is under way');
            pair.primary.hold_back();
            await load.answered(BEFORE, now(), 'the load goes on');
        } finally {
            await load.stop();
            load.end();
        }
        await pair.primary.kill();
        await pair.standby.promote();
        const found = await books_agree(site, load).catch(error => error);
        ok(/acknowledged, and 0 charges are on record/.test(found?.message), `it found ${found}`);
    });
}

async function all(site, sockets) {
    const file = `${site.folder}/failover.conf`;
    writeFileSync(file, POLICY);
    await site.policy(file);
    const pair = new Pair(site, sockets);
    try {
        await pair.begin();
        site.reconnect();
        await failovers(site, pair);
        await chooses_the_writable(site, pair);
        await reports_tell_the_lag(site, pair);
        await not_before_both_have_it(site, pair);
        await loss_is_found(site, pair);
    } finally {
        await pair.end();
    }
}

try {
    const sockets = socket_folder();
    await with_site({ durable: true, more: { SITE_STANDBY: sockets } }, site => all(site, sockets));
    rmSync(sockets, { recursive: true });
} catch (error) {
    broken(error);
}
finish();
