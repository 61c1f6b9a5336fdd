// Requests that try to be taken for something else, and what they did. The same for each web server.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { equal, ok } from '../lib/tap.mjs';

/* Headers that some program somewhere takes for a name, a role or an address; and this one's own parameters. */
export const HEADERS = ['X-User', 'X_User', 'X.User', 'Remote-User', 'Remote_User', 'remote_user', 'REMOTE-USER', 'REMOTE_USER', 'Remote.User',
    'HTTP_REMOTE_USER', 'HTTP-REMOTE-USER', 'Redirect-Remote-User', 'REDIRECT_REMOTE_USER', 'X-Remote-User', 'X-Forwarded-User',
    'X-Authenticated-User', 'Auth-User', 'AUTH_USER', 'Auth_Type', 'Proxy', 'Script-Name', 'SCRIPT_NAME', 'Path-Info', 'REQUEST_METHOD',
    'Request-Uri', 'Query-String', 'Variable-REMOTE_USER', 'Variable-WEBQUOTA_PLAN', 'Variable-WEBQUOTA_SUBJECT', 'WEBQUOTA_SUBJECT',
    'WEBQUOTA-SUBJECT', 'WEBQUOTA_FEATURE', 'Webquota-Feature', 'WEBQUOTA_UNITS', 'WEBQUOTA_ROLE', 'WEBQUOTA_ANSWER', 'WEBQUOTA_MOUNT',
    'WEBQUOTA_SHARED_SECRET', 'Webquota-Shared-Secret', 'FCGI_ROLE', 'FCGI-Apache-Role', 'REDIRECT_WEBQUOTA_DECISION',
    'REDIRECT_WEBQUOTA_CHARGED', 'Redirect-Webquota-Charged'];
const ADDRESSES = ['X-Forwarded-For', 'X_Forwarded_For', 'Forwarded', 'X-Real-IP', 'Client-IP', 'True-Client-IP', 'CF-Connecting-IP',
    'Remote-Addr', 'REMOTE_ADDR', 'Remote.Addr', 'HTTP_REMOTE_ADDR', 'X-Originating-IP', 'X-Cluster-Client-IP'];
const NAMES = ['admin', 'pro', '', ' ', 'admin, admin', 'user:admin', '"admin"', 'admin\xe9', '../admin', `admin${'x'.repeat(3000)}`];
const IPS = ['10.9.8.7', '::1', '2001:db8::1', 'for=10.9.8.7;proto=https', 'unknown', '127.0.0.1, 10.9.8.7'];

/** Each header with one value, and with all of them one after the other. */
export const CLAIMS = [...HEADERS.flatMap(name => [{ [name]: 'admin' }, { [name]: NAMES }]),
    ...ADDRESSES.flatMap(name => [...IPS.map(address => ({ [name]: address })), { [name]: IPS }])];
export const ALL_AT_ONCE = Object.fromEntries([...HEADERS, ...ADDRESSES].map(name => [name, ['admin', 'pro']]));

/* Everything that somebody might write instead of /APP/NAME. */
export const spellings = (name, app = 'app') => [`/${app}/${name}`, `/${app}//${name}`, `//${app}/${name}`, `/${app}/%${name.charCodeAt(0).toString(16)}${name.slice(1)}`,
    `/${app}/./${name}`, `/./${app}/${name}`, `/${app}/x/../${name}`, `/${app}/%2e/${name}`, `/${app}/x/%2e%2e/${name}`, `/${app}/.%2E/${app}/${name}`,
    `/quota/../${app}/${name}`, `/${app}/../${app}/${name}`, `/${app}%2f${name}`, `/${app}/%2F${name}`, `/${app}/${name}/`, `/${app}/${name}//`,
    `/${app}/${name}/.`, `/${app}/${name}/..`, `/${app}/${name}/extra`, `/${app}/${name}?x`, `/${app}/${name}?`, `/${app}/${name}??`, `/${app}/${name}?a=/${app}/`,
    `/${app}/${name}%3Fx`, `/${app}/${name}#x`, `/${app}/${name}%23`, `/${app}/${name.toUpperCase()}`, `/${app.toUpperCase()}/${name}`, `/${app}/${name};x=1`, `/${app};x/${name}`,
    `/${app}/${name}%3b`, `/${app}/${name}%20`, `/${app}/${name}%0a`, `/${app}/${name}%0d%0a`, `/${app}/${name}%00`, `/${app}/${name}%00.html`, `/${app}/${name}%09`,
    `/${app}/${name}.`, `/${app}/${name}.cgi`, `/${app}/\\${name}`, `/${app}/%5c${name}`, `/${app}/%25${name.charCodeAt(0).toString(16)}${name.slice(1)}`,
    `/${app}/%c1%a7${name.slice(1)}`, `/${app}/%u0067${name.slice(1)}`, `/${app}/${name}%ff`, `/${app}.cgi/${name}`, `/${app}/${app}.cgi/${name}`, `/${name}`];

/* What environment.cgi tells, as an object. */
export const environment = answer => Object.fromEntries(answer.text.split('\n').filter(line => line.includes('='))
    .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));

/** A signed assertion among other cookies. */
export const cookie = assertion => ({ Cookie: `theme=dark; webquota_identity=${assertion}` });

/** Compares what the example application did with what was charged. */
export class Watch {
    constructor(front) {
        this.front = front;
        this.count = 0;
    }

    /** `send_it` sends a request whose text is the mark it is given. Answers {answer, saved, charged}. */
    async send(what, send_it) {
        const mark = `entry-${++this.count}-${process.pid}`, book = `${this.front.desk}/saved.txt`;
        const before = await this.front.decisions("outcome = 'allowed'");
        const answer = await send_it(mark);
        const charged = await this.front.decisions("outcome = 'allowed'") - before;
        const saved = (existsSync(book) ? readFileSync(book, 'utf8') : '').split('\n').filter(line => line.includes(mark));
        ok(saved.length <= charged, `${what}: done ${saved.length} times, charged ${charged} times (${answer.status})`);
        return { answer, saved, charged };
    }
}

/** The server names the feature of /environment/named: in every spelling that a program takes for it. `send` answers what the
 *  program saw, {where, charged}; undefined where it saw nothing. */
export async function named_in_every_spelling(send) {
    let count = 0;
    for (const where of spellings('named', 'environment')) {
        const saw = await send(where);
        if (!saw || path.posix.normalize(saw.where) !== '/environment/named') continue;
        equal(saw.charged, 'add_solution', where);
        count++;
    }
    ok(count >= 8, `only ${count} spellings led there: nothing was tried`);
}
