// Checks that print "ok - NAME" and "not ok - NAME", and what to compare with.
import { isDeepStrictEqual, inspect } from 'node:util';

let failures = 0;

const show = value => inspect(value, { depth: 8, breakLength: 120, maxStringLength: 400 });

export class Mismatch extends Error {}

/** Runs one check. Whatever it throws is its failure; the next one goes on. */
export async function test(name, body) {
    try {
        await body();
        console.log(`ok - ${name}`);
    } catch (error) {
        failures++;
        console.log(`not ok - ${name}`);
        const text = error instanceof Mismatch ? error.message : error.stack;
        console.log(text.replace(/^/gm, '    '));
    }
}

export function equal(got, wanted, what = 'value') {
    if (!isDeepStrictEqual(got, wanted)) throw new Mismatch(`${what}: got ${show(got)}, wanted ${show(wanted)}`);
}

export function ok(condition, what) {
    if (!condition) throw new Mismatch(what);
}

function differences(got, wanted, path, out) {
    if (wanted instanceof RegExp) {
        if (typeof got !== 'string' || !wanted.test(got)) out.push(`${path}: got ${show(got)}, wanted ${wanted}`);
    } else if (typeof wanted === 'function') {
        if (!wanted(got)) out.push(`${path}: got ${show(got)}, which ${wanted.name || wanted} refuses`);
    } else if (wanted !== null && typeof wanted === 'object' && !Array.isArray(wanted)) {
        if (got === null || typeof got !== 'object') out.push(`${path}: got ${show(got)}, wanted ${show(wanted)}`);
        else for (const key of Object.keys(wanted)) differences(got[key], wanted[key], path ? `${path}.${key}` : key, out);
    } else if (!isDeepStrictEqual(got, wanted)) {
        out.push(`${path}: got ${show(got)}, wanted ${show(wanted)}`);
    }
}

/** `got` has at least the members of `wanted`, with these values; a RegExp or a function may stand for one. */
export function like(got, wanted, what = '') {
    const out = [];
    differences(got, wanted, what, out);
    if (out.length) throw new Mismatch(out.join('\n'));
}

/** `got` has exactly these members. */
export function members(got, names, what = 'members') {
    ok(got !== null && typeof got === 'object', `${what}: got ${show(got)}, wanted an object`);
    equal(Object.keys(got).sort(), [...names].sort(), what);
}

/** An HTTP answer of this status, with the body in the message when it is another one. */
export function status(answer, wanted, what = 'status') {
    if (answer.status !== wanted)
        throw new Mismatch(`${what}: got ${answer.status}, wanted ${wanted}: ${answer.text.slice(0, 600)}`);
    return answer;
}

/** Asks until `condition` gives something; no longer than `limit_ms`. */
export async function until(condition, what, limit_ms = 10000) {
    const end = Date.now() + limit_ms;
    for (;;) {
        const result = await condition();
        if (result) return result;
        if (Date.now() > end) throw new Mismatch(`it never came about within ${limit_ms} ms: ${what}`);
        await new Promise(resolve => setTimeout(resolve, 10));
    }
}

export const has_failed = () => failures > 0;

/** The last line of a test program. */
export function finish() {
    process.exitCode = failures ? 1 : 0;
}

/** A check that could not even begin. */
export function broken(error) {
    failures++;
    console.log('not ok - it runs to its end');
    console.log(String(error.stack ?? error).replace(/^/gm, '    '));
    process.exitCode = 1;
}
