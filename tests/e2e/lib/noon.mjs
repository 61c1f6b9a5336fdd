// No day ends while a test runs: policies whose windows count days have a zone in which it is noon when the test begins.
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const EAST = 12 - new Date().getUTCHours();
/** The zone. In the names of such zones what is east of Greenwich has a minus. */
export const NOON = `Etc/GMT${EAST > 0 ? '-' : '+'}${Math.abs(EAST)}`;
/** When its days begin, as times in UTC end. */
export const DAY_BEGINS = `T${String((24 - EAST) % 24).padStart(2, '0')}:00:00Z`;

/** A policy file's copy with that zone in the place of its own. */
export function at_noon(file) {
    const text = readFileSync(file, 'utf8'), changed = text.replace(/^(timezone\s*=\s*)"[^"]*"/m, `$1"${NOON}"`);
    if (changed === text) throw new Error(`${file} says no zone`);
    const copy = path.join(process.env.TMPDIR ?? tmpdir(), `noon-${process.pid}-${path.basename(file)}`);
    writeFileSync(copy, changed);
    return copy;
}
