#!/usr/bin/env node
// History: the page, its twin and its statement add up to what was recorded, at every moment; who may see it; what wrong
// parameters are answered; that the processes roll it up, each in the place of one that was killed; and how it looks.
import { writeFileSync } from 'node:fs';
import { bars as hold, launch, somebody } from './lib/hands.mjs';
import { basic, bearer, request } from './lib/http.mjs';
import { second_service } from './lib/second.mjs';
import { with_site } from './lib/site.mjs';
import { broken, equal, finish, ok, status, test, until } from './lib/tap.mjs';

const POLICY = `
title = "History"
timezone = "America/New_York"
default_plan = "free"
anonymous_plan = "free"
administrators = {"admin"}

feature call { title = "Calls <b>"  unit = "call" }
feature deep_call { title = "Deep calls"  unit = "deep call"  parent = "call"  resources = {"deep-*"} }
feature other { title = "Others"  unit = "other" }

plan free { title = "Free"  rank = 1
  limit day   { feature = "call"   amount = 20   window = "day" }
  limit month { feature = "other"  amount = 500  window = "month" } }
`;
const HTML = { Accept: 'text/html' }, JSON_TYPE = { Accept: 'application/json' };
const callers = {};
const page = (site, where, as = {}, accept = HTML) => request(`${site.url}${where}`, { headers: { ...accept, ...as } });
const words = ({ text }) => text.replace(/<[^>]*>/g, ' ').replace(/&#39;/g, '\'').replace(/\s+/g, ' ');
const told = async (site, where, as = callers.person) => status(await page(site, where, as, JSON_TYPE), 200).json;

/** What was recorded and not given back, told from the requests and not from what settled them: [allowed, refused, units]. */
const recorded = (site, subject, features) => site.sql(`
    select count(*) filter (where d.outcome = 'allowed'), count(*) filter (where d.outcome <> 'allowed'),
           sum(case when d.outcome <> 'allowed' then 0 when d.kind = 'hold' then coalesce(r.committed, 0) else d.units end - d.given_back)
      from webquota.decisions d join webquota.subjects s on s.id = d.subject_id and s.key = '${subject}'
      left join webquota.reservations r on r.account_id = d.account_id and r.subject_id = d.subject_id and r.at = d.at and r.id = d.id
     where d.kind in ('consume', 'hold') and d.feature = any('{${features}}')`).then(rows => rows[0].map(Number));

const rolled = site => until(async () => await site.value(`select not exists (select from webquota.decisions d, webquota.usage_rollup u
    where d.xact >= u.upto or d.xact = any(u.open))`) === 't', 'all of it is rolled up', 30000);

/** Some days of use: charges, refusals, what was given back and committed later, for clients and not. */
async function use(site) {
    const api = (where, body, as = callers.person) => site.api('POST', where, body, as);
    await site.clock('2026-03-10 03:30:00'); // the 9th in New York
    const first = status(await api('/consume', { feature: 'call', units: 9 }), 200).json;
    const late = status(await site.api('POST', '/reservations', { subject: 'free', feature: 'call', units: 5, ttl: 3600 }), 201).json;
    await site.clock('2026-03-10 04:01:00'); // the 10th
    status(await site.api('POST', `/decisions/${first.decision_id}/refund`, { units: 2, reason: 'test' }), 200);
    status(await site.api('POST', `/reservations/${late.reservation}/commit`, { units: 4 }), 200);
    status(await api('/consume', { feature: 'call', resource: 'deep-7', units: 3, on_behalf_of: '=HYPERLINK("http://x")' }), 200);
    await site.clock('2026-03-15 12:00:00');
    status(await api('/consume', { feature: 'call', units: 6 }), 200);
    status(await api('/consume', { feature: 'call', units: 21 }), 429);
    status(await api('/consume', { feature: 'other', units: 1 }), 200);
}

async function adds_up(site) {
    const check = async () => {
        const json = await told(site, '/history?feature=call&days=30');
        const days = Object.fromEntries(json.history.map(day => [day.day, [day.allowed, day.refused, day.units]]));
        equal([days['2026-03-09'], days['2026-03-10'], days['2026-03-15'], days['2026-03-11']],
            [[2, 0, 11], [1, 0, 3], [1, 1, 6], [0, 0, 0]], 'days');
        equal([json.from, json.to, json.timezone, json.history.length], ['2026-02-14', '2026-03-15', 'America/New_York', 30]);
        equal([json.total.allowed, json.total.refused, json.total.units], await recorded(site, 'free', 'call,deep_call'), 'total');
        equal([json.subject, json.feature.feature, json.limit.amount, json.limit.window], ['free', 'call', 20, 'day']);
    };
    await test('each day has what its requests came to, before it is rolled up and after', async () => {
        await check();
        await rolled(site);
        ok(Number(await site.value('select count(*) from webquota.usage_daily')) >= 4, 'nothing is rolled up');
        await check();
    });
    await test('what is used now shows at once', async () => {
        const before = (await told(site, '/history?feature=other')).total.units;
        status(await site.consume('free', 'other', { units: 7 }), 200);
        equal((await told(site, '/history?feature=other')).total.units, before + 7);
    });
    await test('the page: what was used, each day, and the same links everywhere', async () => {
        const shown = status(await page(site, '/history?feature=call&days=7', callers.person), 200);
        ok(words(shown).includes('20 calls in the last 7 days') && words(shown).includes('1 request stopped'), words(shown));
        ok(words(shown).includes('9 Mar 11 2 0') && words(shown).includes('Today 6 1 1'), words(shown));
        ok(/Limit as it is now: 20 a day/.test(words(shown)) && words(shown).includes('Calls &lt;b&gt;'), words(shown));
        ok(!/style=|<script|Calls <b>/.test(shown.text), 'markup of the data, or inline style');
        ok(Buffer.byteLength(shown.text) < 40000, 'too long');
        ok((await page(site, '/features/call', callers.person)).text.includes('href="/quota/history?feature=call"'), 'no link to it');
        ok(words(status(await page(site, '/history', callers.person), 200)).includes('20 calls in the last 30 days'), 'the most used one');
        ok(words(status(await page(site, '/history'), 200)).includes('Nothing used in the last 30 days'), 'a visitor\'s own');
    });
}

async function statement(site) {
    await test('the statement adds up to the recorded decisions, line by line, and formulas are only texts', async () => {
        const answer = status(await page(site, '/history.csv?feature=call&days=30', callers.person), 200);
        equal([answer.headers['content-type'], answer.headers['content-disposition'], answer.headers['cache-control']],
            ['text/csv; charset=utf-8', 'attachment; filename="usage-call.csv"', 'no-store']);
        const lines = answer.text.trimEnd().split('\r\n'), last = lines.pop();
        const numbers = line => line.split(',').slice(-3).map(Number);
        equal(lines.shift(), 'day,feature,on_behalf_of,allowed,refused,units');
        equal(lines[1], '2026-03-10,deep_call,"\'=HYPERLINK(""http://x"")",1,0,3');
        const sum = lines.map(numbers).reduce((sums, line) => sums.map((one, i) => one + line[i]), [0, 0, 0]);
        equal([sum, numbers(last)], [await recorded(site, 'free', 'call,deep_call'), sum], answer.text);
        ok(/^"?Statement of free: all from 2026-02-14 to 2026-03-15 \(America\/New_York\), as recorded at 2026-03-15T12:00:00Z"?,call,,/.test(last), last);
    });
}

async function who(site) {
    await test('one\'s own only; administrators and keys name whose', async () => {
        status(await page(site, '/history?subject=admin', callers.person), 403);
        status(await page(site, '/history?subject=free'), 401);
        const theirs = status(await page(site, '/history?feature=call&subject=free', callers.administrator), 200);
        ok(words(theirs).includes('History of free : Calls') && theirs.text.includes('subject=free'), words(theirs));
        equal((await told(site, '/history?feature=call&subject=free', callers.administrator)).total.units, 20);
        equal((await told(site, '/history?feature=call&subject=nobody', callers.administrator)).total.units, 0);
        equal(status(await page(site, '/history?feature=call&subject=free', bearer(site.key)), 200).json.total.units, 20);
        equal(status(await page(site, '/history?feature=call', bearer(site.key), JSON_TYPE), 400).json.field, 'subject');
        ok(/free/.test(status(await page(site, '/history.csv?feature=call&subject=free', callers.administrator), 200).text), 'CSV');
    });
    await test('what is wrong is named: a page for people, a problem for programs', async () => {
        const wrong = [[400, 'days', 'days=31'], [400, 'days', 'days=month'], [400, 'days', 'days='], [400, 'days', 'days=7&days=30'],
            [400, 'feature', 'feature='], [404, 'feature', 'feature=none'], [404, 'feature', 'feature=%3Cscript%3E'],
            [400, 'subject', 'subject=']];
        for (const [code, field, query] of wrong) for (const where of ['/history', '/history.csv']) {
            const answer = status(await page(site, `${where}?${query}`, callers.person), code, query);
            ok(/text\/html/.test(answer.headers['content-type']) && words(answer).toLowerCase().includes(field), `${query}: ${words(answer)}`);
            ok(!answer.text.includes('<script>'), query);
            equal(status(await page(site, `${where}?${query}`, callers.person, JSON_TYPE), code, query).json.field, field, query);
        }
    });
}

/** All that is in the journal, in the sums: 'wrong' is what the doctor finds. */
async function doctor(site, state) {
    const { stdout } = await site.command('doctor');
    ok(new RegExp(`^${state} +history`, 'mi').test(stdout), stdout);
}

async function processes(site) {
    const second = await second_service(site);
    try {
        await test('one process rolls up; when it is killed, the other does within seconds, and the sums are right', async () => {
            await site.clock_real();
            const holder = async () => Number(/process (\d+)/.exec(await site.value(
                "select holder from webquota.leases where name = 'history' and until > clock_timestamp()"))?.[1] ?? 0);
            let pid = 0;
            for (let round = 0; round < 2; round++) {
                const flood = Promise.allSettled(Array.from({ length: 40 }, (_, i) => request(`${i % 2 ? second.url : site.url}/api/v1/consume`, { method: 'POST',
                    headers: site.admin, body: { subject: `many-${i}`, feature: i % 2 ? 'call' : 'other', units: 1 + i % 5 } })));
                let next = 0;
                await until(async () => { next = await holder(); return next !== 0 && next !== pid; }, 'another holds the lease', 20000);
                pid = next;
                process.kill(pid, 'SIGKILL');
                await flood;
                await rolled(site);
            }
            await doctor(site, 'ok');
            ok(Number(await site.value('select sum(allowed + refused) from webquota.usage_daily')) ===
                Number(await site.value("select count(*) from webquota.decisions where kind in ('consume', 'hold')")), 'sums');
        });
    } finally {
        second.stop();
    }
    await test('another zone: everything is rolled up for its days', async () => {
        writeFileSync(`${site.folder}/zone.conf`, POLICY.replace('America/New_York', 'Asia/Tokyo'));
        await site.policy(`${site.folder}/zone.conf`);
        await until(async () => await site.value('select zone from webquota.usage_rollup') === 'Asia/Tokyo', 'the days are those of Tokyo', 30000);
        await rolled(site);
        await doctor(site, 'ok');
    });
    await test('the doctor finds sums that somebody changed', async () => {
        await site.sql('update webquota.usage_daily set units = units + 1 where day = (select min(day) from webquota.usage_daily)');
        await doctor(site, 'wrong');
        await site.sql('update webquota.usage_rollup set server = 0');
        await until(async () => await site.value('select server from webquota.usage_rollup') !== '0', 'it is counted anew', 30000);
        await rolled(site);
        await doctor(site, 'ok');
    });
}

async function looks(site) {
    const browser = await launch();
    try {
        for (const colorScheme of ['light', 'dark']) for (const size of [1280, 320]) for (const days of [7, 90])
            await test(`in a browser, ${colorScheme}, ${size} px, ${days} days: the bars hold`, async () => {
                const look = { colorScheme, viewport: { width: size, height: 900 } };
                const { context, page: shown, complaints } = await somebody(browser, site, look, site.values.WEBQUOTA_USER_FREE);
                await shown.goto(new URL('/signin', site.url).href);
                await shown.goto(`${site.url}/history?feature=call&days=${days}`);
                await hold(shown, look, 'history');
                equal(complaints, []);
                const bars = await shown.locator('.chart rect').evaluateAll(all => all.map(one => one.getBoundingClientRect()).filter(box =>
                    box.width < 1 || box.height < 1 || box.right > document.documentElement.clientWidth).length);
                equal([bars, await shown.locator('.chart g').count() > 0], [0, true], 'bars that are not seen');
                await shown.getByRole('link', { name: '30 days' }).click();
                ok(shown.url().endsWith('/history?feature=call&days=30'), shown.url());
                await context.close();
            });
    } finally {
        await browser.close();
    }
}

try {
    await with_site({}, async site => {
        const file = `${site.folder}/history.conf`;
        writeFileSync(file, POLICY);
        await site.policy(file);
        callers.person = basic(site.values.WEBQUOTA_USER_FREE);
        callers.administrator = basic(site.values.WEBQUOTA_USER_ADMIN);
        await use(site);
        for (const part of [adds_up, statement, who, looks, processes]) await part(site);
    });
} catch (error) {
    broken(error);
}
finish();
