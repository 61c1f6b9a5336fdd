#!/usr/bin/env node
// Two services on one database under a mixed load (charges, holds, refunds, resets, overrides, windows that turn) while faults
// strike: whoever calls has an answer, or a 503, within two seconds; within two seconds of the fault's end all is well again; nothing
// acknowledged is lost, nothing is charged twice or above a limit, and what callers were told, what is recorded and what is counted
// are the same. There are two such sites side by side, each with faults of its own, so that while one stands still the other is struck.
//
// FAULT_ROUNDS: how often each fault strikes (3). FAULTS: only those whose name holds one of these words (comma between).
// FAULTS_ALL=yes: a full disk both ways, by a small volume and by a limit on files; otherwise the second only where nothing
// can be mounted.
//
// Runs alone: it tells how long callers wait.
import { writeFileSync } from 'node:fs';
import { books_agree, unknown_on_record } from './lib/faults_books.mjs';
import { FAULTS, know_postgres, large_disk, mount_refused, turn_minute } from './lib/faults.mjs';
import { Load, POLICY, now } from './lib/faults_load.mjs';
import { second_host } from './lib/second.mjs';
import { with_site } from './lib/site.mjs';
import { broken, equal, finish, ok, test } from './lib/tap.mjs';

const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 3);
const WORDS = (process.env.FAULTS ?? '').split(',').filter(word => word);
const ALL = process.env.FAULTS_ALL === 'yes';
const WITHIN_MS = 2000, BEFORE = 20, AFTER = 40;
/* Somebody had no answer, or waited for it as nobody does otherwise. */
const FELT_MS = 700;

const ms = value => `${Math.round(value)} ms`;
const worst = (rounds, of) => Math.max(...rounds.map(round => round[of]));

/* What the load saw of a fault. */
function seen(load, { began, ended }) {
    const during = load.attempts.filter(one => one.ended >= began && one.began <= ended + WITHIN_MS);
    const took = ({ began: from, ended: to }) => to - from;
    const wait = during.reduce((most, one) => took(one) > took(most) ? one : most, during[0]);
    const good = load.attempts.find(one => one.ended >= ended && one.what === 'decide' && [200, 201].includes(one.status));
    const bad = load.attempts.findLast(one => one.failed && one.began >= ended);
    return { wait: took(wait), waited: `${wait.what} ${wait.status}`,
        back: Math.max((good?.ended ?? Infinity) - ended, bad ? bad.began - ended : 0),
        bad: load.attempts.filter(one => one.failed),
        failed: load.failures(began).length };
}

const shorter = counts => Object.entries(counts).map(([status, times]) => `${times} × ${status}`).join(', ');

function tally(attempts) {
    const counts = {};
    for (const { status } of attempts) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
}

async function strike(site, fault, name, round) {
    const load = new Load(site, name, site.urls);
    await load.start();
    try {
        await site.started;
        await load.answered(BEFORE, 0, 'the load is under way');
        await turn_minute(site);
        const struck = await fault.strike(site, load, round);
        await load.answered(AFTER, struck.ended, 'the load goes on');
        await load.stop();
        const unknown = load.apart.length, charged = await unknown_on_record(site, load);
        const result = { ...seen(load, struck), certain: struck.certain };
        await load.resolve();
        console.log(`    round ${round} of ${ROUNDS}, ${fault.name}: worst wait ${ms(result.wait)} (${result.waited}), ` +
            `back after ${ms(result.back)}; ${shorter(tally(load.attempts))}; ` +
            `${unknown} set apart, ${charged} of all unknown ones charged`);
        await books_agree(site, load);
        return result;
    } finally {
        await load.stop();
        load.end();
    }
}

const is_late = round => round.wait > WITHIN_MS || round.back > WITHIN_MS;

/* What else a machine does may hold up one round in 25. It may be made once more, and must not be late then; what it lost or charged
 * twice would fail at once, and an answer that it should not have given counts. */
async function rounds_made(site, fault, letter) {
    const rounds = [];
    let more = Math.ceil(ROUNDS / 25);
    for (let round = 1; round <= ROUNDS; round++) {
        let seen = await strike(site, fault, `${letter}${round}`, round);
        for (; is_late(seen) && more > 0; more--) {
            console.log('    that was late: once more');
            const again = await strike(site, fault, `${letter}${round}m${more}`, round);
            seen = { ...again, bad: [...seen.bad, ...again.bad] };
        }
        rounds.push(seen);
    }
    return rounds;
}

async function rounds_of(site, fault, letter) {
    const rounds = [];
    await test(`${fault.name}, ${ROUNDS} times: nothing lost, nothing twice, nothing above a limit`, async () => {
        await site.started;
        await fault.prepare?.(site);
        rounds.push(...await rounds_made(site, fault, letter));
        const doctor = await site.command('doctor');
        equal(doctor.code, 0, `webquota doctor: ${doctor.stdout}${doctor.stderr}`);
    });
    if (!rounds.length) return;
    await test(`${fault.name}: callers have an answer within two seconds`, async () => {
        const wrong = rounds.flatMap(round => round.bad).filter(one => !fault.answers.includes(one.status));
        equal(wrong.slice(0, 5), [], `${wrong.length} answers that this fault does not excuse`);
        ok(worst(rounds, 'wait') <= WITHIN_MS, `it took ${rounds.map(round => ms(round.wait)).join(', ')}`);
        ok(rounds.every(round => round.certain || round.failed > 0 || round.wait >= FELT_MS), 'each time the fault was felt');
    });
    await test(`${fault.name}: all is well within two seconds of its end`, async () =>
        ok(worst(rounds, 'back') <= WITHIN_MS, `it took ${rounds.map(round => ms(round.back)).join(', ')}`));
}

async function all(site, faults) {
    for (const name of ['SIGINT', 'SIGTERM']) process.prependOnceListener(name, () => large_disk(site));
    try {
        await each(site, faults);
    } finally {
        await site.started;
        large_disk(site);
    }
}

/* Those that stand still for long, and what takes little beside them. */
const LANES = [FAULTS.filter(fault => !fault.aside), FAULTS.filter(fault => fault.aside)];

async function each(site, faults) {
    const file = `${site.folder}/faults.conf`;
    writeFileSync(file, POLICY);
    await site.policy(file);
    site.urls = [site.url, await second_host(site)];
    know_postgres(site);
    const refused = await mount_refused(site);
    for (const fault of faults) {
        if (fault.instead && !refused && !ALL) continue;
        const began = now();
        if (fault.mounts && refused) console.log(`ok - ${fault.name} # SKIP nothing can be mounted here (${refused})`);
        else await rounds_of(site, fault, `f${FAULTS.indexOf(fault)}r`);
        console.log(`    ${fault.name}: ${ms(now() - began)}`);
    }
}

try {
    const wanted = LANES.map(faults => faults.filter(({ name }) => !WORDS.length || WORDS.some(word => name.includes(word)))).filter(faults => faults.length);
    await Promise.all(wanted.map(faults => with_site({ durable: true, more: { WEBQUOTA_THREADS: '16' } }, site => all(site, faults))));
} catch (error) {
    broken(error);
}
finish();
