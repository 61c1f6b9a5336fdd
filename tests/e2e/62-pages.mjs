#!/usr/bin/env node
// The pages about one decision, over HTTP: who may see what, as HTML and as JSON at the same address.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { basic, bearer, request } from './lib/http.mjs';
import { ROOT, with_site } from './lib/site.mjs';
import { broken, equal, finish, ok, status, test } from './lib/tap.mjs';

const POLICY = `
title = "Pages"
timezone = "UTC"
default_plan = "free"
anonymous_plan = "anonymous"
administrators = {"admin"}
embedders = {"https://www.example.org", "http://127.0.0.1:8443"}

feature call { title = "Calls <b>"  unit = "call" }
feature deep_call { title = "Deep calls"  unit = "deep call"  parent = "call"  resources = {"deep-*"} }
feature paid { title = "Paid calls"  unit = "paid call" }

plan anonymous { title = "Anonymous"  rank = 0  upgrade = "free"
  limit day { feature = "call"  amount = 2  window = "day" } }
plan free { title = "Free"  rank = 1  upgrade = "pro"
  limit day  { feature = "call"       amount = 10  window = "day" }
  limit deep { feature = "deep_call"  amount = 3   window = "day"  warn_at = {60, 100} } }
plan pro { title = "Pro"  rank = 2  price = "$5 <i>"
  limit day  { feature = "call"  amount = 1000  window = "day" }
  limit paid { feature = "paid"  unlimited = true  window = "month" }
  grant gift { feature = "call"  amount = 5  every = "28 day" } }
`;
const NOW = '2026-03-15 12:00:00';
const HTML = { Accept: 'text/html' }, JSON_TYPE = { Accept: 'application/json' };
const callers = {};

/** A page of the service, as somebody. */
const page = (site, where, as = {}, accept = HTML) => request(`${site.url}${where}`, { headers: { ...accept, ...as } });

/** The page as people read it: its words, tags taken out. */
const words = ({ text }) => text.replace(/<[^>]*>/g, ' ').replace(/&#39;/g, '\'').replace(/\s+/g, ' ');

function is_page(answer, ...parts) {
    status(answer, 200);
    equal(answer.headers['content-type'], 'text/html; charset=utf-8', 'Content-Type');
    equal(answer.headers['cache-control'], 'no-store', 'Cache-Control');
    ok(/frame-ancestors 'none'/.test(answer.headers['content-security-policy']), 'Content-Security-Policy');
    for (const part of parts) ok(words(answer).includes(part), `"${part}" is not in: ${words(answer)}`);
    ok(!/<script>|<b>alert|Calls <b>/.test(answer.text), 'markup of the data');
    return answer;
}

async function decisions(site) {
    const api = (body, as = callers.person) => site.api('POST', '/consume', body, as);
    let refused, allowed;
    await test('the page of a decision says why it was stopped, what was asked, and where it stands now', async () => {
        allowed = status(await api({ feature: 'call', units: 9 }), 200).json;
        refused = status(await api({ feature: 'call', resource: 'deep-<script>1</script>', units: 2,
            on_behalf_of: '"><b>alert</b>' }), 429).json;
        const shown = is_page(await page(site, `/decisions/${refused.decision_id}`, callers.person),
            'Only 1 of 10 calls for today is left, and 2 were asked for.',
            'That is in 12 h', '2 deep calls, on deep-&lt;script&gt;1&lt;/script&gt;', 'For &quot;&gt;&lt;b&gt;alert&lt;/b&gt;',
            'This limit stopped it', 'There was room', '10 a day: from plan Free', 'Room again on 2026-03-16 at 00:00 (UTC)',
            'Now: 9 of 10 calls used today. 1 left.', '2026-03-15 at 12:00:00 (UTC) , just now', refused.decision_id);
        ok(!/Whose/.test(words(shown)), 'one\'s own decision says whose it is');
        is_page(await page(site, `/decisions/${allowed.decision_id}`, callers.person), 'Allowed: 9 calls', '9 asked for, 9 counted');
    });
    await test('an override is named, and what it stood instead of; a day later there is room again', async () => {
        status(await site.api('POST', '/admin/overrides', { subject: 'free', feature: 'call', amount: 9, reason: 'test' }), 201);
        const { json } = status(await api({ feature: 'call' }), 429);
        is_page(await page(site, `/decisions/${json.decision_id}`, callers.person),
            '9 a day: changed for this account, instead of 10 a day on plan Free');
        await site.clock('2026-03-16 08:00:00');
        try {
            is_page(await page(site, `/decisions/${json.decision_id}`, callers.person), 'Now there is room again: 9 left.',
                'Room again since 2026-03-16 at 00:00 (UTC)', 'Now, a later period: 0 of 9 calls used today.', '20 h ago');
        } finally {
            await site.clock(NOW);
        }
    });
    await test('the same address answers JSON to those who want it, and to keys whatever they accept', async () => {
        const told = (await site.api('GET', `/decisions/${refused.decision_id}`)).json;
        equal(status(await page(site, `/decisions/${refused.decision_id}`, callers.person, JSON_TYPE), 200).json, told);
        equal(status(await page(site, `/decisions/${refused.decision_id}`, bearer(site.key)), 200).json, told);
        equal(status(await site.api('GET', `/decisions/${refused.decision_id}`, undefined, { ...callers.person, ...HTML }), 200).json, told);
    });
    await test('somebody else\'s decision is not there; administrators see it, and whose it is', async () => {
        const theirs = status(await site.consume('who', 'call'), 200).json.decision_id;
        for (const as of [callers.person, {}]) for (const accept of [HTML, JSON_TYPE]) {
            const one = await page(site, `/decisions/${theirs}`, as, accept);
            const none = await page(site, '/decisions/dec_AAAA', as, accept);
            equal([one.status, one.text], [404, none.text], 'it is told apart from one that is not there');
        }
        is_page(await page(site, `/decisions/${theirs}`, callers.administrator), 'Whose who', 'Allowed: 1 call');
    });
    await test('a visitor sees their own; a reservation says what became of it', async () => {
        const own = status(await request(`${site.url}/api/v1/consume`, { method: 'POST', body: { feature: 'call' } }), 200).json;
        is_page(await page(site, `/decisions/${own.decision_id}`), 'Allowed: 1 call', 'Plan then Anonymous');
        const held = (await site.api('POST', '/reservations', { subject: 'other', feature: 'deep_call' })).json;
        is_page(await page(site, `/decisions/${held.decision_id}`, callers.administrator), '1 asked for, 1 held',
            'Held until 2026-03-15 at 12:05 (UTC)');
        const done = status(await site.api('POST', `/reservations/${held.reservation}/commit`), 200).json;
        is_page(await page(site, `/decisions/${held.decision_id}`, callers.administrator), 'Reservation Committed');
        is_page(await page(site, `/decisions/${done.decision_id}`, callers.administrator), 'Committed: 1 deep call');
    });
}

async function plans(site) {
    await test('the plans side by side, the viewer\'s own marked, and what the next one changes', async () => {
        const shown = is_page(await page(site, '/plans', callers.person), 'Your plan is Free', 'Pro ($5 &lt;i&gt;) gives you',
            ': 1,000 a day instead of', 'Paid calls : no limit instead of none', '1,000 a day; 5 bonus every 28 days',
            'counts for Calls &lt;b&gt; too', 'For another plan, ask whoever administers the site.');
        ok(/<th scope="col" class="current">Free/.test(shown.text), 'the own plan is not marked');
        ok(!/aria-current="page">Usage/.test(shown.text) && /aria-current="page">Plans/.test(shown.text), 'navigation');
        is_page(await page(site, '/plans'), 'You are not signed in', 'Sign in to get', '10 a day instead of 2');
    });
    await test('JSON at the same address: as the API\'s plans, and which one is the viewer\'s', async () => {
        const told = (await site.api('GET', '/plans')).json;
        equal(status(await page(site, '/plans', callers.person, JSON_TYPE), 200).json, { ...told, current: 'free' });
        equal(status(await page(site, '/plans', {}, JSON_TYPE), 200).json, { ...told, current: 'anonymous' });
        status(await page(site, '/plans', bearer(site.key)), 403);
    });
    await test('without an address of its own, an upgrade leads to the page of plans', async () => {
        const { json } = status(await site.consume('up', 'call', { units: 11 }), 429);
        equal(json.upgrade, { plan: 'pro', title: 'Pro', amount: 1000, url: '/quota/plans' });
        await site.consume('free', 'call', { units: 9 });
        ok(/<a class="[^"]*" href="\/quota\/plans">See Pro<\/a>/.test((await page(site, '/', callers.person)).text), 'dashboard');
    });
}

async function features(site) {
    const api = body => site.api('POST', '/consume', body, callers.administrator);
    await test('the page of a feature: its limits, what counts, what was done, each with its decision, and for whom', async () => {
        await site.clock('2026-03-15 12:00:01');
        status(await api({ feature: 'call', resource: 'deep-x', units: 2, on_behalf_of: 'Client <i>7</i>' }), 200);
        await site.clock('2026-03-15 12:00:02');
        const held = status(await site.api('POST', '/reservations', { feature: 'call', units: 3 }, callers.administrator), 201).json;
        status(await site.api('POST', `/reservations/${held.reservation}/commit`, { units: 1 }, callers.administrator), 200);
        await site.clock('2026-03-15 12:00:03');
        status(await api({ items: [{ feature: 'deep_call' }, { feature: 'call' }], on_behalf_of: 'Client <i>7</i>' }), 200);
        await site.clock('2026-03-15 12:00:04');
        const refused = status(await api({ feature: 'call', units: 9 }), 429).json;
        await site.clock(NOW);
        const shown = is_page(await page(site, '/features/call', callers.administrator), 'Calls &lt;b&gt; : 5 left', '5 of 10 calls used today',
            'Deep calls count here too', '2026-03-15 12:00:04 9 calls Stopped', '2026-03-15 12:00:03 2 deep calls, for Client &lt;i&gt;7&lt;/i&gt; Allowed',
            '2026-03-15 12:00:02 3 calls Allowed', '2026-03-15 12:00:01 2 deep calls, on deep-x , for Client &lt;i&gt;7&lt;/i&gt; Allowed',
            'For whom, in the last 30 days', 'Client &lt;i&gt;7&lt;/i&gt; 4 calls 2 0 Nobody named 1 call 1 1');
        is_page(await page(site, `/decisions/${refused.decision_id}`, callers.administrator), 'This limit stopped it');
        ok(shown.text.includes(`href="/quota/decisions/${refused.decision_id}"`), 'no link to the decision');
        is_page(await page(site, '/features/deep_call', callers.administrator), 'Only what is used on: deep-*',
            'What counts here counts for Calls &lt;b&gt; too.', '2026-03-15 12:00:03 2 deep calls');
    });
    await test('what others did is on nobody else\'s page; what the plan lacks, and what nobody used, is said', async () => {
        ok(!/Client/.test(words(is_page(await page(site, '/features/call', callers.person), 'Your last requests'))), 'others\' clients');
        is_page(await page(site, '/features/paid', callers.person), 'Paid calls are not part of Free.', 'Nothing in the last 90 days.');
        is_page(await page(site, '/features/deep_call'), 'Deep calls', 'Nothing in the last 90 days.');
        status(await page(site, '/features/none', callers.person), 404);
    });
    await test('JSON at the same address: usage of the feature, and the same requests and clients', async () => {
        const { json } = status(await page(site, '/features/call', callers.administrator, JSON_TYPE), 200);
        equal(json.decisions.map(({ units, outcome, reservation_state }) => [units, outcome, reservation_state]),
            [[9, 'denied', null], [2, 'allowed', null], [3, 'allowed', 'committed'], [2, 'allowed', null]]);
        equal(json.clients.map(({ on_behalf_of, units, allowed, refused }) => [on_behalf_of, units, allowed, refused]),
            [['Client <i>7</i>', 4, 2, 0], [null, 1, 1, 1]]);
        equal([json.subject, json.feature.feature, json.limits.length], ['admin', 'call', 1]);
    });
    await test('somebody who did very much: a bounded number of records is read, by their key', async () => {
        await site.sql(`insert into webquota.decisions (account_id, subject_id, at, id, kind, outcome, policy_version, plan, feature,
            units, trace) select s.account_id, s.id, timestamptz '2026-03-14 00:00Z' - n * interval '1 minute', n, 'consume', 'allowed',
            2, 'free', case when n % 2 = 0 then 'call' else 'paid' end, 1, '{}' from webquota.subjects s, generate_series(1, 20000) n
            where s.key = 'free'`);
        const { json } = status(await page(site, '/features/call', callers.person, JSON_TYPE), 200);
        equal(json.decisions.length, 50);
        ok(json.clients[0].allowed > 900 && json.clients[0].allowed < 1100, JSON.stringify(json.clients));
        const long = is_page(await page(site, '/features/call', callers.person), 'At most 50, of the last 90 days.');
        ok(gzipSync(long.text).length <= 14 * 1024, `${gzipSync(long.text).length} bytes compressed`);
        for (const name of ['activity_read', 'activity_clients']) {
            const text = readFileSync(path.join(ROOT, `sql/queries/${name}.sql`), 'utf8').replace(/^--.*$/gm, '')
                .replaceAll('$1', "'free'").replaceAll('$2', "'{call}'").replaceAll('$3', '0').replaceAll('$4', '50');
            const plan = await site.sql(`begin read only; select set_config('enable_sort', 'off', true); explain (costs off) ${text}; commit`);
            const lines = plan.map(([line]) => line), sorted = lines.filter(line => /Sort Key: n\./.test(line)).length;
            ok(lines.some(line => /Index (Only )?Scan Backward using decisions_/.test(line)), `${name}: ${lines.join('\n')}`);
            equal([sorted, lines.filter(line => /Merge Append/.test(line)).length], [1, 1], `${name}: ${lines.join('\n')}`);
        }
    });
}

async function alerts(site) {
    await test('the alerts of a person: each threshold once, as a page and as JSON', async () => {
        const { json } = status(await page(site, '/alerts', callers.person, JSON_TYPE), 200);
        equal(json.alerts.map(({ feature, limit, threshold, used, amount }) => [feature, limit, threshold, used, amount]),
            [['call', 'day', 90, 9, 10], ['call', 'day', 75, 9, 10]]);
        await site.clock('2026-04-02 08:00:00');
        status(await site.consume('free', 'deep_call', { units: 2 }), 200);
        await site.clock('2026-04-02 09:00:00');
        status(await site.consume('free', 'deep_call'), 200);
        const { thresholds, ...rest } = (await page(site, '/alerts', callers.person, JSON_TYPE)).json;
        equal(thresholds.map(({ feature, own }) => [feature, own]), [['call', false], ['deep_call', false]]);
        equal(rest, { subject: 'free', alerts: [
            { at: '2026-04-02T09:00:00Z', feature: 'deep_call', limit: 'deep', threshold: 100, used: 3, amount: 3, shared: false },
            { at: '2026-04-02T08:00:00Z', feature: 'deep_call', limit: 'deep', threshold: 60, used: 2, amount: 3, shared: false },
            ...json.alerts] });
        is_page(await page(site, '/alerts', callers.person), 'Your alerts', '2026-04-02 09:00:00 Deep calls 100 % 3 of 3 deep calls a day',
            '2026-04-02 08:00:00 Deep calls 60 % 2 of 3 deep calls a day');
        ok(!/2026-04-02/.test(words(is_page(await page(site, '/alerts', callers.administrator)))), 'others\' alerts');
        is_page(await page(site, '/alerts'), 'No alerts');
        await site.clock('2026-08-02 09:00:00');
        is_page(await page(site, '/alerts', callers.person), 'No alerts');
        await site.clock(NOW);
    });
}

async function widgets(site) {
    const widget = (more, as = callers.person, accept) => page(site, `/widget/${more}`, as, accept);
    await test('a feature in little: a fragment, in three styles, that other pages may include', async () => {
        for (const style of ['card', 'bar', 'line']) {
            const answer = status(await widget(`deep_call?style=${style}`), 200, style);
            equal([answer.headers['content-type'], answer.headers['cache-control']], ['text/html; charset=utf-8', 'private'], style);
            ok(answer.text.length <= 2048 && /^<link rel="stylesheet" href="\/quota\/static\/widget\.css/.test(answer.text), answer.text);
            ok(!/<html|<script|<nav/.test(answer.text) && words(answer).includes('Deep calls'), answer.text);
            equal(/role="meter"/.test(answer.text), style !== 'line', style);
        }
        equal((await widget('deep_call')).text, (await widget('deep_call?style=card')).text, 'without a style');
        ok(/&lt;b&gt;/.test((await widget('call?style=line')).text), 'names are escaped');
        status(await request(`${site.url}/static/widget.css`), 200);
        status(await widget('none'), 404);
        equal(status(await widget('call?style=huge', callers.person, JSON_TYPE), 400).json.field, 'style');
        equal(status(await widget('call', callers.person, JSON_TYPE), 200).json.limits[0].feature, 'call');
    });
    await test('for a frame: a document, which only the policy\'s embedders may show', async () => {
        const answer = status(await widget('call?frame=1&style=bar'), 200);
        ok(/^<!doctype html>/.test(answer.text) && /target="_top"/.test(answer.text), answer.text);
        ok(/frame-ancestors https:\/\/www\.example\.org http:\/\/127\.0\.0\.1:8443$/.test(answer.headers['content-security-policy']),
            answer.headers['content-security-policy']);
    });
}

async function errors(site) {
    const wrong = [
        [400, '/widget/call?style=huge', {}, 'This request cannot be understood', 'See your usage'],
        [403, '/', bearer(site.key), 'This is not open to you', 'ask whoever administers the site'],
        [404, '/nowhere/<script>alert(1)</script>', {}, 'There is nothing here', 'See your usage'],
        [404, '/features/none', {}, 'There is nothing here', 'There is no feature none.'],
        [401, '/', { Authorization: 'Bearer wq_none' }, 'Please sign in first', 'Open this page again'],
    ];
    await test('what went wrong is a page with one thing to do next, and a problem at the same address', async () => {
        for (const [code, where, as, ...parts] of wrong) {
            const answer = status(await page(site, where, as), code, where);
            equal([answer.headers['content-type'], answer.headers['cache-control']], ['text/html; charset=utf-8', 'no-store'], where);
            for (const part of parts) ok(words(answer).includes(part), `${where}: "${part}" is not in: ${words(answer)}`);
            equal(answer.text.match(/class="button/g)?.length, 1, `${where}: things to do`);
            ok(!answer.text.includes('<script>alert'), where);
            equal(status(await page(site, where, as, JSON_TYPE), code, where).headers['content-type'], 'application/problem+json', where);
        }
        const method = status(await request(`${site.url}/plans`, { method: 'DELETE', headers: HTML }), 405);
        ok(words(method).includes('This address cannot be used that way') && method.headers.allow === 'GET, HEAD', words(method));
    });
}

async function everywhere(site) {
    const { decision_id: id } = status(await site.api('POST', '/consume', { feature: 'call', units: 1000 }, callers.person), 429).json;
    const pages = ['/', '/features/call', '/history?feature=call', '/limit/call', '/plans', '/alerts', '/alerts/change?feature=call', '/requests',
        '/requests/new?feature=call', `/decisions/${id}`, '/widget/call', '/login', '/logout', '/account'];
    await test('each page is a page and JSON at the same address', async () => {
        for (const where of pages) for (const as of [callers.person, {}]) {
            if (where.startsWith('/decisions') && as !== callers.person) continue;
            const shown = status(await page(site, where, as), 200, where), twin = status(await page(site, where, as, JSON_TYPE), 200, where);
            equal([shown.headers['content-type'], twin.headers['content-type'], typeof twin.json],
                ['text/html; charset=utf-8', 'application/json', 'object'], where);
        }
    });
    await test('every answer says what a browser may do with it', async () => {
        for (const where of [...pages, '/nowhere', '/history.csv?feature=call', '/api/v1/usage', '/healthz', '/static/style.css', '/static/live.js?v=1', '/static/icon.svg'])
            for (const accept of [HTML, JSON_TYPE]) {
                const { headers } = await page(site, where, callers.person, accept);
                ok(/^default-src 'none'; .*frame-ancestors ('none'$|https:\/\/www\.example\.org )/.test(headers['content-security-policy']), `${where}: ${headers['content-security-policy']}`);
                equal([headers['x-content-type-options'], headers['referrer-policy'], headers['permissions-policy']],
                    ['nosniff', 'same-origin', 'camera=(), geolocation=(), microphone=()'], where);
            }
    });
    await test('where one is stopped: at most 8,000 bytes with the headers', async () => {
        const shown = await page(site, '/limit/call', callers.person);
        const bytes = Object.entries(shown.headers).reduce((sum, [name, value]) => sum + name.length + String(value).length + 4, Buffer.byteLength(shown.text));
        ok(bytes <= 8000, `${bytes} bytes`);
    });
}

try {
    await with_site({}, async site => {
        const file = `${site.folder}/pages.conf`;
        writeFileSync(file, POLICY);
        await site.policy(file);
        await site.clock(NOW);
        callers.person = basic(site.values.WEBQUOTA_USER_FREE);
        callers.administrator = basic(site.values.WEBQUOTA_USER_ADMIN);
        for (const part of [decisions, plans, features, widgets, errors, alerts, everywhere]) await part(site);
    });
} catch (error) {
    broken(error);
}
finish();
