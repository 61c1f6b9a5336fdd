#!/usr/bin/env node
// Administrators in a real browser, by keyboard alone, with JavaScript and without: somebody who was stopped a moment ago is found, gets
// more, and goes on at once; what was done is undone. And over HTTP: every other change, who may, and what is wrong.
import { writeFileSync } from 'node:fs';
import { Browser, fields_of } from './lib/forms.mjs';
import { bars, enter, launch, LOOKS, press, sign_in, type_into, words } from './lib/hands.mjs';
import { PROGRAMS, run_well, with_site } from './lib/site.mjs';
import { broken, equal, finish, like, ok, status, test } from './lib/tap.mjs';

const PASSWORD = 'correct horse battery';
const POLICY = `
title = "Admin"
timezone = "UTC"
default_plan = "free"
feature call { title = "Calls <b>"  unit = "call" }
feature paid { title = "Paid calls"  unit = "paid call" }
plan free { title = "Free"  rank = 1
  limit life { feature = "call"  amount = 2  window = "lifetime" } }
plan pro { title = "Pro"  rank = 2
  limit life { feature = "call"  amount = 50  window = "lifetime" }
  limit paid { feature = "paid"  amount = 5  window = "lifetime" } }
`;
const PERSON = 'team/ada "<i>"';

const consume = site => site.api('POST', '/consume', { subject: PERSON, feature: 'call' });

async function administrator(browser, site, look) {
    const how = look.name;
    const context = await browser.newContext(look);
    const page = await context.newPage();
    page.setDefaultTimeout(5000);
    await test(`a stopped person is found, given more and goes on at once, ${how}`, async () => {
        let stopped = await consume(site);
        for (let i = 0; i < 2 && stopped.status === 200; i++) stopped = await consume(site);
        status(stopped, 429);
        await sign_in(page, site, 'root', PASSWORD, '/admin');
        equal(page.url(), `${site.url}/admin`);
        await press(page, 'link', 'People');
        equal(await page.getByRole('link', { name: 'Sign in', exact: true }).count(), 0, 'whoever has signed in is not asked to');
        await bars(page, look, 'people');
        await type_into(page, 'Find a person', 'team/');
        await enter(page);
        await press(page, 'link', PERSON);
        ok((await words(page)).includes('2 of 2 calls used in all'), await words(page));
        await bars(page, look, 'person');
        await press(page, 'link', 'Change the limit of');
        await bars(page, look, 'form');
        await type_into(page, 'How many calls', '9');
        await type_into(page, 'Why?', 'A fair <b>');
        await press(page, 'button', 'See what changes');
        const preview = await words(page);
        ok(/2 of 2 calls used in all.*2 of 9 calls used in all · 7 left/.test(preview) && preview.includes('A fair <b>'), preview);
        equal(await site.value('select count(*) from webquota.overrides where removed_at is null'), '0', 'a preview changes nothing');
        await bars(page, look, 'preview');
        await press(page, 'button', `Change the limit of ${PERSON}`);
        const since = performance.now();
        status(await consume(site), 200, 'the moment after');
        ok(performance.now() - since < 1000, 'within a second');
        const after = await words(page);
        ok(after.includes('The limit was changed.') && after.includes('2 of 9 calls used in all') && after.includes('7 left Override'), after);
        like((await site.sql("select actor, details ->> 'reason', details ->> 'amount' from webquota.audit where action = 'override.add' order by id desc limit 1"))[0],
            { 0: /root$/, 1: 'A fair <b>', 2: '9' });
    });
    await test(`it is undone, and the limit is what it was, ${how}`, async () => {
        await press(page, 'link', 'Remove the override');
        await type_into(page, 'Why?', 'The fair is over');
        await press(page, 'button', 'See what changes');
        ok(/3 of 9 calls used in all.*3 of 2 calls used in all/.test(await words(page)), await words(page));
        await press(page, 'button', `Remove the override of ${PERSON}`);
        ok((await words(page)).includes('3 of 2 calls used in all'), await words(page));
        status(await consume(site), 429, 'the moment after');
        equal(await site.value("select details ->> 'removed_because' from webquota.audit where action = 'override.remove' order by id desc limit 1"), 'The fair is over');
    });
    await context.close();
    status(await site.api('DELETE', `/usage?subject=${encodeURIComponent(PERSON)}`), 200, 'for the next look');
}

/** The form with these fields, to its preview, which is then confirmed. */
async function change(root, query, fields, expected) {
    const address = `/admin/change?subject=${encodeURIComponent(PERSON)}&${query}`;
    const preview = status(await root.send('/admin/change', { ...fields_of(status(await root.open(address), 200)), ...fields, reason: 'why' }), 200);
    const text = preview.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    ok(expected.test(text), `${query}: ${text}`);
    status(await root.send('/admin/change', fields_of(preview)), 303, query);
}

const stands = async site => {
    const { limits } = (await site.api('GET', `/usage?subject=${encodeURIComponent(PERSON)}`)).json;
    const { amount, used, remaining } = limits.find(one => one.limit === 'life');
    return { amount, used, remaining };
};

async function others(site, root) {
    await test('bonus, use, plan and suspension: seen first, made, undone', async () => {
        while ((await consume(site)).status === 200) ; // up to the limit
        const before = await stands(site);
        await change(root, 'what=bonus&feature=call', { amount: '7' }, /7 left/);
        equal((await stands(site)).remaining, before.remaining + 7);
        const id = await site.value('select max(id) from webquota.grants');
        await change(root, `what=bonus-remove&id=${id}`, {}, /Nothing left|0 left/);
        equal(await stands(site), before);
        await change(root, 'what=plan', { plan: 'pro' }, /of 50 calls used in all .* Paid calls Not part of the plan/);
        equal((await stands(site)).amount, 50);
        await change(root, 'what=plan', { plan: 'free' }, /of 2 calls used/);
        equal(await stands(site), before);
        await change(root, 'what=suspend', {}, /stopped everywhere/);
        status(await consume(site), 403);
        await change(root, 'what=restore', {}, /use everything again/);
        await change(root, 'what=override&feature=call&limit=life', { kind: 'multiplier', multiplier: '2.5' }, /of 5 calls used/);
        equal((await stands(site)).amount, 5);
        await change(root, 'what=override&feature=call', { kind: 'unlimited' }, /No limit changes by this now/);
        await change(root, 'what=reset&feature=call', {}, /0 of 5 calls used/);
        equal((await stands(site)).used, 0);
        equal(await site.value("select string_agg(distinct action, ' ' order by action) from webquota.audit where actor like '%root' and coalesce(details ->> 'reason', details ->> 'removed_because') = 'why'"),
            'grant.add grant.remove override.add subject.update usage.reset');
    });
    await test('what is wrong is said at its field, and nothing is changed', async () => {
        const fields = { ...fields_of(await root.open(`/admin/change?what=override&feature=call&subject=${encodeURIComponent(PERSON)}`)), kind: 'amount', amount: '1', reason: 'x' };
        const count = await site.value('select count(*) from webquota.audit');
        for (const [wrong, name] of [[{ reason: ' ' }, 'reason'], [{ amount: '' }, 'amount'], [{ amount: '-1' }, 'amount'], [{ kind: 'gift' }, 'kind'],
            [{ kind: 'multiplier', multiplier: '1e3' }, 'multiplier'], [{ expires: 'soon' }, 'expires'], [{ expires: '2001-01-01' }, 'expires']])
            ok(status(await root.send('/admin/change', { ...fields, ...wrong, confirm: '1' }), 400, JSON.stringify(wrong)).text.includes(`id="${name}-mistake"`), name);
        status(await root.send('/admin/change', { ...fields, csrf: 'x', confirm: '1' }), 403);
        status(await root.send('/admin/change', { ...fields, what: 'god', confirm: '1' }), 400);
        status(await root.send('/admin/change', { ...fields, subject: 'nobody', confirm: '1' }), 404);
        status(await root.send('/admin/change', { ...fields, feature: 'none', confirm: '1' }), 404);
        status(await root.open(`/admin/change?what=override-remove&id=999&subject=nobody`), 404);
        status(await root.open('/admin/person?subject=nobody'), 404);
        status(await root.open('/admin/person'), 400);
        equal(await site.value('select count(*) from webquota.audit'), count);
    });
    await test('a date is a day of the policy\'s zone: an end has it, a beginning begins with it', async () => {
        const set_zone = async timezone => {
            const preview = status(await root.send('/admin/settings', { ...fields_of(await root.open('/admin/settings')), timezone, reason: 'days' }), 200);
            status(await root.send('/admin/settings', fields_of(preview)), 303);
        };
        await set_zone('America/New_York');
        await change(root, 'what=override&feature=call', { kind: 'amount', amount: '8', expires: '2051-01-31' }, /2051-02-01 at 00:00 \(America\/New_York\)/);
        equal((await site.api('GET', `/admin/overrides?subject=${encodeURIComponent(PERSON)}`)).json.overrides.find(one => one.amount === 8).expires_at, '2051-02-01T05:00:00Z');
        like((await site.api('GET', '/admin/audit?action=override.add')).json.audit[0].new, { amount: 8, expires_at: '2051-02-01T05:00:00Z' });
        const made = status(await site.api('POST', '/admin/grants', { subject: PERSON, feature: 'call', amount: 1, effective_at: '2050-01-31', expires_at: '2050-01-31' }), 201).json;
        equal([made.effective_at, made.expires_at], ['2050-01-31T05:00:00Z', '2050-02-01T05:00:00Z']);
        await set_zone('UTC');
    });
    await test('people are found by id, e-mail and organization, page by page', async () => {
        const find = async query => status(await root.open(`/admin/people?${query}`, { Accept: 'application/json' }), 200).json;
        await site.sql(`insert into webquota.accounts (id, organization, created_at) values (900000, 'Gym_1', now());
            insert into webquota.subjects (account_id, id, key, anchor, email, created_at)
            select case when n < 3 then 900000 else 900000 + n end, 900000 + n, 'p%' || lpad(n::text, 3, '0'), now(), case when n = 77 then 'Zoe@Example.org' end, now() from generate_series(1, 120) n`);
        const pages = [];
        for (let after = '', more = true; more;) {
            const got = await find(`q=p%25&after=${encodeURIComponent(after)}`.replace('&after=', after ? '&after=' : '&_='));
            pages.push(got.people.length);
            after = got.people.at(-1).subject;
            more = got.more;
        }
        equal(pages, [50, 50, 20]);
        equal((await find('q=zoe@')).people.map(one => one.subject), ['p%077']);
        equal((await find('q=Gym_')).people.map(one => [one.subject, one.organization]), [['p%001', 'Gym_1'], ['p%002', 'Gym_1']]);
        equal((await find('q=Gymx')).people, []);
        ok((await root.open('/admin/people?q=p%25')).text.includes('/quota/admin/people?q=p%25&amp;after=p%25050'), 'next page');
        const first = (await find('filter=suspended')).people;
        await site.sql("update webquota.subjects set suspended = key in ('p%003', 'p%044'), plan = case when key = 'p%010' then 'pro' end, plan_until = case when key = 'p%011' then now() - interval '1 day' end, plan_after = case when key = 'p%011' then 'pro' end where key like 'p%'");
        await site.sql("insert into webquota.overrides (account_id, subject_id, feature, kind, author, created_at, expires_at) select account_id, id, 'call', 'unlimited', 'x', now(), case when key = 'p%020' then 'infinity' else now() - interval '1 hour' end from webquota.subjects where key in ('p%020', 'p%021')");
        await site.sql("insert into webquota.usage_owners select account_id, id, 'free', current_date, current_date - case when key = 'p%030' then 0 else 1 end, 1, 1, date_trunc('month', now())::date, 1, 1 from webquota.subjects where key in ('p%030', 'p%031')");
        await site.sql("insert into webquota.usage_standing select account_id, id, 1, 0, now(), 1, case when key = 'p%040' then 'infinity' else now() end, 8, 10, case when key = 'p%042' then 79 else 80 end, current_date, 3 from webquota.subjects where key in ('p%040', 'p%041', 'p%042')");
        const only = async (query, prefix = 'p%') => (await find(query)).people.map(one => one.subject).filter(key => key.startsWith(prefix));
        equal(first, []);
        equal(await only('filter=suspended'), ['p%003', 'p%044']);
        equal(await only('filter=plan&plan=pro'), ['p%010', 'p%011']);
        equal(await only('filter=override'), ['p%020']);
        equal(await only('filter=stopped'), ['p%030']);
        equal(await only('filter=near'), ['p%040']);
        equal([await only('filter=near&near=80'), await only('filter=near&near=81'), await only('filter=near&near=50&q=p%25')], [['p%040'], [], ['p%040']]);
        for (const near of ['49', '101', 'x']) equal(status(await root.open(`/admin/people?filter=near&near=${near}`, { Accept: 'application/json' }), 400).json.field, 'near');
        ok((await root.open('/admin/people?filter=near&near=90')).text.includes('near=90'), 'kept on the page');
        const free = [];
        for (let after = '', more = true; more;) {
            const got = await find(`filter=plan&plan=free${after && `&after=${encodeURIComponent(after)}`}`);
            free.push(...got.people.map(one => one.subject));
            after = got.people.at(-1).subject;
            more = got.more;
        }
        equal([free.length, new Set(free).size, free.includes('p%010'), free.includes('p%120')], [free.length, free.length, false, true]);
        equal(free.filter(key => key.startsWith('p%')).length, 118);
        await site.sql("insert into webquota.usage_owners select account_id, id, 'pro', current_date, current_date, 1, 1, date_trunc('month', now())::date, 1, 1 from webquota.subjects where key in ('p%001', 'p%002', 'p%010')");
        equal(await only('plan=pro'), ['p%010', 'p%011']);
        equal(await only('filter=stopped&plan=pro'), ['p%010']);
        equal(await only('filter=stopped&plan=free&q=p%250'), ['p%001', 'p%002', 'p%030']);
        equal(await only('filter=stopped&q=Gym_&organization=Gym_1&plan=free'), ['p%001', 'p%002']);
        equal(await only('organization=Gym_1&q=p%25002'), ['p%002']);
        equal(await only('organization=Gym'), [], 'the whole name');
        equal(await only('filter=suspended&q=p%2504'), ['p%044']);
        equal(await only('filter=near&plan=pro'), []);
        equal(await only('filter=override&q=p%25'), ['p%020']);
        equal(await only('plan=free&q=Zoe%40'), ['p%077']);
        equal((await find('plan=free&q=p%25')).after, 'p%052', 'where the next page begins');
        equal((await only('plan=free&q=p%25&after=p%25052')).slice(0, 1), ['p%053']);
        const { json: made } = status(await site.api('POST', '/admin/keys', { name: 'Shop door', scopes: ['admin'] }), 201), by = { Authorization: `Bearer ${made.key}` };
        for (const [subject, email] of [['p%051', 'a@b.c'], ['p%050', 'a@b.c'], ['p%050', 'b@b.c'], ['p%010', 'c@b.c']])
            status(await site.api('POST', '/admin/subjects', { subject, email }, by), 200);
        for (const key of [made.id, `wq_${made.id}`, 'shop'])
            equal(await only(`key=${key}`), ['p%010', 'p%050', 'p%051'], key);
        equal(await only('key=shop&plan=pro'), ['p%010']);
        equal(await only('key=none'), []);
        const page = (await root.open('/admin/people?filter=near&plan=pro&q=p%25&organization=Gym_1')).text;
        for (const where of ['?q=p%25&amp;plan=pro&amp;organization=Gym_1"', '?q=p%25&amp;filter=near&amp;organization=Gym_1"', '?q=p%25&amp;filter=stopped&amp;plan=pro&amp;organization=Gym_1"'])
            ok(page.includes(`/quota/admin/people${where}`), where);
        for (const [query, field] of [['filter=x', 'filter'], ['filter=plan', 'plan']])
            equal(status(await root.open(`/admin/people?${query}`, { Accept: 'application/json' }), 400, query).json.field, field);
        status(await root.open('/admin/people?filter=plan&plan=none'), 404);
        ok((await root.open('/admin/people?filter=suspended')).text.includes('p%044'), 'on the page');
        members_of(await root.open(`/admin/person?subject=${encodeURIComponent(PERSON)}`, { Accept: 'application/json' }));
    });
    await test('who may: by role', async () => {
        const pages = ['/admin', '/admin/people', '/admin/person?subject=p%25001', '/admin/change?what=reset&subject=p%25001'];
        for (const [name, codes] of [['vera', [200, 200, 200, 403]], ['sue', [200, 200, 200, 403]], ['bob', [403, 403, 403, 403]], [null, [401, 401, 401, 401]]]) {
            const browser = new Browser(site);
            if (name) status(await browser.sign_in(name, PASSWORD), 303);
            for (const [i, where] of pages.entries()) status(await browser.open(where), codes[i], `${name} ${where}`);
            const token = fields_of(await browser.open('/login')).csrf;
            const sent = await browser.send('/admin/change', { csrf: token, what: 'reset', subject: 'p%001', reason: 'x', confirm: '1' });
            status(sent, name ? 403 : 401, `${name} sends`);
            if (codes[2] === 200) equal(new Set((await browser.open(pages[2])).text.match(/\/admin\/change\?what=\w+/g)).size, name === 'sue' ? 2 : 0, `what ${name} is offered`);
        }
    });
}

function members_of(answer) {
    equal(Object.keys(status(answer, 200).json), ['person', 'usage', 'overrides', 'organization_overrides', 'grants', 'requests', 'decisions', 'tickets', 'audit']);
}

try {
    await with_site({}, async site => {
        const file = `${site.folder}/admin.conf`;
        writeFileSync(file, POLICY);
        await site.policy(file);
        for (const [name, role] of [['root', 'admin'], ['vera', 'viewer'], ['sue', 'support'], ['bob', 'user']])
            await run_well(`${PROGRAMS}/webquota`, ['account', 'add', name, '--role', role], { env: { DATABASE_URL: site.values.DATABASE_URL }, input: `${PASSWORD}\n` });
        const browser = await launch();
        try {
            for (const look of LOOKS) await administrator(browser, site, look);
        } finally {
            await browser.close();
        }
        const root = new Browser(site);
        status(await root.sign_in('root', PASSWORD), 303);
        await others(site, root);
    });
} catch (error) {
    broken(error);
}
finish();
