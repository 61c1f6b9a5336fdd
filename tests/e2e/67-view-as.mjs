#!/usr/bin/env node
// Administrators see somebody's pages as that person does: read only, with a banner, for 15 minutes, in that browser and sign-in only.
import { writeFileSync } from 'node:fs';
import { Browser, fields_of } from './lib/forms.mjs';
import { basic, request } from './lib/http.mjs';
import { PROGRAMS, run_well, with_site } from './lib/site.mjs';
import { broken, equal, finish, ok, status, test, until } from './lib/tap.mjs';

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
        const account = status(await root.open('/account'), 200);
        ok(!plain(account).includes('looking at') && account.text.includes('>root<'), "one's own account is one's own");
        status(await root.send('/account', { ...fields_of(account), what: 'others' }), 303, 'where one may end sessions');
        status(await root.send('/account', { ...fields_of(account), what: 'codes' }), 303, 'and codes, too');
        const code = status(await root.open('/account/code'), 200), refused = await root.send('/account/code', { ...fields_of(code), code: '000000', password: PASSWORD });
        ok(!plain(refused).includes('looking at'), 'a wrong code is what is wrong');
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

/* An administrator whom the policy names, by the web server's password, without a session. */
async function without_session(site) {
    const by_password = name => new Browser(site, basic(site.values[`WEBQUOTA_USER_${name.toUpperCase()}`]));
    const admin = by_password('admin');
    await test('a form on their pages is good for nobody but whoever looks', async () => {
        status(await admin.fill('/admin/view?subject=free', { reason: 'x' }), 303);
        equal(await subject_of(admin), 'free');
        const { csrf } = fields_of(status(await admin.open('/alerts/change?feature=get_solution'), 200));
        status(await by_password('free').send('/alerts/change', { csrf, feature: 'get_solution' }), 403, 'not for the person');
        status(await admin.open('/admin/view/end'), 303);
        ok((await admin.send('/alerts/change', { csrf, feature: 'get_solution' })).status !== 403, 'for themselves, when it is over');
    });
    await test('where the browser may not keep the cookie, that is looked to before any page is shown', async () => {
        const elsewhere = { Host: 'quota.example.test' };
        const { csrf } = fields_of(await admin.open('/admin/view?subject=free'));
        const begun = status(await admin.send('/admin/view', { csrf, subject: 'free', reason: 'x' }, elsewhere), 303);
        equal(begun.headers.location, '/quota/admin/view?kept=1');
        equal(status(await admin.open('/admin/view?kept=1', elsewhere), 303).headers.location, '/quota/', 'it was kept');
        admin.cookies.webquota_view = `${admin.cookies.webquota_view.slice(0, -1)}~`;
        status(await admin.open('/admin/view?kept=1', elsewhere), 403, 'nor is a forged one');
        delete admin.cookies.webquota_view;
        ok(plain(status(await admin.open('/admin/view?kept=1', elsewhere), 403)).includes('did not keep'));
    });
}

const QUEUE = `
default_plan = "free"
feature call { title = "Calls"  unit = "call" }
plan free { title = "Free"  limit life { feature = "call"  amount = 1  window = "year"  on_exceed = "queue" } }
route { method = "GET"  path = "/app/call"  feature = "call" }
`;

async function in_line(site, root) {
    const file = `${site.folder}/queue.conf`, free = basic(site.values.WEBQUOTA_USER_FREE);
    writeFileSync(file, QUEUE);
    await site.policy(file);
    await test('a place in line is looked at, and nobody is sent on', async () => {
        status(await site.consume('free', 'call'), 200);
        const sent = status(await request(`${site.app}/call`, { headers: { ...free, Accept: 'text/html' } }), 303);
        const place = sent.headers.location.replace('/quota', ''), id = place.split('/').at(-1);
        status(await root.fill('/admin/view?subject=free', { reason: 'x' }), 303);
        ok(/looking at the pages of free/.test(plain(status(await root.open(place), 200))));
        status(await site.api('POST', '/admin/overrides', { subject: 'free', feature: 'call', amount: 5 }), 201);
        await until(async () => (await site.api('GET', `/tickets/${id}`)).json.state === 'admitted', 'it is their turn');
        status(await root.open(place), 200, 'whoever looks stays');
        equal((await root.open(place, { Accept: 'application/json' })).json.go, null);
        equal(status(await request(`${site.url}${place}`, { headers: { ...free, Accept: 'text/html' } }), 303).headers.location, '/app/call');
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
        await without_session(site);
        status(await root.sign_in('root', PASSWORD), 303);
        await in_line(site, root);
    });
} catch (error) {
    broken(error);
}
finish();
