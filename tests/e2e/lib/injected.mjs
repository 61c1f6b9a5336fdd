// A webquota.fcgi of its own beside a site, with inject.c preloaded, behind a lighttpd of its own: what fails there, and where, is
// told through a file that both map. It is started again when it has died, at once, and meanwhile callers wait at its socket.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, readSync, readdirSync, statSync, writeFileSync,
    writeSync } from 'node:fs';
import http from 'node:http';
import { request } from './http.mjs';
import { PROGRAMS, ROOT, free_port, run_well } from './site.mjs';
import { until } from './tap.mjs';

/* As inject.c has them. */
const FUNCTIONS = ['malloc', 'calloc', 'realloc', 'memalign', 'read', 'write', 'recv', 'send', 'poll', 'connect', 'socket', 'accept',
    'open', 'pthread_create', 'pipe', 'eventfd', 'getaddrinfo'];
const OFF = 0, RECORD = 1, FAIL = 2;
const AT = { mode: 0, hits: 4, count: 8, variant: 12, target: 16, blocks: 24, places: 32 };
const PLACE_BYTES = 16, PLACES_MAX = 4096;

/** What is behind the guard. */
export const GUARDED = 'behind the guard\n';

export async function build_injector(site) {
    const library = `${site.folder}/inject.so`;
    await run_well('cc', ['-std=gnu11', '-O2', '-fPIC', '-shared', '-o', library, `${ROOT}/tests/e2e/lib/inject.c`]);
    return library;
}

/** The file through which a preloaded program is told what to do. */
export class Control {
    constructor(site, library, name) {
        this.preload = library;
        this.file = `${site.folder}/${name}`;
        this.environment = { LD_PRELOAD: library, INJECT_FILE: this.file };
        this.fd = openSync(this.file, 'w+');
        ftruncateSync(this.fd, AT.places + PLACE_BYTES * PLACES_MAX);
    }

    get(at, bytes = 4) {
        const buffer = Buffer.alloc(bytes);
        readSync(this.fd, buffer, 0, bytes, at);
        return bytes === 8 ? Number(buffer.readBigInt64LE()) : buffer.readUInt32LE();
    }

    set(at, value, bytes = 4) {
        const buffer = Buffer.alloc(bytes);
        if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value));
        else buffer.writeUInt32LE(value);
        writeSync(this.fd, buffer, 0, bytes, at);
    }

    get blocks() { return this.get(AT.blocks, 8); }

    async record(body) {
        this.set(AT.count, 0);
        this.set(AT.mode, RECORD);
        await body();
        this.set(AT.mode, OFF);
        return Array.from({ length: this.get(AT.count) }, (_, i) => ({ hash: this.get(AT.places + i * PLACE_BYTES, 8),
            name: FUNCTIONS[this.get(AT.places + i * PLACE_BYTES + 8)], offset: this.get(AT.places + i * PLACE_BYTES + 12) }));
    }

    arm(place, variant) {
        this.set(AT.hits, 0);
        this.set(AT.variant, variant);
        this.set(AT.target, place.hash, 8);
        this.set(AT.mode, FAIL);
    }

    /** Did it happen? */
    disarm() {
        this.set(AT.mode, OFF);
        return this.get(AT.hits) > 0;
    }

    close() { closeSync(this.fd); }
}

/* Listens, and starts the program at that socket again and again; says each start and each end. */
const KEEPER = `
use strict; use IO::Socket::UNIX;
my ($path, $library, $file, @command) = @ARGV;
my $listener = IO::Socket::UNIX->new(Local => $path, Listen => 1024) or die $!;
$| = 1;
my $child;
$SIG{TERM} = sub { kill TERM => $child; waitpid $child, 0; exit };
for (;;) {
    if (!($child = fork)) {
        open STDIN, '<&', $listener;
        open STDOUT, '>&', *STDERR;
        @ENV{qw(LD_PRELOAD INJECT_FILE)} = ($library, $file);
        exec @command;
    }
    print "began $child\\n";
    waitpid $child, 0;
    print "ended ", $? & 127, " ", $? >> 8, "\\n";
}`;

/** Is called back, and answers what is signed. */
export class Receiver {
    constructor() {
        this.unsigned = 0;
        this.server = http.createServer((ask, answer) => {
            const signed = ['id', 'timestamp', 'signature'].every(name => ask.headers[`webhook-${name}`]);
            this.unsigned += !signed;
            ask.resume().on('end', () => answer.writeHead(signed ? 204 : 401).end());
        });
    }

    async up() {
        await new Promise(resolve => this.server.listen(0, '127.0.0.1', resolve));
        this.url = `http://127.0.0.1:${this.server.address().port}/hooks`;
    }

    down() {
        this.server.closeAllConnections();
        this.server.close();
    }
}

export class Injected {
    constructor(site, control, port) {
        Object.assign(this, { site, control, url: `http://127.0.0.1:${port}/quota`, socket: `${site.folder}/injected.sock`, receiver: new Receiver(),
            deaths: [], said: '' });
        this.conf = `${site.folder}/injected.conf`;
        this.guarded = `http://127.0.0.1:${port}/guarded/file.txt`;
        this.log = `${site.folder}/injected.log`;
        mkdirSync(`${site.folder}/guarded`);
        writeFileSync(`${site.folder}/guarded/file.txt`, GUARDED);
        writeFileSync(this.conf, `
server.modules = ("mod_setenv", "mod_fastcgi")
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${site.folder}"
mimetype.assign = (".txt" => "text/plain")
fastcgi.server = ("/quota" => (("socket" => "${this.socket}", "check-local" => "disable")))
$HTTP["url"] =^ "/guarded/" {
    setenv.add-environment = ("WEBQUOTA_FEATURE" => "call")
    fastcgi.server = ("" => (("socket" => "${this.socket}", "mode" => "authorizer", "check-local" => "disable")))
}
`);
    }

    start() {
        const { DATABASE_URL_APP: database, WEBQUOTA_PREPARE } = this.site.values;
        const log = openSync(this.log, 'a');
        const secrets = `${this.site.folder}/injected.secrets`;
        writeFileSync(secrets, `whsec_${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
        const env = { ...process.env, DATABASE_URL: database, WEBQUOTA_PREPARE, WEBQUOTA_SITE_VAR: this.site.folder, WEBQUOTA_THREADS: '4',
            WEBQUOTA_CALLBACKS: this.receiver.url, WEBQUOTA_CALLBACK_SECRETS_FILE: secrets };
        this.keeper = spawn('perl', ['-e', KEEPER, this.socket, this.control.preload, this.control.file, `${PROGRAMS}/webquota.fcgi`],
            { cwd: ROOT, stdio: ['ignore', 'pipe', log], env });
        closeSync(log);
        this.keeper.stdout.on('data', data => {
            const lines = (this.said + data).split('\n');
            this.said = lines.pop();
            lines.forEach(line => this.hear(line.split(' ')));
        });
    }

    hear([what, first, second]) {
        if (what === 'began') this.pid = Number(first);
        else this.deaths.push({ signal: Number(first), code: Number(second) });
    }

    async up() {
        await this.receiver.up();
        this.start();
        await until(() => existsSync(this.socket), 'the service listens');
        this.server = spawn('/usr/sbin/lighttpd', ['-D', '-f', this.conf],
            { stdio: 'ignore', env: { ...process.env, WEBQUOTA_SITE_VAR: this.site.folder } }); /* it goes down with the site, whatever happens */
        await this.ready();
    }

    ready() {
        return until(async () => (await request(`${this.url}/readyz`).catch(() => ({}))).status === 200, 'the injected service is ready', 30000);
    }

    /** How much the service has said so far, in bytes. */
    get said_bytes() { return existsSync(this.log) ? statSync(this.log).size : 0; }

    /** What it has said since then. */
    said_since(bytes) { return readFileSync(this.log).subarray(bytes).toString(); }

    /** How many descriptors this process had when it was asked for first. */
    at_first() {
        if (this.first?.pid !== this.pid) this.first = { pid: this.pid, count: this.descriptors() };
        return this.first.count;
    }

    descriptors() { return readdirSync(`/proc/${this.pid}/fd`).length; }

    down() {
        this.receiver.down();
        this.server?.kill('SIGTERM');
        this.keeper.kill('SIGTERM');
        this.control.close();
    }
}

export async function with_injected(site, body) {
    const library = await build_injector(site);
    const injected = new Injected(site, new Control(site, library, 'injected.control'), await free_port());
    try {
        await injected.up();
        await body(injected, library);
    } finally {
        injected.down();
    }
}
