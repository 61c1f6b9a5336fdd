#!/usr/bin/env node
// Exact under load, the small slice: three processes of forty threads each call the ledger sixty thousand times, while the clock
// jumps, policies change, a process is killed and connections are cut; then everything that callers were told is compared with
// everything that is on record (tests/load). `make soak` does a million.
import { prove } from '../load/run.mjs';
import { broken } from './lib/tap.mjs';

process.env.FSYNC ??= 'off';
await prove('60,000 calls', ['--calls', '60000', '--processes', '3', '--threads', '40', '--seconds', '25', '--seed', '81']).catch(broken);
