#!/usr/bin/env node
// Callbacks end to end: a ticket with something to be done, which is sent to a real receiver when its turn comes. Receivers of every
// kind; what is not allowed; and services that are killed in the middle of 200 deliveries: each runs once by its id, what is charged
// is what was taken, and nothing is lost.
import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { basic, bearer, request } from './lib/http.mjs';
import { ROOT, free_port, with_site } from './lib/site.mjs';
import { broken, equal, finish, like, ok, status, test, until } from './lib/tap.mjs';

const JOBS = 200;
const POLICY = `
default_plan = free
administrators = { "boss" }
feature summary { title = Summaries }
feature batch   { title = Batches }
feature tries   { title = Tries }
feature report  { title = Reports }
plan free {
  limit minute { feature = summary  amount = 5  window = minute  scope = site  on_exceed = queue  warn_at = {} }
  limit all    { feature = batch    amount = ${JOBS / 2}  window = minute  scope = site  on_exceed = queue  warn_at = {} }
  limit tried  { feature = tries    amount = 100  window = minute  scope = site  on_exceed = queue  warn_at = {} }
  limit day    { feature = report   amount = 2  window = day }
}
`;
const secrets = [randomBytes(32), randomBytes(24)].map(bytes => `whsec_${bytes.toString('base64')}`);

/** What the scheme says that the signatures are, reckoned here on its own. */
const signatures = (id, seconds, body) => secrets.map(secret =>
    `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`${id}.${seconds}.${body}`).digest('base64')}`).join(' ');

/** A receiver that answers by the path that it is asked at, and remembers everything. */
async function receiver() {
    const seen = [], open = new Set();
    const server = http.createServer((ask, answer) => {
        const parts = [];
        ask.on('data', part => parts.push(part));
        ask.on('end', () => {
            const one = { url: ask.url, method: ask.method, headers: ask.headers, body: Buffer.concat(parts).toString(), at: Date.now() };
            seen.push(one);
            one.try = seen.filter(other => other.headers['webhook-id'] === ask.headers['webhook-id']).length;
            const kind = ask.url.split('/')[2];
            if (kind === 'held') open.add(answer);
            answer.on('close', () => open.delete(answer));
            const ways = {
                ok: () => answer.writeHead(204).end(),
                twice: () => answer.writeHead(one.try === 1 ? 500 : 200).end('done'),
                bad: () => answer.writeHead(500).end(),
                gone: () => answer.writeHead(410).end(),
                busy: () => answer.writeHead(one.try === 1 ? 503 : 200, { 'Retry-After': '3' }).end(),
                moved: () => answer.writeHead(302, { Location: `/other/${ask.url.split('/')[3]}` }).end(),
                never: () => {},
                cut: () => { answer.writeHead(200, { 'Content-Length': '100' }); answer.write('half'); setImmediate(() => ask.socket.destroy()); },
                big: () => { answer.writeHead(200); const more = () => { while (answer.write(Buffer.alloc(65536))); answer.once('drain', more); }; more(); },
                held: () => {},
            };
            (ways[kind] ?? ways.bad)();
        });
    });
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
    return { seen, open, url: `http://127.0.0.1:${server.address().port}`,
        of: id => seen.filter(one => one.headers['webhook-id'] === id),
        release: () => open.forEach(answer => { open.delete(answer); answer.writeHead(200).end(); }),
        stop: () => { server.closeAllConnections(); server.close(); } };
}

const ask = (site, to, more = {}) => site.api('POST', '/tickets', { subject: 'ada', feature: 'summary', callback_url: to, ...more });
const read = async (site, id) => (await site.api('GET', `/tickets/${id}`)).json;
const ended = (site, id, state) => until(async () => {
    const ticket = await read(site, id);
    return ticket.callback.state === state && ticket;
}, `${id} is ${state}`, 20000);
let minute = 0;
const next_minute = site => site.clock(`2026-03-15 12:${String(++minute).padStart(2, '0')}:10`);
const used = async (site, key) => (await site.sql(`select used, held from webquota.counter_values where limit_key = '${key}'`))[0];
/* Of the limit, whether it is held or charged already. */
const taken = async (site, key) => (await used(site, key)).reduce((sum, one) => sum + Number(one), 0);

async function kinds(site, to) {
    await test('where there is room, a ticket is let in at once and its callback sent, signed with each secret', async () => {
        await next_minute(site);
        const answer = status(await ask(site, `${to.url}/hooks/ok/a?x=1`, { payload: { text: 'Größe', n: [1, 2] } }), 202);
        like(answer.json, { allowed: false, outcome: 'queued', state: 'admitted', ticket: /^tkt_/ });
        const id = answer.json.ticket;
        like(await ended(site, id, 'delivered'), { state: 'used',
            callback: { tries: 1, last_status: 204, last_trouble: null, next_at: null, delivered_at: /Z$/ } });
        equal(to.of(id).length, 1);
        const [one] = to.of(id);
        like(one, { method: 'POST', url: '/hooks/ok/a?x=1', body: '{"text":"Größe","n":[1,2]}' });
        like(one.headers, { 'content-type': 'application/json', 'webhook-id': id, 'user-agent': /^webquota\// });
        ok(Math.abs(one.headers['webhook-timestamp'] * 1000 - Date.now()) < 30000, 'the time is now');
        equal(one.headers['webhook-signature'], signatures(id, one.headers['webhook-timestamp'], one.body));
        equal(await used(site, 'minute'), ['1', '0']);
        equal(await site.sql(`select payload, state from webquota.deliveries`), [['', 'delivered']]);
    });
    await test('a failure is tried again with the same id, and charged once', async () => {
        const id = status(await ask(site, `${to.url}/hooks/twice`), 202).json.ticket;
        like(await ended(site, id, 'delivered'), { state: 'used', callback: { tries: 2, last_status: 200, last_trouble: null } });
        const tries = to.of(id);
        equal(tries.length, 2);
        equal(tries[0].body, tries[1].body);
        const wait = tries[1].at - tries[0].at;
        ok(wait >= 900 && wait < 4500, `it waited ${wait} ms`);
        equal(tries[1].headers['webhook-signature'], signatures(id, tries[1].headers['webhook-timestamp'], '{}'));
        equal(await used(site, 'minute'), ['2', '0']);
    });
    const failing = { bad: ['status', 500, 2], moved: ['redirect', 302, 2], never: ['timeout', null, 2], cut: ['broken', 200, 2],
        gone: ['status', 410, 1] };
    const ids = {};
    for (const kind of [...Object.keys(failing), 'busy'])
        ids[kind] = status(await ask(site, `${to.url}/hooks/${kind}`, { feature: 'tries' }), 202).json.ticket;
    await test('while it is tried, what is held stays held, and the ticket cannot be left', async () => {
        equal(await used(site, 'tried'), ['0', '6']);
        like(await read(site, ids.never), { state: 'admitted', callback: { state: 'pending' } });
        status(await site.api('DELETE', `/tickets/${ids.never}`), 409);
    });
    await test('a slow receiver holds up nobody; an answer without end does no harm', async () => {
        const held = status(await ask(site, `${to.url}/hooks/held`), 202).json.ticket;
        await until(() => to.of(held).length, 'it is being sent');
        const most = 'x'.repeat(65000), quick = status(await ask(site, `${to.url}/hooks/ok`, { payload: most }), 202).json.ticket;
        const big = status(await ask(site, `${to.url}/hooks/big`), 202).json.ticket;
        await ended(site, quick, 'delivered');
        equal(to.of(quick)[0].body, `"${most}"`);
        equal((await read(site, held)).callback.state, 'pending');
        await ended(site, big, 'delivered');
        await until(() => { to.release(); return to.of(held).length; }, 'it is answered');
        await ended(site, held, 'delivered');
    });
    await test('a receiver may ask for more time', async () => {
        await ended(site, ids.busy, 'delivered');
        const [first, second] = to.of(ids.busy);
        ok(second.at - first.at >= 2900, `it came after ${second.at - first.at} ms`);
    });
    await test('whatever is no 2xx gives the units back after the last try; each kind says what was wrong', async () => {
        for (const [kind, [trouble, answered, tries]] of Object.entries(failing)) {
            like(await ended(site, ids[kind], 'failed'), { state: 'lapsed', callback: { tries, last_status: answered, last_trouble: trouble } });
            equal(to.of(ids[kind]).length, tries, kind);
        }
        ok(!to.seen.some(one => one.url.startsWith('/other')), 'a redirect is not followed');
        equal(await used(site, 'tried'), ['1', '0']);
    });
}

async function lines(site, to) {
    await test('who finds the limit full waits, and is sent for when the turn comes', async () => {
        await next_minute(site);
        for (let i = 0; i < 5; i++) status(await site.consume(`filler-${i}`, 'summary'), 200);
        const answer = status(await ask(site, `${to.url}/hooks/ok`, { payload: 'later' }), 202);
        like(answer.json, { state: 'waiting', position: 1 });
        const id = answer.json.ticket;
        equal(status(await ask(site, `${to.url}/hooks/ok`, { payload: 'later' }), 202).json.ticket, id, 'the same is the same ticket');
        const other = status(await ask(site, `${to.url}/hooks/ok`, { payload: 'another' }), 202).json;
        like(other, { state: 'waiting', position: 2 });
        like(await read(site, id), { callback: { state: 'waiting', tries: 0, next_at: null } });
        status(await site.api('DELETE', `/tickets/${other.ticket}`), 200);
        like(await read(site, other.ticket), { state: 'left', callback: { state: 'cancelled' } });
        equal(to.of(id).length, 0);
        await next_minute(site);
        like(await ended(site, id, 'delivered'), { state: 'used' });
        equal([to.of(id).length, to.of(id)[0].body, to.of(other.ticket).length], [1, '"later"', 0]);
        equal(await used(site, 'minute'), ['1', '0']);
    });
    await test('with an Idempotency-Key, the same again is the same ticket also when it is over', async () => {
        const headers = { ...bearer(site.key), 'Idempotency-Key': 'order-1' };
        const send = () => request(`${site.url}/api/v1/tickets`, { method: 'POST', headers,
            body: { subject: 'ada', feature: 'summary', callback_url: `${to.url}/hooks/ok`, payload: 'once' } });
        const id = status(await send(), 202).json.ticket;
        await ended(site, id, 'delivered');
        like(status(await send(), 202).json, { ticket: id, state: 'used' });
        equal(to.of(id).length, 1);
    });
    await test('an Idempotency-Key is for one request, whether its ticket waits, is let in, or is over', async () => {
        await next_minute(site);
        const send = (key, more) => request(`${site.url}/api/v1/tickets`, { method: 'POST', headers: { ...bearer(site.key), 'Idempotency-Key': key },
            body: { subject: 'ada', feature: 'summary', callback_url: `${to.url}/hooks/ok`, payload: 'once', ...more } });
        for (let i = 0; i < 5; i++) status(await ask(site, `${to.url}/hooks/ok`, { payload: `full ${i}` }), 202);
        const id = status(await send('order-2'), 202).json.ticket, before = await taken(site, 'minute');
        like(status(await send('order-2'), 202).json, { ticket: id, state: 'waiting' });
        for (const key of ['order-1', 'order-2'])
            for (const other of [{ payload: 'twice' }, { callback_url: `${to.url}/hooks/ok?other` }, { subject: 'bob' }, { feature: 'report' }])
                like(status(await send(key, other), 422).json, { field: 'Idempotency-Key' });
        equal(await taken(site, 'minute'), before);
        await next_minute(site);
        await ended(site, id, 'delivered');
        status(await send('order-2', { payload: 'twice' }), 422);
        like(status(await send('order-2'), 202).json, { ticket: id, state: 'used' });
    });
    await test('on whose behalf, and metadata, are of what is let in at once or later, too', async () => {
        const about = { on_behalf_of: 'client-7', metadata: { order: 4711, ticket: 'no' } };
        await next_minute(site);
        const ids = [];
        for (let i = 0; i < 6; i++) ids.push(status(await ask(site, `${to.url}/hooks/ok`, { payload: `for ${i}`, ...about }), 202).json.ticket);
        like(await read(site, ids[5]), { state: 'waiting' });
        await next_minute(site);
        for (const id of [ids[0], ids[5]]) {
            await ended(site, id, 'delivered');
            equal(await site.sql(`select kind, on_behalf_of, metadata - 'ticket' from webquota.decisions where kind in ('hold', 'commit')
                and (metadata ->> 'ticket' = '${id}' or about_id = (select id from webquota.decisions where metadata ->> 'ticket' = '${id}'))
                order by at`), [['hold', 'client-7', '{"order": 4711}'], ['commit', 'client-7', '']]);
        }
    });
    await test('POST /consume answers at once where there is room, and queues with the callback where there is none', async () => {
        await next_minute(site);
        const consume = payload => site.api('POST', '/consume', { subject: 'ada', feature: 'summary', callback_url: `${to.url}/hooks/ok`, payload });
        const before = to.seen.length;
        for (let i = 0; i < 5; i++) like(status(await consume(i), 200).json, { allowed: true });
        const id = status(await consume(5), 202).json.ticket;
        equal(to.seen.length, before);
        await next_minute(site);
        await ended(site, id, 'delivered');
    });
    await test('a limit that does not queue refuses; what it allows is sent', async () => {
        const id = status(await ask(site, `${to.url}/hooks/ok`, { feature: 'report', units: 2 }), 202).json.ticket;
        await ended(site, id, 'delivered');
        status(await ask(site, `${to.url}/hooks/ok`, { feature: 'report', payload: 1 }), 429);
    });
}

async function refusals(site, to) {
    await test('what may not be sent is refused, and the field named', async () => {
        const before = Number(await site.value('select count(*) from webquota.tickets'));
        const cases = [
            [422, `${to.url}/other/x`], [422, `${to.url}/hooksx`], [422, to.url.replace('127.0.0.1', 'localhost') + '/hooks/ok'],
            [422, 'http://169.254.169.254/hooks/'], [422, to.url.replace(/\d+$/, '1') + '/hooks/ok'], [422, 'https://127.0.0.1/hooks/'],
            [400, `${to.url}/hooks/../other`], [400, `${to.url}/hooks/%2e%2e/other`], [400, to.url.replace('//', '//a:b@') + '/hooks/ok'],
            [400, 'file:///etc/passwd'], [400, 'gopher://127.0.0.1/hooks'], [400, `${to.url}/hooks/a b`], [400, `${to.url}/hooks/#x`],
            [400, 'hooks'], [400, `${to.url}/hooks/${'x'.repeat(2048)}`], [400, 7], [400, ''],
        ];
        for (const [wanted, url] of cases)
            for (const call of ['tickets', 'consume'])
                like(status(await site.api('POST', `/${call}`, { subject: 'ada', feature: 'summary', callback_url: url }), wanted, String(url)).json,
                    { field: 'callback_url' });
        like(status(await site.api('POST', '/tickets', { subject: 'ada', feature: 'summary', payload: {} }), 400).json, { field: 'payload' });
        like(status(await site.api('POST', '/reservations', { subject: 'ada', feature: 'summary', callback_url: `${to.url}/hooks/ok` }), 400).json,
            { field: 'callback_url' });
        status(await ask(site, `${to.url}/hooks/ok`, { payload: 'x'.repeat(65536) }), 413);
        const person = await request(`${site.url}/api/v1/tickets`, { method: 'POST', headers: basic(site.values.WEBQUOTA_USER_FREE),
            body: { feature: 'summary', callback_url: `${to.url}/hooks/ok` } });
        like(status(person, 403).json, { field: 'callback_url' });
        equal(Number(await site.value('select count(*) from webquota.tickets')), before);
    });
}

/** The example of docs/callbacks.md, run by PHP. */
async function example(site, to) {
    const code = /```php\n([^]*?)```/.exec(readFileSync(path.join(ROOT, 'docs/callbacks.md'), 'utf8'))[1];
    const done = path.join(folder, 'done'), script = path.join(folder, 'receive.php'), port = to.php;
    mkdirSync(done);
    writeFileSync(script, code);
    const start = secret => spawn('php', ['-S', `127.0.0.1:${port}`, script], { stdio: 'ignore',
        env: { ...process.env, WEBHOOK_SECRET: secret, JOBS_DONE: done } });
    const url = `http://127.0.0.1:${port}/hooks/`;
    for (const [i, secret] of secrets.entries())
        await test(`the receiver of the manual takes what is signed with ${['the first', 'the second'][i]} secret, and nothing else`, async () => {
            const php = start(secret);
            await until(async () => (await request(url, { method: 'POST', body: '{}' }).catch(() => ({}))).status === 401, 'PHP refuses');
            const id = status(await ask(site, url, { feature: 'tries', payload: { document: 4711, i } }), 202).json.ticket;
            await ended(site, id, 'delivered');
            equal(readFileSync(path.join(done, id), 'utf8'), `{"document":4711,"i":${i}}`);
            const [now, old] = [0, 400].map(ago => Math.floor(Date.now() / 1000) - ago);
            const send = (name, seconds, body, signed = body) => request(url, { method: 'POST', body, headers: { 'webhook-id': name,
                'webhook-timestamp': String(seconds), 'webhook-signature': signatures(name, seconds, signed) } });
            status(await send(`again-${i}`, now, '1'), 204);
            status(await send(`again-${i}`, now, '2'), 204);
            equal(readFileSync(path.join(done, `again-${i}`), 'utf8'), '1', 'done once');
            status(await send('another', now, '1', '2'), 401);
            status(await send('another', old, '1'), 401);
            php.kill();
            await until(async () => await request(url).then(() => false, () => true), 'PHP is gone');
        });
}

async function operator(site, to) {
    await test('what should have been sent and was not is told to the operator', async () => {
        const callbacks = async () => JSON.parse((await site.command('doctor', '--json')).stdout).checks.find(({ check }) => check === 'callbacks');
        like(await callbacks(), { state: 'ok', found: /could not be delivered/ });
        const { queues } = JSON.parse((await site.command('queue', 'list', '--json')).stdout);
        like(queues.find(({ feature }) => feature === 'tries'), { sending: 0, undelivered: 5 });
        const id = status(await ask(site, `${to.url}/hooks/held`, { feature: 'tries', payload: 'stuck' }), 202).json.ticket;
        await until(() => to.of(id).length, 'it is being sent');
        const { text } = status(await request(`${site.url}/metrics`), 200);
        const number = name => Number(new RegExp(`^webquota_callbacks_${name} (\\d+)$`, 'm').exec(text)?.[1]);
        const over = state => site.value(`select count(*) from webquota.deliveries where state = '${state}'`).then(Number);
        equal([number('waiting'), number('pending'), number('accepted_total'), number('given_up_total')],
            [0, 1, await over('delivered'), await over('failed')]);
        ok(number('failed_total') > 0, text);
        await site.sql(`update webquota.deliveries set next_at = next_at - interval '90 seconds', taken_by = 'nobody' where state = 'pending'`);
        like(await callbacks(), { state: 'warning', found: /of 1 whose turn has come, 1 should have been sent/, advice: /WEBQUOTA_CALLBACKS/ });
        await until(async () => { to.release(); return (await read(site, id)).callback.state === 'delivered'; }, 'it is delivered');
    });
}

async function misfortune(site, to) {
    await test('what one holds whose counters cannot be read keeps nobody else waiting, and is charged when they can, sent once', async () => {
        await next_minute(site);
        const rolling = text => site.sql(`update webquota.counters set rolling = '${text}', version = version + 1
            where subject_id = (select id from webquota.subjects where key = 'bad')`);
        const send = (subject, kind) => ask(site, `${to.url}/hooks/${kind}`, { subject, feature: 'tries', payload: `${subject}, whatever comes` });
        const bad = status(await send('bad', 'held'), 202).json.ticket;
        await until(() => to.of(bad).length, 'it is being sent');
        await rolling('{1,2}');
        await until(async () => { to.release(); return (await read(site, bad)).callback.last_status === 200; }, 'it is noted');
        for (const subject of ['bob', 'eve']) await ended(site, status(await send(subject, 'ok'), 202).json.ticket, 'delivered');
        site.processes('webquota.fcgi').forEach(pid => process.kill(pid, 'SIGKILL'));
        await until(async () => (await send('max', 'ok').catch(() => ({}))).status === 202, 'another process');
        await ended(site, status(await send('max', 'ok'), 202).json.ticket, 'delivered');
        like(await read(site, bad), { state: 'admitted', callback: { state: 'pending', tries: 1 } });
        await rolling('{}');
        await ended(site, bad, 'delivered');
        equal(to.of(bad).length, 1, 'times it was sent');
    });
}

async function kills(site, to) {
    await test(`services killed in the middle of ${JOBS} deliveries: each runs once by its id, and what is charged is what was taken`, async () => {
        await next_minute(site);
        const taken = new Map(), first = to.seen.length;
        /* Whoever gets no answer asks again, by the same key. */
        const asked = Promise.all(Array.from({ length: JOBS }, async (_, i) => {
            const kind = i % 10 === 0 ? 'gone' : i % 10 === 1 ? 'twice' : 'ok';
            const answer = await until(async () => {
                const got = await site.api('POST', '/tickets', { subject: `s${i % 40}`, feature: 'batch', payload: { job: i },
                    callback_url: `${to.url}/hooks/${kind}` }, { 'Idempotency-Key': `job-${i}` }).catch(() => undefined);
                return got?.status === 202 && got;
            }, `a ticket for ${i}`, 20000);
            return answer.json.ticket;
        }));
        for (let kill = 0; kill < 2; kill++) {
            const count = () => to.seen.length - first, before = count();
            await until(() => count() >= before + 10, 'some are sent', 20000);
            site.processes('webquota.fcgi').forEach(pid => process.kill(pid, 'SIGKILL'));
            if (kill === 0) await next_minute(site);
        }
        equal(new Set(await asked).size, JOBS);
        await until(async () => {
            if (await site.value(`select count(*) from webquota.deliveries where state in ('waiting', 'pending')`) === '0') return true;
            if (await site.value(`select count(*) from webquota.tickets where state = 'waiting'`) !== '0' &&
                await site.value(`select count(*) from webquota.deliveries where state = 'pending'`) === '0') await next_minute(site);
            return false;
        }, 'all are over', 40000);
        for (const one of to.seen.slice(first)) {
            const id = one.headers['webhook-id'], job = JSON.parse(one.body).job;
            ok(taken.get(job) === undefined || taken.get(job) === id, `job ${job} came under two ids`);
            taken.set(job, id);
        }
        equal(taken.size, JOBS, 'jobs that were sent');
        equal(new Set(taken.values()).size, JOBS, 'ids under which they were');
        const gone = JOBS / 10;
        equal(await site.sql(`select state, count(*) from webquota.deliveries d join webquota.tickets t using (account_id, subject_id, joined_at, id)
            where t.feature = 'batch' group by 1 order by 1`.replace('select state', 'select d.state')),
            [['delivered', String(JOBS - gone)], ['failed', String(gone)]]);
        equal(await site.value(`select sum(r.committed) from webquota.reservations r where r.feature = 'batch' and r.state = 'committed'`), String(JOBS - gone));
        equal(await site.value(`select count(*) from webquota.reservations where feature = 'batch' and state = 'held'`), '0');
        equal(await site.value(`select count(*) from webquota.decisions where feature = 'batch' and kind = 'commit'`), String(JOBS - gone));
    });
}

async function body(site, to) {
    await kinds(site, to);
    await lines(site, to);
    await refusals(site, to);
    await example(site, to);
    await operator(site, to);
    await misfortune(site, to);
    await kills(site, to);
}

const folder = mkdtempSync(path.join(process.env.TMPDIR ?? tmpdir(), 'callbacks-'));
chmodSync(folder, 0o755);
const policy = path.join(folder, 'policy.conf'), file = path.join(folder, 'secrets');
writeFileSync(policy, POLICY);
writeFileSync(file, secrets.join('\n') + '\n');
const to = await receiver();
to.php = await free_port();
try {
    await with_site({ policy, more: { WEBQUOTA_CALLBACKS: `${to.url}/hooks http://127.0.0.1:${to.php}/hooks/`, WEBQUOTA_CALLBACK_SECRETS_FILE: file,
        WEBQUOTA_CALLBACK_TRIES: '2', WEBQUOTA_CALLBACK_TIMEOUT_S: '2' } }, site => body(site, to));
} catch (error) {
    broken(error);
}
to.stop();
finish();
