#!/usr/bin/env node
// A newcomer's first minute in a real browser: opens the example application, signs in, uses up a limit, is stopped with a
// page, looks at the dashboard, comes back; and a visitor who never signs in. The bars of tests/browser hold for the pages as
// they really arrive, with their headers; Lighthouse gives the main ones all that it has to give.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { axe, keyboard, meters, targets, width } from '../browser/checks.mjs';
import { basic } from './lib/http.mjs';
import { ROOT, free_port, with_site } from './lib/site.mjs';
import { equal, finish, ok, test } from './lib/tap.mjs';

const BROWSER = path.join(ROOT, 'tests/browser');
execFileSync(`${ROOT}/scripts/browser-modules`, { stdio: 'ignore' });
const require = createRequire(path.join(BROWSER, 'package.json'));
const { chromium } = require('playwright-core');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'];
const LOOKS = [{ colorScheme: 'light', viewport: { width: 1280, height: 900 } }, { colorScheme: 'dark', viewport: { width: 320, height: 640 } }];

/** A browser of somebody: `pair` is name:password, or undefined for a visitor. What goes wrong in it is kept. */
async function somebody(browser, site, pair, look) {
    const [username, password] = pair?.split(':') ?? [];
    const context = await browser.newContext({ ...look, bypassCSP: false,
        httpCredentials: pair && { username, password, origin: new URL(site.url).origin } });
    const page = await context.newPage();
    const complaints = [];
    page.on('console', line => { if (line.type() === 'error' && !/status of 4\d\d/.test(line.text())) complaints.push(line.text()); });
    page.on('pageerror', error => complaints.push(String(error)));
    page.on('request', sent => { if (!sent.url().startsWith(new URL(site.url).origin)) complaints.push(`asks ${sent.url()}`); });
    return { context, page, complaints };
}

/** axe and the other bars on the page as it stands. CSP forbids scripts of ours, so axe comes through the debugger. */
async function bars(page, what) {
    await page.evaluate(AXE);
    for (const [name, check] of Object.entries({ axe: () => axe(page, 'all'), meters: () => meters(page), targets: () => targets(page),
        width: () => width(page), keyboard: () => keyboard(page) }))
        equal(await check(), [], `${what}: ${name}`);
}

const words = page => page.evaluate(() => document.body.innerText.replace(/\s+/g, ' '));

async function use(page, site, feature) {
    await page.goto(`${site.app}/`);
    const form = page.locator(`form[action="/app/${feature}"]`);
    await form.locator('input[name=text]').fill('something');
    const [answer] = await Promise.all([page.waitForNavigation(), form.locator('input[type=submit]').click()]);
    return answer;
}

async function signed_in(browser, site, look) {
    const { context, page, complaints } = await somebody(browser, site, site.values.WEBQUOTA_USER_FREE, look);
    const how = `${look.colorScheme}, ${look.viewport.width} px`;
    await test(`first use, ${how}: the dashboard shows what there is`, async () => {
        await page.goto(new URL('/signin', site.url).href);
        ok(page.url().startsWith(site.app), page.url());
        await page.goto(`${site.url}/`);
        const text = await words(page);
        ok(text.includes('Signed in as free'), text.slice(0, 400));
        ok(/Add Solution/.test(text) && /of 3 Add Solution requests used today/.test(text), text.slice(0, 2000));
        await bars(page, 'dashboard');
    });
    await test(`a limit can be used up and stops with a page, ${how}`, async () => {
        let answer;
        for (let i = 0; i < 3; i++) equal((answer = await use(page, site, 'add_solution')).status(), 200, `use ${i + 1}`);
        answer = await use(page, site, 'add_solution');
        equal(answer.status(), 429);
        equal(answer.headers()['cache-control'], 'no-store');
        ok(/^"add_solution_daily";r=0;t=\d+$/.test(answer.headers().ratelimit), JSON.stringify(answer.headers()));
        const text = await words(page);
        ok(/You've used all 3 Add Solution requests for today\. You can use it again on \d{4}-\d\d-\d\d at 00:00 \(UTC\)\./.test(text), text);
        ok(/Pro: 150 a day instead of 3/.test(text), text);
        ok(/nothing of it was saved/.test(text), text);
        await bars(page, 'limit page');
    });
    await test(`the way back leads back, and the dashboard tells it, ${how}`, async () => {
        await Promise.all([page.waitForNavigation(), page.getByRole('link', { name: 'Go back' }).click()]);
        ok(page.url().startsWith(site.app), page.url());
        await page.goto(`${site.url}/`);
        const text = await words(page);
        ok(/Used up: Add Solution/.test(text) && /3 of 3 Add Solution requests used today/.test(text), text.slice(0, 800));
        await bars(page, 'dashboard when used up');
    });
    await test(`the browser had nothing to complain of, ${how}`, async () => equal(complaints, []));
    await context.close();
    await site.api('DELETE', '/usage?subject=free');
}

async function visitor(browser, site) {
    const { context, page, complaints } = await somebody(browser, site, undefined, LOOKS[0]);
    await test('a visitor sees their own use, and what signing in gives', async () => {
        await page.goto(`${site.url}/`);
        const text = await words(page);
        ok(/127\.0\.0\.1/.test(text) && /[Ss]ign in/.test(text), text.slice(0, 800));
        await bars(page, "visitor's dashboard");
        equal(complaints, []);
    });
    await context.close();
}

async function lighthouse(site, port) {
    const { judged } = await import('../browser/lighthouse.mjs');
    await site.consume('free', 'add_solution', { units: 3 });
    for (const where of ['/', '/history', '/plans', '/limit/add_solution'])
        await test(`Lighthouse: accessibility and best practices of ${where} are 100`, async () =>
            equal(await judged(`${site.url}${where}`, port, basic(site.values.WEBQUOTA_USER_FREE)), []));
}

await with_site({}, async site => {
    const port = await free_port();
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: [...ARGUMENTS, `--remote-debugging-port=${port}`] });
    try {
        for (const look of LOOKS) await signed_in(browser, site, look);
        await visitor(browser, site);
        await lighthouse(site, port);
    } finally {
        await browser.close();
    }
});
finish();
