// The servers of a figure, on a database made for it, and the lanes that measure them.
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { request } from '../../tests/e2e/lib/http.mjs';
import { until } from '../../tests/e2e/lib/tap.mjs';
import { at_rest, decisions, rolled_up, wrong_with } from './checks.mjs';
import { consume_by, once_each, wrk } from './load.mjs';
import { SECONDS } from './rounds.mjs';
import { FOLDER, front, hello, service, site_make, threads_of } from './stage.mjs';

export const CONSUME = '/quota/api/v1/consume', HELLO = '/hello';
const PATIENCE_MS = 120000;

/* The servers of a figure; all of them end with it. */
class Arena {
    constructor(sets) { Object.assign(this, { sets, daemons: [] }); }

    async add(starting) {
        const daemon = await starting;
        this.daemons.push(daemon);
        return daemon;
    }

    /** One before another figure begins, and whatever happened. */
    async close() {
        for (const daemon of this.daemons.splice(0).reverse()) await daemon.stop();
    }

    template(set, feature, where = CONSUME) { return consume_by(set, where, this.key, feature); }

    /* wrk on webquota, checked against the records. */
    webquota(template, { at = this.front, refused = false, database = 'bench' } = {}) {
        const outcome = refused ? 'denied' : 'allowed';
        return async () => {
            const before = await decisions(database, outcome);
            const result = await wrk(at.port, template, SECONDS);
            const after = await at_rest(() => decisions(database, outcome), before + result.requests);
            await rolled_up(database);
            return { ...result, wrong: wrong_with(result, refused, before, after) };
        };
    }

    /* wrk on something that only has to answer 200, and where it counts (`total`), to have counted. */
    other(template, port = this.front.port, total = null) {
        return async () => {
            const before = total ? await total() : 0;
            const result = await wrk(port, template, SECONDS);
            const after = total ? await at_rest(total, before + result.requests) : result.requests;
            return { ...result, wrong: wrong_with(result, false, before, after) };
        };
    }

    hello(template = this.template(this.sets[0], 'work', HELLO)) { return this.other(template); }
}

const answer_file = () => path.join(FOLDER, 'answer');

/* A decision as webquota sends it, which is what the hello world sends from then on. */
async function keep_answer(arena) {
    const { key } = arena;
    const ask = () => request(arena.front.url + CONSUME, { method: 'POST', headers: { Authorization: `Bearer ${key}` },
        body: { subject: `${arena.sets[0].name}-00000000`, feature: 'work' } });
    let answer;
    await until(async () => (answer = await ask()).status !== 503, 'the service decides', PATIENCE_MS);
    if (answer.status !== 200) throw new Error(`no decision to be had: ${answer.status} ${answer.text}`);
    const by_server = ['date', 'server', 'connection', 'keep-alive', 'transfer-encoding', 'content-length'];
    const lines = Object.entries(answer.headers).filter(([name]) => !by_server.includes(name)).map(([name, value]) => `${name}: ${value}\r\n`);
    writeFileSync(answer_file(), `Status: 200\r\n${lines.join('')}Content-Length: ${Buffer.byteLength(answer.text)}\r\n\r\n${answer.text}`);
}

/** Everybody once. A service that is slow at first, as under callgrind, may turn callers away: once more, then. */
export const meet = (port, template) => until(async () => !(await once_each(port, template)).status['503'], 'everybody was met', PATIENCE_MS);

/**
 * A fresh database with the people of `sets`, each of whom has been met; webquota, hello world (the two under what `wrap` says),
 * lighttpd, and what `more` starts. `env` is webquota's. `body` measures. The first of the sets is on the plan `free`.
 */
export async function with_arena({ sets, warm = sets.map(set => [set, 'work']), more = async () => ({}), wrap = () => [], env = {} }, body) {
    const arena = new Arena(sets);
    try {
        arena.key = await site_make('bench', sets);
        arena.service = await arena.add(service('webquota', 'bench', { wrap: wrap('webquota'), env }));
        if (!existsSync(answer_file())) {
            arena.front = await arena.add(front('front-first', { quota: [arena.service.socket] }));
            await keep_answer(arena);
        }
        arena.helloes = await arena.add(hello(threads_of(arena.service), answer_file(), wrap('hello')));
        const fronted = await more(arena);
        arena.front = await arena.add(front('front', { quota: [arena.service.socket], hello: arena.helloes.socket, ...fronted }));
        for (const [set, feature] of warm) await meet(arena.front.port, arena.template(set, feature));
        return await body(arena);
    } finally {
        await arena.close();
    }
}
