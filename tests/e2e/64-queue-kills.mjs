#!/usr/bin/env node
// A long line, two services, and everything killed in the middle of it: all places are kept, in their order; one process at a time
// lets in, another takes over within five seconds; nobody is served twice or overtaken, and the limit is never exceeded.
// QUEUE_TICKETS says how many wait (10000). Takes long.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { request, bearer } from './lib/http.mjs';
import { ROOT, run_well, with_site } from './lib/site.mjs';
import { second_service } from './lib/second.mjs';
import { broken, equal, finish, ok, status, test, until } from './lib/tap.mjs';

const TICKETS = Number(process.env.QUEUE_TICKETS ?? 10000), ROUNDS = 10, AMOUNT = TICKETS / ROUNDS, AT_ONCE = 64;
const POLICY = `
default_plan = free
feature summary { title = Summaries }
plan free {
  limit minute { feature = summary  amount = ${AMOUNT}  window = minute  scope = site  on_exceed = queue
                 keep_place = 86400  queue_max = 100000  warn_at = {} }
}
`;
/* The rounds in which a service is killed, and at which point. */
const BEFORE = 3, WHILE_LET_IN = 6, WHILE_SERVED = 9;
/* So soon another lets in where the one that did was killed. */
const TAKEN_OVER_MS = 5000;
let minute = 0;
const next_minute = site => site.clock(`2026-03-15 12:${String(++minute).padStart(2, '0')}:00`);
const count = async (site, state) => Number(await site.value(`select count(*) from webquota.tickets where state = '${state}'`));
const order = async site => (await site.sql(`select id from webquota.tickets where state = 'waiting' order by turn, place`)).flat();

/** All of `jobs`, so many at a time; one that is not answered, or with 503, is made again, as a client would. */
async function all(jobs, call) {
    const answers = [];
    let next = 0;
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
        while (next < jobs.length) {
            const i = next++;
            answers[i] = await until(async () => {
                const answer = await call(jobs[i], i).catch(() => undefined);
                return answer && answer.status !== 503 && answer.status !== 500 && answer;
            }, `an answer about ${jobs[i]}`, 60000);
        }
    }));
    return answers;
}

/** Both services in turn, also when one of them has to be asked again. */
function caller(site, services) {
    let turn = 0;
    return subject => request(`${services[turn++ % services.length]}/api/v1/consume`, {
        method: 'POST', headers: bearer(site.key), body: { subject, feature: 'summary' } });
}

const kill_one = (site, round) => process.kill(site.processes('webquota.fcgi')[round % 2], 'SIGKILL');
/** The one that lets in: its lease names its process. */
async function kill_holder(site) {
    const pid = await until(async () => Number(/, process (\d+), /.exec(
        await site.value("select holder from webquota.leases where name = 'admission' and until > clock_timestamp()"))?.[1]), 'somebody lets in');
    process.kill(pid, 'SIGKILL');
}
const kill_services = site => site.processes('webquota.fcgi').forEach(pid => process.kill(pid, 'SIGKILL'));
const ready = url => until(async () => (await request(`${url}/readyz`).catch(() => ({}))).status === 200, `${url} is ready`, 30000);

function kill_postgres(site) {
    process.kill(Number(readFileSync(`${site.folder}/pg/postmaster.pid`, 'utf8').split('\n')[0]), 'SIGQUIT');
}

async function body(site) {
    let second = await second_service(site);
    const call = caller(site, [site.url, second.url]);
    const people = Array.from({ length: TICKETS }, (_, i) => `p${i}`);
    let line;
    await test(`${TICKETS} wait, in the order in which they came`, async () => {
        await next_minute(site);
        const first = await all(Array.from({ length: AMOUNT }, (_, i) => `first-${i}`), call);
        equal(first.filter(answer => answer.status === 200).length, AMOUNT);
        const answers = await all(people, call);
        equal(answers.filter(answer => answer.status !== 202).length, 0);
        equal(await count(site, 'waiting'), TICKETS);
        equal(new Set(answers.map(({ json }) => json.position)).size, TICKETS, 'places that were told, each to one');
        equal(await site.value(`select count(*) from (select joined_at, lag(joined_at) over (order by turn, place) as before
            from webquota.tickets) t where joined_at < before`), '0', 'who came later and stands before');
        line = await order(site);
    });
    await test('PostgreSQL and every process killed: all places are kept', async () => {
        second.stop();
        kill_postgres(site);
        kill_services(site);
        await until(async () => {
            await run_well(`${ROOT}/scripts/postgres`, ['start', site.folder], { env: site.env }).catch(() => {});
            return (await request(`${site.url}/readyz`).catch(() => ({}))).status === 200;
        }, 'the service is back', 60000);
        site.reconnect();
        equal(await order(site), line);
        second = await second_service(site);
        const again = status(await call('p0', 0), 202).json;
        equal(status(await site.api('GET', `/tickets/${again.ticket}`), 200).json.in_line, TICKETS);
    });
    await test('the limit is kept, nobody is overtaken or served twice, with services killed all along', async () => {
        const both = async () => {
            await ready(site.url);
            if (site.processes('webquota.fcgi').length > 1) return;
            second.stop();
            second = await second_service(site);
        };
        for (let round = 1; round <= ROUNDS; round++) {
            if (round === BEFORE) await kill_holder(site);
            const began = Date.now();
            await next_minute(site);
            await until(async () => await count(site, 'admitted') > 0, 'somebody is let in', 10000);
            ok(Date.now() - began < TAKEN_OVER_MS, `somebody was let in after ${Date.now() - began} ms`);
            if (round === WHILE_LET_IN) await kill_holder(site);
            await until(async () => await count(site, 'admitted') === AMOUNT, `${AMOUNT} are let in in round ${round}`, 60000);
            const due = (await site.sql(`select s.key from webquota.tickets t join webquota.subjects s on s.id = t.subject_id
                                          where t.state = 'admitted' order by t.place`)).flat();
            await both();
            const answering = all(due, caller(site, [site.url, second.url]));
            if (round === WHILE_SERVED) {
                await until(async () => await count(site, 'admitted') < AMOUNT * 0.8, 'some are served', 30000);
                kill_one(site, round);
            }
            const answers = await answering;
            await both();
            const odd = answers.filter(answer => answer.status !== 200);
            /* Whoever was served by a process that died before it could say so asks again, and is in line anew. */
            ok(odd.every(answer => answer.status === 202) && odd.length < AT_ONCE, `${odd.length} were answered ${odd.map(one => one.status)}`);
        }
        equal(Number(await site.value(`select count(*) from (select trace[2] from webquota.decisions, unnest(array[1]) x
            where kind in ('consume', 'commit') and outcome = 'allowed' group by trace[2] having sum(units) > ${AMOUNT}) y`)), 0, 'windows over the limit');
        equal(await site.value(`select count(*) from (select admitted_at, max(coalesce(admitted_at, ended_at, 'infinity'))
            over (order by place rows between unbounded preceding and 1 preceding) as before from webquota.tickets) t
            where admitted_at < before`), '0', 'overtaken');
        equal(await site.value(`select count(*) from (select about_id from webquota.decisions where kind = 'commit'
            group by about_id having count(*) > 1) x`), '0', 'served twice');
        equal(Number(await site.value(`select count(*) from webquota.tickets t join webquota.subjects s on s.id = t.subject_id
            where t.state = 'used' and s.key ~ '^p[0-9]+$'`)) >= TICKETS, true, 'everybody was served');
    });
    await test('the books agree', async () => {
        const { code, stdout } = await site.command('doctor');
        equal(code, 0, stdout);
    });
    second.stop();
}

try {
    const file = path.join(process.env.TMPDIR ?? '/tmp', 'long.conf');
    writeFileSync(file, POLICY);
    await with_site({ policy: file, durable: true }, body);
} catch (error) {
    broken(error);
}
finish();
