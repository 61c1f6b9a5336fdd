#!/usr/bin/env node
// Administrators see somebody's pages as that person does: read only, with a banner, for 15 minutes, in that browser and sign-in only.
import { Browser, fields_of } from './lib/forms.mjs';
import { request } from './lib/http.mjs';
import { PROGRAMS, run_well, with_site } from './lib/site.mjs';
import { broken, equal, finish, ok, status, test } from './lib/tap.mjs';

const PASSWORD = 'correct horse battery';
const PERSON = 'ada/b "<i>"';
const WHO = `subject=${encodeURIComponent(PERSON)}`;
const plain = answer => answer.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const begin = (browser, fields = {}) => browser.fill(`/admin/view?${WHO}`, { reason: 'they called', ...fields });
const subject_of = async browser => (await browser.open('/api/v1/usage', { Accept: 'application/json' })).json.subject;

async function viewing(site, root) {
    await test('the pages are theirs, with a banner, and so is what is read as JSON; it ends by a link', async () => {
        equal(await subject_of(root), 'root');
        ok((await root.open(`/admin/person?${WHO}`)).text.includes('/quota/admin/view?subject=ada%2Fb'), 'a link');
        const begun = status(await begin(root), 303);
        equal(begun.headers.location, '/quota/');
        ok(/webquota_view=[^;]+; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=900$/.test([begun.headers['set-cookie']].flat()[0]), 'the cookie');
        for (const where of ['/', '/history', '/plans', '/alerts', '/requests', '/features/get_solution']) {
            const page = status(await root.open(where), 200, where);
            ok(/You are looking at the pages of ada\/b &quot;&lt;i&gt;&quot; as they see them, read only, until /.test(plain(page)), `${where}: ${plain(page).slice(0, 400)}`);
            ok(!page.text.includes('>Administration<'), `${where}: what they do not see`);
        }
        equal(await subject_of(root), PERSON);
        ok(!plain(status(await root.open('/admin/people'), 200)).includes('looking at'), "administrators' pages are one's own");
        equal(await site.sql("select actor, subject, details ->> 'reason' from webquota.audit where action = 'view.begin'"), [['account:root', PERSON, 'they called']]);
        equal(status(await root.open('/admin/view/end'), 303).headers.location, '/quota/admin/people');
        equal(await subject_of(root), 'root');
        ok(!plain(await root.open('/')).includes('looking at'), 'ended');
    });
    await test('every write is refused meanwhile, and counts nothing', async () => {
        status(await begin(root), 303);
        const { csrf } = fields_of(await root.open('/logout'));
        const before = await site.value('select count(*) from webquota.decisions'), audit = await site.value('select count(*) from webquota.audit');
        for (const [where, fields] of [['/requests/new', { feature: 'get_solution', kind: 'increase', reason: 'x' }], ['/alerts/change', { feature: 'get_solution' }],
            ['/admin/change', { what: 'reset', subject: PERSON, reason: 'x', confirm: '1' }], ['/admin/view', { subject: 'free', reason: 'x' }],
            ['/admin/access/change', { what: 'key-create', name: 'x', admin: '1' }]])
            status(await root.send(where, { csrf, ...fields }), 403, where);
        for (const [method, where, body] of [['POST', '/consume', { subject: PERSON, feature: 'get_solution' }], ['POST', '/requests', { feature: 'get_solution', kind: 'increase', reason: 'x' }],
            ['DELETE', `/usage?${WHO}`], ['POST', '/admin/overrides', { subject: PERSON, feature: 'get_solution', unlimited: true }]])
            status(await request(`${site.url}/api/v1${where}`, { method, body, headers: root.cookie() }), 403, `${method} ${where}`);
        equal([await site.value('select count(*) from webquota.decisions'), await site.value('select count(*) from webquota.audit')], [before, audit]);
        status(await root.send('/logout', { csrf }), 303, 'but for signing out');
    });
}

async function limits(site) {
    const root = new Browser(site), vera = new Browser(site), bob = new Browser(site);
    for (const [name, browser] of [['root', root], ['vera', vera], ['bob', bob]]) status(await browser.sign_in(name, PASSWORD), 303);
    await test('the cookie is for this sign-in and this person only, forged it is nothing', async () => {
        status(await begin(root), 303);
        const cookie = root.cookies.webquota_view, [until, name, mac] = cookie.split('.');
        vera.cookies.webquota_view = cookie;
        equal(await subject_of(vera), 'vera', "another's");
        bob.cookies.webquota_view = cookie;
        equal(await subject_of(bob), 'bob', "a user's");
        const other = Buffer.from('free').toString('base64url');
        for (const forged of [`${until}.${other}.${mac}`, `${Number(until) + 600}.${name}.${mac}`, `${until}.${name}.${'A'.repeat(43)}`, `${until}.${name}`, `${until}.${name}.`, 'x', '..', `${cookie}.`, `${cookie}x`]) {
            root.cookies.webquota_view = forged;
            equal(await subject_of(root), 'root', forged);
        }
        root.cookies.webquota_view = cookie;
        equal(await subject_of(root), PERSON);
        const again = new Browser(site);
        status(await again.sign_in('root', PASSWORD), 303);
        again.cookies.webquota_view = cookie;
        equal(await subject_of(again), 'root', 'of another sign-in of the same account');
    });
    await test('it is over after 15 minutes, whatever the browser keeps', async () => {
        equal(await subject_of(root), PERSON);
        const kept = root.cookies.webquota_view, seconds = Number(kept.split('.')[0]) - Date.now() / 1000;
        ok(seconds > 880 && seconds <= 901, `${seconds} s`);
        await site.sql(`create or replace function webquota.clock() returns timestamptz language sql volatile as 'select clock_timestamp() + interval ''16 minutes'''`);
        status(await site.consume('free', 'get_solution'), 200); // so that the service hears of the time
        equal(await subject_of(root), 'root');
        await site.clock_real();
    });
    await test('viewers may, users may not; not without a reason, nor at nobody', async () => {
        delete vera.cookies.webquota_view;
        delete bob.cookies.webquota_view;
        status(await begin(vera), 303);
        equal(await subject_of(vera), PERSON);
        status(await bob.open(`/admin/view?${WHO}`), 403);
        status(await new Browser(site).open(`/admin/view?${WHO}`), 401);
        const fresh = new Browser(site);
        status(await fresh.sign_in('root', PASSWORD), 303);
        ok(status(await begin(fresh, { reason: ' ' }), 400).text.includes('id="reason-mistake"'));
        status(await begin(fresh, { csrf: 'x' }), 403);
        status(await fresh.open('/admin/view?subject=nobody'), 404);
        status(await fresh.open('/admin/view'), 400);
        equal(await subject_of(fresh), 'root');
    });
    await test('the pages of an administrator are seen without their rights', async () => {
        const fresh = new Browser(site);
        status(await fresh.sign_in('vera', PASSWORD), 303);
        ok((await site.subject('admin', {})).status < 300);
        status(await fresh.fill('/admin/view?subject=admin', { reason: 'x' }), 303);
        equal(await subject_of(fresh), 'admin', 'whom the policy names');
        ok(!(await fresh.open('/')).text.includes('>Administration<'));
        status(await fresh.open('/admin/change?what=reset&subject=admin'), 403, 'still a viewer');
        status(await request(`${site.url}/api/v1/usage?subject=free`, { headers: fresh.cookie() }), 403, 'not as the other');
    });
}

try {
    await with_site({}, async site => {
        for (const [name, role] of [['root', 'admin'], ['vera', 'viewer'], ['bob', 'user']])
            await run_well(`${PROGRAMS}/webquota`, ['account', 'add', name, '--role', role], { env: { DATABASE_URL: site.values.DATABASE_URL }, input: `${PASSWORD}\n` });
        status(await site.consume(PERSON, 'get_solution'), 200);
        const root = new Browser(site);
        status(await root.sign_in('root', PASSWORD), 303);
        await viewing(site, root);
        await limits(site);
    });
} catch (error) {
    broken(error);
}
finish();
