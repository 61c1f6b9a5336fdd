#!/usr/bin/env node
// A line where there is plain CGI only: no process stays that could let in, so whoever asks does, and `webquota queue run` by a timer.
// Each request is a process of its own on the database of this run (DATABASE_URL).
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { PROGRAMS, ROOT, run, run_well } from './lib/site.mjs';
import { broken, equal, finish, like, ok, test } from './lib/tap.mjs';

const OWNER = process.env.DATABASE_URL, APP = process.env.DATABASE_URL_APP;
const POLICY = `
default_plan = free
feature summary { title = Summaries }
plan free { limit minute { feature = summary  amount = 2  window = minute  scope = site  on_exceed = queue  keep_place = 120 } }
`;
const folder = process.env.TMPDIR ?? '/tmp';
const psql = async statement => (await run_well('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-c', statement, OWNER])).trim();
const clock = time => psql(`create or replace function webquota.clock() returns timestamptz language sql volatile as
    'select timestamptz ''2026-03-15 12:${time}Z'''`);
const webquota = (...words) => run_well(`${PROGRAMS}/webquota`, words, { env: { DATABASE_URL: OWNER } });
let key;

/** One request, as a web server makes it. */
async function cgi(method, where, { body, headers = {} } = {}) {
    const [file, query = ''] = where.split('?'), text = body ? JSON.stringify(body) : '';
    const env = { DATABASE_URL: APP, WEBQUOTA_TEMPLATES: `${ROOT}/templates`, WEBQUOTA_STATIC: `${ROOT}/static`, REQUEST_METHOD: method,
        SCRIPT_NAME: '/quota', PATH_INFO: file, QUERY_STRING: query, REQUEST_URI: `/quota${where}`, REMOTE_ADDR: '192.0.2.7',
        CONTENT_TYPE: 'application/json', CONTENT_LENGTH: String(text.length), HTTP_AUTHORIZATION: `Bearer ${key}`, ...headers };
    const { stdout, stderr } = await run(`${PROGRAMS}/webquota.fcgi`, [], { env, input: text });
    const [head, ...rest] = stdout.split('\r\n\r\n'), answer = rest.join('\r\n\r\n');
    const code = Number(/^Status: (\d+)/m.exec(head)?.[1] ?? 0);
    ok(code > 0, `no answer: ${stdout}${stderr}`);
    return { status: code, text: answer, json: /json/.test(head) ? JSON.parse(answer) : undefined, head };
}

const consume = subject => cgi('POST', '/api/v1/consume', { body: { subject, feature: 'summary' } });
const look = id => cgi('GET', `/api/v1/tickets/${id}`);

await test('a place in line, and the turn when somebody asks for it', async () => {
    await webquota('migrate', '--app-role', 'webquota_app');
    const file = path.join(folder, 'cgi.conf');
    writeFileSync(file, POLICY);
    await webquota('policy', 'apply', file, '--reason', 'for a test');
    key = (await webquota('key', 'create', '--name', 'test', '--scopes', 'enforce,read', '--quiet')).trim();
    await clock('00:10');
    for (const name of ['a', 'b']) equal((await consume(name)).status, 200);
    const [c, d, e] = [await consume('c'), await consume('d'), await consume('e')];
    for (const [i, one] of [c, d, e].entries()) like(one, { status: 202, json: { position: i + 1, ahead: i, in_line: i + 1 } });
    like((await look(c.json.ticket)).json, { state: 'waiting', position: 1, in_line: 3 });
    await clock('01:00');
    equal((await consume('newcomer')).status, 202, 'nobody overtakes');
    like((await look(e.json.ticket)).json, { state: 'waiting', position: 1 });
    like((await look(c.json.ticket)).json, { state: 'admitted', claim_until: '2026-03-15T12:02:00Z' });
    equal((await consume('c')).status, 200);
    like((await look(c.json.ticket)).json, { state: 'used' });
    like((await cgi('GET', `/queue/${e.json.ticket}`, { headers: { HTTP_ACCEPT: 'text/html', HTTP_AUTHORIZATION: '' } })), { status: 200,
        text: /You are number 1 of 2/ });
});
await test('who does not come loses the turn, and who is not seen the place', async () => {
    await clock('02:01'); /* d has not come; e was seen a minute ago */
    const lapsed = await psql("select id from webquota.tickets where state = 'admitted'");
    like(await webquota('queue', 'run'), /^2 let in, 0 places lost\n/);
    equal(await psql(`select state from webquota.tickets where id = ${lapsed}`), 'lapsed');
    equal(await psql("select string_agg(s.key, ' ' order by s.key) from webquota.tickets t join webquota.subjects s on s.id = t.subject_id where t.state = 'admitted'"), 'e newcomer');
    for (const name of ['f', 'g']) equal((await consume(name)).status, 202);
    const g = (await consume('g')).json.ticket;
    await clock('02:50');
    like((await look(g)).json, { state: 'waiting', position: 2 });
    await psql("update webquota.leases set until = clock_timestamp() - interval '1 second' where name = 'admission'");
    await psql("update webquota.queues set state = 'open'");
    await webquota('queue', 'pause', 'summary', '--reason', 'a test');
    await clock('04:10'); /* f was seen at 02:01, g at 02:50 */
    like((await look(g)).json, { state: 'waiting', position: 1, paused: true });
    equal(await psql("select t.state || ' ' || t.why from webquota.tickets t join webquota.subjects s on s.id = t.subject_id where s.key = 'f'"), 'expired unseen');
    await webquota('queue', 'open', 'summary', '--reason', 'a test');
    like((await look(g)).json, { state: 'admitted' });
});
await test('what needs no database lets nobody in, and waits for none', async () => {
    const turns = () => psql("select xmin::text from webquota.leases where name = 'admission'"), before = await turns();
    equal([(await consume('i')).status, (await consume('j')).status], [200, 202]);
    const held = await turns();
    ok(held !== before, 'whoever asks takes the turn');
    for (const where of ['/healthz', '/static/style.css', '/api/v1/openapi.json', '/metrics']) equal((await cgi('GET', where)).status, 200, where);
    equal(await turns(), held);
});
await test('where a service has the lease nobody else lets in', async () => {
    await consume('h');
    await psql("update webquota.leases set holder = 'a service', until = clock_timestamp() + interval '2 seconds' where name = 'admission'");
    like(await webquota('queue', 'run'), /^nothing to do/);
});
await test('the books agree', async () => {
    await psql("update webquota.leases set until = clock_timestamp() - interval '1 second' where name = 'admission'");
    const { code, stdout } = await run(`${PROGRAMS}/webquota`, ['doctor'], { env: { DATABASE_URL: OWNER } });
    equal(code, 0, stdout);
}).catch(broken);
finish();
