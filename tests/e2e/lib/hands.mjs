// A real browser as somebody uses it without a mouse: two looks, with JavaScript and without; and what every page must hold.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { keyboard, look as look_at, meters, skeleton, stops, tab, type, width } from '../../browser/checks.mjs';
import { ROOT } from './site.mjs';
import { equal, until } from './tap.mjs';

const BROWSER = path.join(ROOT, 'tests/browser');
execFileSync(`${ROOT}/scripts/browser-modules`, { stdio: 'ignore' });
const require = createRequire(path.join(BROWSER, 'package.json'));
const { chromium } = require('playwright-core');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'];
export const LOOKS = [
    { name: 'with JavaScript, 1280 px, light', javaScriptEnabled: true, colorScheme: 'light', viewport: { width: 1280, height: 900 } },
    { name: 'without JavaScript, 320 px, dark', javaScriptEnabled: false, colorScheme: 'dark', viewport: { width: 320, height: 640 } },
];

/** `more`: of the browser's arguments. */
export const launch = (more = []) => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...ARGUMENTS, ...more] });

export const words = async page => (await page.locator('body').innerText()).replace(/\s+/g, ' ');

/** Somebody's browser, which keeps what goes wrong in it: {context, page, complaints}. `pair`: name:password for the web server, or undefined. */
export async function somebody(browser, site, look = {}, pair) {
    const [username, password] = pair?.split(':') ?? [], { origin } = new URL(site.url);
    const context = await browser.newContext({ ...look, httpCredentials: pair && { username, password, origin } });
    const page = await context.newPage(), complaints = [];
    page.on('console', line => { if (line.type() === 'error' && !/status of 4\d\d/.test(line.text())) complaints.push(line.text()); });
    page.on('pageerror', error => complaints.push(String(error)));
    page.on('request', sent => { if (!sent.url().startsWith(origin)) complaints.push(`asks ${sent.url()}`); });
    return { context, page, complaints };
}

/* What was looked at by axe and by keyboard: of pages of one address that are the same but for words, both would say the same. */
const judged = new Set();

/** What every page must hold. Without JavaScript nothing of ours runs in it either: then only what needs none is looked at. */
export async function bars(page, look, what) {
    if (look.javaScriptEnabled === false) {
        equal(await width(page), [], `${what}: width`);
        return;
    }
    const key = `${look.colorScheme} ${look.viewport?.width} ${new URL(page.url()).pathname} ${await skeleton(page)}`, known = judged.has(key);
    if (!known) await page.evaluate(AXE);
    equal([...await look_at(page, known ? null : 'all', true), ...await meters(page)], [], what);
    if (known) return;
    equal(await keyboard(page), [], `${what}: keyboard`);
    judged.add(key);
    await page.evaluate(() => document.activeElement?.blur());
}

/* Runs in the page: has it the focus, and can that be seen? */
const focus_of = one => {
    if (one !== document.activeElement) return undefined;
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.width > 0 && box.left >= 0 && box.right <= innerWidth + 1 &&
        box.bottom > 0 && box.top < innerHeight;
};

/* Past the head of the page, by the link that is there for that. */
async function skip(page) {
    const at = selector => page.evaluate(one => Boolean(document.activeElement.closest(one)), selector);
    await tab(page, 1);
    if (!await at('.skip')) return;
    await page.keyboard.press('Enter');
    await until(() => at('main'), 'the skip link leads to the content');
}

/** The tab key, until the focus is on it, where it must be seen. */
export async function tab_to(page, locator, what) {
    const target = await locator.first().elementHandle();
    if (await target.evaluate(one => one.closest('main') && !document.activeElement.closest('main'))) await skip(page);
    await tab(page, await stops(target));
    for (let i = 0; i < 90; i++) {
        const seen = await target.evaluate(focus_of);
        if (seen !== undefined) return equal(seen, true, `the focus on ${what} is seen`);
        await tab(page, 1);
    }
    throw new Error(`the tab key never gets to ${what}`);
}

export const enter = page => Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);

/** Goes to a link or button with the tab key, and presses it. `name`: a part of it, or a RegExp. */
export async function press(page, role, name) {
    await tab_to(page, page.getByRole(role, { name }), name);
    await enter(page);
}

/** Letters, to where the focus is. */
export const typed = type;

export async function type_into(page, label, text) {
    await tab_to(page, page.getByLabel(label, { exact: false }), label);
    await page.keyboard.press('Control+A');
    await type(page, text);
}

/** One of radio buttons: the tab key leads to the chosen one or the first, the arrows to the others. */
export async function choose(page, name) {
    const wanted = await page.getByRole('radio', { name }).first().elementHandle();
    const group = await wanted.getAttribute('name');
    const chosen = page.locator(`input[type=radio][name="${group}"]:checked`);
    await tab_to(page, await chosen.count() ? chosen : page.locator(`input[type=radio][name="${group}"]`), name);
    await page.keyboard.press('Space');
    for (let i = 0; i < 20 && !await wanted.isChecked(); i++) await page.keyboard.press('ArrowDown');
    equal(await wanted.isChecked(), true, `${name} is chosen`);
}

/** A box that is ticked. */
export async function tick(page, label) {
    await tab_to(page, page.getByLabel(label), label);
    await page.keyboard.press('Space');
}

/** Opens what is folded away. */
export async function unfold(page, text) {
    await tab_to(page, page.locator('summary', { hasText: text }), text);
    await page.keyboard.press('Enter');
}

export async function sign_in(page, site, name, password, next) {
    await page.goto(`${site.url}/login?next=/quota${next}`);
    await type_into(page, 'Name', name);
    await type_into(page, 'Password', password);
    await enter(page);
}
