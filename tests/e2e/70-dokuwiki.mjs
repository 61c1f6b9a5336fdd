#!/usr/bin/env node
// A real old application, as Debian ships it and unchanged: DokuWiki under lighttpd and php-fpm, webquota's authorizer before
// it, three page edits a day. Signs in, saves three pages through the forms, is refused the fourth.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { basic, request } from './lib/http.mjs';
import { NOON, at_noon } from './lib/noon.mjs';
import { ROOT, with_site } from './lib/site.mjs';
import { equal, finish, ok, status, test, until } from './lib/tap.mjs';

const HERE = path.join(ROOT, 'tests/e2e/wiki');
const PASSWORD = 'a-password-for-ada';
const children = [];

const free_port = () => new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => resolve(port));
    });
});

const hashed = form => execFileSync('openssl', ['passwd', form, PASSWORD]).toString().trim();

/** DokuWiki's configuration and data in a folder of ours; its programs stay where Debian put them. */
function furnish(wiki) {
    for (const folder of ['data', 'public']) mkdirSync(path.join(wiki, folder), { recursive: true });
    cpSync('/etc/dokuwiki', path.join(wiki, 'conf'), { recursive: true, dereference: true });
    for (const folder of ['attic', 'cache', 'index', 'locks', 'log', 'media', 'media_attic', 'media_meta', 'meta', 'pages', 'tmp'])
        mkdirSync(path.join(wiki, 'data', folder));
    const write = (name, text) => writeFileSync(path.join(wiki, name), text);
    write('place.php', `<?php define('DOKU_MAIN_CONF', '${wiki}/conf/'); define('DOKU_CONF', '${wiki}/conf/');\n`);
    write('conf/local.php', `<?php\n$conf['title'] = 'Wiki'; $conf['savedir'] = '${wiki}/data'; $conf['useacl'] = 1;\n` +
        `$conf['authtype'] = 'authplain'; $conf['disableactions'] = 'register'; $conf['updatecheck'] = 0;\n`);
    write('conf/acl.auth.php', '# rights\n*\t@ALL\t1\n*\t@user\t8\n');
    write('conf/users.auth.php', `ada:${hashed('-1')}:Ada:ada@example.org:user\n`);
    write('users', `ada:${hashed('-apr1')}\n`);
    if (process.getuid() === 0) execFileSync('chown', ['-R', 'www-data:', wiki]);
}

/** A server in the foreground, as www-data when we are root. */
function start(words, env) {
    const drop = process.getuid() === 0 ? ['setpriv', '--reuid=www-data', '--regid=www-data', '--init-groups'] : [];
    const [program, ...rest] = [...drop, ...words];
    const child = spawn(program, rest, { env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] });
    children.push(child);
}

async function serve(site) {
    const wiki = path.join(site.folder, 'wiki'), port = await free_port();
    furnish(wiki);
    const env = { WIKI: wiki, WIKI_PORT: String(port), WIKI_SHARE: ROOT,
        WIKI_WEBQUOTA_SOCKET: path.join(site.folder, 'run/webquota.sock') };
    const fpm = readdirSync('/usr/sbin').filter(name => /^php-fpm\d/.test(name)).sort().pop();
    start([`/usr/sbin/${fpm}`, '-F', '-y', path.join(HERE, 'php-fpm.conf')], env);
    start(['lighttpd', '-D', '-f', path.join(HERE, 'lighttpd.conf')], env);
    const url = `http://127.0.0.1:${port}`;
    await until(() => request(`${url}/wiki/doku.php?id=start`).then(answer => answer.status === 200, () => false), 'the wiki answers', 20000);
    return url;
}

const unescape_html = text => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>');

/** The form with this id: where it goes, and what it sends unless something is changed. */
function form(html, id) {
    const text = new RegExp(`<form [^>]*id="${id}"[^]*?</form>`).exec(html)?.[0];
    ok(text, `there is no form ${id} in the page`);
    const fields = {};
    for (const [tag] of text.matchAll(/<input [^>]*type="hidden"[^>]*>/g))
        fields[/name="([^"]*)"/.exec(tag)[1]] = unescape_html(/value="([^"]*)"/.exec(tag)[1]);
    return { action: unescape_html(/action="([^"]*)"/.exec(text)[1]), fields };
}

const post = (url, fields, headers) => request(url, { method: 'POST', body: new URLSearchParams(fields).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'text/html', ...headers } });

const ada = basic(`ada:${PASSWORD}`);
const cookies = {};

/** A browser's memory for cookies. */
async function browse(url, options = {}) {
    const headers = { ...ada, Cookie: Object.entries(cookies).map(([name, value]) => `${name}=${value}`).join('; '), ...options.headers };
    const answer = await (options.fields ? post(url, options.fields, headers) : request(url, { headers }));
    for (const line of answer.headers['set-cookie'] ?? []) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
        cookies[name] = value;
    }
    return answer;
}

async function save(url, page, text) {
    const edit = status(await browse(`${url}/wiki/doku.php?id=${page}&do=edit`), 200);
    const { action, fields } = form(edit.text, 'dw__editform');
    return browse(url + action, { fields: { ...fields, wikitext: text, summary: 'written', 'do[save]': '1' } });
}

async function checks(site) {
    const url = await serve(site);
    await test('a page of the wiki can be read, and reading is not charged', async () => {
        status(await request(`${url}/wiki/doku.php?id=start`), 200);
        equal(await site.value('select count(*) from webquota.decisions'), '0');
    });
    await test('signing in through the wiki\'s own form is not charged', async () => {
        const { action, fields } = form((await browse(`${url}/wiki/doku.php?id=start&do=login`, { headers: { Authorization: '' } })).text, 'dw__login');
        const answer = await browse(url + action, { fields: { ...fields, u: 'ada', p: PASSWORD } });
        ok(answer.status === 302 || answer.status === 200, `got ${answer.status}`);
        ok((await browse(`${url}/wiki/doku.php?id=start`)).text.includes('Log Out'), 'signed in');
        equal(await site.value('select count(*) from webquota.decisions'), '0');
    });
    await test('three pages are saved', async () => {
        for (const page of ['one', 'two', 'three']) {
            const answer = await save(url, page, `Text of page ${page}.`);
            ok(answer.status === 302 || answer.status === 303, `page ${page}: got ${answer.status}: ${answer.text.slice(0, 300)}`);
        }
        equal(await site.value("select used from webquota.counter_values where limit_key = 'edits'"), '3');
        equal(await site.value("select string_agg(distinct s.key, ',') from webquota.decisions d join webquota.subjects s on s.id = d.subject_id"), 'ada');
    });
    await test('the fourth is refused with the limit page', async () => {
        const answer = status(await save(url, 'four', 'Text of page four.'), 429);
        ok(answer.headers['content-type'].startsWith('text/html'), answer.headers['content-type']);
        ok(/You(&#39;|')ve used all 3 page edits for today\. You can use it again on <time>\d{4}-\d\d-\d\d<\/time> at 00:00 \(/.test(answer.text) && answer.text.includes(`at 00:00 (${NOON}).`), answer.text.slice(0, 2000));
        ok(Number(answer.headers['retry-after']) > 0 && answer.headers.ratelimit.startsWith('"edits";r=0;t='), JSON.stringify(answer.headers));
    });
    await test('nor at an address below the script, which answers there too', async () => {
        status(await browse(`${url}/wiki/doku.php/x?id=four&do=edit`, { fields: { id: 'four', 'do[save]': '1', wikitext: 'x' } }), 429);
    });
    await test('the three are there, the fourth is not', async () => {
        for (const page of ['one', 'two', 'three'])
            ok((await browse(`${url}/wiki/doku.php?id=${page}`)).text.includes(`Text of page ${page}.`), `page ${page} is there`);
        ok((await browse(`${url}/wiki/doku.php?id=four`)).text.includes('This topic does not exist yet'), 'page four is not there');
    });
    await test('the dashboard says 3 of 3', async () => {
        const page = status(await request(`${url}/quota/`, { headers: { ...ada, Accept: 'text/html' } }), 200);
        const words = page.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
        ok(words.includes('3 of 3 page edits used today'), words.slice(0, 1500));
    });
    await test('a visitor has edits of their own, and the wiki\'s rights still hold', async () => {
        equal((await request(`${url}/quota/api/v1/usage`)).json.limits[0].used, 0);
        ok((await request(`${url}/wiki/doku.php?id=five&do=edit`)).text.includes('id="wiki__text"') === false, 'visitors may not edit');
    });
}

await with_site({ policy: at_noon('tests/e2e/wiki/wiki.conf') }, async site => {
    try {
        await checks(site);
    } finally {
        for (const child of children) child.kill('SIGTERM');
    }
});
finish();
