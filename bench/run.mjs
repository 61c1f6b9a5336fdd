// Measures the figures of BENCH_ONLY, one after the other, and writes what came out. Started by scripts/bench.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { close } from '../tests/e2e/lib/http.mjs';
import { FIGURES, estimate_s } from './figures.mjs';
import { machine } from './lib/machine.mjs';
import { document, is_met, summary } from './lib/report.mjs';
import { RUNS, SECONDS, say } from './lib/rounds.mjs';
import { FOLDER, PROGRAMS, ROOT, postgres_start } from './lib/stage.mjs';

const asked = (process.env.BENCH_ONLY ?? '').split(',').filter(Boolean);
const chosen = asked.length ? asked : Object.keys(FIGURES);
for (const id of chosen) if (!FIGURES[id]) throw new Error(`BENCH_ONLY: there is no figure ${id}: 1 to 15`);

const settings = { runs: RUNS, seconds: SECONDS, subjects: Number(process.env.BENCH_SUBJECTS ?? 10000000),
    requests: Number(process.env.BENCH_REQUESTS ?? 1000000), waiting: Number(process.env.BENCH_WAITING ?? 100000), postgres: process.env.BENCH_POSTGRES_SETTINGS ?? '' };
const full_size = settings.runs >= 3 && settings.seconds >= 10 && !settings.postgres &&
    (settings.subjects >= 10000000 || !chosen.includes('9')) && (settings.requests >= 1000000 || !chosen.includes('12')) &&
    (settings.waiting >= 100000 || !chosen.includes('15'));

const began = new Date();
say(`${chosen.length} figures, ${settings.runs} runs of ${settings.seconds} s: about ${Math.ceil(estimate_s(chosen) / 60)} minutes`);
await postgres_start();

/* A figure's rows. What the servers said is kept where it did not come to one. */
async function measure(id) {
    let found;
    try {
        found = await FIGURES[id]();
    } catch (error) {
        console.error(error.stack);
        const why = error.message.split('\n')[0].replaceAll(`${ROOT}/`, '').replaceAll(`${FOLDER}/`, '');
        found = [{ id, what: 'did not run to its end', rates: {}, problems: [why] }];
    }
    for (const row of found) say(`  ${summary(row)}`);
    if (found.some(row => row.problems.length)) {
        const kept = path.join(PROGRAMS, `bench/log-${id}`);
        rmSync(kept, { recursive: true, force: true });
        cpSync(path.join(FOLDER, 'log'), kept, { recursive: true });
        say(`  what the servers said: ${kept}`);
    }
    return found;
}

/* Something that has nothing to do with what is measured may spoil a figure: it is measured once more, and that is said. */
async function measure_twice(id) {
    const first = await measure(id), spoilt = first.find(row => row.problems.length);
    if (!spoilt) return first;
    say(`figure ${id}, once more`);
    const second = await measure(id);
    return second.map(row => ({ ...row, note: [row.note, `the second try; the first: ${spoilt.problems[0]}`].filter(Boolean).join('; ') }));
}

const folder = path.join(PROGRAMS, 'bench');
const file = full_size ? path.join(ROOT, 'docs/performance.md') : path.join(folder, 'performance.md');
const here = await machine();
const rows = [], done = [];

/* After each figure: a run that is broken off leaves what it has measured. */
function write() {
    const missing = Object.keys(FIGURES).filter(id => !done.includes(id));
    const results = { began: began.toISOString(), ended: new Date().toISOString(), full_size, missing, settings, machine: here, rows };
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
    writeFileSync(file, document(results));
}

for (const id of chosen) {
    say(`figure ${id}`);
    rows.push(...await measure_twice(id));
    rows.sort((a, b) => parseInt(a.id, 10) - parseInt(b.id, 10));
    done.push(id);
    write();
}

close();
for (const row of rows) console.log(summary(row));
say(`written: ${file}`);
const bad = rows.filter(row => row.problems.length || is_met(row, 'must') === false);
console.log(`${rows.length - bad.length} figures hold, ${bad.length} do not`);
process.exit(rows.some(row => row.problems.length) ? 1 : 0);
