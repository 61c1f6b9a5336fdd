// Lanes are run in turn, in rounds, so that what the machine does meanwhile meets all of them; ratios are taken within a round.
const { BENCH_RUNS = '3', BENCH_S = '10' } = process.env;
export const RUNS = Number(BENCH_RUNS), SECONDS = Number(BENCH_S);

export const median = values => {
    const sorted = [...values].sort((a, b) => a - b), middle = Math.floor(sorted.length / 2);
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export const spread = values => ({ median: median(values), min: Math.min(...values), max: Math.max(...values), values });

const began = Date.now();
export function say(text) {
    const s = Math.round((Date.now() - began) / 1000);
    console.log(`[${String(Math.floor(s / 60)).padStart(3)}:${String(s % 60).padStart(2, '0')}] ${text}`);
}

const shown = result => result.rate !== undefined ? `${Math.round(result.rate).toLocaleString('en')}/s` : `p99 ${result.p99_ms} ms`;

/**
 * Runs `lanes` ({name: async () => result}) RUNS times, every other round backwards. A result has a rate, and `wrong` where it
 * failed its check. Answers {name: [result, …]}.
 */
export async function rounds(lanes, runs = RUNS) {
    const results = Object.fromEntries(Object.keys(lanes).map(name => [name, []]));
    for (let round = 0; round < runs; round++) {
        const names = Object.keys(lanes);
        for (const name of round % 2 ? names.reverse() : names) {
            const result = await lanes[name]();
            results[name].push(result);
            say(`  ${round + 1}/${runs} ${name.padEnd(34)} ${shown(result)}${result.wrong ? `  WRONG: ${result.wrong}` : ''}`);
        }
    }
    return results;
}

export const problems = results => Object.entries(results).flatMap(([name, list]) =>
    list.filter(one => one.wrong).map(one => `${name}: ${one.wrong}`));

/** One lane's rates to another's, round by round. */
export const ratio = (results, above, below, of = 'rate') =>
    spread(results[above].map((one, round) => one[of] / results[below][round][of]));

export const rates = (results, of = 'rate') =>
    Object.fromEntries(Object.entries(results).map(([name, list]) => [name, spread(list.map(one => one[of]))]));
