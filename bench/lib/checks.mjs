// What must hold after a run, or its rate is no figure: everything was answered as expected, every answer is on record, and
// the counters equal the records.
import { run } from '../../tests/e2e/lib/site.mjs';
import { until } from '../../tests/e2e/lib/tap.mjs';
import { CONNECTIONS } from './load.mjs';
import { PROGRAMS, owner_url, sql } from './stage.mjs';

const SETTLE_MS = 20000, ROLL_UP_MS = 120000;
/* At rest is what was the same so many times, looked at so often. */
const AT_REST = 3, LOOK_MS = 100;

/** How many decisions of this outcome are on record. */
export const decisions = async (database, outcome) => Number(await sql(database,
    `select count(*) from webquota.decisions where kind = 'consume' and outcome = '${outcome}'`));

/**
 * The count from `counted` once it has come to rest, at `least` or more. Refusals are put on record a little later, in bulk.
 */
export async function at_rest(counted, least) {
    let last = -1, same = 0;
    const rested = async () => {
        await new Promise(resolve => setTimeout(resolve, LOOK_MS));
        const before = last;
        last = await counted();
        same = last === before ? same + 1 : 0;
        return last >= least && same >= AT_REST;
    };
    await until(rested, 'the records come to rest', SETTLE_MS).catch(() => {});
    return last;
}

/**
 * History is rolled up when less is decided: not while the next lane runs, whose time that would take.
 */
export async function rolled_up(database) {
    await until(async () => await sql(database, `select not exists (select from webquota.decisions d where d.xact >= least(u.upto, s.upto))
        and not exists (select from webquota.decisions d where d.xact = any(u.open || s.open)) from webquota.usage_rollup u, webquota.standing_rollup s`) === 't',
        'history is rolled up', ROLL_UP_MS);
}

/** What is wrong with a run of wrk that asked for `counted`; the requests that its end cut off may be on record too. */
export function wrong_with(result, refused, before, after) {
    const recorded = after - before;
    if (result.broken) return `${result.broken} requests were not answered`;
    if (result.requests === 0) return 'nothing was answered';
    if (result.refused !== (refused ? result.requests : 0))
        return `${result.refused} of ${result.requests} answers were refusals`;
    if (recorded < result.requests || recorded > result.requests + CONNECTIONS)
        return `${result.requests} answers, but ${recorded} on record`;
    return null;
}

/** What `webquota doctor` says is wrong. */
export async function doctor(database) {
    const { code, stdout, stderr } = await run(`${PROGRAMS}/webquota`, ['doctor'], { env: { DATABASE_URL: await owner_url(database) } });
    return code === 0 ? null : `webquota doctor: ${stdout.split('\n').filter(line => /^WRONG|^ {10}/.test(line)).join('; ')}${stderr}`;
}

/**
 * What `doctor` looks at for each row, for all together: the limits on the day, the month and the organization have counted as
 * much as is on record. For a database so large that `doctor` would take longer than what is measured.
 */
export async function wrong_in_total(database) {
    const [own, shared, recorded] = (await sql(database, `select (select sum(state[3]) + sum(state[9]) from webquota.counters),
        (select sum(state[3]) from webquota.shared_counters),
        (select sum(units) from webquota.decisions where kind = 'consume' and outcome = 'allowed')`)).split('\t').map(Number);
    return own === 2 * recorded && shared === recorded ? null
        : `${recorded} units on record, but two limits of everybody have counted ${own}, and one of organizations ${shared}`;
}
