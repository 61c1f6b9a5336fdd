#!/usr/bin/env node
// One call fails, once: an allocation, or a read, write, connect, open and the like, at each place of the program that an operation
// comes by; operations are all routes (lib/injected_table.mjs), the guard before an application, the start of the service, and a command.
// GLib ends the process where it has no memory, and says so: that is its rule, and the only end that is borne; then the caller has a
// 5xx, and another process goes on. Else the caller has an answer, in time: what was asked for, or a problem, and then nothing was
// charged and nothing changed. Nothing leaks, and counters are the sums of what was recorded whatever happens.
//
// In so much time as INJECT_S says (25) as many places as can be done, in an order by INJECT_SEED: a third for what is asked most, the
// other two for all the rest, one place each; with INJECT_S=all (scripts/soak.d/86-injection) every one, and each in both variants: the call
// fails, or it is interrupted or does a part; and each again and again, to see whether it leaks (INJECT_LEAKS=no: it is not).
// INJECT_ONLY=WORD picks operations by name, INJECT_CALLS=WORD,... what is called, INJECT_PLACE=NUMBER one place, to look into what
// went wrong; INJECT_PART=K/N does one part of N, so that several can be done at once.
import { existsSync, writeFileSync } from 'node:fs';
import { request } from './lib/http.mjs';
import { Control, with_injected } from './lib/injected.mjs';
import { Ground, POLICY, not_in_step, routes, well } from './lib/injected_table.mjs';
import { PROGRAMS, run, with_site } from './lib/site.mjs';
import { Mismatch, broken, equal, finish, ok, test, until } from './lib/tap.mjs';

const ALL = process.env.INJECT_S === 'all';
const SECONDS = ALL ? Infinity : Number(process.env.INJECT_S ?? 25);
const SEED = Number(process.env.INJECT_SEED ?? (ALL ? Math.floor(Math.random() * 1e9) : 605961315));
const VARIANTS = ALL ? [0, 1] : [0], LEAKS = ALL && process.env.INJECT_LEAKS !== 'no';
const { INJECT_ONLY = '', INJECT_CALLS, INJECT_PLACE } = process.env, [PART, PARTS] = (process.env.INJECT_PART ?? '1/1').split('/').map(Number);
/* So long the ledger waits for the database. Who is told only then that it failed is told by somebody who does not know. */
const PATIENCE_MS = 1300;
const ANSWER_MS = 2000 + 5000;
/* Another takes over who called back, and tries again. */
const CALLED_MS = 12000;
/* Whoever died had leases for up to 5 s; a transaction that nobody goes on with is ended by the database after 10 s, and what failed is
 * tried again after 3. */
const BY_ITSELF_MS = 20000;
const LEAK_TRIES = 3, LEAK_SURE = 15, SAID_EACH_MS = 10000;
/* To the database, that may be open or not: more since an operation began, and since its process did. */
const CONNECTIONS = 4, CONNECTIONS_MOST = 16;
/* How GLib ends a process (its breakpoint, or abort), and what it says when there is no memory, as libfcgi, libconfuse and the program
 * itself do. */
const DEATHS = [5, 6], OUT_OF_MEMORY = /failed to allocate (\d+ bytes|memory)|during 'malloc'|not enough memory|: Malloc: Assertion `size == 0 \|\| result|: qputc: Assertion `cfg_qstring'/;
const IS_MEMORY = /alloc|align/;
/* An operation does not come by everywhere every time. */
const COMES_BY = 3;
const ASKED_MOST = ['POST /api/v1/consume', 'POST /api/v1/consume after the connections were lost', 'POST /api/v1/consume with a key', 'POST /api/v1/reservations',
    'POST /api/v1/reservations/{id}/commit', 'POST /api/v1/decisions/{id}/refund', 'GET /', 'GET /api/v1/decisions/{id}', 'GET /api/v1/usage',
    'GET /healthz, and a request before an application', 'POST /api/v1/admin/overrides'];

const api = (injected, method, where, body) => request(`${injected.url}/api/v1${where}`, { method, body, headers: injected.site.admin });

async function cut_connections(site) {
    const pids = (await site.sql("select pid from pg_stat_activity where usename = 'webquota_app'")).map(([pid]) => Number(pid));
    for (const pid of pids) process.kill(pid, 'SIGTERM');
    await until(() => pids.every(pid => !existsSync(`/proc/${pid}`)), 'the connections are cut');
}

/* What a service does by itself: history and how far people are is rolled up, somebody is let in, many are changed. Whoever has the lease
 * does it, so the injected service is the only one meanwhile, and is asked for what there is to do: what fails then is asked for again. */
async function alone(injected) {
    await injected.site.service_down();
    injected.site.url = injected.url;
}

/* 409: it was done already, and whoever did it was not told. */
const at_last = (call, what) => until(async () => { const { status } = await call().catch(() => ({})); return status < 400 || status === 409; }, what, ANSWER_MS);

/* Answers when all of it is done. */
async function work({ site }, { people: [, subject, other], seat }) {
    await at_last(() => site.api('POST', `/decisions/${seat}/refund`, {}), 'a seat is given back');
    await at_last(() => site.consume(other, 'call', {}, { 'Idempotency-Key': `use ${subject}` }), 'something is used');
    await at_last(() => site.api('POST', '/admin/bulk', { what: 'bonus', feature: 'call', amount: 1, q: subject, reason: 'in bulk', once: subject }), 'a bulk begins');
    const of = (table, key, rest) => `exists (select from webquota.${table} t join webquota.subjects s on s.id = t.subject_id where s.key = '${key}' and ${rest})`;
    await until(async () => await site.value(`select ${of('tickets', subject, "state <> 'waiting'")} and ${of('grants', subject, "reason = 'in bulk'")}
        and ${of('usage_daily', other, 'allowed > 0')} and ${of('usage_standing', other, 'true')}
        and not exists (select from webquota.bulks where chosen->>'q' = '${subject}' and state = 'running')`) === 't', 'all of it is done', BY_ITSELF_MS);
}

const BESIDE = {
    'GET /readyz, while what a service does by itself is done': {
        slow: true, alone: true, prepare: (site, who, { ground }) => until(() => ground.line('open').catch(() => null), 'somebody waits in line', ANSWER_MS),
        act: async (injected, who, line) => {
            await work(injected, line);
            return request(`${injected.url}/readyz`);
        },
        answer_ms: 3 * ANSWER_MS + BY_ITSELF_MS,
    },
    'POST /api/v1/tickets, called back': {
        slow: true, prepare: (site, who, injected) => injected.ground.called(injected),
        act: async (injected, who, { seat, ticket }) => {
            await well(injected.site.api('POST', `/decisions/${seat}/refund`, {}));
            await until(async () => await injected.site.value(`select state from webquota.deliveries where message = '${ticket}'`) === 'delivered',
                'it is called back', CALLED_MS);
            equal(injected.receiver.unsigned, 0, 'callbacks that are not signed');
            return request(`${injected.url}/readyz`);
        },
        answer_ms: CALLED_MS + 1000,
    },
    'POST /api/v1/consume after the connections were lost': {
        may_fail: true, prepare: cut_connections, act: (injected, who) => api(injected, 'POST', '/consume', { subject: who, feature: 'call' }), used: 1,
    },
};

/* --- what must be true afterwards --- */

/* Own counter of the subject, the sums of its records, and the numbers that the operation changes. */
async function books(site, id, marks) {
    const [[used, held, used_sum, held_sum, ...numbers]] = await site.sql(`
        select coalesce(max(v.used), 0), coalesce(max(v.held), 0), coalesce(max(l.used), 0), coalesce(max(l.held), 0)
            ${marks.map(([sql]) => `, (${sql})`).join('')}
          from (select slot, window_start, used, held from webquota.counter_values where subject_id = ${id} and limit_key = 'call') v
          left join lateral (select sum(used_delta) used, sum(held_delta) held from webquota.decision_lines l
              where l.subject_id = ${id} and l.slot = v.slot and l.counted_at = v.window_start) l on true`);
    return { used: Number(used), held: Number(held), used_sum: Number(used_sum), held_sum: Number(held_sum), numbers: numbers.map(Number) };
}

/* What is there when it is done; `operation` {}: when it is not. */
function expected(before, { used = 0, held = 0 }, by) {
    return [before.used + (typeof used === 'function' ? used(before.used) : used), before.held + held, ...before.numbers.map((number, i) => number + by[i])];
}

/* Who has an answer of webquota's own knows by it; who had none, or the web server's, does not. */
function judge_counts(operation, marks, answer, took, before, after, again) {
    const there = [after.used, after.held, ...after.numbers];
    const done = expected(before, operation, marks.map(([, by]) => by)), nothing = expected(before, {}, marks.map(() => 0));
    const same = wanted => wanted.every((number, i) => number === there[i]);
    const shown = `${answer.status}: used, held and what else changes were ${nothing}, are ${there}, done would be ${done}`;
    const by_webquota = answer.json || 'content-security-policy' in answer.headers;
    if (again) ok(same(done), `told that it was done meanwhile, ${shown}`);
    else if (answer.status < 400) ok(same(done), `told that it is done, ${shown}`);
    else if (by_webquota && took < PATIENCE_MS) ok(same(nothing), `told that it failed, ${shown}: ${answer.text.slice(0, 400)}`);
    else ok(same(done) || same(nothing), `neither done nor not, ${shown}`);
}

/* Half an answer is gone with the connection to the web server, and so is the caller's: nobody takes it for a whole one. */
const is_cut = (status, place) => place.name === 'write' && status === 'ECONNRESET';

/* What was asked for, whole, or that it failed. */
function judge_answer({ status, headers, text, json }, is_page, place, again) {
    if (is_cut(status, place)) return;
    ok(status < 400 || again || [500, 502, 503].includes(status), `the caller was told ${status}: ${text.slice(0, 400)}`);
    const type = headers['content-type'] ?? '';
    if (/json/.test(type)) ok(json !== undefined, `the answer is cut short: ${text.slice(-200)}`);
    if (is_page && /html/.test(type) && text) ok(text.trimEnd().endsWith('</html>'), `the page is cut short: ${text.slice(-200)}`);
    if (status >= 500 && json) ok([status, 'not ready'].includes(json.status) && json.detail, `a problem that says nothing: ${text}`);
}

/* GLib's rule alone: no memory, and it said so. */
function judge_death(place, { signal, code }, said) {
    const by_rule = DEATHS.includes(signal) && IS_MEMORY.test(place.name) && OUT_OF_MEMORY.test(said);
    ok(by_rule, `the process ended by ${signal ? `signal ${signal}` : `code ${code}`}, and not for want of memory: ${said.slice(-600)}`);
}

/* At rest there are as many as at most before; while connections to the database come and go, fewer. */
async function descriptors_back(injected, subject) {
    const most = Math.min(subject.descriptors, injected.at_first() + CONNECTIONS_MOST);
    await until(() => injected.descriptors() <= most, `no more than ${most} descriptors`, 5000);
}

const acted = (operation, injected, who, prepared) => operation.act(injected, who, prepared).catch(error => {
    if (error instanceof Mismatch) throw error;
    return { status: error.code ?? String(error), text: '', headers: {} };
});

/* As it goes well; what is asked for is there, and whether it is a page is known. */
async function act_well(injected, subject) {
    const { operation, who } = subject;
    let answer;
    /* After a failure it leaves the database alone for a moment, and a busy machine may take some. */
    await until(async () => {
        answer = await operation.act(injected, who, await operation.prepare?.(injected.site, who, injected));
        return answer.status !== 503 || operation.may_fail;
    }, 'it goes well before anything fails', 5000);
    ok(answer.status < 400 || operation.may_fail, `before anything fails: ${answer.status} ${answer.text.slice(0, 400)}`);
    subject.is_page = answer.text.trimEnd().endsWith('</html>');
}

/** One failure at one place, and what came of it. `hit`: the operation came by. */
async function attempt(injected, subject, place, variant) {
    const { operation, who, id } = subject;
    const { site, control, deaths } = injected;
    const prepared = await operation.prepare?.(site, who, injected), marks = operation.marks?.(who, prepared) ?? [];
    const before = await books(site, id, marks), dead = deaths.length, said = injected.said_bytes;
    const began = performance.now();
    control.arm(place, variant);
    const answer = await acted(operation, injected, who, prepared);
    const took = performance.now() - began;
    const hit = control.disarm();
    await injected.ready();
    const after = await books(site, id, marks), died = deaths.length > dead;
    if (!died) await descriptors_back(injected, subject);
    else await act_well(injected, subject); /* so that the next comes by the same places again */
    if (died) judge_death(place, deaths[dead], injected.said_since(said));
    /* Done, and ended before it could say so: the web server sends it once more, to a service that finds it done. */
    const again = died && answer.status === 409;
    judge_answer(answer, subject.is_page, place, again);
    ok(took <= (operation.answer_ms ?? ANSWER_MS), `it took ${took.toFixed(0)} ms`);
    judge_counts(operation, marks, answer, took, before, after, again);
    equal([after.used, after.held], [after.used_sum, after.held_sum], 'counters against the sums of their decisions');
    return { hit, died };
}

/* What the process holds once it has nothing to do: the least of some looks, as threads and connections of its own come and go. */
async function at_rest(injected, subject) {
    const least = { blocks: Infinity, descriptors: Infinity };
    for (let i = 0; i < 3; i++) {
        await act_well(injected, subject);
        least.blocks = Math.min(least.blocks, injected.control.blocks);
        least.descriptors = Math.min(least.descriptors, injected.descriptors());
    }
    return least;
}

/* How much more is in use after each of some rounds. */
async function growth(injected, subject, tries, round) {
    const seen = [await at_rest(injected, subject)];
    for (let i = 0; i < tries; i++) {
        if (!await round()) return [];
        seen.push(await at_rest(injected, subject));
    }
    return seen.slice(1).map((one, i) => ({ blocks: one.blocks - seen[i].blocks, descriptors: one.descriptors - seen[i].descriptors }));
}

/* The same failure again and again: what it leaves behind adds up, and to more than what goes well leaves in caches. A few times in a row it
 * does so also where each of some connections is made anew, and holds more or less then: whoever is suspected is tried more often, and
 * told by what most of those times left. */
async function leaks(injected, subject, place, variant) {
    const median = (rounds, of) => rounds.map(one => one[of]).sort((a, b) => a - b)[rounds.length >> 1], list = (rounds, of) => rounds.map(one => one[of]).join(' ');
    const fails = async () => {
        const { hit, died } = await attempt(injected, subject, place, variant);
        return hit && !died;
    };
    const few = await growth(injected, subject, LEAK_TRIES, fails), suspected = ['blocks', 'descriptors'].filter(of => few.length && few.every(one => one[of] > 0));
    if (!suspected.length) return;
    const grown = await growth(injected, subject, LEAK_SURE, fails), usual = await growth(injected, subject, LEAK_TRIES, async () => { await act_well(injected, subject); return true; });
    for (const of of grown.length ? suspected : [])
        ok(median(grown, of) <= median(usual, of), `it leaks; ${of} more each time: ${list(grown, of)}; without the failure: ${list(usual, of)}`);
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

async function places_of(injected, subject, times) {
    const some = async () => { for (let i = 0; i < times; i++) await act_well(injected, subject); };
    await some();
    return injected.control.record(some);
}

/* Memory is there or is not; the rest has two ways to fail. What one operation came by is not done again for the others. */
const over = new Set();
const name_of = ({ place, variant }) => `${place.hash} ${variant}`;

function choices(places) {
    return VARIANTS.flatMap(variant => places.filter(place => variant === 0 || !IS_MEMORY.test(place.name))
        .filter(place => place.hash % PARTS === PART - 1).filter(place => !INJECT_PLACE || place.hash === Number(INJECT_PLACE))
        .filter(place => !INJECT_CALLS || INJECT_CALLS.split(',').includes(place.name)).map(place => ({ place, variant })))
        .filter(one => !ALL || !over.has(name_of(one)));
}

/* Whoever waits is told that it goes on. */
let said_at = performance.now();

function tell(name, left) {
    if (!ALL || performance.now() - said_at < SAID_EACH_MS) return;
    said_at = performance.now();
    console.log(`# ${name}: ${left} to go`);
}

async function one_place(injected, subject, one) {
    let hit = false, died = false;
    for (let times = 0; times < COMES_BY && !hit; times++)
        ({ hit, died } = await attempt(injected, subject, one.place, one.variant));
    // Caches of many threads fill for a while: only the long run tells them from leaks.
    if (hit && !died && LEAKS && !subject.operation.slow) await leaks(injected, subject, one.place, one.variant);
    if (hit) over.add(name_of(one));
    return { hit, died };
}

/** `thorough`: until the time is up, and no less than until one was hit; else one alone. */
async function all_places(injected, name, operation, { seconds, random, thorough }) {
    const end = performance.now() + seconds * 1000;
    const who = operation.who ?? `in ${name}`;
    await well(injected.site.consume(who, 'call'));
    const subject = { operation, who, id: await injected.site.value(`select id from webquota.subjects where key = '${who}'`) };
    if (operation.alone) await alone(injected);
    const places = await places_of(injected, subject, thorough ? 3 : 1);
    subject.descriptors = injected.descriptors() + CONNECTIONS;
    const waiting = shuffled(choices(places), random);
    /* One alone is one that takes no time: the process lives on with it, and libpq does not wait for an answer to what was not sent. */
    const dear = ({ place: { name } }) => IS_MEMORY.test(name) ? 2 : name === 'send' ? 1 : 0;
    if (!thorough) waiting.sort((a, b) => dear(b) - dear(a));
    const all = waiting.length, wrong = [];
    let hits = 0, deaths = 0;
    for (let one; (hits === 0 || thorough && performance.now() < end) && (one = waiting.pop());) {
        try {
            const { hit, died } = await one_place(injected, subject, one);
            hits += hit;
            deaths += died;
            tell(name, waiting.length);
        } catch (error) {
            over.add(name_of(one));
            wrong.push(`${await shown('webquota.fcgi', one)}: ${error instanceof Mismatch ? error.message : error.stack}`);
            if (wrong.length >= 20) break;
            await injected.ready();
        }
    }
    console.log(`# ${name}: ${all} places, ${all - waiting.length} tried, ${hits} hit, ${deaths} ended the process`);
    ok(hits > 0 || !all && PARTS > 1 || over.size > 0 && places.length > all, 'nothing was hit'); /* but what others came by before */
    if (wrong.length) throw new Mismatch(wrong.join('\n'));
}

/* --- the start of the service --- */

/* It starts, or ends and says why; and then it is started again, and is well. */
async function start_with(injected, one) {
    const { control, deaths, pid } = injected, said = injected.said_bytes, dead = deaths.length;
    control.arm(one.place, one.variant);
    process.kill(pid, 'SIGKILL');
    await until(() => injected.pid !== pid, 'it is started again');
    await injected.ready();
    const hit = control.disarm(), text = injected.said_since(said);
    for (const death of deaths.slice(dead + 1)) { /* the first was the kill */
        if (death.signal) judge_death(one.place, death, text);
        else ok(death.code > 0 && text.trim(), `it ended by code ${death.code}, and said: ${text}`);
    }
    return { hit, died: deaths.length > dead + 1 };
}

async function starts(injected, { seconds, random }) {
    const end = performance.now() + seconds * 1000;
    const places = await injected.control.record(async () => {
        const { pid } = injected;
        process.kill(pid, 'SIGKILL');
        await until(() => injected.pid !== pid, 'it is started again');
        await injected.ready();
    });
    const waiting = shuffled(choices(places), random), all = waiting.length, wrong = [];
    let hits = 0, deaths = 0;
    for (let one; (hits === 0 || performance.now() < end) && (one = waiting.pop());) {
        try {
            const { hit, died } = await start_with(injected, one);
            hits += hit;
            deaths += died;
            if (hit) over.add(name_of(one));
            tell('the start', waiting.length);
        } catch (error) {
            wrong.push(`${await shown('webquota.fcgi', one)}: ${error instanceof Mismatch ? error.message : error.stack}`);
            if (wrong.length >= 20) break;
            process.kill(injected.pid, 'SIGKILL'); /* it may stand still */
            await injected.ready();
        }
    }
    console.log(`# the start: ${all} places, ${all - waiting.length} tried, ${hits} hit, ${deaths} ended the process`);
    ok(hits > 0, 'nothing was hit');
    if (wrong.length) throw new Mismatch(wrong.join('\n'));
}

/* --- the command --- */

async function policy_apply(site, library, { seconds, random }) {
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
        /* By a signal: GLib's rule, as above. */
        const by_rule = result.code !== -1 || IS_MEMORY.test(one.place.name) && OUT_OF_MEMORY.test(result.stderr);
        if (!good || !by_rule || (result.code !== 0 && !result.stderr.trim()))
            wrong.push(`${await shown('webquota', one)}: code ${result.code}, ${changed ? '' : 'not '}changed: ${result.stdout}${result.stderr}`);
    }
    control.close();
    console.log(`# policy apply: ${all} places, ${all - waiting.length} tried, ${hits} hit`);
    ok(hits > 0, 'nothing was hit');
    const doctor = await site.command('doctor');
    equal(doctor.code, 0, `webquota doctor: ${doctor.stdout}${doctor.stderr}`);
    if (wrong.length) throw new Mismatch(wrong.join('\n'));
}

/* --- all of them --- */

async function each_of(injected, list, seconds, random, thorough) {
    const end = performance.now() + seconds * 1000;
    let left = 0;
    for (const [i, [name, operation]] of list.entries()) {
        if (!thorough && performance.now() > end) { left++; continue; }
        await injected.ground.refresh();
        await test(`${name}: a failure anywhere is borne`, async () =>
            all_places(injected, name, operation, { seconds: (end - performance.now()) / 1000 / (list.length - i), random, thorough }));
    }
    if (left) console.log(`# ${left} of ${list.length} not tried in this time`);
}

async function all(site) {
    writeFileSync(`${site.folder}/injection.conf`, POLICY());
    await site.policy(`${site.folder}/injection.conf`);
    console.log(`# INJECT_SEED=${SEED}`);
    const random = random_of(SEED), ground = new Ground(site), operations = { ...routes(ground), ...BESIDE };
    await test('every route is one of the operations', async () => equal(not_in_step(operations), { missing: [], gone: [] }));
    await ground.up();
    const list = Object.entries(operations).filter(([name]) => name.includes(INJECT_ONLY));
    /* After it there is no other service. */
    list.sort(([, a], [, b]) => Number(a.alone ?? false) - Number(b.alone ?? false));
    const most = ALL || INJECT_ONLY ? list : ASKED_MOST.map(name => [name, operations[name]]);
    await with_injected(site, async (injected, library) => {
        injected.ground = ground;
        const part = ALL ? Infinity : SECONDS / 16;
        await each_of(injected, most, part * 5, random, true);
        const others = shuffled(list.filter(([name, { slow }]) => !slow && !ASKED_MOST.includes(name)), random);
        /* What changes something has more to lose. */
        others.sort(([a], [b]) => a.startsWith('GET') - b.startsWith('GET'));
        if (most !== list) await each_of(injected, others, part * 9, random, false);
        if (INJECT_ONLY && !'the start, policy apply'.includes(INJECT_ONLY)) return;
        await test('the start: a failure anywhere is said, and the next start is well', async () => starts(injected, { seconds: part, random }));
        await test('policy apply: a failure anywhere leaves the old policy or the new one', async () =>
            policy_apply(site, library, { seconds: part, random }));
    });
    await test('the counters are the sums of what was recorded', async () => {
        const doctor = await site.command('doctor');
        equal(doctor.code, 0, `webquota doctor: ${doctor.stdout}${doctor.stderr}`);
    });
}

try {
    await with_site({}, all);
} catch (error) {
    broken(error);
}
finish();
