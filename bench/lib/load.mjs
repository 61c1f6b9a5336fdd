// Requests and who sends them: wrk for rates, bench/pace.c for exact numbers and constant rates.
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run_well } from '../../tests/e2e/lib/site.mjs';
import { FOLDER, MARK, ROOT, TOOLS, secret_file } from './stage.mjs';

export const CONNECTIONS = 64;
const THREADS = 2;
const HASHES = '########';

const write = (name, text) => {
    const file = path.join(FOLDER, name);
    writeFileSync(file, text);
    return file;
};

/** A call of the API by one of `set`, as a template: the path decides who answers. */
export function consume_by(set, where, key, feature = 'work') {
    const body = JSON.stringify({ subject: `${set.name}-${HASHES}`, feature });
    return { count: set.count, file: write(`consume-${set.name}-${where.replaceAll('/', '_')}.http`,
        `POST ${where} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`) };
}

/** A browser's request by one of `set`, signed in by a cookie. */
export function page_by(set, where) {
    const words = write(`assertions-${set.name}`, Array.from({ length: set.count }, (_, i) =>
        assertion(`${set.name}-${String(i).padStart(8, '0')}`)).join('\n') + '\n');
    return { count: set.count, words, file: write(`page-${set.name}-${where.replaceAll('/', '_')}.http`,
        `GET ${where} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nCookie: webquota_identity=${HASHES}\r\n\r\n`) };
}

/** The same from somebody whose name is taken as it is. */
export function page_named(set, where) {
    return { count: set.count, file: write(`named-${where.replaceAll('/', '_')}.http`,
        `GET ${where} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nCookie: subject=${set.name}-${HASHES}\r\n\r\n`) };
}

/** Whoever holds one of these tickets asks where it stands. */
export function tickets_by(ids, where, accept) {
    return { count: ids.length, words: write('tickets', `${ids.join('\n')}\n`), file: write(`tickets-${where.replaceAll('/', '_')}.http`,
        `GET ${where}/${HASHES} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: ${accept}\r\n\r\n`) };
}

function assertion(subject) {
    const secret = readFileSync(secret_file(), 'utf8').trim();
    const payload = 'v1.' + Buffer.from(JSON.stringify({ sub: subject, exp: 4102444800 })).toString('base64url');
    return `${payload}.${createHmac('sha256', secret).update(payload).digest('base64url')}`;
}

/** As fast as it goes for so many seconds, by wrk. */
export async function wrk(port, template, seconds) {
    const said = await run_well('wrk', [`-t${THREADS}`, `-c${CONNECTIONS}`, `-d${seconds}s`, '--timeout', '30s', '-s',
        path.join(ROOT, 'bench/wrk.lua'), `http://127.0.0.1:${port}/`, '--', template.file, String(template.count),
        ...(template.words ? [template.words] : [])], { env: MARK });
    const result = JSON.parse(/^JSON (.*)$/m.exec(said)[1]);
    return { ...result, rate: result.requests / result.seconds };
}

/** An exact number of requests, or a constant rate, by bench/pace. */
export async function pace(port, template, words) {
    const all = [...words, '-m', String(template.count), ...(template.words ? ['-w', template.words] : []), String(port), template.file];
    return JSON.parse(await run_well(path.join(TOOLS, 'pace'), all, { env: MARK }));
}

/** Each of the set once. */
export const once_each = (port, template) => pace(port, template, ['-n', String(template.count), '-o']);
