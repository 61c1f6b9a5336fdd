#!/usr/bin/env node
// How limits behave over HTTP: amounts, windows, grants, rollover, overrides, plans, organizations. Each check has features
// and people of its own, and the clock is moved by hand.
import { apply, hold, refund, settle } from './lib/limits.mjs';
import { with_site } from './lib/site.mjs';
import { broken, equal, finish, like, ok, status, test } from './lib/tap.mjs';

async function amounts(site) {
    await site.clock('2026-03-10 12:00:00');
    await test('limit 2, three calls of 1', async () => {
        const left = [];
        for (let i = 0; i < 3; i++) {
            const answer = await site.consume('a-1', 'two');
            left.push([answer.status, answer.json.remaining]);
        }
        equal(left, [[200, 1], [200, 0], [429, 0]]);
    });
    await test('limit 2000: 1000, 1500, 500, 400, 100, 1', async () => {
        const left = [];
        for (const units of [1000, 1500, 500, 400, 100, 1]) {
            const answer = await site.consume('a-2', 'big', { units });
            left.push([answer.status, answer.json.remaining]);
        }
        equal(left, [[200, 1000], [429, 1000], [200, 500], [200, 100], [200, 0], [429, 0]]);
    });
    await test('a limit of 0 does not include the feature', async () => {
        const { json, headers } = status(await site.consume('a-3', 'zero'), 403);
        like(json, { outcome: 'forbidden', limit: 0, remaining: 0 });
        equal(headers['retry-after'], undefined);
        like(await site.usage('a-3'), { zero: { state: 'not_included', amount: 0 } });
        status(await site.api('POST', '/admin/overrides', { subject: 'a-3', feature: 'zero', amount: 1 }), 201);
        status(await site.consume('a-3', 'zero'), 200);
        status(await site.consume('a-3', 'zero'), 429);
    });
    await test('two limits in one decision, A 0 of 10 and B 9 of 10, ask 5: nothing of either', async () => {
        status(await site.consume('a-4', 'pair', { units: 9 }), 200);
        const { json } = status(await site.consume('a-4', 'pair_part', { units: 5 }), 429);
        equal(json['violated-policies'], ['b']);
        like(await site.usage('a-4'), { a: { used: 0 }, b: { used: 9 } });
        status(await site.consume('a-4', 'pair_part'), 200);
        like(await site.usage('a-4'), { a: { used: 1 }, b: { used: 10 } });
    });
    await test('more at once than the whole limit is denied for good', async () => {
        const answer = status(await site.consume('a-5', 'one', { units: 11 }), 429);
        equal(answer.headers['retry-after'], undefined, 'Retry-After');
        like(answer.json, { reset_date: null, remaining: 10,
            message: '11 ones at once is more than the whole limit of 10 a day.' });
        const most = status(await site.consume('a-5', 'one', { units: 9007199254740991 }), 429);
        equal(most.headers['retry-after'], undefined, 'Retry-After of the most');
        like(await site.usage('a-5'), { one: { used: 0 } });
    });
    await test('a shadow limit of 5, 2 used, five more: all allowed, 7 used, two would-be denials on record', async () => {
        status(await site.consume('a-6', 'shade', { units: 2 }), 200);
        for (let i = 0; i < 5; i++) {
            const answer = status(await site.consume('a-6', 'shade'), 200);
            equal(answer.headers.ratelimit, undefined, 'RateLimit');
        }
        like(await site.usage('a-6'), { shade: { used: 7, amount: 5 } });
        equal(await site.value(`select count(*) from webquota.decision_lines l join webquota.subjects s on s.id = l.subject_id
            where s.key = 'a-6' and l.used_before + 1 > l.amount and l.outcome = 'allowed'`), '2');
    });
    await test('on_exceed = allow counts what goes over', async () => {
        for (let i = 0; i < 5; i++) status(await site.consume('a-7', 'over'), 200);
        like(await site.usage('a-7'), { over: { used: 5, amount: 2, remaining: 0,
            message: '5 of 2 overs used today, 3 over' } });
        like((await site.consume('a-7', 'over')).json, { allowed: true, current_usage: 6, remaining: 0 });
    });
    await test('5 used, the limit lowered to 3: nothing left, never less than nothing, and the true figure', async () => {
        status(await site.consume('a-8', 'lower', { units: 5 }), 200);
        status(await site.consume('a-9', 'change', { units: 2 }), 200);
        await apply(site, { lower: 3, change: 10 });
        const { lower } = await site.usage('a-8');
        like(lower, { used: 5, amount: 3, remaining: 0, state: 'exhausted', percent: value => value >= 100 });
        ok(/5 lowers/.test(lower.message), `the message says 5: ${lower.message}`);
        like(status(await site.consume('a-8', 'lower'), 429).json, { remaining: 0, current_usage: 5, limit: 3 });
    });
    await test('limit 100, 2 used, lowered to 10, one more: 7 left; raised to 200, one more: 196', async () => {
        like(status(await site.consume('a-9', 'change'), 200).json, { remaining: 7, limit: 10 });
        await apply(site, { lower: 3, change: 200 });
        like(status(await site.consume('a-9', 'change'), 200).json, { remaining: 196, limit: 200 });
    });
    await test('a scope of plan is one counter for all who are on it', async () => {
        await site.subject('plan-pro', { plan: 'pro' });
        for (const subject of ['plan-1', 'plan-2', 'plan-3']) status(await site.consume(subject, 'together'), 200);
        like(status(await site.consume('plan-4', 'together'), 429).json, { limit: 3, current_usage: 3 });
        like(status(await site.consume('plan-pro', 'together'), 200).json, { current_usage: 1 });
    });
    await test('a scope of site is one counter for everybody', async () => {
        for (const subject of ['site-1', 'site-2', 'plan-pro', 'site-3']) status(await site.consume(subject, 'everyone'),
            200);
        status(await site.consume('plan-pro', 'everyone'), 429);
        like(await site.usage('site-9'), { everyone: { used: 4, remaining: 0 } });
    });
}

async function windows(site) {
    await site.clock('2026-03-10 12:00:00');
    await test('rollover: 100 with 10 used and up to 50 rolled over is 150; 400 with 250 used and up to 500 is 550',
        async () => {
        status(await site.consume('w-1', 'roll', { units: 10 }), 200);
        status(await site.consume('w-1', 'roll_more', { units: 250 }), 200);
        await site.clock('2026-03-11 00:00:00');
        like(await site.usage('w-1'), { roll: { amount: 150, used: 0, remaining: 150, source: 'rollover' },
            roll_more: { amount: 550, remaining: 550 } });
        status(await site.consume('w-1', 'roll', { units: 150 }), 200);
        status(await site.consume('w-1', 'roll'), 429);
        await site.clock('2026-03-12 00:00:00');
        like(await site.usage('w-1'), { roll: { amount: 100 } });
    });
    await test('rollover: windows without any use never carry more than the bound', async () => {
        await site.clock('2026-03-20 00:00:00');
        like(await site.usage('w-1'), { roll: { amount: 150 }, roll_more: { amount: 900 } });
    });
    await test('rolling: never more than 3 in any 60 minutes, and again when the first has left', async () => {
        for (const minute of ['00', '20', '40']) {
            await site.clock(`2026-03-21 12:${minute}:30`);
            status(await site.consume('w-2', 'trail'), 200, minute);
        }
        await site.clock('2026-03-21 12:59:59');
        const { json } = status(await site.consume('w-2', 'trail'), 429);
        like(json, { window: 'hour', current_usage: 3,
            reset_date: value => value >= '2026-03-21T13:00:30Z' && value <= '2026-03-21T13:01:30Z' });
        like((await site.usage('w-2')).trail, { period_start: '2026-03-21T11:59:59Z', used: 3, resets_at: json.reset_date });
        const free = new Date(json.reset_date);
        await site.clock(new Date(free - 1000).toISOString().replace('T', ' '));
        status(await site.consume('w-2', 'trail'), 429, 'a second before');
        await site.clock(free.toISOString().replace('T', ' '));
        status(await site.consume('w-2', 'trail'), 200, 'at reset_date');
        status(await site.consume('w-2', 'trail'), 429, 'and no more than one');
    });
    await test('lifetime: never again', async () => {
        status(await site.consume('w-3', 'ever', { units: 2 }), 200);
        const answer = status(await site.consume('w-3', 'ever'), 429);
        equal([answer.headers['retry-after'], answer.json.reset_date, answer.json.window], [undefined, null, 'lifetime']);
        like(await site.usage('w-3'), { ever: { period_start: null, period_end: null, resets_at: null, used: 2 } });
        await site.clock('2036-03-21 12:00:00');
        status(await site.consume('w-3', 'ever'), 429);
        await site.clock('2026-03-22 12:00:00');
    });
    await test('a month counted from 31 January 10:00', async () => {
        await site.subject('w-4', { anchor: '2026-01-31T10:00:00Z' });
        for (const [now, start, end] of [
            ['2026-03-22 12:00:00', '2026-02-28T10:00:00Z', '2026-03-31T10:00:00Z'],
            ['2026-03-31 09:59:59', '2026-02-28T10:00:00Z', '2026-03-31T10:00:00Z'],
            ['2026-03-31 10:00:00', '2026-03-31T10:00:00Z', '2026-04-30T10:00:00Z']]) {
            await site.clock(now);
            like(await site.usage('w-4'), { anchored: { period_start: start, period_end: end, resets_at: end } }, now);
            status(await site.consume('w-4', 'anchored', { units: now.endsWith('09:59:59') ? 1 : 1 }), 200, now);
        }
        like(await site.usage('w-4'), { anchored: { used: 1 } });
    });
    await test('28 days counted from 2026-01-01', async () => {
        await site.subject('w-5', { anchor: '2026-01-01T00:00:00Z' });
        await site.clock('2026-04-10 12:00:00');
        like(await site.usage('w-5'), { weeks: { period_start: '2026-03-26T00:00:00Z',
            period_end: '2026-04-23T00:00:00Z' } });
    });
    await test('a day in the zone of whom it is about', async () => {
        await site.subject('w-6', { timezone: 'Asia/Tokyo' });
        like(await site.usage('w-6'), { local: { timezone: 'Asia/Tokyo', period_start: '2026-04-09T15:00:00Z',
            period_end: '2026-04-10T15:00:00Z' } });
        like(await site.usage('w-7'), { local: { timezone: 'UTC', period_start: '2026-04-10T00:00:00Z' } });
    });
    await test('a day that starts at six in Budapest', async () => {
        like(await site.usage('w-7'), { late: { timezone: 'Europe/Budapest', period_start: '2026-04-10T04:00:00Z',
            period_end: '2026-04-11T04:00:00Z' } });
    });
    await test('grace: two and a half times as much for the first 7 days', async () => {
        await site.subject('w-8', { plan: 'newcomer' });
        like(await site.usage('w-8'), { fresh: { amount: 25, source: 'grace' } });
        await site.clock('2026-04-17 11:59:59');
        like(await site.usage('w-8'), { fresh: { amount: 25 } });
        await site.clock('2026-04-17 12:00:00');
        like(await site.usage('w-8'), { fresh: { amount: 10, source: 'plan' } });
    });
}

async function grants(site) {
    await site.clock('2026-05-10 12:00:00');
    const give = (subject, amount, more) => site.api('POST', '/admin/grants', { subject, feature: 'gift', amount, ...more });
    const left = async subject => Object.fromEntries((await site.api('GET', `/admin/grants?subject=${subject}`)).json.grants
        .map(grant => [grant.reason, grant.remaining]));
    await test('priorities 1 and 2, 100 each, use 120: 0 and 80', async () => {
        status(await give('g-1', 100, { priority: 2, reason: 'second' }), 201);
        status(await give('g-1', 100, { priority: 1, reason: 'first' }), 201);
        like(status(await site.consume('g-1', 'gift', { units: 120 }), 200).json, { remaining: 80 });
        equal(await left('g-1'), { first: 0, second: 80 });
    });
    await test('the same priority, two expiries, use 120: the earlier 0, the other 80', async () => {
        await give('g-2', 100, { expires_at: '2026-09-01T00:00:00Z', reason: 'later' });
        await give('g-2', 100, { expires_at: '2026-08-01T00:00:00Z', reason: 'earlier' });
        status(await site.consume('g-2', 'gift', { units: 120 }), 200);
        equal(await left('g-2'), { earlier: 0, later: 80 });
    });
    await test('live from when it is effective until the instant it expires', async () => {
        await give('g-3', 5, { effective_at: '2026-05-11T00:00:00Z', expires_at: '2026-05-12T00:00:00Z' });
        for (const [now, code] of [['2026-05-10 23:59:59', 403], ['2026-05-11 00:00:00', 200], ['2026-05-11 23:59:59', 200],
            ['2026-05-12 00:00:00', 403]]) {
            await site.clock(now);
            status(await site.consume('g-3', 'gift'), code, now);
        }
    });
    await test('a grant covers what the own limit lacks, and that limit never shows more used than it has', async () => {
        await site.api('POST', '/admin/grants', { subject: 'g-4', feature: 'one', amount: 5, reason: 'more' });
        like(status(await site.consume('g-4', 'one', { units: 12 }), 200).json,
            { current_usage: 10, limit: 10, remaining: 3 });
        like(await site.usage('g-4'), { one: { used: 10, bonus: 3, remaining: 3 } });
        equal(await left('g-4'), { more: 3 });
        status(await site.consume('g-4', 'one', { units: 4 }), 429);
        status(await site.consume('g-4', 'one', { units: 3 }), 200);
        status(await site.consume('g-4', 'one'), 429);
    });
    await test('a grant widens no organization', async () => {
        await site.subject('g-5', { organization: 'narrow' });
        await site.api('POST', '/admin/grants', { subject: 'g-5', feature: 'cap', amount: 100 });
        like(status(await site.consume('g-5', 'cap', { units: 13 }), 429).json, { 'violated-policies': ['cap_all'] });
        status(await site.consume('g-5', 'cap', { units: 12 }), 200);
        status(await site.consume('g-5', 'cap'), 429);
    });
    await test('a grant of an organization is one for all its members', async () => {
        await site.subject('g-6', { organization: 'shared' });
        await site.subject('g-7', { organization: 'shared' });
        status(await site.api('POST', '/admin/grants',
            { organization: 'shared', feature: 'gift', amount: 10, reason: 'all' }), 201);
        like(status(await site.consume('g-6', 'gift', { units: 6 }), 200).json, { remaining: 4 });
        status(await site.consume('g-7', 'gift', { units: 5 }), 429);
        status(await site.consume('g-7', 'gift', { units: 4 }), 200);
        like((await site.api('GET', '/admin/grants?organization=shared')).json.grants[0], { remaining: 0 });
    });
    await test('a recurring grant is whole again each time, and a removed one is gone at once', async () => {
        await site.clock('2026-06-01 00:00:00');
        const { json } = status(await give('g-8', 2, { every: '1 day', effective_at: '2026-06-01T00:00:00Z' }), 201);
        status(await site.consume('g-8', 'gift', { units: 2 }), 200);
        const full = status(await site.consume('g-8', 'gift'), 429);
        like(full.json, { reset_date: '2026-06-02T00:00:00Z' });
        await site.clock('2026-06-02 00:00:00');
        status(await site.consume('g-8', 'gift'), 200);
        status(await site.api('DELETE', `/admin/grants/${json.grant}`), 204);
        status(await site.consume('g-8', 'gift'), 403);
    });
    await test('a refund gives back to the grant what came from it', async () => {
        await site.api('POST', '/admin/grants', { subject: 'g-9', feature: 'one', amount: 5, reason: 'more' });
        const { json } = status(await site.consume('g-9', 'one', { units: 12 }), 200);
        status(await refund(site, json.decision_id), 200);
        like(await site.usage('g-9'), { one: { used: 0, bonus: 5, remaining: 15 } });
        equal(await left('g-9'), { more: 5 });
    });
}

async function overrides(site) {
    await site.clock('2026-06-10 12:00:00');
    const put = (more, feature = 'one') => site.api('POST', '/admin/overrides', { feature, ...more });
    await test('an amount, a multiplier, unlimited; the latest counts; removed, the plan is back', async () => {
        status(await site.consume('o-1', 'one', { units: 4 }), 200);
        const ids = [];
        for (const [more, line] of [[{ amount: 20 }, { amount: 20, remaining: 16 }],
            [{ multiplier: 1.5 }, { amount: 15, remaining: 11 }],
            [{ unlimited: true }, { amount: null, state: 'unlimited' }], [{ amount: 3 }, { amount: 3, remaining: 0 }]]) {
            ids.push(status(await put({ subject: 'o-1', ...more }), 201).json.override);
            like((await site.usage('o-1')).one, { ...line, source: 'override' }, JSON.stringify(more));
        }
        status(await site.consume('o-1', 'one'), 429);
        for (const id of ids.reverse()) status(await site.api('DELETE', `/admin/overrides/${id}`), 204);
        like((await site.usage('o-1')).one, { amount: 10, used: 4, source: 'plan' });
    });
    await test('until it expires, to the second', async () => {
        status(await put({ subject: 'o-2', amount: 20, expires_at: '2026-06-10T13:00:00Z' }), 201);
        status(await site.consume('o-2', 'one', { units: 15 }), 200);
        await site.clock('2026-06-10 12:59:59');
        like((await site.usage('o-2')).one, { amount: 20, remaining: 5 });
        await site.clock('2026-06-10 13:00:00');
        like((await site.usage('o-2')).one, { amount: 10, used: 15, remaining: 0 });
    });
    await test('of an organization: its pool, not the members\' own limits', async () => {
        await site.subject('o-3', { organization: 'large' });
        status(await put({ organization: 'large', amount: 50 }, 'pool'), 201);
        like(await site.usage('o-3'), { pool: { amount: 50, source: 'override' }, pool_own: { amount: 8, source: 'plan' } });
        like((await site.api('GET', '/admin/overrides?organization=large')).json.overrides[0],
            { organization: 'large', subject: null, amount: 50 });
    });
    await test('of one limit only', async () => {
        status(await put({ subject: 'o-4', limit: 'hour', amount: 7 }, 'heads'), 201);
        like(await site.usage('o-4'), { hour: { amount: 7 }, day: { amount: 5000 } });
    });
    await test('each is in the audit, with who and why', async () => {
        await put({ subject: 'o-5', amount: 1, reason: 'because' });
        like({ row: await site.sql(`select actor, action, details->>'reason' from webquota.audit where subject = 'o-5'`) },
            { row: rows => rows.length === 1 && /^key:\d+$/.test(rows[0][0]) && rows[0][1] === 'override.add' &&
                rows[0][2] === 'because' });
    });
    await test('suspended: everything is forbidden, until it is not', async () => {
        await site.subject('o-6', { suspended: true });
        like(status(await site.consume('o-6', 'one'), 403).json, { outcome: 'forbidden', upgrade: null });
        like((await site.check('o-6', 'one')).json, { allowed: false });
        await site.subject('o-6', { suspended: false });
        status(await site.consume('o-6', 'one'), 200);
    });
    await test('DELETE /usage: one feature or all, the subject\'s own, on record', async () => {
        await site.subject('o-7', { organization: 'resets' });
        await site.consume('o-7', 'one', { units: 5 });
        await site.consume('o-7', 'pool', { units: 5 });
        like(status(await site.api('DELETE', '/usage?subject=o-7&feature=one'), 200).json,
            { subject: 'o-7', feature: 'one', units: 5 });
        like(await site.usage('o-7'), { one: { used: 0 }, pool_own: { used: 5 }, pool: { used: 5 } });
        status(await site.api('DELETE', '/usage?subject=o-7'), 200);
        like(await site.usage('o-7'), { one: { used: 0 }, pool_own: { used: 0 }, pool: { used: 5 } });
        equal(await site.value(`select count(*) from webquota.audit where action = 'usage.reset' and subject = 'o-7'`), '2');
    });
}

async function plans(site) {
    await site.clock('2026-06-20 12:00:00');
    await test('another plan keeps what was used', async () => {
        status(await site.consume('p-1', 'kept', { units: 7 }), 200);
        await site.subject('p-1', { plan: 'pro' });
        like(await site.usage('p-1'), { kept: { used: 7, amount: 100, remaining: 93 } });
        status(await site.consume('p-1', 'kept', { units: 90 }), 200);
        await site.subject('p-1', { plan: 'free' });
        like(await site.usage('p-1'), { kept: { used: 97, amount: 10, remaining: 0 } });
        status(await site.consume('p-1', 'kept'), 429);
    });
    await test('a plan until a date, and the plan that follows', async () => {
        await site.subject('p-2', { plan: 'pro', plan_until: '2026-06-21T08:00:00Z', plan_after: 'free' });
        like((await site.consume('p-2', 'kept', { units: 50 })).json, { subscription_tier: 'pro', remaining: 50 });
        await site.clock('2026-06-21 07:59:59');
        like((await site.consume('p-2', 'kept', { units: 20 })).json, { subscription_tier: 'pro' });
        await site.clock('2026-06-21 08:00:00');
        like(status(await site.consume('p-2', 'kept'), 429).json, { subscription_tier: 'free', limit: 10 });
        like((await site.api('GET', '/usage?subject=p-2')).json, { plan: { key: 'free' } });
        like((await site.api('GET', '/admin/subjects/p-2')).json, { plan: { key: 'free' } });
    });
    await test('one pool for two members, and nobody else', async () => {
        for (const subject of ['p-3', 'p-4']) await site.subject(subject, { organization: 'duo' });
        await site.subject('p-5', { organization: 'solo' });
        status(await site.consume('p-3', 'pool', { units: 6 }), 200);
        like(status(await site.consume('p-4', 'pool', { units: 5 }), 429).json,
            { limit: 10, current_usage: 6, remaining: 4 });
        status(await site.consume('p-4', 'pool', { units: 4 }), 200);
        status(await site.consume('p-3', 'pool'), 429);
        status(await site.consume('p-5', 'pool', { units: 8 }), 200);
        like(await site.usage('p-3'), { pool: { used: 10, scope: 'organization' }, pool_own: { used: 6 } });
    });
    await test('who moves takes counters, holds, overrides and grants along', async () => {
        await site.subject('p-6', { organization: 'from' });
        const used = (await site.consume('p-6', 'moved', { units: 3 })).json;
        const held = (await hold(site, 'p-6', 'moved', { units: 2, ttl: 3600 })).json;
        await site.api('POST', '/admin/overrides', { subject: 'p-6', feature: 'moved', amount: 20 });
        await site.api('POST', '/admin/grants', { subject: 'p-6', feature: 'moved', amount: 4 });
        status(await site.consume('p-6', 'pool', { units: 2 }), 200);
        like(status(await site.subject('p-6', { organization: 'to' }), 200).json, { organization: 'to' });
        like(await site.usage('p-6'), { moved: { used: 3, held: 2, amount: 20, bonus: 4 }, pool: { used: 0 },
            pool_own: { used: 2 } });
        status(await settle(site, held.reservation, 'commit', { units: 1 }), 200);
        status(await refund(site, used.decision_id), 200);
        like(await site.usage('p-6'), { moved: { used: 1, held: 0 } });
        like(status(await site.api('GET', `/decisions/${used.decision_id}`), 200).json, { subject: 'p-6', refunded: 3 });
        await site.subject('p-6', { organization: null });
        like(await site.usage('p-6'), { moved: { used: 1, amount: 20 } });
    });
}

try {
    await with_site({}, async site => {
        await apply(site);
        for (const part of [amounts, windows, grants, overrides, plans]) await part(site);
    });
} catch (error) {
    broken(error);
}
finish();
