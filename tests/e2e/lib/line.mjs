// A place in line through a web server: /environment/line is worth one a minute, for all together (tests/e2e/front/policy.conf).
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { request } from './http.mjs';
import { ROOT } from './site.mjs';
import { equal, like, ok, status, test, until } from './tap.mjs';

const HTML = { Accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' };
const WHERE = '/environment/line';
let minute = 0;

/** `by` ("by nginx") tells the checks of several servers apart; `headers_of(name)` signs somebody in. */
export async function line_checks(site, url, by, headers_of) {
    const next_minute = () => site.clock(`2027-03-15 12:${String(++minute).padStart(2, '0')}:10`);
    const ask = (name, more = HTML) => request(`${url}${WHERE}`, { headers: { ...more, ...(name ? headers_of(name) : {}) } });
    const page_of = location => request(new URL(location, url).href, { headers: { ...HTML, ...headers_of('ben') } });
    let place;
    await test(`${by}: who has to wait is sent to the page of the place in line, by its id as a program`, async () => {
        await next_minute();
        status(await ask('ann'), 200);
        const sent = status(await ask('ben'), 303);
        place = sent.headers.location;
        ok(/^\/quota\/queue\/tkt_[\w-]+$/.test(place), place);
        equal(Object.keys(sent.headers).filter(name => /^(variable-|webquota_)/.test(name)), []);
        const page = status(await page_of(place), 200);
        ok(page.text.includes('You are number 1 of 1') && page.text.trimEnd().endsWith('</html>'), page.text);
        like(status(await ask('ben', { Accept: 'application/json' }), 429), { headers: { 'content-type': 'application/problem+json' },
            json: { ticket: place.split('/').pop() } });
        equal(status(await ask('ben'), 303).headers.location, place);
        equal(await site.value("select count(*) from webquota.tickets where state = 'waiting'"), '1');
    });
    await test(`${by}: when the turn comes the page leads back, and what was asked for is served, once`, async () => {
        await next_minute();
        let back;
        await until(async () => (back = await page_of(place)).status === 303, 'the turn comes');
        equal(back.headers.location, WHERE);
        status(await ask('ann'), 303, 'nobody else takes it');
        status(await ask('ben'), 200);
        status(await ask('ben'), 303);
    });
    await test(`${by}: from another device, without cookies, a claim goes along`, async () => {
        const { location } = status(await ask('ann'), 303).headers;
        await next_minute();
        let back;
        await until(async () => (back = await request(new URL(location, url).href, { headers: HTML })).status === 303, 'the turn comes');
        ok(back.headers.location.startsWith(`${WHERE}?webquota_claim=tkt_`), back.headers.location);
        status(await request(new URL(back.headers.location, url).href, { headers: HTML }), 200);
        status(await request(new URL(back.headers.location, url).href, { headers: HTML }), 303, 'once');
    });
    await test(`${by}: with queue_answer = "page" the page stands where one was`, async () => {
        const file = path.join(site.folder, 'line.conf');
        writeFileSync(file, `queue_answer = "page"\n${readFileSync(path.join(ROOT, 'tests/e2e/front/policy.conf'), 'utf8')}`);
        await site.policy(file);
        let page;
        await until(async () => (page = await ask('ben')).status === 429, 'the service has taken it up');
        ok(/You are number \d of \d/.test(page.text) && page.text.includes('/quota/queue/tkt_') && page.text.trimEnd().endsWith('</html>'), page.text);
        like(page.headers, { 'content-type': 'text/html; charset=utf-8', 'retry-after': /^\d+$/, 'cache-control': 'no-store' });
    });
}
