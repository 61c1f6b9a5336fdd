// Every action of administrators' pages, as a table: the link that leads to its form, what is filled in, the buttons, what the page says
// then, and what is in the audit. All of it by keyboard alone and without JavaScript, on a narrow dark screen. What there is to do is read
// from the program (the routes of its forms, and the words of what they change), so that a new one without a row fails.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { width } from '../../browser/checks.mjs';
import { choose, press, sign_in, tab_to, tick, type_into, typed, words } from './hands.mjs';
import { routes_of_program } from './hostile_table.mjs';
import { ROOT } from './site.mjs';
import { equal, like, ok, until } from './tap.mjs';

const source = file => readFileSync(path.join(ROOT, file), 'utf8');
const found = (file, pattern) => [...new Set([...source(file).matchAll(pattern)].map(([, word]) => word))];
/* The strings of a table of words. */
const table = (file, name) => [...new RegExp(`\\*const ${name}\\[[^]*?\\};`).exec(source(file))[0].matchAll(/"([a-z-]+)"/g)].map(([, word]) => word);

/* By route, what its forms may be sent for. */
const WORDS = {
    '/admin/change': () => table('src/view/view_change.c', 'change_words').flatMap(what => what !== 'override' ? what
        : found('templates/change_fields.html', /type="radio" name="kind" value="(\w+)"/g).map(kind => `override ${kind}`)),
    '/admin/organization/change': () => [...table('src/web/page_pool.c', 'words'), ...found('src/web/page_pool.c', /g_strcmp0\(what, "(\w+)"\)/g)],
    '/admin/queue/change': () => table('src/view/view_lines.c', 'change_words'),
    '/admin/access/change': () => table('src/view/view_access.c', 'change_words'),
    '/admin/limit': () => ['edit', ...found('templates/limit_edit.html', /\{\{#((?:to|is)_\w+)\}\}/g), ...found('templates/policy_when.html', /<input id="(effective)"/g)],
    '/admin/plan': () => ['edit', ...found('templates/plan_edit.html', /\{\{#(is_\w+)\}\}/g)],
    '/admin/feature': () => ['edit', ...found('templates/feature_edit.html', /\{\{#(is_\w+)\}\}/g)],
    '/admin/route': () => ['edit', ...found('templates/route_edit.html', /\{\{#(is_\w+)\}\}/g)],
    '/admin/plan-grant': () => ['edit', ...found('templates/plan_grant.html', /\{\{#(is_\w+)\}\}/g)],
    '/admin/settings': () => ['edit'],
    '/admin/version': () => ['back', ...found('templates/version.html', /name="(cancel)"/g)],
    '/admin/bulk/new': () => table('src/store/bulk_change.c', 'kind_words').filter(kind => kind !== 'undo'), /* which has a page of its own */
    '/admin/bulk': () => ['stop'],
    '/admin/bulk/undo': () => ['undo'],
    '/admin/request': () => found('templates/answer.html', /type="radio" name="verdict" value="(\w+)"/g),
    '/admin/approval': () => found('templates/approval.html', /name="verdict" value="(\w+)"/g),
    '/admin/view': () => ['begin'],
};

/** All that there is to do: "route word". */
export const all_actions = () => routes_of_program().map(line => line.split(' ')).filter(([method, where]) => method === 'POST' && where.startsWith('/admin/'))
    .flatMap(([, where]) => WORDS[where] ? WORDS[where]().map(word => `${where} ${word}`) : `${where}, of which nothing is known here`);

/* What was sent for. */
function action_of(sent) {
    const where = new URL(sent.url()).pathname.replace(/^\/quota/, ''), form = new URLSearchParams(sent.postData());
    const about = { add: 'is_new', remove: 'is_remove' }[form.get('what')];
    const words = { '/admin/limit': about ?? (form.get('quick') ? `to_${form.get('mode')}` : form.get('effective') ? 'effective' : 'edit'), '/admin/plan': about ?? 'edit', '/admin/feature': about ?? 'edit', '/admin/route': about ?? 'edit', '/admin/plan-grant': about ?? 'edit', '/admin/settings': 'edit',
        '/admin/version': form.get('cancel') ? 'cancel' : 'back', '/admin/bulk': 'stop', '/admin/bulk/undo': 'undo', '/admin/view': 'begin' };
    const what = words[where] ?? form.get('what') ?? form.get('verdict');
    return `${where} ${what}${where === '/admin/change' && what === 'override' ? ` ${form.get('kind')}` : ''}`;
}

const DAY = days => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);
const THEN = { 'Until when?': '2090-01-01' };
/** Of a list: what is chosen already. */
export const SAME = Symbol('same');

/**
 * In two steps, the second of which shows what it comes to. `more`: {before: what has to be so first, on_the_way: a link that leads to where
 * the link is, why: the label of the reason, or null, back: it undoes the row before, every: each field of the form is gone to}.
 */
const row = (link, fills, button, says, action, more = {}) => ({ link, fills, button, says, action, steps: /^See /, why: 'Why?', ...more });
const undo = (button, says, action) => row(/^Undo$/, {}, button, says, action, { back: true });
/** In one step. */
const at_once = (link, fills, button, says, action, more) => row(link, fills, button, says, action, { steps: null, ...more });

export const of_person = (site, { subject, use }) => [
    row(/^Give back/, { 'How many': '1' }, 'Give back units to', 'The units were given back.', 'decision.refund'),
    row('Change the limit of Calls <b>, life', { 'An amount': true, 'How many calls': '9', ...THEN }, 'Change the limit of', 'The limit was changed.', 'override.add'),
    undo('Remove the override of', 'The override was removed.', 'override.remove'),
    undo('Bring back the override of', 'The override is back.', 'override.restore'),
    row('Remove the override of Calls <b>', {}, 'Remove the override of', 'The override was removed.', 'override.remove'),
    row('Change the limit of Calls <b>, life', { 'A multiple of': true, 'How many times': '2' }, 'Change the limit of', 'The limit was changed.', 'override.add'),
    undo('Remove the override of', 'The override was removed.', 'override.remove'),
    row('Change the limit of Calls <b>, life', { Unlimited: true }, 'Change the limit of', 'The limit was changed.', 'override.add'),
    undo('Remove the override of', 'The override was removed.', 'override.remove'),
    row('Give a bonus of Calls <b>, life', { 'How many calls': '7', ...THEN }, 'Give the bonus to', 'The bonus was given.', 'grant.add'),
    undo('Remove the bonus of', 'The bonus was removed.', 'grant.remove'),
    undo('Bring back the bonus of', 'The bonus is back.', 'grant.restore'),
    row('Remove the bonus of Calls <b>', {}, 'Remove the bonus of', 'The bonus was removed.', 'grant.remove', { before: use }),
    row('Reset the use of Calls <b>, life', {}, 'Reset the use of', 'What was used was set back to 0.', 'usage.reset'),
    undo('Take back the reset of', 'The reset was taken back.', 'usage.restore'),
    row('Reset all use', {}, 'Reset the use of', 'What was used was set back to 0.', 'usage.reset', { before: use }),
    row('Change the plan', { 'The new plan': 'Pro', ...THEN }, 'Change the plan of', 'The plan was changed.', 'subject.update'),
    undo('Change the plan of', 'The plan was changed.', 'subject.update'),
    row('Change the organization', { 'The organization': 'Kays' }, 'Change the organization of', 'The organization was changed.', 'subject.update'),
    undo('Change the organization of', 'The organization was changed.', 'subject.update'),
    row(/^Suspend$/, {}, /^Suspend /, 'Suspended.', 'subject.update'),
    undo('Lift the suspension of', 'The suspension was lifted.', 'subject.update'),
    row('Sign out everywhere', {}, /^Sign out /, 'Signed out everywhere.', 'sessions.end'),
    at_once('See their pages', {}, 'See the pages', `You are looking at the pages of ${subject}`, 'view.begin'),
];

export const of_organization = [
    row('Change the shared limit of Calls <b>, team', { 'How many calls': '100', ...THEN }, 'Change the shared limit of', 'Changed.', 'override.add'),
    undo('Remove the override of', 'Changed.', 'override.remove'),
    undo('Restore the override of', 'Changed.', 'override.restore'),
    row('Remove the override of Calls <b>', {}, 'Remove the override of', 'Changed.', 'override.remove'),
    row('Give a shared bonus of Calls <b>, team', { 'How many calls': '100', ...THEN }, 'Give the bonus to', 'Changed.', 'grant.add'),
    undo('Remove the bonus of', 'Changed.', 'grant.remove'),
    undo('Restore the bonus of', 'Changed.', 'grant.restore'),
    row('Remove the bonus of Calls <b>', {}, 'Remove the bonus of', 'Changed.', 'grant.remove'),
    row('Change the owner', { 'Who is the owner?': 'k-1' }, 'Change the owner of', 'Changed.', 'organization.owner'),
    undo('Change the owner of', 'Changed.', 'organization.owner'),
];

export const of_queue = ({ room }) => [
    row(/^Pause$/, {}, 'Pause the queue', 'Paused: nobody is let in', 'queue.set'),
    undo('Resume the queue', 'Open again.', 'queue.set'),
    row(/^Drain$/, {}, 'Drain the queue', 'Draining: nobody may join', 'queue.set'),
    undo('Resume the queue', 'Open again.', 'queue.set'),
    row('Move up k-3', {}, 'Move k-3 to the front', 'Moved to the front.', 'ticket.move-up'),
    undo('Move k-3 back', 'Moved back to where they were.', 'ticket.move-back'),
    row('Drop k-2', {}, 'Drop k-2', 'Their place is gone.', 'ticket.drop'),
    row(/^Pause$/, {}, 'Pause the queue', 'Paused: nobody is let in', 'queue.set'),
    row('Let in k-3', {}, 'Let k-3 in', 'Let in.', 'ticket.admit', { before: room }),
    row('Drop k-1', {}, 'Drop k-1', 'Their place is gone.', 'ticket.drop'),
    row(/^Resume$/, {}, 'Resume the queue', 'Open again.', 'queue.set'),
];

export const of_access = [
    at_once('Add an account', { Name: 'jo', 'Metered as': 'j-1', Role: 'viewer', 'Password': 'long enough for it', 'The same': 'long enough for it' }, 'Add an account', 'The account was added.', 'account.add'),
    at_once('Role of jo', { Role: 'admin' }, 'Change the role of', 'The account has another role', 'account.role'),
    at_once('Password of jo', { 'New password': 'another one that is long', 'The same': 'another one that is long' }, 'Set a new password of', 'The account has a new password', 'account.password'),
    at_once('Remove jo', {}, 'Remove the account', 'The account is removed', 'account.remove'),
    at_once(/the session of kim/, {}, 'End a session of', 'The session is ended.', 'session.end', { on_the_way: 'Sessions of kim' }),
    at_once('End sessions of kim', {}, 'End the sessions of', 'The account is signed out everywhere.', 'sessions.end', { on_the_way: 'Access' }),
    at_once('Suspend kim', {}, 'Suspend the account kim', 'The account is suspended', 'account.suspend'),
    at_once('Unlock kim', {}, 'Unlock the account kim', 'The account may sign in again.', 'account.resume'),
    at_once('Reset codes of kim', {}, 'Reset the codes of', 'Its codes are off', 'factor.reset'),
    at_once('Make a key', { 'What is it for?': 'Till <b>', 'Count use': true, "Read anybody's": true, "Change anybody's": true, ...THEN }, 'Make a key', 'Copy the key now', 'key.create'),
    at_once('Revoke the key Till <b>', {}, 'Revoke the key', 'The key is revoked.', 'key.revoke', { on_the_way: 'I have copied it' }),
];

export const of_policy = version => [
    row('Edit life of Free', { Amount: '3', Window: 'lifetime', 'The window begins by': SAME, 'Whose use': SAME, Mode: SAME }, 'Change life of Free', 'is in force.', 'policy.apply'),
    at_once('Shadow: only watch life of Free', {}, 'Only watch life of Free', 'is in force.', 'policy.apply'),
    at_once('Enforce life of Free', {}, 'Enforce life of Free', 'is in force.', 'policy.apply'),
    at_once('Off: stop life of Free', {}, 'Switch off life of Free', 'is in force.', 'policy.apply'),
    row('New limit of Free', { 'Its name': 'weekly', Feature: 'Calls <b>', Amount: '40', Window: 'week' }, 'Add weekly to', 'is in force.', 'policy.apply', { every: true }),
    at_once('Remove it', {}, 'Remove weekly of', 'is in force.', 'policy.apply', { on_the_way: 'Edit weekly of Free' }),
    row('New plan', { 'Its name': 'team', Title: 'Team', Price: '$9', Rank: '3' }, 'Add plan', 'is in force.', 'policy.apply', { every: true }),
    row('Edit plan Team', { Price: '$8' }, 'Change plan', 'is in force.', 'policy.apply'),
    at_once('Remove it', {}, 'Remove plan', 'is in force.', 'policy.apply', { on_the_way: 'Edit plan Team' }),
    row('New feature', { 'Its name': 'extra', Title: 'Extra' }, 'Add feature', 'is in force.', 'policy.apply', { every: true }),
    row('Edit feature Extra', { 'What one unit costs you': '0.5' }, 'Change feature', 'is in force.', 'policy.apply'),
    at_once('Remove it', {}, 'Remove feature', 'is in force.', 'policy.apply', { on_the_way: 'Edit feature Extra' }),
    row('New route', { Path: '/own/*', Feature: 'Calls <b>' }, 'Add the route', 'is in force.', 'policy.apply', { every: true }),
    row('Edit route 1', { Method: 'POST' }, 'Change route 1', 'is in force.', 'policy.apply'),
    at_once('Remove it', {}, 'Remove route 1', 'is in force.', 'policy.apply', { on_the_way: 'Edit route 1' }),
    row('New grant of Free', { 'Its name': 'welcome', Feature: 'Calls <b>', Amount: '4' }, 'Add welcome to', 'is in force.', 'policy.apply', { every: true }),
    row('Edit welcome of Free', { Amount: '5' }, 'Change welcome of', 'is in force.', 'policy.apply'),
    at_once('Remove it', {}, 'Remove welcome of', 'is in force.', 'policy.apply', { on_the_way: 'Edit welcome of Free' }),
    row('Settings of the policy', { Title: 'Panel <b>' }, 'Change the settings', 'is in force.', 'policy.apply', { every: true }),
    at_once(new RegExp(`^Version ${version}$`), {}, 'Go back to version', 'is in force.', 'policy.apply'),
    row('Edit life of Free', { Amount: '9', 'From when?': '2090-01-01' }, 'Change life of Free', 'It was noted', 'policy.schedule'),
    at_once(/^Version/, {}, 'Cancel version', 'Plans and limits', 'policy.cancel'),
];

export const of_request = [
    row('Answer the request of', { Approve: true, 'Which limit?': SAME, 'How many': '33', ...THEN }, 'Approve the request of', 'Approved.', 'request.approve'),
    undo('Remove the override of', 'The override was removed.', 'override.remove'),
    row('Answer the request of', { Deny: true }, 'Deny the request of', 'Denied.', 'request.deny', { on_the_way: 'Requests' }),
    row('Answer the request of', { Approve: true, 'The plan they get': 'Pro', ...THEN }, 'Approve the request of', 'Approved.', 'request.approve'),
    undo('Change the plan of', 'The plan was changed.', 'subject.update'),
];

/* Above what who supports people gives alone. */
export const of_support = [
    row('Change the limit of Calls <b>, life', { 'An amount': true, 'How many calls': '90', 'Until when?': DAY(20) }, 'Ask to have it approved', 'Nothing changes for the person', 'approval.ask'),
    row('Give a bonus of Calls <b>, life', { 'How many calls': '90', 'Until when?': DAY(20) }, 'Ask to have it approved', 'Nothing changes for the person', 'approval.ask'),
];
export const of_approval = [
    at_once('Look at it', {}, 'Approve what', 'Approved. It holds', 'approval.approve', { why: null }),
    undo('Remove the bonus of', 'The bonus was removed.', 'grant.remove'),
    at_once('Look at it', {}, 'Deny it', 'Denied.', 'approval.deny', { why: 'Why not?', on_the_way: 'Approvals' }),
];

/* `search`: leads to those whom it is about; `hold`: keeps the last from being made, for it to be stopped; `made`: leads to one that is over. */
export const of_many = ({ search, hold, made }) => [
    row('Give a bonus', { 'Which feature?': 'Calls', 'How many': '2', ...THEN }, 'Give a bonus to', 'Give a bonus to 2 people', 'bulk.run', { before: search }),
    row('Change the limit', { 'Which feature?': 'Calls', 'A multiple of': true, 'How many times': '2', ...THEN }, 'Change the limit of', 'Change the limit of 2 people', 'bulk.run', { before: search }),
    row('Change the plan', { 'The new plan': 'Pro', ...THEN }, 'Change the plan of', 'Change the plan of 2 people', 'bulk.run', { before: search }),
    row('Reset the use', { 'Which feature?': 'Calls' }, 'Reset the use of', 'Reset the use of 2 people', 'bulk.run', { before: search }),
    row(/^Suspend$/, {}, /^Suspend /, 'Suspend 2 people', 'bulk.run', { before: search }),
    row(/^Lift the suspension$/, {}, 'Lift the suspension of', 'Lift the suspension of 2 people', 'bulk.run', { before: search }),
    row(/^Suspend$/, {}, /^Suspend /, 'Suspend 2 people', 'bulk.run', { before: async () => { await hold(); await search(); } }),
    at_once(null, {}, /^Stop$/, 'Stopped.', 'bulk.stop', { why: null }),
    at_once('Undo it', {}, 'Undo it for', 'Undo', 'bulk.undo', { before: made }),
];

/** Fills in the field of that label, whatever it is; answers its name. */
async function fill(page, label, value) {
    const field = page.getByLabel(label).first(), kind = await field.evaluate(one => one.type), name = await field.getAttribute('name');
    if (kind === 'radio') await choose(page, label);
    else if (kind === 'checkbox') await tick(page, label);
    else if (!kind.startsWith('select')) await type_into(page, label, value);
    else {
        const chosen = () => field.evaluate(one => one.selectedOptions[0].label);
        const wanted = value === SAME ? await chosen() : value;
        await tab_to(page, field, label);
        await typed(page, wanted);
        ok((await chosen()).startsWith(wanted), `${label}: ${await chosen()} is chosen, not ${wanted}`);
    }
    return name;
}

/* The address of the form on the page, and the names of what can be filled in there. */
const FIELDS = () => [...document.querySelectorAll('form[method=post]')].flatMap(form => [...form.elements].filter(one => one.name && one.type !== 'hidden')
    .map(one => `${new URL(form.action).pathname.replace(/^\/quota/, '')} ${one.name}`));

/** Somebody at the keyboard, who goes through rows. */
export class Keyboard {
    constructor(page, site, actor) {
        Object.assign(this, { page, site, actor, count: 0, made: new Set(), offered: new Set(), filled: new Set() });
        page.on('request', sent => { if (sent.method() === 'POST') this.sent = sent; });
    }

    static async begin(browser, site, look, name, password, where) {
        const page = await (await browser.newContext(look)).newPage();
        page.setDefaultTimeout(5000);
        await sign_in(page, site, name, password, where);
        return new Keyboard(page, site, `account:${name}`);
    }

    async press(role, name) {
        await press(this.page, role, name);
        equal(await width(this.page), [], `${this.page.url()}: width`);
    }

    /** `stands`: what is so; where a row undoes one, it must be what it was before that. */
    async go(rows, stands = () => null) {
        const states = [await stands()];
        for (const one of rows) {
            await this.row(one);
            states.push(await stands());
            if (one.back) equal(states.at(-1), states.at(-3), `${this.made_last}: undone`);
        }
    }

    async row({ before, on_the_way, link, every, fills, why, steps, button, says, action }) {
        const { page } = this, reason = `R${++this.count} <b>`;
        if (on_the_way) await this.press('link', on_the_way);
        await before?.();
        if (link) await this.press('link', link);
        for (const one of await page.evaluate(FIELDS)) this.offered.add(one);
        const form = new URL(page.url()).pathname.replace(/^\/quota/, '');
        for (const field of every ? await page.locator('form[method=post]').locator('input:not([type=hidden]), select, textarea').all() : []) {
            await tab_to(page, field, await field.getAttribute('name'));
            this.filled.add(`${form} ${await field.getAttribute('name')}`);
        }
        for (const [label, value] of Object.entries(why ? { ...fills, [why]: reason } : fills)) this.filled.add(`${form} ${await fill(page, label, value)}`);
        if (steps) await this.press('button', steps);
        await this.press('button', button);
        ok((await words(page)).includes(says), `${button}: ${await words(page)}`);
        this.made_last = action_of(this.sent);
        this.made.add(this.made_last);
        const { audit } = (await this.site.api('GET', `/admin/audit?action=${action}&actor=${encodeURIComponent(this.actor)}`)).json;
        like(audit[0], { action, actor: this.actor, origin: '127.0.0.1', ...why && { reason } }, this.made_last);
    }
}

/** Whatever the tables lack: actions that nobody made, and fields that nobody filled in. */
export function left_out(keyboards) {
    const all = name => new Set(keyboards.flatMap(one => [...one[name]]));
    const made = all('made'), filled = all('filled');
    return [...all_actions().filter(one => !made.has(one)), ...[...all('offered')].filter(one => !filled.has(one))];
}
