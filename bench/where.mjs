// Where the time of a request goes: what each process of the machine spends on it, in µs of a processor, as the system counts it. Writes
// docs/cost.md. Started by scripts/bench, as `make bench-where`.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { close } from '../tests/e2e/lib/http.mjs';
import { with_arena } from './lib/arena.mjs';
import { page_by, page_named, wrk } from './lib/load.mjs';
import { machine } from './lib/machine.mjs';
import { RUNS, SECONDS, median, say } from './lib/rounds.mjs';
import { FOLDER, ROOT, postgres_start } from './lib/stage.mjs';
import { everybody, php_peers, spent } from './figures.mjs';

/* A clock tick of /proc, in µs. */
const TICK_US = 10000;
/* Whom a process is counted for; the load generator's is what is left of the machine. */
const KINDS = ['lighttpd', 'webquota', 'hello world', 'PostgreSQL, sessions', 'PostgreSQL, in the background', 'PHP'];

function kind_of(pid, name) {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    if (name.startsWith('php-fpm')) return 'PHP';
    if (name === 'postgres') return /\[local\]/.test(words) ? 'PostgreSQL, sessions' : 'PostgreSQL, in the background';
    if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(FOLDER)) return null;
    return { lighttpd: 'lighttpd', 'webquota.fcgi': 'webquota', hello: 'hello world' }[name] ?? null;
}

/* µs so far: {kind: {pid: …}}. A process that has just ended is passed over. */
function spent_us() {
    const sums = {};
    for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
        try {
            const stat = readFileSync(`/proc/${pid}/stat`, 'utf8'), name = /\((.*)\)/s.exec(stat)[1];
            const kind = kind_of(pid, name), fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
            if (kind) (sums[kind] ??= {})[pid] = (Number(fields[11]) + Number(fields[12])) * TICK_US;
        } catch (error) {
            if (!['ENOENT', 'ESRCH', 'EACCES'].includes(error.code)) throw error; /* another's process is none of ours */
        }
    }
    return sums;
}

const difference = (before, after) => Object.fromEntries(KINDS.map(kind => [kind, Object.entries(after[kind] ?? {})
    .reduce((sum, [pid, us]) => sum + us - (before[kind]?.[pid] ?? 0), 0)]));

async function measure(port, template) {
    const before = spent_us();
    const result = await wrk(port, template, SECONDS);
    const us = difference(before, spent_us());
    return { rate: result.rate, us: Object.fromEntries(KINDS.map(kind => [kind, us[kind] / result.requests])) };
}

await postgres_start();
const here = await machine();
const found = {};
await with_arena({ sets: [everybody, spent], warm: [[everybody, 'work'], [spent, 'spent']], more: php_peers }, async arena => {
    const lanes = {
        'hello world': arena.template(everybody, 'work', '/hello'),
        'an allowed decision': arena.template(everybody, 'work'),
        'a refused decision, recorded': arena.template(spent, 'spent'),
        'a dashboard': page_by(everybody, '/quota/'),
        'a PHP page': page_by(everybody, '/hello.php'),
        'a PHP page behind an authorizer that decides nothing': page_by(everybody, '/nodded/hello.php'),
        'a PHP page behind the authorizer': page_by(everybody, '/guarded/hello.php'),
        'a PHP page with three counters of its own in PostgreSQL': page_named(everybody, '/postgres.php'),
    };
    for (let run = 0; run < RUNS; run++)
        for (const [name, template] of Object.entries(lanes)) {
            const one = await measure(arena.front.port, template);
            (found[name] ??= []).push(one);
            say(`  ${run + 1}/${RUNS} ${name.padEnd(56)} ${Math.round(one.rate)}/s  ${KINDS.map(kind => one.us[kind].toFixed(0)).join(' ')}`);
        }
});
close();

const figure = value => value < 0.5 ? '' : value.toFixed(0);
const rows = Object.entries(found).map(([name, runs]) => {
    const parts = KINDS.map(kind => median(runs.map(run => run.us[kind])));
    return `| ${name} | ${parts.map(figure).join(' | ')} | ${figure(parts.reduce((sum, one) => sum + one, 0))} |`;
});
writeFileSync(path.join(ROOT, 'docs/cost.md'), `# Where the time of a request goes

Written by \`make bench-where\`; do not edit.

What each process spends on a request, in microseconds of a processor (user and system, as the system counts it in /proc): the median of
${RUNS} runs of ${SECONDS} s each, 64 connections, on ${new Date().toISOString().slice(0, 10)} with ${here.versions.webquota}, on ${here.cpu}, ${os.cpus().length} cores. What the
load generator spends is not in it. The requests are those of [performance](performance.md), which says how they are made; every decision is on disk before it is
answered, and has its record.

| a request | ${KINDS.join(' | ')} | all |
|---|${'---:|'.repeat(KINDS.length + 1)}
${rows.join('\n')}
`);
say('written: docs/cost.md');
