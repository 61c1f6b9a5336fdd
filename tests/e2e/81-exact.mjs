#!/usr/bin/env node
// Exact under load, the small slice: sixty thousand calls of the ledger by many threads of several processes, while the clock
// jumps, policies change, a process is killed and connections are cut; then everything that callers were told is compared with
// everything that is on record (tests/load). First all ask about the same subjects; then each process has its own, so that its
// memory of them holds, until others give something back. `make soak` does a million. Takes long.
import { prove } from '../load/run.mjs';
import { broken } from './lib/tap.mjs';

process.env.FSYNC ??= 'off';
await prove(
    ['together', '--calls', '40000', '--processes', '4', '--threads', '30', '--seconds', '16', '--seed', '81'],
    ['apart', '--calls', '20000', '--processes', '2', '--threads', '32', '--seconds', '8', '--apart', '--turns', '4', '--kills', '4',
        '--cuts', '1', '--seed', '82'],
).catch(broken);
