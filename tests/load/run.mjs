#!/usr/bin/env node
// run.mjs OPTION...: the whole proof: a PostgreSQL of its own, the callers (exact, with these options), the check, the doctor.
// Prints "ok - NAME" and "not ok - NAME". In the environment: FSYNC=off for a PostgreSQL that need not survive a crash.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PROGRAMS, ROOT, run, run_well } from '../e2e/lib/site.mjs';
import { broken, finish, has_failed, ok, test } from '../e2e/lib/tap.mjs';
import { CHECKS, check, report } from './check.mjs';
import { forge } from './forge.mjs';
import { policy_text } from './policy.mjs';

const POSTGRES = `${ROOT}/scripts/postgres`;

/* PostgreSQL that tells when a transaction was committed. */
async function database_up(folder) {
    await run_well(POSTGRES, ['start', folder]);
    const url = (await run_well(POSTGRES, ['url', folder])).trim();
    const admin = readFileSync(`${folder}/secrets/database-admin`, 'utf8').trim();
    const host = new URL(url.replace('@/', '@localhost/')).searchParams.get('host');
    await run_well('psql', ['-Xq', '-h', host, '-U', 'postgres', '-d', 'postgres', '-c', 'alter system set track_commit_timestamp = on'],
        { env: { PGPASSWORD: admin } });
    await run_well(POSTGRES, ['stop', folder]);
    await run_well(POSTGRES, ['start', folder]);
    return url;
}

let child; /* the callers at work */

function callers(words, url) {
    return new Promise(resolve => {
        child = spawn(`${PROGRAMS}/tests/load/exact`, words, { env: { ...process.env, DATABASE_URL: url }, stdio: ['ignore', 'inherit', 'pipe'] });
        const said = [];
        child.stderr.on('data', data => said.push(data));
        child.on('close', code => resolve({ code, said: Buffer.concat(said).toString() }));
    });
}

/* What the ledgers logged, alike but for numbers counted together. */
function messages(said) {
    const times = new Map();
    for (const line of said.split('\n').map(one => one.replace(/\d+/g, 'N'))) if (line) times.set(line, (times.get(line) ?? 0) + 1);
    return [...times].slice(0, 20);
}

/* A check that cannot fail proves nothing. */
async function prove_check(journals, url, name) {
    const forged = await forge(url, journals);
    const { wrong } = await check(journals, url);
    const blind = forged.filter(one => !wrong.has(one)), never = Object.keys(CHECKS).filter(one => !forged.includes(one));
    await test(`${name}: each of ${forged.length} checks notices what is forged afterwards`, async () =>
        ok(!blind.length && !never.length, `it does not fail: ${blind}; nothing is forged for it: ${never}`));
}

async function prove_one(url, folder, name, words, last) {
    const journals = mkdtempSync(`${folder}/journals-`);
    const { code, said } = await callers(['--folder', journals, ...words, `${folder}/policy`, `${folder}/other-policy`], url);
    await test(`${name}: the callers came to their end`, async () => ok(code === 0, said.slice(-2000)));
    if (!report(await check(journals, url), name)) {
        process.exitCode = 1;
        for (const [line, times] of messages(said)) console.log(`    ${times} times: ${line}`);
    }
    const doctor = await run(`${PROGRAMS}/webquota`, ['doctor'], { env: { DATABASE_URL: url } });
    await test(`${name}: the doctor finds nothing wrong either`, async () => ok(doctor.code === 0, doctor.stdout + doctor.stderr));
    if (last && !has_failed()) await prove_check(journals, url, name);
    rmSync(journals, { recursive: true });
}

/** Runs each of `all`: a name, and the words that `exact` takes. */
export async function prove(...all) {
    const folder = mkdtempSync(path.join(process.env.TMPDIR ?? tmpdir(), 'exact-'));
    chmodSync(folder, 0o755);
    const stop = async () => {
        child?.kill('SIGKILL');
        await run(POSTGRES, ['stop', folder]);
        rmSync(folder, { recursive: true, force: true });
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, async () => { await stop(); process.exit(130); });
    try {
        await run_well('make', ['-s', `BUILD=${process.env.BUILD ?? 'build'}`, 'load-program']);
        const url = await database_up(folder);
        writeFileSync(`${folder}/policy`, policy_text(false));
        writeFileSync(`${folder}/other-policy`, policy_text(true));
        for (const [name, ...words] of all) await prove_one(url, folder, name, words, name === all.at(-1)[0]);
    } finally {
        if (has_failed()) finish();
        await stop();
    }
}

if (process.argv[1] === import.meta.filename) await prove(['load', ...process.argv.slice(2)]).catch(broken);
