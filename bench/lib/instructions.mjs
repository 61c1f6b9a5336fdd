// Instructions that a request costs the FastCGI process, counted by callgrind: hello world, an allowed and a refused decision, allowed
// ones of which many share a transaction, the dashboard, the authorizer before a file. What starting and the first meeting of somebody cost is not in it.
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { run_well } from '../../tests/e2e/lib/site.mjs';
import { HELLO, meet, with_arena } from './arena.mjs';
import { at_rest, decisions } from './checks.mjs';
import { pace, page_by } from './load.mjs';
import { spread } from './rounds.mjs';
import { FOLDER, TOOLS, postgres_trust } from './stage.mjs';

export const KINDS = ['hello', 'allowed', 'refused', 'together', 'dashboard', 'authorizer'];
const everybody = { name: 's', plan: 'free', count: 50, organizations: 5 };
const spent = { name: 'f', plan: 'full', count: 50, organizations: 5 };

const callgrind = name => ['valgrind', '-q', '--tool=callgrind', `--callgrind-out-file=${FOLDER}/callgrind.${name}`,
    `--vgdb-prefix=${FOLDER}/vgdb`];

/* Under callgrind everything takes fifty times as long, and nobody is to be turned away for that. */
const PATIENT = { WEBQUOTA_PATIENCE_MS: '60000' };

/* A process under callgrind, and how often it was asked what it counted. */
class Counted {
    constructor(daemon) { Object.assign(this, { daemon, dumps: 0 }); }

    control(what) { return run_well('callgrind_control', [`--vgdb-prefix=${FOLDER}/vgdb`, what, String(this.daemon.pid)]); }

    async during(body) {
        await this.control('-z');
        await body();
        await this.control('-d');
        this.dump = `${FOLDER}/callgrind.${this.daemon.name}.${++this.dumps}`;
        return Number(/^totals: (\d+)/m.exec(readFileSync(this.dump, 'utf8'))[1]);
    }
}

/* A refusal is given from memory only under load, so that one connection would see now this, now that. */
const LOAD = 16;
/* `together`: so many callers at once, as `make bench` has, and so many requests for each that the others make. */
export const TOGETHER = 64;
const MORE = 4;

/* What is asked, of whom, and the status of every answer. */
const kinds_of = (arena, service, hello) => ({
    hello: [hello, arena.template(everybody, 'work', HELLO), 200],
    allowed: [service, arena.template(everybody, 'work'), 200],
    refused: [service, arena.template(spent, 'spent'), 429],
    together: [service, arena.template(everybody, 'work'), 200],
    dashboard: [service, page_by(everybody, '/quota/'), 200],
    authorizer: [service, page_by(everybody, '/guarded/file.txt'), 200],
});

/**
 * Counts each of `kinds` `repeats` times over `requests` requests on so many connections; {kind: spread}. One connection is the
 * most repeatable, since then no two decisions share a transaction. What callgrind_annotate reads stays in TOOLS/callgrind.KIND.
 */
export async function instructions({ connections, requests = 1000, repeats = 3, kinds = KINDS, say = () => {} }) {
    await postgres_trust();
    const watched = name => name === 'hello' && !kinds.includes('hello') ? [] : callgrind(name);
    const warm = [[everybody, 'work'], [spent, 'spent']];
    return with_arena({ sets: [everybody, spent], warm, wrap: watched, env: PATIENT }, async arena => {
        const service = new Counted(arena.service), hello = new Counted(arena.helloes);
        const all = kinds_of(arena, service, hello), found = {};
        const ask = async (template, status, by, words) => {
            const result = await pace(arena.front.port, template, ['-c', String(by), ...words]);
            const right = result.status[status] ?? 0;
            if (result.broken || right !== result.requests) throw new Error(`wanted ${status} only, got ${JSON.stringify(result.status)}`);
        };
        for (const kind of kinds) {
            const [process, template, status] = all[kind];
            await meet(arena.front.port, template);
            const least = kind === 'together' ? TOGETHER : kind === 'refused' ? LOAD : 1, asked = kind === 'together' ? MORE * requests : requests;
            const values = [];
            for (let i = 0; i < repeats; i++) {
                const before = kind === 'refused' ? await decisions('bench', 'denied') : 0;
                const count = await process.during(async () => {
                    await ask(template, status, Math.max(least, connections), ['-n', String(asked)]);
                    if (kind === 'refused') await at_rest(() => decisions('bench', 'denied'), before + asked);
                });
                values.push(count / asked);
            }
            found[kind] = spread(values);
            copyFileSync(process.dump, path.join(TOOLS, `callgrind.${kind}`));
            say(`  ${kind.padEnd(11)}${Math.round(found[kind].median).toLocaleString('en')} instructions a request ` +
                `(${Math.round(found[kind].min).toLocaleString('en')} to ${Math.round(found[kind].max).toLocaleString('en')})`);
        }
        return found;
    });
}
