// What 86-injection.mjs does to an injected service: every route of the program, what is made for it before, and what a success changes.
//
// An operation: {prepare(site, who): what goes before, on the site's own service; act(injected, who, prepared); used, held: what
// becomes of the counter of `who`, a number or a function of what it was; marks(who, prepared): [[SQL, by]...], numbers in the
// database, and by how much each changes; who: another subject}. What fails changes none of it. Its name begins with the route.
import { DOORS } from './access_table.mjs';
import { Browser, fields_of } from './forms.mjs';
import { routes_of_program } from './hostile_table.mjs';
import { request } from './http.mjs';
import { GUARDED } from './injected.mjs';
import { PROGRAMS, run_well } from './site.mjs';
import { ok, until } from './tap.mjs';
import { totp } from './totp.mjs';

export const POLICY = (more = '', title = 'Injection') => `
title = "${title}"
timezone = "UTC"
default_plan = "free"
anonymous_plan = "free"
support_ceiling { multiplier = 2  days = 30 }
feature call { }
feature pool { }
feature seat { }
plan free { rank = 1
  limit call { feature = "call"  amount = 1000000  window = "year" }
  limit day { feature = "call"  amount = 5000000  window = "day" }
  limit pool { feature = "call"  amount = 9000000  window = "year"  scope = "site" }
  limit line { feature = "seat"  amount = 1  window = "month"  scope = "organization"  on_exceed = "queue" }
${more}}
plan pro { rank = 2  inherits = "free" }
`;

/* "coder" has codes, "beginner" begins to; "suspect" is suspended, and let in again. */
const ACCOUNTS = { owner: 'user', asker: 'user', coder: 'user', beginner: 'user', victim: 'user', suspect: 'user', sue: 'support', root: 'admin' };
const PASSWORD = 'correct horse battery';
const HOLD_UNITS = 3;
const LATER = '2090-01-01T00:00:00Z';
const HTML = { Accept: 'text/html' };
const FRESH_MS = 600000;

const text = encodeURIComponent;
const quoted = word => `'${word.replaceAll("'", "''")}'`;
let number = 0;

export async function well(answer) {
    const one = await answer;
    if (one.status >= 400) throw new Error(`${one.status} ${one.text}`);
    return one.json ?? one;
}

const api = (injected, method, where, body, headers) => request(`${injected.url}/api/v1${where}`,
    { method, body, headers: { ...injected.site.admin, ...headers } });

/* --- who asks, and what there is --- */

export class Ground {
    constructor(site) { Object.assign(this, { site, ids: {}, browsers: {} }); }

    async account(name, role) {
        await run_well(`${PROGRAMS}/webquota`, ['account', 'add', name, '--role', role], { env: { DATABASE_URL: this.site.values.DATABASE_URL }, input: PASSWORD });
    }

    async signed_in(name) {
        const browser = new Browser(this.site);
        await well(browser.sign_in(name, PASSWORD));
        return browser;
    }

    async up() {
        for (const [name, role] of Object.entries(ACCOUNTS))
            await this.account(name, role);
        await well(this.site.subject('owner', { organization: 'Club' }));
        await well(this.site.subject('full', { organization: 'Club' }));
        await well(this.site.api('POST', '/admin/queues', { feature: 'seat', state: 'paused', reason: 'so that all wait' }));
        await well(this.site.consume('full', 'seat'));
        await this.refresh();
    }

    /** What ends by itself is made anew, now and then. */
    async refresh() {
        if (performance.now() - (this.made_at ?? -Infinity) < FRESH_MS) return;
        this.made_at = performance.now();
        for (const name of ['owner', 'asker', 'root', 'sue']) this.browsers[name] = await this.signed_in(name);
        this.browsers.nobody = new Browser(this.site);
        const made = async (where, body) => well(this.site.api('POST', where, body)), mine = { subject: 'owner', feature: 'call' };
        this.ids = {
            decision: (await made('/consume', mine)).decision_id,
            ticket: (await made('/tickets', { subject: 'owner', feature: 'seat' })).ticket,
            request: await this.request(`owner ${++number}`),
            override: (await made('/admin/overrides', { ...mine, amount: 2000 })).id,
            grant: (await made('/admin/grants', { ...mine, amount: 1 })).id,
            key: (await made('/admin/keys', { name: 'there', scopes: ['read'] })).id,
            bulk: await this.bulk(), undoable: await this.bulk_over(`owner ${++number}`), approval: await this.approval(`owner ${++number}`),
        };
    }

    /** A browser of its own with somebody's session, at the injected service. */
    at(injected, name) {
        const browser = typeof name === 'string' ? this.browsers[name] : name;
        return Object.assign(new Browser({ url: injected.url }, browser.headers), { cookies: { ...browser.cookies } });
    }

    async request(subject, feature = 'call') {
        const body = { subject, feature, kind: 'increase', limit: 'day', amount: 6000000, reason: 'why' };
        return (await well(this.site.api('POST', '/requests', body))).request;
    }

    /** A bulk that goes on until it is stopped: no program knows how to carry it out. */
    async bulk() {
        return this.site.value(`with b as (insert into webquota.bulks (what, change, chosen, people, reason, actor, created_at)
                values ('suspend', '{"newer": 1}', '{"q": "x"}', 1, 'why', 'test', now()) returning id),
            i as (insert into webquota.bulk_items (bulk_id, number, subject) select id, 1, 'nobody' from b)
            select id from b`);
    }

    /** A bulk that has given `subject` a bonus. */
    async bulk_over(subject) {
        const { id } = await well(this.site.api('POST', '/admin/grants', { subject, feature: 'call', amount: 1, reason: 'why' }));
        return this.site.value(`with b as (insert into webquota.bulks (what, change, chosen, people, reason, actor, created_at, state, ended_at)
                values ('bonus', '{"feature": "call", "amount": 1}', '{"q": "x"}', 1, 'why', 'test', now(), 'done', now()) returning id),
            i as (insert into webquota.bulk_items (bulk_id, number, subject, state, at, made) select id, 1, ${quoted(subject)}, 'done', now(), '{"grant": ${id}}' from b)
            select id from b`);
    }

    /** What support may not give alone. */
    async approval(subject) {
        const answer = await request(`${this.site.url}/api/v1/admin/grants`, { method: 'POST', headers: { ...this.browsers.sue.cookie(), Accept: 'application/json' },
            body: { subject, feature: 'call', amount: 90000000, expires_at: new Date(Date.now() + 9 * 86400000).toISOString().replace(/\.\d+/, ''), reason: 'why' } });
        return (await well(answer)).approval;
    }

    /** An organization of so many, whose one seat is taken by the first. */
    async taken(state, letters) {
        const organization = `Line ${++number}`, people = letters.map(letter => `${organization} ${letter}`);
        if (state !== this.state) await well(this.site.api('POST', '/admin/queues', { feature: 'seat', state: this.state = state, reason: 'why' }));
        for (const subject of people) await well(this.site.subject(subject, { organization }));
        const { decision_id: seat } = await well(this.site.consume(people[0], 'seat'));
        return { organization, people, seat };
    }

    /** One that somebody waits for, who is to be called back by the injected service. */
    async called(injected) {
        const { people: [, subject], seat } = await this.taken('open', ['a', 'b']);
        return { seat, ticket: (await well(api(injected, 'POST', '/tickets', { subject, feature: 'seat', callback_url: `${injected.receiver.url}/x` }))).ticket };
    }

    /** One that two wait for, the second `who`. */
    async line(state = 'paused') {
        const { organization, people, seat } = await this.taken(state, ['a', 'b', 'c']);
        const tickets = [];
        for (const subject of people.slice(1)) tickets.push((await well(this.site.api('POST', '/tickets', { subject, feature: 'seat' }))).ticket);
        return { organization, people, seat, tickets };
    }

    async club() {
        const organization = `Club ${++number}`, owner = `${organization} a`;
        await well(this.site.subject(owner, { organization }));
        return { organization, owner };
    }
}

/* --- numbers in the database --- */

const count = (table, where = 'true') => `select count(*) from webquota.${table} where ${where}`;
/* Bulks are carried out by whoever comes by. */
const AUDIT = [count('audit', "not coalesce(details, '{}') ? 'bulk'"), 1];
const audit = (...more) => () => [AUDIT, ...more];
const sessions = (account, by) => () => [[count('sessions', `account = ${quoted(account)} and ended_at is null and waits_for is null`), by]];
const ticket_of = (subject, state, by = 1) => [`select count(*) from webquota.tickets t join webquota.subjects s on s.id = t.subject_id
    where s.key = ${quoted(subject)} and t.state = ${quoted(state)}`, by];
const IN_BULK = 'in bulk';
const OVERRIDES = [count('overrides', 'removed_at is null'), 1], GRANTS = [count('grants', `removed_at is null and reason is distinct from ${quoted(IN_BULK)}`), 1];
const less = ([sql]) => [sql, -1];
const ACCOUNTS_THERE = [count('local_accounts'), 1];
const KEYS = [count('api_keys', 'revoked_at is null'), 1], VERSIONS = [count('policies'), 1];

/* --- reading: as 67-access.mjs does, with what there is --- */

const WHO = ['owner', null, null, null, 'root', null, null, 'key'];
const THERE = {
    'GET /admin/bulk': '/admin/bulk?id=@bulk', 'GET /admin/bulk/undo': '/admin/bulk/undo?id=@undoable', 'GET /api/v1/admin/bulk/{id}': '/api/v1/admin/bulk/@bulk',
    'GET /admin/approval': '/admin/approval?approval=@approval', 'GET /api/v1/admin/approvals/{id}': '/api/v1/admin/approvals/@approval',
    'GET /admin/what-if': '/admin/what-if?limit=free/day&amount=10&try=1', 'GET /api/v1/admin/what-if': '/api/v1/admin/what-if?limit=free/day&amount=10&try=1',
};

/* Longer than others: what happened is read for it, which may take a while (src/store/simulate.c). */
const WHAT_IF_MS = 10000 + 5000;

/* The first of them who is let in; a program where nobody else is; else whoever is led elsewhere. */
function reader(statuses) {
    const codes = statuses.split(' ').map(Number);
    for (const wanted of [200, 404, 303]) /* what is not there in that table is here: THERE */
        for (const [i, name] of WHO.entries()) if (name && codes[i + 1] === wanted) return name;
    return 'nobody';
}

function read(ground, [route, address, , statuses]) {
    const as = reader(statuses), where = THERE[route] ?? address;
    return { answer_ms: route.endsWith('/what-if') ? WHAT_IF_MS : undefined, act: injected => {
        const filled = where.replace(/@(\w+)/g, (_, name) => ground.ids[name]);
        const headers = as === 'key' ? injected.site.admin : ground.browsers[as].cookie();
        return request(`${injected.url}${filled}`, { headers: { ...where.startsWith('/api/') ? {} : HTML, ...headers } });
    } };
}

const reads = ground => Object.fromEntries(DOORS.filter(([route]) => route.startsWith('GET ')).map(row => [row[0], read(ground, row)]));

/* --- deciding --- */

const ask = who => ({ subject: who, feature: 'call' });
const hold = async (site, who) => (await well(site.api('POST', '/reservations', { ...ask(who), units: HOLD_UNITS }))).reservation;
const charge = async (site, who) => (await well(site.consume(who, 'call'))).decision_id;
const charged_once = (body, more = {}) => ({ used: 1, ...more, act: (injected, who) => api(injected, 'POST', '/consume', body(who), more.headers?.()) });

const deciding = ground => ({
    'POST /api/v1/consume': charged_once(ask),
    'POST /api/v1/consume with a key': charged_once(ask, { headers: () => ({ 'Idempotency-Key': `key-${++number}` }) }),
    'POST /api/v1/consume, several items': { ...charged_once(who => ({ subject: who, items: [{ feature: 'call' }, { feature: 'call', units: 2 }] })), used: 3 },
    'POST /api/v1/consume, of somebody new': {
        prepare: async () => `new ${++number}`,
        act: (injected, who, fresh) => api(injected, 'POST', '/consume', ask(fresh)),
        marks: (who, fresh) => [[`select coalesce(sum(units), 0) from webquota.decisions d join webquota.subjects s on s.id = d.subject_id where s.key = ${quoted(fresh)}`, 1],
            [`select coalesce(sum(used), 0) from webquota.counter_values v join webquota.subjects s on s.id = v.subject_id where s.key = ${quoted(fresh)} and limit_key = 'call'`, 1]],
    },
    'POST /api/v1/reservations': { act: (injected, who) => api(injected, 'POST', '/reservations', { ...ask(who), units: HOLD_UNITS }), held: HOLD_UNITS },
    'POST /api/v1/reservations/{id}/commit': { prepare: hold, act: (injected, who, id) => api(injected, 'POST', `/reservations/${id}/commit`, {}), used: HOLD_UNITS, held: -HOLD_UNITS },
    'POST /api/v1/reservations/{id}/release': { prepare: hold, act: (injected, who, id) => api(injected, 'POST', `/reservations/${id}/release`), held: -HOLD_UNITS },
    'POST /api/v1/decisions/{id}/refund': { prepare: charge, act: (injected, who, id) => api(injected, 'POST', `/decisions/${id}/refund`, {}), used: -1 },
    'DELETE /api/v1/usage': { prepare: charge, act: (injected, who) => api(injected, 'DELETE', `/usage?feature=call&subject=${text(who)}`), used: used => -used },
    'POST /api/v1/tickets': {
        prepare: async () => { const { organization } = await ground.line(), subject = `${organization} d`; await well(ground.site.subject(subject, { organization })); return subject; },
        act: (injected, who, subject) => api(injected, 'POST', '/tickets', { subject, feature: 'seat' }), marks: (who, subject) => [ticket_of(subject, 'waiting')],
    },
    'DELETE /api/v1/tickets/{id}': { prepare: () => ground.line(), act: (injected, who, { tickets: [id] }) => api(injected, 'DELETE', `/tickets/${id}`), marks: (who, { people }) => [ticket_of(people[1], 'left')] },
    'POST /api/v1/requests': {
        act: (injected, who) => api(injected, 'POST', '/requests', { ...ask(`${who} ${++number}`), kind: 'increase', limit: 'day', amount: 6000000, reason: 'why' }), marks: () => [[count('requests'), 1]],
    },
    'POST /api/v1/thresholds': { act: (injected, who) => api(injected, 'POST', '/thresholds', { ...ask(who), notice: 1 + ++number % 80, warning: 95 }), marks: audit() },
    'GET /healthz, and a request before an application': {
        who: 'owner', used: 1, act: async injected => {
            const answer = await request(injected.guarded, { headers: ground.browsers.owner.cookie() });
            ok(answer.status !== 200 || answer.text === GUARDED, `what is behind: ${answer.text}`);
            return answer;
        },
    },
});

/* --- administration by programs --- */

const owner_of = who => ({ ...ask(who), reason: 'why' });
/* The service at which forms are opened knows of another's change a second later. */
const seen = (site, who, injected) =>
    until(async () => (await well(api(injected, 'GET', '/admin/limits'))).version === await active(site), 'the policy in force is known', 10000);
const active = site => site.value('select version from webquota.policies where active').then(Number);
const limit = async (site, more) => well(site.api('POST', '/admin/limits', { plan: 'free', limit: 'day', reason: 'why', version: await active(site), ...more }));
const another = () => 5000000 + ++number;
const on_ticket = (ground, what, first, changes = () => []) => ({
    prepare: async site => { const line = await ground.line(); await first?.(site, line); return line; },
    act: (injected, who, { tickets: [, id] }) => api(injected, 'POST', `/admin/tickets/${id}/${what}`, { reason: 'why' }),
    marks: (who, { people }) => [AUDIT, ...changes(people[2])],
});
const removed = (noun, numbers) => ({
    prepare: async (site, who) => (await well(site.api('POST', `/admin/${noun}`, { ...owner_of(who), amount: 2000000 }))).id,
    act: (injected, who, id) => api(injected, 'DELETE', `/admin/${noun}/${id}?reason=why`), marks: audit(less(numbers)),
});
const answered = (noun, verb, make, marks) => ({
    prepare: make, act: (injected, who, id) => api(injected, 'POST', `/admin/${noun}/${id}/${verb}`, { reason: 'why' }), marks,
});
const REQUESTS = [count('requests', "state = 'pending'"), -1], APPROVALS = [count('approvals', "state = 'waiting'"), -1];

const administration = ground => ({
    'POST /api/v1/admin/subjects': {
        act: (injected, who) => api(injected, 'POST', '/admin/subjects', { subject: `${who} ${++number}`, plan: 'free' }), marks: audit([count('subjects'), 1]),
    },
    'POST /api/v1/admin/organizations': { prepare: () => ground.club(), act: (injected, who, { organization, owner }) => api(injected, 'POST', '/admin/organizations', { organization, owner, reason: 'why' }), marks: audit() },
    'POST /api/v1/admin/overrides': { act: (injected, who) => api(injected, 'POST', '/admin/overrides', { ...owner_of(who), limit: 'call', amount: 2000000 }), marks: audit(OVERRIDES) },
    'DELETE /api/v1/admin/overrides/{id}': removed('overrides', OVERRIDES),
    'POST /api/v1/admin/grants': { act: (injected, who) => api(injected, 'POST', '/admin/grants', { ...owner_of(who), amount: 1, priority: 900000 }), marks: audit(GRANTS) },
    'DELETE /api/v1/admin/grants/{id}': removed('grants', GRANTS),
    'POST /api/v1/admin/requests/{id}/approve': answered('requests', 'approve', (site, who) => ground.request(`${who} ${++number}`), () => [REQUESTS, OVERRIDES]),
    'POST /api/v1/admin/requests/{id}/deny': answered('requests', 'deny', (site, who) => ground.request(`${who} ${++number}`), audit(REQUESTS)),
    'POST /api/v1/admin/approvals/{id}/approve': answered('approvals', 'approve', (site, who) => ground.approval(`${who} ${++number}`), () => [APPROVALS, GRANTS]),
    'POST /api/v1/admin/approvals/{id}/deny': answered('approvals', 'deny', (site, who) => ground.approval(`${who} ${++number}`), audit(APPROVALS)),
    'POST /api/v1/admin/bulk': {
        act: (injected, who) => api(injected, 'POST', '/admin/bulk', { what: 'bonus', feature: 'call', amount: 1, q: who, reason: IN_BULK, once: String(++number) }), marks: () => [[count('bulks'), 1]],
    },
    'POST /api/v1/admin/bulk/{id}/stop': { prepare: () => ground.bulk(), act: (injected, who, id) => api(injected, 'POST', `/admin/bulk/${id}/stop`, {}), marks: () => [[count('bulks', "state = 'stopped'"), 1]] },
    'POST /api/v1/admin/bulk/{id}/undo': {
        prepare: (site, who) => ground.bulk_over(`${who} ${++number}`), act: (injected, who, id) => api(injected, 'POST', `/admin/bulk/${id}/undo`, { reason: IN_BULK, possible: 1 }), marks: () => [[count('bulks'), 1]],
    },
    'POST /api/v1/admin/queues': {
        prepare: async site => { await well(site.api('POST', '/admin/queues', { feature: 'seat', state: ground.state = 'paused', reason: 'why' })); ground.state = 'open'; },
        act: injected => api(injected, 'POST', '/admin/queues', { feature: 'seat', state: 'open', reason: 'why' }), marks: audit(),
    },
    'POST /api/v1/admin/tickets/{id}/move-up': on_ticket(ground, 'move-up'),
    'POST /api/v1/admin/tickets/{id}/move-back': on_ticket(ground, 'move-back', (site, { tickets: [, id] }) => well(site.api('POST', `/admin/tickets/${id}/move-up`, { reason: 'why' }))),
    'POST /api/v1/admin/tickets/{id}/admit': on_ticket(ground, 'admit', (site, { seat }) => well(site.api('POST', `/decisions/${seat}/refund`, {})), subject => [ticket_of(subject, 'admitted')]),
    'POST /api/v1/admin/tickets/{id}/drop': on_ticket(ground, 'drop', undefined, subject => [ticket_of(subject, 'waiting', -1)]),
    'POST /api/v1/admin/limits': {
        prepare: active, act: (injected, who, version) => api(injected, 'POST', '/admin/limits', { plan: 'free', limit: 'day', amount: another(), version, reason: 'why' }), marks: audit(VERSIONS),
    },
    'POST /api/v1/admin/plans': {
        prepare: active, act: (injected, who, version) => api(injected, 'POST', '/admin/plans', { plan: 'free', title: `Free ${++number}`, version, reason: 'why' }), marks: audit(VERSIONS),
    },
    'POST /api/v1/admin/features': {
        prepare: active, act: (injected, who, version) => api(injected, 'POST', '/admin/features', { feature: 'seat', title: `Seat ${++number}`, version, reason: 'why' }), marks: audit(VERSIONS),
    },
    'POST /api/v1/admin/routes': {
        prepare: active, act: (injected, who, version) => api(injected, 'POST', '/admin/routes', { what: 'add', path: `/r/${++number}`, feature: 'seat', version, reason: 'why' }), marks: audit(VERSIONS),
    },
    'POST /api/v1/admin/plan-grants': {
        prepare: active, act: (injected, who, version) => api(injected, 'POST', '/admin/plan-grants', { what: 'add', plan: 'pro', grant: `g${++number}`, feature: 'seat', amount: 1, version, reason: 'why' }), marks: audit(VERSIONS),
    },
    'POST /api/v1/admin/settings': {
        prepare: active, act: (injected, who, version) => api(injected, 'POST', '/admin/settings', { title: `Injection ${++number}`, version, reason: 'why' }), marks: audit(VERSIONS),
    },
    'POST /api/v1/admin/policies': {
        prepare: active, act: (injected, who, version) => api(injected, 'POST', '/admin/policies', { text: POLICY('', `Injection ${++number}`), version, reason: 'why' }), marks: audit(VERSIONS),
    },
    'POST /api/v1/admin/policies/{version}/rollback': {
        prepare: async site => { const before = await active(site); await limit(site, { amount: another() }); return [before, await active(site)]; },
        act: (injected, who, [before, version]) => api(injected, 'POST', `/admin/policies/${before}/rollback`, { version, reason: 'why' }), marks: audit(),
    },
    'POST /api/v1/admin/policies/{version}/cancel': {
        prepare: async site => [(await limit(site, { amount: another(), effective_at: LATER })).version, await active(site)],
        act: (injected, who, [later, version]) => api(injected, 'POST', `/admin/policies/${later}/cancel`, { version, reason: 'why' }), marks: audit(),
    },
    'POST /api/v1/admin/keys': { act: injected => api(injected, 'POST', '/admin/keys', { name: 'injected', scopes: ['read'] }), marks: audit(KEYS) },
    'DELETE /api/v1/admin/sessions/{id}': {
        prepare: async site => { await ground.signed_in('victim'); return site.value("select max(id) from webquota.sessions where account = 'victim' and ended_at is null and waits_for is null"); },
        act: (injected, who, id) => api(injected, 'DELETE', `/admin/sessions/${id}?reason=why`), marks: audit(...sessions('victim', -1)()),
    },
    'DELETE /api/v1/admin/keys/{id}': {
        prepare: async site => (await well(site.api('POST', '/admin/keys', { name: 'injected', scopes: ['read'] }))).id,
        act: (injected, who, id) => api(injected, 'DELETE', `/admin/keys/${id}?reason=why`), marks: audit(less(KEYS)),
    },
});

/* --- forms --- */

/** The form at `where(who, made)`, filled in with `fields(who, made)` and, with `preview`, as it comes back to be confirmed. */
function form(ground, where, fields, { as = 'root', make, preview = false, ...more } = {}) {
    /* By the service that it is sent to: another may hear later which policy is in force. */
    const fill = async (site, who, injected) => {
        await ground.refresh();
        const made = await make?.(site, who, injected), browser = ground.at(injected, typeof as === 'function' ? await as() : as);
        const address = where(who, made), path = address.replace(/\?.*/, ''), page = await browser.open(address);
        let sent = { ...fields_of(page), reason: 'why', ...fields(who, made) };
        ok(page.status === 200 && sent.csrf, `${address} has no form: ${page.status} ${page.text.slice(0, 400)}`);
        if (preview) sent = fields_of(await well(browser.send(path, sent)));
        ok(sent.csrf, `${address} shows nothing to confirm`);
        return { path: more.to?.(made) ?? path, sent, browser, made };
    };
    return { ...more, prepare: fill, act: (injected, who, { path, sent, browser }) => ground.at(injected, browser).send(path, sent) };
}

const change = (ground, what, fields, more) => form(ground, (who, made) => `/admin/change?what=${what}&subject=${text(who)}&${made ?? 'feature=call'}`, () => fields, { preview: true, ...more });
const nothing = () => ({});
const forget_attempts = site => site.sql('delete from webquota.sign_in_attempts');

const signing_in = ground => ({
    'POST /login': form(ground, () => '/login', () => ({ name: 'owner', password: PASSWORD }), { as: async () => new Browser(ground.site), make: forget_attempts, marks: sessions('owner', 1) }),
    'POST /login/code': form(ground, () => '/login/code', () => ({ code: totp(ground.secret, Date.now() / 1000) }), {
        as: async () => { await coded(ground); const half = new Browser(ground.site); await well(half.sign_in('coder', PASSWORD)); return half; },
        make: forget_attempts, marks: sessions('coder', 1),
    }),
    'POST /logout': form(ground, () => '/logout', nothing, { as: () => ground.signed_in('victim'), marks: sessions('victim', -1) }),
    'POST /account': form(ground, () => '/account', () => ({ what: 'others', session: '' }), {
        as: async () => { await ground.site.sql("update webquota.sessions set ended_at = now() where account = 'victim' and ended_at is null"); await ground.signed_in('victim'); return ground.signed_in('victim'); },
        marks: sessions('victim', -1),
    }),
    'POST /account/code': form(ground, () => '/account/code', () => ({ password: PASSWORD, code: totp(ground.begun, Date.now() / 1000) }), {
        as: () => begun(ground), make: forget_attempts, marks: () => [[count('second_factors', 'confirmed_at is not null'), 1]],
    }),
    'POST /queue/{ticket}/leave': form(ground, (who, { tickets: [id] }) => `/queue/${id}`, nothing, {
        as: 'nobody', make: () => ground.line(), to: ({ tickets: [id] }) => `/queue/${id}/leave`, marks: (who, { made: { people } }) => [ticket_of(people[1], 'left')],
    }),
});

/* Codes are asked for at the sign-in of "coder". */
async function coded(ground) {
    if (ground.secret) {
        await ground.site.sql("update webquota.second_factors set last_step = 0 where account = 'coder'");
        return;
    }
    const browser = await begun(ground, 'coder');
    await well(browser.fill('/account/code', { password: PASSWORD, code: totp(ground.begun, Date.now() / 1000) }));
    ground.secret = ground.begun;
    await coded(ground);
}

/* Codes are begun to be set up, and not confirmed. */
async function begun(ground, account = 'beginner') {
    await ground.site.sql(`delete from webquota.second_factors where account = '${account}'`);
    const browser = await ground.signed_in(account);
    await well(browser.fill('/account', { what: 'codes', session: '' }));
    ground.begun = /<code>([A-Z2-7 ]{39})<\/code>/.exec((await well(browser.open('/account/code'))).text)[1];
    return browser;
}

const access = (ground, what, where, fields, more) => form(ground, (who, made) => `/admin/access/change?what=${what}${where(made)}`, () => fields, more);
const suspended = (site, what) => request(`${site.url}/admin/access/change`, { method: 'POST', body: { what, id: 'suspect', reason: 'why' }, headers: site.admin });
const of_suspect = () => '&id=suspect';
const an_answer = (ground, noun, verdict, make, marks, fields = {}) => form(ground, (who, id) => `/admin/${noun}?${noun}=${id}`,
    (who, id) => ({ [noun]: id, verdict, confirm: '1', ...fields }), { make: async (site, who) => make(`${who} ${++number}`), marks });

const forms = ground => ({
    'POST /alerts/change': form(ground, () => '/alerts/change?feature=call', () => ({ notice: String(1 + ++number % 80), warning: '95' }), { as: 'owner', marks: audit() }),
    'POST /requests/new': form(ground, () => '/requests/new?feature=call', () => ({ kind: 'increase', limit: 'day', amount: '6000000' }), {
        as: 'asker', make: site => site.sql("delete from webquota.requests where subject = 'asker'"), marks: () => [[count('requests'), 1]],
    }),
    'POST /admin/change, an override': change(ground, 'override', { kind: 'amount', amount: '2000000' }, { make: async () => 'feature=call&limit=call', marks: audit(OVERRIDES) }),
    'POST /admin/change, a bonus': change(ground, 'bonus', { amount: '7' }, { marks: audit(GRANTS) }),
    'POST /admin/change, a reset': change(ground, 'reset', {}, { make: async (site, who) => { await charge(site, who); }, used: used => -used }),
    'POST /admin/change, a reset taken back': change(ground, 'reset-undo', {}, {
        make: async (site, who) => {
            const reset = () => well(site.api('DELETE', `/usage?feature=call&subject=${text(who)}`));
            await reset();
            await charge(site, who);
            return `id=${(await reset()).decision_id}`;
        },
        marks: audit(), used: 1,
    }),
    'POST /admin/change, a plan': change(ground, 'plan', { plan: 'pro' }, { make: async (site, who) => { await well(site.subject(who, { plan: 'free' })); }, marks: audit() }),
    'POST /admin/change, suspended': change(ground, 'suspend', {}, { make: async (site, who) => { await well(site.subject(who, { suspended: false })); }, marks: audit() }),
    'POST /admin/change, a refund': change(ground, 'refund', {}, { make: async (site, who) => `id=${await charge(site, who)}`, marks: audit(), used: -1 }),
    'POST /admin/bulk/new': form(ground, who => `/admin/bulk/new?what=bonus&feature=call&q=${text(who)}`, () => ({ feature: 'call', amount: '1', reason: IN_BULK }), { preview: true, marks: () => [[count('bulks'), 1]] }),
    'POST /admin/bulk': form(ground, (who, id) => `/admin/bulk?id=${id}`, nothing, { make: () => ground.bulk(), marks: () => [[count('bulks', "state = 'stopped'"), 1]] }),
    'POST /admin/bulk/undo': form(ground, (who, id) => `/admin/bulk/undo?id=${id}`, () => ({ reason: IN_BULK }), {
        make: (site, who) => ground.bulk_over(`${who} ${++number}`), marks: () => [[count('bulks'), 1]],
    }),
    'POST /admin/view': form(ground, () => '/admin/view?subject=owner', nothing, { marks: audit() }),
    'POST /admin/access/change, an account suspended': access(ground, 'account-suspend', of_suspect, {}, { make: site => suspended(site, 'account-resume'), marks: audit() }),
    'POST /admin/access/change, an account resumed': access(ground, 'account-resume', of_suspect, {}, { make: site => suspended(site, 'account-suspend'), marks: audit() }),
    'POST /admin/access/change, an account added': form(ground, () => '/admin/access/change?what=account-add', () => ({ id: `added ${++number}`, role: 'viewer', password: PASSWORD, again: PASSWORD }), { marks: audit(ACCOUNTS_THERE) }),
    'POST /admin/access/change, another role': access(ground, 'account-role', () => '&id=suspect', { role: 'viewer' }, { marks: audit() }),
    'POST /admin/access/change, a key': access(ground, 'key-create', () => '', { name: 'injected', read: '1' }, { marks: audit(KEYS) }),
    'POST /admin/access/change, a key revoked': access(ground, 'key-revoke', id => `&id=${id}`, {}, {
        make: async site => (await well(site.api('POST', '/admin/keys', { name: 'injected', scopes: ['read'] }))).id, marks: audit(less(KEYS)),
    }),
    'POST /admin/organization/change, a bonus': form(ground, (who, { organization }) => `/admin/organization/change?what=bonus&feature=call&organization=${text(organization)}`,
        () => ({ amount: '5' }), { make: () => ground.club(), preview: true, marks: audit(GRANTS) }),
    'POST /admin/organization/change, its owner': form(ground, (who, { organization }) => `/admin/organization/change?what=owner&organization=${text(organization)}`,
        (who, { owner }) => ({ owner, confirm: '1' }), { make: () => ground.club(), marks: audit() }),
    'POST /admin/request, denied': an_answer(ground, 'request', 'deny', subject => ground.request(subject), audit(REQUESTS)),
    'POST /admin/request, approved': an_answer(ground, 'request', 'approve', subject => ground.request(subject), () => [REQUESTS, OVERRIDES], { limit: 'day', amount: '6000000' }),
    'POST /admin/approval, denied': an_answer(ground, 'approval', 'deny', subject => ground.approval(subject), audit(APPROVALS)),
    'POST /admin/approval, approved': an_answer(ground, 'approval', 'approve', subject => ground.approval(subject), () => [APPROVALS, GRANTS]),
    'POST /admin/queue/change, moved up': form(ground, (who, { tickets: [, id] }) => `/admin/queue/change?what=move-up&ticket=${id}`, () => ({ confirm: '1' }), { make: () => ground.line(), marks: audit() }),
    'POST /admin/queue/change, resumed': form(ground, () => '/admin/queue/change?what=resume&feature=seat&limit=line', () => ({ confirm: '1' }), {
        make: async site => { await well(site.api('POST', '/admin/queues', { feature: 'seat', state: 'paused', reason: 'why' })); ground.state = 'open'; }, marks: audit(),
    }),
    'POST /admin/limit': form(ground, () => '/admin/limit?limit=free/day', () => ({ amount: String(another()), confirm: '1' }), { make: seen, marks: audit(VERSIONS) }),
    'POST /admin/plan': form(ground, () => '/admin/plan?plan=free', () => ({ title: `Free ${++number}`, confirm: '1' }), { make: seen, marks: audit(VERSIONS) }),
    'POST /admin/feature': form(ground, () => '/admin/feature?feature=seat', () => ({ title: `Seat ${++number}`, confirm: '1' }), { make: seen, marks: audit(VERSIONS) }),
    'POST /admin/route': form(ground, () => '/admin/route?what=add', () => ({ path: `/r/${++number}`, feature: 'seat', confirm: '1' }), { make: seen, marks: audit(VERSIONS) }),
    'POST /admin/plan-grant': form(ground, () => '/admin/plan-grant?what=add&plan=pro', () => ({ key: `g${++number}`, feature: 'seat', amount: '1', confirm: '1' }), { make: seen, marks: audit(VERSIONS) }),
    'POST /admin/settings': form(ground, () => '/admin/settings', () => ({ title: `Injection ${++number}`, confirm: '1' }), { make: seen, marks: audit(VERSIONS) }),
    'POST /admin/version': form(ground, (who, before) => `/admin/version?version=${before}`, nothing, {
        make: async site => { const before = await active(site); await limit(site, { amount: another() }); return before; }, marks: audit(),
    }),
});

/** Every route, by its name. */
export function routes(ground) {
    return { ...reads(ground), ...deciding(ground), ...administration(ground), ...signing_in(ground), ...forms(ground) };
}

/** Routes of the program that no operation is about, and operations about routes that are gone. */
export function not_in_step(operations) {
    const route = line => line.split(' ').slice(0, 2).join(' ').replace(/,$/, '');
    const named = new Set(Object.keys(operations).map(route)), there = new Set(routes_of_program().map(route));
    return { missing: [...there].filter(one => !named.has(one)), gone: [...named].filter(one => !there.has(one)) };
}
