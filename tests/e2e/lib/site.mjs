// A site of one's own: `scripts/site up` in a fresh folder, its database and its clock.
import { execFile, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { basic, bearer, close, request } from './http.mjs';
import { has_failed, until } from './tap.mjs';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
export const PROGRAMS = path.resolve(ROOT, process.env.BUILD ?? 'build');

/** Runs a program; answers {code, stdout, stderr}. */
export function run(program, words, { env = {}, input } = {}) {
    return new Promise(resolve => {
        const child = execFile(program, words, { cwd: ROOT, env: { ...process.env, ...env }, maxBuffer: 1 << 26 },
            (error, stdout, stderr) => resolve({ code: error ? error.code ?? -1 : 0, stdout, stderr }));
        child.stdin.on('error', () => {}); /* it may end without having read */
        child.stdin.end(input);
    });
}

export async function run_well(program, words, options) {
    const result = await run(program, words, options);
    if (result.code !== 0)
        throw new Error(`${program} ${words.join(' ')}: ${result.code}\n${result.stderr}${result.stdout}`);
    return result.stdout;
}

/* Below those that the kernel gives to whoever connects: until somebody listens there, one of these would take it. */
const PORT_FIRST = 12000, PORTS = 20000;

function is_free(port) {
    return new Promise(resolve => {
        const server = createServer();
        server.on('error', () => resolve(false));
        server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
}

/** A port that nobody listens at. */
export async function free_port() {
    for (;;) {
        const port = PORT_FIRST + Math.floor(Math.random() * PORTS);
        if (await is_free(port)) return port;
    }
}

/** VAR/env, as a shell would read it. */
function read_env(file) {
    const values = {};
    for (const line of readFileSync(file, 'utf8').split('\n')) {
        const found = /^(\w+)='(.*)'$/.exec(line);
        if (found) values[found[1]] = found[2].replaceAll("'\\''", "'");
    }
    return values;
}

/** psql that stays, so that each statement costs a round trip and no new process. */
class Database {
    constructor(url) {
        this.url = url;
        this.child = spawn('psql', ['-XqAt', '-F', '\t', '-v', 'ON_ERROR_STOP=0', url], { stdio: ['pipe', 'pipe', 'pipe'] });
        this.child.stdin.on('error', () => {});
        this.out = '';
        this.err = '';
        this.waiting = [];
        this.count = 0;
        this.child.stdout.on('data', data => { this.out += data; this.look(); });
        this.child.stderr.on('data', data => { this.err += data; });
        this.child.on('exit', () => this.waiting.splice(0).forEach(job => job.reject(new Error(`psql ended: ${this.err}`))));
    }

    look() {
        const job = this.waiting[0];
        if (!job) return;
        const end = this.out.indexOf(`${job.mark}\n`);
        if (end < 0) return;
        const text = this.out.slice(0, end);
        this.out = this.out.slice(end + job.mark.length + 1);
        this.waiting.shift();
        const failed = text.endsWith('!\n') || text === '!\n';
        if (failed) job.reject(new Error(`${job.statement}\n${this.err}`));
        else job.resolve(text);
        this.err = '';
        this.look();
    }

    ask(statement) {
        const mark = `--done-${++this.count}--`;
        return new Promise((resolve, reject) => {
            this.waiting.push({ statement, mark, resolve, reject });
            this.child.stdin.write(`${statement}\n;\n\\if :ERROR\n\\echo !\n\\endif\n\\echo ${mark}\n`);
        });
    }

    end() {
        this.child.stdin.end('\\q\n');
    }
}

class Site {
    constructor(folder, env, values) {
        Object.assign(this, { folder, env, values });
        this.url = values.WEBQUOTA_URL;
        this.app = `${values.WEBQUOTA_SITE}/app`;
        this.key = values.WEBQUOTA_KEY;
        this.database = new Database(values.DATABASE_URL);
        this.admin = bearer(this.key);
    }

    /** A call of the API with the key that may do everything, unless `headers` says otherwise. */
    api(method, where, body, headers = {}) {
        const auth = Object.keys(headers).some(name => name.toLowerCase() === 'authorization') ? {} : this.admin;
        return request(`${this.url}/api/v1${where}`, { method, body, headers: { ...auth, ...headers } });
    }

    consume(subject, feature, more = {},
        headers) { return this.api('POST', '/consume', { subject, feature, ...more }, headers); }

    check(subject, feature, more = {}) {
        return this.api('GET', `/check?${new URLSearchParams({ subject, feature, ...more })}`);
    }

    /** The lines of GET /usage by the limit's key. */
    async usage(subject) {
        const { json } = await this.api('GET', `/usage?${new URLSearchParams({ subject })}`);
        return Object.fromEntries((json?.limits ?? []).map(line => [line.limit ?? line.feature, line]));
    }

    subject(subject, more) { return this.api('POST', '/admin/subjects', { subject, ...more }); }

    /** A form of the example application, as its page sends it; `user` is "free", or undefined for a visitor. */
    form(where, user, headers = {}) {
        const auth = user ? basic(this.values[`WEBQUOTA_USER_${user.toUpperCase()}`]) : {};
        return request(`${this.app}/${where}`, {
            method: 'POST', body: 'text=something',
            headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'text/html', ...auth, ...headers },
        });
    }

    /** Rows as arrays of texts. */
    async sql(statement) {
        const text = await this.database.ask(statement);
        return text === '' ? [] : text.replace(/\n$/, '').split('\n').map(line => line.split('\t'));
    }

    async value(statement) { return (await this.sql(statement))[0]?.[0]; }

    /** Lets webquota's clock stand at `time`. */
    clock(time) {
        if (!/^[0-9T:. Z-]+$/.test(time)) throw new Error(`no time: ${time}`);
        return this.sql(`create or replace function webquota.clock() returns timestamptz language sql volatile as
            'select timestamptz ''${time.endsWith('Z') ? time : `${time}Z`}'''`);
    }

    /** Lets it go again. */
    clock_real() {
        return this.sql(`create or replace function webquota.clock() returns timestamptz language sql volatile as
            'select clock_timestamp()'`);
    }

    /** A connection to a database that was started again. */
    reconnect() {
        this.database.end();
        this.database = new Database(this.values.DATABASE_URL);
    }

    /** webquota, the operator's command. */
    command(...words) { return run(`${PROGRAMS}/webquota`, words, { env: { DATABASE_URL: this.values.DATABASE_URL } }); }

    /** Puts a policy in force and waits until the running service has taken it up; answers how long that took, in ms. */
    async policy(file) {
        const applied = await this.command('policy', 'apply', file, '--reason', 'for a test');
        if (applied.code !== 0) throw new Error(`policy apply ${file}: ${applied.stdout}${applied.stderr}`);
        const began = Date.now();
        const version = Number(await this.value('select version from webquota.policies where active'));
        await until(async () => (await request(`${this.url}/readyz`)).json?.policy_version === version,
            `policy ${version} in force`);
        return Date.now() - began;
    }

    /** Process ids of a program of this site, by the mark that scripts/site gives them. */
    processes(program) {
        return readdirSync('/proc').filter(name => /^\d+$/.test(name)).map(Number).filter(pid => {
            try {
                return (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === program.slice(0, 15) ||
                    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`/${program}.watched\0`)) && // by valgrind (tests/watched/cc)
                    readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`WEBQUOTA_SITE_VAR=${this.folder}`);
            } catch {
                return false;
            }
        });
    }

    /** Ends the service, not the web server; returns when it has left what it had. */
    async service_down() {
        const pid = () => Number(readFileSync(`${this.folder}/run/webquota.pid`, 'utf8'));
        process.kill(pid(), 'SIGTERM');
        await until(() => !pid(), 'the service ends', 20000);
    }

    /** What the service and the web server said last: the end of the output of a test that failed. */
    show_logs() {
        for (const name of ['webquota.log', 'lighttpd.log']) {
            const lines = readFileSync(`${this.folder}/log/${name}`, 'utf8').trimEnd().split('\n').slice(-12).map(line => line.slice(0, 200));
            console.log(`    the end of ${name}:\n${lines.join('\n').replace(/^/gm, '        ')}`);
        }
    }

    async down() {
        up.delete(this);
        this.is_down = true;
        this.database.end();
        if (!up.size) close();
        await run(`${ROOT}/scripts/site`, ['down'], { env: this.env });
        rmSync(this.folder, { recursive: true, force: true });
    }
}

/* Those that run. */
const up = new Set();

/** Starts a site. `durable`: with a PostgreSQL that may be killed; `more`: more of the environment of scripts/site. */
export async function site_up({ policy = 'deploy/policies/demo.conf', durable = false, more = {} } = {}) {
    const folder = mkdtempSync(path.join(process.env.TMPDIR ?? tmpdir(), 'site-'));
    chmodSync(folder, 0o755);
    const env = { VAR: folder, PORT: String(await free_port()), ADDRESS: '127.0.0.1', POLICY: path.resolve(ROOT, policy),
        BUILD: PROGRAMS, FSYNC: durable ? 'on' : 'off', ...more };
    await run_well(`${ROOT}/scripts/site`, ['up'], { env });
    const site = new Site(folder, env, read_env(path.join(folder, 'env')));
    up.add(site);
    return site;
}

let stopped_by_signal = false;

/** Runs `body` with a site, and stops the site whatever happens. */
export async function with_site(options, body) {
    const site = await site_up(options);
    const stop = async () => { await Promise.all([...up].map(one => one.down())); process.exit(130); };
    if (!stopped_by_signal) for (const name of ['SIGINT', 'SIGTERM']) process.once(name, stop);
    stopped_by_signal = true;
    try {
        await body(site);
    } finally {
        if (has_failed()) site.show_logs();
        await site.down();
    }
}
