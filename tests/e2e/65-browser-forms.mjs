#!/usr/bin/env node
// Signing in, asking for more and signing out in a real browser, by keyboard alone; with JavaScript and without. The bars of
// tests/browser hold for the pages as they really arrive.
import { bars, enter, launch, LOOKS, press, somebody as opened, type_into, words } from './lib/hands.mjs';
import { PROGRAMS, run_well, with_site } from './lib/site.mjs';
import { totp } from './lib/totp.mjs';
import { broken, equal, finish, ok, test } from './lib/tap.mjs';

const PASSWORD = 'correct horse battery';

/** On the page where one does. */
async function sign_in(page, name, password) {
    await type_into(page, 'Name', name);
    await type_into(page, 'Password', password);
    await enter(page);
}

async function somebody(browser, site, look) {
    const { context, page, complaints } = await opened(browser, site, look), how = look.name;

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
        await press(page, 'link', 'Ask for more');
        await bars(page, look, 'request');
        await page.goto(`${site.url}/requests/new?feature=get_solution`);
        await type_into(page, 'How many', 'lots');
        await type_into(page, 'Why do you need it?', 'A competition <b>');
        await press(page, 'button', 'Send the request');
        ok((await words(page)).includes('This must be a whole number from 1 on'), await words(page));
        equal(await page.getByLabel('Why do you need it?').inputValue(), 'A competition <b>');
        await bars(page, look, 'request to mend');
        await page.goto(`${site.url}/requests/new?feature=get_solution`);
        await type_into(page, 'How many', '20');
        await type_into(page, 'Why do you need it?', 'A competition <b>');
        await press(page, 'button', 'Send the request');
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
        await press(page, 'link', 'Sign out');
        await bars(page, look, 'sign out');
        await page.goto(`${site.url}/logout`);
        await press(page, 'button', 'Sign out');
        ok((await words(page)).includes('You are signed out.'), await words(page));
        equal(await context.cookies(), []);
        await page.goto(`${site.url}/`);
        ok((await words(page)).includes('not signed in'), await words(page));
    });
    await test(`codes are set up, asked for, and turned off, by keyboard, ${how}`, async () => {
        const now_s = () => Date.now() / 1000;
        await page.goto(`${site.url}/login?next=/quota/account`);
        await sign_in(page, 'ada', PASSWORD);
        await press(page, 'button', /^Set up codes$/);
        equal(page.url(), `${site.url}/account/code`);
        await bars(page, look, 'codes to set up');
        ok(await page.getByRole('img', { name: 'picture for the camera' }).isVisible(), 'the picture');
        await page.goto(`${site.url}/account/code`);
        const secret = await page.locator('li code').innerText();
        await type_into(page, 'Password', PASSWORD);
        await type_into(page, 'Code', totp(secret, now_s()));
        await press(page, 'button', /^Set up$/);
        const codes = await page.locator('.codes code').allInnerTexts();
        equal(codes.length, 10);
        await bars(page, look, 'recovery codes');
        await page.goto(`${site.url}/logout`);
        await press(page, 'button', /^Sign out$/);
        await page.goto(`${site.url}/login?next=/quota/account`);
        await sign_in(page, 'ada', PASSWORD);
        equal(page.url(), `${site.url}/login/code?next=%2Fquota%2Faccount`);
        await bars(page, look, 'code');
        await page.goto(`${site.url}/login/code?next=/quota/account`);
        await type_into(page, 'Code', '12');
        await press(page, 'button', /^Sign in$/);
        ok((await words(page)).includes('The code is wrong, or was used already.'), await words(page));
        await bars(page, look, 'wrong code');
        await page.goto(`${site.url}/login/code?next=/quota/account`);
        await type_into(page, 'Code', totp(secret, now_s() + 30));
        await press(page, 'button', /^Sign in$/);
        equal(page.url(), `${site.url}/account`);
        await bars(page, look, 'account with codes');
        await page.goto(`${site.url}/account`);
        await press(page, 'link', 'Turn codes off');
        await bars(page, look, 'codes to turn off');
        await page.goto(`${site.url}/account/code`);
        await type_into(page, 'Password', PASSWORD);
        await type_into(page, 'Code', codes[0]);
        await press(page, 'button', /^Turn off$/);
        ok((await words(page)).includes('Codes are off'), await words(page));
        await page.goto(`${site.url}/logout`);
        await press(page, 'button', /^Sign out$/);
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
        const browser = await launch();
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
