#!/usr/bin/env node
// Asking for more, over HTTP: the form, the API, the command; one at a time; approved, it is given at once; denied, it is said why.
import { writeFileSync } from 'node:fs';
import { Browser, fields_of } from './lib/forms.mjs';
import { basic, request } from './lib/http.mjs';
import { NOON } from './lib/noon.mjs';
import { with_site } from './lib/site.mjs';
import { broken, equal, finish, like, members, ok, status, test, until } from './lib/tap.mjs';

const POLICY = `
title = "Requests"
timezone = "${NOON}"
default_plan = "free"
anonymous_plan = "anonymous"
administrators = {"admin"}
feature call { title = "Calls <b>"  unit = "call" }
feature deep { title = "Deep calls"  unit = "deep call" }
feature paid { title = "Paid calls"  unit = "paid call" }
feature team { title = "Team calls"  unit = "team call" }
plan anonymous { title = "Anonymous"  rank = 0  upgrade = "free"
  limit day { feature = "call"  amount = 2  window = "day" } }
plan free { title = "Free"  rank = 1  upgrade = "pro"
  limit day   { feature = "call"  amount = 2   window = "day" }
  limit month { feature = "call"  amount = 20  window = "month" }
  limit deep  { feature = "deep"  amount = 1   window = "day" }
  limit team  { feature = "team"  amount = 1   window = "day"  scope = "organization" } }
plan pro { title = "Pro <i>"  rank = 2  price = "$5"
  limit day  { feature = "call"  amount = 100  window = "day" }
  limit paid { feature = "paid"  unlimited = true  window = "month" } }
`;
const MEMBERS = ['request', 'subject', 'feature', 'kind', 'plan', 'limit', 'amount', 'reason', 'state', 'answer', 'decided_at', 'override', 'given', 'created_at'];
const WHY = 'A trade fair "<b>"';
let me, they;

const words = ({ text }) => text.replace(/<[^>]*>/g, ' ').replace(/&#39;/g, '\'').replace(/\s+/g, ' ');
const api = (site, method, where, body, as = me) => request(`${site.url}/api/v1${where}`, { method, body, headers: as.headers });
const ask = (site, body, as) => api(site, 'POST', '/requests', { feature: 'call', kind: 'increase', limit: 'day', amount: 5, reason: WHY, ...body }, as);
const answer = (site, id, what, body, as = they) => api(site, 'POST', `/admin/requests/${id}/${what}`, body, as);
const clear = site => site.sql('delete from webquota.requests; delete from webquota.overrides');

async function asking(site) {
    await test('a request is made, once for a feature until it is answered', async () => {
        const made = status(await ask(site), 201).json;
        members(made, MEMBERS);
        like(made, { subject: 'free', feature: 'call', kind: 'increase', limit: 'day', amount: 5, reason: WHY, state: 'pending', answer: null, override: null });
        equal(status(await ask(site), 409).json.field, 'feature');
        status(await ask(site, { feature: 'deep', limit: 'deep' }), 201);
        status(await ask(site, {}, they), 201, 'somebody else');
        equal(status(await api(site, 'GET', '/requests'), 200).json.requests.map(one => one.feature), ['deep', 'call']);
        equal((await api(site, 'GET', '/requests?state=approved')).json.requests, []);
        equal((await api(site, 'GET', `/requests?before=${made.request}`)).json.requests, []);
    });
    await test('many at once make one', async () => {
        await clear(site);
        const all = (await Promise.all(Array.from({ length: 12 }, () => ask(site)))).map(one => one.status).sort();
        equal(all, [201, ...Array(11).fill(409)]);
    });
    await test('what makes no sense is refused, and names the field', async () => {
        await clear(site);
        for (const [code, field, body] of [[404, 'feature', { feature: 'none' }], [400, 'kind', { kind: 'more' }], [400, 'reason', { reason: '' }],
            [400, 'reason', { reason: 'x'.repeat(501) }], [400, 'amount', { amount: 0 }], [422, 'limit', { limit: 'none' }], [400, 'amount', { amount: '5' }],
            [422, 'feature', { feature: 'team', limit: undefined }], [422, 'plan', { kind: 'upgrade', plan: 'none' }], [400, 'state', { state: 'approved' }],
            [400, 'decided_by', { decided_by: 'me' }], [403, 'subject', { subject: 'admin' }]])
            equal(status(await ask(site, body), code, JSON.stringify(body)).json.field, field, JSON.stringify(body));
        status(await ask(site, {}, new Browser(site)), 401, 'a visitor');
        equal(await site.value('select count(*) from webquota.requests'), '0');
        for (const [where, field] of [['/requests?state=x', 'state'], ['/requests?before=x', 'before'], ['/requests?before=0', 'before']])
            ok([400, 422].includes((await api(site, 'GET', where)).status), `${where}: ${field}`);
    });
    await test('an application asks for its user with a key', async () => {
        status(await site.api('POST', '/requests', { subject: 'ada', feature: 'call', kind: 'upgrade', plan: 'pro', reason: 'x' }), 201);
        equal(status(await site.api('POST', '/requests', { feature: 'call', kind: 'upgrade', reason: 'x' }), 400).json.field, 'subject');
        members((await site.api('GET', '/requests?subject=ada')).json.requests[0], [...MEMBERS, 'decided_by']);
    });
}

async function answering(site) {
    await test('approved, it is an override at once; the person sees it, and not by whom', async () => {
        await clear(site);
        const { request: id } = (await ask(site)).json;
        for (let i = 0; i < 2; i++) status(await api(site, 'POST', '/consume', { feature: 'call' }), 200);
        status(await api(site, 'POST', '/consume', { feature: 'call' }), 429);
        const done = status(await answer(site, id, 'approve', { reason: 'Have fun', expires_at: '2099-01-01T00:00:00Z' }), 200).json;
        like(done, { state: 'approved', answer: 'Have fun', decided_by: 'user:admin', override: /^\d+$/ });
        status(await api(site, 'POST', '/consume', { feature: 'call' }), 200, 'the moment after');
        like((await site.api('GET', `/admin/overrides/${done.override}`)).json, { limit: 'day', amount: 5, expires_at: '2099-01-01T00:00:00Z', author: 'user:admin' });
        const [own] = (await api(site, 'GET', '/requests')).json.requests;
        members(own, MEMBERS);
        like(own, { state: 'approved', answer: 'Have fun' });
        equal((await site.sql("select action, actor from webquota.audit where action like 'request.%' or action = 'override.add' order by id desc limit 2")).sort(),
            [['override.add', 'user:admin'], ['request.approve', 'user:admin']]);
        status(await ask(site), 201, 'and it can be asked again');
    });
    await test('less than was asked for, until some time: the page says what was given, and that it was taken back', async () => {
        await clear(site);
        const { request: id } = (await ask(site)).json;
        equal((await api(site, 'GET', '/requests')).json.requests[0].given, null);
        const done = status(await answer(site, id, 'approve', { amount: 3, expires_at: '2099-01-01T12:00:00Z' }), 200).json;
        equal(done.given, { amount: 3, unlimited: false, multiplier: null, expires_at: '2099-01-01T12:00:00Z', removed_at: null });
        const page = words(await me.open('/requests'));
        ok(/Given: 3, until 2099-01-0\d \d\d:00:00/.test(page) && !page.includes('Taken back'), page);
        status(await site.api('DELETE', `/admin/overrides/${done.override}`), 204);
        ok(/^2\d{3}-/.test((await api(site, 'GET', '/requests')).json.requests[0].given.removed_at), 'when');
        ok(words(await me.open('/requests')).replaceAll(' ,', ',').includes('Taken back, 2'), 'page');
    });
    await test('denied, the reason is told, and it can be asked again', async () => {
        await clear(site);
        const { request: id } = (await ask(site)).json;
        equal(status(await answer(site, id, 'deny', {}), 400).json.field, 'reason');
        like(status(await answer(site, id, 'deny', { reason: 'Not this month' }), 200).json, { state: 'denied', answer: 'Not this month', override: null });
        ok(words(await me.open('/requests')).includes('Denied'), 'page');
        status(await ask(site), 201);
        equal((await site.sql('select count(*) from webquota.overrides'))[0][0], '0');
    });
    await test('an answered request is answered once, whoever tries at the same time', async () => {
        await clear(site);
        const { request: id } = (await ask(site)).json;
        const tried = await Promise.all([...Array(4).fill(0).map(() => answer(site, id, 'approve', {})), ...Array(4).fill(0).map(() => answer(site, id, 'deny', { reason: 'no' }))]);
        equal(tried.map(one => one.status).sort(), [200, ...Array(7).fill(409)]);
        const [[state, overrides]] = await site.sql('select (select state from webquota.requests), (select count(*) from webquota.overrides)');
        equal(overrides, state === 'approved' ? '1' : '0', 'nothing is given twice');
    });
    await test('an upgrade becomes a plan, and with an end goes back to the one before', async () => {
        await clear(site);
        const { request: id } = status(await ask(site, { kind: 'upgrade', plan: 'pro', limit: undefined, amount: undefined }), 201).json;
        status(await answer(site, id, 'approve', { expires_at: '2099-01-01T00:00:00Z' }), 200);
        like((await site.api('GET', '/admin/subjects/free')).json, { plan: { key: 'pro' }, plan_until: '2099-01-01T00:00:00Z', plan_after: 'free' });
        await site.subject('free', { plan: 'free', plan_until: null, plan_after: null });
    });
    await test('what is not said must be: how much, which limit, which plan', async () => {
        await clear(site);
        const made = (await ask(site, { limit: undefined, amount: undefined })).json.request;
        equal(status(await answer(site, made, 'approve', {}), 422).json.field, 'amount');
        equal(status(await answer(site, made, 'approve', { amount: 9 }), 422).json.field, 'limit');
        equal(status(await answer(site, made, 'approve', { amount: 9, limit: 'none' }), 422).json.field, 'limit');
        equal(status(await answer(site, made, 'approve', { amount: 9, unlimited: true }), 400).json.field, 'amount');
        equal(status(await answer(site, made, 'approve', { multiplier: 0 }), 400).json.field, 'multiplier');
        equal(status(await answer(site, made, 'approve', { amount: 9, limit: 'day', expires_at: '2001-01-01' }), 400).json.field, 'expires_at');
        status(await answer(site, made, 'approve', { multiplier: 3 }), 200);
        const upgrade = (await ask(site, { kind: 'upgrade', limit: undefined, amount: undefined })).json.request;
        equal(status(await answer(site, upgrade, 'approve', {}), 422).json.field, 'plan');
        equal(status(await answer(site, upgrade, 'approve', { plan: 'none' }), 422).json.field, 'plan');
    });
    await test('only administrators answer; ids of others tell nothing', async () => {
        await clear(site);
        const { request: id } = (await ask(site)).json;
        for (const [as, code] of [[me, 403], [new Browser(site), 401]])
            for (const [what, body] of [['approve', {}], ['deny', { reason: 'x' }]]) status(await answer(site, id, what, body, as), code);
        status(await api(site, 'GET', `/admin/requests/${id}`), 403);
        status(await api(site, 'GET', '/admin/requests'), 403);
        status(await api(site, 'GET', '/requests?subject=admin'), 403);
        for (const none of ['999999', '0', 'x', '1e3', '-1']) status(await answer(site, none, 'approve', {}), 404, none);
    });
    await test('the command lists and answers', async () => {
        await clear(site);
        const first = (await ask(site)).json.request, second = (await ask(site, { feature: 'deep', limit: 'deep' })).json.request;
        const listed = JSON.parse((await site.command('request', 'list', '--json')).stdout);
        equal(listed.requests.map(one => one.request), [second, first]);
        const approved = await site.command('request', 'approve', first, '--amount', '7', '--reason', 'Fine');
        equal([approved.code, approved.stdout], [0, `request ${first} of free on call is approved\n`]);
        equal((await site.command('request', 'deny', second)).code, 2, 'without a reason');
        equal((await site.command('request', 'deny', second, '--reason', 'No')).code, 0);
        equal((await site.command('request', 'deny', second, '--reason', 'No')).code, 1, 'twice');
        equal((await site.command('request', 'approve', '999')).code, 1);
        equal((await site.command('request', 'list', '--plan', 'x')).code, 2);
        ok(/approved +free +call +increase +day/.test((await site.command('request', 'list', '--state', 'all')).stdout), 'table');
        like((await site.sql('select amount, author from webquota.overrides'))[0], { 0: '7', 1: /^cli:/ });
    });
}

async function pages(site) {
    await test('the form is reached from where one is stopped, sent, and then it is on the list', async () => {
        await clear(site);
        await api(site, 'POST', '/consume', { feature: 'call', units: 2 });
        for (const where of ['/limit/call', '/features/call'])
            ok((await me.open(where)).text.includes('href="/quota/requests/new?feature=call">Ask for more</a>'), where);
        ok((await me.open('/plans')).text.includes('href="/quota/requests">'), 'plans');
        ok(!(await new Browser(site).open('/features/call')).text.includes('Ask for more'), 'a visitor');
        const form = status(await me.open('/requests/new?feature=call'), 200);
        ok(/value="increase" required checked/.test(form.text) && /The plan <bdi>Pro &lt;i&gt;<\/bdi> \(\$5\)/.test(form.text), form.text);
        ok(/<option value="day">2 a day<\/option>/.test(form.text) && /<option value="month">20 a month<\/option>/.test(form.text), form.text);
        const sent = status(await me.fill('/requests/new?feature=call', { kind: 'increase', limit: 'day', amount: '9', reason: `${WHY}\r\nsecond line` }), 303);
        equal(sent.headers.location, '/quota/requests?sent=1');
        const list = await me.open('/requests?sent=1');
        ok(/Your request was sent/.test(list.text) && words(list).includes(`A trade fair &quot;&lt;b&gt;&quot; second line`) && !/<b>"/.test(list.text), list.text);
        ok(words(list).includes('Waiting for an answer'), words(list));
        ok((await me.open('/requests/new?feature=call')).text.includes('there is no answer yet'), 'no second form');
        const offers = async (where, as = me) => status(await as.open(`/requests/new?feature=${where}`, { Accept: 'application/json' }), 200).json;
        equal(await offers('deep'), { feature: 'deep', kinds: ['increase', 'upgrade'], plan: 'pro', limits: ['deep'], waiting: null });
        const { waiting, ...none } = await offers('call');
        equal(none, { feature: 'call', kinds: [], plan: null, limits: [] });
        members(waiting, MEMBERS);
        equal((await offers('deep', new Browser(site))).kinds, [], 'a visitor');
        equal(status(await me.open('/requests', { Accept: 'application/json' }), 200).json.requests.length, 1);
    });
    await test('a wrong field leaves what was typed, and says what to mend; sent twice, it is there once', async () => {
        await clear(site);
        const fields = { ...fields_of(await me.open('/requests/new?feature=call')), kind: 'increase', limit: 'day', amount: '5', reason: WHY };
        const tries = [[{ amount: 'many' }, 'amount', /whole number from 1/], [{ amount: '-1' }, 'amount', /whole number/], [{ reason: '  \r\n ' }, 'reason', /Fill this in/],
            [{ reason: 'x'.repeat(501) }, 'reason', /at most 500/], [{ reason: `a${String.fromCodePoint(0x202e)}b` }, 'reason', /cannot be kept/],
            [{ kind: 'gift' }, 'kind', /Choose one/], [{ limit: 'team' }, 'limit', /Choose one/]];
        for (const [wrong, name, mistake] of tries) {
            const page = status(await me.send('/requests/new', { ...fields, ...wrong }), 400, JSON.stringify(wrong));
            ok(new RegExp(`id="${name}-mistake">[^<]*${mistake.source}`).test(page.text), `${name}: ${page.text}`);
            if (name !== 'reason') ok(page.text.includes('A trade fair &quot;&lt;b&gt;&quot;</textarea>'), page.text);
            if (name !== 'amount') ok(page.text.includes('name="amount" inputmode="numeric" value="5"'), page.text);
        }
        for (const name of ['amount', 'reason', 'feature'])
            status(await me.send('/requests/new', `${new URLSearchParams(fields)}&${name}=1`), 400, name);
        equal(await site.value('select count(*) from webquota.requests'), '0');
        equal(status(await me.send('/requests/new', fields), 303).headers.location, '/quota/requests?sent=1');
        equal(status(await me.send('/requests/new', fields), 303).headers.location, '/quota/requests');
        equal(await site.value('select count(*) from webquota.requests'), '1');
        status(await me.send('/requests/new', { ...fields, csrf: 'x' }), 403);
        status(await they.send('/requests/new', fields), 403, 'somebody else\'s token');
        status(await new Browser(site).send('/requests/new', fields), 403);
    });
    await test('what one has not, or has without end, is asked for as the next plan, or not at all', async () => {
        await clear(site);
        const paid = status(await me.open('/requests/new?feature=paid'), 200);
        ok(/You ask for the plan <bdi>Pro/.test(paid.text) && !/name="amount"/.test(paid.text), paid.text);
        equal(status(await me.fill('/requests/new?feature=paid', { reason: 'please' }), 303).headers.location, '/quota/requests?sent=1');
        like((await api(site, 'GET', '/requests')).json.requests[0], { kind: 'upgrade', plan: 'pro', feature: 'paid' });
        const pro = new Browser(site, basic(site.values.WEBQUOTA_USER_PRO));
        ok(words(await pro.open('/requests/new?feature=paid')).includes('There is no plan above yours'), 'the highest plan');
        status(await me.open('/requests/new?feature=none'), 404);
        status(await me.open('/requests/new'), 400);
        ok(/Sign in/.test((await new Browser(site).open('/requests/new?feature=call')).text), 'a visitor');
        await until(async () => (await new Browser(site).open('/requests')).status === 200, 'a visitor\'s list');
    });
}

try {
    await with_site({}, async site => {
        const file = `${site.folder}/requests.conf`;
        writeFileSync(file, POLICY);
        await site.policy(file);
        me = new Browser(site, basic(site.values.WEBQUOTA_USER_FREE));
        they = new Browser(site, basic(site.values.WEBQUOTA_USER_ADMIN));
        for (const part of [asking, answering, pages]) await part(site);
    });
} catch (error) {
    broken(error);
}
finish();
