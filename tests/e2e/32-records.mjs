#!/usr/bin/env node
// What is recorded, over HTTP: reservations and what becomes of them, refunds, idempotency, explanations, alerts, and the
// headers that tell of it. The clock is moved by hand.
import { DECISION } from './lib/fields.mjs';
import { bearer } from './lib/http.mjs';
import { apply, hold, refund, settle } from './lib/limits.mjs';
import { with_site } from './lib/site.mjs';
import { broken, equal, finish, like, ok, status, test } from './lib/tap.mjs';

async function reservations(site) {
    await site.clock('2026-07-01 12:00:00');
    await test('hold 8 of 15, commit 5: 10 left', async () => {
        const { json } = status(await hold(site, 'r-1', 'hold', { units: 8 }), 201);
        like(await site.usage('r-1'), { hold: { held: 8, used: 0, remaining: 7 } });
        status(await site.consume('r-1', 'hold', { units: 8 }), 429);
        like(status(await settle(site, json.reservation, 'commit', { units: 5 }), 200).json, { units: 5 });
        like(await site.usage('r-1'), { hold: { held: 0, used: 5, remaining: 10 } });
        status(await settle(site, json.reservation, 'commit', { units: 5 }), 409, 'a second commit');
        status(await settle(site, json.reservation, 'release'), 409, 'release after commit');
        like(await site.usage('r-1'), { hold: { held: 0, used: 5, remaining: 10 } });
        like((await site.api('GET', `/decisions/${json.decision_id}`)).json, { reservation_state: 'committed' });
    });
    await test('hold 8, let it expire: 15 left, both on record, and no commit afterwards', async () => {
        const { json } = status(await hold(site, 'r-2', 'hold', { units: 8, ttl: 60 }), 201);
        await site.clock('2026-07-01 12:00:59');
        like(await site.usage('r-2'), { hold: { held: 8, remaining: 7 } });
        await site.clock('2026-07-01 12:01:00');
        like(await site.usage('r-2'), { hold: { held: 0, used: 0, remaining: 15 } });
        status(await settle(site, json.reservation, 'commit'), 409);
        equal(await site.sql(`select d.kind, d.units from webquota.decisions d join webquota.subjects s on s.id = d.subject_id
            where s.key = 'r-2' order by d.at`), [['hold', '8'], ['expire', '8']]);
    });
    await test('release twice, and commit after release: 409, nothing changed', async () => {
        const { json } = await hold(site, 'r-3', 'hold', { units: 8 });
        status(await settle(site, json.reservation, 'release'), 200);
        status(await settle(site, json.reservation, 'release'), 409);
        status(await settle(site, json.reservation, 'commit'), 409);
        like(await site.usage('r-3'), { hold: { held: 0, used: 0, remaining: 15 } });
    });
    await test('commit more than was held: 409, and it is still held', async () => {
        const { json } = await hold(site, 'r-4', 'hold', { units: 8 });
        status(await settle(site, json.reservation, 'commit', { units: 9 }), 409);
        like(await site.usage('r-4'), { hold: { held: 8 } });
        status(await settle(site, json.reservation, 'commit'), 200);
        like(await site.usage('r-4'), { hold: { held: 0, used: 8 } });
    });
    await test('what is held is not refunded, what was committed is', async () => {
        const { json } = await hold(site, 'r-5', 'hold', { units: 8 });
        status(await refund(site, json.decision_id), 409);
        await settle(site, json.reservation, 'commit', { units: 6 });
        status(await refund(site, json.decision_id, { units: 7 }), 409);
        status(await refund(site, json.decision_id, { units: 2 }), 200);
        like(await site.usage('r-5'), { hold: { used: 4 } });
    });
    await test('a hold whose window is over changes the record only', async () => {
        const { json } = await hold(site, 'r-6', 'hold', { units: 8, ttl: 86400 });
        await site.clock('2026-07-02 00:00:00');
        like(await site.usage('r-6'), { hold: { held: 0, used: 0, remaining: 15 } });
        status(await settle(site, json.reservation, 'commit'), 200);
        like(await site.usage('r-6'), { hold: { used: 0, remaining: 15 } });
    });
    await test('refunds: part, then the rest, then 409; never more than was charged', async () => {
        const { json } = await site.consume('r-7', 'hold', { units: 10 });
        like(status(await refund(site, json.decision_id, { units: 4, reason: 'bad' }), 200).json, { units: 4, charged: 10 });
        like(await site.usage('r-7'), { hold: { used: 6 } });
        status(await refund(site, json.decision_id, { units: 7 }), 409);
        status(await refund(site, json.decision_id), 200);
        status(await refund(site, json.decision_id), 409);
        like(await site.usage('r-7'), { hold: { used: 0, remaining: 15 } });
        like((await site.api('GET', `/decisions/${json.decision_id}`)).json, { refunded: 10 });
        const refused = await site.consume('r-7', 'hold', { units: 16 });
        status(await refund(site, refused.json.decision_id), 409, 'what was denied charged nothing');
    });
    await test('a refund after the window changes the record only', async () => {
        const { json } = await site.consume('r-8', 'hold', { units: 10 });
        await site.clock('2026-07-03 00:00:00');
        await site.consume('r-8', 'hold', { units: 3 });
        status(await refund(site, json.decision_id), 200);
        like(await site.usage('r-8'), { hold: { used: 3 } });
    });
    await test('a refund frees who was just refused', async () => {
        const { json } = await site.consume('r-9', 'two', { units: 2 });
        status(await site.consume('r-9', 'two'), 429);
        status(await refund(site, json.decision_id, { units: 1 }), 200);
        status(await site.consume('r-9', 'two'), 200);
    });
    await test('items: all or none, in one decision', async () => {
        const items = [{ feature: 'one', units: 2 }, { feature: 'other', units: 3 }];
        const { json } = status(await site.api('POST', '/consume', { subject: 'i-1', items }), 200);
        like(json, { units: 5, allowed: true });
        like(await site.usage('i-1'), { one: { used: 2 }, other: { used: 3 } });
        const none = status(await site.api('POST', '/consume',
            { subject: 'i-1', items: [{ feature: 'one' }, { feature: 'other' }] }), 429);
        equal(none.json['violated-policies'], ['other']);
        like(await site.usage('i-1'), { one: { used: 2 }, other: { used: 3 } });
        status(await refund(site, json.decision_id), 200);
        like(await site.usage('i-1'), { one: { used: 0 }, other: { used: 0 } });
        const twice = [{ feature: 'other', units: 2 }, { feature: 'other', units: 2 }];
        status(await site.api('POST', '/consume', { subject: 'i-1', items: twice }), 429, 'the same feature twice adds up');
        const reserved = status(await site.api('POST', '/reservations', { subject: 'i-1', items }), 201).json;
        like(await site.usage('i-1'), { one: { held: 2 }, other: { held: 3 } });
        status(await settle(site, reserved.reservation, 'commit'), 200);
        like(await site.usage('i-1'), { one: { used: 2, held: 0 }, other: { used: 3, held: 0 } });
    });
    await test('items: one that the plan lacks forbids all', async () => {
        status(await site.api('POST', '/consume', { subject: 'i-2', items: [{ feature: 'one' }, { feature: 'fresh' }] }),
            403);
        like(await site.usage('i-2'), { one: { used: 0 } });
    });
}

async function idempotency(site) {
    await site.clock('2026-08-01 12:00:00');
    const key = name => ({ 'Idempotency-Key': name });
    await test('the same key and request: the same decision with the same values, charged once', async () => {
        const first = status(await site.consume('k-1', 'one', { units: 3, metadata: { a: 1 } }, key('k1')), 200);
        const again = status(await site.consume('k-1', 'one', { units: 3, metadata: { a: 1 } }, key('k1')), 200);
        equal(again.json, first.json);
        equal([again.headers.ratelimit, again.headers['ratelimit-policy']],
            [first.headers.ratelimit, first.headers['ratelimit-policy']], 'headers');
        like(await site.usage('k-1'), { one: { used: 3 } });
        const reordered = await site.api('POST', '/consume',
            '{"metadata":{"a":1}, "units":3, "feature":"one", "subject":"k-1"}', key('k1'));
        equal(status(reordered, 200).json.decision_id, first.json.decision_id);
    });
    await test('the same key and another request: 422, nothing charged', async () => {
        for (const [subject, feature, more] of [['k-1', 'one', { units: 4 }], ['k-1', 'other', {}],
            ['k-2', 'one', { units: 3 }]])
            like(status(await site.consume(subject, feature, more, key('k1')), 422).json, { field: 'Idempotency-Key' });
        status(await hold(site, 'k-1', 'one', {}), 201);
        like(status(await site.api('POST', '/reservations', { subject: 'k-1', feature: 'one', units: 3, metadata: { a: 1 } },
            key('k1')), 422).json,
            { field: 'Idempotency-Key' });
        like(await site.usage('k-1'), { one: { used: 3, held: 1 } });
    });
    await test('another caller\'s key of the same name is another key', async () => {
        const other = (await site.api('POST', '/admin/keys', { name: 'other', scopes: ['enforce'] })).json.key;
        const mine = (await site.consume('k-3', 'one', {}, key('k3'))).json;
        const theirs = status(await site.consume('k-3', 'one', {}, { ...key('k3'), ...bearer(other) }), 200).json;
        ok(mine.decision_id !== theirs.decision_id, 'two decisions');
        like(await site.usage('k-3'), { one: { used: 2 } });
    });
    await test('a refusal is decided anew', async () => {
        await site.consume('k-4', 'two', { units: 2 });
        const refused = status(await site.consume('k-4', 'two', {}, key('k4')), 429);
        await site.api('DELETE', '/usage?subject=k-4');
        const allowed = status(await site.consume('k-4', 'two', {}, key('k4')), 200);
        ok(allowed.json.decision_id !== refused.json.decision_id, 'a new decision');
        equal((await site.consume('k-4', 'two', {}, key('k4'))).json.decision_id, allowed.json.decision_id);
        like(await site.usage('k-4'), { two: { used: 1 } });
    });
    await test('a reservation is made once', async () => {
        const first = status(await site.api('POST', '/reservations', { subject: 'k-5', feature: 'one', units: 4 },
            key('k5')), 201);
        const again = status(await site.api('POST', '/reservations', { subject: 'k-5', feature: 'one', units: 4 },
            key('k5')), 201);
        equal(again.json, first.json);
        equal(again.headers.location, first.headers.location, 'Location');
        like(await site.usage('k-5'), { one: { held: 4 } });
    });
    await test('with a grant, an unlimited override and items: the same values again', async () => {
        await site.api('POST', '/admin/grants', { subject: 'k-6', feature: 'one', amount: 5 });
        await site.api('POST', '/admin/overrides', { subject: 'k-6', feature: 'other', unlimited: true });
        const items = [{ feature: 'one', units: 12 }, { feature: 'other', units: 2 }];
        const first = status(await site.api('POST', '/consume', { subject: 'k-6', items }, key('k6')), 200);
        const again = status(await site.api('POST', '/consume', { subject: 'k-6', items }, key('k6')), 200);
        equal(again.json, first.json);
    });
    await test('on rolling and lifetime limits: the same values again', async () => {
        for (const feature of ['trail', 'ever', 'pool', 'everyone', 'over', 'shade']) {
            const first = status(await site.consume('k-7', feature, {}, key(`k7${feature}`)), 200, feature);
            const again = status(await site.consume('k-7', feature, {}, key(`k7${feature}`)), 200, feature);
            equal(again.json, first.json, feature);
        }
    });
    await test('twenty at once with one key: one charge, and no second answer that differs', async () => {
        const answers = await Promise.all(Array.from({ length: 20 }, () => site.consume('k-8', 'one', {}, key('k8'))));
        const ids = new Set(answers.filter(answer => answer.status === 200).map(answer => answer.json.decision_id));
        equal(ids.size, 1, 'decisions');
        ok(answers.every(answer => [200, 409].includes(answer.status)), `statuses ${answers.map(answer => answer.status)}`);
        like(await site.usage('k-8'), { one: { used: 1 } });
    });
    await test('after 24 hours the key is free', async () => {
        const first = await site.consume('k-9', 'one', {}, key('k9'));
        await site.clock('2026-08-02 11:59:59');
        equal((await site.consume('k-9', 'one', {}, key('k9'))).json.decision_id, first.json.decision_id);
        await site.clock('2026-08-02 12:00:00');
        ok((await site.consume('k-9', 'one', {}, key('k9'))).json.decision_id !== first.json.decision_id, 'a new decision');
    });
}

async function alerts_and_headers(site) {
    await site.clock('2026-09-01 08:00:00');
    const alerts = (subject, feature) => site.sql(`select a.threshold, a.used, a.amount, a.limit_key, webquota.z(a.window_start)
        from webquota.alerts a join webquota.subjects s on s.id = a.subject_id
        where s.key = '${subject}' and a.feature = '${feature}' order by a.window_start, a.threshold`);
    await test('threshold 500 of 1000: at exactly 500, once, and again in the next window', async () => {
        await site.consume('t-1', 'warn', { units: 499 });
        equal(await alerts('t-1', 'warn'), []);
        await site.consume('t-1', 'warn');
        equal(await alerts('t-1', 'warn'), [['50', '500', '1000', 'warn', '2026-09-01T00:00:00Z']]);
        await site.consume('t-1', 'warn', { units: 100 });
        equal((await alerts('t-1', 'warn')).length, 1);
        await site.clock('2026-09-02 08:00:00');
        await site.consume('t-1', 'warn', { units: 700 });
        equal((await alerts('t-1', 'warn'))[1], ['50', '700', '1000', 'warn', '2026-09-02T00:00:00Z']);
    });
    await test('thresholds 15, 30, 50 and a use from 10 to 30: both, once each', async () => {
        await site.consume('t-2', 'warn_three', { units: 10 });
        await site.consume('t-2', 'warn_three', { units: 20 });
        await site.consume('t-2', 'warn_three', { units: 5 });
        equal((await alerts('t-2', 'warn_three')).map(row => row.slice(0, 2)), [['15', '30'], ['30', '30']]);
    });
    await test('hour 1000 and day 5000, 4900 of the day used, 10 h left', async () => {
        for (const [hour, units] of [['08', 1000], ['09', 1000], ['10', 1000], ['11', 1000], ['12', 900]]) {
            await site.clock(`2026-09-03 ${hour}:00:00`);
            status(await site.consume('t-3', 'heads', { units }), 200, hour);
        }
        await site.clock('2026-09-03 14:00:00');
        const answer = await site.check('t-3', 'heads');
        equal(answer.headers.ratelimit, '"day";r=100;t=36000', 'RateLimit');
        equal(answer.headers['ratelimit-policy'], '"hour";q=1000;w=3600, "day";q=5000;w=86400', 'RateLimit-Policy');
        equal(answer.headers['retry-after'], undefined);
    });
    await test('Retry-After is in whole seconds, rounded up, and never earlier than t', async () => {
        await site.clock('2026-09-03 14:00:10.400');
        status(await site.consume('t-4', 'quick'), 200);
        const answer = status(await site.consume('t-4', 'quick'), 429);
        equal(answer.headers['retry-after'], '50');
        equal(answer.headers.ratelimit, '"quick";r=0;t=50');
        await site.clock('2026-09-03 14:00:59.999');
        equal(status(await site.consume('t-4', 'quick'), 429).headers['retry-after'], '1');
        await site.clock('2026-09-03 14:01:00');
        status(await site.consume('t-4', 'quick'), 200);
    });
    await test('counters are the sums of what was recorded, for everybody in this file', async () => {
        equal(await site.sql(DIFFERENCES), []);
    });
}

async function explanations(site) {
    const told = json => Object.fromEntries([...DECISION,
        ...(json.reservation ? ['reservation', 'expires_at'] : [])].map(name => [name, json[name]]));
    /* Which bonus somebody had spent before a refusal stands in no record: the answer says it, the explanation does not. */
    const without_bonus = one => JSON.parse(JSON.stringify(one).replace(/ and \d+ bonus \w+(?=\.)/g, '').replace(/ \d+ bonus \w+ again on [^.]*\./g, ''));
    const same = async (answer, what) => {
        ok(answer.json?.decision_id, `${what}: ${answer.text}`);
        const { json } = status(await site.api('GET', `/decisions/${answer.json.decision_id}`), 200, what);
        equal(told(json), answer.json.allowed ? told(answer.json) : without_bonus(told(answer.json)), what);
    };
    await site.clock('2026-10-01 12:00:30');
    await site.subject('x-org', { organization: 'explained' });
    await site.subject('x-zone', { timezone: 'Asia/Tokyo' });
    await site.subject('x-gone', { suspended: true });
    await site.api('POST', '/admin/grants',
        { subject: 'x-grant', feature: 'one', amount: 5, every: '7 day', effective_at: '2026-09-25T06:00:00Z' });
    await site.api('POST', '/admin/overrides',
        { subject: 'x-over', feature: 'one', amount: 3, expires_at: '2026-10-02T00:00:00Z' });
    await site.api('POST', '/admin/overrides', { subject: 'x-over', feature: 'other', unlimited: true });
    await site.api('POST', '/admin/grants',
        { subject: 'x-weeks', feature: 'weeks', amount: 3, every: '5 day', effective_at: '2026-10-01T00:00:00Z' });
    await site.consume('x-roll', 'roll', { units: 10 });
    const asks = [['x-1', 'one'], ['x-1', 'one', { units: 9 }], ['x-1', 'one'], ['x-1', 'one', { units: 11 }],
        ['x-1', 'zero'], ['x-1', 'fresh'],
        ['x-1', 'pair_part', { units: 2 }], ['x-1', 'pair_part', { units: 9 }], ['x-1', 'shade', { units: 9 }],
            ['x-1', 'over', { units: 9 }],
        ['x-1', 'trail', { units: 2 }], ['x-1', 'trail', { units: 2 }], ['x-1', 'trail'], ['x-1', 'trail'],
            ['x-1', 'trail', { units: 4 }],
        ['x-1', 'ever', { units: 2 }], ['x-1', 'ever'], ['x-zone', 'local', { units: 2 }], ['x-zone', 'local'],
            ['x-1', 'late', { units: 2 }], ['x-1', 'late'],
        ['x-org', 'pool', { units: 8 }], ['x-org', 'pool', { units: 3 }], ['x-1', 'everyone'], ['x-gone', 'one'],
            ['anon:203.0.113.5', 'two'], ['anon:203.0.113.5', 'two'],
        ['anon:203.0.113.5', 'one'], ['x-grant', 'one', { units: 12 }], ['x-grant', 'one', { units: 3 }],
            ['x-grant', 'one', { units: 2 }],
        ['x-weeks', 'weeks', { units: 5 }], ['x-weeks', 'weeks', { units: 3 }], ['x-weeks', 'weeks', { units: 4 }],
        ['x-over', 'one', { units: 3 }], ['x-over', 'one'], ['x-over', 'other', { units: 50 }],
            ['x-roll', 'roll', { units: 89 }], ['x-1', 'quick'], ['x-1', 'quick']];
    await test('the explanation of a decision says what the answer said, for every kind of limit', async () => {
        for (const [subject, feature, more] of asks)
            await same(await site.consume(subject, feature, more), `${subject} ${feature} ${JSON.stringify(more ?? {})}`);
    });
    await test('and of items, and of what is held', async () => {
        const items = [{ feature: 'one', units: 2 }, { feature: 'other', units: 3 }];
        await same(await site.api('POST', '/consume', { subject: 'x-2', items }), 'items');
        await same(await site.api('POST', '/consume', { subject: 'x-2', items }), 'items refused');
        await same(await hold(site, 'x-2', 'hold', { units: 9 }), 'held');
        await same(await hold(site, 'x-2', 'hold', { units: 9 }), 'refused');
    });
    await test('a day later it still says the same', async () => {
        const answers = [await site.consume('x-3', 'trail', { units: 3 }), await site.consume('x-3', 'trail'),
            await site.consume('x-3', 'roll')];
        await site.clock('2026-10-02 12:00:30');
        for (const answer of answers) await same(answer, answer.json.feature);
    });
}

/* Own counters in their present window against the lines recorded for it; rolling ones keep no window start. */
const DIFFERENCES = `select s.key, v.limit_key, v.used, v.held, sum(l.used_delta), sum(l.held_delta)
    from webquota.counter_values v join webquota.subjects s on s.id = v.subject_id
    left join webquota.decision_lines l on l.subject_id = v.subject_id and l.slot = v.slot and l.counted_at = v.window_start
   where v.limit_key is not null and v.limit_key <> 'trail'
   group by 1, 2, 3, 4 having v.used <> coalesce(sum(l.used_delta), 0) or v.held <> coalesce(sum(l.held_delta), 0)`;

try {
    await with_site({}, async site => {
        await apply(site);
        for (const part of [reservations, idempotency, explanations, alerts_and_headers]) await part(site);
    });
} catch (error) {
    broken(error);
}
finish();
