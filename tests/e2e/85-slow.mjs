#!/usr/bin/env node
// Other people's bad manners: slow headers, slow bodies, slow readers, callers who hang up, and one who repeats a refused call
// at full speed. Meanwhile steady callers are served as before: their p99 stays within three times the normal one (in the soak;
// the short run of make test only finds what is far from it).
//
// Calm and storm take turns, several times, and the medians of their p99s are compared, so that what else the machine does
// falls on both. A latency counts from the instant at which the call was due. Below FLOOR_MS a p99 is the scheduler's, not
// ours, and counts as FLOOR_MS. The storms run with the lowest priority, since in the world they do not share our processors.
// SLOW_ROUNDS and SLOW_PHASE_MS make it longer (scripts/soak.d/85-slow).
//
// Runs alone: it tells how long steady callers wait.
import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { ROOT, with_site } from './lib/site.mjs';
import { broken, equal, finish, ok, test, until } from './lib/tap.mjs';

const ROUNDS = Number(process.env.SLOW_ROUNDS ?? 3), PHASE_MS = Number(process.env.SLOW_PHASE_MS ?? 1200);
// Short phases on processors that others share say less: there a storm may cost ten times, and in the soak three.
const LONG = PHASE_MS >= 10000;
const RATE = LONG ? 120 : 160, TIMES = LONG ? 3 : 10, FLOOR_MS = 12;
const SLOW = 300, ABORTING = 16, REFUSED = 32;

const POLICY = `
title = "Storm"
timezone = "UTC"
default_plan = "free"
anonymous_plan = "free"
feature call { }
feature full { }
plan free { rank = 1
  limit call { feature = "call"  amount = 1000000  window = "year" }
  limit full { feature = "full"  amount = 1        window = "year" }
}
`;

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
const median = numbers => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const p99 = numbers => numbers.toSorted((a, b) => a - b)[Math.ceil(numbers.length * 0.99) - 1];

/** RATE calls a second for PHASE_MS; answers how long each took, and those that were not allowed. */
async function steady(site) {
    const latencies = [], wrong = [], calls = [];
    const began = performance.now();
    for (let i = 0; i < RATE * PHASE_MS / 1000; i++) {
        const due = began + i * 1000 / RATE;
        if (due > performance.now()) await pause(due - performance.now());
        calls.push(site.consume(`steady-${i % 50}`, 'call').then(answer => answer.status, error => error.message).then(outcome => {
            latencies.push(performance.now() - due);
            if (outcome !== 200) wrong.push(outcome);
        }));
    }
    await Promise.all(calls);
    return { p99: p99(latencies), wrong };
}

/* --- storms: each begins, and is there when it says so; what it gives back ends it --- */

const descriptors = pid => readdirSync(`/proc/${pid}/fd`).length;

/** slowhttptest holding SLOW connections. */
const slow = words => async site => {
    const child = spawn('nice', ['-n', '19', 'slowhttptest', ...words(site), '-c', SLOW, '-r', SLOW, '-l', '3600', '-p', '3'],
        { stdio: ['ignore', 'ignore', 'ignore'] });
    const ended = new Promise(resolve => child.on('exit', resolve));
    await until(() => descriptors(child.pid) >= SLOW, `${SLOW} slow connections`);
    return async () => { child.kill('SIGKILL'); await ended; return {}; };
};

const storm = (kind, connections) => async site => {
    const child = spawn(process.execPath, [`${ROOT}/tests/e2e/lib/storm.mjs`, kind, site.url, site.key, connections],
        { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', data => { text += data; });
    const ended = new Promise(resolve => child.on('close', resolve));
    return async () => { child.stdin.end(); await ended; return JSON.parse(text); };
};

const STORMS = {
    'slow headers': slow(site => ['-H', '-u', `${site.url}/`, '-i', '5']),
    'slow bodies': slow(site => ['-B', '-t', 'POST', '-f', 'application/json', '-s', '8192', '-u', `${site.url}/api/v1/consume`, '-i', '5']),
    'slow readers': slow(site => ['-X', '-u', `${site.url}/api/v1/openapi.json`, '-w', '1', '-y', '2', '-n', '5', '-z', '1', '-k', '3']),
    'callers who hang up': storm('aborted', ABORTING),
    'a flood of refused calls': storm('refused', REFUSED),
};

async function run_phase(site, what, seen) {
    const end = what === 'calm' ? async () => ({}) : await STORMS[what](site);
    try {
        const { p99: took, wrong } = await steady(site);
        if (LONG) console.log(`# round ${seen[what].p99.length + 1}, ${what}: p99 ${took.toFixed(1)} ms`);
        seen[what].p99.push(took);
        seen[what].wrong.push(...wrong);
    } finally {
        for (const [name, times] of Object.entries(await end()))
            seen[what].done[name] = (seen[what].done[name] ?? 0) + times;
    }
}

async function all_phases(site) {
    const seen = Object.fromEntries(['calm', ...Object.keys(STORMS)].map(what => [what, { p99: [], wrong: [], done: {} }]));
    await steady(site); /* connections, caches, the first counters */
    for (let round = 0; round < ROUNDS; round++)
        for (const what of Object.keys(STORMS)) {
            if (seen.calm.p99.length <= round * 2 + (what === 'callers who hang up' ? 1 : 0)) await run_phase(site, 'calm', seen);
            await run_phase(site, what, seen);
        }
    return seen;
}

const shown = list => list.map(ms => ms.toFixed(1)).join(', ');

async function judge(site, seen, before) {
    const normal = median(seen.calm.p99);
    const bound = TIMES * Math.max(normal, FLOOR_MS);
    console.log(`# normal p99 ${normal.toFixed(1)} ms (${shown(seen.calm.p99)})`);
    for (const what of Object.keys(STORMS))
        await test(`${what} leave others' p99 within ${TIMES} times of normal`, async () => {
            const took = median(seen[what].p99);
            console.log(`# ${what}: p99 ${took.toFixed(1)} ms (${shown(seen[what].p99)}) ${JSON.stringify(seen[what].done)}`);
            ok(took <= bound, `p99 ${took.toFixed(1)} ms, at most ${bound.toFixed(1)} ms`);
            equal(seen[what].wrong, [], 'answers other than 200');
        });
    await test('the storms were some: callers hung up in every way, and refusals came faster than all the others called', async () => {
        const { done: aborted } = seen['callers who hang up'], { done: refused } = seen['a flood of refused calls'];
        const seconds = ROUNDS * PHASE_MS / 1000;
        equal(Object.keys(aborted).filter(name => name !== 'broken').length, 4, 'ways to hang up');
        ok(Math.min(...Object.values(aborted).filter(Boolean)) > 0 && aborted['in the body'] > 5 * seconds, JSON.stringify(aborted));
        equal(Object.keys(refused), ['429'], 'answers to the flood');
        ok(refused[429] > RATE * seconds, JSON.stringify(refused));
    });
    await test('every refusal of the flood is on record', async () => {
        const told = seen['a flood of refused calls'].done[429];
        await until(async () => Number(await site.value(`select count(*) from webquota.decisions d join webquota.subjects s on s.id = d.subject_id
            where s.key = 'full' and d.outcome = 'denied'`)) >= told, `${told} refusals on record`);
    });
    await test('nothing of it stays: no connection, no descriptor, and the counters are the sums of what was recorded', async () => {
        const [pid] = site.processes('webquota.fcgi');
        equal(pid, before.pid, 'the process');
        await until(() => descriptors(pid) <= before.descriptors + 8, `as many descriptors as before: ${before.descriptors}`, 5000);
        const doctor = await site.command('doctor');
        equal(doctor.code, 0, `webquota doctor: ${doctor.stdout}${doctor.stderr}`);
    });
}

try {
    await with_site({ durable: true }, async site => {
        const file = `${site.folder}/storm.conf`;
        writeFileSync(file, POLICY);
        await site.policy(file);
        await site.consume('full', 'full');
        await steady(site);
        const [pid] = site.processes('webquota.fcgi');
        const before = { pid, descriptors: descriptors(pid) };
        await judge(site, await all_phases(site), before);
    });
} catch (error) {
    broken(error);
}
finish();
