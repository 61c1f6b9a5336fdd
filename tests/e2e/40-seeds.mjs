#!/usr/bin/env node
// Five systems that people had written by hand, each now a policy: the flow that each one promised, through HTTP, with
// the clock moved to where its windows turn. One running site; `webquota policy apply` switches it from one to the next.
import { basic, request } from './lib/http.mjs';
import { DECISION, REFUSAL, USAGE, USAGE_LINE } from './lib/fields.mjs';
import { with_site } from './lib/site.mjs';
import { broken, equal, finish, like, members, ok, status, test, until } from './lib/tap.mjs';

const policy = name => `deploy/policies/${name}.conf`;

/* All who wait lose their places. */
async function all_go_away(site) {
    const line = status(await site.api('GET', '/admin/tickets?feature=summary&limit=shared_minute'), 200).json.tickets;
    for (const { ticket } of line) status(await site.api('POST', `/admin/tickets/${ticket}/drop`, { reason: 'for a test' }), 200);
    equal(await site.value("select count(*) from webquota.tickets where state = 'waiting'"), '0', 'nobody waits');
}

/** So many consumes of one unit; answers the statuses. */
async function use(site, subject, feature, times, more) {
    const statuses = [];
    for (let i = 0; i < times; i++) statuses.push((await site.consume(subject, feature, more)).status);
    return statuses;
}

const all = (times, code) => Array(times).fill(code);

async function menu_generation(site) {
    await test('menu-generation: the policy is in force within a second, without a restart', async () => {
        const before = site.processes('webquota.fcgi');
        ok(await site.policy(policy('menu-generation')) <= 1000, 'it took more than a second');
        equal((await site.api('GET', '/features')).json.features.map(feature => feature.feature), ['menu_generation']);
        ok(before.length > 0, 'the service was found');
        equal(site.processes('webquota.fcgi'), before, 'processes');
    });
    await site.clock('2025-11-05 12:00:00');

    await test('menu-generation: before any use, "0 of 3", and nothing of an organization for a person alone', async () => {
        const { json } = status(await site.api('GET', '/usage?subject=ind-1'), 200);
        members(json, USAGE);
        like(json, { subject: 'ind-1', plan: { key: 'individual', title: 'Individual' }, organization: null,
            as_of: '2025-11-05T12:00:00Z' });
        json.limits.forEach(line => members(line, USAGE_LINE));
        equal(json.limits.map(line => [line.limit, line.amount, line.used, line.message]), [
            ['daily', 3, 0, '0 of 3 menu generations used today'],
            ['monthly', 60, 0, '0 of 60 menu generations used this month'],
        ]);
        like(json.limits[0], { period_start: '2025-11-05T00:00:00Z', period_end: '2025-11-06T00:00:00Z',
            resets_at: '2025-11-06T00:00:00Z', timezone: 'UTC', window: 'day', scope: 'subject', state: 'ok' });
    });

    await test('menu-generation: asking whether it may be generated charges nothing', async () => {
        for (let i = 0; i < 5; i++) {
            const { json } = status(await site.check('ind-1', 'menu_generation'), 200);
            members(json, DECISION);
            like(json, { allowed: true, decision_id: null, current_usage: 0, limit: 3, remaining: 3 });
        }
    });

    await test('menu-generation: an individual has 3 a day, and the fourth is refused in words', async () => {
        for (const left of [2, 1, 0]) {
            const { json } = status(await site.consume('ind-1', 'menu_generation'), 200);
            like(json, { allowed: true, remaining: left, current_usage: 3 - left, limit: 3,
                subscription_tier: 'individual' });
        }
        const refusal = status(await site.consume('ind-1', 'menu_generation'), 429);
        members(refusal.json, REFUSAL);
        like(refusal.json, { error: 'Usage limit exceeded', allowed: false, outcome: 'denied', current_usage: 3, limit: 3,
            reset_date: '2025-11-06T00:00:00Z', subscription_tier: 'individual', upgrade: null,
            'violated-policies': ['daily'],
            message: "You've used all 3 menu generations for today. You can use it again on 2025-11-06 at 00:00 (UTC)." });
        equal(refusal.headers['retry-after'], String(12 * 3600), 'Retry-After');
        like((await site.check('ind-1', 'menu_generation')).json, { allowed: false, current_usage: 3 });
    });

    await test('menu-generation: a client has 5 and an owner 15 a day', async () => {
        for (const [plan, amount] of [['client', 5], ['owner', 15]]) {
            status(await site.subject(`one-${plan}`, { plan }), 201);
            equal(await use(site, `one-${plan}`, 'menu_generation', amount + 1), [...all(amount, 200), 429], plan);
        }
    });

    await test('menu-generation: "5 of 15 generations used today" for the owner who acts for clients, and who they were',
        async () => {
        await site.subject('coach', { plan: 'owner' });
        for (let i = 0; i < 5; i++) {
            const { json } = status(await site.consume('coach', 'menu_generation', { on_behalf_of: `client-${i % 2}` }),
                200);
            const explained = status(await site.api('GET', `/decisions/${json.decision_id}`), 200);
            like(explained.json, { on_behalf_of: `client-${i % 2}`, subject: 'coach', units: 1 });
        }
        like(await site.usage('coach'), { daily: { message: '5 of 15 menu generations used today', remaining: 10 } });
        equal(await site.sql(`select on_behalf_of, sum(units) from webquota.decisions
            where on_behalf_of like 'client-%' and outcome = 'allowed' group by 1 order by 1`), [['client-0', '3'], ['client-1', '2']]);
    });

    await test('menu-generation: a generation that failed is given back', async () => {
        const { json } = status(await site.api('POST', '/reservations',
            { subject: 'ind-2', feature: 'menu_generation', units: 3 }), 201);
        status(await site.consume('ind-2', 'menu_generation'), 429);
        status(await site.api('POST', `/reservations/${json.reservation}/release`), 200);
        equal(await use(site, 'ind-2', 'menu_generation', 4), [200, 200, 200, 429]);
    });

    await test('menu-generation: the organization has 100 a day together; the one after that is refused for all',
        async () => {
        await site.subject('org-owner', { plan: 'owner', organization: 'studio' });
        status(await site.consume('org-owner', 'menu_generation', { units: 15 }), 200);
        for (let i = 0; i < 17; i++) {
            await site.subject(`org-client-${i}`, { plan: 'client', organization: 'studio' });
            status(await site.consume(`org-client-${i}`, 'menu_generation', { units: 5 }), 200);
        }
        await site.subject('org-client-17', { plan: 'client', organization: 'studio' });
        const { json } = status(await site.consume('org-client-17', 'menu_generation'), 429);
        like(json, { limit: 100, current_usage: 100, remaining: 0, 'violated-policies': ['organization_daily'],
            message: 'All 100 menu generations of studio for today are used. You can use it again on 2025-11-06 at 00:00 (UTC).' });
        like(await site.usage('org-client-17'), { daily: { used: 0 }, monthly: { used: 0 },
            organization_daily: { used: 100, amount: 100, scope: 'organization', state: 'exhausted' } });
        like(await site.usage('one-client'), { daily: { used: 5 } });
    });

    await test('menu-generation: an administrator raises one person, and sets one back', async () => {
        status(await site.api('POST', '/admin/overrides', { subject: 'ind-1', feature: 'menu_generation', limit: 'daily',
            amount: 10, reason: 'trial' }), 201);
        like(await site.usage('ind-1'), { daily: { amount: 10, used: 3, remaining: 7, source: 'override' } });
        status(await site.consume('ind-1', 'menu_generation'), 200);
        status(await site.api('DELETE', '/usage?subject=one-client&feature=menu_generation'), 200);
        status(await site.consume('one-client', 'menu_generation'), 200);
    });

    await test('menu-generation: through the application, signed in', async () => {
        await site.subject('individual', { plan: 'individual', organization: null });
        for (let i = 0; i < 3; i++) status(await site.form('menu_generation', 'individual'), 200);
        const page = status(await site.form('menu_generation', 'individual'), 429);
        ok(/^text\/html/.test(page.headers['content-type']), 'a page for a browser');
        ok(page.text.includes('You&#39;ve used all 3 menu generations for today.') ||
            page.text.includes("You've used all 3 menu generations for today."),
            `words on the page: ${page.text.slice(0, 2000)}`);
    });

    await test('menu-generation: midnight UTC frees the day, and a month has 60', async () => {
        await site.clock('2025-11-05 23:59:59');
        status(await site.consume('ind-2', 'menu_generation'), 429);
        await site.clock('2025-11-06 00:00:00');
        status(await site.consume('ind-2', 'menu_generation'), 200);
        for (let day = 6; day <= 25; day++) {
            await site.clock(`2025-11-${String(day).padStart(2, '0')} 08:00:00`);
            status(await site.consume('ind-3', 'menu_generation', { units: 3 }), 200, `day ${day}`);
        }
        const both = status(await site.consume('ind-3', 'menu_generation'), 429);
        like(both.json, { limit: 60, reset_date: '2025-12-01T00:00:00Z', current_usage: 60 });
        equal([...both.json['violated-policies']].sort(), ['daily', 'monthly']);
        await site.clock('2025-11-30 23:59:59');
        status(await site.consume('ind-3', 'menu_generation'), 429);
        await site.clock('2025-12-01 00:00:00');
        like(status(await site.consume('ind-3', 'menu_generation'), 200).json, { current_usage: 1, limit: 3 });
        like(await site.usage('ind-3'), { monthly: { used: 1, remaining: 59 } });
    });
}

async function menu_upload(site) {
    await site.clock('2025-11-05 12:00:00');
    await test('menu-upload: the policy is in force within a second', async () => {
        ok(await site.policy(policy('menu-upload')) <= 1000, 'it took more than a second');
    });

    await test('menu-upload: the upload page asks first: 0 of 1 this week, resets on Monday at midnight in New York',
        async () => {
        const { json } = status(await site.check('free-1', 'menu_upload'), 200);
        like(json, { allowed: true, current_usage: 0, limit: 1, remaining: 1, reset_date: '2025-11-10T05:00:00Z',
            subscription_tier: 'free', window: 'week' });
        like(await site.usage('free-1'), { menu_upload_weekly: { message: '0 of 1 menu uploads used this week',
            period_start: '2025-11-03T05:00:00Z', period_end: '2025-11-10T05:00:00Z', timezone: 'America/New_York' } });
    });

    await test('menu-upload: the first is saved, the second is 429 with what the page shows', async () => {
        const first = status(await site.consume('free-1', 'menu_upload', { metadata: { items_count: 12, menu: 'm-1' } }),
            200);
        like(first.json, { current_usage: 1, limit: 1, remaining: 0 });
        like((await site.api('GET', `/decisions/${first.json.decision_id}`)).json,
            { metadata: { items_count: 12, menu: 'm-1' } });
        const second = status(await site.consume('free-1', 'menu_upload'), 429);
        like(second.json, { error: 'Usage limit exceeded', current_usage: 1, limit: 1, reset_date: '2025-11-10T05:00:00Z',
            subscription_tier: 'free', status: 429,
            message: "You've used your 1 menu upload for this week. You can use it again on 2025-11-10 at 00:00 (America/New_York).",
            upgrade: { plan: 'premium', title: 'Premium', amount: null } });
        like((await site.check('free-1', 'menu_upload')).json, { allowed: false, current_usage: 1 });
        equal(second.headers['retry-after'], String(4 * 86400 + 17 * 3600), 'Retry-After');
    });

    await test('menu-upload: each of the five has its own week of 1, 1 and 2 more, 2, 1, 1', async () => {
        const wanted = { menu_upload: 1, invoice_upload: 3, review_analysis: 2, premium_review_analysis: 1,
            menu_comparison: 1 };
        for (const [feature, times] of Object.entries(wanted))
            equal(await use(site, 'free-2', feature, times + 1), [...all(times, 200), 429], feature);
        like(await site.usage('free-2'), { invoice_upload_weekly: { used: 1, amount: 1, bonus: 0, remaining: 0 } });
    });

    await test('menu-upload: the bonus is shown apart, and spent after the week\'s own', async () => {
        like(await site.usage('free-3'), { invoice_upload_weekly: { amount: 1, bonus: 2, remaining: 3 } });
        await use(site, 'free-3', 'invoice_upload', 1);
        like(await site.usage('free-3'), { invoice_upload_weekly: { used: 1, bonus: 2, remaining: 2, message: 'High usage this week: 1 of 1' } });
        const paid = () => site.api('POST', '/consume', { subject: 'free-3', feature: 'invoice_upload' }, { 'Idempotency-Key': 'bonus' });
        for (const times of ['first', 'once more'])
            like(status(await paid(), 200).json, { current_usage: 1, limit: 1, remaining: 1,
                message: '1 of 1 invoice uploads used this week, and 1 of 2 bonus invoice uploads' }, times);
        like(await site.usage('free-3'), { invoice_upload_weekly: { used: 1, bonus: 1, remaining: 1,
            message: 'High usage this week: 1 of 1, and 1 of 2 bonus invoice uploads' } });
        await use(site, 'free-3', 'invoice_upload', 1);
        const { json } = status(await site.consume('free-3', 'invoice_upload'), 429);
        const message = "You've used your 1 invoice upload for this week and 2 bonus invoice uploads. You can use it again on 2025-11-10 at 00:00 "
            + '(America/New_York). 2 bonus invoice uploads again on 2025-12-03 at 00:00 (America/New_York).';
        like(json, { reset_date: '2025-11-10T05:00:00Z', current_usage: 1, limit: 1, message, detail: message });
        like(await site.usage('free-3'), { invoice_upload_weekly: { used: 1, bonus: 0, remaining: 0, message } });
    });

    await test('menu-upload: premium and enterprise are unlimited, and counted', async () => {
        for (const plan of ['premium', 'enterprise']) {
            await site.subject(`up-${plan}`, { plan });
            equal(await use(site, `up-${plan}`, 'menu_upload', 5), all(5, 200));
            const answer = await site.consume(`up-${plan}`, 'menu_upload');
            like(answer.json, { limit: null, remaining: null, current_usage: 6, reset_date: null, upgrade: null });
            equal(answer.headers.ratelimit, undefined, 'RateLimit');
            like(await site.usage(`up-${plan}`), { menu_upload_weekly: { used: 6, amount: null, remaining: null,
                state: 'unlimited', message: '6 used · ∞ unlimited' } });
        }
    });

    await test('menu-upload: through the application: saved, then the limit page with the reset and the upgrade',
        async () => {
        status(await site.form('menu_upload', 'free'), 200);
        const page = status(await site.form('menu_upload', 'free'), 429);
        for (const words of ['1 menu upload for this week', '<time>2025-11-10</time> at 00:00 (America/New_York)', 'Premium: unlimited'])
            ok(page.text.includes(words), `the page lacks "${words}"`);
        const premium = await Promise.all(Array.from({ length: 4 }, () => site.form('menu_upload', 'premium')));
        equal(premium.map(answer => answer.status), all(4, 200), 'premium');
    });

    await test('menu-upload: without a plan for visitors, they are asked to sign in', async () => {
        status(await site.form('menu_upload'), 401);
        status(await request(`${site.url}/api/v1/usage`), 401);
        for (const answer of [await site.consume('anon:203.0.113.7', 'menu_upload'),
            await site.check('anon:203.0.113.7', 'menu_upload'),
            await site.api('GET', '/usage?subject=anon:203.0.113.7'),
            await site.api('POST', '/reservations', { subject: 'anon:203.0.113.7', feature: 'menu_upload' })])
            like(status(answer, 422).json, { field: 'subject' });
    });

    await test('menu-upload: an administrator sets the week back', async () => {
        status(await site.api('DELETE', '/usage?subject=free-1&feature=menu_upload&reason=support'), 200);
        status(await site.consume('free-1', 'menu_upload'), 200);
        status(await site.consume('free-1', 'menu_upload'), 429);
        equal(await site.value(`select count(*) from webquota.audit where action = 'usage.reset' and subject = 'free-1'`),
            '1');
    });

    await test('menu-upload: Monday 00:00 in New York, to the second', async () => {
        await site.clock('2025-11-10 04:59:59');
        like(await site.usage('free-1'), { menu_upload_weekly: { used: 1, state: 'exhausted' } });
        status(await site.consume('free-1', 'menu_upload'), 429);
        await site.clock('2025-11-10 05:00:00');
        like(await site.usage('free-1'), { menu_upload_weekly: { used: 0, period_end: '2025-11-17T05:00:00Z' } });
        like(status(await site.consume('free-1', 'menu_upload'), 200).json, { reset_date: '2025-11-17T05:00:00Z' });
    });

    await test('menu-upload: the bonus of two invoices is back after 28 days, not before', async () => {
        await site.clock('2025-11-12 12:00:00');
        equal(await use(site, 'free-3', 'invoice_upload', 2), [200, 429], 'the next week');
        await site.clock('2025-12-01 12:00:00');
        equal(await use(site, 'free-3', 'invoice_upload', 1), [200], 'the week of 1 December');
        const before = status(await site.consume('free-3', 'invoice_upload'), 429);
        like(before.json, { reset_date: '2025-12-03T05:00:00Z' });
        await site.clock('2025-12-03 04:59:59');
        status(await site.consume('free-3', 'invoice_upload'), 429);
        await site.clock('2025-12-03 05:00:00');
        equal(await use(site, 'free-3', 'invoice_upload', 3), [200, 200, 429], '28 days after the day they were first met');
    });

    await test('menu-upload: the week in which summer time begins is an hour short', async () => {
        await site.clock('2026-03-08 12:00:00');
        like(await site.usage('free-9'), { menu_upload_weekly: { period_start: '2026-03-02T05:00:00Z',
            period_end: '2026-03-09T04:00:00Z' } });
    });
}

async function chat(site) {
    await site.clock('2025-11-20 08:00:00');
    await test('chat: the policy is in force within a second', async () => {
        ok(await site.policy(policy('chat')) <= 1000, 'it took more than a second');
    });

    await test('chat: every Claude model counts for both limits, any other for one', async () => {
        const premium = ['claude-3.5-sonnet', 'claude-3-haiku', 'claude-3-opus', 'claude-3.7-sonnet', 'claude-sonnet-4',
            'claude-opus-4'];
        for (const resource of premium)
            like(status(await site.consume('chat-1', 'message', { resource }), 200).json, { feature: 'premium_message' },
                resource);
        for (const resource of ['gpt-4o', 'gemini-2.0-flash', 'claude', undefined])
            status(await site.consume('chat-1', 'message', { resource }), 200, String(resource));
        like(await site.usage('chat-1'),
            { monthly: { used: 10, remaining: 90, message: '10 of 100 messages used this month' },
            premium_monthly: { used: 6, remaining: 14, amount: 20 } });
    });

    await test('chat: 45 messages, 12 of them premium, as the usage page tells', async () => {
        await site.consume('chat-2', 'message', { units: 33 });
        await site.consume('chat-2', 'message', { units: 12, resource: 'claude-opus-4' });
        const lines = await site.usage('chat-2');
        like(lines, { monthly: { used: 45, resets_at: '2025-12-01T00:00:00Z', period_start: '2025-11-01T00:00:00Z' },
            premium_monthly: { used: 12 } });
        like((await site.check('chat-2', 'message')).json, { allowed: true });
        like((await site.check('chat-2', 'message', { resource: 'claude-sonnet-4' })).json, { allowed: true });
    });

    await test('chat: the 21st premium message is refused, others go on', async () => {
        equal(await use(site, 'chat-3', 'message', 20, { resource: 'claude-3-opus' }), all(20, 200));
        const { json } = status(await site.consume('chat-3', 'message', { resource: 'claude-3-haiku' }), 429);
        like(json, { limit: 20, current_usage: 20, reset_date: '2025-12-01T00:00:00Z',
            'violated-policies': ['premium_monthly'],
            message: "You've used all 20 premium messages for this month. You can use it again on 2025-12-01 at 00:00 (UTC)." });
        status(await site.consume('chat-3', 'message'), 200);
        like(await site.usage('chat-3'), { monthly: { used: 21 }, premium_monthly: { used: 20, state: 'exhausted' } });
    });

    await test('chat: after 100 messages of all kinds nothing goes, premium or not', async () => {
        status(await site.consume('chat-4', 'message', { units: 99 }), 200);
        status(await site.consume('chat-4', 'message', { resource: 'claude-opus-4' }), 200);
        like(status(await site.consume('chat-4', 'message'), 429).json, { limit: 100, current_usage: 100 });
        const premium = status(await site.consume('chat-4', 'message', { resource: 'claude-opus-4' }), 429);
        like(premium.json, { 'violated-policies': ['monthly'], limit: 100 });
        like(await site.usage('chat-4'), { premium_monthly: { used: 1 } });
    });

    await test('chat: visitors have gemini-2.0-flash; for anything else they are asked to sign in', async () => {
        status(await site.form('message?model=gemini-2.0-flash'), 200);
        const page = status(await site.form('message?model=claude-3-opus'), 403);
        ok(page.text.includes('Premium messages are not part of Anonymous. Sign in to get 20 a month.'),
            `words on the page: ${page.text.slice(0, 3000)}`);
        status(await site.form('message?model=gpt-4o'), 403);
        status(await site.form('message'), 403);
        const asked = await request(`${site.url}/api/v1/consume`,
            { method: 'POST', body: { feature: 'message', resource: 'claude-opus-4' } });
        like(status(asked, 403).json, { outcome: 'forbidden', subscription_tier: 'anonymous', status: 403,
            message: 'Premium messages are not part of Anonymous. Sign in to get 20 a month.',
            upgrade: { plan: 'free', amount: 20 } });
        equal(asked.headers['retry-after'], undefined, 'Retry-After');
        const basic_model = await request(`${site.url}/api/v1/consume`, { method: 'POST',
            body: { feature: 'message', resource: 'gemini-2.0-flash' } });
        like(status(basic_model, 200).json, { subject: 'anon:127.0.0.1', limit: null, feature: 'basic_message' });
        status(await site.consume('anon:2001:db8::/64', 'message', { resource: 'gemini-2.0-flash' }), 200);
    });

    await test('chat: a signed-in person sends to a premium model through the application', async () => {
        status(await site.form('message?model=claude-3-opus', 'free'), 200);
        const { json } = await request(`${site.url}/api/v1/usage`, { headers: basic(site.values.WEBQUOTA_USER_FREE) });
        equal(json.limits.map(line => [line.limit, line.used]), [['monthly', 1], ['premium_monthly', 1]]);
    });

    await test('chat: only an administrator sets usage back', async () => {
        const visitor = await request(`${site.url}/api/v1/usage?subject=chat-4`, { method: 'DELETE' });
        status(visitor, 401);
        const person = await request(`${site.url}/api/v1/usage?subject=chat-4`, { method: 'DELETE',
            headers: basic(site.values.WEBQUOTA_USER_FREE) });
        status(person, 403);
        status(await site.api('DELETE', '/usage?subject=chat-4'), 200);
        like(await site.usage('chat-4'), { monthly: { used: 0 }, premium_monthly: { used: 0 } });
    });

    await test('chat: the first of the month', async () => {
        status(await site.consume('chat-4', 'message', { units: 100 }), 200);
        await site.clock('2025-11-30 23:59:59');
        status(await site.consume('chat-4', 'message'), 429);
        status(await site.consume('chat-3', 'message', { resource: 'claude-3-opus' }), 429);
        await site.clock('2025-12-01 00:00:00');
        like(status(await site.consume('chat-4', 'message'), 200).json,
            { current_usage: 1, reset_date: '2026-01-01T00:00:00Z' });
        status(await site.consume('chat-3', 'message', { resource: 'claude-3-opus' }), 200);
        like(await site.usage('chat-3'), { monthly: { used: 1 }, premium_monthly: { used: 1 } });
    });
}

async function summarize(site) {
    await site.clock('2025-11-05 12:00:20');
    await test('summarize: the policy is in force within a second', async () => {
        ok(await site.policy(policy('summarize')) <= 1000, 'it took more than a second');
    });

    await test('summarize: five a minute for all who do not pay, together; the sixth waits for the minute', async () => {
        for (const subject of ['sum-1', 'anon:203.0.113.1', 'sum-2', 'anon:203.0.113.2', 'sum-1'])
            status(await site.consume(subject, 'summary'), 200, subject);
        for (const [i, subject] of ['sum-3', 'anon:203.0.113.3', 'sum-1'].entries()) {
            const answer = status(await site.consume(subject, 'summary'), 202, subject);
            like(answer.json, { outcome: 'queued', limit: 5, reset_date: '2025-11-05T12:01:00Z', state: 'waiting', position: i + 1,
                message: /^You are number \d of \d\. About 1 minute \(up to 2\)\.$/ });
            equal(answer.headers.ratelimit, '"shared_minute";r=0;t=40', 'RateLimit');
        }
        like(await site.usage('sum-3'), { daily: { used: 0 }, shared_minute: { used: 5, scope: 'site' } });
        like(await site.usage('sum-1'), { daily: { used: 2 } });
    });

    await test('summarize: who pays is not held up, and does not fill the minute', async () => {
        await site.subject('sum-premium', { plan: 'premium' });
        equal(await use(site, 'sum-premium', 'summary', 12), all(12, 200));
        like(await site.usage('sum-premium'), { daily: { used: 12, state: 'unlimited' } });
        equal((await site.usage('sum-premium')).shared_minute, undefined);
    });

    await test('summarize: the next minute serves those who wait first', async () => {
        await site.clock('2025-11-05 12:00:59');
        equal((await site.consume('sum-3', 'summary')).status, 202);
        await site.clock('2025-11-05 12:01:00');
        await until(async () => (await site.value("select count(*) from webquota.tickets where state = 'admitted'")) === '3', 'they are let in');
        equal(await use(site, 'sum-3', 'summary', 3), [200, 200, 200]);
        equal([(await site.consume('sum-1', 'summary')).status, (await site.consume('anon:203.0.113.3', 'summary')).status], [200, 200]);
        equal((await site.consume('sum-3', 'summary')).status, 202);
        await all_go_away(site);
    });

    await test('summarize: through the application, visitor and signed in', async () => {
        await site.clock('2025-11-05 12:02:00');
        equal([(await site.form('summary')).status, (await site.form('summary', 'free')).status], [200, 200]);
        status(await site.consume('sum-4', 'summary', { units: 3 }), 200);
        const sent = status(await site.form('summary', 'free'), 303);
        ok(/^\/quota\/queue\/tkt_/.test(sent.headers.location), sent.headers.location);
        await all_go_away(site);
    });

    await test('summarize: 3 a day for a visitor, 10 a day signed in, until midnight UTC', async () => {
        for (let minute = 3; minute < 6; minute++) {
            await site.clock(`2025-11-05 12:0${minute}:00`);
            status(await site.consume('anon:203.0.113.9', 'summary'), 200);
            status(await site.consume('sum-5', 'summary', { units: minute < 5 ? 4 : 2 }), 200);
        }
        await site.clock('2025-11-05 12:06:00');
        const visitor = status(await site.consume('anon:203.0.113.9', 'summary'), 429);
        like(visitor.json, { outcome: 'denied', limit: 3, reset_date: '2025-11-06T00:00:00Z',
            upgrade: { plan: 'free', amount: 10 },
            message: "You've used all 3 summaries for today. You can use it again on 2025-11-06 at 00:00 (UTC)." });
        like(status(await site.consume('sum-5', 'summary'), 429).json, { outcome: 'denied', limit: 10, current_usage: 10 });
        await site.clock('2025-11-06 00:00:00');
        status(await site.consume('anon:203.0.113.9', 'summary'), 200);
        status(await site.consume('sum-5', 'summary'), 200);
    });

    await test('summarize: both the day and the minute full: the day is named, which frees last', async () => {
        await site.clock('2025-11-07 10:00:30');
        for (const minute of [30, 31]) {
            await site.clock(`2025-11-07 10:${minute}:00`);
            status(await site.consume('sum-6', 'summary', { units: 5 }), 200);
        }
        const { json } = status(await site.consume('sum-6', 'summary'), 429);
        like(json, { outcome: 'denied', limit: 10, reset_date: '2025-11-08T00:00:00Z' });
    });
}

async function solutions(site) {
    await site.clock('2025-12-28 15:00:00');
    await test('solutions: the policy is in force within a second', async () => {
        ok(await site.policy(policy('solutions')) <= 1000, 'it took more than a second');
    });

    await test('solutions: 2, 3 and 1 a day; fifty times that; five times that again', async () => {
        const table = { free: [2, 3, 1], pro: [100, 150, 50], enterprise: [500, 750, 250] };
        for (const [plan, amounts] of Object.entries(table)) {
            await site.subject(`sol-${plan}`, { plan });
            for (const [i, feature] of ['get_solution', 'add_solution', 'variant'].entries()) {
                const full = status(await site.consume(`sol-${plan}`, feature, { units: amounts[i] }), 200,
                    `${plan} ${feature}`);
                like(full.json, { limit: amounts[i], remaining: 0, subscription_tier: plan });
                like(status(await site.consume(`sol-${plan}`, feature), 429).json, { current_usage: amounts[i],
                    reset_date: '2025-12-29T00:00:00Z' });
            }
        }
    });

    await test('solutions: what the 101st is told', async () => {
        const { json } = status(await site.consume('sol-pro', 'get_solution'), 429);
        like(json, { message: "You've used all 100 Get Solution requests for today. You can use it again on 2025-12-29 at 00:00 (UTC).",
            current_usage: 100, limit: 100, reset_date: '2025-12-29T00:00:00Z',
            upgrade: { plan: 'enterprise', amount: 500 } });
        like(status(await site.consume('sol-free', 'get_solution'), 429).json,
            { upgrade: { plan: 'pro', title: 'Pro', amount: 100 } });
        like(status(await site.consume('sol-enterprise', 'get_solution'), 429).json, { upgrade: null });
    });

    await test('solutions: "5 of 100", then high usage at 95', async () => {
        await site.subject('sol-2', { plan: 'pro' });
        await site.consume('sol-2', 'get_solution', { units: 5 });
        like(await site.usage('sol-2'),
            { get_solution_daily: { state: 'ok', message: '5 of 100 Get Solution requests used today' } });
        await site.consume('sol-2', 'get_solution', { units: 70 });
        like(await site.usage('sol-2'), { get_solution_daily: { state: 'notice', percent: 75 } });
        await site.consume('sol-2', 'get_solution', { units: 20 });
        like(await site.usage('sol-2'),
            { get_solution_daily: { state: 'warning', message: 'High usage today: 95 of 100' } });
    });

    await test('solutions: an alert at 80 percent and one at 100, once each', async () => {
        await site.subject('sol-3', { plan: 'pro' });
        const alerts = () => site.sql(`select a.threshold, a.used, a.amount from webquota.alerts a
            join webquota.subjects s on s.id = a.subject_id where s.key = 'sol-3' order by 1`);
        await site.consume('sol-3', 'get_solution', { units: 79 });
        equal(await alerts(), []);
        await site.consume('sol-3', 'get_solution');
        equal(await alerts(), [['80', '80', '100']]);
        await site.consume('sol-3', 'get_solution', { units: 19 });
        equal(await alerts(), [['80', '80', '100']]);
        await site.consume('sol-3', 'get_solution');
        equal(await alerts(), [['80', '80', '100'], ['100', '100', '100']]);
    });

    await test('solutions: an administrator has no limit, and is counted', async () => {
        await site.subject('sol-admin', { plan: 'admin' });
        equal(await use(site, 'sol-admin', 'get_solution', 12), all(12, 200));
        like(await site.usage('sol-admin'),
            { get_solution_daily: { used: 12, amount: null, message: '12 used · ∞ unlimited' } });
    });

    await test('solutions: one person\'s own amounts', async () => {
        await site.subject('sol-4', { plan: 'pro' });
        for (const [feature, amount] of [['get_solution', 200], ['add_solution', 300], ['variant', 100]])
            status(await site.api('POST', '/admin/overrides', { subject: 'sol-4', feature, amount, reason: 'asked for' }),
                201);
        like(await site.usage('sol-4'),
            { get_solution_daily: { amount: 200, source: 'override' }, add_solution_daily: { amount: 300 },
            variant_daily: { amount: 100 } });
        status(await site.consume('sol-4', 'get_solution', { units: 200 }), 200);
        status(await site.consume('sol-4', 'get_solution'), 429);
        like(await site.usage('sol-2'), { get_solution_daily: { amount: 100 } });
    });

    await test('solutions: the plans with their prices', async () => {
        const { json } = status(await site.api('GET', '/plans'), 200);
        equal(json.plans.map(plan => plan.plan ?? plan.key), ['free', 'pro', 'enterprise', 'admin']);
        like(json.plans[1], { title: 'Pro', price: '₹199 a month' });
        const page = status(await request(`${site.url}/plans`, { headers: { Accept: 'text/html', ...basic(site.values.WEBQUOTA_USER_FREE) } }), 200);
        ok(/100 a day <span class="meta">₹0\.066 each<\/span>/.test(page.text), 'what one request of Pro comes to');
    });

    await test('solutions: through the application: two, then the page with what Pro would change', async () => {
        await site.subject('free', { plan: 'free' });
        status(await site.form('get_solution', 'free'), 200);
        status(await site.form('get_solution', 'free'), 200);
        const page = status(await site.form('get_solution', 'free'), 429);
        for (const words of ['all 2 Get Solution requests for today', 'Pro: 100 a day instead of 2'])
            ok(page.text.includes(words), `the page lacks "${words}"`);
        await site.subject('enterprise', { plan: 'enterprise' });
        status(await site.api('POST', '/admin/overrides', { subject: 'enterprise', feature: 'variant', amount: 1 }), 201);
        status(await site.form('variant', 'enterprise'), 200);
        const highest = status(await site.form('variant', 'enterprise'), 429);
        ok(highest.text.includes('Contact support'), 'the limit page of the highest plan tells to contact support');
        const dashboard = await request(`${site.url}/`,
            { headers: { Accept: 'text/html', ...basic(site.values.WEBQUOTA_USER_ENTERPRISE) } });
        ok(status(dashboard, 200).text.includes('Contact support if you need more'), 'and so does its dashboard');
    });

    await test('solutions: midnight UTC', async () => {
        await site.clock('2025-12-28 23:59:59');
        status(await site.consume('sol-pro', 'get_solution'), 429);
        await site.clock('2025-12-29 00:00:00');
        like(status(await site.consume('sol-pro', 'get_solution'), 200).json, { current_usage: 1, remaining: 99 });
    });
}

async function switching(site) {
    await test('a policy that is bad is not taken up, and the last good one goes on', async () => {
        const before = (await request(`${site.url}/readyz`)).json.policy_version;
        const refused = await site.command('policy', 'apply', 'scripts/site', '--reason', 'no policy');
        equal(refused.code, 1, 'exit code');
        equal((await request(`${site.url}/readyz`)).json.policy_version, before);
        status(await site.consume('after-bad', 'get_solution'), 200);
    });

    await test('a read follows the clock at once, forwards and back', async () => {
        for (const day of ['2026-01-05', '2026-01-07', '2026-01-04'])  {
            await site.clock(`${day} 06:30:00`);
            like((await site.api('GET', '/usage?subject=clockwise')).json, { as_of: `${day}T06:30:00Z` });
            like((await site.check('clockwise', 'variant')).json.limits[0], { period_start: `${day}T00:00:00Z` });
        }
    });

    await test('counters of an unchanged limit survive other policies in between', async () => {
        await site.clock('2026-01-10 06:30:00');
        status(await site.consume('keeper', 'variant'), 200);
        const { json } = await site.consume('keeper', 'add_solution', { units: 2 });
        const told = (await site.api('GET', `/decisions/${json.decision_id}`)).json;
        await site.policy(policy('chat'));
        like((await site.consume('keeper', 'variant')).json, { status: 404 });
        equal((await site.api('GET', `/decisions/${json.decision_id}`)).json, told,
            'what was decided under the policy before');
        status(await site.api('POST', `/decisions/${json.decision_id}/refund`, { units: 1 }), 200);
        await site.policy(policy('solutions'));
        like(await site.usage('keeper'), { add_solution_daily: { used: 1 } });
        status(await site.consume('keeper', 'variant'), 429);
    });
}

try {
    await with_site({}, async site => {
        for (const flow of [menu_generation, menu_upload, chat, summarize, solutions, switching]) await flow(site);
    });
} catch (error) {
    broken(error);
}
finish();
