#!/usr/bin/env node
// The contract of the API over HTTP: every address with its members, every status with what brings it about, who may call
// what, and what becomes of input that nobody should send. How limits behave is in 31-limits.mjs and 32-records.mjs.
import { writeFileSync } from 'node:fs';
import { basic, bearer, request } from './lib/http.mjs';
import * as fields from './lib/fields.mjs';
import { PROGRAMS, run, with_site } from './lib/site.mjs';
import { WRONG, WRONG_ADMIN } from './lib/wrong.mjs';
import { broken, equal, finish, like, members, ok, status, test, until } from './lib/tap.mjs';

const POLICY = `
title = "Contract"
timezone = "UTC"
default_plan = "free"
anonymous_plan = "anonymous"
administrators = {"admin"}

feature call { title = "Calls"  unit = "call" }
feature deep_call { title = "Deep calls"  unit = "deep call"  parent = "call"  resources = {"deep-*"} }
feature paid { title = "Paid calls"  unit = "paid call" }

plan anonymous { title = "Anonymous"  rank = 0  upgrade = "free"
  limit day { feature = "call"  amount = 2  window = "day" } }
plan free { title = "Free"  rank = 1  upgrade = "pro"
  limit day  { feature = "call"       amount = 10  window = "day" }
  limit deep { feature = "deep_call"  amount = 3   window = "day" } }
plan pro { title = "Pro"  rank = 2  price = "$5"
  limit day  { feature = "call"  amount = 1000  window = "day" }
  limit paid { feature = "paid"  unlimited = true  window = "month" }
  grant gift { feature = "call"  amount = 5  every = "28 day" } }
`;

const NOW = '2026-03-15 12:00:00';
const long = (bytes, letter = 'a') => letter.repeat(bytes);

/** Is it an RFC 9457 problem of this status, naming this field? */
function problem(answer, code, field) {
    status(answer, code);
    equal(answer.headers['content-type'], 'application/problem+json', 'Content-Type');
    equal(answer.headers['cache-control'], 'no-store', 'Cache-Control');
    ok(answer.json, `no JSON: ${answer.text}`);
    members(answer.json, ['type', 'title', 'status', 'detail', ...(field === undefined ? [] : ['field'])],
        'members of the problem');
    like(answer.json, { status: code, detail: /./, title: /./ });
    if (field !== undefined) equal(answer.json.field, field, 'field');
    return answer;
}

async function shapes(site) {
    await test('GET /usage: the documented members, of a limit and of a feature that the plan lacks', async () => {
        await site.consume('shape', 'call', { units: 3 });
        const answer = status(await site.api('GET', '/usage?subject=shape'), 200);
        equal(answer.headers['content-type'], 'application/json', 'Content-Type');
        members(answer.json, fields.USAGE);
        answer.json.limits.forEach(line => members(line, fields.USAGE_LINE));
        like(answer.json, { subject: 'shape', plan: { key: 'free', title: 'Free' }, organization: null,
            as_of: '2026-03-15T12:00:00Z' });
        const lines = Object.fromEntries(answer.json.limits.map(line => [line.feature, line]));
        equal(lines.call, { limit: 'day', feature: 'call', title: 'Calls', unit: 'call', scope: 'subject', window: 'day',
            timezone: 'UTC',
            period_start: '2026-03-15T00:00:00Z', period_end: '2026-03-16T00:00:00Z', amount: 10, used: 3, held: 0, bonus: 0,
            remaining: 7, percent: 30, state: 'ok', resets_at: '2026-03-16T00:00:00Z', message: '3 of 10 calls used today',
            source: 'plan' });
        like(lines.paid, { limit: null, amount: 0, used: 0, remaining: 0, state: 'not_included' });
    });

    await test('GET /usage?feature= tells about one feature and what it counts for', async () => {
        const { json } = status(await site.api('GET', '/usage?subject=shape&feature=deep_call'), 200);
        equal(json.limits.map(line => line.limit).sort(), ['day', 'deep']);
    });

    await test('GET /usage of an unlimited limit', async () => {
        await site.subject('shape-pro', { plan: 'pro' });
        await site.consume('shape-pro', 'paid', { units: 12 });
        like(await site.usage('shape-pro'), { paid: { amount: null, remaining: null, used: 12, state: 'unlimited',
            message: '12 used · ∞ unlimited', window: 'month' }, day: { bonus: 5, remaining: 1005, source: 'grant' } });
    });

    await test('GET /usage of somebody never met creates nobody', async () => {
        like(status(await site.api('GET', '/usage?subject=nobody-yet'), 200).json, { plan: { key: 'free' } });
        equal(await site.value("select count(*) from webquota.subjects where key = 'nobody-yet'"), '0');
    });

    await test('GET /check: a decision without an id, that is not recorded', async () => {
        const before = await site.value('select count(*) from webquota.decisions');
        const answer = status(await site.check('shape', 'call'), 200);
        members(answer.json, fields.DECISION);
        like(answer.json, { decision_id: null, allowed: true, outcome: 'allowed', units: 1, remaining: 7,
            current_usage: 3 });
        const no = status(await site.check('shape', 'call', { units: 8 }), 200);
        members(no.json, fields.DECISION);
        like(no.json, { allowed: false, outcome: 'denied', units: 8, remaining: 7, decision_id: null });
        like(status(await site.check('shape', 'paid'), 200).json, { allowed: false, outcome: 'forbidden' });
        equal(await site.value('select count(*) from webquota.decisions'), before);
    });

    await test('POST /consume: 200, 429 and 403 with the documented members', async () => {
        const yes = status(await site.consume('shape-2', 'call', { units: 10 }), 200);
        members(yes.json, fields.DECISION);
        like(yes.json, { allowed: true, outcome: 'allowed', feature: 'call', units: 10, subject: 'shape-2',
            subscription_tier: 'free',
            current_usage: 10, limit: 10, remaining: 0, reset_date: '2026-03-16T00:00:00Z', window: 'day',
            decision_id: /^dec_[\w-]+$/ });
        members(yes.json.upgrade, fields.UPGRADE);
        const no = status(await site.consume('shape-2', 'call'), 429);
        members(no.json, fields.REFUSAL);
        equal(no.headers['content-type'], 'application/problem+json', 'Content-Type');
        equal(no.headers['cache-control'], 'no-store', 'Cache-Control');
        equal(no.headers['retry-after'], '43200', 'Retry-After');
        equal(no.headers.ratelimit, '"day";r=0;t=43200', 'RateLimit');
        equal(no.headers['ratelimit-policy'], '"day";q=10;w=86400', 'RateLimit-Policy');
        like(no.json, { title: 'Usage limit exceeded', error: 'Usage limit exceeded', status: 429, allowed: false,
            outcome: 'denied',
            instance: `/quota/decisions/${no.json.decision_id}`, detail: no.json.message, 'violated-policies': ['day'],
            upgrade: { plan: 'pro', title: 'Pro', amount: 1000 } });
        const never = status(await site.consume('shape-2', 'paid'), 403);
        members(never.json, fields.REFUSAL);
        like(never.json, { status: 403, outcome: 'forbidden', limit: 0, remaining: 0, upgrade: { plan: 'pro', amount: null },
            message: 'Paid calls are not part of Free. Pro has them without a limit.' });
        equal([never.headers['retry-after'], never.headers.ratelimit], [undefined, undefined], 'headers');
    });

    await test('POST /reservations: 201 with what is held and until when', async () => {
        const answer = status(await site.api('POST', '/reservations',
            { subject: 'shape-3', feature: 'call', units: 4, ttl: 60 }), 201);
        members(answer.json, fields.RESERVATION);
        like(answer.json, { expires_at: '2026-03-15T12:01:00Z', reservation: /^res_/, remaining: 6, current_usage: 0 });
        like(await site.usage('shape-3'), { day: { held: 4, used: 0, remaining: 6 } });
        like(status(await site.api('POST', `/reservations/${answer.json.reservation}/commit`, { units: 1 }), 200).json,
            { reservation: answer.json.reservation, units: 1 });
        like(status(await site.api('POST', '/reservations', { subject: 'shape-3', feature: 'call' }), 201).json,
            { expires_at: '2026-03-15T12:05:00Z' });
    });

    await test('GET /decisions/{id}: every limit with its numbers, and the one that decided', async () => {
        const asked = await site.consume('shape-4', 'call',
            { resource: 'deep-blue', units: 2, on_behalf_of: 'client 7', metadata: { a: [1], b: [1.1, 0.30000000000000004] } });
        const { json, text } = status(await site.api('GET', `/decisions/${asked.json.decision_id}`), 200);
        ok(text.includes('[1.1,0.30000000000000004]'), text);
        like(json, { decision_id: asked.json.decision_id, subject: 'shape-4', units: 2, on_behalf_of: 'client 7',
            metadata: { a: [1], b: [1.1, 0.30000000000000004] },
            at: '2026-03-15T12:00:00Z', refunded: 0, kind: 'consume', feature: 'deep_call', outcome: 'allowed' });
        equal(json.limits.map(line => [line.limit, line.amount, line.used, line.charged, line.source, line.decided]),
            [['day', 10, 2, 2, 'plan', false], ['deep', 3, 2, 2, 'plan', true]]);
        const refused = await site.consume('shape-4', 'call', { resource: 'deep-blue', units: 2 });
        like((await site.api('GET', `/decisions/${refused.json.decision_id}`)).json,
            { outcome: 'denied', allowed: false, limit: 3,
            message: refused.json.message });
    });

    await test('GET /features and /plans', async () => {
        const known = status(await site.api('GET', '/features'), 200).json.features;
        equal(known.map(feature => [feature.feature, feature.parent, feature.resources]),
            [['call', null, []], ['deep_call', 'call', ['deep-*']], ['paid', null, []]]);
        const { plans } = status(await site.api('GET', '/plans'), 200).json;
        equal(plans.map(plan => [plan.plan, plan.title, plan.rank, plan.upgrade]),
            [['anonymous', 'Anonymous', 0, 'free'], ['free', 'Free', 1, 'pro'], ['pro', 'Pro', 2, null]]);
        like(plans[1].limits[0], { limit: 'day', feature: 'call', amount: 10, window: 'day' });
    });

    await test('admin: subjects, overrides, grants and keys have the documented members', async () => {
        const subject = status(await site.subject('adm-1',
            { plan: 'pro', organization: 'acme', timezone: 'Asia/Tokyo', email: 'a@b.c',
            anchor: '2026-01-31T10:00:00Z', suspended: false, plan_until: '2026-12-01T00:00:00Z', plan_after: 'free' }),
            201).json;
        members(subject, fields.SUBJECT);
        like(subject, { subject: 'adm-1', plan: { key: 'pro', title: 'Pro' }, organization: 'acme', timezone: 'Asia/Tokyo',
            email: 'a@b.c', anchor: '2026-01-31T10:00:00Z', plan_until: '2026-12-01T00:00:00Z', plan_after: 'free',
            suspended: false });
        like(status(await site.subject('adm-1', { suspended: true }), 200).json, { ...subject, suspended: true });
        equal(status(await site.api('GET', '/admin/subjects/adm-1'), 200).json, { ...subject, suspended: true });
        like(status(await site.subject('adm-1', { organization: null, email: '', timezone: null }), 200).json,
            { organization: null, email: null, timezone: null, plan: { key: 'pro' } });

        const override = status(await site.api('POST', '/admin/overrides',
            { subject: 'adm-1', feature: 'call', limit: 'day', amount: 7,
            expires_at: '2026-04-01T00:00:00Z', reason: 'trial' }), 201).json;
        members(override, fields.OVERRIDE);
        like(override, { subject: 'adm-1', organization: null, feature: 'call', limit: 'day', amount: 7, unlimited: false,
            multiplier: null, expires_at: '2026-04-01T00:00:00Z', reason: 'trial', author: /^key:\d+$/ });
        equal(status(await site.api('GET', '/admin/overrides?subject=adm-1'), 200).json, { overrides: [override] });
        for (const [where, list] of [['', [override]], [`?before=${Number(override.id) + 1}`, [override]], [`?before=${override.id}`, []],
            [`?subject=adm-1&before=${override.id}`, []]])
            equal(status(await site.api('GET', `/admin/overrides${where}`), 200).json.overrides.slice(0, 1), list, where);
        equal(status(await site.api('GET', `/admin/overrides/${override.override}`), 200).json, override);
        status(await site.api('DELETE', `/admin/overrides/${override.override}`), 204);
        problem(await site.api('DELETE', `/admin/overrides/${override.override}`), 404);
        equal((await site.api('GET', '/admin/overrides?subject=adm-1')).json, { overrides: [] });

        const factor = status(await site.api('POST', '/admin/overrides', { subject: 'adm-1', feature: 'call', limit: 'day', multiplier: 1.1 }), 201);
        ok(factor.text.includes('"multiplier":1.1,'), factor.text);
        ok(status(await site.api('GET', '/admin/overrides?subject=adm-1'), 200).text.includes('"multiplier":1.1,'), 'as it was written');
        const [audited] = await site.sql("select details::text from webquota.audit where action = 'override.add' order by id desc limit 1");
        ok(audited[0].includes('"multiplier": 1.1,') || audited[0].includes('"multiplier": 1.1}'), audited[0]);
        status(await site.api('DELETE', `/admin/overrides/${factor.json.id}`), 204);

        const grant = status(await site.api('POST', '/admin/grants',
            { organization: 'acme', feature: 'call', amount: 50, priority: 3,
            effective_at: '2026-03-01T00:00:00Z', expires_at: '2026-05-01T00:00:00Z', every: '28 day', reason: 'sorry' }),
            201).json;
        members(grant, fields.GRANT);
        like(grant, { subject: null, organization: 'acme', amount: 50, remaining: 50, priority: 3, every: '28 day',
            reason: 'sorry',
            effective_at: '2026-03-01T00:00:00Z', expires_at: '2026-05-01T00:00:00Z' });
        equal(status(await site.api('GET', '/admin/grants?organization=acme'), 200).json, { grants: [grant] });
        equal(status(await site.api('GET', `/admin/grants?before=${Number(grant.id) + 1}`), 200).json.grants[0], grant);
        equal(status(await site.api('GET', `/admin/grants?before=${grant.id}&organization=acme`), 200).json, { grants: [] });
        equal(status(await site.api('GET', `/admin/grants/${grant.grant}`), 200).json, grant);
        status(await site.api('DELETE', `/admin/grants/${grant.grant}`), 204);
        problem(await site.api('GET', `/admin/grants/${grant.grant}`), 404);

        const key = status(await site.api('POST', '/admin/keys',
            { name: 'one', scopes: ['read'], expires_at: '2027-01-01T00:00:00Z' }), 201).json;
        members(key, [...fields.KEY, 'key']);
        like(key, { name: 'one', scopes: ['read'], expires_at: '2027-01-01T00:00:00Z', revoked_at: null,
            key: /^wq_\d+_[\w-]{20,}$/ });
        const listed = status(await site.api('GET', '/admin/keys'), 200);
        listed.json.keys.forEach(one => members(one, fields.KEY));
        ok(!listed.text.includes(key.key.replace(/^wq_\d+_/, '')), 'the list shows no secret');
        members(status(await site.api('GET', `/admin/keys/${key.id}`), 200).json, fields.KEY);
        status(await site.api('DELETE', `/admin/keys/${key.id}`), 204);
        problem(await site.api('GET', '/usage?subject=a', undefined, bearer(key.key)), 401);
    });

    await test('a subject may hold a slash, and any UTF-8', async () => {
        for (const subject of ['team/ada', 'Ünïcödé ☃', 'a b+c&d=e', '%41', long(255)]) {
            status(await site.consume(subject, 'call'), 200, subject);
            const { json } = status(await site.api('GET', `/admin/subjects?${new URLSearchParams({ subject })}`), 200,
                subject);
            equal(json.subject, subject);
        }
    });
}

async function operations(site) {
    await test('healthz, readyz and metrics', async () => {
        equal(status(await request(`${site.url}/healthz`), 200).text.trim(), 'ok');
        like(status(await request(`${site.url}/readyz`), 200).json, { status: 'ready', policy_version: value => value > 1 });
        const { text, headers } = status(await request(`${site.url}/metrics`), 200);
        ok(headers['content-type'].startsWith('text/plain; version=0.0.4'), 'Content-Type');
        for (const line of text.trim().split('\n'))
            ok(/^(# (HELP|TYPE) webquota_\w+ .+|webquota_\w+(\{(\w+="([^"\\\n]|\\.)*",?)+\})? [0-9.e+-]+)$/.test(line),
                `a line of metrics: ${line}`);
        const number = name => Number(new RegExp(`^${name.replace(/[{}"+]/g, '\\$&')} (.+)$`, 'm').exec(text)?.[1]);
        ok(number('webquota_decisions_total{outcome="allowed",feature="call"}') >= 5, 'decisions that were allowed');
        ok(number('webquota_decisions_total{outcome="denied",feature="call"}') >= 1, 'decisions that were denied');
        ok(number('webquota_decisions_total{outcome="forbidden",feature="paid"}') >= 1, 'decisions that were forbidden');
        const count = number('webquota_request_seconds_count{surface="api"}');
        ok(count > 200, `calls of the API: ${count}`);
        equal(number('webquota_request_seconds_bucket{surface="api",le="+Inf"}'), count, 'the end of the histogram');
        for (const name of ['webquota_ledger_batch_asks_total', 'webquota_ledger_batches_total',
            'webquota_ledger_queue_depth',
            'webquota_readers_open', 'webquota_readers_idle', 'webquota_policy_version', 'webquota_ledger_connected'])
            ok(number(name) >= 0, `${name} is missing`);
        ok(/^webquota_build_info\{version="[^"]+"\} 1$/m.test(text), 'the build');
    });

    await test('with a schema that is newer it decides, and says that it is not ready', async () => {
        await site.sql("insert into webquota.migrations (version, name) values (9999, 'later')");
        const { json } = status(await request(`${site.url}/readyz`), 503);
        ok(/the schema is version 9999, this program needs \d+; restart/.test(json.detail), json.detail);
        status(await site.consume('later', 'call'), 200);
        const migrated = await run(`${PROGRAMS}/webquota`, ['migrate'], { env: { DATABASE_URL: site.values.DATABASE_URL } });
        equal(migrated.code, 1);
        ok(/the schema is version 9999, newer than this program's \d+/.test(migrated.stderr), migrated.stderr);
        await site.sql('delete from webquota.migrations where version = 9999');
        status(await request(`${site.url}/readyz`), 200);
    });

    await test('HEAD is GET without a body', async () => {
        for (const where of ['/healthz', '/readyz', '/api/v1/features', '/api/v1/usage?subject=shape']) {
            const get = await request(`${site.url}${where}`, { headers: site.admin });
            const head = await request(`${site.url}${where}`, { method: 'HEAD', headers: site.admin });
            equal([head.status, head.text, head.headers['content-type']], [get.status, '', get.headers['content-type']],
                where);
            equal(head.headers['content-length'], get.headers['content-length'], `Content-Length of ${where}`);
        }
    });

    await test('openapi.json describes every call of the API', async () => {
        const { json } = status(await request(`${site.url}/api/v1/openapi.json`), 200);
        ok(/^3\.1/.test(json?.openapi ?? ''), 'OpenAPI 3.1');
        const described = Object.entries(json.paths).flatMap(([where, calls]) => Object.keys(calls)
            .filter(method => ['get', 'post', 'delete'].includes(method)).map(method => `${method.toUpperCase()} ${where}`));
        for (const [where, methods] of Object.entries(ADDRESSES))
            for (const method of methods.split(', ').filter(one => one !== 'HEAD'))
                ok(described.some(line => line.replace('/api/v1', '').replace(/\{\w+\}/g,
                    '{}') === `${method} ${where.replace(/X$/, '{}').replace('/X/', '/{}/')}`),
                    `${method} ${where} is not described`);
    });

    await test('the API speaks JSON whatever Accept says', async () => {
        const headers = { ...site.admin, Accept: 'text/html' };
        equal((await request(`${site.url}/api/v1/usage?subject=a`, { headers })).headers['content-type'],
            'application/json');
        problem(await request(`${site.url}/api/v1/nothing`, { headers }), 404);
        problem(await request(`${site.url}/api/v1/usage`, { headers }), 400, 'subject');
    });
}

/* Every address, with the methods it knows; X stands for an id. */
const ADDRESSES = {
    '/usage': 'GET, HEAD, DELETE', '/check': 'GET, HEAD', '/consume': 'POST', '/reservations': 'POST',
    '/reservations/X/commit': 'POST', '/reservations/X/release': 'POST', '/decisions': 'GET, HEAD', '/decisions/X': 'GET, HEAD',
        '/decisions/X/refund': 'POST',
    '/features': 'GET, HEAD', '/plans': 'GET, HEAD', '/openapi.json': 'GET, HEAD', '/admin/subjects': 'POST, GET, HEAD',
    '/admin/subjects/X': 'GET, HEAD', '/admin/organizations': 'POST, GET, HEAD', '/admin/organizations/X': 'GET, HEAD', '/admin/overrides': 'POST, GET, HEAD', '/admin/overrides/X': 'GET, HEAD, DELETE',
    '/admin/grants': 'POST, GET, HEAD', '/admin/grants/X': 'GET, HEAD, DELETE', '/admin/keys': 'POST, GET, HEAD',
    '/admin/keys/X': 'GET, HEAD, DELETE', '/admin/reports': 'GET, HEAD', '/admin/reports/X': 'GET, HEAD',
};

async function addresses(site) {
    for (const [where, methods] of Object.entries(ADDRESSES))
        await test(`405 with Allow: ${where}`, async () => {
            for (const method of ['PUT', 'PATCH', methods.includes('POST') ? 'DELETE' : 'POST']) {
                if (methods.split(', ').includes(method)) continue;
                const answer = problem(await site.api(method, where), 405);
                equal(answer.headers.allow.split(', ').sort(), methods.split(', ').sort(), `Allow for ${method}`);
            }
        });
    for (const where of ['', '/', '/nothing', '/usage/more', '/reservations/X', '/admin', '/consume/x',
        '/admin/subjects/a/b'])
        await test(`404: /api/v1${where}`, async () => { problem(await site.api('GET', where), 404); });
    for (const id of ['X', 'dec_', 'dec_AAAA', `dec_${long(400)}`, 'dec_AQEABmDhW9avMWVd0QIWlr4N', '%00', '%ff'])
        await test(`404 or 400: there is no decision ${id.slice(0, 30)}`, async () => {
            const answer = await site.api('GET', `/decisions/${id}`);
            ok([400, 404].includes(answer.status), `got ${answer.status}`);
        });
    for (const [method, where] of [['POST', '/reservations/res_AAAA/commit'], ['POST', '/reservations/dec_AAAA/release'],
        ['POST', '/decisions/dec_AAAA/refund'], ['GET', '/admin/overrides/999999'],
        ['DELETE', '/admin/overrides/0'], ['DELETE', '/admin/overrides/-1'], ['GET', '/admin/grants/9223372036854775808'],
        ['DELETE', '/admin/grants/1e3'], ['DELETE', '/admin/keys/99999999999999999999'], ['GET', '/admin/keys/x']])
        await test(`404: ${method} ${where}`, async () => { problem(await site.api(method, where), 404); });
    await test('404 naming the subject: one that was never met', async () => {
        problem(await site.api('GET', '/admin/subjects/unheard-of'), 404, 'subject');
    });
    await test('an id of another kind is none: a decision cannot be committed, a reservation cannot be refunded',
        async () => {
        const { json } = await site.consume('kinds', 'call');
        problem(await site.api('POST', `/reservations/${json.decision_id}/commit`), 404);
        problem(await site.api('POST', `/reservations/${json.decision_id.replace('dec_', 'res_')}/commit`), 404);
        const held = (await site.api('POST', '/reservations', { subject: 'kinds', feature: 'call' })).json;
        problem(await site.api('POST', `/decisions/${held.reservation}/refund`), 404);
    });
    await test('an id cannot be guessed from another', async () => {
        const { json } = await site.consume('kinds', 'call');
        const id = json.decision_id;
        for (let i = 4; i < id.length; i += 3) {
            const other = id.slice(0, i) + (id[i] === 'A' ? 'B' : 'A') + id.slice(i + 1);
            problem(await site.api('GET', `/decisions/${other}`), 404);
        }
    });
}

async function identity(site) {
    const key = async (name, scopes) => bearer((await site.api('POST', '/admin/keys', { name, scopes })).json.key);
    const callers = { read: await key('r', ['read']), enforce: await key('e', ['enforce']), admin: await key('a', ['admin']),
        person: basic(site.values.WEBQUOTA_USER_FREE), administrator: basic(site.values.WEBQUOTA_USER_ADMIN),
        visitor: { Authorization: '' } };
    const subject = 'who';
    /* method, where, body, who gets past the door, and who is missing a subject there; all others are turned away */
    const doors = [
        ['GET', '/usage?subject=who', undefined, 'read enforce admin administrator'],
        ['GET', '/check?subject=who&feature=call', undefined, 'read enforce admin administrator'],
        ['GET', '/usage', undefined, 'person administrator visitor', 'read enforce admin'],
        ['GET', '/features', undefined, 'read enforce admin person administrator visitor'],
        ['GET', '/plans', undefined, 'read enforce admin person administrator visitor'],
        ['POST', '/consume', { subject, feature: 'call' }, 'enforce'],
        ['POST', '/consume', { feature: 'call' }, 'person administrator visitor', 'enforce'],
        ['POST', '/reservations', { subject, feature: 'call' }, 'enforce'],
        ['POST', '/decisions/dec_AAAA/refund', {}, 'enforce administrator'],
        ['DELETE', '/usage?subject=who', undefined, 'admin administrator'],
        ['POST', '/admin/subjects', { subject }, 'admin administrator'],
        ['GET', '/admin/subjects/who', undefined, 'admin administrator'],
        ['GET', '/admin/overrides', undefined, 'admin administrator'],
        ['POST', '/admin/overrides', { subject, feature: 'call', amount: 100 }, 'admin administrator'],
        ['POST', '/admin/grants', { subject, feature: 'call', amount: 1 }, 'admin administrator'],
        ['GET', '/admin/keys', undefined, 'admin administrator'],
        ['POST', '/admin/keys', { name: 'x', scopes: ['read'] }, 'admin administrator'],
        ['DELETE', '/admin/keys/424242', undefined, 'admin administrator'],
    ];
    for (const [method, where, body, welcome, nameless = ''] of doors)
        for (const [who, headers] of Object.entries(callers))
            await test(`${method} ${where}${body && !body.subject ? ' without a subject' : ''}: ${who}`, async () => {
                const answer = await site.api(method, where, body, headers);
                if (welcome.split(' ').includes(who)) {
                    ok([200, 201, 204, 404].includes(answer.status), `got ${answer.status}: ${answer.text}`);
                } else if (nameless.split(' ').includes(who)) {
                    problem(answer, 400, 'subject');
                } else {
                    const field = where.includes('subject=') || body?.subject ? answer.json?.field : undefined;
                    problem(answer, who === 'visitor' ? 401 : 403, field);
                    if (answer.status === 401) ok(answer.headers['www-authenticate'], 'WWW-Authenticate');
                }
            });

    for (const [what, token] of [['made up', 'wq_1_nothing'], ['no such number', 'wq_999_abcdefghijklmnopqrstuvwxyz'],
        ['no key at all', 'hello'],
        ['empty', ''], ['cut off', site.key.slice(0, -1)], ['too long', `${site.key}${long(300)}`],
            ['of another number', site.key.replace(/^wq_\d+_/, 'wq_2_')]])
        await test(`401: a key that is ${what}`, async () => {
            problem(await site.api('GET', '/features', undefined, { Authorization: `Bearer ${token}` }), 401);
        });
    await test('a key that has expired is none', async () => {
        const { json } = await site.api('POST', '/admin/keys',
            { name: 'short', scopes: ['read'], expires_at: '2026-03-15T12:30:00Z' });
        status(await site.api('GET', '/features', undefined, bearer(json.key)), 200);
        await site.clock('2026-03-15 12:30:00');
        try {
            const late = () => site.api('GET', '/features', undefined, bearer(json.key));
            await until(async () => (await late()).status === 401, 'the key is refused', 1500);
            problem(await late(), 401);
        } finally {
            await site.clock(NOW);
        }
    });
    await test('people act for themselves: somebody else\'s usage, consume, decision and reservation are closed to them',
        async () => {
        problem(await site.api('GET', '/usage?subject=who', undefined, callers.person), 403, 'subject');
        problem(await site.api('POST', '/consume', { subject: 'who', feature: 'call' }, callers.person), 403, 'subject');
        problem(await site.api('POST', '/consume', { subject: 'who', feature: 'call' }, callers.administrator), 403,
            'subject');
        problem(await site.api('POST', '/consume', { subject: 'anon:192.0.2.1', feature: 'call' }, callers.visitor), 401,
            'subject');
        const { json } = await site.consume('who', 'call');
        problem(await site.api('GET', `/decisions/${json.decision_id}`, undefined, callers.person), 404);
        problem(await site.api('GET', `/decisions/${json.decision_id}`, undefined, callers.visitor), 404);
        status(await site.api('GET', `/decisions/${json.decision_id}`, undefined, callers.administrator), 200);
        const held = (await site.api('POST', '/reservations', { subject: 'who', feature: 'call' })).json;
        problem(await site.api('POST', `/reservations/${held.reservation}/release`, {}, callers.person), 404);
        like(status(await site.api('POST', '/consume', { feature: 'call', subject: 'free' }, callers.person), 200).json,
            { subject: 'free' });
    });
    await test('no header of a client says who it is', async () => {
        for (const name of ['X-User', 'X_User', 'X.User', 'Remote-User', 'Remote_User', 'REMOTE_USER', 'HTTP_REMOTE_USER',
            'X-Remote-User', 'X-Forwarded-User', 'Webquota-Subject', 'WEBQUOTA_SUBJECT'])
            for (const value of ['admin', ['admin', 'free']]) {
                const { json } = status(await site.api('GET', '/usage', undefined, { Authorization: '', [name]: value }),
                    200, name);
                equal(json.subject, 'anon:127.0.0.1', name);
            }
    });
}

async function inputs(site) {
    for (const [what, body, field] of WRONG)
        await test(`400: POST /consume with ${what}`, async () => {
            const answer = await site.api('POST', '/consume', body);
            if (field?.includes('|')) ok(field.split('|').includes(problem(answer, 400, answer.json?.field).json.field),
                'field');
            else problem(answer, 400, field);
        });
    await test('nothing of all that was wrong left a trace', async () => {
        equal(await site.value("select count(*) from webquota.subjects where key like 'in%' and key <> 'individual'"), '0');
    });
    for (const [query, field] of [['subject=a', 'feature'], ['feature=call', 'subject'],
        ['subject=&feature=call', 'subject'], ['subject=a&feature=', 'feature'],
        ['subject=a&feature=call&units=0', 'units'], ['subject=a&feature=call&units=-1', 'units'],
            ['subject=a&feature=call&units=1.5', 'units'],
        ['subject=a&feature=call&units=', 'units'], ['subject=a&feature=call&units=%201', 'units'],
            ['subject=a&feature=call&units=0x10', 'units'],
        ['subject=a&feature=call&units=9007199254740992', 'units'],
            ['subject=a&feature=call&units=99999999999999999999', 'units'],
        ['subject=a&feature=call&feature=paid', 'feature'], ['subject=a&subject=b&feature=call', 'subject'],
        [`subject=${long(256)}&feature=call`, 'subject'], ['subject=a&feature=call&resource=', 'resource']])
        await test(`400: GET /check?${query.slice(0, 60)}`,
            async () => { problem(await site.api('GET', `/check?${query}`), 400, field); });
    for (const odd of ['a%07', '%ff', 'a%00b', '%c0%af'])
        await test(`400, by the web server or by webquota: GET /check?subject=${odd}`, async () => {
            status(await site.api('GET', `/check?subject=${odd}&feature=call`), 400);
        });
    await test('404 naming the feature: one that does not exist', async () => {
        problem(await site.consume('in-404', 'nothing'), 404, 'feature');
        problem(await site.check('in-404', 'nothing'), 404, 'feature');
        problem(await site.api('GET', '/usage?subject=in-404&feature=nothing'), 404, 'feature');
        problem(await site.api('POST', '/reservations', { subject: 'in-404', feature: 'nothing' }), 404, 'feature');
        problem(await site.api('POST', '/consume',
            { subject: 'in-404', items: [{ feature: 'call' }, { feature: 'nothing' }] }), 404, 'feature');
        problem(await site.api('DELETE', '/usage?subject=in-404&feature=nothing'), 404, 'feature');
    });
    const good = '{"subject":"media","feature":"call"}';
    for (const [what, headers, code] of [['text/plain', { 'Content-Type': 'text/plain' }, 415],
        ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415],
        ['no type', { 'Content-Type': '' }, 415], ['application/jsonx', { 'Content-Type': 'application/jsonx' }, 415],
        ['gzip', { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }, 415],
        ['a charset', { 'Content-Type': 'application/json; charset=utf-8' }, 200],
            ['other letters', { 'Content-Type': 'Application/JSON' }, 200],
        ['chunks', { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' }, 200]])
        await test(`${code}: POST /consume as ${what}`, async () => {
            const answer = await site.api('POST', '/consume', good, headers);
            if (code === 200) status(answer, 200);
            else problem(answer, code);
        });
    await test('413 for more than 65536 bytes, and not for 65536', async () => {
        problem(await site.api('POST', '/consume', good + long(65537 - good.length, ' ')), 413);
        status(await site.api('POST', '/consume', good + long(65536 - good.length, ' ')), 200);
        problem(await site.api('POST', '/consume', good + long(70000, ' '), { 'Transfer-Encoding': 'chunked' }), 413);
    });
    await test('units null is as if it were not there', async () => {
        like(status(await site.consume('media', 'call', { units: null, resource: null, metadata: null }), 200).json,
            { units: 1 });
    });
    await test('400: an Idempotency-Key of 256 bytes', async () => {
        problem(await site.consume('media', 'call', {}, { 'Idempotency-Key': long(256) }), 400, 'Idempotency-Key');
    });
}

async function admin_inputs(site) {
    for (const [where, body, code, field] of WRONG_ADMIN)
        await test(`${code}: POST ${where} ${(typeof body === 'string' ? body : JSON.stringify(body)).slice(0, 90)}`,
            async () => {
            problem(await site.api('POST', where, body), code, field);
        });
    await test('what was refused changed nothing', async () => {
        equal(await site.value("select count(*) from webquota.subjects where key = 'w'"), '0');
        equal(await site.value("select count(*) from webquota.api_keys where name = 'k'"), '0');
    });
    await test('400: a list for a subject and an organization at once', async () => {
        problem(await site.api('GET', '/admin/overrides?subject=a&organization=b'), 400, 'organization');
        problem(await site.api('GET', '/admin/grants?subject=a&organization=b'), 400, 'organization');
        problem(await site.api('DELETE', '/usage'), 400, 'subject');
        problem(await site.api('GET', '/admin/subjects?subjcet=a'), 400, 'subjcet');
        problem(await site.api('GET', '/admin/subjects?filter=plan'), 400, 'plan');
    });
}

try {
    await with_site({}, async site => {
        const file = `${site.folder}/contract.conf`;
        writeFileSync(file, POLICY);
        await site.policy(file);
        await site.clock(NOW);
        for (const part of [shapes, addresses, identity, inputs, admin_inputs, operations]) await part(site);
        await test('and the service has not ended once through all this', async () => {
            const { text } = await request(`${site.url}/metrics`);
            const answered = Number(/^webquota_requests_total\{surface="api",status="4xx"\} (\d+)$/m.exec(text)?.[1]);
            ok(answered > 200, `this process has answered only ${answered}`);
        });
    });
} catch (error) {
    broken(error);
}
finish();
