#!/usr/bin/env node
// What people and operators have as their own, over HTTP: at which shares of a limit one is told; one's own time zone where one is
// stopped; a theme.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Browser, fields_of } from './lib/forms.mjs';
import { basic, request } from './lib/http.mjs';
import { second_service } from './lib/second.mjs';
import { PROGRAMS, ROOT, run, with_site } from './lib/site.mjs';
import { broken, equal, finish, like, ok, status, test } from './lib/tap.mjs';

const POLICY = `
title = "Own"
timezone = "UTC"
default_plan = "free"
anonymous_plan = "anonymous"
administrators = {"admin"}
feature call { title = "Calls <b>"  unit = "call" }
feature roll { title = "Rolling"  unit = "call" }
feature team { title = "Team calls"  unit = "call" }
feature stop { title = "Stops"  unit = "stop" }
feature paid { title = "Paid"  unit = "call" }
route { method = "POST"  path = "/app/get_solution"  feature = "stop" }
plan anonymous { title = "Anonymous"  rank = 0
  limit day { feature = "call"  amount = 2  window = "day" } }
plan free { title = "Free"  rank = 1
  limit day  { feature = "call"  amount = 100  window = "day" }
  limit roll { feature = "roll"  amount = 100  window = "hour"  align = "rolling" }
  limit team { feature = "team"  amount = 100  window = "day"  scope = "organization" }
  limit stop { feature = "stop"  amount = 1  window = "day" }
  limit paid { feature = "paid"  unlimited = true  window = "month" } }
`;
let me, other;

const words = ({ text }) => text.replace(/<[^>]*>/g, ' ').replace(/&#39;/g, '\'').replace(/\s+/g, ' ');
const use = async (site, subject, units, feature = 'call') => status(await site.consume(subject, feature, { units }), 200);
const fired = (site, subject) => site.sql(`select a.feature, a.threshold, a.used from webquota.alerts a
    join webquota.subjects s on s.id = a.subject_id where s.key = '${subject}' order by a.at, a.threshold`);
const state = async (site, subject, feature = 'call') =>
    (await site.api('GET', `/usage?subject=${subject}&feature=${feature}`)).json.limits[0].state;
const set = (site, subject, body) => site.api('POST', '/thresholds', { subject, feature: 'call', ...body });

async function thresholds(site) {
    await test('until somebody says otherwise: as the policy says', async () => {
        const list = status(await site.api('GET', '/thresholds?subject=t-1'), 200).json;
        equal(list, { subject: 't-1', thresholds: [
            { feature: 'call', notice: 75, warning: 90, warn_at: [75, 90], own: false },
            ...['roll', 'stop'].map(feature => ({ feature, notice: 75, warning: 90, warn_at: [75, 90], own: false }))] });
        await use(site, 't-1', 74);
        equal([await fired(site, 't-1'), await state(site, 't-1')], [[], 'ok']);
        await use(site, 't-1', 1);
        equal([await fired(site, 't-1'), await state(site, 't-1')], [[['call', '75', '75']], 'notice']);
    });
    await test('their own count from the next charge on, for alerts and for what the pages call it', async () => {
        await use(site, 't-2', 30);
        const list = status(await set(site, 't-2', { notice: 40, warning: 60 }), 200).json.thresholds;
        equal(list[0], { feature: 'call', notice: 40, warning: 60, warn_at: [40, 60], own: true });
        equal([await fired(site, 't-2'), await state(site, 't-2')], [[], 'ok']);
        await use(site, 't-2', 9);
        await use(site, 't-2', 1);
        equal([await fired(site, 't-2'), await state(site, 't-2')], [[['call', '40', '40']], 'notice']);
        await use(site, 't-2', 20);
        equal([await fired(site, 't-2'), await state(site, 't-2')], [[['call', '40', '40'], ['call', '60', '60']], 'warning']);
        await use(site, 't-2', 30);
        equal((await fired(site, 't-2')).length, 2, 'the policy\'s own are not theirs any more');
        equal(await site.sql('select action, subject, details->>\'notice\' from webquota.audit where subject = \'t-2\''), [['thresholds.set', 't-2', '40']]);
    });
    await test('changed anew, what is reached fires once more, and once only; taken away, the policy\'s count', async () => {
        status(await set(site, 't-2', { notice: 80, warning: 95 }), 200);
        await use(site, 't-2', 1);
        await use(site, 't-2', 1);
        equal((await fired(site, 't-2')).slice(2), [['call', '80', '91']]);
        equal(await state(site, 't-2'), 'notice');
        like(status(await set(site, 't-2', {}), 200).json.thresholds[0], { own: false, notice: 75 });
        equal(await site.value('select thresholds is null from webquota.subjects where key = \'t-2\''), 't');
        await use(site, 't-2', 1);
        equal((await fired(site, 't-2')).slice(3), [['call', '75', '93'], ['call', '90', '93']]);
    });
    await test('what is committed later counts, too', async () => {
        status(await set(site, 't-3', { notice: 10, warning: 20 }), 200);
        const held = status(await site.api('POST', '/reservations', { subject: 't-3', feature: 'call', units: 15 }), 201).json;
        equal(await fired(site, 't-3'), []);
        status(await site.api('POST', `/reservations/${held.reservation}/commit`, {}), 200);
        equal(await fired(site, 't-3'), [['call', '10', '15']]);
    });
    await test('of a rolling window: once, and again when use had fallen below', async () => {
        await site.clock('2026-09-01 08:00:00');
        status(await set(site, 't-4', { feature: 'roll', notice: 20, warning: 50 }), 200);
        await use(site, 't-4', 30, 'roll');
        await use(site, 't-4', 1, 'roll');
        equal((await fired(site, 't-4')).map(row => row[1]), ['20']);
        await site.clock('2026-09-01 09:30:00');
        await use(site, 't-4', 1, 'roll');
        await use(site, 't-4', 25, 'roll');
        equal((await fired(site, 't-4')).map(row => row[1]), ['20', '20']);
    });
    await test('what makes no sense is refused, and names the field', async () => {
        for (const [code, field, body] of [[400, 'feature', { feature: undefined }], [404, 'feature', { feature: 'none' }], [400, 'notice', { warning: 50 }],
            [400, 'warning', { notice: 50 }], [400, 'notice', { notice: 0, warning: 5 }], [400, 'warning', { notice: 50, warning: 101 }],
            [400, 'warning', { notice: 50, warning: 50 }], [400, 'notice', { notice: 1.5, warning: 50 }], [400, 'notice', { notice: '1', warning: 50 }],
            [400, 'more', { more: 1 }]])
            equal(status(await set(site, 't-5', body), code, JSON.stringify(body)).json.field, field, JSON.stringify(body));
        equal(status(await request(`${site.url}/api/v1/thresholds`, { method: 'POST', body: { feature: 'call', subject: 't-2' }, headers: me.headers }), 403).json.field,
            'subject', 'somebody else\'s');
        status(await request(`${site.url}/api/v1/thresholds`, { method: 'POST', body: { feature: 'call' } }), 401, 'a visitor');
    });
    await test('the database refuses what no form would send', async () => {
        await site.consume('t-6', 'call');
        for (const bad of ['[]', '{"call": 5}', '{"call": [0, 5]}', '{"call": ["a", "b"]}', '{"call": [1, 101]}'])
            equal(await site.sql(`update webquota.subjects set thresholds = '${bad}' where key = 't-6'`).then(() => 'taken', () => 'refused'), 'refused', bad);
    });
}

async function pages(site) {
    await test('the page of alerts shows them, and a form changes them', async () => {
        const before = await me.open('/alerts');
        ok(words(before).includes('When to tell you') && /Calls &lt;b&gt; Change 75 %, 90 % 75 % 90 %/.test(words(before)), words(before));
        ok(!/Team calls|Paid/.test(before.text), 'nothing of what is shared, or never used up');
        const form = await me.open('/alerts/change?feature=call');
        ok(/name="notice"[^>]*value="75"/.test(form.text) && /name="warning"[^>]*value="90"/.test(form.text), form.text);
        equal(status(await me.fill('/alerts/change?feature=call', { notice: '50', warning: '66' }), 303).headers.location, '/quota/alerts?changed=1');
        const after = await me.open('/alerts?changed=1');
        ok(/What you are told of is changed/.test(after.text) && /50 %, 66 % 50 % 66 %, as you said/.test(words(after)), words(after));
        like((await me.open('/alerts', { Accept: 'application/json' })).json.thresholds[0], { feature: 'call', notice: 50, warning: 66, own: true });
        like((await me.open('/alerts/change?feature=call', { Accept: 'application/json' })).json.thresholds[0], { feature: 'call', notice: 50, own: true });
        await use(site, 'free', 50);
        ok(/class="[^"]*notice/.test((await me.open('/')).text), 'the dashboard calls it a notice');
        equal(status(await me.fill('/alerts/change?feature=call', { notice: '', warning: '' }), 303).headers.location, '/quota/alerts?changed=1');
        ok(/Change 75 %, 90 % 75 % 90 % /.test(words(await me.open('/alerts'))), 'as everybody');
    });
    await test('a wrong field leaves what was typed, and says what to mend', async () => {
        const fields = { ...fields_of(await me.open('/alerts/change?feature=call')), notice: '40', warning: '60' };
        for (const [wrong, name, mistake] of [[{ notice: 'half' }, 'notice', /from 1 to 99/], [{ warning: '101' }, 'warning', /from 2 to 100/],
            [{ warning: '' }, 'warning', /Fill this in/], [{ notice: '' }, 'notice', /Fill this in/], [{ warning: '40' }, 'warning', /more than the one above/]]) {
            const page = status(await me.send('/alerts/change', { ...fields, ...wrong }), 400, JSON.stringify(wrong));
            ok(new RegExp(`id="${name}-mistake">[^<]*${mistake.source}`).test(page.text), `${name}: ${page.text}`);
            if (name !== 'warning') ok(/name="warning"[^>]*value="60"/.test(page.text), page.text);
        }
        status(await me.send('/alerts/change', { ...fields, feature: '' }), 400);
        status(await me.send('/alerts/change', { ...fields, csrf: 'x' }), 403);
        status(await other.send('/alerts/change', fields), 403, 'somebody else\'s token');
        status(await me.open('/alerts/change?feature=none'), 404);
        status(await me.open('/alerts/change'), 400);
        ok(/could be used up/.test((await me.open('/alerts/change?feature=team')).text), 'nothing of their own');
        equal(await site.value('select thresholds is null from webquota.subjects where key = \'free\''), 't');
    });
    await test('a visitor sees them, and changes nothing', async () => {
        const visitor = new Browser(site);
        const list = await visitor.open('/alerts');
        ok(/75 %/.test(list.text) && !/alerts\/change/.test(list.text), list.text);
        ok(/Sign in/.test((await visitor.open('/alerts/change?feature=call')).text), 'no form');
        const fields = { ...fields_of(await visitor.open('/requests/new?feature=call')) };
        status(await visitor.send('/alerts/change', { ...fields, feature: 'call', notice: '1', warning: '2' }), fields.csrf ? 401 : 403);
    });
}

async function zones(site) {
    await test('where one is stopped, times are in one\'s own zone, and named', async () => {
        await site.clock('2026-09-01 08:00:00');
        await site.subject('free', { timezone: 'Asia/Tokyo' });
        status(await site.form('get_solution', 'free'), 200);
        const stopped = status(await site.form('get_solution', 'free'), 429);
        ok(words(stopped).includes('again on 2026-09-02 at 09:00 (Asia/Tokyo)') && !/\(UTC\)/.test(stopped.text), words(stopped));
        ok(/Times in Asia\/Tokyo \(UTC\+09:00\)/.test(words(stopped)) && /datetime="2026-09-02T00:00:00Z"/.test(stopped.text), stopped.text);
        ok(words(await me.open('/limit/stop')).includes('at 09:00 (Asia/Tokyo)'), 'the page of the limit');
        const told = status(await site.consume('free', 'stop'), 429).json;
        ok(/at 09:00 \(Asia\/Tokyo\)/.test(told.message), told.message);
        equal([told.reset_date, told.limits[0].timezone], ['2026-09-02T00:00:00Z', 'UTC'], 'for programs, and what it is counted in');
        const why = await site.api('GET', `/decisions/${told.decision_id}`);
        ok(/at 09:00 \(Asia\/Tokyo\)/.test(why.json.message), why.json.message);
        equal(status(await site.consume('free', 'stop'), 429).json.message, told.message, 'from memory');
    });
    await test('and so on every page of their own', async () => {
        status(await me.fill('/requests/new?feature=call', { kind: 'increase', amount: '5', reason: 'test' }), 303);
        const asked = /T(\d\d):/.exec((await me.open('/requests', { Accept: 'application/json' })).json.requests[0].created_at)[1];
        const there = String((Number(asked) + 9) % 24).padStart(2, '0');
        for (const where of ['/', '/requests', '/requests/new?feature=call', '/alerts', '/alerts/change?feature=call', '/plans', '/features/call', '/limit/call'])
            ok(words(await me.open(where)).includes('Times in Asia/Tokyo (UTC+09:00)'), where);
        ok(new RegExp(`Asked \\(Asia/Tokyo\\).* ${there}:\\d\\d:\\d\\d`).test(words(await me.open('/requests'))), words(await me.open('/requests')));
    });
    await test('without one, in the limit\'s', async () => {
        await site.consume('nowhere', 'stop');
        ok(/at 00:00 \(UTC\)/.test(status(await site.consume('nowhere', 'stop'), 429).json.message));
    });
    await site.clock_real();
}

async function themes(site) {
    const theme = path.join(site.folder, 'theme'), ours = name => path.join(theme, name);
    mkdirSync(theme);
    const check = () => run(`${PROGRAMS}/webquota`, ['template', 'check'], { env: { WEBQUOTA_THEME: theme } });
    await test('a theme is served in the place of what it replaces, and of nothing else', async () => {
        writeFileSync(ours('plans.html'), '<h1 id="ours">Ours: {{page.site}}</h1>{{>greeting}}\n');
        writeFileSync(ours('greeting.html'), '<p>Hello {{page.who}}</p>\n');
        writeFileSync(ours('style.css'), 'h1 { color: rebeccapurple }\n');
        const { code, stdout, stderr } = await check();
        equal(code, 0, stdout + stderr);
        const other = await second_service(site, { WEBQUOTA_THEME: theme });
        try {
            const visitor = new Browser(other);
            const plans = status(await visitor.open('/plans'), 200);
            ok(/<h1 id="ours">Ours: Own<\/h1><p>Hello /.test(plans.text) && plans.text.includes('<nav aria-label="Pages">'), plans.text);
            equal((await visitor.open('/static/style.css')).text, 'h1 { color: rebeccapurple }\n');
            equal((await visitor.open('/static/form.css')).text, readFileSync(path.join(ROOT, 'static/form.css'), 'utf8'));
            ok(!/Ours|Hello/.test(status(await visitor.open('/'), 200).text), 'the dashboard is the program\'s own');
            equal((await visitor.open('/plans', { Accept: 'application/json' })).status, 200, 'its twin stays');
        } finally {
            other.stop();
        }
    });
    await test('what a theme says wrongly is reported: by the command, and where it cannot be parsed the program does not start', async () => {
        writeFileSync(ours('plans.html'), '<h1>{{page.sight}}</h1>\n');
        const unknown = await check();
        ok(unknown.code !== 0 && /plans\.html: line 1.*page\.sight/.test(unknown.stdout + unknown.stderr), unknown.stdout + unknown.stderr);
        writeFileSync(ours('plans.html'), '<h1>{{#page}}never closed</h1>\n');
        const broken_one = await check();
        ok(broken_one.code !== 0 && /plans\.html/.test(broken_one.stdout + broken_one.stderr), broken_one.stdout + broken_one.stderr);
        const env = { DATABASE_URL: site.values.DATABASE_URL_APP, WEBQUOTA_SOCKET: `${site.folder}/never.sock`, WEBQUOTA_THEME: theme };
        const { code, stderr } = await run(`${PROGRAMS}/webquota.fcgi`, [], { env });
        ok(code === 2 && /plans/.test(stderr) && stderr.trimEnd().split('\n').length === 1, `${code} ${stderr}`);
        copyFileSync(path.join(ROOT, 'templates/plans.html'), ours('plans.html'));
        rmSync(ours('greeting.html'));
        equal((await check()).code, 0, 'mended');
    });
}

try {
    await with_site({}, async site => {
        const file = `${site.folder}/own.conf`;
        writeFileSync(file, POLICY);
        await site.policy(file);
        me = new Browser(site, basic(site.values.WEBQUOTA_USER_FREE));
        other = new Browser(site, basic(site.values.WEBQUOTA_USER_PRO));
        for (const part of [thresholds, pages, zones, themes]) await part(site);
    });
} catch (error) {
    broken(error);
}
finish();
