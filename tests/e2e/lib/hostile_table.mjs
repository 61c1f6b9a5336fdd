// What 34-hostile.mjs tries, by operation: every route with those who may not go there, every input with its type, and
// single requests with the one status that each must be answered. It is written down apart from the sources, and compared
// with them: a route or a field that is new there and not here fails the test.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './site.mjs';

const LARGEST = 9007199254740991;
const text = (min, max, more) => ({ type: 'text', min, max, ...more });
const whole = (min, max, more) => ({ type: 'whole', min, max, ...more });
const time = () => ({ type: 'time' });
const until = () => ({ type: 'until' });

export const POLICY = `
title = "Hostile <script>alert(1)</script>"
timezone = "UTC"
default_plan = "free"
anonymous_plan = "anonymous"
administrators = {"admin"}

feature call { title = "Calls <script>alert(1)</script>"  unit = "call\\"><img src=x onerror=alert(1)>" }
feature deep_call { title = "Deep {{{who}}}"  unit = "<b>"  parent = "call"  resources = {"deep-*"} }
feature queued { title = "Queued" }
feature paid { title = "'><svg/onload=alert(1)>"  unit = "&lt;" }

plan anonymous { title = "<script>alert(1)</script>"  rank = 0  upgrade = "free"
  limit day { feature = "call"  amount = 100000  window = "day" } }
plan free { title = "Free <!--#exec cmd=id-->"  rank = 1  upgrade = "pro"
  limit day  { feature = "call"       amount = 100000  window = "day" }
  limit all  { feature = "call"       amount = 1000000 window = "day"  scope = "organization" }
  limit deep { feature = "deep_call"  amount = 100000  window = "day" }
  limit line { feature = "queued"     amount = 100000  window = "minute"  scope = "site"  on_exceed = "queue" }
  grant gift { feature = "deep_call"  amount = 1 } }
plan spare { title = "Spare"  rank = 9 }
plan pro { title = "Pro"  rank = 2  price = "<script>alert(1)</script>"
  limit day  { feature = "call"  amount = 100000  window = "day" }
  limit paid { feature = "paid"  unlimited = true  window = "month" } }
route { method = "POST"  path = "/app/call"  feature = "call"  resource_query = "model" }
`;

/* Every route of src/web/router.c: method, address, who gets in (open: all; page: people and visitors; self: they, for
 * themselves, and keys; viewer, support, program: roles from that on, administrators, and keys; anybody: people, to sign in), and the
 * scopes of a key, one of which it needs. */
const ALL = 'read enforce admin';
export const ROUTES = [
    ['GET', '/', 'page', ''], ['GET', '/limit/{feature}', 'page', ''], ['GET', '/decisions/{id}', 'self', ALL],
    ['GET', '/history', 'self', ALL], ['GET', '/history.csv', 'self', ALL],
    ['GET', '/admin/reports/{report}', 'viewer', ''],
    ...['', '/{report}'].map(which => ['GET', `/api/v1/admin/reports${which}`, 'viewer', 'admin']),
    ['GET', '/requests', 'page', ''], ['GET', '/requests/new', 'page', ''], ['POST', '/requests/new', 'page', ''],
    ...['/login', '/login/code', '/logout', '/account', '/account/code'].flatMap(where => [['GET', where, 'anybody', ''], ['POST', where, 'anybody', '']]),
    ...['/admin', '/admin/people', '/admin/person', '/admin/plans', '/admin/version', '/admin/what-if', '/admin/recommendations'].map(where =>
        ['GET', where, 'viewer', '']),
    ...['GET', 'POST'].map(method => [method, '/admin/change', 'support', 'admin']),
    ['GET', '/admin/view', 'viewer', ''], ['POST', '/admin/view', 'viewer', ''], ['GET', '/admin/view/end', 'viewer', ''],
    ...['/admin/limit', '/admin/plan', '/admin/feature', '/admin/route', '/admin/plan-grant', '/admin/settings'].flatMap(where => ['GET', 'POST'].map(method => [method, where, 'program', ''])), ['POST', '/admin/version', 'program', ''],
    ['GET', '/admin/access', 'program', 'admin'], ['GET', '/admin/sessions', 'program', ''], ['GET', '/api/v1/admin/sessions', 'program', 'admin'],
    ['DELETE', '/api/v1/admin/sessions/{id}', 'program', 'admin'], ...['GET', 'POST'].map(method => [method, '/admin/access/change', 'program', 'admin']),
    ...['GET', 'POST'].map(method => [method, '/alerts/change', 'page', '']),
    ['GET', '/queue/{ticket}', 'anybody', ''], ['POST', '/queue/{ticket}/leave', 'anybody', ''],
    ['GET', '/plans', 'page', ''], ['GET', '/alerts', 'page', ''], ['GET', '/features/{feature}', 'page', ''],
    ['GET', '/widget/{feature}', 'page', ''], ['GET', '/static/{file}', 'open', ''], ['GET', '/healthz', 'open', ''], ['GET', '/readyz', 'open', ''], ['GET',
        '/metrics', 'open', ''],
    ...['GET', 'POST'].map(method => [method, '/admin/organization/change', 'program', '']),
    ...['GET', 'POST'].map(method => [method, '/admin/queue/change', 'program', '']),
    ...['approvals', 'approval', 'queues', 'queue', 'audit', 'audit.csv', 'requests', 'request', 'organizations', 'organization'].map(where => ['GET', `/admin/${where}`, 'viewer', '']),
    ['POST', '/admin/request', 'program', ''], ['POST', '/admin/approval', 'program', ''],
    ['GET', '/api/v1/usage', 'self', ALL], ['DELETE', '/api/v1/usage', 'program', 'admin'], ['GET', '/api/v1/check', 'self',
        ALL],
    ['POST', '/api/v1/consume', 'self', 'enforce'], ['POST', '/api/v1/reservations', 'self', 'enforce'],
    ['POST', '/api/v1/tickets', 'self', 'enforce'], ['GET', '/api/v1/tickets/{id}', 'anybody', ALL],
    ['DELETE', '/api/v1/tickets/{id}', 'anybody', 'enforce'],
    ['POST', '/api/v1/reservations/{id}/commit', 'self', 'enforce'], ['POST', '/api/v1/reservations/{id}/release', 'self',
        'enforce'],
    ['GET', '/api/v1/decisions', 'self', ALL], ['GET', '/api/v1/decisions/{id}', 'self', ALL], ['POST', '/api/v1/decisions/{id}/refund', 'program', 'enforce'],
    ['GET', '/api/v1/thresholds', 'self', ALL], ['POST', '/api/v1/thresholds', 'self', 'enforce'],
    ['GET', '/api/v1/requests', 'self', ALL], ['POST', '/api/v1/requests', 'self', 'enforce'], ['GET', '/api/v1/features', 'self', ALL], ['GET', '/api/v1/plans', 'self', ALL], ['GET', '/api/v1/openapi.json', 'open',
        ''],
    ['POST', '/api/v1/admin/subjects', 'program', 'admin'], ['GET', '/api/v1/admin/subjects', 'viewer', 'admin'],
    ['GET', '/api/v1/admin/subjects/{subject}', 'viewer', 'admin'],
    ['POST', '/api/v1/admin/organizations', 'program', 'admin'], ['GET', '/api/v1/admin/organizations', 'viewer', 'admin'],
    ['GET', '/api/v1/admin/organizations/{organization}', 'viewer', 'admin'],
    ['GET', '/api/v1/admin/audit', 'viewer', 'admin'],
    ...['/admin/bulk', '/admin/bulk/new'].flatMap(where => [['GET', where, 'program', ''], ['POST', where, 'program', '']]),
    ['GET', '/admin/bulks', 'program', ''], ['GET', '/api/v1/admin/bulk', 'program', 'admin'], ['POST', '/api/v1/admin/bulk', 'program', 'admin'], ['GET', '/api/v1/admin/bulk/{id}', 'program', 'admin'],
    ...['stop', 'undo'].map(what => ['POST', `/api/v1/admin/bulk/{id}/${what}`, 'program', 'admin']),
    ...['GET', 'POST'].map(method => [method, '/admin/bulk/undo', 'program', '']),
    ['GET', '/api/v1/admin/approvals', 'viewer', 'admin'], ['GET', '/api/v1/admin/approvals/{id}', 'viewer', 'admin'],
    ...['approve', 'deny'].map(what => ['POST', `/api/v1/admin/approvals/{id}/${what}`, 'program', 'admin']),
    ...['limits', 'policies', 'settings', 'routes'].flatMap(noun => [['GET', `/api/v1/admin/${noun}`, 'viewer', 'admin'], ['POST', `/api/v1/admin/${noun}`, 'program', 'admin']]),
    ...['plans', 'plan-grants', 'features'].map(noun => ['POST', `/api/v1/admin/${noun}`, 'program', 'admin']), ['GET', '/api/v1/admin/policies/{version}', 'viewer', 'admin'],
    ...['rollback', 'cancel'].map(what => ['POST', `/api/v1/admin/policies/{version}/${what}`, 'program', 'admin']),
    ['GET', '/api/v1/admin/what-if', 'viewer', 'admin'], ['GET', '/api/v1/admin/recommendations', 'viewer', 'admin'],
    ['GET', '/api/v1/admin/requests', 'viewer', 'admin'], ['GET', '/api/v1/admin/requests/{id}', 'viewer', 'admin'],
    ...['approve', 'deny'].map(what => ['POST', `/api/v1/admin/requests/{id}/${what}`, 'program', 'admin']),
    ['GET', '/api/v1/admin/tickets', 'viewer', 'admin'],
    ...['move-up', 'move-back', 'admit', 'drop'].map(what => ['POST', `/api/v1/admin/tickets/{id}/${what}`, 'program', 'admin']),
    ['GET', '/api/v1/admin/queues', 'viewer', 'admin'], ['POST', '/api/v1/admin/queues', 'program', 'admin'],
    ...[['overrides', 'viewer', 'support'], ['grants', 'viewer', 'support'], ['keys', 'program', 'program']].flatMap(([noun, reads, adds]) => [
        ['POST', `/api/v1/admin/${noun}`, adds, 'admin'], ['GET', `/api/v1/admin/${noun}`, reads, 'admin'],
        ['GET', `/api/v1/admin/${noun}/{id}`, reads, 'admin'], ['DELETE', `/api/v1/admin/${noun}/{id}`, adds,
            'admin']]),
];

/* Every operation with an input. `c`: the file and table of src/web with its fields; `base`: a request that is good, apart
 * from which each field is made wrong; `good`: its status. "@decision" and "@hold" stand for ids made before.
 * `says`: what a meaningful text in that field is answered, where it is not taken as it is. */
const WHO = { subject: text(1, 255), feature: text(1, 255, { required: true, says: [404, 'feature'] }), resource: text(1,
    255), units: whole(1, LARGEST) };
const CONSUME = { ...WHO, subject: text(1, 255, { required: true }), items: { type: 'list', min: 1, max: 20, alone: true },
    on_behalf_of: text(1, 255), metadata: { type: 'object', min: 0, max: 4096 },
    callback_url: text(1, 2048, { says: [400, 'callback_url'] }), payload: { type: 'any', min: 0, max: 65536 } };
const ITEM = { feature: WHO.feature, resource: text(1, 255), units: whole(1, LARGEST) };
const BODY = { subject: 'h', feature: 'call' };
const OWNER = { subject: text(1, 255), organization: text(1, 255, { instead: 'subject' }) };
const REFERS = text(1, 255, { required: true, says: [422, 'feature'] });

export const OPERATIONS = [
    { name: 'POST /consume', c: 'ask.c:fields', base: BODY, good: 200, fields: CONSUME },
    { name: 'POST /consume', c: 'ask.c:item_fields', base: { subject: 'h', items: [{ feature: 'call' },
        { feature: 'call' }] }, item: 1, good: 200, fields: ITEM },
    { name: 'POST /reservations', c: 'ask.c:fields', base: BODY, good: 201, fields: { ...CONSUME, ttl: whole(1, 86400) } },
    { name: 'POST /reservations/@hold/commit', c: 'api_reservations.c:commit_fields', base: {}, good: 200,
        fields: { units: whole(1, LARGEST) } },
    { name: 'POST /decisions/@decision/refund', c: 'api_decisions.c:refund_fields', base: { units: 1 }, good: 200,
        fields: { units: whole(1, LARGEST), reason: text(0, 500) } },
    { name: 'POST /admin/subjects', c: 'api_subjects.c:fields', base: { subject: 'h' }, good: 200, fields: {
        subject: text(1, 255, { required: true }), plan: text(0, 64, { says: [422, 'plan'] }), plan_until: until(),
            plan_after: text(0, 64, { says: [422, 'plan_after'] }),
        organization: text(0, 255), timezone: text(0, 64, { says: [422, 'timezone'] }), anchor: time(), email: text(0, 255),
            suspended: { type: 'flag' }, reason: text(0, 500) } },
    { name: 'POST /admin/organizations', c: 'api_organizations.c:fields', base: { organization: 'None', owner: '', reason: 'why' }, good: 404, fields: {
        organization: text(1, 255, { required: true, good: 200 }), owner: text(0, 255), reason: text(0, 500) } },
    { name: 'GET /admin/organizations', c: 'api_organizations.c:one_fields', query: { organization: 'None' }, good: 404,
        fields: { organization: text(1, 255, { good: 200 }), after: whole(1, LARGEST) } }, /* those that subjects were put in above */
    { name: 'GET /admin/organizations', c: 'api_organizations.c:list_fields', query: { q: 'None' }, good: 200,
        fields: { q: text(1, 255), after: text(1, 255) } },
    { name: 'GET /decisions', c: 'api_decisions.c:list_fields', query: { subject: 'h', feature: 'call' }, good: 200,
        fields: { subject: text(1, 255), feature: text(1, 255, { says: [404, 'feature'] }) } },
    { name: 'POST /admin/overrides', c: 'api_overrides.c:fields', base: { ...BODY, amount: 100000 }, good: 201, fields: {
        ...OWNER, feature: REFERS, limit: text(1, 64, { says: [422, 'limit'] }), amount: whole(0, LARGEST),
        unlimited: { type: 'flag', instead: 'amount' }, multiplier: { type: 'number', min: 0, max: 1000000,
            instead: 'amount' }, expires_at: until(), reason: text(0, 500) } },
    { name: 'POST /admin/grants', c: 'api_grants.c:fields', base: { ...BODY, amount: 1 }, good: 201, fields: {
        ...OWNER, feature: REFERS, amount: whole(1, LARGEST, { required: true }), priority: whole(0, 1000000),
            effective_at: time(), expires_at: until(),
        every: text(1, 64, { says: [400, 'every'] }), reason: text(0, 500) } },
    { name: 'POST /admin/queues', c: 'api_queues.c:fields', base: { feature: 'queued', state: 'open', reason: 'why' }, good: 200, fields: {
        feature: text(1, 255, { required: true, says: [404, 'feature'] }), limit: text(1, 64, { says: [404, 'limit'] }),
        state: text(1, 16, { required: true, says: [400, 'state'] }), reason: text(0, 500) } },
    { name: 'GET /admin/tickets', c: 'api_queues.c:line_fields', query: { feature: 'queued', limit: 'line' }, good: 200, fields: {
        feature: text(1, 255), limit: text(1, 64), after: text(1, 64, { says: [422, 'after'] }) } },
    { name: 'GET /admin/tickets', c: 'api_queues.c:line_fields', query: { subject: 'h' }, good: 200, fields: { subject: text(1, 255) } },
    { name: 'POST /admin/tickets/tkt_AAAA/drop', c: 'api_queues.c:move_fields', base: {}, good: 404, fields: { reason: text(0, 500) } },
    { name: 'POST /admin/keys', c: 'api_keys.c:fields', base: { name: 'h', scopes: ['read'] }, good: 201, fields: {
        name: text(1, 100, { required: true }), scopes: { type: 'list', min: 1, max: 3, required: true },
            expires_at: until(), reason: text(0, 500) } },
    ...['overrides', 'grants', 'keys', 'sessions'].map(noun => ({ name: `DELETE /admin/${noun}/999999`, c: 'admin_input.c:reason_fields', query: { reason: 'why' }, good: 404,
        fields: { reason: text(1, 500) } })),
    { name: 'GET /usage', c: 'api_usage.c:fields', query: { subject: 'h', feature: 'call' }, good: 200,
        fields: { subject: text(1, 255), feature: text(1, 255, { says: [404, 'feature'] }) } },
    { name: 'DELETE /usage', c: 'api_usage.c:fields', query: { subject: 'h', feature: 'call' }, good: 200, fields: {
        subject: text(1, 255), feature: text(1, 255, { says: [404, 'feature'] }), reason: text(1, 500) } },
    { name: 'GET /tickets/tkt_AAAA', c: 'ticket.c:fields', query: { wait: 0 }, good: 404, fields: { wait: whole(0, 60) } },
    { name: 'GET /check', c: 'api_check.c:fields', query: { subject: 'h', feature: 'call' }, good: 200, fields: WHO },
    ...['GET /requests', 'GET /admin/requests'].map(name => ({ name, c: 'api_requests.c:list_fields', query: { subject: 'h' }, good: 200, fields: {
        subject: text(1, 255), state: text(1, 16, { says: [400, 'state'] }), before: whole(1, LARGEST) } })),
    { name: 'GET /admin/approvals', c: 'api_approvals.c:list_fields', query: {}, good: 200, fields: {
        state: text(1, 16, { says: [400, 'state'] }), before: whole(1, LARGEST) } },
    { name: 'POST /admin/bulk/999999/undo', c: 'api_bulk_undo.c:fields', base: { reason: 'why' }, good: 404, fields: {
        reason: text(1, 500, { required: true }), possible: whole(0, 100000), dry_run: { type: 'flag' } } },
    ...[['bulk', 'api_bulk.c'], ['keys', 'api_keys.c']].map(([noun, file]) => ({ name: `GET /admin/${noun}`, c: `${file}:list_fields`, query: {}, good: 200,
        fields: { before: whole(1, LARGEST) } })),
    { name: 'GET /thresholds', c: 'api_thresholds.c:fields', query: { subject: 'h' }, good: 200, fields: { subject: text(1, 255) } },
    { name: 'POST /thresholds', c: 'api_thresholds.c:set_fields', base: { ...BODY, notice: 1, warning: 100 }, good: 200, fields: {
        subject: text(1, 255), feature: WHO.feature, notice: whole(1, 99), warning: whole(2, 100) } },
    { name: 'GET /admin/what-if', c: 'page_what_if.c:fields', query: {}, good: 200, fields: {
        limit: text(1, 129, { says: [404, 'limit'] }), amount: text(1, 128), window: text(1, 128), align: text(1, 128), scope: text(1, 128),
        mode: text(1, 128), subject: text(1, 255), on_plan: text(1, 64, { says: [404, 'on_plan'] }), plan: text(1, 64, { says: [404, 'plan'] }), days: whole(1, 90), try: whole(0, 1) } },
    { name: 'GET /admin/subjects', c: 'api_subjects.c:fields', query: { subject: 'h' }, good: 200,
        fields: { subject: text(1, 255) } },
    { name: 'GET /admin/subjects', c: 'api_subjects.c:list_fields', query: { after: 'h' }, good: 200, fields: { after: text(1, 255) } },
    { name: 'GET /admin/overrides', c: 'admin_input.c:fields', query: { subject: 'h' }, good: 200,
        fields: { subject: text(1, 255), organization: text(1, 255, { instead: 'subject' }), before: whole(1, LARGEST) } },
    { name: 'GET /admin/grants', c: 'admin_input.c:fields', query: { subject: 'h' }, good: 200, fields: { subject: text(1,
        255), organization: text(1, 255, { instead: 'subject' }), before: whole(1, LARGEST) } },
];

/** The routes as the program has them: "METHOD ADDRESS ACCESS SCOPES". */
export function routes_of_program() {
    const table = readFileSync(path.join(ROOT, 'src/web/router.c'), 'utf8');
    const scopes = { READING: ALL, KEY_ENFORCE: 'enforce', KEY_ADMIN: 'admin', KEY_READ: 'read', 0: '' };
    return [...table.matchAll(/^    \{"([A-Z]+)", (API )?"([^"]+)", \w+, ACCESS_(\w+), (\w+)\},$/gm)].map(([, method, api,
        where, access, who]) =>
        [method, (api ? '/api/v1' : '') + where, access.toLowerCase(), scopes[who] ?? who].join(' '));
}

/* What changes with the first request that is good is tried by 64-requests.mjs, 66-admin.mjs, 67-panel.mjs, 67-policy.mjs and 67-undo.mjs. */
const ELSEWHERE = [...['add', 'approve', 'deny'].map(what => `api_requests.c:${what}_fields`), ...['approve', 'deny'].map(what => `api_approvals.c:${what}_fields`),
    ...['policy', 'back', 'cancel'].map(what => `api_policies.c:${what}_fields`), ...['limit', 'plan'].map(what => `api_limits.c:${what}_fields`), 'api_plan_grants.c:fields', 'api_feature_set.c:fields', 'api_routes.c:fields', 'api_policy_settings.c:fields', 'change.c:change_fields', 'bulk_form.c:bulk_fields', 'people_asked.c:declared'];

/** The declared fields of the program: "file:table" → [names]. But for those of assertions, which nobody else can sign, and of forms,
 * which 63-sign-in.mjs and 64-requests.mjs send. */
export function fields_of_program() {
    const found = {}, folder = path.join(ROOT, 'src/web');
    for (const file of readdirSync(folder).filter(name => name.endsWith('.c') && name !== 'assertion.c' && (!name.startsWith('page_') || name === 'page_what_if.c')))
        for (const [, table, inside] of readFileSync(path.join(folder, file),
            'utf8').matchAll(/InputField (\w+)\[\w*\] = \{([^;]*)\};/g))
            if (!ELSEWHERE.includes(`${file}:${table}`)) found[`${file}:${table}`] = [...inside.matchAll(/\{"(\w+)", INPUT_(\w+), \w+, \w+, \w+\}/g)].map(([, name,
                type]) => `${name} ${type.toLowerCase()}`).sort();
    return found;
}

/* --- single requests: [what, how it is asked, status, field or a part of the detail] --- */

const JSON_TYPE = { 'Content-Type': 'application/json' };
const GOOD = '{"subject":"h","feature":"call"}';
const ask = (body, headers = {}, more = {}) => ({ method: 'POST', where: '/consume', body, headers: { ...JSON_TYPE,
    ...headers }, ...more });
const spaces = count => GOOD + ' '.repeat(count - GOOD.length);

/** Bodies that are refused for what they are. */
export const BODIES = [
    ...['text/plain', 'text/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x',
        'application/xml', 'application/jsonx', 'application/json+x', 'xapplication/json',
        'application/json, text/plain', 'application', '/', ';', 'application/x-json', 'application/problem+json',
            'application/json\u00a0', '<script>alert(1)</script>', 'charset=utf-8; application/json']
        .map(type => [`type ${type}`, ask(GOOD, { 'Content-Type': type }), 415, /application\/json/]),
    ['no type', ask(GOOD, { 'Content-Type': '' }), 415, /application\/json/],
    ...['gzip', 'deflate', 'br', 'compress', 'x-gzip', 'identity, gzip', 'utf-8',
        'aes128gcm'].map(how => [`encoded as ${how}`, ask(GOOD, { 'Content-Encoding': how }), 415, /compressed/]),
    ['65537 bytes', ask(spaces(65537)), 413, /65536/], ['a megabyte', ask(spaces(1000000)), 413, /65536/],
        ['65537 bytes in chunks', ask(spaces(65537), { 'Transfer-Encoding': 'chunked' }), 413, /65536/],
    ['a byte order mark', ask(`\ufeff${GOOD}`), 400, /JSON/], ['UTF-16', ask(Buffer.from(`\ufeff${GOOD}`, 'utf16le')), 400,
        /JSON/], ['UTF-7', ask('+AHs-'), 400, /JSON/],
    ['NUL before', ask(`\0${GOOD}`), 400, /JSON/], ['NUL after', ask(`${GOOD}\0`), 400, /JSON/], ['NUL between',
        ask('{"subject":"h",\0"feature":"call"}'), 400, /JSON/],
    ['two objects', ask(GOOD + GOOD), 400, /JSON/], ['lines of objects', ask(`${GOOD}\n${GOOD}`), 400, /JSON/],
        ['blanks only', ask(' \n'), 400, /JSON/],
    ...['[]', 'null', 'true', '7', '"call"', `[${GOOD}]`].map(body => [`${body} for an object`, ask(body), 400,
        /object|JSON/]),
    ['60000 lists', ask('['.repeat(60000)), 400, /JSON/], ['60000 objects', ask('{"a":'.repeat(12000)), 400, /JSON/],
        ['60000 ends', ask(']'.repeat(60000)), 400, /JSON/],
    ['10000 members', ask(`{${Array.from({ length: 6000 }, (_, i) => `"m${i}":1`)}}`), 400, 'm0'],
    ...['subject', 'feature', 'units'].map(name => [`${name} twice`,
        ask(`{"subject":"h","feature":"call","units":1,"${name}":1}`), 400, new RegExp(`JSON.*duplicate.*${name}`)]),
    ['the same name in other spelling', ask('{"subject":"h","feature":"call","\\u0075nits":1,"units":2}'), 400, /duplicate/],
    ['an item\'s member twice', ask('{"subject":"h","items":[{"feature":"call","feature":"paid"}]}'), 400, /duplicate/],
    ...['__proto__', 'constructor', 'Subject', 'subject ', 'subject[]', 'subject.0', 'unit', 'ttl', 'limit', 'amount',
        'allowed', 'plan', 'decision_id', '$where', '', '<script>alert(1)</script>', "'; --"]
        .map(name => [`a member "${name}"`, ask({ ...BODY, [name]: 1 }), 400, name]),
    ...[0x7f, 0x85, 0x202e, 0x2028, 0x2066, 0xfeff].map(code => [`a member with ${code.toString(16)}`, ask({ ...BODY,
        [`a${String.fromCodePoint(code)}b`]: 1 }), 400, /not a member/]),
    ['a member of 60000 bytes', ask({ ...BODY, ['m'.repeat(60000)]: 1 }), 400, 'm'.repeat(64)], ['a member cut in a letter',
        ask({ ...BODY, [`m${'€'.repeat(40)}`]: 1 }), 400, /not a member/],
    ['items beside a feature', ask({ ...BODY, items: [{ feature: 'call' }] }), 400, 'feature'], ['units of 2^53 together',
        ask({ subject: 'h', items: Array(2).fill({ feature: 'call', units: LARGEST }) }), 400, 'items'],
    ['a release with units', { ...ask({ units: 1 }), where: '/reservations/@hold/release' }, 400, 'units'],
    ['scopes of numbers', { ...ask({ name: 'h', scopes: [1] }), where: '/admin/keys' }, 400, 'scopes'],
    ...['root', 'ADMIN', 'admin ', '*', "admin'--", '<script>alert(1)</script>', '', null,
        ['admin']].map(scope => [`scope ${JSON.stringify(scope)}`, { ...ask({ name: 'h', scopes: ['read', scope] }),
        where: '/admin/keys' }, 400, 'scopes']),
    ['no amount', { ...ask(BODY), where: '/admin/overrides' }, 400, 'amount'], ['two amounts', { ...ask({ ...BODY,
        amount: 1, unlimited: true }), where: '/admin/overrides' }, 400, 'amount'],
    ['nobody\'s override', { ...ask({ feature: 'call', amount: 1 }), where: '/admin/overrides' }, 400, 'subject'],
    ['everybody\'s override', { ...ask({ ...BODY, organization: 'o', amount: 1 }), where: '/admin/overrides' }, 400,
        'organization'],
    ['a grant that ends before it begins', { ...ask({ ...BODY, amount: 1, effective_at: '2090-01-02',
        expires_at: '2090-01-01' }), where: '/admin/grants' }, 400, 'expires_at'],
    ...['overrides', 'grants'].map(noun => [`${noun} that ended`, { ...ask({ ...BODY, amount: 1,
        expires_at: '2001-01-01' }), where: `/admin/${noun}` }, 400, 'expires_at']),
    ['a key that ended', { ...ask({ name: 'h', scopes: ['read'], expires_at: '2001-01-01' }), where: '/admin/keys' }, 400,
        'expires_at'],
];

/** References to what is not there, not theirs, or over. `as`: who asks (a key with all scopes where nobody is named). */
export const REFERENCES = [
    ...['nothing', 'CALL', 'call ', 'cаll', 'call,paid', 'call/..', '*', 'day', 'free'].flatMap(feature => [
        [`consume ${feature}`, ask({ subject: 'h', feature }), 404, 'feature'], [`hold ${feature}`, { ...ask({ subject: 'h',
            feature }), where: '/reservations' }, 404, 'feature'],
        [`consume call and ${feature}`, ask({ subject: 'h', items: [{ feature: 'call' }, { feature }] }), 404, 'feature'],
        [`check ${feature}`, { where: `/check?subject=h&feature=${encodeURIComponent(feature)}` }, 404, 'feature'],
        [`override ${feature}`, { ...ask({ subject: 'h', feature, amount: 1 }), where: '/admin/overrides' }, 422, 'feature'],
        [`grant ${feature}`, { ...ask({ subject: 'h', feature, amount: 1 }), where: '/admin/grants' }, 422, 'feature']]),
    ...['nothing', 'FREE', 'free ', 'call', '*', 'administrator'].flatMap(plan => [
        [`plan ${plan}`, { ...ask({ subject: 'h', plan }), where: '/admin/subjects' }, 422, 'plan'],
        [`then plan ${plan}`, { ...ask({ subject: 'h', plan_after: plan }), where: '/admin/subjects' }, 422, 'plan_after']]),
    ...['nothing', 'DAY', 'paid', 'call', '*'].map(limit => [`limit ${limit}`, { ...ask({ ...BODY, limit, amount: 1 }),
        where: '/admin/overrides' }, 422, 'limit']),
    ...['Mars/Base', '../../etc/passwd', '/etc/passwd', 'UTC/../UTC', 'utc\\', ':UTC', 'EST5EDT4,M3.2.0,M11.1.0',
        'posixrules', 'tzdata.zi', '.'].map(timezone =>
        [`zone ${timezone}`, { ...ask({ subject: 'h', timezone }), where: '/admin/subjects' }, 422, 'timezone']),
    ...['nobody', 'O', '%', '*'].flatMap(organization => ['overrides', 'grants'].map(noun =>
        [`${noun} of organization ${organization}`, { ...ask({ organization, feature: 'call', amount: 1 }),
            where: `/admin/${noun}` }, 422, 'organization'])),
    ['somebody never met', { where: '/admin/subjects?subject=never-met' }, 404, 'subject'], ['a search by what is none',
        { where: '/admin/subjects?subjects=h' }, 400, 'subjects'],
    ['two owners', { where: '/admin/grants?subject=h&organization=o' }, 400, 'organization'], ['nobody\'s reset',
        { method: 'DELETE', where: '/usage' }, 400, 'subject'],
    ['reset of a feature that is none', { method: 'DELETE', where: '/usage?subject=h&feature=nothing' }, 404, 'feature'],
    /* reservations: reused, of others, of another kind */
    ['commit what is committed', { method: 'POST', where: '/reservations/@committed/commit', body: '' }, 409],
        ['release what is committed', { method: 'POST', where: '/reservations/@committed/release', body: '' }, 409],
    ['commit what is released', { method: 'POST', where: '/reservations/@released/commit', body: '' }, 409],
        ['release what is released', { method: 'POST', where: '/reservations/@released/release', body: '' }, 409],
    ['commit more than is held', { method: 'POST', where: '/reservations/@hold/commit', body: { units: 6 } }, 409],
        ['commit 2^53-1', { method: 'POST', where: '/reservations/@hold/commit', body: { units: LARGEST } }, 409],
    ['commit a decision', { method: 'POST', where: '/reservations/@decision/commit', body: '' }, 404],
        ['release a decision', { method: 'POST', where: '/reservations/@decision/release', body: '' }, 404],
    ['refund a reservation', { method: 'POST', where: '/decisions/@hold/refund', body: '' }, 404],
    ...['commit', 'release'].flatMap(how => ['stranger', 'visitor'].map(as => [`${how} somebody else's, as a ${as}`,
        { method: 'POST', where: `/reservations/@hold/${how}`, body: '{}', as }, 404])),
    /* decisions: of others, refunded, more than charged */
    ['somebody else\'s decision', { where: '/decisions/@decision', as: 'stranger' }, 404], ['and as a visitor',
        { where: '/decisions/@decision', as: 'visitor' }, 404],
    ['and on a page', { page: '/decisions/@decision', as: 'visitor', headers: { Accept: 'text/html' } }, 404],
    ['refund more than was charged', { method: 'POST', where: '/decisions/@decision/refund', body: { units: 1000 } }, 409],
        ['refund 2^53-1', { method: 'POST', where: '/decisions/@decision/refund', body: { units: LARGEST } }, 409],
    ['refund what is refunded', { method: 'POST', where: '/decisions/@refunded/refund', body: '' }, 409],
        ['refund a refusal', { method: 'POST', where: '/decisions/@refused/refund', body: '' }, 409],
    ['refund one\'s own, as a person', { method: 'POST', where: '/decisions/@decision/refund', body: '{}', as: 'owner' },
        403],
    /* in somebody else's name */
    ...['stranger', 'administrator'].map(as => [`consume in another's name, as ${as}`, ask(BODY, {}, { as }), 403,
        'subject']), ['and as a visitor', ask(BODY, {}, { as: 'visitor' }), 401, 'subject'],
    ['hold in another\'s name', { ...ask(BODY, {}, { as: 'stranger' }), where: '/reservations' }, 403, 'subject'],
        ['another\'s usage', { where: '/usage?subject=h', as: 'stranger' }, 403, 'subject'],
    ['another\'s check', { where: '/check?subject=h&feature=call', as: 'stranger' }, 403, 'subject'],
        ['another\'s check, as a visitor', { where: '/check?subject=h&feature=call', as: 'visitor' }, 401, 'subject'],
    ['another visitor\'s', ask({ subject: 'anon:192.0.2.1', feature: 'call' }, {}, { as: 'visitor' }), 401, 'subject'],
        ['in nobody\'s name', ask({ feature: 'call' }), 400, 'subject'],
    /* from another site */
    ...[{ Origin: 'https://evil.example' }, { Origin: 'null' }, { Origin: 'http://127.0.0.1.evil.example' },
        { 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }, { 'Sec-Fetch-Site': 'SAME-ORIGIN' },
        { 'Sec-Fetch-Site': '' }, { Origin: '' }, { Origin: '//' }, { Origin: 'http://' },
            { Origin: 'javascript:alert(1)' },
            { Origin: '<script>alert(1)</script>' }].filter(headers => Object.values(headers)[0])
        .map(headers => [`from ${Object.values(headers)}`, ask({ feature: 'call' }, headers, { as: 'stranger' }), 403]),
    ...['text/plain', 'application/x-www-form-urlencoded',
        'multipart/form-data'].map(type => [`a form of another site as ${type}`, ask({ feature: 'call' },
        { 'Content-Type': type }, { as: 'stranger' }), 415]),
    ['a form without anything', { method: 'POST', where: '/reservations/@hold/release', body: '',
        headers: { 'Content-Type': '' }, as: 'owner' }, 415],
    /* the same key again, for another request */
    ['an Idempotency-Key for another request', ask({ ...BODY, units: 2 }, { 'Idempotency-Key': 'used' }), 422,
        'Idempotency-Key'],
    ['and for another operation', { ...ask(BODY, { 'Idempotency-Key': 'used' }), where: '/reservations' }, 422,
        'Idempotency-Key'],
    ...['x'.repeat(256), 'x'.repeat(5000), 'a\tb', '\xe9', '\xff\xfe', '\xc0\xaf', '\xed\xa0\x80', '\xe2\x80\xae',
        '\xc2\x85'].map(key =>
        [`Idempotency-Key ${JSON.stringify(key).slice(0, 20)}`, ask(BODY, { 'Idempotency-Key': key }), 400,
            'Idempotency-Key']),
    ['two long Idempotency-Keys', ask(BODY, { 'Idempotency-Key': ['x'.repeat(130), 'y'.repeat(130)] }), 400,
        'Idempotency-Key'],
];
