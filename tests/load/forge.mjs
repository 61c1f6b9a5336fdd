// Would the check notice? Tables and journals are forged, a little of each kind, after a run that was found good.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { run_well } from '../e2e/lib/site.mjs';

const LIFETIME = '-9223372036854775808';
/* The first line of the trace of the last that `who` was allowed becomes one about `slot`. */
const last_of = who => `(account_id, subject_id, at, id) = (select account_id, subject_id, at, id from webquota.decisions
    where kind = 'consume' and outcome = 'allowed' and cardinality(trace) > 0 and feature <> 'own' and subject_id = ${who} order by load_xid::text::bigint desc limit 1)`;
const FULL = `(select subject_id from webquota.decisions where feature = 'own' and outcome = 'denied' order by load_xid::text::bigint limit 1)`;
const slot_of = key => `(select slot from webquota.limits where key = '${key}')`;

/** What is done to the tables, by the check that must notice it. */
const FORGERIES = {
    filled: `update webquota.decisions set trace[1] = ${slot_of('own')}, trace[2] = ${LIFETIME}, trace[8] = -5 where ${last_of(FULL)}`,
    reason: `update webquota.decisions set trace[1] = ${slot_of('ample')} where outcome = 'denied' and cardinality(trace) > 0 and feature in ('few', 'team', 'calm', 'hundred', 'everyone')`,
    alerts: `delete from webquota.alerts where limit_key = 'own'`,
    counters: `update webquota.counters set state[3] = state[3] + 1`,
    whole: `update webquota.reservations set state = 'released' where state = 'committed'`,
    keys: `update webquota.decisions set metadata = metadata || '{"key": "k-forged"}' where outcome = 'allowed' and metadata ? 'key'`,
    lost: `delete from webquota.decisions where outcome = 'denied' and units = 1`,
    before: `update webquota.decisions set trace[6] = trace[6] + 1 where kind = 'consume' and outcome = 'allowed' and feature = 'one'`,
    charged: `update webquota.decisions set trace[8] = trace[8] + 1 where kind = 'consume' and outcome = 'allowed' and feature = 'team'`,
    exceeded: `update webquota.decisions set trace[8] = trace[8] * 100 where kind = 'consume' and outcome = 'allowed' and feature = 'pool'`,
    amount: `update webquota.decisions set trace[5] = trace[5] + 1 where kind = 'consume' and outcome = 'allowed' and feature = 'own'`,
    untold: `update webquota.decisions set metadata = '{"call": "nobody.0"}' where kind = 'hold' and outcome = 'allowed'`,
    clock: `update webquota.decisions set at = at - interval '1 minute' where kind = 'consume' and outcome = 'allowed' and feature = 'call'`,
    sums: `update webquota.decisions set units = units + 1 where kind = 'refund'`,
};

/* And to the journals: of some calls nobody knows any more what they were told, others are said to have heard that the database is down. */
const JOURNALS = ['resolved', 'up'];
const EACH = 20; // calls, of which one is forged

function forge_journals(folder) {
    for (const file of readdirSync(folder).filter(name => /^\d/.test(name))) {
        const lines = readFileSync(`${folder}/${file}`, 'utf8').split('\n');
        const forged = lines.flatMap((line, i) => {
            if (!line.startsWith('A\t')) return [line];
            if (i % EACH === 1) return [`${line.split('\t').slice(0, 3).join('\t')}\tdown\tforged`];
            return i % EACH === 3 && lines[i - 1].endsWith('\tsame') ? [] : [line];
        });
        writeFileSync(`${folder}/${file}`, forged.join('\n'));
    }
}

/** Forges; answers the names of the checks that must fail from now on. */
export async function forge(url, folder) {
    for (const statement of Object.values(FORGERIES)) await run_well('psql', ['-Xq', '-v', 'ON_ERROR_STOP=1', url, '-c', statement]);
    forge_journals(folder);
    return [...Object.keys(FORGERIES), ...JOURNALS];
}
