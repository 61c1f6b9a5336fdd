// Every documented operation as a request, with a value that is accepted for each of its parameters: what scan.mjs has the scanners try.
import { readFileSync } from 'node:fs';

export const FORM = 'application/x-www-form-urlencoded', JSON_TYPE = 'application/json';
const API = '/api/v1';
const document = JSON.parse(readFileSync('static/openapi.json', 'utf8'));

const SAMPLES = {
    subject: 'free', organization: 'sunrise', feature: 'variant', resource: 'claude-3-opus', units: 1, reason: 'scan', refresh: 20, ttl: 60,
    metadata: { a: 'b' }, on_behalf_of: 'somebody', plan: 'free', plan_after: 'free', plan_until: '2038-01-01T00:00:00Z', timezone: 'UTC',
    anchor: '2026-01-01T00:00:00Z', email: 'scan@example.org', suspended: false, limit: 'variant_daily', amount: 100, multiplier: 2, unlimited: true,
    expires_at: '2038-01-01T00:00:00Z', effective_at: '2026-01-01T00:00:00Z', every: '28 day', priority: 1, name: 'scan', scopes: ['read'],
    file: 'base.css', 'Idempotency-Key': 'scan', id: 'ID', items: [{ feature: 'variant', units: 1 }],
    callback_url: 'https://example.org/called', payload: 'soup', wait: 0, owner: 'free', before: 9, after: 'a', notice: 50, warning: 90, days: 30,
    frame: 'http://127.0.0.1', ticket: 'tkt_AAAA', report: 'near', near: 80, q: 'free', key: 'scan', what: 'override', then: 'free',
    expires: '2038-01-01T00:00:00Z', kind: 'amount', confirm: '1', seen: 1, done: 'override', was: '1', mode: 'enforce', quick: '2', window: 'day',
    align: 'calendar', scope: 'subject', version: 1, effective: '2038-01-01T00:00:00Z', now: 1, cancel: '1', try: '1', next: '/app/', password: 'not the password',
    session: '1', current: 'not the password', wanted: 'another password', again: 'another password', enforce: '1', read: '1', admin: '1',
    actor: 'scan', account: 'scan', action: 'override.add', from: '2026-01-01', to: '2038-01-01', request: '1', code: '123456', approval: '1', on_plan: 'free',
    people: 1, possible: 1, once: 'scan', dry_run: true, verdict: 'deny', filter: 'plan', text: 'default_plan = "free" plan free { }',
    on_exceed: 'block', fail: 'closed', warn_at: '80', rollover: '', week_starts: '', day_starts: '', claim_within: '', keep_place: '', queue_max: '', fair: 'none',
    title: 'Free', price: '', rank: '', upgrade: '', inherits: '', queue_weight: '', grace_days: '', grace_multiplier: '', grace_unlimited: '',
    grant: 'scan', role: 'viewer', default_plan: 'free', anonymous_plan: '', upgrade_url: '/buy', support_url: '', sign_in_url: '', currency: '', queue_answer: 'redirect', totp: 'optional',
    administrators: 'admin', embedders: '', support_ceiling_multiplier: '', support_ceiling_days: '',
    unit: 'scan', about: 'What it is', parent: '', resources: '', unit_cost: '1', one_place: 'feature', method: 'POST', path: '/scan', query: '', charge: 'admit', route: 1, position: 1, resource_query: '', resource_segment: '',
};
/* Where a name means something else: by the address, of the API as well. */
const HERE = {
    '/admin/access/change': { what: 'key' }, '/admin/queue/change': { what: 'paused', feature: 'summary', limit: 'shared_minute', seen: 'open' },
    '/admin/organization/change': { what: 'owner', seen: '' }, '/admin/bulk': { what: 'bonus' }, '/admin/bulk/new': { what: 'bonus' },
    '/admin/limit': { limit: 'free/variant_daily', what: '' }, '/admin/plan': { what: '', unlimited: '', multiplier: '' }, '/admin/feature': { what: '', parent: '', resources: '', unit_cost: '' }, '/admin/route': { what: 'add', route: '', position: '', method: '', query: '', resource_query: '', resource_segment: '' }, '/admin/plan-grant': { what: 'add', grant: '', priority: '' },
    '/admin/settings': { title: 'Scan', effective_at: '2038-01-01T00:00:00Z', day_starts: '00:00', week_starts: 'monday' },
    '/admin/routes': { what: 'add', effective_at: '2038-01-01T00:00:00Z' }, '/admin/features': { effective_at: '2038-01-01T00:00:00Z', unit_cost: 1 }, '/admin/plan-grants': { what: 'add', effective_at: '2038-01-01T00:00:00Z' }, '/admin/what-if': { limit: 'free/variant_daily' }, '/admin/queue': { feature: 'summary', limit: 'shared_minute' },
    '/admin/tickets': { feature: 'summary', limit: 'shared_minute' }, '/admin/queues': { feature: 'summary', limit: 'shared_minute' },
    '/admin/limits': { effective_at: '2038-01-01T00:00:00Z', warn_at: [80], rollover: 0, day_starts: '00:00', claim_within: 60, keep_place: 300, queue_max: 10 },
    '/admin/plans': { effective_at: '2038-01-01T00:00:00Z', rank: 1, queue_weight: 1 }, '/admin/policies': { effective_at: '2038-01-01T00:00:00Z' },
    '/admin/policies/{version}/rollback': { effective_at: '2038-01-01T00:00:00Z' },
    '/admin/organizations': { after: 1 }, '/admin/organizations/{organization}': { after: 1 },
    '/requests/new': { kind: 'increase' }, '/requests': { kind: 'increase' },
};
/* Of members that exclude each other, one: by the name of the schema, or the address. */
const LEFT_OUT = { TicketAsk: ['items'], '/api/v1/consume': ['callback_url', 'payload'], RequestAdd: ['plan'], RequestApprove: ['plan', 'unlimited', 'multiplier'],
    '/api/v1/admin/bulk': ['filter', 'on_plan', 'limit', 'kind', 'multiplier', 'plan', 'then', 'people', 'once'],
    '/admin/bulk/new': ['q', 'limit', 'kind', 'multiplier', 'plan', 'then', 'people', 'once'], HoldAsk: ['items'], OverrideAdd: ['organization', 'multiplier', 'unlimited'], GrantAdd: ['organization'], LimitSet: ['what', 'unlimited'],
    SettingsSet: ['anonymous_plan', 'support_url', 'sign_in_url', 'currency', 'administrators', 'embedders', 'grace_days', 'grace_multiplier', 'grace_unlimited', 'support_ceiling_multiplier',
        'support_ceiling_days'],
    ...Object.fromEntries(['', API].map(api => [`${api}/admin/what-if`, ['plan', 'on_plan', 'subject']])),
    RouteSet: ['route', 'position', 'query', 'resource_query', 'resource_segment'], FeatureSet: ['what', 'units', 'parent', 'resources'], '/admin/feature': ['units'], PlanSet: ['what', 'price', 'upgrade', 'inherits', 'unlimited', 'grace_days', 'grace_multiplier', 'grace_unlimited'] };

const resolved = thing => (thing.$ref ? thing.$ref.slice(2).split('/').reduce((node, name) => node[name], document) : thing);

function sample(name, where, schema) {
    const one = schema?.enum?.find(value => value), here = HERE[where.replace(API, '')];
    if (here && name in here) return here[name];
    if (one === undefined && !(name in SAMPLES)) throw new Error(`scan.mjs has no sample for ${name}`);
    return one ?? SAMPLES[name];
}

/* As JSON (`type`), or as what forms send. */
function body_of(where, operation, type) {
    const schema = operation.requestBody?.content[type]?.schema;
    if (!schema) return undefined;
    const name = schema.$ref?.split('/').pop(), { properties } = resolved(schema);
    const members = Object.keys(properties).filter(member => member !== 'csrf' && ![LEFT_OUT[name], LEFT_OUT[where]].some(list => list?.includes(member)));
    return Object.fromEntries(members.map(member => [member, sample(member, where, properties[member])]));
}

/**
 * Pages are asked for by an administrator who is signed in, what is for programs with a key (`by_key`). `ids`: of things that are
 * there, by the word before {id} in the address; `mount`: what all addresses begin with. An asterisk stands behind each value in
 * `target` and `headers`.
 */
export function* operations(ids, mount) {
    for (const [where, methods] of Object.entries(document.paths))
        for (const [method, operation] of Object.entries(methods)) {
            if (method === 'parameters') continue;
            const parameters = [...methods.parameters ?? [], ...operation.parameters ?? []].map(resolved);
            const value = (name, schema) => (name === 'id' && where.includes('{id}') ? ids[where.split('/').at(where.endsWith('{id}') ? -2 : -3)]
                : sample(name, where, schema));
            const segment = where.replace(/\{(\w+)\}/g, (_, name) => `${encodeURIComponent(value(name))}*`);
            const query = parameters.filter(one => one.in === 'query' && !LEFT_OUT[where]?.includes(one.name)).map(one => `${one.name}=${encodeURIComponent(value(one.name, one.schema))}*`).join('&');
            const headers = parameters.filter(one => one.in === 'header').map(one => `${one.name}: ${value(one.name)}*`);
            const request = { name: `${method.toUpperCase()} ${where}`, method: method.toUpperCase(), target: mount + segment + (query && `?${query}`),
                headers };
            const types = Object.keys(operation.requestBody?.content ?? { none: {} });
            for (const type of types)
                yield { ...request, type, body: body_of(where, operation, type), by_key: where.startsWith('/api/') || (type === JSON_TYPE && types.length > 1),
                    name: types.length > 1 ? `${request.name} (${type})` : request.name };
        }
}
