// The callers' journals: what each call asked, and what it was told.
import { readFileSync, readdirSync } from 'node:fs';

/** The key that a public id holds: {account, subject, at, id}; `id` as hexadecimal digits. */
export function read_id(text) {
    const bytes = Buffer.from(text.slice(4), 'base64url');
    const numbers = [];
    let place = 0;
    while (numbers.length < 2) {
        let value = 0;
        for (let factor = 1; ; factor *= 128) {
            const byte = bytes[place++];
            if (byte === undefined) throw new Error(`no id: ${text}`);
            value += (byte & 127) * factor;
            if (byte < 128) break;
        }
        numbers.push(value);
    }
    return { account: numbers[0], subject: numbers[1], at: Number(bytes.readBigInt64BE(place)),
        id: bytes.toString('hex', place + 8, place + 16) };
}

const ASKS = new Set(['consume', 'hold']);

function begun(name, words) {
    const [, number, began, op, ...args] = words;
    const call = { mark: `${name}.${number}`, op, began: Number(began), ended: Infinity, result: 'unknown' };
    if (ASKS.has(op)) {
        const [subject, feature, resource, units, second, key, fingerprint] = args;
        Object.assign(call, { subject, feature, resource, units: Number(units) + (second === '-' ? 0 : 1), second });
        if (key !== '-') Object.assign(call, { key, fingerprint });
    } else {
        call.args = args;
    }
    return call;
}

function answered(call, words) {
    const [, , ended, result, ...rest] = words;
    call.ended = Number(ended);
    call.result = result;
    if (result !== 'ok') {
        call.detail = rest[0];
    } else if (ASKS.has(call.op)) {
        const [outcome, id, units, at, limit, , reservation] = rest;
        Object.assign(call, { outcome, id, told_units: Number(units), at: Number(at), limit, reservation });
    } else {
        call.id = rest[0];
        call.told_units = Number(rest[1]);
    }
}

/* A line that a kill cut short counts as not written: one write makes a line, so this does not happen, but costs nothing. */
function read_journal(folder, file, calls) {
    const name = file.replace(/\.log$/, '');
    let call = null;
    for (const line of readFileSync(`${folder}/${file}`, 'utf8').split('\n').slice(0, -1)) {
        const words = line.split('\t');
        if (words[0] === 'B') {
            call = begun(name, words);
            calls.push(call);
        } else {
            answered(call, words);
        }
    }
}

/** What happened around the callers: jumps of the clock, policies, kills. */
class Conductor {
    constructor(calls) {
        this.clock = calls.filter(call => call.op === 'clock')
            .map(call => ({ began: call.began, ended: call.ended, ahead: Number(call.args[0]) }));
        this.policies = new Map(calls.filter(call => call.op === 'policy').map(call => [Number(call.id), call.args[0] === '1']));
        this.applied = new Map(calls.filter(call => call.op === 'policy').map(call => [Number(call.id), call.ended]));
        this.killed = new Map(calls.filter(call => call.op === 'kill').map(call => [call.args[0], call.began]));
    }

    /** How far ahead the clock may have been at `time`: the least and the most. */
    ahead(time) {
        let least = 0, most = 0;
        for (const jump of this.clock) {
            if (jump.ended <= time) least = jump.ahead;
            if (jump.began <= time) most = jump.ahead;
        }
        return { least, most };
    }

    /** When everybody could see that policy: a commit is told of some time after the one that it bears. Infinity: it is not among the changes. */
    applied_at(version) { return this.applied.get(version) ?? Infinity; }

    /** When the process that kept this journal was killed; Infinity: it was not. */
    killed_at(mark) { return this.killed.get(mark.split('.').slice(0, 2).join('.')) ?? Infinity; }
}

export function read_journals(folder) {
    const calls = [], around = [];
    for (const file of readdirSync(folder).filter(one => one.endsWith('.log')))
        read_journal(folder, file, file === 'conductor.log' ? around : calls);
    return { calls, conductor: new Conductor(around) };
}
