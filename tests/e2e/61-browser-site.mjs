#!/usr/bin/env node
// A newcomer's first minute in a real browser: opens the example application, signs in, uses up a limit, is stopped with a
// page, looks at the dashboard, comes back; and a visitor who never signs in. The bars of tests/browser hold for the pages as
// they really arrive, with their headers; Lighthouse gives the main ones all that it has to give. Takes long.
import { bars, launch, somebody, words } from './lib/hands.mjs';
import { basic } from './lib/http.mjs';
import { NOON, at_noon } from './lib/noon.mjs';
import { free_port, with_site } from './lib/site.mjs';
import { equal, finish, ok, test } from './lib/tap.mjs';

const LOOKS = [{ colorScheme: 'light', viewport: { width: 1280, height: 900 } }, { colorScheme: 'dark', viewport: { width: 320, height: 640 } }];

async function use(page, site, feature) {
    await page.goto(`${site.app}/`);
    const form = page.locator(`form[action="/app/${feature}"]`);
    await form.locator('input[name=text]').fill('something');
    const [answer] = await Promise.all([page.waitForNavigation(), form.locator('input[type=submit]').click()]);
    return answer;
}

async function signed_in(browser, site, look) {
    const { context, page, complaints } = await somebody(browser, site, look, site.values.WEBQUOTA_USER_FREE);
    const how = `${look.colorScheme}, ${look.viewport.width} px`;
    await test(`first use, ${how}: the dashboard shows what there is`, async () => {
        await page.goto(new URL('/signin', site.url).href);
        ok(page.url().startsWith(site.app), page.url());
        await page.goto(`${site.url}/`);
        const text = await words(page);
        ok(text.includes('Signed in as free'), text.slice(0, 400));
        ok(/Add Solution/.test(text) && /of 3 Add Solution requests used today/.test(text), text.slice(0, 2000));
        await bars(page, look, 'dashboard');
    });
    await test(`a limit can be used up and stops with a page, ${how}`, async () => {
        let answer;
        for (let i = 0; i < 3; i++) equal((answer = await use(page, site, 'add_solution')).status(), 200, `use ${i + 1}`);
        answer = await use(page, site, 'add_solution');
        equal(answer.status(), 429);
        equal(answer.headers()['cache-control'], 'no-store');
        ok(/^"add_solution_daily";r=0;t=\d+$/.test(answer.headers().ratelimit), JSON.stringify(answer.headers()));
        const text = await words(page);
        ok(/You've used all 3 Add Solution requests for today\. You can use it again on \d{4}-\d\d-\d\d at 00:00 \(/.test(text) && text.includes(`at 00:00 (${NOON}).`), text);
        ok(/Pro: 150 a day instead of 3/.test(text), text);
        ok(/nothing of it was saved/.test(text), text);
        await bars(page, look, 'limit page');
    });
    await test(`the way back leads back to what was typed, and the dashboard tells it, ${how}`, async () => {
        await Promise.all([page.waitForNavigation(), page.getByRole('link', { name: 'To the form' }).click()]);
        ok(page.url().startsWith(site.app), page.url());
        equal(await page.locator('form[action="/app/add_solution"] input[name=text]').inputValue(), 'something');
        await page.goto(`${site.url}/`);
        const text = await words(page);
        ok(/Used up: Add Solution/.test(text) && /3 of 3 Add Solution requests used today/.test(text), text.slice(0, 800));
        await bars(page, look, 'dashboard when used up');
    });
    await test(`the browser had nothing to complain of, ${how}`, async () => equal(complaints, []));
    await context.close();
    await site.api('DELETE', '/usage?subject=free');
}

async function visitor(browser, site) {
    const { context, page, complaints } = await somebody(browser, site, LOOKS[0]);
    await test('a visitor sees their own use, and what signing in gives', async () => {
        await page.goto(`${site.url}/`);
        const text = await words(page);
        ok(/127\.0\.0\.1/.test(text) && /[Ss]ign in/.test(text), text.slice(0, 800));
        await bars(page, LOOKS[0], "visitor's dashboard");
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

await with_site({ policy: at_noon('deploy/policies/demo.conf') }, async site => {
    const port = await free_port();
    const browser = await launch([`--remote-debugging-port=${port}`]);
    try {
        for (const look of LOOKS) await signed_in(browser, site, look);
        await visitor(browser, site);
        await lighthouse(site, port);
    } finally {
        await browser.close();
    }
});
finish();
