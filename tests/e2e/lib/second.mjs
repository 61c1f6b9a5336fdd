// A second webquota.fcgi on the database of a site, behind a lighttpd of its own, as on another host.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { request } from './http.mjs';
import { PROGRAMS, ROOT, free_port, run_well } from './site.mjs';
import { until } from './tap.mjs';

/** `more`: more of its environment. */
export async function second_service(site, more = {}) {
    const port = await free_port();
    const socket = `${site.folder}/second.sock`;
    const conf = `${site.folder}/second.conf`;
    writeFileSync(conf, `
server.modules = ("mod_fastcgi")
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${site.folder}"
fastcgi.server = ("/quota" => (("socket" => "${socket}", "check-local" => "disable")))
`);
    const { DATABASE_URL_APP: database, WEBQUOTA_PREPARE } = site.values;
    const env = { ...process.env, DATABASE_URL: database, WEBQUOTA_PREPARE, WEBQUOTA_SOCKET: socket,
        WEBQUOTA_SITE_VAR: site.folder, ...more };
    const service = spawn(`${PROGRAMS}/webquota.fcgi`, [], { cwd: ROOT, env, stdio: 'ignore' });
    await until(() => existsSync(socket), 'the second service listens');
    const server = spawn('/usr/sbin/lighttpd', ['-D', '-f', conf], { env, stdio: 'ignore' });
    const url = `http://127.0.0.1:${port}/quota`;
    await until(async () => (await request(`${url}/readyz`).catch(() => ({}))).status === 200,
        'the second service is ready');
    return { url, stop: () => [server, service].forEach(child => child.kill('SIGTERM')) };
}

function environment_of(pid) {
    const lines = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(line => line.includes('='));
    return Object.fromEntries(lines.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

/** A second host as it should be: service and web server as deploy/ has them, each started again when it ends or gives no sign of
 * life. It goes down with the site. Answers its address. */
export async function second_host(site) {
    const [pid] = site.processes('webquota.fcgi'), all = environment_of(pid);
    const env = Object.fromEntries(['DATABASE_URL', 'WEBQUOTA_SECRET_FILE', 'WEBQUOTA_TEMPLATES', 'WEBQUOTA_STATIC', 'WEBQUOTA_PREPARE',
        'WEBQUOTA_SITE_VAR', 'WEBQUOTA_THREADS', 'PATH'].filter(name => name in all).map(name => [name, all[name]]));
    const user = process.getuid() === 0 ? ['--user', 'www-data'] : [];
    const file = name => `${site.folder}/second.${name}`, port = await free_port();
    const supervised = (name, words, command) => run_well(`${ROOT}/scripts/supervise`, ['--pid', file(`${name}.pid`), '--log', file(`${name}.log`),
        ...words, '--', ...command], { env });
    await supervised('webquota', ['--socket', file('sock'), '--watchdog', '1', ...user], [readlinkSync(`/proc/${pid}/exe`)]);
    writeFileSync(file('conf'), `
server.modules = ()
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${site.folder}"
server.errorlog = "${file('errors')}"
var.webquota_socket = "${file('sock')}"
var.webquota_share = "${path.dirname(all.WEBQUOTA_TEMPLATES)}"
var.webquota_guarded = "^/nothing(/|$)"
include var.webquota_share + "/deploy/lighttpd/webquota.conf"
`);
    await supervised('lighttpd', [], ['/usr/sbin/lighttpd', '-D', '-f', file('conf')]);
    const url = `http://127.0.0.1:${port}/quota`;
    await until(async () => (await request(`${url}/readyz`).catch(() => ({}))).status === 200, 'the second host is ready');
    return url;
}
