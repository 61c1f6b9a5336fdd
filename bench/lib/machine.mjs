// What it was measured on, and with.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from '../../tests/e2e/lib/site.mjs';
import { FOLDER, PROGRAMS, ROOT, sql } from './stage.mjs';

async function first_line(program, words, pattern = /.*/) {
    const { stdout, stderr } = await run(program, words);
    return (pattern.exec(stdout + stderr)?.[0] ?? 'unknown').trim();
}

async function debian(name) {
    const { stdout } = await run('dpkg-query', ['-W', '-f', '${Version}', name]);
    return stdout.trim() || 'unknown';
}

const npm = name => {
    try {
        return JSON.parse(readFileSync(path.join(ROOT, 'bench/peers/node_modules', name, 'package.json'), 'utf8')).version;
    } catch {
        return 'not installed';
    }
};

async function commit() {
    const { code, stdout } = await run('git', ['-C', ROOT, 'rev-parse', '--short', 'HEAD']);
    if (code !== 0) return '';
    const changed = (await run('git', ['-C', ROOT, 'status', '--porcelain', '--untracked-files=no', 'src', 'sql', 'bench', 'templates'])).stdout;
    return ` (${stdout.trim()}${changed ? ', with changes that are not committed' : ''})`;
}

export async function machine() {
    const settings = ['fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size', 'data_checksums'];
    const values = await Promise.all(settings.map(one => sql('postgres', `show ${one}`)));
    const php = (await run('sh', ['-c', 'ls /usr/sbin/php-fpm*'])).stdout.trim().split('\n').pop();
    return {
        cpu: os.cpus()[0].model.trim(), cores: os.cpus().length, memory_gb: Math.round(os.totalmem() / 2 ** 30),
        kernel: `${os.type()} ${os.release()}`, system: /PRETTY_NAME="(.*)"/.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown',
        file_system: (await first_line('df', ['--output=fstype', FOLDER], /[^\n]*\n*$/)).trim(),
        versions: {
            webquota: await first_line(`${PROGRAMS}/webquota`, ['--version']) + await commit(),
            libfcgi: await debian('libfcgi0ldbl'), lighttpd: await first_line('/usr/sbin/lighttpd', ['-v']),
            PostgreSQL: await sql('postgres', 'show server_version'), wrk: await debian('wrk'), valgrind: await debian('valgrind'),
            'Node.js': process.version, 'rate-limiter-flexible': npm('rate-limiter-flexible'), pg: npm('pg'), ioredis: npm('ioredis'),
            Redis: await debian('redis-server'), PHP: php ? await first_line(php, ['-v']) : 'not installed',
            'php-redis': await debian('php-redis'), gcc: await first_line('gcc', ['--version']),
        },
        postgres: Object.fromEntries(settings.map((one, i) => [one, values[i]])),
    };
}
