// docs/performance.md from results.
const number = value => value === undefined || value === null ? ''
    : value >= 1000 ? Math.round(value).toLocaleString('en') : value >= 10 ? value.toFixed(1) : value >= 0.1 ? value.toFixed(2) : value.toFixed(4);

/** Does the median reach this bound ('must' or 'aim')? null: there is none. */
export function is_met(row, bound) {
    if (row[bound] === undefined || row.problems.length) return null;
    return row.at_most ? row.ratio.median <= row[bound] : row.ratio.median >= row[bound];
}

const verdict = row => row.problems.length ? 'no figure: its check failed' : row.must === undefined ? 'reported'
    : is_met(row, 'aim') ? 'yes, and the aim' : is_met(row, 'must') ? 'yes' : '**no**';

const bound = (row, value) => value === undefined ? '' : `${row.at_most ? '≤' : '≥'} ${number(value)}`;

/** A figure in a line. */
export function summary(row) {
    if (row.problems.length) return `${row.id.padEnd(3)} no figure: ${row.problems.join('; ')} (${row.what})`;
    return `${row.id.padEnd(3)} ${number(row.ratio.median)} (${number(row.ratio.min)} to ${number(row.ratio.max)})` +
        `${row.must === undefined ? '' : `, must ${bound(row, row.must)}`}${row.aim === undefined ? '' : `, aim ${bound(row, row.aim)}`}: ` +
        `${verdict(row)} · ${row.what}`;
}

function table(rows) {
    const lines = rows.map(row => row.problems.length
        ? `| ${row.id} | ${row.what} | ${bound(row, row.must)} | ${bound(row, row.aim)} | – | – | ${verdict(row)}: ${row.problems.join('; ')} |`
        : `| ${row.id} | ${row.what} | ${bound(row, row.must)} | ${bound(row, row.aim)} | ${number(row.ratio.median)} | ` +
          `${row.ratio.values.length > 1 ? `${number(row.ratio.min)}–${number(row.ratio.max)}` : 'one run'} | ${verdict(row)} |`);
    return ['| # | figure | must | aim | measured | spread | met |', '|---|---|---|---|---|---|---|', ...lines].join('\n');
}

function raw(rows) {
    const lines = [];
    for (const row of rows.filter(one => !one.problems.length)) {
        for (const [name, one] of Object.entries(row.rates))
            lines.push(`| ${row.id} | ${name} | ${number(one.median)} ${row.unit ?? '/s'} | ${number(one.min)}–${number(one.max)} |`);
        if (row.note) lines.push(`| ${row.id} | *${row.note}* | | |`);
    }
    return ['| # | measured | median | spread |', '|---|---|---|---|', ...lines].join('\n');
}

const list = values => Object.entries(values).map(([name, value]) => `- ${name}: ${value}`).join('\n');

const HOW = `
Every figure has a database made for it by \`webquota migrate\`, with the real schema, and starts its servers anew; each of its
subjects has been met before the clock starts. Its lanes run in turn, in rounds (every other one backwards), a ratio is taken
within a round, and the median of the rounds is the figure; the spread is the least and the greatest. Load generator and all
servers share the machine.

- **Load**: wrk, 2 threads, 64 connections, through one lighttpd (as it is configured by \`deploy/lighttpd/webquota.conf\`; no access
  log), \`POST /quota/api/v1/consume\` with an API key, the subject drawn at random for each request. A run counts only if no answer
  was another than expected, the decisions on record are as many as the answers (and at most 64 more, which the end of the run
  cut off), and \`webquota doctor\` finds the counters equal to the records.
- **History** is rolled up by the service while little is decided; the next lane begins when that is done.
- **hello world**: \`bench/hello.c\`, the same libfcgi, as many threads as \`webquota.fcgi\` has, its socket behind the same lighttpd,
  called with the same requests; it reads the body and sends the headers and the JSON of a real decision.
- **1 and others**: 10,000 subjects in 100 organizations; a limit on the day, on the month, and on the organization's month. **2**: the
  limits of each subject, of 1, were spent before. **6**: the 10,000 are in one organization.
- **3, 4**: a plain \`http\` server in Node.js with three limiters of rate-limiter-flexible, consumed at once; prepared statements and
  a pool of 20 connections to the same PostgreSQL, or ioredis, over unix sockets; Redis as Debian
  configures it but for the append-only file. One process or two, whichever a short try found faster. The figure uses the rates through
  lighttpd (\`mod_proxy\`); those without it are among the rates. Neither is atomic over the three limits, and neither records anything.
- **5**: lighttpd and php-fpm (static, 16 children, opcache). Behind the authorizer the page knows nothing of limits, and the visitor
  is known by a signed cookie. On its own it keeps three counters: in PostgreSQL over a connection that stays, statements prepared
  once for each connection, one transaction of an upsert of the three rows and the insertion of a record; in Redis, as Debian
  configures it (without an append-only file), by one script over a connection that stays. The authorizer that decides nothing is
  \`bench/hello.c\`, which says yes to everybody: what asking costs the web server, and so the most that any authorizer could reach.
- **7**: \`xact_commit\` of \`pg_stat_database\`, background work included, over the decisions on record.
- **8**: callgrind, 64 connections, the count between two instants of a warm process; \`bench/instructions\` prints it for other kinds.
  Since everything takes fifty times as long under callgrind, the service has \`WEBQUOTA_PATIENCE_MS=60000\`.
- **9**: loaded by \`bench/load-subjects\`, a hundred to an organization, with all indexes; then a checkpoint, all of it read once, as it
  is where it was in use for a day, and one run that does not count. PostgreSQL has a quarter of the memory for its buffers, as its
  manual recommends, for the 10,000 as well, and is as durable as by default; with its 128 MB every decision of the ten million reads
  four pages and writes others out for them. Subjects are drawn from all of
  them; the 10,000 are in a database beside it. In the large one the sums of all counters are compared with the records, not each.
- **10**: \`bench/pace.c\`, 64 connections at a constant rate, a request's time counted from when it was due.
- **12**: resident memory of \`webquota.fcgi\`; 1,000 subjects, each met in the first thousand requests.
- **13**: lighttpd divides the calls between two sockets.
- **14**: \`GET /quota/\`, signed in by a cookie, each of 10,000 subjects with three limits.
- **15**: 100,000 subjects join a line by \`POST /quota/api/v1/consume\`, ten a second are let in all the time, and nobody takes what
  is held. \`bench/pace.c\`, 64 connections, 2,000 requests a second, each about a ticket drawn at random from all, of which each was
  asked for once before; hello world is asked at the same rate. A request before each run has the line read.`;

const minutes_between = (began, ended) => Math.max(1, Math.round((Date.parse(ended) - Date.parse(began)) / 60000));

export function document({ began, ended, full_size, missing, settings, machine, rows }) {
    const left_out = missing.length ? `\nNot measured in this run: figure${missing.length > 1 ? 's' : ''} ${missing.join(', ')}.\n` : '';
    const minutes = missing.length || !full_size ? 40 : minutes_between(began, ended);
    const warning = full_size ? '' : `\n**A trial, not the measurement**: ${settings.runs} runs of ${settings.seconds} s, ${settings.subjects.toLocaleString('en')} ` +
        `subjects in figure 9, ${settings.requests.toLocaleString('en')} requests in figure 12, ${settings.waiting.toLocaleString('en')} waiting in figure 15${settings.postgres ? `, PostgreSQL with ${settings.postgres}` : ''}.\n`;
    return `# Performance

Written by \`make bench\`; do not edit.
${warning}${left_out}
Measured from ${began.slice(0, 16)}Z to ${ended.slice(0, 16)}Z in one go: medians of ${settings.runs} runs of ${settings.seconds} s each, as ratios.

${table(rows)}

## Rates

${raw(rows)}

## The machine

- ${machine.cpu}, ${machine.cores} cores, ${machine.memory_gb} GB of memory
- ${machine.system}, ${machine.kernel}, databases on ${machine.file_system}
${list(machine.versions)}
- PostgreSQL's settings are its defaults, among them: ${Object.entries(machine.postgres).map(([name, value]) => `${name} ${value}`).join(', ')}

## How it is measured
${HOW}

## How to repeat it

    make bench

installs what is missing (Debian packages, and the peers' from npm), takes about ${minutes} minutes, and writes this file. For a trial, or a part:

    make bench BENCH_ONLY=1,2,6 BENCH_RUNS=1 BENCH_S=3

whose outcome is in \`build/bench/performance.md\`; the raw results are in \`build/bench/results.json\` in either case. \`scripts/bench\` says
what else can be set.
`;
}
