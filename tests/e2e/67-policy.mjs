#!/usr/bin/env node
// The policy in the hands of administrators, in a real browser, by keyboard alone, with JavaScript and without: what a change would have
// done, by recorded use; and over HTTP: the same for programs, and who may.
import { mkdirSync, writeFileSync } from 'node:fs';
import { Browser, fields_of } from './lib/forms.mjs';
import { bars as hold, launch, LOOKS, press, sign_in, tab_to, type_into } from './lib/hands.mjs';
import { request } from './lib/http.mjs';
import { second_service } from './lib/second.mjs';
import { PROGRAMS, run_well, with_site } from './lib/site.mjs';
import { broken, equal, finish, like, ok, status, test, until } from './lib/tap.mjs';

const PASSWORD = 'correct horse battery';
const POLICY = `# What is written here stays.
title = "Admin"
timezone = "UTC"
default_plan = "free"
feature call { title = "Calls <b>"  unit = "call" }
plan free { title = "Free"  rank = 1  upgrade = "pro"
  limit life { feature = "call"  amount = 5  window = "lifetime" }   # five, and no more
  limit day  { feature = "call"  amount = 50  window = "day" } }
plan pro { title = "Pro"  rank = 2  inherits = "free"
  limit life { feature = "call"  amount = 50  window = "lifetime" } }
`;
const SEEN = process.env.SCREENSHOTS;

const words = async page => (await page.locator('main').innerText()).replace(/\s+/g, ' ');

/** The bars that hold for every page; and a picture of it, where somebody wants to look. */
async function bars(page, look, what) {
    if (SEEN) {
        mkdirSync(SEEN, { recursive: true });
        for (const scheme of ['light', 'dark'])
            for (const size of [1280, 320]) {
                await page.emulateMedia({ colorScheme: scheme });
                await page.setViewportSize({ width: size, height: 900 });
                await page.screenshot({ path: `${SEEN}/${what.replaceAll(' ', '-')}-${scheme}-${size}.png`, fullPage: true });
            }
        await page.setViewportSize(look.viewport);
    }
    await hold(page, look, what);
}

async function signed_in(browser, site, look, next) {
    const context = await browser.newContext(look);
    const page = await context.newPage();
    page.setDefaultTimeout(5000);
    await sign_in(page, site, 'root', PASSWORD, next);
    return page;
}

async function what_if(browser, site, look) {
    const how = look.name;
    await test(`a smaller amount is tried on recorded use, ${how}`, async () => {
        const page = await signed_in(browser, site, look, '/admin/what-if');
        const versions = await site.value('select count(*) from webquota.policies');
        await bars(page, look, 'what if choose');
        await press(page, 'link', 'Calls <b>, life');
        ok((await words(page)).includes('Now: 5 in all.'), await words(page));
        await type_into(page, 'Amount', '3');
        await press(page, 'button', 'See what would have been');
        const result = await words(page);
        ok(result.includes('2 of 3 people would have been stopped, instead of 1: 6 of 13 requests, instead of 2.'), result);
        ok(result.includes('The limits now in force decide 13 of 13 recorded requests as they were decided.'), result);
        ok((await page.getByRole('row', { name: /^ada/ }).innerText()).replace(/\s+/g, ' ').includes('2'), 'ada');
        equal(await page.getByRole('row', { name: /^bob/ }).count(), 0, 'bob is not concerned');
        await bars(page, look, 'what if tried');
        await type_into(page, 'Window Such', 'fortnight');
        await press(page, 'button', 'See what would have been');
        ok(/There can be no such policy: plan free: limit life: window/.test(await words(page)), await words(page));
        await bars(page, look, 'what if wrong');
        equal(await site.value('select count(*) from webquota.policies'), versions, 'nothing is changed');
        await page.context().close();
    });
}

const amount_of = async (site, subject = 'bob') => (await site.api('GET', `/usage?subject=${subject}`)).json.limits.find(one => one.limit === 'life');
const audited = site => site.value("select action || ': ' || (details ->> 'reason') from webquota.audit where action like 'policy.%' order by id desc limit 1");

async function plans(browser, site, look) {
    const how = look.name;
    await test(`a limit is changed, switched off, and all of it undone, ${how}`, async () => {
        const page = await signed_in(browser, site, look, '/admin/plans');
        const first = await site.value('select version from webquota.policies where active');
        await bars(page, look, 'plans');
        await press(page, 'link', 'Edit life of Free');
        await bars(page, look, 'limit edit');
        await type_into(page, 'Amount', '8');
        await type_into(page, 'Why?', 'A fair <b>');
        await press(page, 'button', 'See what changes');
        ok((await words(page)).includes('plan free: limit life: amount: 5 → 8'), await words(page));
        ok(/life: amount: 5 → 8 [\d,]+ people/.test(await words(page)), 'whom it concerns');
        await bars(page, look, 'limit preview');
        equal(await site.value('select version from webquota.policies where active'), first, 'a preview changes nothing');
        await press(page, 'button', 'Change life of Free');
        ok(/Version \d+ is in force\./.test(await words(page)), await words(page));
        equal((await amount_of(site)).amount, 8);
        equal(await audited(site), 'policy.apply: A fair <b>');
        const text = await site.value("select replace(text, E'\\n', '|') from webquota.policies where active");
        ok(text.includes('# What is written here stays.') && text.includes('amount = 8  window = "lifetime" }   # five, and no more'), text);
        const allowed = async () => (await site.check('ada', 'call', { units: 4 })).json.allowed;
        equal(await allowed(), false);
        await press(page, 'link', 'Shadow: only watch life of Free');
        await type_into(page, 'Why?', 'A trial');
        await press(page, 'button', 'Only watch life of Free');
        equal([await allowed(), (await amount_of(site)).amount, await audited(site)], [true, 8, 'policy.apply: A trial'], 'it is only watched');
        await press(page, 'link', 'Off: stop life of Free');
        await bars(page, look, 'limit off');
        await type_into(page, 'Why?', 'Too many complaints');
        await press(page, 'button', 'Switch off life of Free');
        equal(await amount_of(site), undefined, 'it is off');
        await press(page, 'link', `Version ${first}`);
        ok((await words(page)).includes('plan free: limit life: mode: off → enforce'), await words(page));
        await bars(page, look, 'version');
        await type_into(page, 'Why?', 'As it was');
        await press(page, 'button', `Go back to version ${first}`);
        equal((await amount_of(site)).amount, 5);
        equal(await audited(site), 'policy.apply: As it was');
        await page.context().close();
    });
    await test(`a limit is changed for later, and that is cancelled, ${how}`, async () => {
        const page = await signed_in(browser, site, look, '/admin/limit?limit=free/life');
        await type_into(page, 'Amount', '9');
        await type_into(page, 'From when?', '2090-01-01');
        await type_into(page, 'Why?', 'A new year');
        await press(page, 'button', 'See what changes');
        await press(page, 'button', 'Change life of Free');
        const { version, state } = (await site.api('GET', '/admin/policies')).json.versions[0];
        equal([state, (await amount_of(site)).amount, await audited(site)], ['scheduled', 5, 'policy.schedule: A new year']);
        await press(page, 'link', `Version ${version}`);
        await type_into(page, 'Why?', 'After all not');
        await press(page, 'button', `Cancel version ${version}`);
        equal([(await site.api('GET', '/admin/policies')).json.versions[0].state, await audited(site)], ['cancelled', 'policy.cancel: After all not']);
        await page.context().close();
    });
}

async function sections(browser, site) {
    await test('the forms for a limit more, one less and a plan', async () => {
        const page = await signed_in(browser, site, LOOKS[0], '/admin/limit?what=add&plan=free');
        await bars(page, LOOKS[0], 'limit add');
        await page.goto(`${site.url}/admin/limit?what=remove&limit=free/day`);
        await bars(page, LOOKS[0], 'limit remove');
        await page.goto(`${site.url}/admin/plan?plan=free`);
        await bars(page, LOOKS[0], 'plan edit');
        await page.goto(`${site.url}/admin/feature?feature=call`);
        await bars(page, LOOKS[0], 'feature edit');
        await page.goto(`${site.url}/admin/route?what=add`);
        await bars(page, LOOKS[0], 'route add');
        await page.goto(`${site.url}/admin/plan-grant?what=add&plan=free`);
        await bars(page, LOOKS[0], 'grant add');
        await page.goto(`${site.url}/admin/settings`);
        await bars(page, LOOKS[0], 'settings');
        await page.context().close();
    });
    await test('a plan gets a limit that waits, and loses it again, without JavaScript', async () => {
        const page = await signed_in(browser, site, LOOKS[1], '/admin/plans'), first = await site.value('select version from webquota.policies where active');
        const limit = async () => (await site.api('GET', '/usage?subject=bob')).json.limits.find(one => one.limit === 'hourly')?.amount;
        await press(page, 'link', 'New limit of Free');
        await type_into(page, 'Its name', 'hourly');
        await type_into(page, 'Amount', '7');
        await type_into(page, 'Window Such', 'hour');
        await tab_to(page, page.getByLabel('When it is used up'), 'When it is used up');
        await page.keyboard.type('queue');
        await type_into(page, 'So many may wait', 'few');
        await type_into(page, 'Why?', 'Bursts');
        await press(page, 'button', 'See what changes');
        ok(/plan free: limit hourly: queue_max: must be/.test(await words(page)) && await page.getByLabel('So many may wait').inputValue() === 'few', await words(page));
        equal([await page.getByLabel('Its name').inputValue(), await page.getByLabel('When it is used up').inputValue()], ['hourly', 'queue'], 'what was typed is kept');
        await bars(page, LOOKS[1], 'limit add wrong');
        await type_into(page, 'So many may wait', '20');
        await press(page, 'button', 'See what changes');
        ok((await words(page)).includes('plan free: limit hourly: added (feature call, amount 7, window hour'), await words(page));
        await press(page, 'button', 'Add hourly to Free');
        equal([await limit(), await audited(site)], [7, 'policy.apply: Bursts']);
        await page.goto(`${site.url}/admin/limit?what=remove&limit=free/hourly`);
        ok((await words(page)).includes('plan free: limit hourly: removed'), await words(page));
        await type_into(page, 'Why?', 'No more');
        await press(page, 'button', 'Remove hourly of Free');
        equal([await limit(), await audited(site)], [undefined, 'policy.apply: No more']);
        equal(await site.value(`select count(distinct text) from webquota.policies where active or version = ${first}`), '1', 'to the letter');
        await page.context().close();
    });
}

/** Sections of the policy by a form, by a program and by the command: with the same text, difference and audit. */
async function sections_by_programs(site) {
    const root = new Browser(site);
    status(await root.sign_in('root', PASSWORD), 303);
    const active = async () => Number(await site.value('select version from webquota.policies where active'));
    const text = () => site.value("select replace(text, E'\\n', '|') from webquota.policies where active");
    const form = async (where, more) => {
        const preview = status(await root.send(where.replace(/\?.*/, ''), { ...fields_of(await root.open(where)), reason: 'why', ...more }), 200);
        return status(await root.send(where.replace(/\?.*/, ''), { ...fields_of(preview), reason: 'why' }), 303);
    };
    const told = async (...line) => JSON.parse(await run_well(`${PROGRAMS}/webquota`, [...line, '--reason', 'why', '--json'], { env: { DATABASE_URL: site.values.DATABASE_URL } }));
    const api = async (noun, body) => status(await site.api('POST', `/admin/${noun}`, { version: await active(), reason: 'why', ...body }), 201);
    const options = fields => Object.entries(fields).flatMap(([name, value]) => [`--${name.replaceAll('_', '-')}`, String(value)]);
    const all = { feature: 'call', amount: 9, window: 'week', align: 'calendar', scope: 'subject', mode: 'shadow', on_exceed: 'queue', fail: 'open', warn_at: '50, 90', rollover: 3,
        timezone: 'Europe/Berlin', week_starts: 'sunday', day_starts: '04:00', claim_within: 30, keep_place: 90, queue_max: 40, fair: 'account' };
    const other = { feature: 'call', amount: 8, window: 'week', mode: 'enforce', on_exceed: 'block', fail: 'closed', warn_at: 'none', rollover: 0, timezone: '', week_starts: '', day_starts: '', claim_within: '',
        keep_place: '', queue_max: '', fair: 'none' };
    const numbers = fields => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, name === 'warn_at' ? (value === 'none' ? [] : value.split(', ').map(Number))
        : LISTS.includes(name) && value ? [value].flat() : value === '' ? null : value]));
    const LISTS = ['administrators', 'embedders'], grant = { feature: 'call', amount: 50, every: '28 day', priority: 7 }, once = { amount: 60, every: '' };
    const settings = { title: 'Settings <b>', timezone: 'Europe/Berlin', week_starts: 'sunday', day_starts: '04:00', anonymous_plan: 'free', upgrade_url: '/buy?plan={plan}', support_url: 'mailto:help@example.org',
        sign_in_url: '/quota/login', currency: '€', queue_answer: 'page', totp: 'optional', administrators: ['root', 'Doe, "J"'], embedders: 'https://a.example', grace_days: 7, grace_multiplier: 2,
        support_ceiling_multiplier: 1.5, support_ceiling_days: 30 };
    const unset = Object.fromEntries(Object.keys(settings).filter(name => name !== 'totp').map(name => [name, '']));
    const removed = (where, more = {}) => root.open(where).then(page => root.send(where.replace(/\?.*/, ''), { ...fields_of(page), reason: 'why', ...more })).then(answer => status(answer, 303));
    const plan = { title: 'Team', price: '$5', rank: 3, inherits: 'free', multiplier: 1.5, queue_weight: 2, grace_days: 7, grace_multiplier: 2 };
    const less = { title: 'Team of <b>', price: '', rank: 4, multiplier: '', grace_days: '', grace_multiplier: '' };
    const feature = { title: 'Own <b>', unit: 'own call', units: 'own', about: 'What it is', parent: 'call', resources: ['claude-*', 'a, b'], unit_cost: 0.25, one_place: 'resource' };
    const route = { method: 'POST', path: '/a/{id}', query: ['do=a', 'x=a,b'], feature: 'call', resource_segment: 'id', units: 2, charge: 'commit' };
    const bare = { title: 'Mine', units: '', about: '', parent: '', unit_cost: '', one_place: 'feature' };
    const strings = fields => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
    const STEPS = [
        ['a limit with every option', { form: () => form('/admin/limit?what=add&plan=pro', { key: 'own', ...strings(all) }),
            api: () => api('limits', { what: 'add', plan: 'pro', limit: 'own', ...numbers(all) }), cli: () => told('limit', 'add', '--plan', 'pro', '--limit', 'own', ...options(all)) },
        /plan pro \{[^}]*inherits = "free"\| {2}limit life [^|]*\| {2}limit own \{ feature = "call" {2}amount = 9 {2}window = "week" {2}align = "calendar" {2}mode = "shadow" {2}on_exceed = "queue" {2}fail = "open" {2}warn_at = \{50, 90\} {2}rollover = 3 {2}timezone = "Europe\/Berlin" {2}week_starts = "sunday" {2}day_starts = "04:00" {2}claim_within = 30 {2}keep_place = 90 {2}queue_max = 40 {2}fair = "account" \} \}/],
        ['all of it changed, and most of it unset', { form: () => form('/admin/limit?limit=pro/own', strings(other)), api: () => api('limits', { plan: 'pro', limit: 'own', ...numbers(other) }),
            cli: () => told('limit', 'set', '--plan', 'pro', '--limit', 'own', ...options(other)) },
        /limit own \{ feature = "call" {2}amount = 8 {2}window = "week" {2}align = "calendar" {2}mode = "enforce" {2}on_exceed = "block" {2}fail = "closed" {2}warn_at = \{\} {2}rollover = 0 {2}fair = "none" \} \}/],
        ['a limit removed', { form: async () => status(await root.send('/admin/limit', { ...fields_of(await root.open('/admin/limit?what=remove&limit=pro/own')), reason: 'why' }), 303), api: () => api('limits', { what: 'remove', plan: 'pro', limit: 'own' }),
            cli: () => told('limit', 'remove', '--plan', 'pro', '--limit', 'own') }, /^(?![^]*limit own)/],
        ['a plan added', { form: () => form('/admin/plan?what=add', { key: 'team', ...strings(plan) }), api: () => api('plans', { what: 'add', plan: 'team', ...plan }),
            cli: () => told('plan', 'add', '--plan', 'team', ...options(plan)) },
        /plan team \{ title = "Team" {2}price = "\$5" {2}rank = 3 {2}inherits = "free" {2}multiplier = "1.5" {2}queue_weight = 2\| {2}grace \{ days = 7 {2}multiplier = 2 \} \}/],
        ['a plan changed', { form: () => form('/admin/plan?plan=team', strings(less)), api: () => api('plans', { plan: 'team', ...numbers(less) }), cli: () => told('plan', 'set', '--plan', 'team', ...options(less)) },
            /plan team \{ title = "Team of <b>" {2}rank = 4 {2}inherits = "free" {2}queue_weight = 2\|? *\}/],
        ['a plan removed', { form: () => removed('/admin/plan?what=remove&plan=team'), api: () => api('plans', { what: 'remove', plan: 'team' }), cli: () => told('plan', 'remove', '--plan', 'team') },
            /^(?![^]*plan team)/],
        ['a feature added', { form: () => form('/admin/feature?what=add', { key: 'own_call', ...strings(feature), resources: feature.resources.join('\r\n') }), api: () => api('features', { what: 'add', feature: 'own_call', ...feature }),
            cli: () => told('feature', 'add', '--feature', 'own_call', ...options({ ...feature, resources: 'claude-*, "a, b"' })) },
        /\|feature own_call \{ title = "Own <b>" {2}unit = "own call" {2}units = "own" {2}about = "What it is" {2}parent = "call" {2}resources = \{"claude-\*", "a, b"\} {2}unit_cost = "0.25" {2}one_place = "resource" \}\|/],
        ['a feature changed', { form: () => form('/admin/feature?feature=own_call', { ...strings(bare), resources: '' }), api: () => api('features', { feature: 'own_call', ...numbers(bare), resources: null }),
            cli: () => told('feature', 'set', '--feature', 'own_call', ...options({ ...bare, resources: '' })) }, /feature own_call \{ title = "Mine" {2}unit = "own call" {2}one_place = "feature" \}/],
        ['a feature removed', { form: () => removed('/admin/feature?what=remove&feature=own_call'), api: () => api('features', { what: 'remove', feature: 'own_call' }), cli: () => told('feature', 'remove', '--feature', 'own_call') },
            /^(?![^]*own_call)/],
        ['a route added', { form: () => form('/admin/route?what=add', { ...strings(route), query: route.query.join('\r\n') }), api: () => api('routes', { what: 'add', ...route }),
            cli: () => told('route', 'add', ...options({ ...route, query: 'do=a, "x=a,b"' })) },
        /\|route \{ method = "POST" {2}path = "\/a\/\{id\}" {2}query = \{"do=a", "x=a,b"\} {2}feature = "call" {2}resource_segment = "id" {2}units = 2 {2}charge = "commit" \}/],
        ['one before it', { form: () => form('/admin/route?what=add', { position: '1', path: '/b*', feature: 'call' }), api: () => api('routes', { what: 'add', position: 1, path: '/b*', feature: 'call' }),
            cli: () => told('route', 'add', '--position', '1', '--path', '/b*', '--feature', 'call') }, /\|route \{ path = "\/b\*" {2}feature = "call" \}\|route \{ method/],
        ['the second changed', { form: () => form('/admin/route?route=2', { method: '', query: '', units: '3' }), api: () => api('routes', { route: 2, method: null, query: null, units: 3 }),
            cli: () => told('route', 'set', '--route', '2', '--method', '', '--query', '', '--units', '3') },
        /"call" \}\|route \{ +path = "\/a\/\{id\}" {2}feature = "call" {2}resource_segment = "id" {2}units = 3 {2}charge = "commit" \}/],
        ['the first removed', { form: () => removed('/admin/route?what=remove&route=1'), api: () => api('routes', { what: 'remove', route: 1 }), cli: () => told('route', 'remove', '--route', '1') },
            /^(?![^]*\/b\*)[^]*\|route \{ +path = "\/a\/\{id\}"/],
        ['a grant added', { form: () => form('/admin/plan-grant?what=add&plan=pro', { key: 'welcome', ...strings(grant) }), api: () => api('plan-grants', { what: 'add', plan: 'pro', grant: 'welcome', ...grant }),
            cli: () => told('plan-grant', 'add', '--plan', 'pro', '--grant', 'welcome', ...options(grant)) }, /grant welcome \{ feature = "call" {2}amount = 50 {2}every = "28 day" {2}priority = 7 \} \}/],
        ['a grant changed', { form: () => form('/admin/plan-grant?grant=pro/welcome', strings(once)), api: () => api('plan-grants', { plan: 'pro', grant: 'welcome', ...numbers(once) }),
            cli: () => told('plan-grant', 'set', '--plan', 'pro', '--grant', 'welcome', ...options(once)) }, /grant welcome \{ feature = "call" {2}amount = 60 {2}priority = 7 \} \}/],
        ['a grant removed', { form: () => removed('/admin/plan-grant?what=remove&grant=pro/welcome'), api: () => api('plan-grants', { what: 'remove', plan: 'pro', grant: 'welcome' }),
            cli: () => told('plan-grant', 'remove', '--plan', 'pro', '--grant', 'welcome') }, /^(?![^]*welcome)/],
        ['settings', { form: () => form('/admin/settings', { ...strings(settings), administrators: settings.administrators.join('\r\n') }), api: () => api('settings', numbers(settings)),
            cli: () => told('setting', 'set', ...options({ ...settings, administrators: 'root, "Doe, \\"J\\""' })) },
            /title = "Settings <b>"\|timezone = "Europe\/Berlin"\|default_plan = "free"\|week_starts = "sunday"\|day_starts = "04:00"\|anonymous_plan = "free"\|upgrade_url = "\/buy\?plan=\{plan\}"\|support_url = "mailto:help@example.org"\|sign_in_url = "\/quota\/login"\|currency = "€"\|queue_answer = "page"\|administrators = \{"root", "Doe, \\"J\\""\}\|embedders = \{"https:\/\/a.example"\}\|[^]*\|grace \{ days = 7 {2}multiplier = 2 \}\|support_ceiling \{ multiplier = "1.5" {2}days = 30 \}\|/],
        ['settings that are not written any more', { form: () => form('/admin/settings', unset), api: () => api('settings', numbers(unset)), cli: () => told('setting', 'set', ...options(unset)) },
            /^# What is written here stays.\|default_plan = "free"\|feature(?![^]*grace|[^]*ceiling)/],
    ];
    const before = await active(), texts = {}, audits = {};
    for (const way of ['form', 'api', 'cli']) {
        await test(`limits and plans are added, changed and removed by ${way}`, async () => {
            for (const [what, how, expected] of STEPS) {
                const version = await active();
                await how[way]();
                ok(await active() > version, `${what}: a new version`);
                const now = await text();
                ok(expected.test(now), `${what}: ${now}`);
                texts[what] ??= now;
                equal(now, texts[what], `${what}: the same text`);
                audits[what] ??= await audited(site);
                equal([audits[what], await audited(site)], ['policy.apply: why', 'policy.apply: why']);
            }
            status(await site.api('POST', `/admin/policies/${before}/rollback`, { version: await active(), reason: 'back' }), 201);
            ok((await text()).endsWith(POLICY.slice(-100).replaceAll('\n', '|')), 'and all of it undone');
        });
    }
    await test('a plan that people have, or that the policy names, stays, by a form, by a program and by the command', async () => {
        const version = await active();
        status(await site.subject('ann', { plan: 'pro' }), 201);
        status(await site.subject('ben', { plan: 'free', plan_until: '2090-01-01T00:00:00Z', plan_after: 'pro' }), 201);
        const had = /\d people have it, or are to have it/, named = /upgrade: there is no plan “pro”/;
        const page = status(await root.open('/admin/plan?what=remove&plan=pro'), 200).text;
        ok(had.test(page) && named.test(page) && !page.includes('<form method="post" action="/quota/admin/plan"'), page.slice(-900));
        status(await root.send('/admin/plan', { ...fields_of(await root.open('/admin/plan?plan=pro')), what: 'remove', confirm: '1', reason: 'why' }), 400);
        const { json } = status(await site.api('POST', '/admin/plans', { what: 'remove', plan: 'pro', version, reason: 'why' }), 400);
        equal([json.field, json.mistakes.map(one => one.field)], ['plan', ['plan pro', 'plan free: upgrade']]);
        const line = await site.command('plan', 'remove', '--plan', 'pro', '--reason', 'why');
        ok(line.code === 1 && had.test(line.stderr) && named.test(line.stderr), line.stderr);
        status(await site.api('POST', '/admin/plans', { what: 'remove', plan: 'pro', title: 'x', version, reason: 'why' }), 400);
        equal(await active(), version);
        await site.sql("update webquota.subjects set plan = 'free', plan_until = null, plan_after = null where 'pro' in (plan, plan_after)");
        ok(!had.test((await root.open('/admin/plan?what=remove&plan=pro')).text), 'nobody has it');
    });
    await test('a feature that limits name stays, and what is wrong with one is told', async () => {
        const version = await active(), named = /feature: there is no feature “call”/;
        const page = status(await root.open('/admin/feature?what=remove&feature=call'), 200).text;
        ok(named.test(page) && !page.includes('<form method="post" action="/quota/admin/feature"'), page.slice(-900));
        const { json } = status(await site.api('POST', '/admin/features', { what: 'remove', feature: 'call', version, reason: 'why' }), 400);
        ok(json.field === 'feature' && json.mistakes.some(one => one.field === 'plan free: limit life: feature'), JSON.stringify(json));
        const line = await site.command('feature', 'remove', '--feature', 'call', '--reason', 'why');
        ok(line.code === 1 && named.test(line.stderr), line.stderr);
        for (const [body, code, field] of [[{ parent: 'none' }, 400, 'parent'], [{ unit_cost: -1 }, 400, 'unit_cost'], [{ resources: ['x'] }, 400, 'resources'], [{ resources: [''] }, 400, 'resources'], [{ one_place: 'x' }, 400, 'one_place'],
            [{ feature: 'none' }, 404, 'feature'], [{ what: 'god' }, 400, 'what'], [{ what: 'remove', title: 'x' }, 400, 'title'], [{ what: 'add', title: 'x' }, 400, 'feature'], [{ what: 'add', feature: 'Ä' }, 400, 'feature']])
            equal(status(await site.api('POST', '/admin/features', { version, reason: 'why', feature: 'call', ...body }), code, JSON.stringify(body)).json.field, field, JSON.stringify(body));
        ok((await site.command('feature', 'list')).stdout.includes('call'), 'listed');
        for (const [body, code, field] of [[{ route: 1 }, 404, 'route'], [{}, 400, 'route'], [{ route: 1, position: 1 }, 400, 'position'], [{ what: 'add', route: 1 }, 400, 'route'], [{ what: 'god' }, 400, 'what'],
            [{ what: 'add', path: 'x', feature: 'call' }, 400, 'path'], [{ what: 'add', path: '/x' }, 400, 'feature'], [{ what: 'add', path: '/x', feature: 'call', query: ['=x'] }, 400, 'query'],
            [{ what: 'add', path: '/x', feature: 'call', query: [1] }, 400, 'query'], [{ what: 'add', path: '/x', feature: 'call', charge: 'later' }, 400, 'charge']])
            equal(status(await site.api('POST', '/admin/routes', { version, reason: 'why', ...body }), code, JSON.stringify(body)).json.field, field, JSON.stringify(body));
        equal(status(await site.api('GET', '/admin/routes'), 200).json, { version, routes: [] });
        equal(await active(), version);
    });
    await test('nor does one go that somebody asks for, or is being given, at once or when its time comes: that is told, shown and audited', async () => {
        const gold = async (what, more) => site.api('POST', '/admin/plans', { what, plan: 'gold', version: await active(), reason: 'why', ...more });
        const wrongs = async answer => status(await answer, 400).json.mistakes.map(one => one.message);
        status(await gold('add', { rank: 9 }), 201);
        status(await site.api('POST', '/requests', { subject: 'cy', feature: 'call', kind: 'upgrade', plan: 'gold', reason: 'more' }), 201);
        const bulk = await site.value(`with b as (insert into webquota.bulks (what, change, chosen, people, reason, actor, created_at)
                values ('plan', '{"plan": "free", "then": "gold", "newer": 1}', '{"q": "x"}', 1, 'why', 'test', now()) returning id),
            i as (insert into webquota.bulk_items (bulk_id, number, subject) select id, 1, 'nobody' from b) select id from b`);
        const held = ['1 request for it waits for an answer: answer it first', `bulk change ${bulk} gives it to people: wait until it is over, or stop it first`];
        equal(await wrongs(gold('remove')), held);
        const page = status(await root.open('/admin/plan?what=remove&plan=gold'), 200).text, line = await site.command('plan', 'remove', '--plan', 'gold', '--reason', 'why');
        ok(held.every(one => page.includes(one) && line.stderr.includes(one)) && line.code === 1, line.stderr + page.slice(-900));
        status(await site.api('POST', `/admin/bulk/${bulk}/stop`, {}), 200);
        equal(await wrongs(gold('remove', { effective_at: '2090-01-01T00:00:00Z' })), held.slice(0, 1));
        await site.sql("update webquota.requests set state = 'denied', answer = 'no', decided_by = 'test', decided_at = now() where plan = 'gold'");
        const before = await active(), { version } = status(await gold('remove', { effective_at: '2090-01-01T00:00:00Z' }), 201).json;
        ok((await site.subject('cy', { plan: 'gold' })).status < 300, 'somebody has it by then');
        await site.sql(`update webquota.policies set effective_at = now() - interval '1 second' where version = ${version}`);
        const facts = async () => status(await site.api('GET', `/admin/policies/${version}`), 200).json.facts;
        await until(async () => (await facts()).state !== 'scheduled', 'its time has come', 5000);
        const why = 'plan gold is held: 1 person has it, or is to have it: give them another plan first';
        like(await facts(), { state: 'failed', active: false, why });
        equal(await active(), before, 'it is not in force');
        for (const where of ['/admin/plans', `/admin/version?version=${version}`]) ok((await root.open(where)).text.includes(why), where);
        ok((await site.command('policy', 'list')).stdout.includes(`failed: ${why}`), 'the command tells it');
        equal(await site.sql("select details ->> 'version', details ->> 'why', details ->> 'reason', origin from webquota.audit where action = 'policy.failed'"), [[String(version), why, 'why', 'schedule']]);
        status(await site.api('POST', '/admin/policies', { version: await active(), reason: 'why', text: (await site.api('GET', `/admin/policies/${version}`)).json.text, effective_at: '2090-01-01T00:00:00Z' }), 422,
            'nor is a whole text put off that takes it');
        status(await site.api('POST', '/admin/subjects', { subject: 'cy', plan: 'free' }), 200);
        status(await gold('remove'), 201);
    });
    await test('what is none of a grant or a setting is refused, and named; and what there is is told', async () => {
        const version = await active();
        for (const [noun, body, code, field] of [['plan-grants', { plan: 'free', grant: 'none', amount: 1 }, 404, 'grant'], ['plan-grants', { what: 'god', plan: 'free', grant: 'x' }, 400, 'what'],
            ['plan-grants', { what: 'add', plan: 'free', grant: 'x', amount: 1 }, 400, 'feature'], ['plan-grants', { what: 'add', plan: 'free', grant: 'x', feature: 'call', amount: 1, every: 'lifetime' }, 400, 'every'],
            ['settings', { default_plan: 'none' }, 400, 'default_plan'], ['settings', { default_plan: null }, 400, 'default_plan'], ['settings', { support_url: 'javascript:1' }, 400, 'support_url'],
            ['settings', { administrators: [''] }, 400, 'administrators'], ['settings', { embedders: [1] }, 400, 'embedders'], ['settings', { embedders: ['x'] }, 400, 'embedders'],
            ['settings', { support_ceiling_days: 3 }, 400, 'support_ceiling_multiplier'], ['settings', { grace_days: -1 }, 400, 'grace_days'], ['settings', { reason: ' ', title: 'x' }, 400, 'reason']])
            equal(status(await site.api('POST', `/admin/${noun}`, { version, reason: 'why', ...body }), code, JSON.stringify(body)).json.field, field);
        const dry = status(await site.api('POST', '/admin/settings', { version, reason: 'why', title: 'Dry', dry_run: true }), 200).json;
        equal([dry.changed, ...dry.changes.map(one => [one.what, one.field, one.to])], [false, ['setting', 'title', 'Dry']]);
        const told_of = status(await site.api('GET', '/admin/settings'), 200).json;
        like(told_of, { version, settings: { title: 'Admin', timezone: 'UTC', week_starts: 'monday', default_plan: 'free', upgrade_url: null, administrators: null, grace_days: null, totp: 'optional' } });
        like(JSON.parse((await site.command('setting', 'list', '--json')).stdout), { version, settings: { title: 'Admin', week_starts: null } });
        const page = status(await root.send('/admin/settings', { ...fields_of(await root.open('/admin/settings')), default_plan: 'nö <b>', timezone: 'Mars/Base', reason: 'why' }), 400).text;
        ok(/id="default_plan-mistake"/.test(page) && /id="timezone-mistake"/.test(page) && page.includes('<option value="nö &lt;b&gt;" selected>nö &lt;b&gt;</option>'), 'what was typed comes back, in a list too');
    });
    await test('what a limit has is told, and what a plan has', async () => {
        await form('/admin/limit?what=add&plan=pro', { key: 'own', ...strings(all) });
        const page = (await root.open('/admin/limit?limit=pro/own')).text;
        for (const [name, value] of Object.entries(all))
            ok(page.includes(`name="${name}" value="${value}"`) || new RegExp(`name="${name}"[^]*?<option value="${value}" selected`).test(page), `${name}: ${value}`);
        const own = (await site.api('GET', '/admin/limits')).json.plans[1].limits.at(-1);
        equal([own.limit, own.warn_at, own.rollover, own.week_starts, own.day_starts, own.queue], ['own', [50, 90], 3, 'sunday', '04:00', { claim_within: 30, keep_place: 90, queue_max: 40, fair: 'account' }]);
        status(await site.api('POST', `/admin/policies/${before}/rollback`, { version: await active(), reason: 'back' }), 201);
    });
    await test('of two who looked at the same version one adds, one removes and one changes the plan', async () => {
        const add = { ...fields_of(await root.open('/admin/limit?what=add&plan=free')), key: 'own', feature: 'call', amount: '3', window: 'day', reason: 'why', confirm: '1' };
        const remove = { ...fields_of(await root.open('/admin/limit?what=remove&limit=free/day')), reason: 'why' };
        const edit = { ...fields_of(await root.open('/admin/plan?plan=free')), title: 'Mine', reason: 'why', confirm: '1' };
        status(await root.send('/admin/limit', add), 303);
        const version = await active();
        ok(status(await root.send('/admin/limit', remove), 409).text.includes('limit day: removed'), 'it is looked at anew');
        const page = status(await root.send('/admin/plan', edit), 409);
        ok(page.text.includes('value="Mine"') && !page.text.includes('name="confirm"'), 'what was typed is kept');
        equal(await active(), version);
        status(await root.send('/admin/limit', { ...add, version: String(version) }), 400, 'it is there already');
        status(await site.api('POST', `/admin/policies/${before}/rollback`, { version, reason: 'back' }), 201);
    });
}

/** The same by a form, by a program and by the command. */
async function programs(site) {
    const root = new Browser(site);
    status(await root.sign_in('root', PASSWORD), 303);
    const active = async () => Number(await site.value('select version from webquota.policies where active'));
    const count = () => site.value('select count(*) from webquota.policies');
    const set = async more => site.api('POST', '/admin/limits', { plan: 'free', limit: 'life', reason: 'why', version: await active(), ...more });
    const told = async (...words) => JSON.parse(await run_well(`${PROGRAMS}/webquota`, [...words, '--reason', 'why', '--json'], { env: { DATABASE_URL: site.values.DATABASE_URL } }));
    const send = async (where, more) => Number(status(await root.send(where.replace(/\?.*/, ''), { ...fields_of(await root.open(where)), reason: 'why', ...more }), 303)
        .headers.location.match(/\d+$/)[0]);
    const WAYS = {
        'a form': [async () => ({ version: await send('/admin/limit?limit=free/life', { amount: '6', mode: 'shadow', confirm: '1' }) }),
            async version => ({ version: await send(`/admin/version?version=${version}`, {}) })],
        'a program': [async () => status(await set({ amount: 6, mode: 'shadow' }), 201).json,
            async version => status(await site.api('POST', `/admin/policies/${version}/rollback`, { version: await active(), reason: 'why' }), 201).json],
        'the command': [() => told('limit', 'set', '--plan', 'free', '--limit', 'life', '--amount', '6', '--mode', 'shadow'),
            version => told('policy', 'rollback', String(version))],
    };
    const seen = [];
    for (const [who, [change, go_back]] of Object.entries(WAYS))
        await test(`a limit is changed and gone back to by ${who}: version, text, difference, audit, and what is in force`, async () => {
            const before = await active(), line = await amount_of(site);
            const outcome = async made => [made.version === await active(), await site.value('select text from webquota.policies where active'),
                (await site.sql('select action, details from webquota.audit order by id desc limit 1')).map(row => Object.values(row).map(String).join(' ')
                    .replaceAll(`"version": ${made.version}`, 'new').replace(/"version": \d+/, 'old'))];
            const made = await change(), first = await outcome(made);
            equal((await amount_of(site)).amount, 6);
            const { changes } = status(await site.api('GET', `/admin/policies/${before}`), 200).json;
            equal(changes.map(one => [one.limit, one.field, one.from, one.to]), [['life', 'amount', '6', '5'], ['life', 'mode', 'shadow', 'enforce']]);
            if (made.changes) equal(made.changes.map(one => [one.limit, one.field, one.from, one.to]), [['life', 'amount', '5', '6'], ['life', 'mode', 'enforce', 'shadow']]);
            seen.push([...first, ...await outcome(await go_back(before))]);
            equal(seen.at(-1), seen[0], 'as by a form');
            equal([seen[0][0], seen[0][3], await amount_of(site)], [true, true, line], 'what is in force is what was');
        });
    await test('of two who looked at the same version one changes it', async () => {
        const version = await active(), before = await count();
        const answers = await Promise.all([6, 7].map(amount => set({ amount, version })));
        equal(answers.map(one => one.status).sort(), [201, 409]);
        equal(answers.find(one => one.status === 409).json.field, 'version');
        equal(Number(await count()), Number(before) + 1);
        for (const words of [['limit', 'set', '--plan', 'free', '--limit', 'life', '--amount', '9'], ['policy', 'rollback', '1'], ['policy', 'cancel', '1'],
            ['policy', 'apply', `${site.folder}/policy.conf`]]) {
            const { code, stderr } = await site.command(...words, '--reason', 'why', '--based-on', String(version));
            equal([code, /somebody else has changed the policy/.test(stderr)], [1, true], words.join(' '));
        }
        for (const where of ['policies/1/rollback', 'policies/1/cancel'])
            equal(status(await site.api('POST', `/admin/${where}`, { version, reason: 'why' }), 409).json.field, 'version');
        status(await site.api('POST', '/admin/policies', { version, reason: 'why', text: POLICY }), 409);
        equal(Number(await count()), Number(before) + 1);
        const back = { version: await active(), reason: 'why', text: POLICY };
        equal(status(await site.api('POST', '/admin/policies', { ...back, dry_run: true }), 200).json.changes.length, 1);
        equal(Number(await count()), Number(before) + 1, 'a dry run makes none');
        status(await site.api('POST', '/admin/policies', back), 201);
        equal(status(await site.api('POST', '/admin/policies', { ...back, version: await active() }), 200).json.changed, false);
    });
    await test('a program changes a limit for later, and cancels that', async () => {
        const before = await active();
        const { version, state, effective_at } = status(await set({ unlimited: true, effective_at: '2090-01-01' }), 201).json;
        equal([state, effective_at, await active()], ['scheduled', '2090-01-01T00:00:00Z', before]);
        const cancel = body => site.api('POST', `/admin/policies/${version}/cancel`, { version: before, reason: 'no', ...body });
        equal(status(await site.api('GET', '/admin/policies'), 200).json.versions[0].state, 'scheduled');
        status(await cancel({ version: before - 1 }), 409);
        equal(status(await cancel({}), 200).json, { version, state: 'cancelled' });
        status(await cancel({}), 404);
        equal(await audited(site), 'policy.cancel: no');
    });
    await test('every limit is listed, for programs and by the command', async () => {
        const { json } = status(await site.api('GET', '/admin/limits'), 200);
        equal(json.plans.map(plan => plan.limits.map(one => `${one.limit} ${one.amount} ${one.window} ${one.mode}`)),
            [['life 5 lifetime enforce', 'day 50 day enforce'], ['life 50 lifetime enforce', 'day 50 day enforce']]);
        equal(JSON.parse((await site.command('limit', 'list', '--json')).stdout), json);
        ok(/^free +life +call +5 +lifetime/m.test((await site.command('limit', 'list')).stdout), 'as a table');
    });
    await test('what is wrong is named, all of it, and nothing is changed', async () => {
        const before = await count();
        for (const [more, code, field] of [[{ reason: undefined }, 400, 'reason'], [{ reason: ' ' }, 400, 'reason'], [{ version: undefined }, 400, 'version'],
            [{ version: 0 }, 400, 'version'], [{ version: 1 }, 409, 'version'], [{ plan: 'none' }, 404, 'plan'], [{ limit: 'none' }, 404, 'limit'],
            [{ amount: -1 }, 400, 'amount'], [{ amount: '6' }, 400, 'amount'], [{ amount: 6, unlimited: true }, 400, 'amount'],
            [{ window: 'fortnight' }, 400, 'window'], [{ align: 'up' }, 400, 'align'], [{ scope: 'world' }, 400, 'scope'], [{ mode: 'maybe' }, 400, 'mode'],
            [{ effective_at: '2001-01-01' }, 400, 'effective_at'], [{ window: '" } } plan free { title = "' }, 400, 'window'], [{ state: 'applied' }, 400, 'state']])
            equal(status(await set({ amount: 6, ...more }), code, JSON.stringify(more)).json.field, field, JSON.stringify(more));
        const three = { window: 'fortnight', scope: 'world', mode: 'maybe' };
        const { mistakes } = status(await set(three), 400).json;
        equal(mistakes.map(one => one.field.split(': ').at(-1)).sort(), ['mode', 'scope', 'window']);
        const page = await root.send('/admin/limit', { ...fields_of(await root.open('/admin/limit?limit=free/life')), amount: '5', align: 'calendar', ...three, reason: 'why' });
        for (const name of Object.keys(three)) ok(status(page, 400).text.includes(`limit life: ${name}: `), `the form names ${name}`);
        const text = POLICY.replace('amount = 5 ', 'amount = -5 ').replace('rank = 2', 'rank = "x"');
        writeFileSync(`${site.folder}/wrong.conf`, text);
        const [check] = JSON.parse((await site.command('policy', 'check', '--json', `${site.folder}/wrong.conf`)).stdout);
        const answer = status(await site.api('POST', '/admin/policies', { text, version: await active(), reason: 'why' }), 400).json;
        equal(answer.mistakes.map(({ line, field, message }) => [line, field, message]), check.mistakes.map(({ line, field, message }) => [line, field, message]));
        equal([answer.field, answer.mistakes.length], ['text', 2]);
        for (const body of [{ text: 7 }, { text: POLICY, reason: undefined }, { text: POLICY, version: undefined }, {}])
            status(await site.api('POST', '/admin/policies', { version: await active(), reason: 'why', ...body }), 400);
        for (const [method, where] of [['GET', '99'], ['GET', 'x'], ['POST', '99/rollback'], ['POST', 'x/cancel'], ['POST', '99/cancel']])
            status(await site.api(method, `/admin/policies/${where}`, method === 'POST' ? { version: await active(), reason: 'why' } : undefined), 404, where);
        equal(await count(), before);
    });
}

async function changes(site) {
    const root = new Browser(site);
    status(await root.sign_in('root', PASSWORD), 303);
    const edit = async fields => ({ ...fields_of(status(await root.open('/admin/limit?limit=free/life'), 200)), reason: 'why', ...fields });
    const active = () => site.value('select version from webquota.policies where active');
    await test('what somebody else has changed meanwhile is not undone by accident', async () => {
        const [mine, theirs] = [await edit({ amount: '6', confirm: '1' }), await edit({ amount: '7', confirm: '1' })];
        status(await root.send('/admin/limit', theirs), 303);
        const before = await active();
        const answer = status(await root.send('/admin/limit', mine), 409);
        ok(/somebody else has changed the policy/.test(answer.text) && answer.text.includes('value="6"'), 'it says so, and keeps what was typed');
        equal([await active(), (await amount_of(site)).amount], [before, 7]);
        status(await root.send('/admin/limit', { ...fields_of(answer), amount: '6', reason: 'on top', confirm: '1' }), 303);
        equal((await amount_of(site)).amount, 6);
        status(await root.send('/admin/version', { csrf: mine.csrf, version: '1', now: before, reason: 'back' }), 409);
        status(await root.send('/admin/version', { csrf: mine.csrf, version: '1', reason: 'back' }), 409, 'nothing was looked at');
        status(await root.send('/admin/limit', await edit({ amount: '5', confirm: '1' })), 303);
    });
    await test('nor what another process has, which this one does not know of yet', async () => {
        const before = await active(), mine = await edit({ amount: '9', confirm: '1' });
        const in_force = version => site.sql(`update webquota.policies set active = false where active; update webquota.policies set active = true where version = ${version}`);
        await in_force(2); // which it may know of by the time that it is asked
        const answer = status(await root.send('/admin/limit', mine), 409);
        equal(fields_of(answer).version, '2', 'on top of what is in force by now');
        ok(answer.text.includes('id="reason"') && !answer.text.includes('name="confirm"'), 'to be looked at anew');
        await until(async () => (await edit({})).version === '2', 'this process knows it too');
        await in_force(before);
        await until(async () => (await edit({})).version === before, 'all is as it was');
    });
    await test('one click changes what it says, and nothing that somebody else has changed', async () => {
        const mine = fields_of(status(await root.open('/admin/limit?limit=free/life&mode=off&quick=1'), 200));
        status(await root.send('/admin/limit', await edit({ amount: '9', confirm: '1' })), 303);
        const answer = status(await root.send('/admin/limit', { ...mine, reason: 'complaints' }), 409);
        status(await root.send('/admin/limit', { ...fields_of(answer), reason: 'complaints' }), 303);
        const text = await site.value("select replace(text, E'\\n', '|') from webquota.policies where active");
        ok(/amount = 9 .*mode = "off"/.test(text), text);
        status(await root.send('/admin/limit', await edit({ amount: '5', mode: 'enforce', confirm: '1' })), 303);
    });
    await test('what is wrong is said, and nothing is changed', async () => {
        const before = await active();
        for (const [wrong, said] of [[{ amount: '' }, /amount-mistake/], [{ window: ' ' }, /window-mistake/], [{ amount: '-1' }, /no such policy/], [{ window: 'fortnight' }, /no such policy/], [{ align: 'up' }, /no such policy/],
            [{ reason: '' }, /reason-mistake/], [{ effective: 'soon' }, /effective-mistake/], [{ effective: '2001-01-01' }, /effective-mistake/],
            [{ window: '" } } plan free { title = "' }, /no such policy/]])
            ok(said.test(status(await root.send('/admin/limit', await edit({ ...wrong, confirm: '1' })), 400, JSON.stringify(wrong)).text), JSON.stringify(wrong));
        status(await root.send('/admin/limit', await edit({ confirm: '1' })), 200, 'nothing differs');
        status(await root.send('/admin/limit', { ...await edit({}), limit: 'free/none' }), 404);
        status(await root.send('/admin/limit', { ...await edit({ confirm: '1' }), csrf: 'x' }), 403);
        status(await root.open('/admin/version?version=99'), 404);
        equal(await active(), before);
    });
    await test('windows begin as the form says, where they may', async () => {
        const before = await active(), shown = async () => /id="align"[^]*?<option value="(\w+)" selected/.exec((await root.open('/admin/limit?limit=free/life')).text)[1];
        status(await root.send('/admin/limit', await edit({ window: '28 day', align: 'calendar', confirm: '1' })), 303);
        equal(await shown(), 'anchor', 'days of several begin by no calendar');
        status(await root.send('/admin/limit', await edit({ window: 'month', align: 'anchor', confirm: '1' })), 303);
        equal(await shown(), 'anchor');
        const text = await site.value("select replace(text, E'\\n', '|') from webquota.policies where active");
        ok(/life \{[^}]*window = "month"[^}]*align = "anchor"/.test(text), text);
        status(await root.send('/admin/version', { ...fields_of(await root.open(`/admin/version?version=${before}`)), reason: 'back' }), 303);
    });
    await test('a change to come comes once, whoever looks; one can be cancelled; one that was overtaken does not come', async () => {
        const later = async amount => status(await root.send('/admin/limit', await edit({ amount, effective: '2090-01-01', confirm: '1' })), 303).headers.location.match(/\d+$/)[0];
        const before = await active();
        const [first, second] = [await later('11'), await later('12')];
        equal([await active(), (await amount_of(site)).amount], [before, 5]);
        ok(/To come/.test((await root.open('/admin/plans')).text), 'it is shown');
        status(await root.send('/admin/version', { ...fields_of(await root.open(`/admin/version?version=${second}`)), reason: 'no' }), 303);
        status(await root.send('/admin/version', { ...fields_of(await root.open(`/admin/version?version=${first}`)), version: second, reason: 'no' }), 404);
        const third = await later('13');
        await site.sql("update webquota.policies set effective_at = now() - interval '1 second' where state = 'scheduled'");
        await until(async () => (await amount_of(site)).amount === 11, 'it comes');
        await Promise.all(Array.from({ length: 20 }, () => amount_of(site)));
        equal([await active(), (await amount_of(site)).amount], [first, 11]);
        equal(await site.sql(`select p.version::text, state from webquota.policies p where version in (${first}, ${second}, ${third}) order by p.version`)
            .then(rows => rows.map(Object.values)), [[first, 'applied'], [second, 'cancelled'], [third, 'overtaken']]);
        equal(await site.value(`select count(*) from webquota.audit where action = 'policy.apply' and details ->> 'version' = '${first}'`), '1');
    });
    await test('whom a change to come concerns is told of it, until it is cancelled; nobody else is', async () => {
        const told = async subject => (await site.api('GET', `/usage?subject=${subject}`)).json.changes.map(one => one.message);
        const page = async where => (await vera.open(where)).text.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');
        const vera = new Browser(site), amount = (await amount_of(site)).amount;
        status(await vera.sign_in('vera', PASSWORD), 303);
        status(await site.api('POST', '/admin/subjects', { subject: 'pia', plan: 'pro' }), 201);
        for (const [subject, own] of [['oda', { amount: 50 }], ['max', { multiplier: 2 }]])
            status(await site.api('POST', '/admin/overrides', { subject, feature: 'call', limit: 'life', ...own, reason: 'theirs' }), 201);
        const send = async fields => status(await root.send('/admin/limit', await edit({ effective: '2090-01-01', ...fields })), fields.confirm ? 303 : 200);
        equal([await told('bob'), await told('pia')], [[], []]);
        ok(/life: amount: \d+ → 12[^]*concerns: [\d,]+ (person|people)\.[^]*From 2090-01-01[^;]* on; until then it is shown to them/.test((await send({ amount: '12' })).text), 'the preview says when, and that they are told');
        const version = (await send({ amount: '12', confirm: '1' })).headers.location.match(/\d+$/)[0];
        const said = (now, then) => `From Sun 1 Jan 2090 at 00:00 (UTC): ${then} calls in all instead of ${now}`;
        equal([await told('bob'), await told('pia'), await told('oda'), await told('max')], [[said(amount, 12)], [], [], [said(2 * amount, 24)]]);
        for (const where of ['/', '/features/call', '/plans'])
            ok((await page(where)).includes(said(amount, 12)), `${where}: ${await page(where)}`);
        const { changes } = (await vera.open('/plans', { Accept: 'application/json' })).json;
        equal(changes.map(one => [one.plan, one.change, one.from.amount, one.to.amount, one.at]), [['free', 'amount', amount, 12, '2090-01-01T00:00:00Z']]);
        status(await root.send('/admin/version', { ...fields_of(await root.open(`/admin/version?version=${version}`)), reason: 'no' }), 303);
        equal([await told('bob'), await told('max')], [[], []], 'at once where it was cancelled');
        ok(!(await page('/')).includes('2090'), 'and gone from the pages');
    });
    await test('of bonuses that are to come, and of other plans, whom it concerns is told', async () => {
        const told = async subject => (await site.api('GET', `/usage?subject=${subject}`)).json.changes.map(one => one.message);
        const vera = new Browser(site), plans = async () => (await vera.open('/plans', { Accept: 'application/json' })).json;
        status(await vera.sign_in('vera', PASSWORD), 303);
        const { version, text } = (await site.api('GET', `/admin/policies/${await active()}`)).json;
        const to_come = text.replace(/(plan pro \{)/, '$1 grant gift { feature = "call"  amount = 5  every = "1 week" } grant hello { feature = "call"  amount = 7 } ');
        const { version: later } = status(await site.api('POST', '/admin/policies', { text: to_come, version, reason: 'x', effective_at: '2090-01-01' }), 201).json;
        const from = 'From Sun 1 Jan 2090 at 00:00 (UTC): a bonus of';
        equal([await told('bob'), await told('pia')], [[], [`${from} 5 calls a week`, `${from} 7 calls, once`]]);
        like(await plans(), { current: 'free', changes: [] });
        like(status(await vera.open('/api/v1/plans'), 200).json, { current: 'free', changes: [] });
        const { changes } = status(await site.api('GET', '/plans'), 200).json;
        equal(changes.map(one => [one.plan, one.change, one.from, one.to]),
            [['pro', 'bonus_added', null, { grant: 'gift', amount: 5, every: 'week' }], ['pro', 'bonus_added', null, { grant: 'hello', amount: 7, every: null }]]);
        status(await site.api('POST', `/admin/policies/${later}/cancel`, { version, reason: 'x' }), 200);
        equal(await told('pia'), []);
    });
    await test('the command does the same', async () => {
        const policy = (...words) => run_well(`${PROGRAMS}/webquota`, ['policy', ...words], { env: { DATABASE_URL: site.values.DATABASE_URL } });
        const before = await active();
        const file = `${site.folder}/later.conf`;
        writeFileSync(file, POLICY.replace('amount = 5 ', 'amount = 4 '));
        const { version, effective_at } = JSON.parse(await policy('apply', file, '--at', '2090-01-01', '--reason', 'later', '--json'));
        equal([await active(), effective_at], [before, '2090-01-01T00:00:00Z']);
        ok(new RegExp(`${version}  2090-01-01T00:00:00Z  cli:\\S+  scheduled  later`).test(await policy('list')), await policy('list'));
        equal(JSON.parse(await policy('cancel', String(version), '--reason', 'never mind', '--json')), { version, state: 'cancelled' });
        equal(await audited(site), 'policy.cancel: never mind');
        await policy('rollback', '2', '--reason', 'back');
        equal(await site.value('select text from webquota.policies where active') === await site.value('select text from webquota.policies where version = 2'), true);
        equal(await audited(site), 'policy.apply: back');
    });
    await test('what was decided by the text that is in force again is told of by simulate', async () => {
        const command = (...words) => run_well(`${PROGRAMS}/webquota`, words, { env: { DATABASE_URL: site.values.DATABASE_URL } });
        const before = await active();
        await command('policy', 'rollback', '2', '--reason', 'back');
        equal(JSON.parse(await command('simulate', '--json')).check, { told: 13, agreed: 13, exact: 13 });
        await command('policy', 'rollback', before, '--reason', 'and on');
    });
    await test('the command knows no time but of what is to come', async () => {
        const file = `${site.folder}/later.conf`, before = await site.value('select count(*) from webquota.policies');
        for (const words of [['apply', file, '--at', '2001-01-01'], ['rollback', '2', '--at', '2090-01-01'], ['list', '--at', '2090-01-01']])
            equal((await site.command('policy', ...words)).code, 2, words.join(' '));
        equal(await site.value('select count(*) from webquota.policies'), before);
    });
    await test('who may: by role', async () => {
        for (const [name, codes] of [['vera', [200, 200, 200, 403, 403]], [null, [401, 401, 401, 401, 401]]]) {
            const browser = new Browser(site);
            if (name) status(await browser.sign_in(name, PASSWORD), 303);
            const token = fields_of(await browser.open('/login')).csrf;
            for (const [i, where] of ['/admin/plans', '/admin/version?version=1', '/admin/what-if', '/admin/limit?limit=free/life'].entries())
                status(await browser.open(where), codes[i], `${name} ${where}`);
            for (const where of ['/admin/limit', '/admin/version'])
                status(await browser.send(where, { csrf: token, limit: 'free/life', version: '1', reason: 'x', confirm: '1' }), codes[4], `${name} sends`);
        }
        const json = status(await root.open('/admin/plans', { Accept: 'application/json' }), 200).json;
        equal(Object.keys(json), ['version', 'text', 'plans', 'versions']);
    });
}

async function over_http(site) {
    const at = query => site.api('GET', `/admin/what-if?${query}`);
    await test('programs get the same; so does the command', async () => {
        const { json } = status(await at('limit=free/life&amount=3&days=30&try=1'), 200);
        equal([json.requests, json.people, json.now, json.then, json.sampled], [13, 3, { stopped: 2, people_stopped: 1 }, { stopped: 6, people_stopped: 2 }, false]);
        equal(json.subjects.map(one => [one.subject, one.newly]), [['ada', 2], ['cyd', 2]]);
        equal(json.by_day.map(one => [one.requests, one.stopped, one.would_be_stopped]), [[13, 2, 6]]);
        const file = `${site.folder}/next.conf`;
        writeFileSync(file, POLICY.replace('amount = 5 ', 'amount = 3 '));
        const told = JSON.parse(await run_well(`${PROGRAMS}/webquota`, ['simulate', '--policy', file, '--json'], { env: { DATABASE_URL: site.values.DATABASE_URL } }));
        equal([told.requests, told.now.stopped, told.then.stopped, told.check], [13, 2, 6, { told: 13, agreed: 13, exact: 13 }]);
        equal(told.subjects.map(one => [one.subject, one.newly, one.limit]), [['ada', 2, 'life'], ['cyd', 2, 'life']]);
        equal((await at('limit=free/life&mode=off&days=7&try=1')).json.then, { stopped: 0, people_stopped: 0 });
        for (const [tried, stopped, people] of [['amount=3&window=day', 6, 2], ['amount=3&window=year', 6, 2], ['amount=3&scope=site', 10, 3],
            ['amount=3&scope=organization', 0, 0], ['amount=4&window=day&align=rolling&scope=site', 9, 3]])
            for (const days of [7, 30, 90]) {
                const { json: told_of } = status(await at(`limit=free/life&days=${days}&try=1&${tried}`), 200, tried);
                equal([told_of.requests, told_of.now, told_of.then], [13, { stopped: 2, people_stopped: 1 }, { stopped, people_stopped: people }], `${tried}, ${days} days`);
            }
        equal((await at('limit=pro/life&amount=1&try=1')).json.then.stopped, 2, 'a plan that nobody has');
        status(await at('limit=free/none'), 404);
        status(await at('limit=free/life&amount=-1&try=1'), 400);
        status(await at('days=91'), 400);
        for (const query of ['limit=free/life', 'limit=free/life&amount=3&try=0'])
            equal(status(await at(query), 200).json.then, undefined, `${query}: nothing is tried`);
        equal(status(await at('limit=free/life&amount='), 400).json.field, 'amount', 'a program sends nothing that is empty');
    });
    await test('another plan is tried for all who have one, and for one person; nothing is changed', async () => {
        const { json } = status(await at('plan=pro&on_plan=free&days=30&try=1'), 200);
        equal([json.requests, json.people, json.now, json.then, json.move], [13, 3, { stopped: 2, people_stopped: 1 }, { stopped: 0, people_stopped: 0 },
            { subject: null, on_plan: 'free', plan: 'pro' }]);
        equal(json.subjects.map(one => [one.subject, one.relieved]), [['cyd', 2]]);
        const one = status(await at('plan=pro&subject=cyd&days=30&try=1'), 200).json;
        equal([one.requests, one.people, one.now.stopped, one.then.stopped], [7, 1, 2, 0]);
        equal(status(await at('plan=pro&subject=ada&days=30&try=1'), 200).json.subjects, []);
        equal(status(await at('plan=free&on_plan=pro&days=30&try=1'), 200).json.then, { stopped: 2, people_stopped: 1 }, 'nobody has it');
        for (const [query, code, field] of [['plan=none&on_plan=free', 404, 'plan'], ['plan=pro&on_plan=none', 404, 'on_plan'], ['plan=pro', 400, 'on_plan'], ['plan=pro&limit=free/life', 400, 'plan']])
            equal(status(await at(`${query}&try=1`), code, query).json.field, field);
        const root = new Browser(site);
        status(await root.sign_in('root', PASSWORD), 303);
        const page = status(await root.open('/admin/what-if?plan=pro&on_plan=free&subject=&try=1'), 200).text.replace(/\s+/g, ' ');
        ok(page.includes('0 of 3 people would have been stopped, instead of 1') && page.includes('/quota/admin/bulk/new?what=plan&amp;on_plan=free&amp;plan=pro'), page);
        ok(status(await root.open('/admin/what-if?plan=pro&subject=cyd&try=1'), 200).text.includes('/quota/admin/change?what=plan&amp;subject=cyd&amp;plan=pro'), 'and for one person');
        ok(status(await root.open('/admin/what-if?plan=pro&on_plan=&subject=&try=1'), 400).text.includes('id="on_plan-mistake"'), 'it says who');
        equal(await site.value('select count(*) from webquota.policies'), '2');
    });
    await test('what was emptied or is wrong is marked in the form', async () => {
        const root = new Browser(site);
        status(await root.sign_in('root', PASSWORD), 303);
        for (const [query, field] of [['amount=&window=lifetime&days=7', 'amount'], ['amount=3&window=%20&days=7', 'window'], ['amount=3&days=91', 'days']]) {
            const { text } = status(await root.open(`/admin/what-if?limit=free/life&try=1&${query}`), 400, query);
            ok(text.includes(`id="${field}-mistake"`) && text.includes('name="mode"') && !text.includes('What would have been<'), query);
            equal(status(await at(`limit=free/life&try=1&${query}`), 400).json.field, field);
        }
    });
    await test('of more records than a page reads, those of some accounts are told', async () => {
        await site.sql(`insert into webquota.accounts (id, created_at) select n, now() from generate_series(3000, 4999) n;
            insert into webquota.subjects (account_id, id, key, anchor, created_at) select n, n, 'm' || n, now(), now() from generate_series(3000, 4999) n;
            insert into webquota.decisions (account_id, subject_id, at, id, kind, outcome, policy_version, plan, feature, units, trace)
            select a, a, now() - interval '1 hour' + k * interval '1 minute', a * 100 + k, 'consume', 'allowed', 1, 'free', 'call', 1, '{}'
              from generate_series(3000, 4999) a, generate_series(1, 12) k`);
        const { json } = status(await at('limit=free/life&amount=3&try=1'), 200);
        ok(json.sampled && json.requests > 500 && json.requests <= 20000, JSON.stringify(json).slice(0, 200));
        const text = (await new_root(site)).text;
        ok(/These are the records of some accounts/.test(text), 'the page says so');
        await site.sql('delete from webquota.decisions where account_id >= 3000 and cardinality(trace) = 0');
    });
}

async function new_root(site) {
    const root = new Browser(site);
    status(await root.sign_in('root', PASSWORD), 303);
    return status(await root.open('/admin/what-if?limit=free/life&amount=3&try=1'), 200);
}

/** What is shown of the policy at one process was made at another a moment ago: its version is what a change goes by. */
async function at_another(site) {
    const other = await second_service(site), there = { ...site, url: other.url }, root = new Browser(there);
    try {
        await test('a page of the policy is of now at every process, so that what is sent from it is taken', async () => {
            status(await root.sign_in('root', PASSWORD), 303);
            const active = () => site.value('select version from webquota.policies where active').then(Number);
            const API = ['settings', 'routes', 'limits'], PAGES = ['settings', 'limit?limit=free/life', 'plan?plan=free', 'feature?feature=call', 'route?what=add', 'plan-grant?what=add&plan=free'];
            for (const [i, where] of [...API, ...PAGES, ...API, ...PAGES].entries()) {
                const { version } = status(await site.api('POST', '/admin/settings', { version: await active(), title: `Title ${i}`, reason: 'why' }), 201).json;
                if (PAGES.includes(where)) equal(fields_of(status(await root.open(`/admin/${where}`), 200)).version, String(version), where);
                else equal(status(await request(`${other.url}/api/v1/admin/${where}`, { headers: site.admin }), 200).json.version, version, where);
            }
            const before = await active();
            for (let i = 0; i < 5; i++) {
                status(await site.api('POST', '/admin/settings', { version: await active(), title: `Other title ${i}`, reason: 'why' }), 201);
                const { text } = status(await request(`${other.url}/api/v1/admin/policies/${before}`, { headers: site.admin }), 200);
                ok(text.includes(`Other title ${i}`), `how a version differs from what is in force: ${text.slice(0, 400)}`);
                ok((await root.open('/admin/plans')).text.includes(`Other title ${i}`), 'plans');
                equal(fields_of(status(await root.open(`/admin/version?version=${before}`), 200)).now, String(await active()), 'version');
            }
        });
    } finally {
        other.stop();
    }
}

try {
    await with_site({}, async site => {
        const file = `${site.folder}/policy.conf`;
        writeFileSync(file, POLICY);
        await site.policy(file);
        for (const [name, role] of [['root', 'admin'], ['vera', 'viewer']])
            await run_well(`${PROGRAMS}/webquota`, ['account', 'add', name, '--role', role], { env: { DATABASE_URL: site.values.DATABASE_URL }, input: `${PASSWORD}\n` });
        for (const [subject, times] of [['ada', 5], ['bob', 1], ['cyd', 7]])
            for (let i = 0; i < times; i++) await site.api('POST', '/consume', { subject, feature: 'call' });
        for (let i = 0; i < 50 && await site.value('select count(*) from webquota.decisions') !== '13'; i++) ; // refusals are written in bulk
        await over_http(site);
        const browser = await launch();
        try {
            for (const look of LOOKS) await what_if(browser, site, look);
            for (const look of LOOKS) await plans(browser, site, look);
            await sections(browser, site);
        } finally {
            await browser.close();
        }
        await programs(site);
        await sections_by_programs(site);
        await changes(site);
        await at_another(site);
    });
} catch (error) {
    broken(error);
}
finish();
