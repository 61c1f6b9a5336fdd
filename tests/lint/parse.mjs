// parse.mjs FILE...: is each of them JavaScript? As node --check tells of one, in a process for all of them. Needs --experimental-vm-modules.
import { readFileSync } from 'node:fs';
import vm from 'node:vm';

for (const file of process.argv.slice(2)) {
    const text = readFileSync(file, 'utf8');
    try {
        if (file.endsWith('.mjs')) new vm.SourceTextModule(text, { identifier: file });
        else new vm.Script(text, { filename: file });
        console.log(`ok - javascript: ${file}`);
    } catch (error) {
        console.log(`not ok - javascript: ${file}\n    ${error.stack.replaceAll('\n', '\n    ')}`);
        process.exitCode = 1;
    }
}
