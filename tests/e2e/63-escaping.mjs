#!/usr/bin/env node
// Whatever people and operators store, in every text that is stored, stays text: on every page in a real browser nothing of it runs,
// becomes an element or a link, or turns around what stands beside it; JSON is JSON, and CSV holds no formula. And the pages
// without JavaScript, and in a text browser.
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { launch } from './lib/hands.mjs';
import { request } from './lib/http.mjs';
import { NOON } from './lib/noon.mjs';
import { free_port, with_site } from './lib/site.mjs';
import { broken, equal, finish, ok, status, test } from './lib/tap.mjs';

/* One text with all of it; `n` tells where it was stored. Short, for the shortest field takes 64 characters. */
const hostile = n => `=${n}"'><script>alert(${n})</script><img src=x onerror=alert(${n})>`;
const LINK = 'javascript:alert(1)', BIDI = '\u202e\u2066', CONTROL = '\u0007\u001b[31m\u0085';
const quoted = text => `"${text.replace(/["\\]/g, '\\$&')}"`;
const POLICY = `
title = ${quoted(hostile(1))}
timezone = "${NOON}"
default_plan = "free"
anonymous_plan = "anonymous"
administrators = {"admin"}
feature call { title = ${quoted(hostile(2))}  unit = ${quoted(hostile(3))}  about = ${quoted(hostile(4))} }
feature child { title = ${quoted(hostile(5))}  unit = "x"  parent = "call"  resources = {${quoted(`a-*${hostile(6)}`)}, "b-*"} }
feature lacking { title = ${quoted(LINK)}  unit = "y" }
plan anonymous { title = ${quoted(hostile(7))}  rank = 0  upgrade = "free"
  limit day { feature = "call"  amount = 2  window = "day" } }
plan free { title = ${quoted(hostile(8))}  price = ${quoted(hostile(9))}  rank = 1  upgrade = "pro"
  limit day { feature = "call"  amount = 10  window = "day"  warn_at = {50, 100} }
  limit child { feature = "child"  amount = 3  window = "day"  warn_at = {50, 100} }
  limit team { feature = "call"  amount = 10  window = "day"  scope = "organization"  warn_at = {50} } }
plan pro { title = ${quoted(hostile(10))}  price = ${quoted(hostile(11))}  rank = 2
  limit day { feature = "call"  amount = 1000  window = "day" } }
`;
let requested;
const WHO = hostile(20), ORGANIZATION = hostile(21);

/* Runs in the page: what of the data became more than text. */
const LIVE = mount => {
    const wrong = [];
    const allowed = new Set(['HTML', 'HEAD', 'META', 'TITLE', 'LINK', 'SCRIPT', 'BODY', 'A', 'HEADER', 'DIV', 'NAV', 'P', 'MAIN', 'H1', 'H2', 'UL', 'OL',
        'LI', 'SECTION', 'ARTICLE', 'SPAN', 'B', 'BDI', 'STRONG', 'CODE', 'TIME', 'DL', 'DT', 'DD', 'TABLE', 'THEAD', 'TBODY', 'TR', 'TH', 'TD', 'FOOTER',
        'NOSCRIPT', 'FIGURE', 'FIGCAPTION', 'TFOOT', 'title', 'BUTTON', 'FORM', 'INPUT', 'LABEL', 'SELECT', 'OPTION', 'FIELDSET', 'LEGEND', 'DETAILS', 'SUMMARY', 'BR', 'TEXTAREA', 'svg', 'rect', 'path', 'circle', 'line', 'g', 'text']);
    for (const one of document.querySelectorAll('*')) {
        if (!allowed.has(one.tagName)) wrong.push(`<${one.tagName}>`);
        for (const { name, value } of one.attributes) {
            if (name.startsWith('on') || name === 'style') wrong.push(`${one.tagName} ${name}="${value}"`);
            if (['href', 'src', 'action'].includes(name) && /^\s*(javascript|data|vbscript):/i.test(value)) wrong.push(`${name}=${value}`);
        }
        if (one.tagName === 'SCRIPT' && !new RegExp(`^${mount}/static/`).test(one.getAttribute('src') ?? '')) wrong.push(one.outerHTML);
    }
    const turned = /[\u202a-\u202e\u2066-\u2069]/;
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode;
        if (turned.test(text.data) && !text.parentElement.closest('bdi, [dir=auto], code')) wrong.push(`turns around what is beside it: ${text.data}`);
        if (/[\0-\x08\x0b-\x1f\x7f-\x9f]/.test(text.data)) wrong.push(`control characters: ${JSON.stringify(text.data)}`);
    }
    return { wrong, told: document.documentElement.outerHTML.includes('alert(') };
};

function identity(site, subject) {
    const payload = Buffer.from(JSON.stringify({ sub: subject, exp: Math.floor(Date.now() / 1000) + 3600 })).toString('base64url');
    const signed = `v1.${payload}`, secret = readFileSync(site.values.WEBQUOTA_SECRET_FILE, 'utf8').trim();
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/* Everything that the API stores, with what it will not take told apart. Answers the decisions. */
async function store_all(site) {
    status(await site.subject(WHO, { plan: 'free', organization: ORGANIZATION }), 201);
    status(await site.api('POST', '/admin/overrides', { subject: WHO, feature: 'call', amount: 9, reason: hostile(22), expires_at: '2099-01-01T00:00:00Z' }), 201);
    status(await site.api('POST', '/admin/grants', { subject: WHO, feature: 'child', amount: 2, reason: hostile(23) }), 201);
    status(await site.api('POST', '/admin/keys', { name: hostile(33), scopes: ['read'] }), 201);
    const asked = status(await site.api('POST', '/requests', { subject: WHO, feature: 'call', kind: 'increase', amount: 20, reason: hostile(34) }), 201).json.request;
    status(await site.api('POST', `/admin/requests/${asked}/deny`, { reason: hostile(35) }), 200);
    requested = status(await site.api('POST', '/requests', { subject: WHO, feature: 'child', kind: 'upgrade', plan: 'pro', reason: hostile(36) }), 201).json.request;
    const use = more => site.consume(WHO, 'call', { on_behalf_of: hostile(24), metadata: { [hostile(25)]: hostile(26) }, ...more });
    const allowed = status(await use({ units: 2, resource: `b-${hostile(27)}` }), 200).json;
    const refused = status(await use({ units: 8, resource: `b-${hostile(27)}`, on_behalf_of: LINK }), 429).json;
    return [allowed.decision_id, refused.decision_id];
}

const refused_texts = async site => {
    for (const [what, text] of Object.entries({ BIDI, CONTROL })) {
        const wrong = { subject: await site.subject(`x${text}`, { plan: 'free' }), organization: await site.subject('x', { plan: 'free', organization: `x${text}` }),
            resource: await site.consume('x', 'call', { resource: `b-${text}` }), on_behalf_of: await site.consume('x', 'call', { on_behalf_of: `x${text}` }),
            reason: await site.api('POST', '/admin/overrides', { subject: WHO, feature: 'call', amount: 9, reason: `x${text}` }) };
        for (const [field, answer] of Object.entries(wrong)) equal([answer.status, answer.json?.field], [400, field], what);
    }
};

/* Each page, and what it is asked for with: somebody signed in, or nobody. */
const pages = decisions => ['/', '/features/call', '/features/child', '/features/lacking', '/limit/call', '/limit/lacking', '/plans', '/alerts',
    '/history', '/history?feature=call&days=7', '/requests', '/login', '/widget/call', '/widget/child?style=bar&frame=1', ...decisions.map(id => `/decisions/${id}`),
    '/nowhere', `/features/${encodeURIComponent(hostile(30))}`, `/widget/call?style=${encodeURIComponent(hostile(31))}`,
    `/?refresh=${encodeURIComponent(hostile(32))}`];

const admin_pages = () => {
    const who = new URLSearchParams({ subject: WHO }), organization = new URLSearchParams({ organization: ORGANIZATION });
    return ['', '/people', `/person?${who}`, '/plans', '/organizations', `/organization?${organization}`, '/requests', '/requests?state=all',
        `/request?request=${requested}`, '/queues', '/approvals', '/audit', `/audit?${who}`, '/access', '/recommendations', '/what-if',
        `/change?what=override&${who}&feature=call&limit=day`, `/change?what=plan&${who}`].map(where => `/admin${where}`);
};

async function in_browser(browser, site, addresses, cookie) {
    const { origin } = new URL(site.url), mount = new URL(site.url).pathname.replace(/\/$/, '');
    const context = await browser.newContext();
    if (cookie) await context.addCookies([{ name: 'webquota_identity', value: cookie, url: origin }]);
    const page = await context.newPage(), found = [];
    page.on('dialog', dialog => { found.push(`ran: ${dialog.message()}`); dialog.dismiss(); });
    page.on('request', sent => { if (!sent.url().startsWith(origin)) found.push(`asks ${sent.url()}`); });
    let shown = 0;
    for (const address of addresses) {
        await page.goto(`${site.url}${address}`);
        const { wrong, told } = await page.evaluate(LIVE, mount);
        shown += told;
        found.push(...wrong.map(one => `${address}: ${one}`));
    }
    await context.close();
    return { found, shown };
}

async function escaping(site, browser, decisions) {
    const cookie = identity(site, WHO);
    await test('nothing that was stored lives on a page: signed in', async () => {
        const { found, shown } = await in_browser(browser, site, pages(decisions), cookie);
        equal(found, []);
        ok(shown > 12, `only ${shown} pages show what was stored`);
    });
    await test('nor on the pages of administrators', async () => {
        const { found, shown } = await in_browser(browser, site, admin_pages(), identity(site, 'admin'));
        equal(found, []);
        ok(shown > 12, `only ${shown} pages show what was stored`);
    });
    await test('nor for a visitor', async () => equal((await in_browser(browser, site, pages(decisions))).found, []));
    await test('nor what came into the database past the API, with characters that the API refuses', async () => {
        const dirty = BIDI + CONTROL.replaceAll('\u001b', '');
        await site.sql(`update webquota.decisions set resource = resource || '${dirty}', on_behalf_of = on_behalf_of || '${dirty}'`);
        const { found } = await in_browser(browser, site, ['/features/call', ...decisions.map(id => `/decisions/${id}`)], cookie);
        equal(found.filter(wrong => !wrong.includes('control characters')), []);
    });
    await test('JSON is JSON, with what was stored as it is', async () => {
        for (const address of pages(decisions).filter(one => !/login/.test(one))) {
            const answer = await request(`${site.url}${address}`, { headers: { Accept: 'application/json', Cookie: `webquota_identity=${cookie}` } });
            if (!/json/.test(answer.headers['content-type'] ?? '')) continue;
            ok(answer.json !== undefined && answer.headers['x-content-type-options'] === 'nosniff', address);
        }
        equal((await site.api('GET', `/usage?${new URLSearchParams({ subject: WHO })}`)).json.subject, WHO);
    });
    await test('CSV holds no formula', async () => {
        const answer = await request(`${site.url}/history.csv?feature=call&days=7`, { headers: { Accept: 'text/csv', Cookie: `webquota_identity=${cookie}` } });
        ok(answer.status === 200 && /csv/.test(answer.headers['content-type']) && answer.text.includes('call'), answer.text.slice(0, 300));
        for (const cell of answer.text.split(/\r?\n/).flatMap(line => line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? []))
            ok(!/^"?[=+@\t\r]|^"?-[^0-9]/.test(cell), `a formula: ${cell}`);
    });
}

/* A page of another origin with a feature's fragment, and a whole page of ours, in frames: what each shows. */
async function framed(site, browser, server) {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const shown = await Promise.all(page.frames().slice(1).map(frame => frame.evaluate(() => document.body.innerText).catch(() => '')));
    await page.close();
    return shown.map(text => /of 2 /.test(text));
}

async function frames(site, browser, ports) {
    const document = `<!doctype html><title>x</title><iframe src="${site.url}/widget/call?frame=1&style=bar"></iframe><iframe src="${site.url}/limit/call"></iframe>`;
    const servers = await Promise.all(ports.map(port => new Promise(done => {
        const server = http.createServer((_, answer) => answer.writeHead(200, { 'Content-Type': 'text/html' }).end(document));
        server.listen(port, '127.0.0.1', () => done(server));
    })));
    await test('the page that the policy names may frame a fragment, and nothing else; other pages nothing', async () => {
        equal(await Promise.all(servers.map(server => framed(site, browser, server))), [[true, false], [false, false]]);
    });
    for (const server of servers) {
        server.close();
        server.closeAllConnections();
    }
}

/* Every link of a page can be followed and every form is whole; nothing waits for a script. */
async function without_scripts(site, browser) {
    let reached = [];
    await test('a full pass without JavaScript: from the dashboard every page can be reached and says something', async () => {
        const context = await browser.newContext({ javaScriptEnabled: false });
        await context.addCookies([{ name: 'webquota_identity', value: identity(site, 'calm'), url: new URL(site.url).origin }]);
        const page = await context.newPage(), seen = new Set(), waiting = [`${site.url}/`], wrong = [];
        while (waiting.length) {
            const address = waiting.shift();
            if (seen.has(address) || seen.size >= 60) continue;
            seen.add(address);
            const answer = await page.goto(address);
            const { links, heading, idle } = await page.evaluate(() => ({ links: [...document.querySelectorAll('a[href]')].map(one => one.href.replace(/#.*/, '')),
                heading: document.querySelector('h1')?.innerText, idle: document.querySelectorAll('button:not(form button)').length }));
            if (answer.status() !== 200 || !heading) wrong.push(`${address}: ${answer.status()}`);
            if (idle) wrong.push(`${address}: a button that does nothing`);
            waiting.push(...links.filter(link => link.startsWith(`${site.url}/`) && !/\.csv\b/.test(link)));
        }
        equal(wrong, []);
        for (const name of ['/plans', '/alerts', '/history', '/features/call', '/limit/call', '/decisions/', '?refresh=20'])
            ok([...seen].some(address => address.includes(name)), `nothing leads to ${name}: ${[...seen]}`);
        await context.close();
        reached = [...seen];
    });
    await test('all of them in w3m: each has its heading and its words there', async () => {
        const cookie = `webquota_identity=${identity(site, 'calm')}`, wrong = [];
        for (const address of reached) {
            const { text } = await request(address, { headers: { Accept: 'text/html', Cookie: cookie } });
            const heading = /<h1[^>]*>(.*?)<\/h1>/s.exec(text)[1].replace(/<[^>]*>/g, '');
            const shown = execFileSync('w3m', ['-dump', '-T', 'text/html', '-cols', '300'], { input: text }).toString().replace(/\s+/g, ' ');
            const plain = heading.replaceAll('&#39;', '\'').replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
            if (!shown.includes(plain.replace(/\s+/g, ' ').trim()) || shown.length < 200) wrong.push(`${address}: "${plain}" is not in: ${shown}`);
        }
        equal(wrong, []);
        ok(reached.length > 12, `only ${reached.length}`);
    });
    await test('the same in w3m: figures, state, what is left and when it is back stand there as words', async () => {
        const cookie = `webquota_identity=${identity(site, 'calm')}`;
        const text = execFileSync('w3m', ['-dump', '-cols', '200', '-header', `Cookie: ${cookie}`, `${site.url}/`]).toString();
        for (const words of [/10 of 10/, /Used up/, /0 left/, /Resets at \d\d:\d\d/, /Refresh every 20 seconds/, /What you can do/])
            ok(words.test(text), `${words} is not in: ${text}`);
        const limit = execFileSync('w3m', ['-dump', '-cols', '200', '-header', `Cookie: ${cookie}`, `${site.url}/limit/call`]).toString();
        ok(/You've used all 10/.test(limit) && /See all your usage/.test(limit), limit);
    });
}

try {
    await with_site({}, async site => {
        const file = `${site.folder}/hostile.conf`;
        const ports = [await free_port(), await free_port()];
        writeFileSync(file, `${POLICY}embedders = {"http://127.0.0.1:${ports[0]}"}\n`);
        await site.policy(file);
        const decisions = await store_all(site);
        status(await site.subject('calm', { plan: 'free' }), 201);
        status(await site.consume('calm', 'call', { units: 10 }), 200);
        await test('characters that turn text around or command a terminal are refused, and the field is named', () => refused_texts(site));
        const browser = await launch();
        try {
            await escaping(site, browser, decisions);
            await without_scripts(site, browser);
            await frames(site, browser, ports);
        } finally {
            await browser.close();
        }
    });
} catch (error) {
    broken(error);
}
finish();
