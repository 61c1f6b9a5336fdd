#!/usr/bin/env node
// What administrators keep an eye on: the audit, what people ask for, organizations, queues, and many people at once; in a browser by keyboard alone, with JavaScript
// and without, over HTTP and from a shell. Takes long.
import { writeFileSync } from 'node:fs';
import { Browser, fields_of } from './lib/forms.mjs';
import { bars, choose, enter, launch, LOOKS, press, sign_in, type_into, unfold, words } from './lib/hands.mjs';
import * as actions from './lib/panel_actions.mjs';
import { PROGRAMS, run, run_well, with_site } from './lib/site.mjs';
import { broken, equal, finish, like, ok, status, test, until } from './lib/tap.mjs';
import { totp } from './lib/totp.mjs';

const PASSWORD = 'correct horse battery';
const POLICY = `
title = "Panel"
timezone = "UTC"
default_plan = "free"
support_ceiling { multiplier = 2  days = 30 }
feature call { title = "Calls <b>"  unit = "call" }
feature seat { title = "Seats <b>"  unit = "seat" }
feature leaf { title = "Leaves <b>"  unit = "leaf" }
plan free { title = "Free"  rank = 1  upgrade = "pro"
  limit leaf_day { feature = "leaf"  amount = 5  window = "day" }
  limit leaf_year { feature = "leaf"  amount = 50  window = "year" }
  limit shared { feature = "seat"  amount = 5  window = "year"  scope = "site"  on_exceed = "queue" }
  limit life { feature = "call"  amount = 2  window = "lifetime" }
  limit team { feature = "call"  amount = 20  window = "lifetime"  scope = "organization" } }
plan pro { title = "Pro"  rank = 2
  limit life { feature = "call"  amount = 50  window = "lifetime" } }
`;
const PERSON = 'team/ada "<i>"';
const KAY = 'kay "<k>"';
const JSON_TYPE = { Accept: 'application/json' };
const shown = answer => answer.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

const over = (site, id) => until(async () => (await site.api('GET', `/admin/bulk/${id}`)).json.state !== 'running', 'the bulk is over');

async function bulk_made(browser, site, look) {
    const context = await browser.newContext(look);
    const page = await context.newPage(), q = 'bulk-j';
    page.setDefaultTimeout(5000);
    await test(`all who are found are given a bonus, ${look.name}`, async () => {
        for (const n of [1, 2, 3]) status(await site.api('POST', '/admin/subjects', { subject: `${q}-${n}<b>` }), 201);
        await sign_in(page, site, 'root', PASSWORD, `/admin/people?q=${q}`);
        await bars(page, look, 'people');
        await press(page, 'link', 'Give a bonus');
        await bars(page, look, 'form');
        await type_into(page, 'How many for each?', '7');
        await type_into(page, 'Why?', 'A fair <b>');
        await press(page, 'button', 'See how many and who');
        const text = await words(page);
        ok(text.includes('Give a bonus to 3 people') && text.includes('Something changes for 3 of them now') && text.includes(`${q}-2<b>`), text);
        equal(await site.value('select count(*) from webquota.grants where amount = 7 and reason = \'A fair <b>\' and author = \'account:root\''),
            '0', 'a dry run gives nothing');
        await bars(page, look, 'preview');
        await press(page, 'button', 'Give a bonus to 3 people');
        const id = new URL(page.url()).searchParams.get('id');
        ok((await words(page)).includes('Give a bonus to 3 people'), await words(page));
        await bars(page, look, 'under way');
        await over(site, id);
        await page.reload();
        ok(/Done\..* Done 3 Failed 0 Left 0 /.test(await words(page)), await words(page));
        await bars(page, look, 'done');
        await press(page, 'link', 'Bulk changes');
        ok((await words(page)).includes(`Give a bonus to 3 people Those whose id, e-mail address or organization begins with ${q} Done 3 done `), await words(page));
        await bars(page, look, 'all of them');
        for (const n of [1, 2, 3]) {
            const { grants } = (await site.api('GET', `/admin/grants?subject=${encodeURIComponent(`${q}-${n}<b>`)}`)).json;
            equal(grants.map(one => [one.amount, one.feature, one.reason]), [[7, 'call', 'A fair <b>']]);
        }
        const { audit } = (await site.api('GET', `/admin/audit?subject=${encodeURIComponent(`${q}-1<b>`)}`)).json;
        equal([audit[0].action, audit[0].new.bulk, audit[0].actor, audit[0].origin], ['grant.add', id, 'account:root', '127.0.0.1']);
    });
    await test(`and it is undone as a whole, but for whom it is otherwise by now, ${look.name}`, async () => {
        const subject = encodeURIComponent(`${q}-2<b>`), [grant] = (await site.api('GET', `/admin/grants?subject=${subject}`)).json.grants;
        status(await site.api('DELETE', `/admin/grants/${grant.grant}?reason=x`), 204);
        await press(page, 'link', 'Give a bonus to 3 people');
        await press(page, 'link', 'Undo it');
        const text = await words(page);
        ok(/Undo it for 2 people It changed 3 people\..*somebody took it away since 1 person/.test(text), text);
        await bars(page, look, 'before it is undone');
        await type_into(page, 'Why?', 'No fair <b>');
        await press(page, 'button', 'Undo it for 2 people');
        const id = new URL(page.url()).searchParams.get('id');
        await over(site, id);
        await page.reload();
        ok(/Undo the change of 3 people Done\..* Done 2 Failed 1 Left 0 .*-2<b> somebody took it away since/.test(await words(page)), await words(page));
        await bars(page, look, 'undone');
        for (const n of [1, 2, 3]) equal((await site.api('GET', `/admin/grants?subject=${encodeURIComponent(`${q}-${n}<b>`)}`)).json.grants, []);
        equal(await site.sql(`select action, details ->> 'bulk', details ->> 'removed_because', origin from webquota.audit where subject = '${q}-1<b>' order by id desc limit 1`),
            [['grant.remove', id, 'No fair <b>', '127.0.0.1']]);
        const [whole] = (await site.api('GET', '/admin/audit?action=bulk.undo')).json.audit;
        like(whole, { actor: 'account:root', reason: 'No fair <b>', new: { bulk: id, people: 3 } });
    });
    await context.close();
}

async function bulks(site, root) {
    const cli = (...words) => run(`${PROGRAMS}/webquota`, ['bulk', ...words], { env: { DATABASE_URL: site.values.DATABASE_URL } });
    const keys = json => json.first.map(one => one.subject).join(' ');
    const call = async (body, code) => status(await site.api('POST', '/admin/bulk', { q: 'bulk-', reason: 'why', ...body }), code, JSON.stringify(body)).json;
    const suspended = () => site.value("select count(*) from webquota.subjects where suspended and key like 'bulk-%'");
    await test('programs and the command change many at once', async () => {
        for (const n of [1, 2, 3]) status(await site.api('POST', '/admin/subjects', { subject: `bulk-n-${n}<b>` }), 201);
        like(await call({ what: 'suspend', dry_run: true }, 200), { dry_run: true, what: 'suspend', people: 6, changed: 6 });
        equal(await suspended(), '0');
        equal((await call({ what: 'suspend', people: 5 }, 409)).field, 'people');
        const { bulk } = await call({ what: 'suspend', people: 6, once: 'a' }, 202);
        equal((await call({ what: 'suspend', once: 'a' }, 202)).bulk, bulk, 'the same once');
        await call({ what: 'restore', once: 'a' }, 409);
        await over(site, bulk);
        equal(await suspended(), '6');
        like((await root.open(`/admin/bulk?id=${bulk}`, JSON_TYPE)).json, { bulk, done: 6, failed: 0, left: 0, state: 'done', q: 'bulk-' });
        status(await site.api('POST', `/admin/bulk/${bulk}/stop`, {}), 409);
        const dry = JSON.parse((await cli('run', 'restore', '--filter', 'suspended', '--reason', 'x', '--dry-run', '--json')).stdout);
        equal([dry.people, dry.changed], [6, 6]);
        const made = await cli('run', 'restore', '--filter', 'suspended', '--reason', 'x');
        equal([made.code, /6 people, 6 done, 0 failed, 0 left/.test(made.stdout)], [0, true], made.stdout + made.stderr);
        equal(await suspended(), '0');
        const plan = JSON.parse((await cli('run', 'plan', '--find', 'bulk-j', '--plan', 'pro', '--reason', 'x', '--json')).stdout);
        equal([plan.done, plan.state], [3, 'done']);
        like(await call({ what: 'override', q: undefined, filter: 'plan', on_plan: 'pro', feature: 'call', limit: 'team', kind: 'amount', amount: 9, dry_run: true }, 422), { field: 'limit' });
        equal((await cli('show', plan.bulk)).code, 0);
        equal((await cli('stop', plan.bulk)).code, 1);
        equal((await cli('work')).code, 0);
        for (const words of [['run', 'god', '--find', 'x', '--reason', 'x'], ['run', 'suspend', '--reason', 'x'], ['run', 'suspend', '--find', 'x'], ['show'], ['run', 'plan',
            '--find', 'x', '--reason', 'x'], ['run', 'override', '--find', 'x', '--reason', 'x', '--feature', 'call']]) equal((await cli(...words)).code, 2, words.join(' '));
    });
    await test('programs and the command undo what many were given', async () => {
        const effective = async () => (await site.api('GET', '/usage?subject=bulk-j-1%3Cb%3E&feature=call')).json.limits.map(one => one.amount);
        const before = await effective(), { bulk } = await call({ what: 'override', feature: 'call', limit: 'life', kind: 'amount', amount: 9 }, 202);
        await over(site, bulk);
        const undo = async (body, code, id = bulk) => status(await site.api('POST', `/admin/bulk/${id}/undo`, { reason: 'why', ...body }), code, JSON.stringify(body)).json;
        const after = await effective();
        equal([after.includes(9), before.includes(9)], [true, false]);
        equal(await undo({ dry_run: true }, 200), { undoes: bulk, what: 'override', people: 6, possible: 6, impossible: [] });
        equal((await root.open(`/admin/bulk/undo?id=${bulk}`, JSON_TYPE)).json.possible, 6);
        for (const [body, code, field] of [[{ reason: '' }, 400, 'reason'], [{ possible: 5 }, 409, 'possible'], [{ who: 'all' }, 400, 'who']])
            equal((await undo(body, code)).field, field, JSON.stringify(body));
        const form = fields_of(status(await root.open(`/admin/bulk/undo?id=${bulk}`), 200));
        ok(status(await root.send('/admin/bulk/undo', { ...form, reason: ' ' }), 400).text.includes('id="reason-mistake"'));
        ok(shown(status(await root.send('/admin/bulk/undo', { ...form, possible: '5', reason: 'why' }), 409)).includes('by now it can be undone for 6 people'));
        ok(/possible: This must be a whole number/i.test(shown(status(await root.send('/admin/bulk/undo', { ...form, possible: 'x', reason: 'why' }), 400))), 'the field is named');
        status(await root.send('/admin/bulk/undo', { ...form, reason: 'why', csrf: 'x' }), 403);
        const made = await undo({ possible: 6 }, 202);
        like(made, { what: 'undo', undoes: bulk, people: 6 });
        await over(site, made.bulk);
        equal(await effective(), before, 'as it was before');
        like((await site.api('GET', `/admin/bulk/${bulk}`)).json, { undoes: null, undone_by: made.bulk });
        for (const id of [bulk, made.bulk]) await undo({}, 409, id);
        const given = JSON.parse((await cli('run', 'bonus', '--find', 'bulk-n', '--feature', 'call', '--amount', '3', '--reason', 'x', '--json')).stdout).bulk;
        ok((await cli('undo', given, '--dry-run')).stdout.includes('of 3 people it can be undone for 3\n'));
        equal([(await cli('undo', given, '--reason', 'x', '--people', '2')).code, (await cli('undo', given)).code, (await cli('undo', '999', '--reason', 'x')).code], [1, 2, 1]);
        const undone = await cli('undo', given, '--reason', 'x', '--people', '3');
        equal([undone.code, /undo: done; 3 people, 3 done, 0 failed, 0 left/.test(undone.stdout)], [0, true], undone.stdout + undone.stderr);
    });
    await test('many who were reset have used again what they had, by the panel, by call and by command; each is told of once', async () => {
        const subjects = [1, 2].map(n => `anew-${n}<b>`), used = async () => Promise.all(subjects.map(async subject =>
            (await site.api('GET', `/usage?subject=${encodeURIComponent(subject)}&feature=call`)).json.limits.find(one => one.limit === 'life').used));
        for (const subject of subjects) status(await site.consume(subject, 'call'), 200);
        for (const way of ['panel', 'call', 'command']) {
            const { bulk } = await call({ what: 'reset', q: 'anew-' }, 202);
            await over(site, bulk);
            equal(await used(), [0, 0]);
            const form = fields_of(status(await root.open(`/admin/bulk/undo?id=${bulk}`), 200));
            ok(shown(await root.open(`/admin/bulk/undo?id=${bulk}`)).includes('What was taken from the use of each counts again'));
            const undone = way === 'panel' ? status(await root.send('/admin/bulk/undo', { ...form, reason: 'back' }), 303).headers.location.match(/\d+$/)[0]
                : way === 'call' ? status(await site.api('POST', `/admin/bulk/${bulk}/undo`, { reason: 'back', possible: 2 }), 202).json.bulk
                : JSON.parse((await cli('undo', bulk, '--reason', 'back', '--people', '2', '--json')).stdout).bulk;
            await over(site, undone);
            equal(await used(), [1, 1], way);
            equal(await site.sql(`select subject, details ->> 'reason' from webquota.audit where action = 'usage.restore' and details ->> 'bulk' = '${undone}' order by 1`),
                subjects.map(subject => [subject, 'back']));
            equal(status(await site.api('POST', `/admin/bulk/${bulk}/undo`, { reason: 'x', dry_run: true }), 200).json.impossible, [{ why: 'the reset was taken back already', people: 2 }]);
        }
    });
    await test('all whom the page of people shows can be changed, whatever they were looked for by', async () => {
        for (const n of ['j-1', 'n-1']) status(await site.api('POST', '/admin/subjects', { subject: `bulk-${n}<b>`, organization: 'Gym  <b>', email: `${n}@x.org` }), 200);
        const { key } = status(await site.api('POST', '/admin/keys', { name: 'Door', scopes: ['admin'] }), 201).json;
        status(await site.api('POST', '/admin/subjects', { subject: 'bulk-n-2<b>', email: 'n@x.org' }, { Authorization: `Bearer ${key}` }), 200);
        for (const [who, options, found] of [
            [{ q: 'bulk-', on_plan: 'pro' }, ['--find', 'bulk-', '--on-plan', 'pro'], 3],
            [{ q: 'bulk-', filter: 'plan', on_plan: 'pro' }, ['--find', 'bulk-', '--filter', 'plan', '--on-plan', 'pro'], 3],
            [{ organization: 'Gym  <b>' }, ['--organization', 'Gym  <b>'], 2], [{ organization: 'Gym <b>' }, ['--organization', 'Gym <b>'], 0],
            [{ organization: 'Gym  <b>', on_plan: 'pro', q: 'J-1@' }, ['--organization', 'Gym  <b>', '--on-plan', 'pro', '--find', 'J-1@'], 1],
            [{ key: 'door' }, ['--key', 'door'], 1], [{ organization: 'Gym  <b>', filter: 'near' }, ['--organization', 'Gym  <b>', '--filter', 'near'], 0]]) {
            const { on_plan, ...rest } = who, page = (await root.open(`/admin/people?${new URLSearchParams({ ...rest, ...on_plan && { plan: on_plan } })}`, JSON_TYPE)).json;
            const dry = await call({ what: 'bonus', feature: 'call', amount: 1, q: undefined, ...who, dry_run: true }, 200);
            equal([dry.people, keys(dry)], [found, page.people.map(one => one.subject).join(' ')], JSON.stringify(who));
            const from_shell = JSON.parse((await cli('run', 'bonus', '--feature', 'call', '--amount', '1', ...options, '--reason', 'x', '--dry-run', '--json')).stdout);
            equal(from_shell, dry, options.join(' '));
        }
        const list = (await root.open(`/admin/people?${new URLSearchParams({ q: 'bulk-', plan: 'pro', organization: 'Gym  <b>' })}`)).text;
        const [, link] = /href="\/quota(\/admin\/bulk\/new\?what=suspend[^"]*)"/.exec(list), form = fields_of(status(await root.open(link.replaceAll('&amp;', '&')), 200));
        like(form, { q: 'bulk-', on_plan: 'pro', organization: 'Gym  <b>' });
        const preview = status(await root.send('/admin/bulk/new', { ...form, reason: 'why' }), 200);
        ok(shown(preview).includes('Suspend 1 person Those whose id'), shown(preview));
        const where = status(await root.send('/admin/bulk/new', fields_of(preview)), 303).headers.location;
        await over(site, where.replace(/.*id=/, ''));
        equal(await site.value('select string_agg(key, \' \') from webquota.subjects where suspended'), 'bulk-j-1<b>');
        const id_made = where.replace(/.*id=/, ''), { bulks: all, more } = status(await site.api('GET', '/admin/bulk'), 200).json;
        equal([all[0].bulk, all[0].organization, all[0].failures, more], [id_made, 'Gym  <b>', undefined, false]);
        equal((await root.open('/admin/bulks', JSON_TYPE)).json.bulks, all);
        equal(JSON.parse((await cli('list', '--json')).stdout).bulks, all);
        ok((await cli('list')).stdout.includes('--find "bulk-" --on-plan "pro" --organization "Gym  <b>"'));
        equal(status(await site.api('GET', `/admin/bulk?before=${all[1].bulk}`), 200).json.bulks.map(one => one.bulk), all.slice(2).map(one => one.bulk));
        const made = shown(status(await root.open('/admin/bulks'), 200));
        ok(/Suspend 1 person Those whose id, e-mail address or organization begins with bulk- , on the plan Pro , in the organization Gym &lt;b&gt; Done 1 done account:root : why/.test(made), made);
        like((await site.api('GET', `/admin/bulk/${id_made}`)).json, { q: 'bulk-', filter: 'plan', on_plan: 'pro', organization: 'Gym  <b>', key: null, people: 1, done: 1 });
    });
    await test('dry runs that take long wait for one another, and nobody else for them', async () => {
        const answered = [];
        await site.sql('begin; lock table webquota.usage_standing in access exclusive mode');
        const sent = Array.from({ length: 14 }, () => site.api('POST', '/admin/bulk', { what: 'suspend', filter: 'near', reason: 'why', dry_run: true }).then(answer => answered.push(answer)));
        await until(() => answered.length >= 4, 'there is room for ten');
        status(await root.open('/admin/people?q=bulk-'), 200);
        await site.sql('rollback');
        await Promise.all(sent);
        equal(answered.map(one => one.status).sort(), [...Array(10).fill(200), ...Array(4).fill(503)]);
        ok(/too much is being looked through/.test(answered[0].json.detail), answered[0].json.detail);
    });
    await test('what is wrong is said; what was looked at and is otherwise by now is shown again', async () => {
        for (const [body, field] of [[{ what: 'god' }, 'what'], [{ what: 'bonus', feature: 'call' }, 'amount'], [{ what: 'bonus', amount: 5 }, 'feature'],
            [{ what: 'plan', plan: 'none' }, 'plan'], [{ what: 'override', feature: 'call', kind: 'some' }, 'kind'], [{ what: 'suspend', reason: '' }, 'reason'],
            [{ what: 'suspend', filter: 'far' }, 'filter'], [{ what: 'suspend', filter: 'plan' }, 'on_plan'], [{ what: 'suspend', key: 'x'.repeat(256) }, 'key'], [{ what: 'suspend', who: 'all' }, 'who'],
            [{ what: 'bonus', feature: 'call', amount: 5, expires_at: '2001-01-01' }, 'expires_at']]) equal((await call(body, 400)).field, field, JSON.stringify(body));
        equal((await call({ what: 'suspend', q: 'nobody-' }, 422)).field ?? null, null);
        const form = fields_of(status(await root.open('/admin/bulk/new?what=reset&q=bulk-'), 200));
        ok(status(await root.send('/admin/bulk/new', { ...form, reason: ' ' }), 400).text.includes('id="reason-mistake"'));
        const preview = fields_of(status(await root.send('/admin/bulk/new', { ...form, reason: 'why' }), 200));
        status(await site.api('POST', '/admin/subjects', { subject: 'bulk-late' }), 201);
        const late = status(await root.send('/admin/bulk/new', preview), 409);
        ok(shown(late).includes('by now these are 7 people'), shown(late));
        const again = fields_of(late), where = status(await root.send('/admin/bulk/new', again), 303).headers.location;
        equal(status(await root.send('/admin/bulk/new', again), 303).headers.location, where, 'sent twice, made once');
        status(await root.send('/admin/bulk/new', { ...again, csrf: 'x' }), 403);
        await over(site, where.replace(/.*id=/, ''));
        const dry = fields_of(status(await root.send('/admin/bulk/new', { ...form, reason: 'why' }), 200)), { seen } = await call({ what: 'reset', dry_run: true }, 200);
        equal(dry.seen, seen);
        await site.value("update webquota.subjects set key = 'bulk-later' where key = 'bulk-late'");
        ok(shown(status(await root.send('/admin/bulk/new', dry), 409)).includes('by now these are 7 people, and not all of them'), 'as many, but others');
        equal((await call({ what: 'reset', people: 7, seen }, 409)).field, 'seen');
        equal((await cli('run', 'reset', '--find', 'bulk-', '--reason', 'x', '--seen', seen)).code, 1);
        await over(site, where.replace(/.*id=/, ''));
        equal(await site.value("select count(*) from webquota.audit where action = 'usage.reset' and subject like 'bulk-%'"), '7');
        equal(status(await root.open(`${where.replace('/quota', '')}&refresh=1`), 200).headers.refresh ?? null, null, 'over');
    });
}

async function audit_seen(browser, site, look) {
    const context = await browser.newContext(look);
    const page = await context.newPage();
    page.setDefaultTimeout(5000);
    await test(`the audit is looked through, ${look.name}`, async () => {
        await sign_in(page, site, 'root', PASSWORD, '/admin/people');
        await press(page, 'link', 'Audit');
        await bars(page, look, 'audit');
        await unfold(page, 'Show only some');
        await type_into(page, 'About whom', PERSON);
        await press(page, 'button', 'Show');
        const text = await words(page);
        ok(text.includes('Override added') && text.includes('amount: 9') && text.includes('A fair <b>') && text.includes('127.0.0.1'), text);
        ok(!(await page.locator('table').innerText()).includes('Policy applied'), 'others are left out');
        await bars(page, look, 'audit of one person');
        await page.goto(page.url().replace('from=', 'from=soon'));
        ok((await words(page)).includes('This must be a date'), 'a wrong date');
        await bars(page, look, 'audit, a wrong date');
    });
    await context.close();
}

const ask = async (site, more = {}) => status(await site.api('POST', '/requests',
    { subject: PERSON, feature: 'call', kind: 'increase', amount: 30, reason: 'A wedding <b>', ...more }), 201).json.request;

async function requests_answered(browser, site, look) {
    const context = await browser.newContext(look);
    const page = await context.newPage();
    page.setDefaultTimeout(5000);
    await test(`a request is looked at, approved, and told, ${look.name}`, async () => {
        const id = await ask(site), amount = '33';
        await sign_in(page, site, 'root', PASSWORD, '/admin/requests');
        await bars(page, look, 'requests');
        await press(page, 'link', `Answer the request of ${PERSON}`);
        const text = await words(page);
        ok(text.includes('They ask for more of Calls <b>: 30 calls') && text.includes('A wedding <b>'), text);
        await bars(page, look, 'request');
        await choose(page, 'Approve');
        await type_into(page, 'How many calls', amount);
        await type_into(page, 'Why?', 'Enjoy <b>');
        await press(page, 'button', 'See what changes');
        ok(new RegExp(`of ${amount} calls used in all`).test(await words(page)), await words(page));
        equal((await site.api('GET', `/admin/requests/${id}`)).json.state, 'pending', 'a preview answers nothing');
        await bars(page, look, 'what it comes to');
        await press(page, 'button', `Approve the request of ${PERSON}`);
        ok((await words(page)).includes('Approved.'), await words(page));
        const { state, answer, override } = (await site.api('GET', `/admin/requests/${id}`)).json;
        equal([state, answer], ['approved', 'Enjoy <b>']);
        equal((await site.api('GET', `/admin/overrides/${override}`)).json.amount, Number(amount));
        equal((await site.api('GET', `/requests?subject=${encodeURIComponent(PERSON)}`)).json.requests[0].answer, 'Enjoy <b>', 'they see it');
    });
    await context.close();
}

async function organization_seen(browser, site, look) {
    const context = await browser.newContext(look);
    const page = await context.newPage();
    page.setDefaultTimeout(5000);
    await test(`an organization is found, given more and put back, ${look.name}`, async () => {
        await sign_in(page, site, 'root', PASSWORD, '/admin/organizations');
        await bars(page, look, 'organizations');
        await type_into(page, 'Find an organization', 'Gy');
        await enter(page);
        await press(page, 'link', 'Gym <i>');
        const text = await words(page);
        ok(/3 of 20 calls used in all/.test(text) && text.includes('m-1') && text.includes('3 calls'), text);
        await bars(page, look, 'organization');
        await press(page, 'link', 'Change the shared limit of Calls <b>');
        await bars(page, look, 'form');
        await type_into(page, 'How many calls', '100');
        await type_into(page, 'Why?', 'A tournament');
        await press(page, 'button', 'See what changes');
        ok(/3 of 20 calls used in all.*3 of 100 calls used in all/.test(await words(page)), await words(page));
        await bars(page, look, 'preview');
        await press(page, 'button', 'Change the shared limit of Gym <i>');
        ok(/3 of 100 calls used in all/.test(await words(page)) && (await words(page)).includes('A tournament'), await words(page));
        await press(page, 'link', 'Remove the override of Calls <b>');
        await type_into(page, 'Why?', 'It is over');
        await press(page, 'button', 'See what changes');
        await press(page, 'button', 'Remove the override of Gym <i>');
        ok(/3 of 20 calls used in all/.test(await words(page)), await words(page));
        for (const [verb, amount] of [['Restore', 100], ['Remove', 20]]) {
            await press(page, 'link', 'Undo');
            await type_into(page, 'Why?', verb);
            await press(page, 'button', 'See what changes');
            await press(page, 'button', `${verb} the override of Gym <i>`);
            ok((await words(page)).includes(`3 of ${amount} calls used in all`), await words(page));
        }
        const { audit } = (await site.api('GET', `/admin/audit?organization=${encodeURIComponent('Gym <i>')}`)).json;
        ok(/Owner Nobody/.test(await words(page)), await words(page));
        await press(page, 'link', 'Change the owner');
        await type_into(page, 'Who is the owner?', 'zed');
        await type_into(page, 'Why?', 'He pays');
        await press(page, 'button', 'See what changes');
        ok((await page.locator('#owner-mistake').innerText()).length > 0, 'no member');
        await bars(page, look, 'owner, wrong');
        await type_into(page, 'Who is the owner?', 'g-1');
        await press(page, 'button', 'See what changes');
        ok((await words(page)).includes('From nobody to g-1.'), await words(page));
        await bars(page, look, 'owner, preview');
        await press(page, 'button', 'Change the owner of Gym <i>');
        ok(/Changed. Undo Owner g-1/.test(await words(page)), await words(page));
        equal((await site.api('GET', `/admin/organizations?organization=${encodeURIComponent('Gym <i>')}`)).json.owner, 'g-1');
        await press(page, 'link', 'Undo');
        await type_into(page, 'Why?', 'Not he');
        await press(page, 'button', 'See what changes');
        ok((await words(page)).includes('From g-1 to nobody.'), await words(page));
        await press(page, 'button', 'Change the owner of Gym <i>');
        ok(/Owner Nobody/.test(await words(page)), await words(page));
        equal(audit.slice(0, 4).map(one => [one.action, one.reason]), [['override.remove', 'Remove'], ['override.restore', 'Restore'], ['override.remove', 'It is over'], ['override.add', 'A tournament']]);
    });
    await context.close();
}

const LINE = 'feature=seat&limit=shared';

/** What a form about a line or somebody in it asks for, by keyboard. */
async function confirm(page, look, reason, said, button) {
    await bars(page, look, 'form');
    await type_into(page, 'Why?', reason);
    await press(page, 'button', 'See what changes');
    ok((await words(page)).includes(said), await words(page));
    await bars(page, look, 'preview');
    await press(page, 'button', button);
}

async function queue_kept(browser, site, look) {
    const context = await browser.newContext(look);
    const page = await context.newPage(), a = 'j';
    page.setDefaultTimeout(5000);
    const line = async () => status(await site.api('GET', `/admin/tickets?${LINE}`), 200).json.tickets.map(one => one.subject);
    const state = async () => (await site.api('GET', '/admin/queues')).json.queues.find(one => one.feature === 'seat').state;
    await test(`a queue is paused, somebody moved, dropped and let in, and it is resumed, ${look.name}`, async () => {
        const waiting = {};
        for (const n of [1, 2, 3]) waiting[n] = status(await site.api('POST', '/consume', { subject: `${a}-${n}`, feature: 'seat' }), 202).json.ticket;
        await sign_in(page, site, 'root', PASSWORD, '/admin/queues');
        const text = await words(page);
        ok(/Seats <b>, shared Open 3 The first for \d+ s/.test(text), text);
        await bars(page, look, 'queues');
        await press(page, 'link', 'Pause the queue of Seats <b>, shared');
        await confirm(page, look, 'A fire <b>', 'Nobody is let in until it is resumed', 'Pause the queue of Seats <b>');
        ok((await words(page)).includes('Paused: nobody is let in') && (await words(page)).includes('A fire <b>'), await words(page));
        equal(await state(), 'paused');
        await bars(page, look, 'a queue');
        await press(page, 'link', `Move up ${a}-3`);
        await confirm(page, look, 'Ill', 'From number 3 to number 1. 2 of those before them wait longer', `Move ${a}-3 to the front`);
        equal(await line(), [`${a}-3`, `${a}-1`, `${a}-2`]);
        await press(page, 'link', 'Undo');
        await confirm(page, look, 'Well', 'back to where they were', `Move ${a}-3 back`);
        equal(await line(), [`${a}-1`, `${a}-2`, `${a}-3`]);
        await press(page, 'link', `Drop ${a}-2`);
        await confirm(page, look, 'A robot', 'This cannot be undone', `Drop ${a}-2`);
        equal(await line(), [`${a}-1`, `${a}-3`]);
        ok(shown(await new Browser(site).open(`/queue/${waiting[2]}`)).includes('An administrator has ended your place'), 'and is told');
        await page.goto(`${site.url}/admin/person?subject=${a}-3`);
        ok(/Places in queues .* 1 seat 2 .* Last changes .* Moved back in a queue .* Well/.test(await words(page)), await words(page));
        await bars(page, look, 'person who waits');
        await press(page, 'link', `Let in ${a}-3`);
        await confirm(page, look, 'Now', 'let in at once where the limit has room, before 1 who came earlier, though the queue is paused', `Let ${a}-3 in`);
        ok((await words(page)).includes('has no room for it now'), await words(page));
        equal(await line(), [`${a}-1`, `${a}-3`], 'it keeps its place');
        status(await site.api('POST', `/decisions/${site.seats}/refund`, { units: 1 }), 200);
        await page.goto(`${site.url}/admin/queue?${LINE}`);
        await press(page, 'link', `Let in ${a}-3`);
        await confirm(page, look, 'Now', 'before 1 who came earlier', `Let ${a}-3 in`);
        equal(await line(), [`${a}-1`]);
        await page.goto(`${site.url}/admin/person?subject=${a}-3`);
        await press(page, 'link', `Drop ${a}-3`);
        ok((await words(page)).includes('Let in already, and held for them until'), await words(page));
        await confirm(page, look, 'Not now', 'What is held for them goes back, and to the next in line', `Drop ${a}-3`);
        ok((await words(page)).includes('Their place is gone.'), await words(page));
        equal((await site.api('GET', `/tickets/${waiting[3]}`)).json.state, 'expired');
        status(await site.api('POST', `/admin/tickets/${waiting[3]}/drop`, { reason: 'twice' }), 409);
        status(await site.api('POST', `/admin/tickets/${waiting[1]}/admit`, { reason: 'The next' }), 200);
        status(await site.api('POST', '/consume', { subject: `${a}-1`, feature: 'seat' }), 200);
        await page.goto(`${site.url}/admin/queue?${LINE}`);
        await press(page, 'link', 'Resume');
        await confirm(page, look, 'It is out', 'It is paused, and nobody waits', 'Resume the queue of Seats <b>');
        ok((await words(page)).includes('Open again.'), await words(page));
        equal(await state(), 'open');
        await press(page, 'link', 'Undo');
        await confirm(page, look, 'It burns', 'Nobody is let in', 'Pause the queue of Seats <b>');
        equal(await state(), 'paused', 'undone');
        const { audit } = (await site.api('GET', '/admin/audit?actor=account%3Aroot')).json;
        equal(audit.slice(0, 9).map(one => [one.action, one.subject, one.reason]), [['queue.set', null, 'It burns'], ['queue.set', null, 'It is out'],
            ['ticket.drop', `${a}-3`, 'Not now'], ['ticket.admit', `${a}-3`, 'Now'], ['ticket.drop', `${a}-2`, 'A robot'], ['ticket.move-back', `${a}-3`, 'Well'],
            ['ticket.move-up', `${a}-3`, 'Ill'], ['queue.set', null, 'A fire <b>'], ...audit.slice(8, 9).map(one => [one.action, one.subject, one.reason])]);
        status(await site.api('POST', '/admin/queues', { feature: 'seat', state: 'open', reason: 'on' }), 200);
    });
    await context.close();
}

async function queues(site, root) {
    const cli = (...words) => run(`${PROGRAMS}/webquota`, ['queue', ...words], { env: { DATABASE_URL: site.values.DATABASE_URL } });
    const tickets = [];
    await test('a queue that somebody else stopped meanwhile is shown as it is; what is wrong is said', async () => {
        for (const subject of ['q-1', 'q-2', 'q-3']) tickets.push(status(await site.api('POST', '/consume', { subject, feature: 'seat' }), 202).json.ticket);
        const form = fields_of(status(await root.open(`/admin/queue/change?what=drain&${LINE}`), 200));
        equal((await cli('pause', 'seat', '--reason', 'by hand')).code, 0);
        const late = status(await root.send('/admin/queue/change', { ...form, reason: 'x', confirm: '1' }), 409);
        ok(shown(late).includes('somebody else changed the state') && shown(late).includes('It is paused'), shown(late));
        equal((await root.open('/admin/queues', JSON_TYPE)).json.queues[0].state, 'paused');
        status(await root.send('/admin/queue/change', { ...fields_of(late), reason: 'y', confirm: '1' }), 303);
        equal((await root.open(`/admin/queue?${LINE}`, JSON_TYPE)).json.queue.state, 'closed');
        status(await site.api('POST', '/consume', { subject: 'q-4', feature: 'seat' }), 503, 'nobody may join');
        equal((await cli('open', 'seat', '--reason', 'on')).code, 0);
        ok(status(await root.send('/admin/queue/change', { ...form, reason: ' ' }), 400).text.includes('id="reason-mistake"'));
        status(await root.send('/admin/queue/change', { ...form, reason: 'x', confirm: '1', csrf: 'x' }), 403);
        for (const [query, code] of [['what=pause', 400], ['what=god&feature=seat&limit=shared', 400], ['what=pause&feature=seat&limit=none', 404],
            ['what=drop', 400], ['what=drop&ticket=tkt_none', 404]]) status(await root.open(`/admin/queue/change?${query}`), code, query);
        status(await root.open('/admin/queue?feature=seat'), 400);
        status(await root.open('/admin/queue?feature=seat&limit=none'), 404);
        status(await root.open(`/admin/queue?${LINE}&after=x`), 422);
    });
    await test('programs and the command do the same, and what cannot be done is a conflict', async () => {
        const post = async (n, what, code, body = { reason: 'why' }) => status(await site.api('POST', `/admin/tickets/${tickets[n]}/${what}`, body), code, what).json;
        equal((await post(2, 'move-up', 200)).position, 1);
        await post(2, 'move-up', 409);
        equal((await post(2, 'move-back', 200)).position, 3);
        await post(2, 'move-back', 409);
        await post(1, 'admit', 409);
        equal((await post(1, 'drop', 200)).state, 'expired');
        for (const what of ['move-up', 'move-back', 'admit', 'drop']) await post(1, what, 409);
        status(await root.open(`/admin/queue/change?what=drop&ticket=${tickets[1]}`), 409);
        equal(status(await site.api('GET', '/admin/tickets?subject=q-3'), 200).json.tickets.map(one => [one.ticket, one.number, one.queue]),
            [[tickets[2], 2, { feature: 'seat', limit: 'shared' }]]);
        const first = status(await site.api('GET', `/admin/tickets?${LINE}&after=${tickets[0]}`), 200).json;
        equal(first.tickets.map(one => one.subject), ['q-3'], 'behind the first');
        for (const [query, field] of [['', 'feature'], ['?subject=a&feature=seat', 'feature'], ['?feature=seat', 'limit']])
            equal(status(await site.api('GET', `/admin/tickets${query}`), 400).json.field, field);
        equal((await cli('move-up', tickets[2], '--reason', 'by hand')).code, 0);
        ok(/number 1 {2}q-3 .* moved up\n.*number 2 {2}q-1/.test((await cli('tickets', 'seat', '--limit', 'shared')).stdout));
        equal((await cli('move-back', tickets[2], '--reason', 'enough')).code, 0);
        equal((await cli('admit', tickets[2], '--reason', 'now')).code, 1);
        equal(JSON.parse((await cli('drop', tickets[2], '--json', '--reason', 'gone')).stdout), { ticket: tickets[2], done: 'drop' });
        ok(/seat, shared: open; 1 waiting, the first for \d+ s; 0 let in \(\d in the last hour/.test((await cli('list')).stdout), (await cli('list')).stdout);
        const { audit } = (await site.api('GET', '/admin/audit?subject=q-3')).json;
        equal(audit.slice(0, 5).map(one => [one.action, one.actor.slice(0, 4), one.reason]), [['ticket.drop', 'cli:', 'gone'], ['ticket.move-back', 'cli:', 'enough'],
            ['ticket.move-up', 'cli:', 'by hand'], ['ticket.move-back', 'key:', 'why'], ['ticket.move-up', 'key:', 'why']]);
        equal([audit[2].old, audit[2].new.number], [{ number: 2 }, 1]);
    });
    await test('who may look at queues, and who may stop them: by role', async () => {
        const pages = ['/admin/queues', `/admin/queue?${LINE}`, `/admin/queue/change?what=pause&${LINE}`];
        for (const [name, codes] of [['vera', [200, 200, 403]], ['sue', [200, 200, 403]], ['bob', [403, 403, 403]], [null, [401, 401, 401]]]) {
            const one = new Browser(site);
            if (name) status(await one.sign_in(name, PASSWORD), 303);
            for (const [i, where] of pages.entries()) status(await one.open(where), codes[i], `${name} ${where}`);
            if (codes[0] === 200) ok(!/what=pause|what=drop/.test((await one.open(pages[1])).text), 'nothing to press');
            const csrf = fields_of(await one.open('/login')).csrf;
            status(await one.send('/admin/queue/change', { csrf, what: 'drop', ticket: tickets[0], reason: 'x', confirm: '1' }), name ? 403 : 401);
        }
        equal((await site.api('GET', '/admin/tickets?subject=q-1')).json.tickets.length, 1);
    });
}

async function owners(site, root) {
    await test('an organization has an owner: programs, the command, and what is wrong or late', async () => {
        const organization = 'Gym <i>', JSON_OF = answer => JSON.parse(answer.stdout);
        const cli = (...words) => run(`${PROGRAMS}/webquota`, ['organization', ...words, '--json'], { env: { DATABASE_URL: site.values.DATABASE_URL } });
        const set = (owner, code) => site.api('POST', '/admin/organizations', { organization, owner, reason: 'why' }).then(answer => status(answer, code).json);
        const form = fields_of(status(await root.open(`/admin/organization/change?what=owner&organization=${encodeURIComponent(organization)}`), 200));
        equal((await set('g-1', 200)).owner, 'g-1');
        equal((await set('nobody-met', 422)).field, 'owner');
        equal(status(await site.api('POST', '/admin/organizations', { organization: 'None', owner: null, reason: 'why' }), 404).json.field, 'organization');
        equal(status(await site.api('POST', '/admin/organizations', { organization, reason: 'why' }), 400).json.field, 'owner');
        status(await root.send('/admin/organization/change', { ...form, owner: '', reason: 'late', confirm: '1' }), 409);
        equal(JSON_OF(await cli('show', organization)).owner, 'g-1');
        equal(JSON_OF(await cli('set', organization, '--owner', '', '--reason', 'by hand')).owner, null);
        equal((await cli('set', organization, '--owner', 'zed', '--reason', 'x')).code, 1);
        equal((await cli('set', organization, '--owner', 'g-1')).code, 2, 'without a reason');
        equal((await cli('set', organization)).code, 2);
        const { audit } = (await site.api('GET', `/admin/audit?action=organization.owner`)).json;
        equal(audit.slice(0, 2).map(one => [one.subject, one.organization, one.old, one.new, one.reason]), [['g-1', organization, { owner: 'g-1' }, { owner: null }, 'by hand'],
            ['g-1', organization, { owner: null }, { owner: 'g-1' }, 'why']]);
        await set('g-1', 200);
        status(await site.api('POST', '/admin/subjects', { subject: 'g-1', organization: null }), 200);
        equal(status(await site.api('GET', `/admin/organizations?organization=${encodeURIComponent(organization)}`), 200).json.owner, null, 'who leaves owns it no more');
        status(await site.api('POST', '/admin/subjects', { subject: 'g-1', organization }), 200);
    });
}

async function requests(site, root) {
    const send = (id, more) => root.send('/admin/request', { ...fields, request: id, ...more });
    let fields;
    await test('an answer that is wrong says so at its field, and answers nothing', async () => {
        const id = await ask(site, { subject: 'cy' });
        fields = fields_of(status(await root.open(`/admin/request?request=${id}`), 200));
        for (const [wrong, name] of [[{ verdict: 'x', reason: 'y' }, 'verdict'], [{ verdict: 'deny', reason: ' ' }, 'reason'],
            [{ verdict: 'approve', reason: 'y', amount: '0' }, 'amount'], [{ verdict: 'approve', reason: 'y', amount: '' }, 'amount'],
            [{ verdict: 'approve', reason: 'y', amount: '5', expires: '2001-01-01' }, 'expires'], [{ verdict: 'approve', reason: 'y', amount: '5', limit: 'none' }, 'limit']])
            ok(status(await send(id, { ...wrong, confirm: '1' }), 400, JSON.stringify(wrong)).text.includes(name === 'limit' ? 'Nothing was changed' : `id="${name}-mistake"`), name);
        status(await send(id, { verdict: 'deny', reason: 'y', confirm: '1', csrf: 'x' }), 403);
        status(await send('999', { verdict: 'deny', reason: 'y', confirm: '1' }), 404);
        status(await root.open('/admin/request?request=999'), 404);
        status(await root.open('/admin/request'), 400);
        status(await root.open('/admin/requests?state=odd'), 400);
        equal((await site.api('GET', `/admin/requests/${id}`)).json.state, 'pending');
        await test('who is late is told, and changes nothing', async () => {
            status(await site.api('POST', `/admin/requests/${id}/deny`, { reason: 'No room' }), 200);
            const late = shown(status(await send(id, { verdict: 'approve', reason: 'y', amount: '5', confirm: '1' }), 409));
            ok(late.includes('somebody else has answered this meanwhile') && late.includes('No room'), late);
            equal((await site.api('GET', '/admin/overrides?subject=cy')).json.overrides, []);
        });
    });
    await test('a plan is given by an answer, and a request is denied', async () => {
        const up = await ask(site, { subject: 'di', kind: 'upgrade', amount: undefined, plan: 'pro' });
        const seen = await send(up, { verdict: 'approve', reason: 'Paid', plan: 'pro' });
        ok(/of 2 calls used in all .* of 50 calls used in all/.test(shown(status(seen, 200))), shown(seen));
        status(await root.send('/admin/request', fields_of(seen)), 303);
        equal((await site.api('GET', '/admin/subjects?subject=di')).json.plan.key, 'pro');
        const no = await ask(site, { subject: 'di', feature: 'call' });
        status(await root.send('/admin/request', fields_of(status(await send(no, { verdict: 'deny', reason: 'Enough' }), 200))), 303);
        equal((await root.open('/admin/requests?state=denied', JSON_TYPE)).json.requests.map(one => one.subject), ['di', 'cy']);
    });
    await test('organizations: pages, and who may change them', async () => {
        const members = Array.from({ length: 55 }, (_, i) => `m-${i}`);
        for (const subject of members) status(await site.api('POST', '/admin/subjects', { subject, organization: 'Club' }), 201);
        const first = status(await root.open('/admin/organization?organization=Club', JSON_TYPE), 200).json;
        const rest = status(await root.open(`/admin/organization?organization=Club&after=${first.members.at(-1).member}`, JSON_TYPE), 200).json;
        equal([...first.members, ...rest.members].map(one => one.subject), members);
        equal((await root.open('/admin/organizations?q=Cl', JSON_TYPE)).json.organizations.map(one => [one.organization, one.members]), [['Club', 55]]);
        status(await root.open('/admin/organization?organization=none'), 404);
        status(await root.open('/admin/organization/change?what=override&organization=none&feature=call'), 404);
        status(await root.open('/admin/organization/change?what=override&organization=Club&feature=none'), 404);
        status(await root.open('/admin/organization/change?what=god&organization=Club&feature=call'), 400);
        const form = fields_of(status(await root.open('/admin/organization/change?what=bonus&organization=Club&feature=call'), 200));
        for (const [wrong, name] of [[{ amount: '0' }, 'amount'], [{ amount: '' }, 'amount'], [{ expires: '2001-01-01' }, 'expires'], [{ reason: '' }, 'reason']])
            ok(status(await root.send('/admin/organization/change', { ...form, amount: '5', reason: 'x', ...wrong, confirm: '1' }), 400).text.includes(`id="${name}-mistake"`), name);
        const seen = status(await root.send('/admin/organization/change', { ...form, amount: '5', reason: 'x' }), 200);
        status(await root.send('/admin/organization/change', fields_of(seen)), 303);
        equal((await site.api('GET', '/admin/grants?organization=Club')).json.grants.map(one => one.amount), [5]);
        const late = status(await root.send('/admin/organization/change', fields_of(seen)), 409);
        ok(late.text.includes('somebody else changed what this organization has'), 'whoever comes second is told');
        equal((await site.api('GET', '/admin/grants?organization=Club')).json.grants.length, 1);
        status(await root.send('/admin/organization/change', fields_of(late)), 303);
        equal((await site.api('GET', '/admin/grants?organization=Club')).json.grants.length, 2);
    });
    await test('who may answer and change: by role', async () => {
        const pages = ['/admin/requests', '/admin/request?request=1', '/admin/organizations', '/admin/organization?organization=Club', '/admin/organization/change?what=bonus&organization=Club&feature=call'];
        for (const [name, codes] of [['vera', [200, 200, 200, 200, 403]], ['sue', [200, 200, 200, 200, 403]], ['bob', [403, 403, 403, 403, 403]], [null, [401, 401, 401, 401, 401]]]) {
            const one = new Browser(site);
            if (name) status(await one.sign_in(name, PASSWORD), 303);
            for (const [i, where] of pages.entries()) status(await one.open(where), codes[i], `${name} ${where}`);
            const csrf = fields_of(await one.open('/login')).csrf;
            for (const [where, body] of [['/admin/request', { request: '1', verdict: 'deny', reason: 'x', confirm: '1' }],
                ['/admin/organization/change', { what: 'bonus', organization: 'Club', feature: 'call', amount: '5', reason: 'x', confirm: '1' }]])
                status(await one.send(where, { csrf, ...body }), name ? 403 : 401, `${name} sends ${where}`);
        }
    });
}

/** What the rows of panel_actions.mjs need: people, an organization, a line, an account with codes, and requests. */
async function actions_prepared(site) {
    for (const [subject, more] of [[KAY, {}], ['k-1', { organization: 'Kays' }], ['k-up', {}], ['k-yes', {}], ['many-1', {}], ['many-2', {}]])
        status(await site.api('POST', '/admin/subjects', { subject, ...more }), 201);
    const tickets = {};
    for (const subject of ['k-1', 'k-2', 'k-3']) tickets[subject] = status(await site.api('POST', '/consume', { subject, feature: 'seat' }), 202).json.ticket;
    await ask(site, { subject: 'k-up', kind: 'upgrade', amount: undefined, plan: 'pro' });
    await ask(site, { subject: 'k-no' });
    await ask(site, { subject: 'k-yes', feature: 'leaf' });
    await run_well(`${PROGRAMS}/webquota`, ['account', 'add', 'kim'], { env: { DATABASE_URL: site.values.DATABASE_URL }, input: `${PASSWORD}\n` });
    const kim = new Browser(site);
    status(await kim.sign_in('kim', PASSWORD), 303);
    status(await kim.fill('/account', { what: 'codes', session: '' }), 303);
    const [, secret] = /<code>([A-Z2-7 ]{39})<\/code>/.exec((await kim.open('/account/code')).text);
    status(await kim.fill('/account/code', { password: PASSWORD, code: totp(secret, Date.now() / 1000) }), 200);
    await site.sql("insert into webquota.sessions (hash, kind, account, subject, created_at, last_seen_at, expires_at) select sha256('kim'), kind, account, subject, created_at, last_seen_at, expires_at from webquota.sessions where account = 'kim' limit 1");
}

async function every_action(browser, site, look) {
    const hands = [], begin = async (who, where) => (hands.push(await actions.Keyboard.begin(browser, site, look, who, PASSWORD, where)), hands.at(-1));
    const read = async where => status(await site.api('GET', where), 200).json;
    const use = async () => status(await site.consume(KAY, 'call'), 200);
    const who = `subject=${encodeURIComponent(KAY)}`, limits = async subject => (await read(`/usage?subject=${encodeURIComponent(subject)}`)).limits.map(one => [one.limit, one.amount, one.used, one.remaining]);
    await actions_prepared(site);
    await use();
    const root = await begin('root', `/admin/people?q=kay`);
    const group = (name, leads, rows, stands) => test(`every action by keyboard alone and without JavaScript: ${name}`, async () => {
        for (const link of leads) await root.press('link', link);
        await root.go(rows, stands);
    });
    await group('a person', [KAY], actions.of_person(site, { subject: KAY, use }), async () => {
        const { plan, plan_until, organization, suspended } = await read(`/admin/subjects?${who}`);
        return [await limits(KAY), plan, plan_until, organization, suspended];
    });
    await group('an organization', [/^End$/, 'Organizations', 'Kays'], actions.of_organization, async () => [await limits('k-1'), (await read('/admin/organizations?organization=Kays')).owner]);
    await group('a queue', ['Queues', /^Seats <b>, shared$/], actions.of_queue({ room: async () => status(await site.api('POST', `/decisions/${site.seats}/refund`, { units: 1 }), 200) }),
        async () => [(await read('/admin/queues')).queues[0].state, (await read(`/admin/tickets?${LINE}`)).tickets.map(one => one.subject)]);
    await group('accounts and keys', ['Access'], actions.of_access);
    await group('the policy', ['Plans and limits'], actions.of_policy(await site.value('select version from webquota.policies where active')));
    await group('requests', ['Requests'], actions.of_request, async () => [await limits('k-yes'), (await read('/admin/subjects?subject=k-up')).plan]);
    await test('every action by keyboard alone and without JavaScript: above what support gives alone', async () => {
        for (const one of actions.of_support) await (await begin('sue', `/admin/person?${who}`)).go([one]);
    });
    await group('approvals', ['Approvals'], actions.of_approval, () => limits(KAY));
    const search = async () => {
        await root.press('link', 'People');
        await type_into(root.page, 'Find a person', 'many-');
        await enter(root.page);
    };
    const made = async () => {
        await site.sql('rollback');
        const { bulk } = (await read('/admin/bulk')).bulks.find(one => one.what === 'plan');
        await over(site, bulk);
        await root.page.goto(`${site.url}/admin/bulk?id=${bulk}`);
    };
    await group('many people', [], actions.of_many({ search, made, hold: () => site.sql("begin; select from webquota.leases where name = 'bulk' for update") }));
    await site.sql('rollback');
    await test('and each of them is on the page of the audit, and none is left out', async () => {
        await root.press('link', 'Audit');
        const text = await words(root.page);
        ok(text.includes('Changing many people stopped') && text.includes(`R${root.count} <b>`), text);
        equal(actions.left_out(hands), []);
    });
    for (const { page } of hands) await page.context().close();
}

async function audit(site, root) {
    const find = async query => status(await root.open(`/admin/audit?${query}`, JSON_TYPE), 200).json;
    const cli = (...words) => run(`${PROGRAMS}/webquota`, ['audit', ...words], { env: { DATABASE_URL: site.values.DATABASE_URL } });
    await test('every way of changing something leaves who, where from, what was, what became, and why', async () => {
        status(await site.api('POST', '/admin/overrides', { subject: 'bo', feature: 'call', amount: 7, reason: 'by key' }), 201);
        await run_well(`${PROGRAMS}/webquota`, ['override', 'add', '--subject', 'bo', '--feature', 'call', '--amount', '8', '--reason', 'by hand'],
            { env: { DATABASE_URL: site.values.DATABASE_URL } });
        const address = '/admin/change?what=plan&subject=bo';
        const preview = await root.send('/admin/change', { ...fields_of(await root.open(address)), plan: 'pro', reason: 'by form' });
        status(await root.send('/admin/change', fields_of(preview)), 303);
        status(await site.api('POST', '/consume', { subject: 'bo', feature: 'call', units: 3 }), 200);
        status(await site.api('DELETE', '/usage?subject=bo&reason=anew'), 200);
        const { audit: list } = await find('subject=bo');
        const [reset, plan, command, key] = list;
        equal([reset.action, reset.old, reset.reason], ['usage.reset', { life: 3 }, 'anew']);
        equal([plan.action, plan.actor, plan.origin, plan.old, plan.new.plan, plan.reason],
            ['subject.update', 'account:root', '127.0.0.1', { plan: null, plan_until: null }, 'pro', 'by form']);
        equal([command.actor.slice(0, 4), command.origin.slice(0, 11), command.old.amount, command.new.amount, command.reason],
            ['cli:', 'command on ', 7, 8, 'by hand']);
        equal([key.actor.slice(0, 4), key.origin, key.old, key.new.amount, key.reason], ['key:', '127.0.0.1', null, 7, 'by key']);
    });
    await test('by actor, action, organization and time; page by page, and as CSV that no spreadsheet runs', async () => {
        const calls = Array.from({ length: 60 }, (_, i) => `{"subject":"=cmd|${i}","organization":"Gym"}`);
        for (const body of calls) status(await site.api('POST', '/admin/subjects', JSON.parse(body)), 201);
        const first = await find('organization=Gym');
        equal([first.audit.length, first.more], [50, true]);
        const rest = await find(`organization=Gym&before=${first.audit.at(-1).entry}`);
        equal([rest.audit.length, rest.more], [10, false]);
        equal(new Set([...first.audit, ...rest.audit].map(one => one.subject)).size, 60);
        ok(shown(await root.open('/admin/audit?organization=Gym')).includes('Older ones'));
        equal((await find('actor=account%3Aroot')).audit.every(one => one.actor === 'account:root'), true);
        equal((await find('action=policy.apply&from=2001-01-01&to=2999-12-31')).audit.slice(-2).map(one => one.new.version), [2, 1]);
        equal((await find('to=2001-01-01')).audit, []);
        equal((await find('from=2999-01-01')).audit, []);
        const csv = status(await root.open('/admin/audit.csv?organization=Gym'), 200);
        equal([csv.headers['content-type'], csv.text.split('\r\n').length], ['text/csv; charset=utf-8', 62]);
        ok(csv.text.includes("'=cmd|59") && !/(^|,)"?=cmd/m.test(csv.text), csv.text.slice(0, 300));
        for (const [query, field] of [['before=x', 'before'], ['from=soon', 'from'], ['subject=a&subject=b', 'subject'], [`action=${'x'.repeat(65)}`, 'action']]) {
            equal(status(await root.open(`/admin/audit?${query}`, JSON_TYPE), 400).json.field, field);
            status(await root.open(`/admin/audit?${query}`), 400);
            equal(status(await site.api('GET', `/admin/audit?${query}`), 400).json.field, field);
        }
        equal((await site.api('GET', '/admin/audit?subject=bo')).json.audit.length, 4);
    });
    await test('the command lists it, and says whether it is whole', async () => {
        const listed = JSON.parse((await cli('list', '--subject', 'bo', '--limit', '2', '--json')).stdout);
        equal([listed.audit.length, listed.more], [2, true]);
        const whole = await cli('verify');
        equal(whole.code, 0, whole.stdout);
        const [, entry] = /the last is (\d+:[0-9a-f]{64})/.exec(whole.stdout);
        equal((await cli('verify', '--expect', entry)).code, 0);
        equal((await cli('verify', '--expect', '1:' + '0'.repeat(64))).code, 1);
        equal((await cli('verify', '--expect', 'x')).code, 2);
        equal((await cli('list', '--from', 'soon')).code, 2);
        await site.sql("alter table webquota.audit disable trigger user; update webquota.audit set actor = 'nobody' where number = 3; alter table webquota.audit enable trigger user");
        const broken = await cli('verify');
        equal([broken.code, /^entry 3 is not what was written/.test(broken.stdout)], [1, true], broken.stdout);
        equal(JSON.parse((await cli('verify', '--json')).stdout).findings, [{ entry: 3, is: 'changed' }]);
    });
    await test('who may see it: by role', async () => {
        for (const [name, code] of [['vera', 200], ['sue', 200], ['bob', 403], [null, 401]]) {
            const one = new Browser(site);
            if (name) status(await one.sign_in(name, PASSWORD), 303);
            for (const where of ['/admin/audit', '/admin/audit.csv']) status(await one.open(where), code, `${name} ${where}`);
        }
    });
    await test('as CSV it is all of it, or what to ask for instead', async () => {
        await site.sql(`alter table webquota.audit disable trigger user;
            insert into webquota.audit (at, actor, action, details, number, hash) select now(), 'many', 'x', '{}', n + 1000000, sha256('x') from generate_series(1, 50001) n;
            alter table webquota.audit enable trigger user`);
        const first = Number(await site.value("select min(number) from webquota.audit where actor = 'many'"));
        const csv = status(await root.open(`/admin/audit.csv?actor=many&before=${first + 5100}`), 200).text.split('\r\n');
        equal([csv.length, csv[0].split(',')[0]], [5102, 'entry']);
        equal(new Set(csv.slice(1, -1).map(line => Number(line.split(',')[0]))).size, 5100);
        like(status(await root.open('/admin/audit.csv?actor=many', JSON_TYPE), 400).json, { field: 'from' });
    });
}

try {
    await with_site({}, async site => {
        const file = `${site.folder}/panel.conf`;
        writeFileSync(file, POLICY);
        await site.policy(file);
        for (const [name, role] of [['root', 'admin'], ['vera', 'viewer'], ['sue', 'support'], ['bob', 'user']])
            await run_well(`${PROGRAMS}/webquota`, ['account', 'add', name, '--role', role], { env: { DATABASE_URL: site.values.DATABASE_URL }, input: `${PASSWORD}\n` });
        const root = new Browser(site);
        status(await root.sign_in('root', PASSWORD), 303);
        const form = fields_of(await root.open(`/admin/change?what=override&feature=call&limit=life&subject=${encodeURIComponent(PERSON)}`).then(async first =>
            first.status === 404 ? (await site.api('POST', '/admin/subjects', { subject: PERSON }), root.open(`/admin/change?what=override&feature=call&limit=life&subject=${encodeURIComponent(PERSON)}`)) : first));
        const preview = await root.send('/admin/change', { ...form, kind: 'amount', amount: '9', reason: 'A fair <b>' });
        status(await root.send('/admin/change', fields_of(preview)), 303);
        status(await site.api('POST', '/admin/subjects', { subject: 'g-1', organization: 'Gym <i>' }), 201);
        status(await site.api('POST', '/admin/subjects', { subject: 'm-1"', organization: 'Gym <i>', plan: 'pro' }), 201);
        status(await site.api('POST', '/admin/overrides', { subject: 'g-1', feature: 'call', amount: 9, reason: 'x' }), 201);
        status(await site.api('POST', '/consume', { subject: 'g-1', feature: 'call', units: 3 }), 200);
        site.seats = status(await site.api('POST', '/consume', { subject: 'full', feature: 'seat', units: 5 }), 200).json.decision_id;
        const browser = await launch();
        try {
            for (const look of LOOKS) await audit_seen(browser, site, look);
            for (const part of [requests_answered, organization_seen, queue_kept, bulk_made]) await part(browser, site, LOOKS[0]);
            await bulks(site, root);
            await owners(site, root);
            await queues(site, root);
            await requests(site, root);
            await every_action(browser, site, LOOKS[1]);
            await audit(site, root);
        } finally {
            await browser.close();
        }
    });
} catch (error) {
    broken(error);
}
finish();
