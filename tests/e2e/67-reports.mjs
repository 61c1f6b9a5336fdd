#!/usr/bin/env node
// Reports for administrators: what was asked for through the API, by people and organizations, is told on the page, as JSON, as CSV and by
// the command, all the same; who is near a limit, and who asked for more after a refusal. Who may, and what is wrong.
import { writeFileSync } from 'node:fs';
import { Browser } from './lib/forms.mjs';
import { NOON } from './lib/noon.mjs';
import { PROGRAMS, run, run_well, with_site } from './lib/site.mjs';
import { broken, equal, finish, like, ok, status, test, until } from './lib/tap.mjs';

const PASSWORD = 'correct horse battery';
const POLICY = `
title = "Reports"
timezone = "${NOON}"
default_plan = "free"
currency = "EUR"
feature call { title = "Calls <b>"  unit = "call"  unit_cost = 0.25 }
feature free_call { title = "Free calls"  unit = "call" }
plan free { title = "Free"  rank = 1  upgrade = "pro"
  limit life { feature = "call"  amount = 10  window = "lifetime" }
  limit day  { feature = "free_call"  amount = 100  window = "day" } }
plan pro { title = "Pro"  rank = 2  price = "EUR 9"
  limit life { feature = "call"  amount = 1000  window = "lifetime" } }
`;
const TODAY = `(now() at time zone '${NOON}')::date`;
const FORMULA = '=cmd|"/c calc"!A0';
const JSON_TOO = { Accept: 'application/json' };

async function used(site) {
    const consume = async (subject, feature, units, code = 200) => status(await site.api('POST', '/consume', { subject, feature, units }), code);
    await site.api('POST', '/admin/subjects', { subject: FORMULA, organization: '@team' });
    await site.api('POST', '/admin/subjects', { subject: 'pro', plan: 'pro', organization: '@team' });
    await site.api('POST', '/admin/subjects', { subject: 'idle', plan: 'pro' });
    await consume(FORMULA, 'call', 8);
    await consume(FORMULA, 'call', 3, 429); // 8 of 10: near, and stopped
    await consume('pro', 'call', 10);       // 1 %
    await consume('calm', 'call', 3);       // 30 %
    await consume('calm', 'free_call', 60); // 60 %
    await consume('pro', 'free_call', 1, 403);
    const { decision_id } = (await consume('pro', 'call', 100)).json;
    status(await site.api('POST', `/decisions/${decision_id}/refund`, {}), 200);
    status(await site.api('POST', '/requests', { subject: FORMULA, feature: 'call', kind: 'upgrade', reason: 'more' }), 201);
    status(await site.api('POST', '/requests', { subject: 'calm', feature: 'call', kind: 'increase', reason: 'more' }), 201);
    status(await site.api('POST', '/admin/requests/1/approve', { plan: 'free' }), 200);
}

/** The lines of a CSV file (RFC 4180), each with its cells. */
function csv_read(text) {
    const lines = [[]];
    for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n|$)/g)) {
        if (lines.at(-1).push((quoted ?? bare).replaceAll('""', '"')) && end === '\r\n') lines.push([]);
        if (!end) break;
    }
    equal(lines.pop(), [''], 'it ends with the end of a line');
    return lines;
}

const by = (rows, ...names) => rows.map(row => names.map(name => row[name]).join(' ')).sort();

async function told(site, root) {
    const read = async query => status(await site.api('GET', `/admin/reports${query}`), 200).json;
    /* The last is what was given back. */
    await until(async () => (({ requests, cost }) => requests === 7 && cost === 5.25)((await read('?days=1')).summary[0]), 'everything is counted');
    await until(async () => await site.value('select (select upto from webquota.standing_rollup) > (select max(xact) from webquota.decisions)') === 't', 'and who is near');
    const reports = await read('?days=1');
    await test('reports are what was asked for', async () => {
        like(reports.about, { days: 1, timezone: NOON, replica: false, lag_s: null, near_pct: 80, near_people: 1, near_more: false, currency: 'EUR' });
        equal(reports.about.from, reports.about.to);
        equal(reports.summary.length, 1);
        like(reports.summary[0], { period: 'today', requests: 7, allowed: 5, refused: 2, stopped: 1, active: 3, hit: 1, hit_pct: 33.3, cost: 5.25, cost_per_active: 1.75 });
        const { text } = await site.api('GET', '/admin/reports?days=1');
        ok(text.includes('"hit_pct":33.3,'), text);
        equal(by(reports.days, 'day', 'allowed', 'refused', 'stopped'), [`${reports.about.to} 5 2 1`]);
        equal(by(reports.use, 'feature', 'plan', 'allowed', 'refused', 'units', 'cost'),
            ['call free 2 1 11 2.75', 'call pro 2 0 10 2.5', 'free_call free 1 0 60 ', 'free_call pro 0 1 0 '].sort());
        equal(by(reports.plans, 'plan', 'active', 'stopped', 'hit_pct', 'cost', 'cost_per_active'), ['free 2 1 50 2.75 1.375', 'pro 1 0 0 2.5 2.5']);
        equal(by(reports.spread, 'feature', 'limit', 'to_20', 'to_50', 'to_80', 'above_80'), ['call life 1 1 1 0', 'free_call day 0 0 1 0']);
        equal(by(reports.near, 'subject', 'organization', 'feature', 'limit', 'used', 'amount', 'percent', 'until'), [`${FORMULA} @team call life 8 10 80 `]);
        equal(reports.people.map(row => [row.subject, row.organization, row.requests, row.refused].join(' ')).sort(),
            [`${FORMULA} @team 2 1`, 'calm  2 0', 'pro @team 3 1'].sort());
        equal(reports.people[0].subject, 'pro', 'who asks most comes first');
        equal(by(reports.organizations, 'organization', 'requests', 'refused'), ['@team 5 2']);
        equal(by(reports.requests, 'kind', 'asked', 'after_refusal', 'granted', 'granted_pct'), ['increase 1 0 0 ', 'upgrade 1 1 1 100']);
        equal((await read('?days=1&near=50')).near.map(row => row.percent), [80, 60]);
        equal((await read('?days=1&near=81')).about.near_people, 0);
    });
    await test('a longer period holds what is older, and no more than it should', async () => {
        const day = n => `(${TODAY} - ${n})`;
        await site.sql(`insert into webquota.usage_by_plan values (${day(6)}, 'call', 'free', 100, 10, 5, 100), (${day(7)}, 'call', 'free', 1000, 0, 0, 0);
            insert into webquota.usage_last values (${day(6)}, 'free', 17, 4), (${day(29)}, 'gone', 20, 0), (${day(30)}, 'free', 999, 999)`);
        like((await read('?days=7')).summary[1], { period: '7', requests: 117, refused: 12, active: 20, hit: 5, hit_pct: 25 });
        like((await read('')).summary[1], { period: '30', requests: 1117, active: 40, hit: 5, hit_pct: 12.5 });
        like((await read('?days=1')).summary[0], { requests: 7, active: 3 });
        equal((await read('?days=7')).days.map(row => row.cost), [25, 5.25], 'what each day cost');
        await site.sql(`insert into webquota.usage_daily (account_id, subject_id, day, feature, on_behalf_of, allowed, refused, units)
            select s.account_id, s.id, ${TODAY} - n, 'free_call', '', n, 1, 0 from webquota.subjects s, unnest(array[3, 7]) n where key = 'calm'`);
        const first = async query => (({ subject, requests, refused }) => [subject, requests, refused])((await read(query)).people[0]);
        equal([await first('?days=1'), await first('?days=7'), await first('?days=30')], [['pro', 3, 1], ['calm', 6, 1], ['calm', 14, 2]], 'who asks most in it');
        await site.sql(`delete from webquota.usage_daily where feature = 'free_call' and day < ${TODAY}`);
        await site.sql(`insert into webquota.usage_organizations select account_id, ${TODAY} - n, 10 * n, n from webquota.usage_organizations, unnest(array[3, 7]) n`);
        const team = async query => by((await read(query)).organizations, 'organization', 'requests', 'refused');
        equal([await team('?days=1'), await team('?days=7'), await team('?days=30')], [['@team 5 2'], ['@team 35 5'], ['@team 105 12']], 'organizations, too');
        await site.sql(`delete from webquota.usage_organizations where day < ${TODAY}`);
    });
    await test('the page, its twin, one report, CSV and the command say the same', async () => {
        const one = status(await site.api('GET', '/admin/reports/near?days=1'), 200).json;
        equal([one.report, one.rows, one.about.to], ['near', reports.near, reports.about.to]);
        const twin = status(await root.open('/admin?days=1', JSON_TOO), 200).json;
        equal([twin.use, twin.near], [reports.use, reports.near]);
        const page = status(await root.open('/admin?days=1'), 200).text;
        for (const words of ['33\u00a0%', 'Not within', 'EUR\u00a05.25', 'Calls &lt;b&gt;', '=cmd|&quot;/c calc&quot;!A0', '/quota/admin/reports/near.csv?days=1&amp;near=80'])
            ok(page.includes(words), `the page says ${words}`);
        ok(/The same as a table/.test(status(await root.open('/admin?days=7'), 200).text), 'a chart has a table');
        const csv = status(await root.open('/admin/reports/near.csv?days=1'), 200);
        equal(csv.text.split('\r\n'), ['subject,organization,feature,limit,used,amount,percent,until', `"'=cmd|""/c calc""!A0",'@team,call,life,8,10,80,`, '']);
        like(csv.headers, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="report-near.csv"' });
        const env = { DATABASE_URL: site.values.DATABASE_URL };
        equal((await run_well(`${PROGRAMS}/webquota`, ['report', 'near', '--days', '1', '--csv'], { env })).replaceAll('\r\n', '\n'), csv.text.replaceAll('\r\n', '\n'));
        equal(JSON.parse((await run_well(`${PROGRAMS}/webquota`, ['report', '--days', '1', '--json'], { env }))).use, reports.use);
        const shown = (await run_well(`${PROGRAMS}/webquota`, ['report', '--days', '7'], { env }));
        ok(/Last 7 days/.test(shown) && /Calls <b> +Free/.test(shown), shown);
        for (const words of [['nothing'], ['--csv'], ['--days', '2'], ['--near', '49'], ['near', 'use']])
            equal((await run(`${PROGRAMS}/webquota`, ['report', ...words], { env })).code, 2, words.join(' '));
    });
    await test('every report is told as CSV just as it is as JSON, with the same sums', async () => {
        const all = await read('?days=7'), names = Object.entries(all).filter(([, rows]) => Array.isArray(rows)).map(([name]) => name);
        ok(names.length >= 10, names.join(' '));
        for (const name of [...names, 'recommendations']) {
            const { rows } = name === 'recommendations' ? status(await site.api('GET', '/admin/recommendations'), 200).json : await read(`/${name}?days=7`);
            const answer = status(await root.open(`/admin/reports/${name}.csv${name === 'recommendations' ? '' : '?days=7'}`), 200);
            const [header, ...lines] = csv_read(answer.text);
            equal(lines.length, rows.length, name);
            if (name !== 'recommendations') equal(rows, all[name], `${name}: alone and among all`);
            for (const [i, row] of rows.entries()) {
                equal(Object.keys(row).filter(column => !header.includes(column) && !column.endsWith('_today')), [], `${name}: columns`); /* today's are in \`summary\` */
                for (const [n, column] of header.entries()) {
                    if (typeof row[column] === 'number') ok(Math.abs(Number(lines[i][n]) - row[column]) <= 5e-7, `${name}, row ${i}: ${column}: ${lines[i][n]}, not ${row[column]}`);
                    else equal(lines[i][n].replace(/^'(?=[=+\-@])/, ''), row[column] ?? '', `${name}, row ${i}: ${column}`);
                }
            }
            for (const [n, column] of header.entries())
                if (rows.some(row => typeof row[column] === 'number'))
                    ok(Math.abs(lines.reduce((sum, line) => sum + Number(line[n]), 0) - rows.reduce((sum, row) => sum + row[column], 0)) <= 5e-7 * rows.length, `${name}: the sum of ${column}`);
        }
    });
    await test('the page has the ten who are nearest, CSV all of them', async () => {
        await site.sql(`insert into webquota.usage_standing
            select account_id, id, n, 0, now(), 1, 'infinity', 99, 100, 99, ${TODAY}, 3 from webquota.subjects, generate_series(900, 911) n where key = 'idle'`);
        const csv = status(await root.open('/admin/reports/near.csv?days=1'), 200).text.trimEnd().split('\r\n');
        equal([(await read('?days=1')).near.length, csv.length - 1], [10, 13]);
        ok(status(await root.open('/admin?days=1'), 200).text.includes('/quota/admin/people?filter=near&amp;near=80'), 'and leads to the people');
        await site.sql('delete from webquota.usage_standing where slot >= 900');
    });
    await test('recommendations: who reached which limit, who is stopped again and again, who pays for nothing', async () => {
        await site.sql(`insert into webquota.usage_daily (account_id, subject_id, day, feature, on_behalf_of, allowed, refused, units)
                select s.account_id, s.id, ${TODAY} - n, 'call', '', 0, 2, 0 from webquota.subjects s, generate_series(1, 2) n where key = 'calm';
            update webquota.usage_owners set stopped_on = ${TODAY} where subject_id = (select id from webquota.subjects where key = 'calm');
            insert into webquota.usage_daily (account_id, subject_id, day, feature, on_behalf_of, allowed, refused, units)
                select s.account_id, s.id, ${TODAY}, 'call', '', 0, 1, 0 from webquota.subjects s where key = 'calm'
                on conflict (account_id, subject_id, day, feature, on_behalf_of) do update set refused = 1;
            update webquota.subjects set created_at = created_at - interval '40 days' where key = 'idle'`);
        const told = status(await site.api('GET', '/admin/recommendations'), 200).json;
        equal([told.report, told.about.days], ['recommendations', 30]);
        equal(by(told.rows.filter(row => row.limit), 'kind', 'plan', 'feature', 'limit', 'amount', 'active', 'reached', 'reached_pct', 'to_amount'),
            ['lower free free_call day 100 19 0 0 50', 'lower pro call life 1000 1 0 0 500', 'raise free call life 10 19 1 5.3 20']);
        equal(by(told.rows.filter(row => row.subject), 'kind', 'plan', 'feature', 'subject', 'refused', 'units', 'to_plan'),
            ['downgrade pro  idle  0 free', 'upgrade free call calm 5  pro']);
        const twin = status(await root.open('/admin/recommendations', JSON_TOO), 200).json;
        equal(twin.rows, told.rows);
        const page = status(await root.open('/admin/recommendations'), 200).text, csv = '/admin/reports/recommendations.csv';
        ok(page.includes(`/quota${csv}`), 'the page leads to its CSV');
        equal(status(await root.open(csv), 200).text.trimEnd().split('\r\n').map(line => line.split(',')[0]), ['kind', ...told.rows.map(row => row.kind)]);
        for (const where of ['/admin/what-if?limit=free/life&amp;amount=20&amp;days=30', '/admin/what-if?try=1&amp;days=30&amp;subject=calm&amp;plan=pro']) {
            ok(page.includes(`/quota${where}`), `the page leads to ${where}`);
            status(await root.open(where.replaceAll('&amp;', '&')), 200);
        }
        const env = { DATABASE_URL: site.values.DATABASE_URL };
        equal(JSON.parse(await run_well(`${PROGRAMS}/webquota`, ['report', 'recommendations', '--json'], { env })).rows, told.rows);
        ok(/Raise +Free +Calls <b> +life/.test(await run_well(`${PROGRAMS}/webquota`, ['report', 'recommendations'], { env })), 'as a table');
        ok((await run_well(`${PROGRAMS}/webquota`, ['report', 'recommendations', '--csv'], { env })).startsWith('kind,plan,feature,limit,subject,'), 'as CSV');
    });
    await test('reports come from a replica where there is one to read from', async () => {
        const env = { DATABASE_URL: site.values.DATABASE_URL, WEBQUOTA_REPORT_DATABASE_URL: site.values.DATABASE_URL };
        equal(JSON.parse((await run_well(`${PROGRAMS}/webquota`, ['report', '--json'], { env }))).about.replica, true);
        env.WEBQUOTA_REPORT_DATABASE_URL = 'postgresql://127.0.0.1:1/none';
        equal((await run(`${PROGRAMS}/webquota`, ['report', '--json'], { env })).code, 3, 'and from nowhere else');
    });
    await test('what is wrong is named', async () => {
        for (const [query, field] of [['days=2', 'days'], ['days=0', 'days'], ['days=-7', 'days'], ['days=x', 'days'], ['near=49', 'near'], ['near=101', 'near']])
            for (const where of ['/admin/reports', '/admin/reports/use'])
                equal(status(await site.api('GET', `${where}?${query}`), 400, query).json.field, field);
        status(await site.api('GET', '/admin/reports/nothing'), 404);
        for (const name of ['nothing.csv', 'use', 'use.csv.csv', '.csv', 'use.xls']) status(await root.open(`/admin/reports/${name}`), 404, name);
        for (const [name, code] of [['vera', 200], ['sue', 200], ['bob', 403], [null, 401]]) {
            const browser = new Browser(site);
            if (name) status(await browser.sign_in(name, PASSWORD), 303);
            for (const where of ['/admin', '/admin/recommendations', '/admin/reports/use.csv', '/api/v1/admin/reports', '/api/v1/admin/reports/use'])
                status(await browser.open(where), code, `${name} ${where}`);
        }
    });
}

try {
    await with_site({}, async site => {
        const file = `${site.folder}/reports.conf`;
        writeFileSync(file, POLICY);
        await site.policy(file);
        for (const [name, role] of [['root', 'admin'], ['vera', 'viewer'], ['sue', 'support'], ['bob', 'user']])
            await run_well(`${PROGRAMS}/webquota`, ['account', 'add', name, '--role', role], { env: { DATABASE_URL: site.values.DATABASE_URL }, input: `${PASSWORD}\n` });
        await used(site);
        const root = new Browser(site);
        status(await root.sign_in('root', PASSWORD), 303);
        await told(site, root);
    });
} catch (error) {
    broken(error);
}
finish();
