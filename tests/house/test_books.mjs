#!/usr/bin/env node
// The books of tests/load: what thresholds they demand alerts for, when what was held is committed in its window and later.
import { Books } from '../load/books.mjs';
import { LIMITS } from '../load/policy.mjs';
import { equal, finish, test } from '../e2e/lib/tap.mjs';

const MINUTE = 60e6;
const SCOPE_FLAG = { subject: 0, organization: 4096, plan: 8192, site: 16384 };

/* A hold of one unit under the limit at `held_at`, then its commit. Answers what was said against it, and what it makes of the
 * counter: the use that must have alerted, and that which may have. */
function commit(key, window, held_at, committed_at) {
    const mine = LIMITS.find(limit => limit.key === key), { feature } = mine;
    const limits = LIMITS.filter(limit => limit.feature === feature);
    const wrong = [];
    const tables = { slots: new Map(limits.map((limit, slot) => [slot, limit.key])), overrides: [], grants: new Map() };
    const books = new Books(tables, new Map([[1, false]]), (check, text) => wrong.push(`${check}: ${text}`));
    const row = (id, kind, at, used_delta, held_delta, about) => ({
        id, kind, at, account: 1, subject: 2, plan: 'basic', feature, resource: null, units: 1, items: null, outcome: 'allowed', version: 1,
        about_at: about?.at ?? null, about: about?.id ?? null, committed: at, xid: id, given_back: 0,
        lines: limits.map((limit, slot) => ({ slot, counted_at: window(limit), amount: limit.amount, used: 0, held: about ? 1 : 0, used_delta,
            held_delta, flags: SCOPE_FLAG[limit.scope], asked: 1 })),
    });
    const hold = row('a', 'hold', held_at, 0, 1);
    books.take(hold);
    books.take(row('b', 'commit', committed_at, 1, -1, hold));
    books.close();
    const counter = books.counter(mine, { subject: 's2', site: 'site', organization: 'a1' }[mine.scope], window(mine));
    return { wrong, must: counter.most_used, may: counter.perhaps_used };
}

const minute = Date.UTC(2026, 10, 30, 23, 59) * 1000;
await test('a commit in the window that was charged must alert', async () =>
    equal(commit('tight', () => minute, minute, minute + MINUTE - 1), { wrong: [], must: 1, may: 1 }));
await test('a commit when that window is over may alert, and need not', async () =>
    equal(commit('tight', () => minute, minute, minute + MINUTE), { wrong: [], must: 0, may: 1 }));

const month = Date.UTC(2026, 10, 1) * 1000, next = Date.UTC(2026, 11, 1) * 1000;
const windows = { day: next - 2 * 24 * 60 * MINUTE, month };
await test('a month ends with its last day', async () => {
    const at = time => commit('everyone_all', limit => windows[limit.window], time - 25 * 60 * MINUTE, time);
    equal(at(next - 1), { wrong: [], must: 1, may: 1 });
    equal(at(next), { wrong: [], must: 0, may: 1 });
});

const lifetime = -(2 ** 63);
await test('a lifetime does not end', async () =>
    equal(commit('own', () => lifetime, minute, next), { wrong: [], must: 1, may: 1 }));

/* What is drawn from a grant of three units, by transaction. */
function drawn(...transactions) {
    const wrong = [];
    const books = new Books({ slots: new Map(), overrides: [], grants: new Map([[7, 3]]) }, new Map([[1, false]]), (check, text) =>
        { if (check === 'exceeded') wrong.push(text); });
    transactions.forEach((changes, xid) => changes.forEach((used_delta, i) => books.take({
        id: `${xid}.${i}`, kind: 'reset', at: minute + xid, account: 1, subject: 2, plan: 'basic', feature: '*', items: null, units: 1,
        outcome: 'allowed', version: 1, committed: minute + xid, xid, given_back: 0,
        lines: [{ slot: -7, counted_at: lifetime, used_delta, held_delta: 0, flags: 2048, used: 0, held: 0 }] })));
    books.close();
    return wrong.length;
}
await test('a grant is exceeded by what a transaction leaves, whatever the order of its rows', async () => {
    equal([drawn([3]), drawn([3], [-1], [1]), drawn([3], [1, -1]), drawn([3], [-1, 1])], [0, 0, 0, 0]);
    equal([drawn([4]), drawn([3], [1], [-1]), drawn([3], [2, -1])], [1, 1, 1]);
});
finish();
