// Web servers of a test's own beside a site, with the site's database: what deploy/ says about them, tried out.
import { spawn, execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { request } from '../lib/http.mjs';
import { ROOT, free_port } from '../lib/site.mjs';
import { until } from '../lib/tap.mjs';

const AS_ROOT = process.getuid() === 0;
const SERVER_USER = ['setpriv', '--reuid=www-data', '--regid=www-data', '--init-groups'];
const SECRET = 'a-shared-secret-for-tests-0123456789';

function environment_of(pid) {
    const lines = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(line => line.includes('='));
    return Object.fromEntries(lines.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

const lets_in = port => new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
    socket.on('error', () => resolve(false));
});

/** What an answer has that a server gives in webquota's place: see that `like(answer.headers, GUARDED_503)`. */
export const GUARDED_503 = { 'retry-after': '1', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff',
    'content-security-policy': /^default-src 'none';.* frame-ancestors 'none'$/, 'referrer-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()' };

/** What runs beside a site. `folder` is for servers to write to, `here` a copy of this folder, `share` what deploy/ is in. */
export class Front {
    constructor(site) {
        this.site = site;
        this.children = [];
        const [pid] = site.processes('webquota.fcgi');
        this.program = readlinkSync(`/proc/${pid}/exe`);
        const all = environment_of(pid);
        this.environment = Object.fromEntries(['DATABASE_URL', 'WEBQUOTA_SECRET_FILE', 'WEBQUOTA_TEMPLATES', 'WEBQUOTA_STATIC',
            'WEBQUOTA_PREPARE', 'WEBQUOTA_SITE_VAR', 'PATH'].map(name => [name, all[name]]));
        this.environment.WEBQUOTA_PREPARE ??= 'on';
        this.share = path.dirname(all.WEBQUOTA_TEMPLATES);
        this.secret = readFileSync(site.values.WEBQUOTA_SECRET_FILE, 'utf8').trimEnd();
        const [server] = site.processes('lighttpd');
        const settings = environment_of(server);
        this.socket = settings.WEBQUOTA_DEMO_SOCKET;
        this.desk = settings.WEBQUOTA_DEMO_DATA;
        this.folder = path.join(site.folder, 'front');
        this.here = path.join(this.folder, 'here');
        mkdirSync(this.folder);
        cpSync(path.join(ROOT, 'tests/e2e/front'), this.here, { recursive: true });
        if (AS_ROOT) execFileSync('chown', ['-R', 'www-data:', this.folder]);
    }

    /** Starts a program in the foreground; as root, for the servers' user, unless it gives up being root by itself. */
    start(words, env = {}, { itself = false } = {}) {
        const [program, ...rest] = AS_ROOT && !itself ? [...SERVER_USER, ...words] : words;
        const child = spawn(program, rest, { env: { ...this.environment, ...env }, stdio: ['ignore', 'inherit', 'inherit'] });
        child.ended = new Promise(resolve => child.once('exit', resolve));
        this.children.push(child);
        return child;
    }

    /** Another webquota.fcgi. `at`: a path, or HOST:PORT, which asks for the shared secret. */
    async webquota(at, env = {}) {
        const more = { WEBQUOTA_SOCKET: at, ...env };
        if (!at.includes('/')) more.WEBQUOTA_SHARED_SECRET_FILE = this.write('shared.secret', SECRET);
        const child = this.start([this.program], more);
        await until(() => at.includes('/') ? existsSync(at) : lets_in(at.split(':').pop()), `webquota.fcgi listens on ${at}`);
        return child;
    }

    get shared_secret() { return SECRET; }

    write(name, text) {
        const file = path.join(this.folder, name);
        writeFileSync(file, text);
        if (AS_ROOT) execFileSync('chown', ['www-data:', file]);
        return file;
    }

    /** lighttpd with a configuration of this folder; answers its address. */
    async lighttpd(name, { address = '127.0.0.1', path: probe = '/', ...env } = {}) {
        const port = await free_port();
        const child = this.start(['/usr/sbin/lighttpd', '-D', '-f', path.join(this.here, name)], { FRONT: this.folder, FRONT_HERE: this.here,
            FRONT_SHARE: this.share, FRONT_PROGRAM: this.program, FRONT_SOCKET: this.socket, FRONT_ADDRESS: address, FRONT_PORT: String(port), ...env });
        return this.answering(child, `http://${address}:${port}`, probe);
    }

    /** Waits until a server answers, or has given up. */
    async answering(child, url, probe) {
        await until(() => child.exitCode !== null || request(url + probe).then(() => true, () => false), `${url} answers`);
        if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')}: ended with ${child.exitCode}`);
        return url;
    }

    stop(child, signal = 'SIGTERM') {
        if (child.exitCode === null && child.signalCode === null) child.kill(signal);
        return child.ended;
    }

    async down() {
        const all = Promise.all(this.children.map(child => this.stop(child)));
        const late = setTimeout(() => this.children.forEach(child => child.kill('SIGKILL')), 5000);
        await all;
        clearTimeout(late);
    }

    /** A signed assertion, by docs/http.md. */
    assertion(subject, { secret = this.secret, seconds = 3600, version = 'v1', claims } = {}) {
        const text = JSON.stringify(claims ?? { sub: subject, exp: Math.floor(Date.now() / 1000) + seconds });
        const signed = `${version}.${Buffer.from(text).toString('base64url')}`;
        return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
    }

    /** How many decisions of a kind were recorded so far: what the ledger writes in bulk included. */
    decisions(where = 'true') {
        return this.site.value(`select count(*) from webquota.decisions d left join webquota.subjects s on s.id = d.subject_id
            where ${where}`).then(Number);
    }
}

/** Apache with a configuration of this folder; answers its address. */
export async function apache(front, name, env, probe) {
    const port = await free_port();
    const child = front.start(['/usr/sbin/apache2', '-DFOREGROUND', '-f', `${front.here}/${name}`], { FRONT: front.folder, FRONT_HERE: front.here,
        FRONT_SHARE: front.share, FRONT_PORT: String(port), FRONT_PROGRAM: front.program, FRONT_DESK: front.desk, ...env });
    return front.answering(child, `http://127.0.0.1:${port}`, probe);
}

/** Bytes on a connection of their own; answers what comes back until the end, {status, text}. */
export function raw(url, bytes) {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
        const socket = net.connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
        let text = '';
        socket.setTimeout(20000, () => socket.destroy(new Error(`no end of the answer to ${bytes.slice(0, 80)}: ${text.slice(0, 200)}`)));
        socket.on('error', reject);
        socket.on('data', data => { text += data.toString('latin1'); });
        socket.on('close', () => resolve({ status: Number(/^HTTP\/\S+ (\d+)/.exec(text)?.[1] ?? 0), text }));
        socket.write(bytes, 'latin1');
    });
}

/** Runs `body` with a Front, and stops what it started. */
export async function with_front(site, body) {
    const front = new Front(site);
    try {
        await body(front);
    } finally {
        await front.down();
    }
}
