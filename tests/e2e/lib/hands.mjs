// A real browser as somebody uses it without a mouse: two looks, with JavaScript and without; and what every page must hold.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { axe, keyboard, targets, width } from '../../browser/checks.mjs';
import { ROOT } from './site.mjs';
import { equal } from './tap.mjs';

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

export const launch = () => chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS });

export const words = async page => (await page.locator('body').innerText()).replace(/\s+/g, ' ');

/** What every page must hold, where the look has what looks for it. */
export async function bars(page, look, what) {
    if (!look.javaScriptEnabled) {
        equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `${what}: nothing beside the screen`);
        return;
    }
    await page.evaluate(AXE);
    for (const [name, check] of Object.entries({ axe: () => axe(page, true), targets: () => targets(page), width: () => width(page),
        keyboard: () => keyboard(page) }))
        equal(await check(), [], `${what}: ${name}`);
    await page.evaluate(() => document.activeElement?.blur());
}

async function tab_to(page, locator, what) {
    for (let i = 0; i < 90; i++) {
        await page.keyboard.press('Tab');
        if (await locator.evaluate(one => one === document.activeElement)) return;
    }
    throw new Error(`the tab key never gets to ${what}`);
}

/** Goes to a link or button with the tab key, and presses it. */
export async function press(page, role, name) {
    await tab_to(page, page.getByRole(role, { name }).first(), name);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

export async function type_into(page, label, text) {
    await tab_to(page, page.getByLabel(label, { exact: false }).first(), label);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
}

/** Opens what is folded away. */
export async function unfold(page, text) {
    await tab_to(page, page.locator('summary', { hasText: text }).first(), text);
    await page.keyboard.press('Enter');
}

export async function sign_in(page, site, name, password, next) {
    await page.goto(`${site.url}/login?next=/quota${next}`);
    await type_into(page, 'Name', name);
    await type_into(page, 'Password', password);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}
