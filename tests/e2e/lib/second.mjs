// A second webquota.fcgi on the database of a site, behind a lighttpd of its own, as on another host.
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { request } from './http.mjs';
import { PROGRAMS, ROOT, free_port } from './site.mjs';
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
