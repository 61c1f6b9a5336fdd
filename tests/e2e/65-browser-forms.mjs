#!/usr/bin/env node
// Signing in, asking for more and signing out in a real browser, by keyboard alone; with JavaScript and without. The bars of
// tests/browser hold for the pages as they really arrive.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { axe, keyboard, targets, width } from '../browser/checks.mjs';
import { PROGRAMS, ROOT, run_well, with_site } from './lib/site.mjs';
import { totp } from './lib/totp.mjs';
import { broken, equal, finish, ok, test } from './lib/tap.mjs';

const BROWSER = path.join(ROOT, 'tests/browser');
execFileSync(`${ROOT}/scripts/browser-modules`, { stdio: 'ignore' });
const require = createRequire(path.join(BROWSER, 'package.json'));
const { chromium } = require('playwright-core');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'];
const LOOKS = [
    { javaScriptEnabled: true, colorScheme: 'light', viewport: { width: 1280, height: 900 } },
    { javaScriptEnabled: false, colorScheme: 'dark', viewport: { width: 320, height: 640 } },
];
const PASSWORD = 'correct horse battery';

const words = async page => (await page.locator('body').innerText()).replace(/\s+/g, ' ');

/** Without JavaScript nothing of ours runs in the page either: then only what needs none is looked at. */
async function bars(page, look, what) {
    if (!look.javaScriptEnabled) return;
    await page.evaluate(AXE);
    for (const [name, check] of Object.entries({ axe: () => axe(page, 'all'), targets: () => targets(page), width: () => width(page),
        keyboard: () => keyboard(page) }))
        equal(await check(), [], `${what}: ${name}`);
}

/** The tab key, until the focus is on what has this name. */
async function tab_to(page, locator) {
    for (let i = 0; i < 40; i++) {
        await page.keyboard.press('Tab');
        if (await locator.evaluate(one => one === document.activeElement)) return;
    }
    throw new Error('the tab key never gets there');
}

async function press_enter(page) {
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

async function type_into(page, label, text) {
    const field = page.getByLabel(label, { exact: false });
    await tab_to(page, field);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
}

async function sign_in(page, name, password) {
    await type_into(page, 'Name', name);
    await type_into(page, 'Password', password);
    await press_enter(page);
}

async function somebody(browser, site, look) {
    const how = `${look.javaScriptEnabled ? 'with' : 'without'} JavaScript, ${look.viewport.width} px`;
    const context = await browser.newContext(look);
    const page = await context.newPage();
    const complaints = [];
    page.on('console', line => { if (line.type() === 'error' && !/status of 4\d\d/.test(line.text())) complaints.push(line.text()); });
    page.on('pageerror', error => complaints.push(String(error)));

    await test(`a wrong password is said, and what was typed stays, ${how}`, async () => {
        await page.goto(`${site.url}/login?next=/quota/features/get_solution`);
        await bars(page, look, 'sign in');
        await page.goto(`${site.url}/login?next=/quota/features/get_solution`);
        await sign_in(page, 'ada', 'not the password');
        ok((await words(page)).includes('The name or the password is wrong.'), await words(page));
        equal(await page.getByLabel('Name').inputValue(), 'ada');
        equal(await page.getByLabel('Password').inputValue(), '');
        await bars(page, look, 'sign in again');
    });
    await test(`signing in by keyboard leads to where one wanted to go, and lasts, ${how}`, async () => {
        await page.goto(`${site.url}/login?next=/quota/features/get_solution`);
        await sign_in(page, 'ada', PASSWORD);
        equal(page.url(), `${site.url}/features/get_solution`);
        ok((await words(page)).includes('Signed in as ada'), await words(page));
        const [cookie] = await context.cookies();
        equal([cookie.name, cookie.secure, cookie.httpOnly, cookie.sameSite, cookie.path], ['webquota_session', true, true, 'Lax', '/']);
        await page.reload();
        ok((await words(page)).includes('Signed in as ada'), await words(page));
    });
    await test(`a request is written, mended and sent, by keyboard, ${how}`, async () => {
        await tab_to(page, page.getByRole('link', { name: 'Ask for more' }));
        await press_enter(page);
        await bars(page, look, 'request');
        await page.goto(`${site.url}/requests/new?feature=get_solution`);
        await type_into(page, 'How many', 'lots');
        await type_into(page, 'Why do you need it?', 'A competition <b>');
        await tab_to(page, page.getByRole('button', { name: 'Send the request' }));
        await press_enter(page);
        ok((await words(page)).includes('This must be a whole number from 1 on'), await words(page));
        equal(await page.getByLabel('Why do you need it?').inputValue(), 'A competition <b>');
        await bars(page, look, 'request to mend');
        await page.goto(`${site.url}/requests/new?feature=get_solution`);
        await type_into(page, 'How many', '20');
        await type_into(page, 'Why do you need it?', 'A competition <b>');
        await tab_to(page, page.getByRole('button', { name: 'Send the request' }));
        await press_enter(page);
        equal(page.url(), `${site.url}/requests?sent=1`);
        const text = await words(page);
        ok(text.includes('Your request was sent.') && text.includes('Waiting for an answer') && text.includes('A competition <b>'), text);
        await bars(page, look, 'requests');
        await page.reload();
        equal(await site.value("select count(*) from webquota.requests where subject = 'ada'"), '1', 'loading it again sends nothing');
    });
    await test(`the answer is seen, and what was given, ${how}`, async () => {
        await site.command('request', 'approve', await site.value('select max(id) from webquota.requests'), '--reason', 'Good luck');
        await page.goto(`${site.url}/requests`);
        ok(/Approved, .*: Good luck/.test(await words(page)), await words(page));
        await page.goto(`${site.url}/features/get_solution`);
        ok((await words(page)).includes('0 of 20 Get Solution requests used today'), await words(page));
    });
    await test(`signing out by keyboard ends it, also for the way back, ${how}`, async () => {
        await tab_to(page, page.getByRole('link', { name: 'Sign out' }));
        await press_enter(page);
        await bars(page, look, 'sign out');
        await page.goto(`${site.url}/logout`);
        await tab_to(page, page.getByRole('button', { name: 'Sign out' }));
        await press_enter(page);
        ok((await words(page)).includes('You are signed out.'), await words(page));
        equal(await context.cookies(), []);
        await page.goto(`${site.url}/`);
        ok((await words(page)).includes('not signed in'), await words(page));
    });
    await test(`codes are set up, asked for, and turned off, by keyboard, ${how}`, async () => {
        const press = async name => {
            await tab_to(page, page.getByRole('button', { name, exact: true }));
            await press_enter(page);
        };
        const now_s = () => Date.now() / 1000;
        await page.goto(`${site.url}/login?next=/quota/account`);
        await sign_in(page, 'ada', PASSWORD);
        await press('Set up codes');
        equal(page.url(), `${site.url}/account/code`);
        await bars(page, look, 'codes to set up');
        ok(await page.getByRole('img', { name: 'picture for the camera' }).isVisible(), 'the picture');
        await page.goto(`${site.url}/account/code`);
        const secret = await page.locator('li code').innerText();
        await type_into(page, 'Password', PASSWORD);
        await type_into(page, 'Code', totp(secret, now_s()));
        await press('Set up');
        const codes = await page.locator('.codes code').allInnerTexts();
        equal(codes.length, 10);
        await bars(page, look, 'recovery codes');
        await page.goto(`${site.url}/logout`);
        await press('Sign out');
        await page.goto(`${site.url}/login?next=/quota/account`);
        await sign_in(page, 'ada', PASSWORD);
        equal(page.url(), `${site.url}/login/code?next=%2Fquota%2Faccount`);
        await bars(page, look, 'code');
        await page.goto(`${site.url}/login/code?next=/quota/account`);
        await type_into(page, 'Code', '12');
        await press('Sign in');
        ok((await words(page)).includes('The code is wrong, or was used already.'), await words(page));
        await bars(page, look, 'wrong code');
        await page.goto(`${site.url}/login/code?next=/quota/account`);
        await type_into(page, 'Code', totp(secret, now_s() + 30));
        await press('Sign in');
        equal(page.url(), `${site.url}/account`);
        await bars(page, look, 'account with codes');
        await page.goto(`${site.url}/account`);
        await tab_to(page, page.getByRole('link', { name: 'Turn codes off' }));
        await press_enter(page);
        await bars(page, look, 'codes to turn off');
        await page.goto(`${site.url}/account/code`);
        await type_into(page, 'Password', PASSWORD);
        await type_into(page, 'Code', codes[0]);
        await press('Turn off');
        ok((await words(page)).includes('Codes are off'), await words(page));
        await page.goto(`${site.url}/logout`);
        await press('Sign out');
    });
    await test(`the browser had nothing to complain of, ${how}`, async () => equal(complaints, []));
    await context.close();
    await site.sql("delete from webquota.requests; delete from webquota.overrides");
}

/* What a page of another site can make a browser of somebody who is signed in send. */
async function other_site(browser, site) {
    await test('a page of another site cannot sign anybody out, or in: its form arrives without the cookie or is refused', async () => {
        const context = await browser.newContext();
        const page = await context.newPage();
        await page.goto(`${site.url}/login`);
        await sign_in(page, 'ada', PASSWORD);
        await page.goto('data:text/html,' + encodeURIComponent(`<form method="post" action="${site.url}/logout"><button>x</button></form>`));
        const [answer] = await Promise.all([page.waitForNavigation(), page.getByRole('button').click()]);
        equal(answer.status(), 403);
        await page.goto(`${site.url}/`);
        ok((await words(page)).includes('Signed in as ada'), await words(page));
        await context.close();
    });
}

try {
    await with_site({}, async site => {
        await run_well(`${PROGRAMS}/webquota`, ['account', 'add', 'ada'], { env: { DATABASE_URL: site.values.DATABASE_URL }, input: `${PASSWORD}\n` });
        const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS });
        try {
            for (const look of LOOKS) await somebody(browser, site, look);
            await other_site(browser, site);
        } finally {
            await browser.close();
        }
    });
} catch (error) {
    broken(error);
}
finish();
