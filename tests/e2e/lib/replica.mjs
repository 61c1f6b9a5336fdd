// Two database servers of a site, one the standby of the other, on which commits wait for the standby. They swap roles: the
// one that was promoted gets the other one, made anew, as its standby.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync,
    writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run_well } from './site.mjs';
import { ok, until } from './tap.mjs';

const AS_ROOT = process.getuid() === 0;
const USER = AS_ROOT ? ['runuser', '-u', 'postgres', '--'] : [];

function own(path_of) {
    if (AS_ROOT) execFileSync('chown', ['postgres:', path_of]);
}

/** A folder for the second server's socket, to be known before the site is made. */
export function socket_folder() {
    const folder = mkdtempSync(path.join(process.env.TMPDIR ?? tmpdir(), 'second-'));
    chmodSync(folder, 0o755);
    own(folder);
    return folder;
}

class Server {
    constructor(pair, name, data, sockets) {
        Object.assign(this, { pair, name, data, sockets });
        this.log = `${sockets}/server.log`;
    }

    program(name, words) {
        const [first, ...rest] = [...USER, `${this.pair.programs}/${name}`, ...words];
        const { password, site } = this.pair;
        return run_well(first, rest, { env: { PGPASSWORD: password, WEBQUOTA_SITE_VAR: site.folder } });
    }

    async sql(statement) {
        const text = await run_well('psql',
            ['-XqAt', '-h', this.sockets, '-U', 'postgres', '-d', 'webquota', '-c', statement],
            { env: { PGPASSWORD: this.pair.password, PGTARGETSESSIONATTRS: 'any' } });
        return text.trim();
    }

    /* What differs between the two, read after all other settings. */
    configure(settings) {
        const conf = `${this.data}/server.conf`;
        const lines = { unix_socket_directories: this.sockets, cluster_name: this.name, wal_keep_size: '512MB',
            recovery_init_sync_method: 'syncfs', primary_conninfo: this.pair.address_of(this.other), ...settings };
        writeFileSync(conf, Object.entries(lines).map(([name, value]) => `${name} = '${value}'\n`).join(''));
        own(conf);
        const main = `${this.data}/postgresql.conf`;
        const text = readFileSync(main, 'utf8');
        if (!text.includes("include 'server.conf'")) writeFileSync(main, `${text}include 'server.conf'\n`);
    }

    get other() { return this.pair.servers.find(one => one !== this); }

    get pid() { return Number(readFileSync(`${this.data}/postmaster.pid`, 'utf8').split('\n')[0]); }

    start() { return this.program('pg_ctl', ['start', '-s', '-w', '-t', '60', '-D', this.data, '-l', this.log]); }

    /** Whatever is left of one that was killed may hold up a new one for a moment. */
    start_again() {
        return until(() => this.start().then(() => true, error => {
            const said = read(this.log).slice(-1000);
            if (!/still in use/.test(said)) throw new Error(`${error.message}\n${said}`);
        }), `${this.name} starts again`, 20000);
    }

    stop(how = 'fast') { return this.program('pg_ctl', ['stop', '-s', '-w', '-m', how, '-t', '60', '-D', this.data]); }

    /** Its processes: the first is the postmaster. */
    processes() {
        const first = this.pid;
        const all = readdirSync('/proc').filter(name => /^\d+$/.test(name)).map(Number);
        return [first, ...all.filter(pid => parent(pid) === first)];
    }

    /** The postmaster dies, and with it all sessions when they notice; those that were held back never would. */
    async kill() {
        const all = this.processes();
        signal(all[0], 'SIGKILL');
        for (const pid of this.held ?? []) signal(pid, 'SIGKILL');
        this.held = [];
        await until(() => !all.some(alive), `${this.name} is gone, with all its sessions`);
        // Its number is not free before somebody has waited for it.
        const left = [`${this.data}/postmaster.pid`, `${this.sockets}/.s.PGSQL.5432.lock`];
        for (const file of left) rmSync(file, { force: true });
    }

    /** Waits until commits wait for the other one. */
    async synchronous() {
        this.configure({ synchronous_standby_names: '*' });
        await this.sql('select pg_reload_conf()');
        const state = "select sync_state from pg_stat_replication where state = 'streaming'";
        await until(async () => await this.sql(state) === 'sync',
            `${this.other.name} is the synchronous standby`, 20000);
    }

    /** Commits wait for nobody. */
    async alone() {
        this.configure({});
        await this.sql('select pg_reload_conf()');
    }

    /** The standby becomes the primary; answers when it could be written to. */
    async promote() {
        this.configure({});
        await this.program('pg_ctl', ['promote', '-s', '-w', '-t', '60', '-D', this.data]);
        return performance.now();
    }

    /** Nothing reaches the standby any more. */
    hold_back() {
        this.held = this.processes().filter(pid => read(`/proc/${pid}/cmdline`).includes('walsender'));
        ok(this.held.length > 0, 'there is a standby to hold back from');
        for (const pid of this.held) signal(pid, 'SIGSTOP');
    }
}

const status = pid => read(`/proc/${pid}/status`);
const parent = pid => Number(/^PPid:\s+(\d+)/m.exec(status(pid))?.[1]);
const alive = pid => /^State:\s+[^Z]/m.test(status(pid));

function read(file) {
    try {
        return readFileSync(file, 'utf8');
    } catch {
        return '';
    }
}

export class Pair {
    /** `site` was made with SITE_STANDBY: `folder`, a socket_folder(). */
    constructor(site, folder) {
        this.site = site;
        this.password = readFileSync(`${site.folder}/secrets/database-admin`, 'utf8').trim();
        const [sockets] = new URL(site.values.DATABASE_URL.replace('@/', '@localhost/')).searchParams.get('host').split(',');
        this.servers = [new Server(this, 'first', `${site.folder}/pg`, sockets),
            new Server(this, 'second', `${folder}/pg`, folder)];
        [this.primary, this.standby] = this.servers;
        this.programs = path.dirname(readlinkSync(`/proc/${this.primary.pid}/exe`));
    }

    address_of(server) {
        return `host=${server.sockets} user=postgres password=${this.password} application_name=${server.other.name}`;
    }

    async begin() {
        this.primary.configure({});
        await this.primary.stop();
        await this.primary.start();
        await this.copy();
    }

    swap() { [this.primary, this.standby] = [this.standby, this.primary]; }

    /** The standby made anew from the primary: a copy of it. */
    async copy() {
        const { primary, standby } = this;
        rmSync(standby.data, { recursive: true, force: true });
        mkdirSync(standby.data, { mode: 0o700 });
        own(standby.data);
        await primary.program('pg_basebackup', ['-h', primary.sockets, '-U', 'postgres', '-D', standby.data,
            '-X', 'stream', '-c', 'fast', '--no-sync']);
        await this.follow();
    }

    /** The standby made anew of what it was: only what it had beyond the primary's past is taken from the primary. */
    async rewind() {
        const { primary, standby } = this;
        await primary.sql('checkpoint');
        await standby.program('pg_rewind', ['-D', standby.data, '--no-sync',
            '--source-server', `${this.address_of(primary)} dbname=postgres`]);
        await this.follow();
    }

    async follow() {
        const { primary, standby } = this;
        writeFileSync(`${standby.data}/standby.signal`, '');
        own(`${standby.data}/standby.signal`);
        standby.configure({});
        await standby.start();
        await primary.synchronous();
    }

    /** Is everything that the primary has at the standby too? */
    async level() {
        const at = await this.primary.sql('select pg_current_wal_lsn()');
        const has_all = `select pg_last_wal_replay_lsn() >= '${at}'`;
        await until(async () => await this.standby.sql(has_all) === 't', 'the standby has all');
    }

    async end() {
        for (const server of this.servers)
            if (existsSync(`${server.data}/postmaster.pid`)) await this.end_one(server);
    }

    async end_one(server) {
        const pid = server.pid;
        if (alive(pid)) {
            for (const one of server.processes()) signal(one, 'SIGCONT');
            signal(pid, 'SIGQUIT');
        }
        await until(() => !alive(pid), `${server.name} has ended`);
    }
}

function signal(pid, name) {
    try {
        process.kill(pid, name);
    } catch (error) {
        if (error.code !== 'ESRCH') throw error;
    }
}
