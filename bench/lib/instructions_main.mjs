// bench/instructions, which prepares the folder; see there.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { close } from '../../tests/e2e/lib/http.mjs';
import { ROOT } from '../../tests/e2e/lib/site.mjs';
import { KINDS, instructions } from './instructions.mjs';
import { postgres_start } from './stage.mjs';

const BASELINE = `${ROOT}/tests/e2e/instructions.json`;
const { values, positionals } = parseArgs({ allowPositionals: true, options: { connections: { type: 'string', default: '1' },
    requests: { type: 'string' }, repeats: { type: 'string', default: '3' }, record: { type: 'boolean', default: false } } });
const wrong = positionals.find(kind => !KINDS.includes(kind));
if (wrong) {
    console.error(`instructions: no kind "${wrong}": ${KINDS.join(', ')}`);
    process.exit(2);
}

const baseline = JSON.parse(readFileSync(BASELINE, 'utf8'));
if (values.record && (positionals.length || values.connections !== '1')) {
    console.error('instructions: --record is for all kinds, on one connection');
    process.exit(2);
}
await postgres_start();
const found = await instructions({ connections: Number(values.connections), repeats: Number(values.repeats),
    requests: Number(values.requests ?? baseline.requests), kinds: positionals.length ? positionals : KINDS, say: console.log });
close();
if (values.record) {
    baseline.instructions = Object.fromEntries(Object.entries(found).map(([kind, one]) => [kind, Math.round(one.min)]));
    writeFileSync(BASELINE, `${JSON.stringify(baseline, null, 2)}\n`);
    console.log(`recorded: ${BASELINE}`);
}
