// Would the check notice? The tables are forged, a little of each kind, after a run that was found good.
import { run_well } from '../e2e/lib/site.mjs';

/** What is done to the tables, by the check that must notice it. */
const FORGERIES = {
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
};

/** Forges; answers the names of the checks that must fail from now on. */
export async function forge(url) {
    for (const statement of Object.values(FORGERIES)) await run_well('psql', ['-Xq', '-v', 'ON_ERROR_STOP=1', url, '-c', statement]);
    return Object.keys(FORGERIES);
}
