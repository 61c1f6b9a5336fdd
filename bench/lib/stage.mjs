// Where the measuring happens: a PostgreSQL of its own, and servers that are started for a figure and end with it. Every
// process carries the mark by which `scripts/site down` finds what is left of a folder.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { request } from '../../tests/e2e/lib/http.mjs';
import { PROGRAMS, ROOT, free_port, run_well } from '../../tests/e2e/lib/site.mjs';
import { until } from '../../tests/e2e/lib/tap.mjs';

export { PROGRAMS, ROOT };
export const FOLDER = process.env.BENCH_FOLDER;
export const TOOLS = path.join(PROGRAMS, 'bench');
/* By which what is left of a bench is found, and ended. */
export const MARK = { WEBQUOTA_SITE_VAR: FOLDER };
const READY_MS = 60000;

const sh_status = (program, words) => spawnSync(program, words, { cwd: ROOT, stdio: 'ignore' }).status;

/** A program that runs until `stop`. Its output goes to a log in the folder. */
export class Daemon {
    constructor(name, words, { env = {}, cwd = FOLDER } = {}) {
        this.name = name;
        this.log = path.join(FOLDER, 'log', `${name}.log`);
        const log = openSync(this.log, 'a');
        const [program, ...rest] = words;
        this.child = spawn(program, rest, { cwd, stdio: ['ignore', log, log],
            env: { ...process.env, ...MARK, ...env } });
        closeSync(log);
        this.ended = new Promise(resolve => {
            this.child.on('exit', resolve);
            this.child.on('error', resolve);
        });
        this.child.on('exit', code => { if (!this.stopping) console.error(`${name} ended by itself (${code}); ${this.log}`); });
    }

    get pid() { return this.child.pid; }

    said() { return readFileSync(this.log, 'utf8'); }

    async ready(condition) {
        await until(() => {
            if (this.child.exitCode !== null) throw new Error(`${this.name} does not start:\n${this.said().slice(-2000)}`);
            return condition().catch(() => false);
        }, `${this.name} is ready`, READY_MS);
        return this;
    }

    async stop() {
        this.stopping = true;
        if (this.child.exitCode === null) this.child.kill('SIGTERM');
        const last = setTimeout(() => this.child.kill('SIGKILL'), READY_MS);
        await this.ended;
        clearTimeout(last);
    }
}

const answers = (url, code = 200) => async () => (await request(url)).status === code;

/* The cluster. */
const postgres = words => run_well(`${ROOT}/scripts/postgres`, [...words, FOLDER]);

export async function postgres_start() {
    await postgres(['start']);
    const more = process.env.BENCH_POSTGRES_SETTINGS;
    if (more) await postgres_with(more.split(';').map(setting => setting.split('=').map(word => word.trim())));
}

/** Starts it again with other settings; null: as it is by itself. */
export async function postgres_with(settings) {
    for (const [name, value] of settings)
        await sql_admin(value === null ? `alter system reset ${name}` : `alter system set ${name} = '${value}'`);
    await postgres(['stop']);
    await postgres(['start']);
}

/**
 * Lets everybody in without a password, from the next connection on: working one out takes seconds under callgrind, and the
 * service does not wait that long for a connection.
 */
export async function postgres_trust() {
    const file = path.join((await sql_admin('show data_directory')), 'pg_hba.conf');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('scram-sha-256', 'trust'));
    await sql_admin('select pg_reload_conf()');
}

const url_of = async (which, database) => (await postgres([which])).trim().replace('/webquota?', `/${database}?`);

/** The owner's address of a database, and the service's. */
export const owner_url = database => url_of('url', database);
export const service_url = database => url_of('url-app', database);

async function psql(url, statement) {
    return (await run_well('psql', ['-XqAt', '-F', '\t', '-v', 'ON_ERROR_STOP=1', '-c', statement, url])).trimEnd();
}

/** Statements as the owner of the databases. */
export const sql = async (database, statement) => psql(await owner_url(database), statement);

async function sql_admin(statement, database = 'postgres') {
    const password = readFileSync(path.join(FOLDER, 'secrets/database-admin'), 'utf8').trim();
    return psql((await owner_url(database)).replace(/\/\/[^@]*@/, `//postgres:${password}@`), statement);
}

export async function database_make(name) {
    await sql_admin(`drop database if exists ${name} with (force)`);
    await sql('postgres', `create database ${name}`);
}

export const database_drop = name => sql_admin(`drop database if exists ${name} with (force)`);

/** Runs `webquota` on a database. */
export const webquota = async (database, ...words) =>
    run_well(`${PROGRAMS}/webquota`, words, { env: { DATABASE_URL: await owner_url(database) } });

/** A database with the schema, the policy and the people in it; answers an API key. */
export async function site_make(database, sets) {
    await database_make(database);
    await webquota(database, 'migrate', '--app-role', 'webquota_app');
    await webquota(database, 'policy', 'apply', path.join(ROOT, 'bench/policy.conf'), '--reason', 'bench');
    for (const set of sets) {
        const file = path.join(FOLDER, `${set.name}.csv`);
        const rows = Array.from({ length: set.count }, (_, i) =>
            `${set.name}-${String(i).padStart(8, '0')},${set.plan},${set.name}-org-${i % set.organizations}`);
        writeFileSync(file, `subject,plan,organization\n${rows.join('\n')}\n`);
        await webquota(database, 'subject', 'import', file);
        rmSync(file);
    }
    return (await webquota(database, 'key', 'create', '--name', 'bench', '--scopes', 'enforce,read,admin', '--quiet')).trim();
}

/**
 * A database with `count` subjects, loaded in bulk; it says how far it is. All of it is on disk, and was read once, so that
 * PostgreSQL has it in its buffers, as far as they go, and the system in its cache, as they have what was in use for a day. Answers
 * an API key.
 */
export async function crowd_make(database, count) {
    const key = await site_make(database, []);
    const child = spawn(path.join(ROOT, 'bench/load-subjects'), [String(count)],
        { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...MARK, DATABASE_URL: await owner_url(database) } });
    const code = await new Promise(resolve => child.on('exit', resolve));
    if (code !== 0) throw new Error(`load-subjects ended with ${code}`);
    await sql_admin('checkpoint');
    await sql_admin('create extension if not exists pg_prewarm', database);
    await sql_admin(`select sum(pg_prewarm(oid)) from pg_class where relnamespace = 'webquota'::regnamespace
        and relkind in ('r', 'i')`, database);
    return key;
}

/** webquota.fcgi on a database; `wrap` goes before it, as valgrind does. */
export async function service(name, database, { wrap = [], env = {} } = {}) {
    const socket = path.join(FOLDER, `${name}.sock`);
    rmSync(socket, { force: true });
    const daemon = new Daemon(name, [...wrap, `${PROGRAMS}/webquota.fcgi`], { cwd: ROOT, env: {
        DATABASE_URL: await service_url(database), WEBQUOTA_SOCKET: socket, WEBQUOTA_SECRET_FILE: secret_file(),
        WEBQUOTA_TEMPLATES: `${ROOT}/templates`, WEBQUOTA_STATIC: `${ROOT}/static`, WEBQUOTA_LOG: 'notice', ...env } });
    daemon.socket = socket;
    return daemon.ready(async () => /ready: \d+ threads/.test(daemon.said()));
}

/** How many threads the service answers with. */
export const threads_of = daemon => Number(/ready: (\d+) threads/.exec(daemon.said())[1]);

export function secret_file() {
    const file = path.join(FOLDER, 'assertion.key');
    writeFileSync(file, 'the secret of a bench, known to all\n');
    return file;
}

/** The hello world, which answers with the bytes of `file`. */
export async function hello(threads, file, wrap = []) {
    const socket = path.join(FOLDER, 'hello.sock');
    rmSync(socket, { force: true });
    const daemon = new Daemon('hello', [...wrap, path.join(TOOLS, 'hello'), socket, String(threads), file]);
    daemon.socket = socket;
    return daemon.ready(async () => sh_status('test', ['-S', socket]) === 0);
}

export async function php() {
    const socket = path.join(FOLDER, 'php.sock'), conf = path.join(FOLDER, 'php-fpm.conf');
    const program = readdirSync('/usr/sbin').filter(name => /^php-fpm\d/.test(name)).sort().pop();
    const version = program.slice('php-fpm'.length);
    writeFileSync(conf, `[global]\nerror_log = ${FOLDER}/log/php-fpm.log\ndaemonize = no\n[bench]\nlisten = ${socket}\n` +
        (process.getuid() === 0 ? 'user = root\ngroup = root\n' : '') +
        `listen.backlog = 1024\npm = static\npm.max_children = ${PHP_CHILDREN}\nclear_env = no\n`);
    const url = new URL((await owner_url('peers')).replace('@/', '@localhost/'));
    const daemon = new Daemon('php', [`/usr/sbin/${program}`, '-R', '-F', '-y', conf, '-c', `/etc/php/${version}/fpm`], { env: {
        PEER_SOURCE: `pgsql:host=${url.searchParams.get('host')};dbname=peers`, PEER_USER: url.username, PEER_PASSWORD: url.password,
        PEER_REDIS: redis_socket } });
    daemon.socket = socket;
    return daemon.ready(async () => sh_status('test', ['-S', socket]) === 0);
}
export const PHP_CHILDREN = 16;

export const redis_socket = path.join(FOLDER ?? '', 'redis.sock');
const redis_cli = (...words) => run_well('redis-cli', ['-s', redis_socket, ...words]);

/** Debian's redis-server with what it has by default, but for `settings`. */
export async function redis(settings) {
    const folder = path.join(FOLDER, 'redis');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const daemon = new Daemon('redis', ['redis-server', '--port', '0', '--unixsocket', redis_socket, '--dir', folder, ...settings]);
    await daemon.ready(async () => /PONG/.test(await redis_cli('ping')));
    daemon.cli = redis_cli;
    return daemon;
}

/** The peer in Node.js: rate-limiter-flexible on `store`. */
export async function node_peer(store, workers) {
    const port = await free_port();
    const daemon = new Daemon(`node-${store}`, [process.execPath, path.join(ROOT, 'bench/peers/limiter.mjs'), store, String(port),
        String(workers)], { env: { PEER_DATABASE_URL: await owner_url('peers'), PEER_REDIS: redis_socket } });
    daemon.port = port;
    return daemon.ready(answers(`http://127.0.0.1:${port}/total`));
}

const fastcgi_hosts = sockets => sockets.map(one => `("socket" => "${one}", "check-local" => "disable")`).join(', ');

/** lighttpd with deploy/lighttpd/webquota.conf as an administrator would include it, and what else there is to compare. */
export async function front(name, { quota, hello: hello_socket, php: php_socket, node }) {
    const port = await free_port();
    const conf = path.join(FOLDER, `${name}.conf`), pages = path.join(FOLDER, 'pages');
    for (const folder of ['guarded', 'nodded']) mkdirSync(path.join(pages, folder), { recursive: true });
    for (const page of ['hello.php', 'postgres.php', 'redis.php'])
        writeFileSync(path.join(pages, page), readFileSync(path.join(ROOT, 'bench/php', page)));
    for (const folder of ['guarded', 'nodded'])
        writeFileSync(path.join(pages, folder, 'hello.php'), readFileSync(path.join(ROOT, 'bench/php/hello.php')));
    for (const where of ['file.txt', 'guarded/file.txt', 'nodded/file.txt']) writeFileSync(path.join(pages, where), 'A static file.\n'.repeat(64));
    writeFileSync(conf, `
server.modules = ("mod_auth", "mod_setenv", "mod_alias", "mod_magnet", "mod_fastcgi", "mod_proxy")
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${pages}"
server.errorlog = "${FOLDER}/log/${name}-errors.log"
server.upload-dirs = ("${FOLDER}")
mimetype.assign = (".txt" => "text/plain; charset=utf-8")
${php_socket ? `fastcgi.server += (".php" => ((${`"socket" => "${php_socket}"`})))` : ''}
var.webquota_socket  = "${quota[0]}"
var.webquota_share   = "${ROOT}"
var.webquota_guarded = "^/guarded/"
include var.webquota_share + "/deploy/lighttpd/webquota.conf"
${quota.length > 1 ? `$HTTP["url"] =~ "^/quota/api/" { fastcgi.server = ("/quota" => (${fastcgi_hosts(quota)})) }` : ''}
${hello_socket ? `$HTTP["url"] =~ "^/hello(/|$)" { fastcgi.server += ("/hello" => (${fastcgi_hosts([hello_socket])})) }` : ''}
${hello_socket ? `$HTTP["url"] =~ "^/nodded/" {
    fastcgi.server += ("" => (("socket" => "${hello_socket}", "mode" => "authorizer", "check-local" => "disable")))
    magnet.attract-response-start-to = (var.webquota_share + "/deploy/lighttpd/ratelimit.lua")
}` : ''}
${node ? `$HTTP["url"] =~ "^/node/" { proxy.server = ("" => (("host" => "127.0.0.1", "port" => ${node}))) }` : ''}
`);
    const daemon = new Daemon(name, ['/usr/sbin/lighttpd', '-D', '-f', conf]);
    daemon.port = port;
    daemon.url = `http://127.0.0.1:${port}`;
    return daemon.ready(answers(`${daemon.url}/quota/readyz`));
}

/** What a process holds in memory, in KB. */
export const memory_kb = daemon => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))[1]);
