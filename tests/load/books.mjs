// The books, kept once more: every decision, in the order of commits, is compared with what the policy says it should have
// charged, and added up; at no commit may a limit be exceeded. Nothing here comes from webquota's own SQL.
import { FEATURES, LIMITS } from './policy.mjs';

const IS_GRANT = 2048, SCOPE_BITS = 4096 + 8192 + 16384;
const SCOPE_FLAG = { subject: 0, organization: 4096, plan: 8192, site: 16384 };
const LIFETIME = -(2 ** 63);
const SPAN_US = { minute: 60e6, hour: 3600e6, day: 86400e6 };
export const PART_US = 60e6; // a rolling hour's sub-window
/* The database's clock may be reckoned, and be so wrong. */
export const RECKONED_US = 0.15e6;
const UNDER_WAY_US = 1e6; // a decision takes no longer

const BY_KEY = new Map(LIMITS.map(limit => [limit.key, limit]));

/* Limits on a feature and on its ancestors. */
const ON_FEATURE = new Map(Object.keys(FEATURES).map(feature => {
    const chain = [feature, FEATURES[feature]];
    return [feature, LIMITS.filter(limit => chain.includes(limit.feature))];
}));

export function window_start(limit, at) {
    if (limit.window === 'lifetime') return LIFETIME;
    if (limit.align === 'rolling') return at - at % PART_US;
    if (limit.window !== 'month') return at - at % SPAN_US[limit.window];
    const day = new Date(at / 1000);
    return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1) * 1000;
}

/* Of a window that begins there; a rolling one has none. */
function window_end(limit, start) {
    if (limit.window === 'lifetime' || limit.align === 'rolling') return Infinity;
    if (limit.window !== 'month') return start + SPAN_US[limit.window];
    const day = new Date(start / 1000);
    return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 1) * 1000;
}

export const named_feature = (feature, resource) => feature === 'call' && resource?.startsWith('s-') ? 'special' : feature;

function owner_of(limit, row) {
    return { subject: `s${row.subject}`, organization: `a${row.account}`, plan: `p${row.plan}`, site: 'site' }[limit.scope];
}

/* The override that holds after what was committed until `time`, by the clock's `at`. */
function override_at(all, time, at) {
    const newer = (a, b) => a.created !== b.created ? a.created > b.created : a.id > b.id;
    return all.filter(one => one.committed <= time && one.removed > time && at < one.expires)
        .reduce((best, one) => best && newer(best, one) ? best : one, null);
}

/* What an override makes of a plan's amount; multipliers are of hundredths. */
function bent_amount(limit, override) {
    if (!override) return limit.amount;
    if (override.kind === 'unlimited') return Infinity;
    return override.kind === 'multiplier' ? Math.floor(limit.amount * Math.round(override.multiplier * 100) / 100) : override.amount;
}

/** One counter of one window; of a rolling limit all of its time. `most_used`: what thresholds must have alerted for;
 * `perhaps_used`: what they may have. */
class Counter {
    constructor(limit, owner, window) {
        Object.assign(this, { limit, owner, window, used: 0, held: 0, most_used: 0, perhaps_used: 0, times: [], levels: [], peaks: [], ats: [], refused_at: Infinity });
        if (limit?.align === 'rolling') this.buckets = new Map();
    }

    get name() { return `${this.limit.key} of ${this.owner} in ${this.window}`; }

    /** Units that count at `at`: of a rolling limit what surely lies in the trailing length. */
    level(at) {
        if (!this.buckets) return this.used + this.held;
        let sum = this.held;
        for (const [start, used] of this.buckets) if (start > at - SPAN_US[this.limit.window]) sum += used;
        return sum;
    }

    add(line) {
        this.used += line.used_delta;
        this.held += line.held_delta;
        if (this.buckets) this.buckets.set(line.counted_at, (this.buckets.get(line.counted_at) ?? 0) + line.used_delta);
    }

    /** The most that was counted at any time between two; -1: nothing ever was. */
    most_between(from, to) {
        let low = 0, high = this.times.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.times[middle] <= from) low = middle + 1; else high = middle;
        }
        let most = low > 0 ? this.levels[low - 1] : 0;
        for (let i = low; i < this.times.length && this.times[i] <= to; i++) most = Math.max(most, this.peaks[i]);
        return most;
    }
}

/* Can changes, each known by what was counted before it, have happened one after the other, beginning with `from`? They can if
 * they make one way through all: as often into each state as out of it, but for both ends, and all connected. */
function is_one_way(changes, from) {
    if (changes.length === 1) return changes[0][0] === from[0] && changes[0][1] === from[1];
    const balance = new Map(), out = new Map();
    const at = (used, held) => `${used} ${held}`;
    let end = [...from];
    for (const [used, held, used_delta, held_delta] of changes) {
        const here = at(used, held), there = at(used + used_delta, held + held_delta);
        balance.set(here, (balance.get(here) ?? 0) + 1);
        balance.set(there, (balance.get(there) ?? 0) - 1);
        out.set(here, [...(out.get(here) ?? []), there]);
        end = [end[0] + used_delta, end[1] + held_delta];
    }
    const start = at(...from), finish = at(...end);
    balance.set(start, (balance.get(start) ?? 0) - 1);
    balance.set(finish, (balance.get(finish) ?? 0) + 1);
    if ([...balance.values()].some(count => count !== 0)) return false;
    const seen = new Set([start]), todo = [start];
    while (todo.length) for (const next of out.get(todo.pop()) ?? []) if (!seen.has(next)) { seen.add(next); todo.push(next); }
    return [...out.keys()].every(state => seen.has(state));
}

export class Books {
    /** `conductor`: what happened around the callers. `complain(check, text)` is told what is wrong. */
    constructor(tables, conductor, complain) {
        Object.assign(this, { tables, conductor, complain, counters: new Map(), rows: new Map(), resets: new Set(), open: [], granted: new Map(), windows: new Map() });
        this.overrides = new Map();
        for (const one of tables.overrides) {
            const name = `${one.owner} ${one.limit}`;
            this.overrides.set(name, [...(this.overrides.get(name) ?? []), one]);
        }
    }

    counter(limit, owner, counted_at) {
        const name = limit.align === 'rolling' ? `${owner} ${limit.key}` : `${owner} ${limit.key} ${counted_at}`;
        let counter = this.counters.get(name);
        if (counter) return counter;
        this.counters.set(name, counter = new Counter(limit, owner, limit.align === 'rolling' ? 0 : counted_at));
        if (limit.rollover) {
            const all = `${owner} ${limit.key} `;
            this.windows.set(all, [...this.windows.get(all) ?? [], counter]);
        }
        return counter;
    }

    /** The amounts that a limit had between two commits at the clock's `at`: the least and the most. */
    amounts(limit, owner, version, from, to, at) {
        let plain = [limit.amount];
        if (limit.changes) plain = version === null ? [limit.amount, limit.changes] : [this.conductor.policies.get(version) ? limit.changes : limit.amount];
        if (limit.rollover) plain = [limit.amount, limit.amount + limit.rollover];
        if (!limit.bends) return { least: Math.min(...plain), most: Math.max(...plain) };
        const all = this.overrides.get(`${owner} ${limit.key}`) ?? [];
        const amounts = [];
        if (at === null) { /* which of them had expired is not known: any may have held, or none */
            amounts.push(limit.amount, ...all.filter(one => one.committed <= to && one.removed > from).map(one => bent_amount(limit, one)));
        } else {
            const changed = all.flatMap(one => [one.committed, one.removed]).filter(time => time > from && time < to);
            amounts.push(...[from, ...changed, to].map(time => bent_amount(limit, override_at(all, time, at))));
        }
        return { least: Math.min(...amounts), most: Math.max(...amounts) };
    }

    /** The same for a decision. What is an organization's is not locked against what its members do: a decision may be under
     * way while it changes. */
    amounts_of(limit, owner, row) {
        const from = limit.bends && limit.scope === 'organization' ? row.committed - UNDER_WAY_US : row.committed;
        return this.amounts(limit, owner, row.version, from, row.committed, row.at);
    }

    /** The next decision, in the order of commits. */
    take(row) {
        if (this.open.length && this.open[0].xid !== row.xid) this.close();
        if (this.rows.has(row.id)) this.complain('whole', `decision ${row.id} is there twice`);
        this.rows.set(row.id, row);
        this.open.push(row);
    }

    /** A transaction is complete. */
    close() {
        const touched = new Map(), drawn_from = new Map();
        for (const row of this.open) if (row.kind === 'reset') this.resets.add(`${row.subject} ${row.feature}`);
        for (const row of this.open) {
            this.check(row);
            if (row.outcome === 'allowed') this.post(row, touched, drawn_from);
        }
        for (const [grant, id] of drawn_from) this.close_grant(grant, id);
        for (const [counter, changes] of touched) this.close_counter(counter, changes);
        this.open = [];
    }

    post(row, touched, drawn_from) {
        for (const line of row.lines) {
            if (!line.used_delta && !line.held_delta) continue;
            if (line.flags & IS_GRANT) {
                this.post_grant(row, line, drawn_from);
                continue;
            }
            const limit = BY_KEY.get(this.tables.slots.get(line.slot));
            if (!limit) {
                this.complain('charged', `${row.id}: a line about slot ${line.slot}, which is no limit`);
                continue;
            }
            const counter = this.counter(limit, owner_of(limit, row), line.counted_at);
            if (!touched.has(counter)) touched.set(counter, []);
            touched.get(counter).push({ row, line });
        }
    }

    post_grant(row, line, drawn_from) {
        const change = line.used_delta + line.held_delta;
        this.granted.set(-line.slot, (this.granted.get(-line.slot) ?? 0) + change);
        if (change > 0) drawn_from.set(-line.slot, row.id);
    }

    /* At the end of a transaction: in it, what was given back may have come first, and rows of one do not tell their order. */
    close_grant(grant, id) {
        const drawn = this.granted.get(grant), amount = this.tables.grants.get(grant);
        if (!(drawn <= amount)) this.complain('exceeded', `${id}: ${drawn} units drawn from grant ${grant} of ${amount}`);
    }

    close_counter(counter, changes) {
        const before = counter.level(changes[0].row.at), used_before = counter.used, held_before = counter.held;
        this.check_before(counter, changes);
        let added = 0;
        for (const { row, line } of changes) {
            counter.add(line);
            added += Math.max(line.used_delta, 0);
            counter.is_reset ||= row.kind === 'reset';
            if (row.kind === 'reset') counter.buckets?.clear();
        }
        const { row, line } = changes.find(one => one.line.used_delta + one.line.held_delta > 0) ?? changes[0];
        const level = counter.level(row.at);
        const over = row.at >= window_end(counter.limit, counter.window); /* then commits and refunds may be on record only */
        if (counter.used < 0 && !counter.buckets && !(over && counter.is_reset) || counter.held < 0)
            this.complain('exceeded', `${counter.name}: ${counter.used} used, ${counter.held} held after ${row.id}`);
        const { most } = this.amounts_of(counter.limit, counter.owner, row);
        if (level > before && level > (counter.limit.rollover ? line.amount : most))
            this.complain('exceeded', `${counter.name}: ${level} of ${most} after ${row.kind} ${row.id} at ${row.at}`);
        if (!over) counter.most_used = Math.max(counter.most_used, counter.used);
        counter.perhaps_used = Math.max(counter.perhaps_used, used_before + added);
        /* Who was refused in the same transaction may have stood before those who gave back. */
        const risen = changes.reduce((sum, one) => sum + Math.max(one.line.used_delta + one.line.held_delta, 0), 0);
        counter.times.push(row.committed);
        counter.ats.push(row.at);
        counter.levels.push(counter.used + counter.held);
        counter.peaks.push(Math.max(used_before + held_before + risen, counter.used + counter.held));
    }

    /* What a decision says was used before it, of a subject's own limits: shared ones need not know. */
    check_before(counter, changes) {
        if (counter.limit.scope !== 'subject' || counter.buckets) return;
        if (changes.some(({ row, line }) => row.about && line.counted_at !== window_start(counter.limit, row.at))) return;
        const said = changes.map(({ line }) => [line.used, line.held, line.used_delta, line.held_delta]);
        if (!is_one_way(said, [counter.used, counter.held]))
            this.complain('before', `${counter.name}: ${counter.used} used and ${counter.held} held, but decisions say ` +
                changes.slice(0, 6).map(({ row, line }) => `${row.kind} ${row.id}: ${line.used}+${line.used_delta} ${line.held}+${line.held_delta}`).join('; '));
    }

    /* --- what a decision should have charged --- */

    check(row) {
        if (row.charged_although_refused) this.complain('charged', `${row.kind} ${row.id} was ${row.outcome}, but charges`);
        if (row.outcome !== 'allowed') return;
        if (row.kind === 'consume' || row.kind === 'hold') this.check_charge(row);
        else if (row.kind === 'reset') this.check_reset(row);
        else this.check_settlement(row);
    }

    /* Lines by the key of their limit, and what grants gave. */
    by_limit(row, what) {
        const lines = new Map();
        let granted = 0;
        for (const line of row.lines) {
            if (line.flags & IS_GRANT) granted += line[what];
            else lines.set(this.tables.slots.get(line.slot), line);
        }
        return { lines, granted };
    }

    check_charge(row) {
        const items = row.items ?? [{ feature: row.feature, resource: row.resource, units: row.units }];
        const wanted = new Map();
        for (const item of items)
            for (const limit of ON_FEATURE.get(named_feature(item.feature, item.resource)) ?? [])
                wanted.set(limit, (wanted.get(limit) ?? 0) + item.units);
        const what = row.kind === 'hold' ? 'held_delta' : 'used_delta', not = row.kind === 'hold' ? 'used_delta' : 'held_delta';
        const { lines, granted } = this.by_limit(row, what);
        for (const [limit, units] of wanted) {
            const line = lines.get(limit.key);
            const covered = limit.bends && limit.scope === 'subject' ? granted : 0;
            if (!line || line[what] + covered !== units || line[not] !== 0 || (line.flags & SCOPE_BITS) !== SCOPE_FLAG[limit.scope])
                this.complain('charged', `${row.kind} ${row.id} of ${row.units} ${row.feature}: ${limit.key} should have ${units}, has ${line?.[what]}`);
            else
                this.check_terms(row, limit, line);
            lines.delete(limit.key);
        }
        for (const [key, line] of lines)
            if (line.used_delta || line.held_delta) this.complain('charged', `${row.kind} ${row.id} of ${row.feature} charges ${key} as well`);
    }

    /* A counter that others share may have been turned while the decision was under way, and never goes back. */
    has_turned(limit, start, row) {
        return limit.scope !== 'subject' && start > row.at && start === window_start(limit, start) &&
            start <= this.conductor.ahead(row.committed).most + row.committed + RECKONED_US;
    }

    /* The window and the amount that it was decided on. */
    check_terms(row, limit, line) {
        if (line.counted_at !== window_start(limit, row.at) && !this.has_turned(limit, line.counted_at, row))
            this.complain('charged', `${row.kind} ${row.id} at ${row.at} counts for ${limit.key} in the window of ${line.counted_at}`);
        const { least, most } = this.amounts_of(limit, owner_of(limit, row), row);
        const amount = line.amount < 0 ? Infinity : line.amount;
        if (limit.rollover) this.check_carried(row, limit, line);
        else if (amount < least || amount > most)
            this.complain('amount', `${row.kind} ${row.id} at ${row.at}: ${limit.key} of ${owner_of(limit, row)} had ${line.amount}, should have ${most}`);
    }

    /* What was left of the window before goes along, as it was when the row came to the new one: by then, or a little later, when what
     * is settled of the old window is on record only. All decisions of one window were made on the same. */
    check_carried(row, limit, line) {
        const owner = owner_of(limit, row), counter = this.counter(limit, owner, line.counted_at), carried = line.amount - limit.amount;
        if (counter.carried === undefined) {
            const [least, most] = this.carried_between(limit, owner, line.counted_at);
            if (carried < least || carried > most)
                this.complain('amount', `${row.kind} ${row.id} at ${row.at}: ${limit.key} of ${owner} took along ${carried}, should have ${least} to ${most}`);
            counter.carried = carried;
        } else if (counter.carried !== carried) {
            this.complain('amount', `${row.kind} ${row.id} at ${row.at}: ${limit.key} of ${owner} took along ${carried}, and ${counter.carried} before`);
        }
    }

    /* The least and the most that could be taken along into the window that begins at `start`. */
    carried_between(limit, owner, start) {
        const prefix = `${owner} ${limit.key} `, before = [...this.windows.get(prefix) ?? []].filter(one => one.window < start);
        if (!before.length) return [0, 0];
        const last = before.reduce((a, b) => a.window > b.window ? a : b);
        const first_late = last.ats.findIndex(at => at >= start), from = first_late < 0 ? last.ats.length - 1 : Math.max(0, first_late - 1);
        const levels = last.levels.slice(Math.max(0, from));
        if (first_late === 0) levels.push(0);
        const open = this.open.flatMap(row => row.outcome === 'allowed' ? row.lines.filter(line => this.tables.slots.get(line.slot) === limit.key &&
            line.counted_at === last.window && owner_of(limit, row) === owner).map(line => line.used_delta + line.held_delta) : []);
        const low = Math.min(...levels, Infinity) + open.filter(delta => delta < 0).reduce((a, b) => a + b, 0);
        const high = Math.max(...levels, 0) + open.filter(delta => delta > 0).reduce((a, b) => a + b, 0);
        const skipped = (start - last.window) / SPAN_US[limit.window] - 1;
        const along = level => Math.min(limit.rollover, Math.max(0, limit.amount + (last.carried ?? 0) - level) + skipped * limit.amount);
        return [along(high), along(Number.isFinite(low) ? low : 0)];
    }

    check_reset(row) {
        for (const line of row.lines) {
            const limit = BY_KEY.get(this.tables.slots.get(line.slot));
            if (limit?.feature !== row.feature || limit.scope !== 'subject' || line.used_delta !== -line.used || line.held_delta !== 0)
                this.complain('charged', `reset ${row.id} of ${row.feature}: ${line.used_delta} used and ${line.held_delta} held of slot ${line.slot}`);
        }
    }

    /* Commit, release, expiry and refund: of what an earlier decision charged or held. */
    check_settlement(row) {
        const first = this.rows.get(row.about);
        if (!first || first.outcome !== 'allowed' || first.at !== row.about_at || first.subject !== row.subject) {
            this.complain('whole', `${row.kind} ${row.id} is about ${row.about}, which is no charge`);
            return;
        }
        const refund = row.kind === 'refund';
        if (refund ? this.refund_is_wrong(first, row) : this.end_is_wrong(first, row))
            this.complain('whole', `${row.kind} ${row.id} of ${row.units} cannot be: of ${first.kind} ${first.id} ${first.units} ` +
                `units, ${first.ended ?? 'open'}, ${first.refunded ?? 0} refunded`);
        const used = refund ? -row.units : row.kind === 'commit' ? row.units : 0;
        this.check_shares(first, row, used, refund);
    }

    refund_is_wrong(first, row) {
        const charged = first.kind === 'consume' ? first.units : first.ended === 'commit' ? first.committed_units : 0;
        first.refunded = (first.refunded ?? 0) + row.units;
        return first.refunded > charged || row.units < 1;
    }

    end_is_wrong(first, row) {
        const wrong = first.kind !== 'hold' || first.ended || row.units > first.units;
        first.ended = row.kind;
        first.committed_units = row.kind === 'commit' ? row.units : 0;
        return wrong;
    }

    check_shares(first, row, used, refund) {
        const { lines, granted } = this.by_limit(row, 'used_delta');
        const held = this.by_limit(row, 'held_delta'), at_first = this.by_limit(first, refund && first.kind === 'consume' ? 'used_delta' : 'held_delta');
        for (const [key, old] of at_first.lines) {
            const limit = BY_KEY.get(key), line = lines.get(key);
            const covered = limit.bends && limit.scope === 'subject';
            let wanted = first.items ? -old.used_delta : used;
            if (covered && !first.items) wanted -= granted;
            const got = line?.used_delta ?? 0;
            /* A reset in between leaves less to give back, and so does time where windows roll. */
            const less = refund && (limit.align === 'rolling' || limit.scope === 'subject' && this.resets.has(`${row.subject} ${limit.feature}`));
            if (less && !first.items && got <= 0 && got >= used) continue;
            if (less && first.items && got <= 0 && got >= wanted) continue;
            const held_wanted = refund ? 0 : -old.held_delta;
            if (got !== wanted || (line?.held_delta ?? 0) !== held_wanted || line && line.counted_at !== old.counted_at)
                this.complain('charged', `${row.kind} ${row.id} of ${row.units}: ${key} should change by ${wanted} used and ${held_wanted} held, ` +
                    `did by ${got} and ${line?.held_delta ?? 0}`);
        }
        if (!refund && held.granted !== -at_first.granted)
            this.complain('charged', `${row.kind} ${row.id}: grants held ${at_first.granted}, gave back ${held.granted}`);
    }
}
