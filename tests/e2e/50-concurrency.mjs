#!/usr/bin/env node
// Many at once, and things that die meanwhile: exactly as many are allowed as the limit says, from one process or two; a
// service that is killed and a database that is killed lose nothing that was answered, and the counters are the sums of
// what was recorded.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from './lib/http.mjs';
import { second_service } from './lib/second.mjs';
import { ROOT, run_well, with_site } from './lib/site.mjs';
import { broken, equal, finish, like, ok, status, test, until } from './lib/tap.mjs';

const POLICY = `
title = "Crowd"
timezone = "UTC"
default_plan = "free"
anonymous_plan = "free"

feature thousand { }
feature everyone { }
feature everyone_1 { }
feature everyone_2 { }
feature first { }
feature load { }
feature lax { }
feature strict { }

plan free { rank = 1
  limit thousand { feature = "thousand"  amount = 1000     window = "year" }
  limit everyone { feature = "everyone"  amount = 300      window = "year"  scope = "site" }
  limit everyone_1 { feature = "everyone_1"  amount = 300  window = "year"  scope = "site" }
  limit everyone_2 { feature = "everyone_2"  amount = 300  window = "year"  scope = "site" }
  limit first    { feature = "first"     amount = 1        window = "year" }
  limit load     { feature = "load"      amount = 1000000  window = "year" }
  limit load_all { feature = "load"      amount = 1000000  window = "year"  scope = "site" }
  limit lax      { feature = "lax"       amount = 5        window = "year"  fail = "open" }
  limit strict   { feature = "strict"    amount = 5        window = "year" }
}
route { method = "POST"  path = "/app/summary"      feature = "lax" }
route { method = "POST"  path = "/app/menu_upload"  feature = "strict" }
`;

const consume = (site, url, subject, feature, headers = {}) =>
    request(`${url}/api/v1/consume`, { method: 'POST', body: { subject, feature }, headers: { ...site.admin, ...headers } });

/* A call to compare with: on a machine that is busy with other things everything takes its time. */
async function allowance_ms(site) {
    const began = performance.now();
    for (let i = 0; i < 5; i++) status(await site.api('GET', '/usage?subject=c-1'), 200);
    return 4 * (performance.now() - began);
}

/* All at once on the counters of `name`. A machine that stands still for longer than the service has patience proves nothing,
 * neither that too many are allowed nor that too few are: then once more, on others. */
async function all_at_once(name, body) {
    for (let times = 0; ; times++) {
        const who = times ? `${name}-${times}` : name;
        const counts = tally(await Promise.all(body(who, times)));
        if (!counts[503] || times === 2) return { who, counts };
        console.log(`    the machine stood still: ${JSON.stringify(counts)}`);
    }
}

function tally(answers) {
    const counts = {};
    for (const { status: code } of answers) counts[code] = (counts[code] ?? 0) + 1;
    return counts;
}

/* What counters say against what was recorded, own and shared; nothing when they agree. */
const DIFFERENCES = `
    select 'own', s.key, v.limit_key, v.used, v.held, coalesce(sum(l.used_delta), 0), coalesce(sum(l.held_delta), 0)
      from webquota.counter_values v join webquota.subjects s on s.id = v.subject_id
      left join webquota.decision_lines l on l.subject_id = v.subject_id and l.slot = v.slot and l.counted_at = v.window_start
     group by 1, 2, 3, 4, 5 having v.used <> coalesce(sum(l.used_delta), 0) or v.held <> coalesce(sum(l.held_delta), 0)
    union all
    select 'shared', v.owner, v.limit_key, v.used, v.held, coalesce(sum(l.used_delta), 0), coalesce(sum(l.held_delta), 0)
      from webquota.counter_values v
      left join webquota.decision_lines l on l.slot = v.slot and l.counted_at = v.window_start
     where v.subject_id = 0
     group by 1, 2, 3, 4, 5 having v.used <> coalesce(sum(l.used_delta), 0) or v.held <> coalesce(sum(l.held_delta), 0)`;

async function sums_agree(site) {
    equal(await site.sql(DIFFERENCES), [], 'counters that differ from the sums of their decisions');
    const doctor = await site.command('doctor');
    equal(doctor.code, 0, `webquota doctor: ${doctor.stdout}${doctor.stderr}`);
}

async function exactly(site, second) {
    let full = 'c-2';
    await test('1000 at once on a limit of 1000 are all allowed, and one more is not', async () => {
        const { who, counts } = await all_at_once('c-1',
            name => Array.from({ length: 1000 }, () => consume(site, site.url, name, 'thousand')));
        equal(counts, { 200: 1000 });
        status(await consume(site, site.url, who, 'thousand'), 429);
        like(await site.usage(who), { thousand: { used: 1000, remaining: 0 } });
    });
    await test('1200 at once through two services: exactly 1000', async () => {
        const { who, counts } = await all_at_once('c-2', name => Array.from({ length: 1200 },
            (_, i) => consume(site, i % 2 ? second.url : site.url, name, 'thousand')));
        equal(counts, { 200: 1000, 429: 200 });
        like(await site.usage(who), { thousand: { used: 1000 } });
        full = who;
    });
    await test('one counter for everybody, 600 people through two services: exactly its 300', async () => {
        const feature = times => times ? `everyone_${times}` : 'everyone';
        let last;
        const { counts } = await all_at_once('c-site', (name, times) => Array.from({ length: 600 },
            (_, i) => consume(site, i % 2 ? second.url : site.url, `${name}-${i}`, last = feature(times))));
        equal(counts, { 200: 300, 429: 300 });
        equal(await site.value(`select used from webquota.counter_values where limit_key = '${last}' and subject_id = 0`), '300');
    });
    await test('somebody new, met by two services in the same instant, is counted once', async () => {
        for (let round = 0; round < 5; round++) {
            const people = Array.from({ length: 40 }, (_, i) => `new-${round}-${i}`);
            const calls = people.flatMap(who => [site.url, second.url].map(url => consume(site, url, who, 'first')));
            equal(tally(await Promise.all(calls)), { 200: 40, 429: 40 }, `round ${round}`);
        }
        equal(await site.value("select count(*) from webquota.subjects where key like 'new-%'"), '200');
    });
    await test('one Idempotency-Key sent to two services at once is one charge', async () => {
        for (let round = 0; round < 20; round++) {
            const headers = { 'Idempotency-Key': `both-${round}` };
            const answers = await Promise.all([site.url, second.url, site.url, second.url]
                .map(url => consume(site, url, `key-${round}`, 'load', headers)));
            const ids = new Set(answers.filter(answer => answer.status === 200).map(answer => answer.json.decision_id));
            equal(ids.size, 1, 'decisions');
            ok(answers.every(answer => [200, 409].includes(answer.status)), JSON.stringify(tally(answers)));
            like(await site.usage(`key-${round}`), { load: { used: 1 } });
        }
    });
    await test('refusals given from memory are on record all the same', async () => {
        const refused = await Promise.all(Array.from({ length: 100 }, () => consume(site, site.url, full, 'thousand')));
        equal(tally(refused), { 429: 100 });
        const ids = new Set(refused.map(answer => answer.json.decision_id));
        equal(ids.size, 100, 'ids');
        for (const id of ids)
            await until(async () => (await site.api('GET', `/decisions/${id}`)).json?.outcome === 'denied', `${id} is on record`);
    });
    await test('an override made through one service frees who is full at the other within a second', async () => {
        const refused = await Promise.all(Array.from({ length: 50 }, () => consume(site, second.url, full, 'thousand')));
        equal(tally(refused), { 429: 50 });
        const more_ms = await allowance_ms(site);
        status(await site.api('POST', '/admin/overrides', { subject: full, feature: 'thousand', amount: 2000 }), 201);
        await until(async () => (await consume(site, second.url, full, 'thousand')).status === 200, 'it is allowed', 1000 + more_ms);
    });
    await test('the counters are the sums of what was recorded', async () => sums_agree(site));
}

let loads = 0;

/* Callers who go on until told to stop. Each request has a key, and is sent again with it until it is answered; an answer
 * that no repetition changes ends it all. */
class Load {
    constructor(site, callers) {
        Object.assign(this, { site, acknowledged: new Map(), counts: {}, stopped: false, number: 0,
            name: `load-${++loads}` });
        this.callers = Array.from({ length: callers }, (_, i) => this.call(`${this.name}-${i % 7}`));
    }

    async call(subject) {
        while (!this.stopped) {
            const key = `${this.name}-${++this.number}`;
            for (let done = false; !done && !this.site.is_down;) {
                const answer = await consume(this.site, this.site.url, subject, 'load', { 'Idempotency-Key': key })
                    .catch(error => ({ status: error.code ?? String(error) }));
                this.counts[answer.status] = (this.counts[answer.status] ?? 0) + 1;
                done = answer.status === 200;
                if (done) this.acknowledged.set(key, answer.json.decision_id);
                else if (![409, 500, 502, 503].includes(answer.status)) return this.give_up(answer);
            }
        }
    }

    give_up(answer) {
        this.stopped = true;
        this.why ??= `${answer.status} ${answer.text}`;
    }

    more(count, what) {
        const from = this.acknowledged.size;
        return until(() => {
            ok(!this.why, `${what}: ${this.why}`);
            return this.acknowledged.size >= from + count;
        }, what, 20000);
    }

    async stop() {
        this.stopped = true;
        await Promise.all(this.callers);
    }
}

async function nothing_lost(site, load, before) {
    const ids = new Set(load.acknowledged.values());
    equal(ids.size, load.acknowledged.size, 'one decision for each key');
    const wanted = [...ids];
    const missing = [];
    const look = async () => {
        for (let id; (id = wanted.pop()) !== undefined;) {
            let answer; /* that it cannot be looked for just now says nothing of it */
            await until(async () => (answer = await site.api('GET', `/decisions/${id}`)).status !== 503, 'a decision can be looked for', 20000);
            if (answer.status !== 200 || !answer.json.allowed) missing.push(id);
        }
    };
    await Promise.all(Array.from({ length: 16 }, look));
    equal(missing, [], 'acknowledged decisions that are not on record');
    equal(await charged(site) - before, load.acknowledged.size, 'charged: what was acknowledged, and no more');
    await sums_agree(site);
}

const charged = async site => Number(await site.value("select coalesce(sum(units), 0) from webquota.decisions where feature = 'load'"));

async function changed_policy(site, load) {
    await test('another policy put in force again and again under load disturbs nobody', async () => {
        for (let times = 0; times < 6; times++) {
            await load.more(60, 'load between two policies');
            writeFileSync(`${site.folder}/crowd.conf`, `${POLICY}\n# ${times}\n`);
            const more_ms = await allowance_ms(site);
            ok(await site.policy(`${site.folder}/crowd.conf`) <= 1000 + more_ms, 'it is in force within a second');
        }
    });
    await load.stop();
    await test('and they had 200 only', async () => equal(Object.keys(load.counts), ['200']));
}

async function killed_service(site, load) {
    await test('the service killed twice in the middle of the load comes back by itself', async () => {
        for (let times = 0; times < 2; times++) {
            await load.more(200, 'load before the kill');
            const [pid] = site.processes('webquota.fcgi');
            ok(pid, 'the service was found');
            process.kill(pid, 'SIGKILL');
            await until(() => site.processes('webquota.fcgi').some(one => one !== pid), 'it was started again');
        }
        await load.more(200, 'load after the kill');
    });
    await load.stop();
    await test('callers of a killed service get 200 or a 5xx', async () => {
        ok(Object.keys(load.counts).every(code => ['200', '409', '500', '502', '503'].includes(code)),
            JSON.stringify(load.counts));
    });
}

const postmaster = site => Number(readFileSync(`${site.folder}/pg/postmaster.pid`, 'utf8').split('\n')[0]);

async function killed_database(site, load) {
    status(await site.form('summary', 'free'), 200);
    status(await site.form('menu_upload', 'free'), 200);
    await load.more(200, 'load before the crash');
    const pid = postmaster(site);
    process.kill(pid, 'SIGQUIT');
    await until(() => !existsSync(`/proc/${pid}`), 'PostgreSQL is gone');

    await test('without a database the answer is no: 503 with Retry-After, while healthz is still well', async () => {
        const [answer, usage, page, ready, health] = await Promise.all([
            consume(site, site.url, 'down', 'load'), site.api('GET', '/usage?subject=down'),
            site.form('menu_upload', 'free'),
            request(`${site.url}/readyz`), request(`${site.url}/healthz`)]);
        for (const [what, one] of Object.entries({ answer, usage, page })) {
            status(one, 503, what);
            ok(Number(one.headers['retry-after']) >= 1, `Retry-After of ${what}`);
            equal(one.headers['cache-control'], 'no-store', what);
        }
        ok(!/password|sock|psql|server closed|FATAL/i.test(answer.text),
            `what is wrong inside is nobody's business: ${answer.text}`);
        equal([ready.status, health.status], [503, 200], 'readyz and healthz');
    });
    await test('a limit that fails open lets pass, and says so', async () => {
        status(await site.form('summary', 'free'), 200);
        const called = status(await site.consume('down', 'lax'), 200);
        equal(called.headers['webquota-fail-open'], '1', 'Webquota-Fail-Open');
        like(called.json, { allowed: true, decision_id: null });
        status(await site.api('GET', '/features', undefined, { Authorization: 'Bearer wq_1_madeup' }), 503,
            'a key that nobody knows');
        const { text } = await request(`${site.url}/metrics`);
        ok(Number(/^webquota_ledger_fail_open_total (\d+)$/m.exec(text)?.[1]) >= 1, 'it is in the metrics');
    });

    await run_well(`${ROOT}/scripts/postgres`, ['start', site.folder], { env: site.env });
    const back = Date.now();
    await test('the database is back, and so is the service, within two seconds', async () => {
        await until(async () => (await consume(site, site.url, 'back', 'thousand')).status === 200, 'a call is allowed',
            10000);
        const took_ms = Date.now() - back;
        ok(took_ms <= 2000 + await allowance_ms(site), `it took ${took_ms} ms`);
        status(await request(`${site.url}/readyz`), 200);
    });
    await load.more(200, 'load after the crash');
    await load.stop();
    await test('callers had 200, 429 or 503 only', async () => {
        ok(Object.keys(load.counts).every(code => ['200', '409', '429', '503'].includes(code)), JSON.stringify(load.counts));
        ok(load.counts[503] > 0, 'the crash was felt');
    });
    site.reconnect();
}

/* Something dies under load; what was answered is compared with what is on record. */
async function under_load(site, what, body) {
    const before = await charged(site);
    const load = new Load(site, 24);
    try {
        await body(site, load);
    } finally {
        await load.stop();
    }
    await test(`${what}: no acknowledged decision is lost, and none charged twice`,
        async () => nothing_lost(site, load, before));
}

try {
    await with_site({ durable: true }, async site => {
        const file = `${site.folder}/crowd.conf`;
        writeFileSync(file, POLICY);
        await site.policy(file);
        const second = await second_service(site);
        try {
            await exactly(site, second);
        } finally {
            second.stop();
        }
        await until(() => site.processes('webquota.fcgi').length === 1, 'the second service has ended');
        await under_load(site, 'a changed policy', changed_policy);
        await under_load(site, 'a killed service', killed_service);
        await under_load(site, 'a killed database', killed_database);
    });
} catch (error) {
    broken(error);
}
finish();
