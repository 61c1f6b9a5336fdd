#!/usr/bin/env node
// The scanners (make scan) are given every documented operation, with a value for each of its parameters: what is new in
// static/openapi.json and not in scripts/scan.d/operations.mjs is found here, and not when somebody scans.
import { readFileSync } from 'node:fs';
import { operations } from '../../scripts/scan.d/operations.mjs';

const { paths } = JSON.parse(readFileSync('static/openapi.json', 'utf8'));
const documented = Object.entries(paths).flatMap(([where, methods]) => Object.keys(methods).filter(method => method !== 'parameters')
    .map(method => `${method.toUpperCase()} ${where}`));
const ids = new Proxy({}, { get: (_, name) => `id-of-${String(name)}` });
let wrong;
try {
    const given = [...operations(ids, '')];
    const names = new Set(given.map(({ name }) => name.replace(/ \(.*/, '')));
    const missing = documented.filter(name => !names.has(name));
    const empty = given.filter(({ target, body }) => /undefined/.test(target + JSON.stringify(body ?? {}))).map(({ name }) => name);
    wrong = [...missing, ...empty].join(', ');
} catch (error) {
    wrong = error.message;
}
console.log(wrong ? `not ok - scan: an operation is not tried\n    ${wrong}` : `ok - scan: all ${documented.length} documented operations are tried`);
process.exit(wrong ? 1 : 0);
