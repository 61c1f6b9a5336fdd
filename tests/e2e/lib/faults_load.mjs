// Callers who go on whatever happens, and who write down what they were told.
//
// A caller lives through stories: a charge, a charge that is given back, a hold that is committed or released. Each step
// has a key. What gets no answer that settles it (503, a cut connection) has an unknown outcome: it is sent again with the
// same key, at once or, set apart, when the fault is over, until it has one. Resets and overrides have no key: they are sent once, and
// what became of those without an answer is told by the tables. Where there are several services, each attempt goes to any of them.
import http from 'node:http';
import { ok, until } from './tap.mjs';

const PATIENCE_MS = 10000, PAUSE_MS = 50;
/* Callers are no flood: what is tried here is what becomes of them, and not how many there can be. */
const BREATH_MS = 8;
/* Refusals are on record a little later than they are told, and on disk a little later than that, and a little more. */
const NOTES_MS = 300, RELAXED_MS = 700, UNDER_WAY_MS = 100;
export const TIGHT_OWN = 25, TIGHT_ALL = 60, BENT = 12, TURN = 4;

/* tight: units are charged one by one and never given back, so that the limits are reached while the fault lasts. bent: the same, and
 * overrides raise it. cleared: it is reset now and then. turn: windows of a minute, of which one ends when somebody turns the clock. */
export const POLICY = `
title = "Faults"
timezone = "UTC"
default_plan = "free"
anonymous_plan = "free"
feature tight { }
feature loose { }
feature bent { }
feature cleared { }
feature turn { }
plan free { rank = 1
  limit tight_own { feature = "tight"  amount = ${TIGHT_OWN}  window = "year" }
  limit tight_all { feature = "tight"  amount = ${TIGHT_ALL}  window = "year"  scope = "organization" }
  limit loose_own { feature = "loose"  amount = 100000000  window = "year" }
  limit loose_all { feature = "loose"  amount = 100000000  window = "year"  scope = "site" }
  limit bent_own { feature = "bent"  amount = ${BENT}  window = "year" }
  limit cleared_own { feature = "cleared"  amount = 100000000  window = "year" }
  limit turn_own { feature = "turn"  amount = ${TURN}  window = "minute" }
}
`;

export const now = () => performance.now();
export const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

/* Steps of a story after its first. */
const SETTLING = { refund: 'refund', commit: 'commit', release: 'release' };
const KINDS = ['tight', 'tight', 'tight', 'tight', 'consume', 'consume', 'new', 'bare', 'refund', 'commit', 'release', 'read', 'bent', 'bend',
    'cleared', 'reset', 'turn'];
const FEATURES = { tight: 'tight', bent: 'bent', bend: 'bent', cleared: 'cleared', reset: 'cleared', turn: 'turn' };

/* What administrators are told of a change without an answer: it was not made, it is not known whether it was, it was made. */
export const SAID = { not: /nothing was changed/, maybe: /whether it was changed is not known/, made: /it was changed, but/ };

/* A connection that nobody uses is given up before the web server does (5 s), which might close it in the very moment of sending. */
const IDLE_MS = 2000;

/* What is sent once: by a method of that name. */
const ONCE = ['read', 'reset', 'bend'];

export class Load {
    /** `name` begins the names of its subjects and keys; `urls`: of the services. */
    constructor(site, name, urls = [site.url], callers = 8) {
        Object.assign(this, { site, name, urls, number: 0, stopped: false, stories: [], apart: [], attempts: [], killed: [], resets: [], bends: [] });
        this.subjects = Array.from({ length: 4 }, (_, i) => `${name}-${i}`);
        this.agent = new http.Agent({ keepAlive: true, timeout: IDLE_MS });
        this.under_way = new Set();
        this.count = callers;
    }

    async start() {
        for (const subject of this.subjects) {
            const made = await this.send('POST', '/admin/subjects', { subject, organization: this.name });
            ok([200, 201].includes(made.status), `${subject} cannot be made: ${made.status} ${made.text}`);
        }
        this.callers = Array.from({ length: this.count }, () => this.call());
    }

    /** One attempt, never repeated behind the caller's back. Its status is a number, or why there is none. */
    send(method, where, body, key) {
        const bytes = body && JSON.stringify(body);
        const headers = { ...this.site.admin, ...key && { 'Idempotency-Key': key },
            ...bytes && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(bytes) } };
        return new Promise(resolve => {
            const url = this.urls[Math.floor(Math.random() * this.urls.length)];
            const sent = http.request(`${url}/api/v1${where}`, { method, headers, agent: this.agent }, answer => {
                const parts = [];
                answer.on('data', part => parts.push(part));
                answer.on('error', error => end({ status: error.code ?? 'cut off', text: '' }));
                answer.on('end', () => end({ status: answer.statusCode, text: Buffer.concat(parts).toString() }));
            });
            const end = result => {
                clearTimeout(timer);
                this.under_way.delete(sent);
                resolve(result);
            };
            const timer = setTimeout(() => sent.destroy(Object.assign(new Error('late'), { code: 'late' })), PATIENCE_MS);
            sent.on('error', error => end({ status: error.code ?? String(error), text: '' }));
            this.under_way.add(sent);
            sent.end(bytes);
        });
    }

    async attempt(what, ...words) {
        const one = { what, began: now() };
        const { status, text } = await this.send(...words);
        const failed = typeof status !== 'number' || status >= 500;
        Object.assign(one, { ended: now(), status, failed, said: failed ? text.slice(0, 300) : '' });
        this.attempts.push(one);
        return { status, json: /^\s*\{/.test(text) ? JSON.parse(text) : undefined, text };
    }

    async call() {
        while (!this.stopped) {
            await pause(Math.random() * BREATH_MS);
            const story = this.begin();
            if (ONCE.includes(story.kind)) {
                await this[story.kind](story);
                continue;
            }
            this.stories.push(story);
            const patient = Math.random() < 0.5;
            while (!await this.step(story)) {
                await pause(PAUSE_MS);
                if (!patient || this.stopped) {
                    this.apart.push(story);
                    break;
                }
            }
        }
    }

    begin() {
        const number = ++this.number;
        const kind = KINDS[Math.floor(Math.random() * KINDS.length)];
        return { kind, op: `${this.name}.${number}`, feature: FEATURES[kind] ?? 'loose',
            units: FEATURES[kind] ? 1 : 1 + number % 3, unknown: 0,
            subject: kind === 'new' ? `${this.name}-new-${number}` : this.subjects[number % this.subjects.length] };
    }

    /** An attempt that is not made again; answers what it was told: {done} where that is good, else {said}. */
    async once(what, good, ...words) {
        const answer = await this.attempt(what, ...words);
        if (answer.status === good) return { done: answer.json };
        this.expect(answer, [503]);
        await pause(PAUSE_MS);
        return { said: answer.text };
    }

    async read(story) {
        const query = new URLSearchParams({ subject: story.subject, feature: 'loose' });
        await this.once('read', 200, 'GET', story.units === 1 ? `/usage?${query}` : `/check?${query}`);
    }

    async reset(story) {
        this.resets.push(story);
        const query = new URLSearchParams({ subject: story.subject, feature: story.feature, reason: story.op });
        Object.assign(story, await this.once('reset', 200, 'DELETE', `/usage?${query}`));
    }

    async bend(story) {
        this.bends.push(story);
        const { subject, feature, op } = story;
        Object.assign(story, await this.once('bend', 201, 'POST', '/admin/overrides', { subject, feature, limit: 'bent_own', reason: op,
            amount: BENT + Math.floor(Math.random() * BENT) }));
    }

    /** What no fault excuses ends the load. */
    expect(answer, settled) {
        const { status, text } = answer;
        if (settled.includes(status) || typeof status !== 'number' || [409, 500, 502, 503, 504].includes(status)) return;
        this.wrong ??= `${status} ${text.slice(0, 300)}`;
        this.stopped = true;
    }

    /** Goes on with the story until it is over (true), or until an outcome is not known (false). */
    async step(story) {
        const holds = ['commit', 'release'].includes(story.kind);
        if (!story.id) {
            const { op, subject, feature, units } = story;
            const answer = await this.attempt('decide', 'POST', holds ? '/reservations' : '/consume',
                { subject, feature, units, metadata: { op } }, story.kind === 'bare' ? undefined : op);
            this.expect(answer, [200, 201, 429]);
            story.refused = answer.status === 429;
            if (story.refused) {
                story.denied = answer.json.decision_id;
                story.told = now();
                return true;
            }
            story.lost = story.kind === 'bare' && answer.status !== 200;
            if (story.lost) return true;
            if (![200, 201].includes(answer.status)) return this.not_known(story, answer);
            story.id = holds ? answer.json.reservation : answer.json.decision_id;
        }
        const what = SETTLING[story.kind];
        if (!what) return true;
        const where = holds ? `/reservations/${story.id}/${what}` : `/decisions/${story.id}/refund`;
        const answer = await this.attempt('settle', 'POST', where, what === 'commit' ? { units: 1 } : {},
            `${story.op}.${what}`);
        this.expect(answer, [200]);
        // Nobody else settles it: "over already" means that an attempt before, whose answer was lost, has done it.
        story.settled = answer.status === 200 || answer.status === 409 && story.unsettled > 0;
        if (answer.status === 409 && !story.settled) this.wrong ??= `409 at the first attempt: ${answer.text}`;
        if (!story.settled) story.unsettled = (story.unsettled ?? 0) + 1;
        return story.settled || this.not_known(story, answer);
    }

    not_known(story, answer) {
        story.unknown++;
        story.last = `${answer.status} ${answer.text.slice(0, 160)}`;
        return false;
    }

    /** Waits until `count` more decisions were made, all in a row, by attempts begun after `from`. */
    answered(count, from, what) {
        return until(() => {
            ok(!this.wrong, `an answer that no fault excuses: ${this.wrong}`);
            const since = this.attempts.filter(one => one.began >= from && one.what === 'decide');
            const failed = since.findLastIndex(one => one.failed);
            return since.slice(failed + 1).filter(one => one.status !== 409).length >= count;
        }, what, 15000);
    }

    /** What remembers refusals that are not on record yet, or not on disk yet, is killed now, or was from then until now. */
    killed_now(from = now()) { this.killed.push({ from: from - NOTES_MS - RELAXED_MS, to: now() + UNDER_WAY_MS }); }

    /** May the record of a refusal that was told then have gone with what was killed? */
    may_be_lost(told) { return this.killed.some(({ from, to }) => told >= from && told <= to); }

    failures(from) { return this.attempts.filter(one => one.failed && one.ended >= from); }

    async stop() {
        this.stopped = true;
        await Promise.all(this.callers);
    }

    /** Settles what was set apart: each is sent again with its key until it has an outcome. */
    async resolve() {
        const left = [...this.apart];
        const one = async () => {
            for (let story; (story = left.pop());)
                await until(async () => await this.step(story) || this.wrong, `${story.op} gets an outcome: ${story.last}`);
        };
        await Promise.all(Array.from({ length: this.count }, one));
        ok(!this.wrong, `an answer that no fault excuses: ${this.wrong}`);
    }

    end() { this.agent.destroy(); }
}
