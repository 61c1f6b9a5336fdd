#!/usr/bin/env node
// Instructions that a request costs webquota.fcgi, counted by callgrind on one connection, and on many where decisions share a
// transaction, against what is on record in instructions.json: a change that makes decisions or pages dearer by more than the margin is seen here, on any machine and
// however busy it is. `bench/instructions` is the same at length.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { tmpdir } from 'node:os';
import { close } from './lib/http.mjs';
import { ROOT, run, run_well } from './lib/site.mjs';
import { Mismatch, broken, finish, ok, test } from './lib/tap.mjs';

const baseline = JSON.parse(readFileSync(path.join(path.dirname(fileURLToPath(import.meta.url)), 'instructions.json'), 'utf8'));
const WHAT = { allowed: 'an allowed decision', refused: 'a refused decision', together: 'an allowed decision, 64 callers at once,',
    dashboard: 'a dashboard page', authorizer: 'a request that the authorizer lets through' };
/* Beyond a hello world; what `make bench` asks for as figure 8. */
const TOGETHER_MOST = 60000;

const folder = mkdtempSync(path.join(process.env.TMPDIR ?? tmpdir(), 'instructions-'));
process.env.BENCH_FOLDER = folder;
process.env.FSYNC = 'off';
const clean_up = async () => {
    close();
    await run(`${ROOT}/scripts/site`, ['down'], { env: { VAR: folder } });
    rmSync(folder, { recursive: true, force: true });
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, async () => { await clean_up(); process.exit(130); });

const most_of = kind => Math.round(baseline.instructions[kind] * (1 + baseline.margin_pct[kind] / 100));

/* The least of two, and where that is too much, of four: what else happens in the process meanwhile only adds. */
async function measured(instructions, kinds = Object.keys(WHAT), again = true) {
    const found = await instructions({ connections: 1, requests: baseline.requests, repeats: 2, kinds });
    const least = Object.fromEntries(kinds.map(kind => [kind, Math.round(found[kind].min)])), dear = kinds.filter(kind => least[kind] > most_of(kind));
    if (!again || !dear.length) return least;
    const second = await measured(instructions, dear, false);
    return { ...least, ...Object.fromEntries(dear.map(kind => [kind, Math.min(least[kind], second[kind])])) };
}

function compare(kind, found) {
    const recorded = baseline.instructions[kind], margin_pct = baseline.margin_pct[kind];
    const most = most_of(kind);
    ok(Number.isInteger(recorded), `tests/e2e/instructions.json says nothing of "${kind}"; write it with: bench/instructions --record`);
    if (found > most)
        throw new Mismatch(`${WHAT[kind]} costs ${found} instructions; on record are ${recorded}, and ${margin_pct} % more is ` +
            `${most}. Find what got dearer (callgrind_annotate), or, if it is meant, put it on record with: bench/instructions --record`);
    if (found * (1 + margin_pct / 100) < recorded)
        console.log(`# ${WHAT[kind]} costs ${found}, less than the ${recorded} on record: keep it with bench/instructions --record`);
}

try {
    mkdirSync(path.join(folder, 'log'));
    await run_well('make', ['-s', `BUILD=${process.env.BUILD ?? 'build'}`, 'bench-tools']);
    const { postgres_start } = await import('../../bench/lib/stage.mjs');
    const { instructions } = await import('../../bench/lib/instructions.mjs');
    await postgres_start();
    const found = await measured(instructions);
    for (const kind of Object.keys(WHAT))
        await test(`${WHAT[kind]} costs ${found[kind]} instructions, ${baseline.instructions[kind]} are on record`, async () => compare(kind, found[kind]));
    const beyond = found.together - baseline.instructions.hello;
    await test(`an allowed decision costs ${beyond} instructions beyond a hello world, 64 callers at once; ${TOGETHER_MOST} at most`, async () =>
        ok(beyond <= TOGETHER_MOST, `${beyond} are more`));
} catch (error) {
    broken(error);
} finally {
    await clean_up();
}
finish();
