// What may strike a site. Each fault strikes once when it is told to and answers {began, ended}: when callers may first
// have felt it, and the instant from which the service has everything again that it needs.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import { SAID, now, pause } from './faults_load.mjs';
import { CHANGE, Wire } from './faults_wire.mjs';
import { ROOT, run, run_well } from './site.mjs';
import { equal, ok, until } from './tap.mjs';

const STOPPED_MS = 5000, RESET_MS = 1000;
/* A fault without a length of its own lasts until so many callers had no answer, and no shorter than this. */
const FELT = 12, HELD_MS = 1200, HELD_MOST_MS = 3000;

/* --- the site's database, as its superuser sees it --- */

const secret = (site, name) => readFileSync(`${site.folder}/secrets/${name}`, 'utf8').trim();
const sockets = site => new URL(site.values.DATABASE_URL.replace('@/', '@localhost/')).searchParams.get('host');

/** Rows as arrays of texts, from a session that exists for this question only; where it is turned away, it asks again. */
export async function psql(site, statement) {
    const words = ['-XqAt', '-F', '\t', '-h', sockets(site), '-U', 'postgres', '-d', 'webquota', '-c', statement];
    const env = { PGPASSWORD: secret(site, 'database-admin') };
    let last;
    await until(async () => {
        last = await run('psql', words, { env });
        return !/too many clients/.test(last.stderr);
    }, 'a session for the superuser');
    if (last.code !== 0) throw new Error(`${statement}\n${last.stderr}`);
    return last.stdout === '' ? [] : last.stdout.replace(/\n$/, '').split('\n').map(line => line.split('\t'));
}

/* Looking through all processes holds up the callers of this very program: they get a moment to be at it again. */
const amid_load = () => pause(20 + Math.random() * 60);

const alive = pid => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(read_or(`/proc/${pid}/status`));

function read_or(file) {
    try {
        return readFileSync(file, 'utf8');
    } catch {
        return 'State: Z';
    }
}

const postmaster = site => Number(readFileSync(`${site.folder}/pg/postmaster.pid`, 'utf8').split('\n')[0]);

function children(pid) {
    return readdirSync('/proc').filter(name => /^\d+$/.test(name)).map(Number)
        .filter(one => Number(/^PPid:\s+(\d+)/m.exec(read_or(`/proc/${one}/status`))?.[1]) === pid);
}

const everything = site => [postmaster(site), ...children(postmaster(site))];

function signal(pids, name) {
    for (const pid of pids) {
        try {
            process.kill(pid, name);
        } catch (error) {
            if (error.code !== 'ESRCH') throw error;
        }
    }
}

async function accepts(site) {
    return (await run(`${site.postgres_programs}/pg_isready`, ['-q', '-h', sockets(site), '-d', 'webquota'])).code === 0;
}

/* Starts PostgreSQL; answers when it accepted connections, which is before the script is through (site.started). */
async function start_postgres(site) {
    site.started = run_well(`${ROOT}/scripts/postgres`, ['start', site.folder], { env: site.env });
    let failed;
    site.started.catch(error => { failed = error; });
    return until(async () => {
        if (failed) throw failed;
        return await accepts(site) && now();
    }, 'PostgreSQL accepts connections', 20000);
}

/** The next minute, for webquota; what was held before lasts longer. */
export async function turn_minute(site) {
    site.minutes_ahead = (site.minutes_ahead ?? 0) + 1;
    await psql(site, `create or replace function webquota.clock() returns timestamptz language sql volatile as
        $$ select clock_timestamp() + interval '${site.minutes_ahead} minutes' $$`);
}

/** To be called once, while PostgreSQL runs. */
export function know_postgres(site) {
    site.postgres_programs = path.dirname(readlinkSync(`/proc/${postmaster(site)}/exe`));
}

function felt(load, began, held_ms = HELD_MS) {
    return until(() => now() - began > HELD_MOST_MS ||
        now() - began > held_ms && load.failures(began).length >= FELT, 'the fault is felt', HELD_MOST_MS + 1000);
}

/* --- processes that die or stand still --- */

async function kill_postgres(site, load) {
    const pids = everything(site);
    await amid_load();
    const began = now();
    signal(pids, 'SIGKILL');
    load.killed_now(began);
    await until(() => !pids.some(alive), 'all of PostgreSQL is gone');
    await felt(load, began, 0);
    return { began, ended: await start_postgres(site) };
}

/* The fault is the death itself: that somebody starts it again is part of recovery. */
const kill_program = name => async (site, load, round) => {
    const there = site.processes(name);
    ok(there.length > 0, `${name} was found`);
    /* one of them after the other, and then all at once */
    const killed = round % (there.length + 1) === 0 ? there : [there[round % there.length]];
    await amid_load();
    const began = now();
    signal(killed, 'SIGKILL');
    if (name === 'webquota.fcgi') load.killed_now(began);
    await until(() => site.processes(name).filter(one => !killed.includes(one)).length >= there.length, `${name} was started again`);
    return { began, ended: began, certain: true };
};

async function stand_still(pids) {
    ok(pids.length > 0, 'there is something to stop');
    await amid_load();
    const began = now();
    signal(pids, 'SIGSTOP');
    try {
        await pause(STOPPED_MS);
    } finally {
        signal(pids, 'SIGCONT');
    }
    return { began, ended: now() };
}

/* By turns all of it, so that not even a connection is made, and only those who serve webquota, with the locks they hold. */
async function stop_postgres(site, load, round) {
    if (round % 2 === 1) return stand_still(everything(site));
    const rows = await psql(site, "select pid from pg_stat_activity where usename = 'webquota_app'");
    return stand_still(rows.map(row => Number(row[0])));
}

/* One of them, or all. */
async function stop_service(site, load, round) {
    const there = site.processes('webquota.fcgi');
    return stand_still(round % 2 === 0 ? there : there.slice(0, 1));
}

/* --- connections --- */

const CUTS = 6;
const TERMINATE = "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'webquota_app'";

async function end_sessions(site) {
    const began = now();
    let ended = 0;
    while (now() - began < RESET_MS) ended += Number((await psql(site, TERMINATE))[0][0]);
    ok(ended > 0, 'sessions were ended');
    return { began, ended: now(), certain: true };
}

/* What was asked for is done, and the answer is lost. */
async function lose_answers(site, load) {
    const wire = new Wire(sockets(site));
    await wire.begin();
    const began = now();
    try {
        await until(async () => {
            if (!wire.pairs.size) await psql(site, TERMINATE);
            return wire.pairs.size > 0;
        }, 'webquota speaks through the wire');
        await until(async () => {
            wire.lose_next();
            await pause(Math.random() * 80);
            return wire.cut >= CUTS;
        }, `${CUTS} answers are lost`);
        await until(async () => {
            wire.lose_next(CHANGE);
            await load.bend({ ...load.begin(), feature: 'bent' });
            return load.bends.some(({ said }) => SAID.maybe.test(said));
        }, 'an administrator hears that it is not known whether the change was made');
    } finally {
        await wire.end();
    }
    return { began, ended: now(), certain: true };
}

async function reset_callers(site, load) {
    const began = now();
    while (now() - began < RESET_MS) {
        const [first] = load.under_way;
        first?.socket?.resetAndDestroy();
        await pause(Math.random() * 20);
    }
    return { began, ended: now() };
}

const FREE = `
    select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
           - count(*) filter (where pid <> pg_backend_pid()) as free,
           count(*) filter (where application_name = 'pgbench') as held
      from pg_stat_activity where backend_type = 'client backend'`;

const slots = async site => (await psql(site, FREE))[0].map(Number);

/* So many sessions, which do nothing; the superuser's, who is not turned away when somebody else knocks at the same time. */
function hold_sessions(site, count) {
    const words = ['-n', '-c', String(count), '-T', '60', '-D', 'long=60', '-f', '-',
        '-h', sockets(site), '-U', 'postgres', 'webquota'];
    const child = spawn(`${site.postgres_programs}/pgbench`, words, { stdio: ['pipe', 'ignore', 'ignore'],
        env: { ...process.env, PGPASSWORD: secret(site, 'database-admin') } });
    child.stdin.on('error', () => {});
    child.stdin.end('\\sleep :long s\n');
    return child;
}

/* Few, since it takes time to take them; enough for two services of few threads. */
async function few_slots(site) {
    await psql(site, 'alter system set max_connections = 28');
    await run_well(`${ROOT}/scripts/postgres`, ['stop', site.folder], { env: site.env });
    await start_postgres(site);
}

/* Sessions of others take all slots; webquota's own are ended, and cannot be had again. */
async function take_slots(site, load) {
    const began = now();
    let hog;
    try {
        await psql(site, `alter role webquota_app connection limit 0; ${TERMINATE}`);
        await until(async () => {
            const [free] = await slots(site);
            if (free > 0 && (!hog || hog.exitCode !== null)) hog = hold_sessions(site, free);
            return free <= 0;
        }, 'all slots are taken', 20000);
        await psql(site, `alter role webquota_app connection limit -1; ${TERMINATE}`);
        await felt(load, now());
    } finally {
        hog?.kill('SIGKILL');
        await until(async () => (await slots(site))[1] === 0, 'the slots are free');
        await psql(site, 'alter role webquota_app connection limit -1');
    }
    return { began, ended: now() };
}

/* --- what a process may open and write --- */

/* As the user whose process it is: even root may need a right of its own for those of others. */
async function limit(pid, what) {
    const words = ['prlimit', '--pid', String(pid), what];
    if (process.getuid() !== 0) return run('env', words);
    const { uid, gid } = statSync(`/proc/${pid}`, { throwIfNoEntry: false }) ?? {};
    if (uid === undefined) return { code: 1, stderr: 'it is gone' };
    return run('setpriv', ['--reuid', String(uid), '--regid', String(gid), '--clear-groups', ...words]);
}

async function limit_well(pid, what) {
    const { code, stderr } = await limit(pid, what);
    equal(code, 0, `prlimit ${what}: ${stderr}`);
}

/* By turns room for two connections more than are open now, and for none but what is let go of: then the database is asked
 * for new sessions as well, and they cannot be had. A process that ends of it has made room for another. */
async function exhaust_descriptors(site, load, round) {
    const there = site.processes('webquota.fcgi'), pid = there[round % there.length];
    const [soft] = /Max open files\s+(\d+)/.exec(readFileSync(`/proc/${pid}/limits`, 'utf8')).slice(1);
    const highest = Math.max(...readdirSync(`/proc/${pid}/fd`).map(Number));
    const none = round % 2 === 1;
    const began = now();
    await limit_well(pid, `--nofile=${none ? 4 : highest + 2}:`);
    try {
        if (none) await psql(site, TERMINATE);
        await felt(load, began);
    } finally {
        if (alive(pid)) await limit(pid, `--nofile=${soft}:`);
    }
    return { began, ended: now(), certain: !none };
}

/* What dies of its full disk is started again when there is room. */
async function back_with_room(site) {
    const pid = postmaster_if_any(site);
    if (pid && alive(pid)) {
        await until(() => accepts(site), 'PostgreSQL accepts connections');
        return now();
    }
    return start_postgres(site);
}

function postmaster_if_any(site) {
    try {
        return postmaster(site);
    } catch {
        return 0;
    }
}

async function fill_disk(site, load) {
    const began = now();
    const filler = `${site.folder}/pg/filler`;
    try {
        await until(async () => {
            await run('sh', ['-c', `head -c 1G /dev/zero >>'${filler}' 2>/dev/null`]);
            return now() - began > HELD_MOST_MS || now() - began > HELD_MS && load.failures(began).length >= FELT;
        }, 'the fault is felt', HELD_MOST_MS + 1000);
    } finally {
        await run_well('rm', ['-f', filler]);
    }
    load.killed_now(began);
    return { began, ended: await back_with_room(site) };
}

/* Where nothing may be mounted: no file may be written beyond its first 64 KB. */
async function limit_files(site, load) {
    const began = now();
    await Promise.all(everything(site).map(pid => limit(pid, '--fsize=65536:')));
    await felt(load, began);
    if (postmaster_if_any(site) && alive(postmaster(site)))
        await Promise.all(everything(site).map(pid => limit(pid, '--fsize=unlimited:')));
    load.killed_now(began);
    return { began, ended: await back_with_room(site) };
}

/* Moves the database to a small volume of its own: with room for what it has by now, after many rounds, and 128 MB. */
async function small_disk(site) {
    const pg = `${site.folder}/pg`;
    await run_well(`${ROOT}/scripts/postgres`, ['stop', site.folder], { env: site.env });
    site.small_disk = pg;
    await run_well('sh', ['-ec', `
        mv "$1" "$1.large" && mkdir -m 700 "$1"
        mount -t tmpfs -o "size=$(($(du -sm "$1.large" | cut -f1) + 128))m,mode=700" webquota-test "$1"
        cp -a "$1.large/." "$1" && chown --reference="$1.large" "$1"`, 'small_disk', pg]);
    await start_postgres(site);
}

/** Takes the small volume away again; without waiting for anything else, since it may be the last thing that is done. */
export function large_disk(site) {
    if (!site.small_disk) return;
    spawnSync(`${ROOT}/scripts/postgres`, ['stop', site.folder], { env: { ...process.env, ...site.env } });
    spawnSync('umount', ['-l', site.small_disk]);
    site.small_disk = undefined;
}

/** Why nothing can be mounted here; nothing when it can. */
export async function mount_refused(site) {
    const folder = `${site.folder}/mounted`;
    const tried = await run('sh', ['-c', 'mkdir -p "$1" && mount -t tmpfs -o size=1m webquota-test "$1" && umount "$1"',
        'sh', folder]);
    return tried.code === 0 ? undefined : tried.stderr.trim();
}

/**
 * name; strike(site, load, round); answers: the statuses that callers may have beside good ones (codes of broken connections
 * where these are the fault); prepare(site), before the first round; aside: it is struck at the second site (82-faults.mjs).
 */
const DOWN = [503];
export const FAULTS = [
    { name: 'PostgreSQL killed', strike: kill_postgres, answers: DOWN },
    { name: 'webquota.fcgi killed', strike: kill_program('webquota.fcgi'), answers: DOWN },
    { name: 'lighttpd killed', strike: kill_program('lighttpd'), answers: ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'], aside: true },
    { name: 'PostgreSQL standing still', strike: stop_postgres, answers: DOWN, aside: true },
    { name: 'webquota.fcgi standing still', strike: stop_service, answers: DOWN, aside: true },
    { name: 'sessions ended', strike: end_sessions, answers: DOWN },
    { name: 'answers of PostgreSQL lost', strike: lose_answers, answers: DOWN },
    { name: 'callers reset', strike: reset_callers, answers: ['ECONNRESET', 'EPIPE'], aside: true },
    { name: 'no connection slots', strike: take_slots, answers: DOWN, prepare: few_slots },
    { name: 'no descriptors', strike: exhaust_descriptors, answers: DOWN },
    { name: 'files limited', strike: limit_files, answers: DOWN, instead: true },
    { name: 'disk full', strike: fill_disk, answers: DOWN, mounts: true, prepare: small_disk },
];
