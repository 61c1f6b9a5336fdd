// The tables, as they stand when the callers have ended. Decisions come in the order in which they were committed.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Rows of a query as arrays of texts; null for null. One at a time. */
async function* rows_of(url, query) {
    const child = spawn('psql', ['-Xq', '-v', 'ON_ERROR_STOP=1', url, '-c', `copy (${query}) to stdout`], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise(resolve => child.on('close', resolve));
    for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity }))
        yield line.split('\t').map(word => word === '\\N' ? null : word);
    if (await ended !== 0) throw new Error(`psql failed: ${query}`);
}

async function all_of(url, query) {
    const rows = [];
    for await (const row of rows_of(url, query)) rows.push(row);
    return rows;
}

const COMMITTED = '(extract(epoch from pg_xact_commit_timestamp(load_xid::xid)) * 1000000)::bigint';
const HEX = name => `lpad(to_hex(${name}), 16, '0')`;

const DECISIONS = `select account_id, subject_id, webquota.us(at), ${HEX('id')}, kind, outcome, policy_version, plan, feature,
    resource, units, items, array_to_string(coalesce(webquota.decision_trace(decisions), '{}'), ' '), webquota.us(about_at), ${HEX('about_id')}, given_back, actor,
    metadata->>'call', metadata->>'key', ${COMMITTED} as committed, load_xid
    from webquota.decisions order by committed, load_xid`;

const LINE = 14;

/** Lines of a trace; of a refusal only those that refused. */
function read_trace(text, refused) {
    const lines = [];
    const numbers = text === '' ? [] : text.split(' ').map(Number);
    for (let i = 0; i < numbers.length; i += LINE) {
        const flags = numbers[i + 11];
        if (refused && !(flags & 256)) continue;
        lines.push({ slot: numbers[i], counted_at: numbers[i + 1], window_end: numbers[i + 3], amount: numbers[i + 4], used: numbers[i + 5],
            held: numbers[i + 6], used_delta: numbers[i + 7], held_delta: numbers[i + 8], flags, asked: numbers[i + 12] });
    }
    return lines;
}

function charges(text) {
    const numbers = text.split(' ');
    for (let i = 0; i < numbers.length; i += LINE)
        if (text !== '' && (numbers[i + 7] !== '0' || numbers[i + 8] !== '0')) return true;
    return false;
}

function decision(words) {
    const [account, subject, at, id, kind, outcome, version, plan, feature, resource, units, items, trace, about_at, about_id, given_back,
        actor, mark, key, committed, xid] = words;
    const refused = outcome !== 'allowed';
    return { account: Number(account), subject: Number(subject), at: Number(at), id, kind, outcome, version: Number(version), plan,
        feature, resource, units: Number(units), items: items === null ? null : JSON.parse(items), lines: read_trace(trace, refused),
        charged_although_refused: refused && charges(trace), about_at: about_at === null ? null : Number(about_at), about: about_at === null ? null : about_id,
        given_back: Number(given_back), mark: mark ?? actor, key, committed: Number(committed), xid };
}

export async function read_decisions(url, each) {
    for await (const words of rows_of(url, DECISIONS)) each(decision(words));
}

/** Everything else, which is little. */
export async function read_tables(url) {
    const limits = await all_of(url, "select slot, key from webquota.limits where kind = 'limit'");
    const subjects = await all_of(url, 'select key, id, account_id from webquota.subjects');
    const counters = await all_of(url, `select account_id, subject_id, owner, slot, webquota.us(window_start), used, held
        from webquota.counter_values`);
    const rolling = await all_of(url, `select account_id, subject_id, owner, array_to_string(state, ' '), array_to_string(rolling, ' ')
        from (select account_id, subject_id, '' as owner, state, rolling from webquota.counters
              union all select account_id, 0, owner, state, rolling from webquota.shared_counters) c where rolling is not null`);
    const overrides = await all_of(url, `select id, coalesce('s' || subject_id, 'a' || account_id), limit_key, kind, multiplier, amount,
        webquota.us(created_at), webquota.us(expires_at), ${COMMITTED} from webquota.overrides`);
    const audit = await all_of(url, `select details->>'id', ${COMMITTED} from webquota.audit where action = 'override.remove'`);
    const grants = await all_of(url, 'select id, amount from webquota.grants');
    const policies = await all_of(url, `select version, ${COMMITTED} from webquota.policies order by version`);
    const reservations = await all_of(url, `select ${HEX('id')}, state, units, committed, webquota.us(expires_at) from webquota.reservations`);
    const alerts = await all_of(url, 'select account_id, subject_id, owner, slot, webquota.us(window_start), threshold from webquota.alerts');
    const numbers = (rows, from = 0) => rows.map(row => row.map((word, i) => i < from || word === null ? word : Number(word)));
    const removed = new Map(numbers(audit, 1).map(([id, committed]) => [id, committed]));
    return {
        slots: new Map(limits.map(([slot, key]) => [Number(slot), key])),
        subjects: new Map(subjects.map(([key, id, account]) => [key, { id: Number(id), account: Number(account) }])),
        counters: counters.map(([account, subject, owner, ...rest]) =>
            ({ owner: owner_of(account, subject, owner), ...named(['slot', 'window', 'used', 'held'], rest) })),
        rolling: rolling.flatMap(([account, subject, owner, state, parts]) => read_rolling(owner_of(account, subject, owner), state, parts)),
        overrides: overrides.map(([id, owner, limit, kind, multiplier, ...rest]) => ({ owner, limit, kind, multiplier: Number(multiplier), id: Number(id),
            removed: removed.get(id) ?? Infinity, ...named(['amount', 'created', 'expires', 'committed'], rest) })),
        grants: new Map(numbers(grants)),
        policies: numbers(policies).map(([version, committed]) => ({ version, committed })),
        reservations: new Map(reservations.map(([id, state, ...rest]) => [id, { state, ...named(['units', 'committed', 'expires'], rest) }])),
        alerts: alerts.map(([account, subject, owner, ...rest]) =>
            ({ owner: owner_of(account, subject, owner), ...named(['slot', 'window', 'threshold'], rest) })),
    };
}

const STATE = 6, PARTS = 62;

/* Rolling counters of a row, each with its sub-windows, the newest first. */
function read_rolling(owner, state_text, parts_text) {
    const state = state_text.split(' ').map(Number), parts = parts_text.split(' ').map(Number), all = [];
    for (let i = 0; i < parts.length; i += 1 + PARTS) {
        const at = state.findIndex((slot, place) => place % STATE === 0 && slot === parts[i]);
        all.push({ owner, slot: parts[i], window: state[at + 1], used: state[at + 2], parts: parts.slice(i + 1, i + 1 + PARTS) });
    }
    return all;
}

const named = (names, words) => Object.fromEntries(names.map((name, i) => [name, Number(words[i])]));

/** Whose a counter is: s and a subject's number, a and an account's, p and a plan, or "site". */
function owner_of(account, subject, owner) {
    if (subject !== '0') return `s${subject}`;
    if (account !== '0') return `a${account}`;
    return owner ? `p${owner}` : 'site';
}
