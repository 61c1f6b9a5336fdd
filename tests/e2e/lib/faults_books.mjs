// The books after a fault: what callers were told, what is recorded, what is counted. It reads the callers' notes and the
// tables, and asks the service nothing.
import { BENT, SAID, TIGHT_ALL, TIGHT_OWN, TURN } from './faults_load.mjs';
import { psql } from './faults.mjs';
import { equal, ok } from './tap.mjs';

const NOTES_AT_MOST_MS = 3000;

/* A public id ends with the eight bytes of the record's own. */
const record_id = id => {
    const bytes = Buffer.from(id.slice(id.indexOf('_') + 1), 'base64url');
    return String(bytes.readBigInt64BE(bytes.length - 8));
};

/* All that the tables say about a load, in one answer. Numbers of 63 bits come as texts. */
async function tables(site, name) {
    const [[text]] = await psql(site, `select json_build_object(
        'rows', (select coalesce(json_agg(json_build_object(
                            'id', d.id::text, 'kind', d.kind, 'outcome', d.outcome, 'units', d.units,
                            'op', d.metadata->>'op', 'about', d.about_id::text, 'subject', s.key, 'feature', d.feature)), '[]')
                   from webquota.decisions d join webquota.subjects s on s.id = d.subject_id
                  where s.key like '${name}-%'),
        'overrides', (select coalesce(json_agg(json_build_object('op', o.reason, 'amount', o.amount, 'subject', s.key)), '[]')
                        from webquota.overrides o join webquota.subjects s on s.id = o.subject_id where s.key like '${name}-%'),
        'resets', (select coalesce(json_agg(json_build_object('op', details->>'reason')), '[]') from webquota.audit
                    where action = 'usage.reset' and subject like '${name}-%'),
        'turns', (select coalesce(json_agg(t.used), '[]') from (select sum(l.used_delta) as used
                        from webquota.decision_lines l join webquota.limits n on n.slot = l.slot join webquota.subjects s on s.id = l.subject_id
                       where s.key like '${name}-%' and n.key = 'turn_own' group by l.subject_id, l.counted_at) t),
        'own', (select coalesce(json_agg(json_build_object(
                           'name', s.key || ' ' || v.feature, 'used', v.used, 'held', v.held)), '[]')
                  from webquota.counter_values v join webquota.subjects s on s.id = v.subject_id
                 where s.key like '${name}-%' and v.feature <> 'turn'),
        'all', (select coalesce(sum(v.used), 0)
                  from webquota.counter_values v join webquota.accounts a on a.id = v.account_id
                 where v.subject_id = 0 and v.limit_key = 'tight_all' and a.organization = '${name}'))`);
    return JSON.parse(text);
}

const group = (list, by) => {
    const groups = new Map();
    for (const one of list) groups.set(one[by], [...groups.get(one[by]) ?? [], one]);
    return groups;
};

/** How many of the load's unknown outcomes are on record as charged; asked before they are resolved. */
export async function unknown_on_record(site, load) {
    const ops = group((await tables(site, load.name)).rows, 'op');
    return load.stories.filter(story => !story.id && story.unknown && ops.has(story.op)).length;
}

/* What a refusal must have left in the journal. */
function refusal_mistakes(story, allowed, denied, load) {
    if (allowed.length) return [`${story.op}: refused, and on record as allowed (${allowed})`];
    if (denied.has(record_id(story.denied)) || load.may_be_lost(story.told)) return [];
    return [`${story.op}: refused as ${story.denied}, and that is not on record`];
}

/* What one story must have left in the journal; a sentence for each thing that is not so. */
function story_mistakes(story, charges, settlements, denied, load) {
    const mistakes = [];
    const rows = (charges.get(story.op) ?? []).filter(row => row.outcome === 'allowed');
    const ids = rows.map(row => row.id);
    if (story.refused) return refusal_mistakes(story, ids, denied, load);
    if (story.lost) return ids.length > 1 ? [`${story.op}: sent once, and on record ${ids.length} times`] : [];
    if (ids.length !== 1) return [`${story.op}: acknowledged, and ${ids.length} charges are on record (${ids})`];
    if (ids[0] !== record_id(story.id)) mistakes.push(`${story.op}: the answer names another record than the one there is`);
    if (rows[0].units !== story.units) mistakes.push(`${story.op}: ${rows[0].units} units on record, ${story.units} told`);
    const kinds = (settlements.get(ids[0]) ?? []).map(row => row.kind);
    const wanted = story.settled ? [story.kind] : [];
    if (String(kinds) !== String(wanted)) mistakes.push(`${story.op}: settled as [${kinds}], told [${wanted}]`);
    return mistakes;
}

/* Of a change that is sent once: is it made as it was said? `there`: those that are made, each with its `op`. */
function made_mistakes(what, { op, done, said }, there) {
    const times = there.filter(one => one.op === op).length, mistakes = [];
    if (times > 1 || times === 0 && (done || SAID.made.test(said))) mistakes.push(`${op}: the ${what} is there ${times} times`);
    if (times > 0 && SAID.not.test(said)) mistakes.push(`${op}: the ${what} is there, and it was said that it is not`);
    return mistakes;
}

/* Resets and overrides: what was told is there, once, as it was told; what was not may be, unless it was told that it is not. */
function once_mistakes(load, rows, overrides, audited) {
    const resets = new Map(rows.filter(row => row.kind === 'reset').map(row => [row.id, row]));
    const mistakes = [], known = new Set(load.bends.map(story => story.op));
    for (const { op, done } of load.resets) {
        const row = done && resets.get(record_id(done.decision_id));
        if (done && row?.units !== done.units) mistakes.push(`${op}: a reset of ${done.units}, on record are ${row?.units}`);
    }
    if (resets.size > load.resets.length) mistakes.push(`${resets.size} resets on record, ${load.resets.length} asked for`);
    mistakes.push(...load.bends.flatMap(story => made_mistakes('override', story, overrides)));
    mistakes.push(...load.resets.flatMap(story => made_mistakes('reset', story, audited)));
    return [...mistakes, ...overrides.filter(one => !known.has(one.op)).map(one => `${one.op}: an override, and nobody asked`)];
}

const left_used = { tight: 1, consume: 1, new: 1, bare: 1, refund: 0, release: 0, bent: 1, cleared: 1 };

/* Units that must be counted; of what was sent once and not answered, those on record. Of windows that are over the doctor looks. */
function told(all, charges, rows = []) {
    const used = {}, stories = all.filter(story => story.feature !== 'turn');
    for (const { kind, subject, feature, units } of rows)
        if (kind === 'reset') used[`${subject} ${feature}`] = (used[`${subject} ${feature}`] ?? 0) - units;
    for (const story of stories) {
        const name = `${story.subject} ${story.feature}`;
        const charged = !story.refused && (!story.lost || charges.has(story.op));
        const units = !charged ? 0 : story.kind === 'commit' ? 1 : left_used[story.kind] * story.units;
        used[name] = (used[name] ?? 0) + units;
    }
    return Object.fromEntries(Object.entries(used).filter(([, units]) => units > 0));
}

const sorted = object => Object.fromEntries(Object.entries(object).sort());

/* Refusals that are given again are written down a little later: the tables when all of them are, or when they should be. */
async function tables_at_rest(site, load) {
    const told = load.stories.filter(story => story.refused && !load.may_be_lost(story.told)).map(story => record_id(story.denied));
    let found;
    const complete = async () => {
        found = await tables(site, load.name);
        const ids = new Set(found.rows.map(row => row.id));
        return told.every(id => ids.has(id));
    };
    for (const end = performance.now() + NOTES_AT_MOST_MS; !await complete() && performance.now() < end;);
    return found;
}

/** Throws when anything told, recorded and counted differs, or passes a limit. */
export async function books_agree(site, load) {
    const { rows, own: counters, all, overrides, resets, turns } = await tables_at_rest(site, load);
    const denied = new Set(rows.filter(row => row.outcome === 'denied').map(row => row.id));
    const charges = group(rows.filter(row => ['consume', 'hold'].includes(row.kind)), 'op');
    const settlements = group(rows.filter(row => row.about), 'about');
    const mistakes = load.stories.flatMap(story => story_mistakes(story, charges, settlements, denied, load));
    const known = new Set(load.stories.map(story => story.op));
    mistakes.push(...rows.filter(row => row.op && !known.has(row.op)).map(row => `${row.op}: on record, and nobody asked`));
    mistakes.push(...once_mistakes(load, rows, overrides, resets));
    equal(mistakes.slice(0, 10), [], `${mistakes.length} mistakes`);

    const tight = told(load.stories.filter(story => story.feature === 'tight'), charges);
    equal(counters.filter(one => one.held), [], 'units still held though every hold was settled');
    const own = Object.fromEntries(counters.filter(one => one.used).map(one => [one.name, one.used]));
    equal(sorted(own), sorted(told(load.stories, charges, rows)), 'counters, and what callers were told');
    ok(Math.max(0, ...turns) <= TURN, `${Math.max(...turns)} units of ${TURN} in a minute: above the limit`);
    equal(all, Object.values(tight).reduce((sum, units) => sum + units, 0), "the organization's counter");
    ok(all <= TIGHT_ALL, `${all} units of ${TIGHT_ALL}: above the organization's limit`);
    for (const subject of load.subjects) {
        const used = tight[`${subject} tight`] ?? 0;
        ok(used <= TIGHT_OWN, `${subject}: ${used} units of ${TIGHT_OWN}: above the limit`);
        const is_refused = feature => load.stories.some(story => story.refused && story.subject === subject && story.feature === feature);
        const bent = own[`${subject} bent`] ?? 0, most = Math.max(BENT, ...overrides.filter(one => one.subject === subject).map(one => one.amount));
        ok(bent <= most, `${subject}: ${bent} units of ${most}, the most that an override gave: above the limit`);
        ok(!is_refused('bent') || bent >= BENT, `${subject} was refused with ${bent} of ${BENT} used`);
        ok(!is_refused('tight') || used === TIGHT_OWN || all === TIGHT_ALL,
            `${subject} was refused with ${used} of ${TIGHT_OWN} and ${all} of ${TIGHT_ALL} used`);
    }
}
