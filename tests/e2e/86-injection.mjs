#!/usr/bin/env node
// One call fails, once: an allocation, or a read, write, connect and the like, at each place of the program that an operation
// comes by. GLib ends the process where it has no memory, by design; then the caller has a 5xx, and another process goes on.
// Else the caller has an answer, in time: what was asked for, or a problem, and then nothing was charged. Nothing leaks, and counters
// are the sums of what was recorded whatever happens.
//
// In so much time as INJECT_S says (25) as many places as can be done, in an order by INJECT_SEED (random); with INJECT_S=all
// (scripts/soak.d/86-injection) every one, and each in both variants: the call fails, or it is interrupted or does a part.
// INJECT_ONLY=WORD picks operations by name, INJECT_PLACE=NUMBER one place, to look into what went wrong.
import { existsSync, writeFileSync } from 'node:fs';
import { request } from './lib/http.mjs';
import { Control, with_injected } from './lib/injected.mjs';
import { PROGRAMS, run, with_site } from './lib/site.mjs';
import { Mismatch, broken, equal, finish, ok, test, until } from './lib/tap.mjs';

const ALL = process.env.INJECT_S === 'all';
const SECONDS = ALL ? Infinity : Number(process.env.INJECT_S ?? 25);
const SEED = Number(process.env.INJECT_SEED ?? (ALL ? Math.floor(Math.random() * 1e9) : 605961315));
const VARIANTS = ALL ? [0, 1] : [0];
const { INJECT_ONLY = '', INJECT_PLACE } = process.env;
/* So long the ledger waits for the database. Who is told only then that it failed is told by somebody who does not know. */
const PATIENCE_MS = 1300;
const ANSWER_MS = 2000 + 5000;
const HOLD_UNITS = 3, LEAK_TRIES = 3;
/* To the database, that may be open or not. */
const CONNECTIONS = 4;
/* By which GLib ends a process: its breakpoint, or abort. */
const DEATHS = [5, 6];
/* An operation does not come by everywhere every time. */
const COMES_BY = 3;

const POLICY = more => `
title = "Injection"
timezone = "UTC"
default_plan = "free"
anonymous_plan = "free"
feature call { }
feature pool { }
plan free { rank = 1
  limit call { feature = "call"  amount = 1000000  window = "year" }
  limit pool { feature = "call"  amount = 9000000  window = "year"  scope = "site" }
${more}}
`;

/* --- what is done; each answers what the caller was told, and how many units that means --- */

let number = 0;
const api = (injected, method, where, body, headers) => request(`${injected.url}/api/v1${where}`,
    { method, body, headers: { ...injected.site.admin, ...headers } });
const well = async answer => { const one = await answer; if (one.status >= 300) throw new Error(`${one.status} ${one.text}`); return one.json; };
const ask = who => ({ subject: who, feature: 'call' });

async function cut_connections(site) {
    const pids = (await site.sql("select pid from pg_stat_activity where usename = 'webquota_app'")).map(([pid]) => Number(pid));
    for (const pid of pids) process.kill(pid, 'SIGTERM');
    await until(() => pids.every(pid => !existsSync(`/proc/${pid}`)), 'the connections are cut');
}

/* {prepare: what goes before, on the site's own service; act; used, held: what it changes when it succeeds} */
const OPERATIONS = {
    consume: { act: (injected, who) => api(injected, 'POST', '/consume', ask(who)), used: 1 },
    'consume after the connections were lost': {
        prepare: cut_connections,
        act: (injected, who) => api(injected, 'POST', '/consume', ask(who)), used: 1,
    },
    'consume with a key': {
        act: (injected, who) => api(injected, 'POST', '/consume', ask(who), { 'Idempotency-Key': `key-${++number}` }), used: 1,
    },
    'hold and commit': {
        prepare: async (site, who) => (await well(site.api('POST', '/reservations', { ...ask(who), units: HOLD_UNITS }))).reservation,
        act: (injected, who, id) => api(injected, 'POST', `/reservations/${id}/commit`, {}), used: HOLD_UNITS, held: -HOLD_UNITS,
    },
    hold: { act: (injected, who) => api(injected, 'POST', '/reservations', { ...ask(who), units: HOLD_UNITS }), held: HOLD_UNITS },
    refund: {
        prepare: async (site, who) => (await well(site.consume(who, 'call'))).decision_id,
        act: (injected, who, id) => api(injected, 'POST', `/decisions/${id}/refund`, {}), used: -1,
    },
    'the dashboard': { act: injected => request(`${injected.url}/`, { headers: { Accept: 'text/html' } }) },
    'usage and an explanation': {
        prepare: async (site, who) => (await well(site.consume(who, 'call'))).decision_id,
        act: (injected, who, id) => api(injected, 'GET', `/decisions/${id}`),
    },
    usage: { act: (injected, who) => api(injected, 'GET', `/usage?subject=${encodeURIComponent(who)}`) },
    'an override': {
        act: (injected, who) => api(injected, 'POST', '/admin/overrides', { subject: who, feature: 'call', limit: 'call', amount: 2000000 }),
    },
};

/* What costs more time than the short run has. */
const OTHERS = {
    release: {
        prepare: async (site, who) => (await well(site.api('POST', '/reservations', { ...ask(who), units: HOLD_UNITS }))).reservation,
        act: (injected, who, id) => api(injected, 'POST', `/reservations/${id}/release`), held: -HOLD_UNITS,
    },
    'several items': {
        act: (injected, who) => api(injected, 'POST', '/consume', { subject: who, items: [{ feature: 'call' }, { feature: 'call', units: 2 }] }),
        used: 3,
    },
    'a check': { act: (injected, who) => api(injected, 'GET', `/check?feature=call&subject=${encodeURIComponent(who)}`) },
    'a grant': { act: (injected, who) => api(injected, 'POST', '/admin/grants', { subject: who, feature: 'call', amount: 1 }) },
    'a subject': { act: (injected, who) => api(injected, 'POST', '/admin/subjects', { subject: `${who} too`, plan: 'free' }) },
    'a key': { act: injected => api(injected, 'POST', '/admin/keys', { name: 'injected', scopes: ['read'] }) },
    'lists of what there is': {
        act: async (injected, who) => {
            await api(injected, 'GET', '/admin/keys').catch(() => {});
            await api(injected, 'GET', `/admin/overrides?subject=${encodeURIComponent(who)}`).catch(() => {});
            return api(injected, 'GET', `/admin/grants?subject=${encodeURIComponent(who)}`);
        },
    },
    'the limit page': { act: injected => request(`${injected.url}/limit/call`, { headers: { Accept: 'text/html' } }) },
    'is it ready': { act: injected => request(`${injected.url}/readyz`) },
    metrics: { act: injected => request(`${injected.url}/metrics`) },
};

/* --- what must be true afterwards --- */

/* Own counter of the subject, and the sums of its records. */
async function books(site, id) {
    const [[used, held, used_sum, held_sum]] = await site.sql(`
        select coalesce(max(v.used), 0), coalesce(max(v.held), 0), coalesce(max(l.used), 0), coalesce(max(l.held), 0)
          from (select slot, window_start, used, held from webquota.counter_values where subject_id = ${id} and limit_key = 'call') v
          left join lateral (select sum(used_delta) used, sum(held_delta) held from webquota.decision_lines l
              where l.subject_id = ${id} and l.slot = v.slot and l.counted_at = v.window_start) l on true`);
    return { used: Number(used), held: Number(held), used_sum: Number(used_sum), held_sum: Number(held_sum) };
}

function same(before, after, by) {
    return after.used - before.used === (by.used ?? 0) && after.held - before.held === (by.held ?? 0);
}

/* The caller knows by webquota's answer; one that had none, or lighttpd's, does not. */
function judge_counts(operation, answer, took, before, after) {
    const shown = `${answer.status}: used ${before.used} to ${after.used}, held ${before.held} to ${after.held}`;
    const done = same(before, after, operation), nothing = same(before, after, {});
    if (answer.status < 300) ok(done, `told that it is done, ${shown}`);
    else if (answer.json && took < PATIENCE_MS) ok(nothing, `told that it failed, ${shown}: ${answer.text}`);
    else ok(done || nothing, `neither done nor not, ${shown}`);
}

/* At rest there are as many as at most before; while connections to the database come and go, fewer. */
async function descriptors_back(injected, subject) {
    await until(() => injected.descriptors() <= subject.descriptors, `no more than ${subject.descriptors} descriptors`, 5000);
}

/** One failure at one place, and what came of it. `hit`: the operation came by. */
async function attempt(injected, subject, place, variant) {
    const { operation, who, id } = subject;
    const { site, control, deaths } = injected;
    const prepared = await operation.prepare?.(site, who);
    const before = await books(site, id), dead = deaths.length;
    const began = performance.now();
    control.arm(place, variant);
    const answer = await operation.act(injected, who, prepared).catch(error => ({ status: error.code ?? String(error), text: '', headers: {} }));
    const took = performance.now() - began;
    const hit = control.disarm();
    await injected.ready();
    const after = await books(site, id), died = deaths.length > dead;
    if (!died) await descriptors_back(injected, subject);
    else await operation.act(injected, who, await operation.prepare?.(site, who)); /* so that the next comes by the same places again */
    ok(!died || DEATHS.includes(deaths[dead].signal), `the process ended by ${JSON.stringify(deaths[dead])}`);
    ok(answer.status < 300 || [500, 502, 503].includes(answer.status), `the caller was told ${answer.status}: ${answer.text}`);
    ok(took <= ANSWER_MS, `it took ${took.toFixed(0)} ms`);
    judge_counts(operation, answer, took, before, after);
    equal([after.used, after.held], [after.used_sum, after.held_sum], 'counters against the sums of their decisions');
    return { hit, died };
}

/* What the process holds once it has nothing to do: the least of some looks, as threads of its own come and go. */
async function blocks_at_rest(injected, { operation, who }) {
    let least = Infinity;
    for (let i = 0; i < 3; i++) {
        await operation.act(injected, who, await operation.prepare?.(injected.site, who));
        least = Math.min(least, injected.control.blocks);
    }
    return least;
}

/* How many blocks more are in use after each of some rounds. */
async function growth(injected, subject, round) {
    const seen = [await blocks_at_rest(injected, subject)];
    for (let i = 0; i < LEAK_TRIES; i++) {
        if (!await round()) return [];
        seen.push(await blocks_at_rest(injected, subject));
    }
    return seen.slice(1).map((blocks, i) => blocks - seen[i]);
}

/* The same failure again and again: what it leaves behind adds up, and to more than what goes well leaves in caches. */
async function leaks(injected, subject, place, variant) {
    const grown = await growth(injected, subject, async () => {
        const { hit, died } = await attempt(injected, subject, place, variant);
        return hit && !died;
    });
    if (!grown.length || Math.min(...grown) <= 0) return;
    const usual = await growth(injected, subject, async () => true);
    ok(Math.min(...grown) <= Math.max(...usual), `it leaks; blocks more each time: ${grown.join(', ')}; without the failure: ${usual.join(', ')}`);
}

/* --- every place once --- */

/** mulberry32: the same order for the same seed. */
function random_of(seed) {
    return () => {
        seed = seed + 0x6D2B79F5 | 0;
        let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
        t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
        return ((t ^ t >>> 14) >>> 0) / 4294967296;
    };
}

function shuffled(list, random) {
    const all = [...list];
    for (let i = all.length - 1; i > 0; i--) {
        const other = Math.floor(random() * (i + 1));
        [all[i], all[other]] = [all[other], all[i]];
    }
    return all;
}

async function shown(program, { place, variant }) {
    const { stdout } = await run('addr2line', ['-pfse', `${PROGRAMS}/${program}`, (place.offset - 1).toString(16)]);
    return `${place.name} in ${stdout.trim()} (place ${place.hash}, variant ${variant})`;
}

async function places_of(injected, { operation, who }) {
    const some = async () => { for (let i = 0; i < 3; i++) await operation.act(injected, who, await operation.prepare?.(injected.site, who)); };
    await some();
    return injected.control.record(some);
}

/* Memory is there or is not; the rest has two ways to fail. */
function choices(places) {
    return VARIANTS.flatMap(variant => places.filter(place => variant === 0 || !/alloc|align/.test(place.name))
        .filter(place => !INJECT_PLACE || place.hash === Number(INJECT_PLACE)).map(place => ({ place, variant })));
}

async function all_places(injected, name, operation, seconds, random) {
    const end = performance.now() + seconds * 1000;
    const who = `in ${name}`;
    await well(injected.site.consume(who, 'call'));
    const subject = { operation, who, id: await injected.site.value(`select id from webquota.subjects where key = '${who}'`) };
    const places = await places_of(injected, subject);
    subject.descriptors = injected.descriptors() + CONNECTIONS;
    const waiting = shuffled(choices(places), random);
    const all = waiting.length, wrong = [];
    let hits = 0, deaths = 0;
    for (let one; (hits === 0 || performance.now() < end) && (one = waiting.pop());) {
        try {
            let hit = false, died = false;
            for (let times = 0; times < COMES_BY && !hit; times++)
                ({ hit, died } = await attempt(injected, subject, one.place, one.variant));
            hits += hit;
            deaths += died;
            // Caches of many threads fill for a while: only the long run tells them from leaks.
            if (hit && !died && ALL) await leaks(injected, subject, one.place, one.variant);
        } catch (error) {
            wrong.push(`${await shown('webquota.fcgi', one)}: ${error instanceof Mismatch ? error.message : error.stack}`);
            if (wrong.length >= 20) break;
            await injected.ready();
        }
    }
    console.log(`# ${name}: ${all} places, ${all - waiting.length} tried, ${hits} hit, ${deaths} ended the process`);
    ok(hits > 0, 'nothing was hit');
    if (wrong.length) throw new Mismatch(wrong.join('\n'));
}

/* --- the command --- */

async function policy_apply(site, library, seconds, random) {
    const end = performance.now() + seconds * 1000;
    const control = new Control(site, library, 'command.control');
    const file = `${site.folder}/command.conf`;
    let version = 0;
    const apply = async () => {
        writeFileSync(file, POLICY(`  limit more_${++version % 2} { feature = "pool"  amount = ${version}  window = "day" }\n`));
        return run(`${PROGRAMS}/webquota`, ['policy', 'apply', file, '--reason', 'next'], { env: { DATABASE_URL: site.values.DATABASE_URL, ...control.environment } });
    };
    const active = async () => (await site.sql('select version, text from webquota.policies where active')).map(row => row.join('\t')).join('\n');
    /* On a busy machine the database may not take a connection in time. */
    const places = await control.record(() => until(async () => (await apply()).code === 0, 'a policy is applied', 30000));
    const waiting = shuffled(choices(places), random);
    const all = waiting.length, wrong = [];
    let hits = 0;
    for (let one; (hits === 0 || performance.now() < end) && (one = waiting.pop());) {
        const before = await active();
        control.arm(one.place, one.variant);
        const result = await apply();
        const hit = control.disarm();
        hits += hit;
        const after = await active();
        const changed = before !== after, whole = after.includes(`amount = ${version} `);
        const good = result.code === 0 ? changed && whole : !changed || whole;
        if (!good || (result.code !== 0 && result.code !== -1 && !result.stderr.trim()))
            wrong.push(`${await shown('webquota', one)}: code ${result.code}, ${changed ? '' : 'not '}changed: ${result.stdout}${result.stderr}`);
    }
    control.close();
    console.log(`# policy apply: ${all} places, ${all - waiting.length} tried, ${hits} hit`);
    ok(hits > 0, 'nothing was hit');
    const doctor = await site.command('doctor');
    equal(doctor.code, 0, `webquota doctor: ${doctor.stdout}${doctor.stderr}`);
    if (wrong.length) throw new Mismatch(wrong.join('\n'));
}

try {
    await with_site({}, async site => {
        writeFileSync(`${site.folder}/injection.conf`, POLICY(''));
        await site.policy(`${site.folder}/injection.conf`);
        console.log(`# INJECT_SEED=${SEED}`);
        const random = random_of(SEED);
        const chosen = Object.entries(ALL || INJECT_ONLY ? { ...OPERATIONS, ...OTHERS } : OPERATIONS).filter(([name]) => name.includes(INJECT_ONLY));
        const share = SECONDS / (chosen.length + 1);
        await with_injected(site, async (injected, library) => {
            for (const [name, operation] of chosen)
                await test(`${name}: a failure anywhere is borne`, async () => all_places(injected, name, operation, share, random));
            await test('policy apply: a failure anywhere leaves the old policy or the new one', async () =>
                policy_apply(site, library, share, random));
        });
        await test('the counters are the sums of what was recorded', async () => {
            const doctor = await site.command('doctor');
            equal(doctor.code, 0, `webquota doctor: ${doctor.stdout}${doctor.stderr}`);
        });
    });
} catch (error) {
    broken(error);
}
finish();
