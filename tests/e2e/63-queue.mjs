#!/usr/bin/env node
// The queue end to end: five summaries a minute for all who do not pay. Over HTTP as programs see it, and in a browser as people
// do: the sixth waits, sees its place, and is served in the next minute without a touch; without scripts and cookies as well.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bars, launch, somebody, words } from './lib/hands.mjs';
import { basic, request } from './lib/http.mjs';
import { ROOT, with_site } from './lib/site.mjs';
import { broken, equal, finish, like, ok, status, test, until } from './lib/tap.mjs';

const HTML = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }, JSON_TYPE = { Accept: 'application/json' };

/** The sample policy, with a page that is metered when it is looked at. */
const POLICY = `${readFileSync(path.join(ROOT, 'deploy/policies/summarize.conf'), 'utf8')}
route { method = "GET"  path = "/app/summary"  feature = "summary" }
`;
/** More than a service has threads. */
const MANY = 150;
let minute = 0;

/** A fresh minute, at its tenth second. */
const next_minute = site => site.clock(`2026-03-15 12:${String(++minute).padStart(2, '0')}:10`);

async function fill(site, count = 5) {
    for (let i = 0; i < count; i++)
        status(await site.consume(`filler-${minute}-${i}`, 'summary'), 200);
}

const ticket = (site, id, query = '') => site.api('GET', `/tickets/${id}${query}`);

const state_of = async (site, id) => (await ticket(site, id)).json?.state;

async function programs(site) {
    let first, second;
    await test('who finds the minute full gets a place in line: 202, and the same place when asked again', async () => {
        await next_minute(site);
        await fill(site);
        const answer = status(await site.consume('first', 'summary'), 202);
        like(answer.json, { allowed: false, outcome: 'queued', state: 'waiting', position: 1, ahead: 0, in_line: 1,
            wait: { least_s: 50, about_s: 50, most_s: 110 }, ticket: /^tkt_/ });
        like(answer.headers, { 'retry-after': /^\d+$/, location: `/quota/api/v1/tickets/${answer.json.ticket}`,
            'content-type': 'application/json' });
        first = answer.json.ticket;
        equal((await site.consume('first', 'summary')).json.ticket, first);
        second = status(await site.api('POST', '/tickets', { subject: 'second', feature: 'summary' }), 202).json.ticket;
        like(status(await ticket(site, second), 200), { headers: { 'retry-after': /^\d+$/ }, json: { position: 2, ahead: 1, in_line: 2,
            state: 'waiting', message: /^You are number 2 of 2\. About \d minutes? / } });
    });
    await test('the place is kept when it is looked at by anybody who has the link; another ticket is not there', async () => {
        status(await request(`${site.url}/api/v1/tickets/${first}`), 200);
        status(await ticket(site, `${first.slice(0, -2)}AA`), 404);
        status(await ticket(site, 'tkt_x'), 404);
        status(await ticket(site, first, '?wait=61'), 400);
    });
    await test(`the answers of ${MANY} are held until something changes, and hold up nobody`, async () => {
        let answered = 0;
        const held = Array.from({ length: MANY }, () => ticket(site, first, '?wait=20').finally(() => answered++));
        for (let i = 0; i < 5; i++) like(status(await ticket(site, second), 200).json, { state: 'waiting' });
        equal(answered, 0, 'answers that were not held');
        const began = Date.now();
        await next_minute(site);
        for (const answer of await Promise.all(held))
            like(status(answer, 200).json, { state: 'admitted', claim_until: `2026-03-15T12:${String(minute + 1).padStart(2, '0')}:10Z` });
        ok(Date.now() - began < 10000, `it took ${Date.now() - began} ms`);
        await until(async () => await state_of(site, second) === 'admitted', 'the second is let in');
    });
    await test('who asks only after their turn has come is told at once', async () => {
        const began = Date.now();
        like(status(await ticket(site, second, '?wait=20'), 200).json, { state: 'admitted' });
        ok(Date.now() - began < 5000, `it took ${Date.now() - began} ms`);
    });
    await test('nobody else can take what is held; its holder does, once', async () => {
        for (let i = 0; i < 3; i++) status(await site.consume(`newcomer-${i}`, 'summary'), 200);
        status(await site.consume('newcomer-3', 'summary'), 202);
        status(await site.consume('first', 'summary'), 200);
        await until(async () => await state_of(site, first) === 'used', 'the ticket is used');
        status(await site.consume('first', 'summary'), 202);
        equal(await site.sql("select used, held from webquota.counter_values where limit_key = 'shared_minute'"), [['4', '1']]);
    });
    await test('leaving gives up the place, or what is held', async () => {
        like(status(await site.api('DELETE', `/tickets/${second}`), 200).json, { state: 'left', position: null });
        status(await site.api('DELETE', `/tickets/${second}`), 409);
        await until(async () => (await site.sql("select held from webquota.counter_values where limit_key = 'shared_minute'"))[0][0] === '1',
            'the unit goes to the next');
        equal(await site.sql(`select count(*) from webquota.tickets where state = 'admitted'`), [['1']]);
    });
    await test('who does not come in time loses the turn', async () => {
        await site.clock(`2026-03-15 12:${String(minute += 2).padStart(2, '0')}:20`);
        await until(async () => (await site.value("select count(*) from webquota.tickets where state = 'lapsed'")) === '1', 'it lapses');
        const { stdout, code } = await site.command('doctor');
        equal(code, 0, stdout);
    });
}

async function with_scripts(browser, site, look) {
    await test(`a browser: the sixth sees that it is number 1 of 1, and is served in the next minute without a touch, ${look.colorScheme}`, async () => {
        await next_minute(site);
        await fill(site);
        const { context, page, complaints } = await somebody(browser, site, look, site.values.WEBQUOTA_USER_FREE);
        await page.goto(new URL('/signin', site.url).href);
        await page.goto(`${site.app}/`);
        await page.goto(`${site.app}/summary`);
        ok(/\/quota\/queue\/tkt_/.test(page.url()), page.url());
        const text = await words(page);
        ok(/You are number 1 of 1/.test(text), text);
        ok(/About 1 minute \(up to 2\)\./.test(text), text);
        ok(/Your place is kept until 12:\d\d:10/.test(text), text);
        equal(await page.title(), 'Number 1 of 1: Summaries · Summaries');
        await bars(page, look, 'queue');
        const place = page.url();
        await page.reload();
        equal(page.url(), place);
        ok(/You are number 1 of 1/.test(await words(page)), 'reload keeps the place');
        const tab = await context.newPage();
        await tab.goto(`${site.app}/summary`);
        equal(tab.url(), place, 'a second tab');
        await tab.close();
        await page.goBack();
        equal(page.url(), `${site.app}/`, 'the back button');
        await page.goForward();
        equal(page.url(), place);
        ok(/You are number 1 of 1/.test(await words(page)), 'back and forth keeps the place');
        await next_minute(site);
        await page.waitForURL(`${site.app}/summary`, { timeout: 15000 });
        ok(/Summarize a text/.test(await words(page)), await words(page));
        equal(complaints, []);
        await context.close();
    });
}

async function side_by_side(browser, site) {
    await test('several users: each page says by itself that the line has moved; one that is paused stands still until it is resumed', async () => {
        await next_minute(site);
        await fill(site);
        const one = await somebody(browser, site, {}, site.values.WEBQUOTA_USER_FREE), other = await somebody(browser, site);
        await one.page.goto(new URL('/signin', site.url).href);
        await one.page.goto(`${site.app}/summary`);
        const between = status(await site.consume('between', 'summary'), 202).json.ticket;
        await other.page.goto(`${site.app}/summary`);
        ok(/You are number 3 of 3/.test(await words(other.page)), await words(other.page));
        status(await site.api('DELETE', `/tickets/${between}`), 200);
        await other.page.getByRole('heading', { name: 'You are number 2 of 2' }).waitFor({ timeout: 10000 });
        equal(await other.page.title(), 'Number 2 of 2: Summaries · Summaries');
        equal(await other.page.getByRole('status').innerText(), 'You are number 2 of 2');
        ok(/1 of 2 places done since you joined/.test(await words(other.page)), await words(other.page));
        const pause = other.page.getByRole('button', { name: 'Pause updates' });
        await pause.click();
        equal(await pause.getAttribute('aria-pressed'), 'true');
        const place = other.page.url(), asked = [];
        other.page.on('request', sent => asked.push(sent.url()));
        await next_minute(site);
        await one.page.waitForURL(`${site.app}/summary`, { timeout: 15000 });
        await until(async () => await state_of(site, place.split('/').pop()) === 'admitted', 'the other is let in too');
        equal([asked, other.page.url()], [[], place]);
        ok(/You are number 2 of 2/.test(await words(other.page)), await words(other.page));
        await pause.click();
        await other.page.waitForURL(`${site.app}/summary`, { timeout: 15000 });
        equal([...one.complaints, ...other.complaints], []);
        await one.context.close();
        await other.context.close();
    });
}

async function without_scripts(browser, site) {
    await test('without scripts and cookies: the refresh that was asked for goes on by itself', async () => {
        await next_minute(site);
        await fill(site);
        const { context, page } = await somebody(browser, site, { javaScriptEnabled: false });
        await page.goto(`${site.app}/summary`);
        const seen = await page.locator('body').innerText();
        ok(/You are number 1 of 1/.test(seen), seen);
        equal(await context.cookies(), []);
        await page.getByRole('link', { name: 'Refresh every 5 seconds' }).click();
        await next_minute(site);
        await page.waitForURL(`${site.app}/summary`, { timeout: 20000 });
        ok(/Summarize a text/.test(await page.locator('body').innerText()), 'it is not the page that was asked for');
        await context.close();
    });
    await test('leaving is a form; the page says so, and how to go back in', async () => {
        await fill(site, 4);
        const { context, page } = await somebody(browser, site, { javaScriptEnabled: false });
        await page.goto(`${site.app}/summary`);
        await page.getByRole('button', { name: 'Leave the queue' }).click();
        const seen = await page.locator('body').innerText();
        ok(/You have left the queue/.test(seen), seen);
        await page.getByRole('link', { name: 'Ask again, and queue anew' }).click();
        ok(/You are number 1 of 1/.test(await page.locator('body').innerText()), 'a new place');
        await page.getByRole('button', { name: 'Leave the queue' }).click();
        await context.close();
    });
    await test('where the browser keeps cookies the claim is in one, and the address as it was asked for', async () => {
        const id = status(await site.consume('keeps', 'summary'), 202).json.ticket;
        await site.sql(`update webquota.tickets set return_to = '/app/summary?x=2' where state = 'waiting'`);
        await next_minute(site);
        await until(async () => await state_of(site, id) === 'admitted', 'it is let in');
        const go = status(await request(`${site.url}/queue/${id}`, { headers: { ...HTML, Cookie: 'theme=dark' } }), 303).headers;
        equal(go.location, '/app/summary?x=2');
        const [, claim] = /^(webquota_claim=tkt_[^;]+); Path=\/; Max-Age=60; HttpOnly; SameSite=Lax$/.exec(go['set-cookie']?.[0]) ?? [];
        ok(claim, go['set-cookie']);
        await fill(site, 4);
        const come = Cookie => request(new URL(go.location, site.url).href, { headers: { ...HTML, Cookie } });
        status(await come(`theme=dark; ${claim}x`), 303, 'a forged claim');
        status(await come(`theme=dark; ${claim}`), 200);
        await until(async () => await state_of(site, id) === 'used', 'it is used');
        const own = status(await come(`theme=dark; ${claim}`), 303, 'a claim is good once').headers.location;
        status(await site.api('DELETE', `/tickets/${own.split('/').pop()}`), 200);
    });
    await test('another device with the link, and another address: the claim goes along', async () => {
        const answer = status(await site.consume('elsewhere', 'summary'), 202);
        await site.sql(`update webquota.tickets set return_to = '/app/summary?x=1' where state = 'waiting'`);
        await next_minute(site);
        await until(async () => await state_of(site, answer.json.ticket) === 'admitted', 'it is let in');
        const page = status(await request(`${site.url}/queue/${answer.json.ticket}`, { headers: HTML }), 303);
        ok(/^\/app\/summary\?x=1&webquota_claim=tkt_/.test(page.headers.location), page.headers.location);
        const forged = page.headers.location.replace(/.$/, last => last === 'A' ? 'B' : 'A');
        await fill(site, 4);
        status(await request(new URL(forged, site.url).href, { headers: HTML }), 303, 'a forged claim');
        status(await request(new URL(page.headers.location, site.url).href, { headers: HTML }), 200);
        await until(async () => await state_of(site, answer.json.ticket) === 'used', 'it is used');
        status(await request(new URL(page.headers.location, site.url).href, { headers: HTML }), 303, 'a claim is good once');
    });
    await test('a form that has to wait is to be sent again: the page says so', async () => {
        await next_minute(site);
        await site.sql(`update webquota.tickets set seen_at = '2026-03-14' where state = 'waiting'`);
        await until(async () => (await site.value(`select count(*) from webquota.tickets where state = 'waiting'`)) === '0', 'nobody waits');
        await next_minute(site);
        await fill(site);
        const sent = status(await site.form('summary', 'free', { Referer: `${site.app}/summary` }), 303);
        const page = status(await request(new URL(sent.headers.location, site.url).href, { headers: HTML }), 200);
        ok(/What you sent was not passed on/.test(page.text) && page.text.includes('href="/app/summary"'), page.text);
        await next_minute(site);
        await until(async () => /Send your form again now/.test((await request(new URL(sent.headers.location, site.url).href,
            { headers: HTML })).text), 'its turn');
        status(await site.form('summary', 'free', { Referer: `${site.app}/summary` }), 200);
    });
    await test('the twin: JSON at the same address, whatever else is accepted', async () => {
        await fill(site, 4);
        const { ticket: id } = status(await site.consume('twin', 'summary'), 202).json;
        for (const Accept of ['application/json', 'application/json, text/plain, */*', 'text/html, application/json',
            'text/html;q=0.9, application/json'])
            like(status(await request(`${site.url}/queue/${id}`, { headers: { Accept } }), 200).json, { ticket: id, state: 'waiting' });
    });
}

/** A line that is full, and limits that no one may pass by waiting. */
async function bounds(site, file) {
    await test('more than the whole limit is refused at once, never queued', async () => {
        like(status(await site.consume('greedy', 'summary', { units: 6 }), 429).json, { outcome: 'denied' });
    });
    await test('a line that is full says so to programs and people, and how long it is may change at once', async () => {
        await next_minute(site);
        await until(async () => (await site.value(`select count(*) from webquota.tickets where state = 'waiting'`)) === '0', 'nobody waits');
        await next_minute(site);
        await fill(site);
        await site.policy(with_settings(file, 'on_exceed = "queue"', 'on_exceed = "queue"  queue_max = 2'));
        for (const name of ['x', 'y']) await until(async () => (await site.consume(name, 'summary')).status === 202, `${name} waits`);
        like(status(await site.consume('z', 'summary'), 503), { headers: { 'content-type': 'application/problem+json', 'retry-after': /^\d+$/ },
            json: { detail: /^Too many people wait/ } });
        const page = status(await request(`${site.app}/summary`, { headers: HTML }), 503);
        ok(/Too many people wait for summaries at the moment/.test(page.text), page.text);
        await site.policy(file);
        await until(async () => (await site.consume('z', 'summary')).status === 202, 'there is room');
    });
    await test('a line that is paused or closed, by the API, at once; and the report', async () => {
        const set = (state, more = {}) => site.api('POST', '/admin/queues', { feature: 'summary', state, reason: 'why', ...more });
        status(await set('shut'), 400);
        status(await set('open', { feature: 'nothing' }), 404);
        like(status(await set('paused', { limit: 'shared_minute', reason: 'a test' }), 200).json, { state: 'paused', limit: 'shared_minute' });
        const { ticket: id } = (await site.consume('x', 'summary')).json;
        await until(async () => (await ticket(site, id)).json.paused, 'it is said');
        like((await ticket(site, id)).json, { wait: null, message: /The queue is paused/ });
        ok(/The queue is paused\. We do not know yet how long it takes/.test((await request(`${site.url}/queue/${id}`, { headers: HTML })).text), 'on the page');
        await next_minute(site);
        status(await set('closed'), 200);
        status(await site.consume('late', 'summary'), 503);
        await until(async () => await state_of(site, id) === 'admitted', 'those in line are served');
        status(await set('open'), 200);
        equal(await site.value("select details->>'state' from webquota.audit where action = 'queue.set' order by at, id limit 1"), 'paused');
        like(status(await site.api('GET', '/admin/queues'), 200).json.queues[0], { feature: 'summary', limit: 'shared_minute', state: 'open',
            promises: { told: count => count > 5, kept_percent: pct => pct > 50, error_median_s: s => s >= 0 } });
        like((await site.command('queue', 'list')).stdout, /summary, shared_minute: open; .* % within what was said \(\d+ sooner, \d+ later\)/);
    });
}

/** No limit queues any more, and the service sees to those who wait all the same. */
async function no_more(site, file) {
    await test('whoever waits as the last limit stops queueing is told by what it says now', async () => {
        await next_minute(site);
        await until(async () => (await site.value(`select count(*) from webquota.tickets where state = 'waiting'`)) === '0', 'nobody waits');
        await next_minute(site);
        await fill(site);
        const { ticket: id } = status(await site.consume('too-late', 'summary'), 202).json;
        await site.policy(with_settings(file, 'on_exceed = "queue"', 'on_exceed = "block"'));
        await until(async () => await state_of(site, id) === 'expired', 'the last is refused');
        await site.policy(file);
    });
}

/** The policy of `file` with something else in it. */
function with_settings(file, from, to) {
    const other = `${file}.other`;
    writeFileSync(other, readFileSync(file, 'utf8').replaceAll(from, to));
    return other;
}

/** The page of the place stands where the page was that one asked for. */
async function page_itself(browser, site, file) {
    await test('with queue_answer = "page" the place is shown at the address that was asked for, which is served there', async () => {
        await site.policy(with_settings(file, 'title          =', 'queue_answer = "page"  title ='));
        await next_minute(site);
        await until(async () => (await site.value(`select count(*) from webquota.tickets where state = 'waiting'`)) === '0', 'nobody waits');
        await next_minute(site);
        await fill(site);
        const { context, page, complaints } = await somebody(browser, site);
        await page.goto(`${site.app}/summary`);
        equal(page.url(), `${site.app}/summary`);
        ok(/You are number 1 of 1/.test(await words(page)), await words(page));
        await page.reload();
        ok(/You are number 1 of 1/.test(await words(page)), 'reload keeps the place');
        await next_minute(site);
        await page.getByText('Summarize a text').first().waitFor({ timeout: 15000 });
        equal(page.url(), `${site.app}/summary`);
        equal(complaints, []);
        await context.close();
    });
}

try {
    const file = path.join(process.env.TMPDIR ?? '/tmp', 'queue.conf');
    writeFileSync(file, POLICY);
    const browser = await launch();
    await with_site({ policy: file }, async site => {
        await programs(site);
        await with_scripts(browser, site, { colorScheme: 'light', viewport: { width: 1280, height: 900 } });
        await with_scripts(browser, site, { colorScheme: 'dark', viewport: { width: 320, height: 640 } });
        await side_by_side(browser, site);
        await without_scripts(browser, site);
        await bounds(site, file);
        await no_more(site, file);
        await page_itself(browser, site, file);
    });
    await browser.close();
} catch (error) {
    broken(error);
}
finish();
