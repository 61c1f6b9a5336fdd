#!/usr/bin/env node
// check.mjs FOLDER: compares the callers' journals in FOLDER with the tables at DATABASE_URL, and says of each thing that must
// hold whether it does. A call without an answer (its process was killed, or the database was down) may have been carried out
// or not, once at most. Where it had a key, it was asked for once more in the end, and its outcome is what was told then; of the others the
// tables say which. With that everything must add up.
import { Books, PART_US, RECKONED_US } from './books.mjs';
import { read_id, read_journals } from './journals.mjs';
import { LIMITS } from './policy.mjs';
import { read_decisions, read_tables } from './tables.mjs';

export const CHECKS = {
    lost: 'what was acknowledged is on record, as it was told, once',
    untold: 'what is on record was told to somebody, or belongs to a call whose outcome is not known',
    resolved: 'of every call without an answer it is known in the end what became of it',
    sums: 'the units on record are the units that callers were told, and those of unknown outcomes, which are resolved',
    keys: 'an idempotency key has one charge, and one answer',
    whole: 'reservations end once, and no refund exceeds its charge',
    charged: 'every decision charges what the policy says, in the right window',
    amount: 'every decision was made on the amount in force',
    before: 'what decisions say was used before them is what was used',
    exceeded: 'no limit, grant or trailing window is ever exceeded',
    reason: 'nobody is refused without a reason of that moment',
    filled: 'what is asked for more than there is, is given out to the last unit',
    counters: 'counters are the sums of what was recorded in their window, also where it rolls',
    alerts: 'thresholds that were reached alert once in their window, and others do not',
    up: 'hardly anybody is told that the database is down, since it is not',
    clock: 'decisions are made by the clock of that moment, and answered after they are committed',
};
const SHOWN = 6;
/* A refusal from memory may be so old; changes made elsewhere are heard within a second, for which a busy machine, where all
 * these threads wait for a processor, may take longer. */
const STALE_US = 4e6;
/* Refusals from memory that a killed process had not written down yet. */
const LOST_WITH_PROCESS_US = 2e6;
/* A key is good for so long. */
const KEY_US = 24 * 3600e6;
const DOWN_AT_MOST = 0.02; // of all calls, where connections are cut
const SETTLES = { commit: 'commit', release: 'release', refund: 'refund', reset: 'reset' };

class Check {
    constructor(calls, conductor, tables) {
        Object.assign(this, { calls, conductor, tables, wrong: new Map(), by_mark: new Map(), counts: {}, unknown_ends: new Set() });
        this.books = new Books(tables, conductor, (check, text) => this.complain(check, text));
    }

    complain(check, text) {
        if (!this.wrong.has(check)) this.wrong.set(check, []);
        this.wrong.get(check).push(text);
    }

    count(what) { this.counts[what] = (this.counts[what] ?? 0) + 1; }

    take(row) {
        this.books.take(row);
        if (row.mark === null) return;
        if (this.by_mark.has(row.mark)) this.complain('lost', `call ${row.mark} has two decisions: ${row.id}, ${this.by_mark.get(row.mark).id}`);
        this.by_mark.set(row.mark, row);
    }

    /* --- from the journals to the tables --- */

    match() {
        const down = this.calls.filter(call => call.result === 'down');
        if (down.length > this.calls.length * DOWN_AT_MOST) this.complain('up', `${down.length} of ${this.calls.length} calls, such as ${down[0].mark}: ${down[0].detail}`);
        this.by_call = new Map(this.calls.map(call => [call.mark, call]));
        this.asked_again = new Map(this.calls.filter(call => call.mark.startsWith('resolver.')).map(call => [call.key, call]));
        this.of_others = new Set(this.calls.filter(call => call.key && call.fingerprint !== 'same' && call.result !== 'invalid').map(call => call.key));
        for (const call of this.calls) {
            this.count(call.op);
            if (call.result === 'unknown' || call.result === 'down') this.match_unknown(call);
            else if (call.result !== 'ok') this.match_refused(call);
            else if (call.op === 'consume' || call.op === 'hold') this.match_ask(call);
            else if (SETTLES[call.op]) this.match_settlement(call);
        }
    }

    match_unknown(call) {
        const row = this.by_mark.get(call.mark);
        this.resolve(call, row);
        if (call.op === 'commit' || call.op === 'release') this.unknown_ends.add(read_id(call.args[0]).id);
        if (row) row.told = true;
    }

    /* A request with a key: by what it was told when it was sent again, unless its key was good no longer, or for another request. All others: by the
     * record. */
    resolve(call, row) {
        const sent = call.fingerprint === 'same' ? this.asked_again.get(call.key) : undefined;
        const late = row && sent?.result === 'ok' && read_id(sent.id).at - row.at >= KEY_US - RECKONED_US, again = late ? undefined : sent;
        this.count(`unknown, resolved by its ${again ? 'key' : 'record'}: ${row ? 'was carried out' : 'was not'}`);
        const anothers = again?.result === 'invalid' && row?.outcome !== 'allowed' && this.of_others.has(call.key);
        if (late || anothers) return;
        if (call.fingerprint === 'same' && again?.result !== 'ok')
            this.complain('resolved', `${call.op} ${call.mark} with ${call.key}: ${again ? `asked again, it was told ${again.result}` : 'it was not asked again'}`);
        else if (again && row?.outcome === 'allowed' && read_id(again.id).id !== row.id)
            this.complain('resolved', `${call.op} ${call.mark} with ${call.key} is on record as ${row.id}, and asked again it was told ${again.id}`);
    }

    /* Not carried out: a conflict, a key used for something else. */
    match_refused(call) {
        this.count(`${call.op} ${call.result}`);
        const row = this.by_mark.get(call.mark);
        if (row) this.complain('untold', `${call.op} ${call.mark} was told ${call.result} (${call.detail}), but is on record as ${row.id}`);
    }

    row_of(call) {
        const key = read_id(call.id);
        const row = this.books.rows.get(key.id);
        if (!row) return null;
        if (row.at !== key.at || row.account !== key.account || row.subject !== key.subject)
            this.complain('lost', `${call.op} ${call.mark}: ${call.id} does not lead to ${row.id}`);
        row.told = true;
        return row;
    }

    match_ask(call) {
        this.count(call.outcome);
        const row = this.row_of(call);
        if (!row) {
            if (call.outcome !== 'allowed' && this.conductor.killed_at(call.mark) < call.ended + LOST_WITH_PROCESS_US) this.count('refusals lost with their process');
            else this.complain('lost', `${call.op} ${call.mark} by ${call.subject} of ${call.units} ${call.feature}: ${call.outcome}, but ${call.id} is not on record`);
            return;
        }
        const subject = this.tables.subjects.get(call.subject);
        if (row.outcome !== call.outcome || row.kind !== call.op || row.subject !== subject.id || row.units !== call.units ||
            call.told_units !== call.units || row.at !== call.at)
            this.complain('lost', `${call.op} ${call.mark} by ${call.subject} of ${call.units} ${call.feature}: ${call.outcome} at ${call.at}; recorded is ` +
                `${row.kind} of ${row.units} by ${row.subject}: ${row.outcome} at ${row.at}`);
        const replayed = row.mark !== call.mark;
        if (call.key ? row.key !== call.key : replayed) this.complain('lost', `${call.op} ${call.mark} was given ${row.id}, which belongs to ${row.mark}`);
        if (replayed) this.count('replayed');
        else this.check_time(call, row);
        if (call.outcome === 'denied') this.check_reason(call, row);
    }

    match_settlement(call) {
        const row = this.row_of(call);
        if (!row) {
            this.complain('lost', `${call.op} ${call.mark} was done, but ${call.id} is not on record`);
            return;
        }
        if (row.kind !== SETTLES[call.op] || row.units !== call.told_units || row.about !== null && row.about !== read_id(call.args[0]).id)
            this.complain('lost', `${call.op} ${call.mark} of ${call.args} is on record as ${row.kind} ${row.id} of ${row.units} about ${row.about}`);
        if (row.mark !== null && row.mark !== call.mark) this.complain('lost', `${call.op} ${call.mark} was given ${row.id}, which belongs to ${row.mark}`);
        if (row.settled_by) this.complain('lost', `${call.op} ${call.mark} and ${row.settled_by} were both told ${row.id}`);
        row.settled_by = call.mark;
        this.check_time(call, row);
    }

    check_time(call, row) {
        /* What is charged goes by the clock and the policy of that moment; a refusal from memory may be a little old. */
        const stale_us = row.outcome === 'allowed' ? 0 : STALE_US;
        const from = this.conductor.ahead(call.began - stale_us).least + call.began - stale_us - RECKONED_US;
        const to = this.conductor.ahead(call.ended).most + call.ended;
        if (row.at < from || row.at > to) this.complain('clock', `${call.op} ${call.mark} was decided at ${row.at}, not between ${from} and ${to}`);
        if (row.outcome === 'allowed' && row.committed > call.ended)
            this.complain('clock', `${call.op} ${call.mark} was answered ${row.committed - call.ended} us before it was committed`);
        const { policies } = this.tables, next = policies[policies.findIndex(one => one.version === row.version) + 1];
        if (next && this.conductor.applied_at(next.version) < call.began - stale_us)
            this.complain('amount', `${call.op} ${call.mark} (${row.outcome}): policy ${row.version} had been replaced ${call.began - this.conductor.applied_at(next.version)} us before`);
    }

    /* Was one of the limits that refused full at any time that it may have been looked at? */
    check_reason(call, row) {
        const from = call.began - STALE_US;
        const owners = { subject: `s${row.subject}`, organization: `a${row.account}`, plan: `p${row.plan}`, site: 'site' };
        const said = [];
        for (const line of row.lines) {
            const limit = LIMITS.find(one => one.key === this.tables.slots.get(line.slot));
            if (line.window_end <= row.at && limit.align !== 'rolling') said.push(`${limit.key}: the window is over`);
            if (limit.align === 'rolling') return;
            const counter = this.books.counter(limit, owners[limit.scope], line.counted_at);
            const { least } = this.books.amounts(limit, counter.owner, null, from, call.ended, null);
            const most = counter.most_between(from, call.ended);
            if (most + line.asked > least) {
                counter.refused_at = Math.min(counter.refused_at, line.asked);
                return;
            }
            said.push(`${counter.name}: ${most} of ${least} at most, asked ${line.asked}`);
        }
        this.complain('reason', `${call.op} ${call.mark} by ${call.subject} of ${call.units} ${call.feature} (${row.id}): ${said.join('; ')}`);
    }

    /* --- from the tables to the journals --- */

    match_back() {
        const charges = new Map();
        for (const row of this.books.rows.values()) {
            this.match_row(row);
            if (row.key === null || row.outcome !== 'allowed') continue;
            if (!charges.has(row.key)) charges.set(row.key, []);
            charges.get(row.key).push(row);
        }
        for (const [key, rows] of charges) this.check_charges(key, rows.sort((one, other) => one.at - other.at));
        this.check_keys(charges);
    }

    match_row(row) {
        if (row.kind === 'expire') {
            const held = this.tables.reservations.get(row.about);
            if (!held || held.state !== 'expired' || held.expires > row.at) this.complain('whole', `expire ${row.id} of ${row.about} at ${row.at}`);
            return;
        }
        if (row.kind === 'commit' || row.kind === 'release') {
            if (!row.told && !this.unknown_ends.has(row.about)) this.complain('untold', `${row.kind} ${row.id} of ${row.about}: nobody was told so`);
            return;
        }
        const call = row.mark === null ? null : this.by_call.get(row.mark);
        if (!call) this.complain('untold', `${row.kind} ${row.id}: no call ${row.mark} in any journal`);
        else if (call.result === 'ok' && read_id(call.id).id !== row.id)
            this.complain('untold', `${row.kind} ${row.id} is of call ${call.mark}, which was given ${call.id}`);
        else if (!row.told) this.complain('untold', `${row.kind} ${row.id}: ${row.mark} was told ${call.result}`);
    }

    /* `rows`: what was charged under the key, in the order of time. */
    check_charges(key, rows) {
        for (const [i, row] of rows.slice(1).entries())
            if (row.at - rows[i].at < KEY_US - RECKONED_US) this.complain('keys', `key ${key} has two charges: ${rows[i].id} at ${rows[i].at}, ${row.id} at ${row.at}`);
    }

    check_keys(charges) {
        for (const call of this.calls) {
            if (!call.key || call.result !== 'ok' || call.outcome !== 'allowed') continue;
            const rows = charges.get(call.key) ?? [], { id } = read_id(call.id), began = this.conductor.ahead(call.began).least + call.began - RECKONED_US;
            const charge = rows.findLast(row => row.at < began) ?? rows[0];
            if (charge?.id !== id && !rows.some(row => row.id === id && row.at >= began))
                this.complain('keys', `${call.mark} was given ${call.id} for key ${call.key}, whose charge is ${charge?.id}`);
            else if (began - rows.find(row => row.id === id).at > KEY_US)
                this.complain('keys', `${call.mark} was given ${call.id} for key ${call.key}, which was good no longer`);
            if (call.fingerprint !== 'same') this.count('key used for the first time by the other request');
        }
    }

    /* Units by what was done: on record, and by what callers were told of each record, with the records of unknown outcomes. */
    check_sums() {
        const on_record = {}, told = {}, seen = new Set();
        const add = (sums, kind, units) => { sums[kind] = (sums[kind] ?? 0) + units; };
        for (const row of this.books.rows.values()) if (row.outcome === 'allowed' && row.kind !== 'expire') add(on_record, row.kind, row.units);
        for (const call of this.calls) {
            const kind = SETTLES[call.op] ?? (call.op === 'consume' || call.op === 'hold' ? call.op : null), id = call.result === 'ok' && kind && read_id(call.id).id;
            if (!id || (call.outcome ?? 'allowed') !== 'allowed' || seen.has(id)) continue;
            seen.add(id);
            add(told, kind, call.told_units);
        }
        for (const row of this.books.rows.values())
            if (row.outcome === 'allowed' && row.kind !== 'expire' && !seen.has(row.id) && (this.is_unknown(row.mark) || this.unknown_ends.has(row.about))) add(told, row.kind, row.units);
        for (const kind of new Set([...Object.keys(on_record), ...Object.keys(told)]))
            if (on_record[kind] !== told[kind]) this.complain('sums', `${kind}: ${on_record[kind] ?? 0} units on record, ${told[kind] ?? 0} told and resolved`);
    }

    is_unknown(mark) { return ['unknown', 'down'].includes(this.by_call.get(mark)?.result); }

    /* --- the tables among themselves --- */

    check_counters() {
        const there = new Map();
        for (const one of this.tables.counters) {
            if (one.slot < 0) {
                const drawn = this.books.granted.get(-one.slot) ?? 0;
                if (one.used + one.held !== drawn) this.complain('counters', `grant ${-one.slot}: ${one.used} used, ${one.held} held; recorded ${drawn}`);
                continue;
            }
            const limit = LIMITS.find(limit_ => limit_.key === this.tables.slots.get(one.slot));
            const counter = this.books.counter(limit, one.owner, one.window);
            there.set(`${one.owner} ${limit.key}`, one);
            if (one.held !== counter.held || !counter.buckets && one.used !== counter.used)
                this.complain('counters', `${counter.name}: ${one.used} used, ${one.held} held; recorded ${counter.used}, ${counter.held}`);
        }
        for (const counter of this.books.counters.values()) {
            if (!counter.times.length) continue;
            const one = there.get(`${counter.owner} ${counter.limit.key}`);
            if (!one) this.complain('counters', `${counter.name}: there is none, but ${counter.used} are recorded`);
            else if (counter.window > one.window && !counter.buckets) this.complain('counters', `${counter.name}: it stands in the window of ${one.window}`);
        }
    }

    /* Each sub-window that is still kept, and that their sum is what is said to be used. */
    check_rolling() {
        for (const { owner, slot, window, used, parts } of this.tables.rolling) {
            const counter = this.books.counter(LIMITS.find(limit => limit.key === this.tables.slots.get(slot)), owner, 0);
            const wrong = parts.findIndex((units, i) => units !== (counter.buckets.get(window - i * PART_US) ?? 0));
            if (wrong >= 0) this.complain('counters', `${counter.name}: ${parts[wrong]} units in the sub-window of ${window - wrong * PART_US}, recorded ` +
                `${counter.buckets.get(window - wrong * PART_US) ?? 0}`);
            const sum = parts.slice(0, -1).reduce((a, b) => a + b, 0);
            if (used !== sum) this.complain('counters', `${counter.name}: ${used} used, its sub-windows hold ${sum}`);
        }
        this.counts['rolling counters'] = this.tables.rolling.length;
    }

    check_reservations() {
        const ends = { commit: 'committed', release: 'released', expire: 'expired' };
        for (const row of this.books.rows.values()) {
            if (row.outcome !== 'allowed') continue;
            if (row.given_back !== (row.refunded ?? 0)) this.complain('whole', `${row.kind} ${row.id}: ${row.given_back} given back, refunded ${row.refunded}`);
            if (row.kind !== 'hold') continue;
            const held = this.tables.reservations.get(row.id);
            if (!held || held.state !== (ends[row.ended] ?? 'held') || held.units !== row.units || held.committed !== (row.committed_units ?? 0))
                this.complain('whole', `hold ${row.id} of ${row.units}, ${row.ended}: the reservation says ${JSON.stringify(held)}`);
        }
    }

    check_filled() {
        let filled = 0;
        for (const counter of this.books.counters.values()) {
            if (counter.used === counter.limit.amount) filled++;
            if (counter.limit.whole && counter.refused_at < Infinity && counter.used <= counter.limit.amount - counter.refused_at)
                this.complain('filled', `${counter.name}: ${counter.refused_at} were refused with ${counter.used} of ${counter.limit.amount} used`);
        }
        this.counts['counters that ended exactly full'] = filled;
        const whole = [...this.books.counters.values()].filter(one => one.limit.whole && one.used === one.limit.amount);
        if (!whole.length) this.complain('filled', 'no lifetime limit was filled: there were too few calls');
    }

    check_alerts() {
        const rows = new Set();
        for (const alert of this.tables.alerts) {
            const limit = LIMITS.find(one => one.key === this.tables.slots.get(alert.slot));
            if (!limit.warn) continue;
            const name = `${alert.owner} ${limit.key} ${alert.window} ${alert.threshold}`;
            if (rows.has(name)) this.complain('alerts', `twice: ${name}`);
            rows.add(name);
            const counter = this.books.counter(limit, alert.owner, alert.window);
            if (counter.perhaps_used < Math.ceil(limit.amount * alert.threshold / 100))
                this.complain('alerts', `${name}: only ${counter.perhaps_used} of ${limit.amount} were used`);
        }
        this.counts.alerts = rows.size;
        for (const counter of this.books.counters.values())
            for (const percent of counter.limit.warn ?? [])
                if (counter.most_used >= Math.ceil(counter.limit.amount * percent / 100) &&
                    !rows.has(`${counter.owner} ${counter.limit.key} ${counter.window} ${percent}`))
                    this.complain('alerts', `${counter.name}: ${counter.most_used} of ${counter.limit.amount} used, but no alert at ${percent} %`);
    }
}

export async function check(folder, url) {
    const { calls, conductor } = read_journals(folder);
    const it = new Check(calls, conductor, await read_tables(url));
    await read_decisions(url, row => it.take(row));
    it.books.close();
    it.match();
    it.match_back();
    it.check_sums();
    it.check_counters();
    it.check_rolling();
    it.check_reservations();
    it.check_filled();
    it.check_alerts();
    return { checks: CHECKS, wrong: it.wrong, counts: { calls: calls.length, decisions: it.books.rows.size, ...it.counts } };
}

/** Prints what was found; answers whether all is well. */
export function report({ checks, wrong, counts }, name) {
    for (const [check_, words] of Object.entries(checks)) {
        const complaints = wrong.get(check_) ?? [];
        console.log(`${complaints.length ? 'not ok' : 'ok'} - ${name}: ${words}`);
        for (const text of complaints.slice(0, SHOWN)) console.log(`    ${text}`);
        if (complaints.length > SHOWN) console.log(`    and ${complaints.length - SHOWN} more`);
    }
    console.log(`    ${Object.entries(counts).map(([what, count]) => `${what}: ${count}`).join(', ')}`);
    return wrong.size === 0;
}

if (process.argv[1] === import.meta.filename)
    process.exitCode = report(await check(process.argv[2], process.env.DATABASE_URL), 'load') ? 0 : 1;
