// Headers that claim to be somebody, in every spelling that comes to mind, made by rule and always the same; and a client
// that sends many of them over few connections.
import net from 'node:net';

/* What some program somewhere takes for a name, a role, an address or a parameter of its own. */
const WORDS = ['remote user', 'remote ident', 'remote name', 'remote', 'user', 'username', 'user name', 'user id', 'uid',
    'auth user', 'auth type', 'auth', 'authenticated user', 'authorization user',
    'authenticate', 'forwarded user', 'forwarded email', 'auth request user', 'real user', 'original user', 'login',
        'logname', 'subject', 'account', 'admin', 'role', 'roles', 'groups', 'scope', 'api key',
    'webquota subject', 'webquota user', 'webquota identity', 'webquota role', 'webquota plan', 'webquota key',
        'webquota shared secret', 'webquota mount', 'webquota answer', 'webquota feature', 'webquota decision',
    'fcgi role', 'fcgi apache role', 'fcgi params', 'script name', 'script filename', 'path info', 'path translated',
        'query string', 'request method', 'request uri', 'request scheme', 'document root', 'server name',
    'gateway interface', 'redirect status', 'redirect remote user', 'variable remote user', 'variable webquota subject',
        'ssl client s dn', 'ssl client s dn cn', 'client cert', 'client verify', 'jwt', 'id token', 'saml subject',
    'oidc claim sub', 'cas user', 'eppn', 'shib user', 'windows user', 'logon user', 'proxy', 'proxy user',
        'proxy remote user', 'identity', 'principal', 'sub', 'whoami', 'impersonate user', 'on behalf of', 'sudo'];
/* What some program takes for the address of a visitor. */
const ADDRESS_WORDS = ['remote addr', 'remote host', 'remote port', 'forwarded for', 'forwarded', 'real ip', 'client ip',
    'true client ip', 'cluster client ip', 'cf connecting ip', 'originating ip', 'original forwarded for', 'server addr'];
const PREFIXES = ['', 'http ', 'x ', 'redirect ', 'variable ', 'http x ', 'proxy ', 'cgi ', 'env '];
const JOINTS = ['-', '_', '.', '', '--', '__', '-_', '~', '+', '!'];
const CASES = {
    lower: part => part,
    upper: part => part.toUpperCase(),
    title: part => part[0].toUpperCase() + part.slice(1),
    mixed: part => [...part].map((letter, i) => i % 2 ? letter.toUpperCase() : letter).join(''),
};

/* Two small numbers from a text, so that not everything is combined with everything, but the same each time. */
const pick = text => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65521, 7);

/* All for the names that servers really set; of the others a part. */
const WHOLE = /^((http |redirect |x |variable |proxy |)remote user|(x |)(webquota subject|forwarded user|auth user)|proxy)$/;

/** Well-formed names: [{name, address}], each once. */
export function header_names() {
    const found = new Map();
    const add = (phrase, joint, style, address) => {
        if (!WHOLE.test(phrase) && pick(phrase + joint + style) % 5 !== 0) return;
        const name = phrase.split(' ').map(CASES[style]).join(joint);
        found.set(name, { name, address });
        if (pick(name) % 7 === 0)
            for (const odd of [`_${name}`, `${name}_`, `-${name}`, `${name}-`]) found.set(odd, { name: odd, address });
    };
    for (const word of [...WORDS, ...ADDRESS_WORDS])
        for (const prefix of PREFIXES)
            for (const joint of JOINTS)
                for (const style of Object.keys(CASES)) add(prefix + word, joint, style, ADDRESS_WORDS.includes(word));
    return [...found.values()];
}

/** What they claim; an administrator of the policy in several forms, or another address. */
const NAMES = ['admin', 'admin', 'pro', '"admin"', 'user:admin', 'admin, admin', 'Basic YWRtaW46', 'Bearer admin',
    'sub=admin', '{"sub":"admin"}', 'admin%0d%0aRemote-User:%20admin', 'CN=admin', 'anon:10.9.8.7', '1', ''];
const PLACES = ['10.9.8.7', '::1', '2001:db8::1', 'for=10.9.8.7;by=x', '127.0.0.1, 10.9.8.7', 'unknown', '127.0.0.2'];
export const claim = ({ name, address }) => address ? PLACES[pick(name) % PLACES.length] : NAMES[pick(name) % NAMES.length];

/* Lines that are no good headers, but that somebody might read as one. */
const LINES = [name => `${name} : admin`, name => `${name}\t: admin`, name => ` ${name}: admin`, name => `\t${name}: admin`,
    name => `X: y\r\n ${name}: admin`, name => `X: y\r\n\t${name}: admin`, name => `X: y\r${name}: admin`,
    name => `X: y\n${name}: admin`, name => `X: y\n\r${name}: admin`, name => `X: y\0\r\n${name}: admin`,
        name => `${name}\0: admin`, name => `${name}`, name => `${name}=admin`, name => `${name};admin`,
        name => `: ${name}: admin`,
    name => `${name}:: admin`, name => `${name}: admin\0`, name => `${name}: admin\r`, name => `${name}: admin\x0b`,
        name => `${name}\x00\x05admin`, name => `"${name}": admin`, name => `(${name}): admin`, name => `${name}[]: admin`,
        name => `\x0b\x05${name}admin`,
    name => `${name}: admin\r\n${name}: admin`, name => `${name}: x\r\n${name}: admin`, name => `${name}:admin`,
        name => `${name}:\tadmin\t`, name => `${name}:\r\n admin`, name => `X\r\n: y\r\n${name}: admin`,
        name => `X: ${'y'.repeat(7000)}\r\n${name}: admin`,
    name => `${'A'.repeat(200)}${name}: admin`, name => `\x08${name}: admin`, name => `\x7f${name}: admin`,
        name => `\xef\xbb\xbf${name}: admin`, name => `${name}\x85: admin`, name => `${name}\xa0: admin`,
        name => `\\${name}: admin`, name => `%52${name.slice(1)}: admin`,
    name => `${name}: admin\r\nConnection: ${name}`, name => `Connection: ${name}, Authorization\r\n${name}: admin`,
        name => `${name.slice(0, 3)}\r\n ${name.slice(3)}: admin`];
/* Letters that look like others, or become them in upper case. */
const ALIKE = [['e', 'е'], ['o', 'о'], ['u', 'ü'], ['r', 'ｒ'], ['s', 'ſ'], ['i', 'ı'], ['k', '\u212a'], ['_', '＿'],
    ['-', '‐'], ['-', '\u2011'], ['-', '\u00ad'], ['-', '\u00a0'], ['_', '\u200b_'], ['e', 'e\u0301']];
const TARGETS = ['Remote-User', 'REMOTE_USER', 'HTTP_REMOTE_USER', 'X-Remote-User', 'X-Webquota-Subject',
    'WEBQUOTA_SUBJECT', 'Proxy-User', 'X-Forwarded-User', 'AUTH_USER', 'Redirect_Remote_User', 'WEBQUOTA_ROLE',
    'Fcgi-Apache-Role', 'Remote_Ident', 'Auth-Type', 'Proxy', 'Authorization', 'Proxy-Authorization', 'X-Real-User',
        'Sec-User', 'User'];

export function malformed_lines() {
    const alike = TARGETS.flatMap(name => ALIKE.filter(([from]) => name.toLowerCase().includes(from)).flatMap(([from,
        to]) => {
        const at = name.toLowerCase().indexOf(from);
        return [Buffer.from(`${name.slice(0, at)}${to}${name.slice(at + from.length)}: admin`).toString('latin1')];
    }));
    return [...TARGETS.flatMap(name => LINES.map(line => line(name))), ...alike];
}

const base64 = text => Buffer.from(text).toString('base64');
/** Authorization of somebody without what proves it. */
export const AUTHORIZATIONS = ['admin', 'Admin', 'Bearer', 'Bearer ', 'Bearer admin', 'bearer admin', 'BEARER wq_1_x',
    'Bearer wq_', 'Bearer v1.', 'Bearer v1.x.y', `Bearer v1.${base64('{"sub":"admin","exp":9999999999}')}.`,
    `Bearer v1.${Buffer.from('{"sub":"admin","exp":9999999999}').toString('base64url')}.${'A'.repeat(43)}`,
        `Bearer ${base64('{"alg":"none"}')}.${base64('{"sub":"admin"}')}.`, 'Token admin', 'Digest username="admin"',
        'Digest username="admin", response="x"',
    'Negotiate YWRtaW4=', 'NTLM TlRMTVNTUAABAAAA', 'OAuth admin', 'AWS4-HMAC-SHA256 Credential=admin', 'Hawk id="admin"',
        'Mutual user="admin"', 'ApiKey admin', 'Remote admin', 'None', '', ' ', ',', 'Bearer\tadmin', 'Bearer  v1.x.y',
        'Bearer,admin',
    `Basic${base64('admin:x')}`, `Basic\t${base64('admin:x')}`, 'user:admin', 'subject:admin', '\xff\xfe', 'Bearer \xff',
        `Bearer ${'x'.repeat(4000)}`];

/** Names with passwords that are not theirs, for HTTP Basic. */
export function wrong_passwords(name, password) {
    return [`${name}:wrong`, `${name}:`, `${name}`, `${name}:${password}x`, `${name}:${password.slice(1)}`,
        `${name}:${password.toUpperCase()}`, `${name.toUpperCase()}:${password}`, ` ${name}:${password}`,
        `${name} :${password}`, `${name}: ${password}`,
        `${name}::${password}`, `${name}\0:${password}`, `${name}:${password}\0`, `${name}:${password}\n`, `:${password}`,
            ':', `nobody:${password}`, `admin:${password}`, 'admin:admin', 'admin:', `${name}:$apr1$x$y`, `anon:127.0.0.1`,
            `anon\0:x`, `${name}:*`, `*:*`,
        `${name}' or '1'='1:x`, `${name}:' or '1'='1`, `${name}:${'x'.repeat(3000)}`, `${'x'.repeat(3000)}:${password}`,
            `../${name}:${password}`, `${name}/:${password}`, `${name}@host:${password}`, `\xff\xfe:x`];
}

/** Requests one after the other on kept connections, several under way on each. `texts`: whole requests without a body;
 *  answers [{status, text}] in their order; status 0 where a connection ended twice without one. Who is told that the
 *  machine is too busy (503) asks again. */
export async function send_all(url, texts, how = {}) {
    const answers = await send_once(url, texts, how);
    for (let i = 0; i < 5; i++) {
        const busy = [...answers.keys()].filter(at => answers[at].status === 503);
        if (busy.length === 0) break;
        const later = await send_once(url, busy.map(at => texts[at]), { connections: 1, depth: 1 });
        busy.forEach((at, place) => { answers[at] = later[place]; });
    }
    return answers;
}

function send_once(url, texts, { connections = 6, depth = 16 } = {}) {
    const answers = Array(texts.length), tries = Array(texts.length).fill(0);
    let next = 0;
    const again = [];
    const take = () => again.length > 0 ? again.shift() : next < texts.length ? next++ : undefined;
    const { hostname, port } = new URL(url);
    const connection = () => new Promise((resolve, reject) => {
        const socket = net.connect(Number(port), hostname), sent = [];
        let left = Buffer.alloc(0), ended = false;
        const fill = () => {
            const some = [];
            while (!ended && sent.length < depth) {
                const index = take();
                if (index === undefined) break;
                sent.push(index);
                some.push(texts[index]);
            }
            if (some.length > 0) socket.write(some.join(''), 'latin1');
            if (sent.length === 0) { ended = true; socket.end(); }
        };
        const read = () => {
            for (let answer = parse(left); answer && sent.length > 0; answer = parse(left)) {
                left = left.subarray(answer.bytes);
                answers[sent.shift()] = answer;
                if (answer.closes) ended = true;
            }
            if (!ended) fill();
        };
        socket.setNoDelay(true);
        socket.setTimeout(20000,
            () => socket.destroy(new Error(`no answer to ${JSON.stringify(texts[sent[0]]?.slice(0, 200))}`)));
        socket.on('connect', fill);
        socket.on('data', data => { left = Buffer.concat([left, data]); read(); });
        socket.on('error', error => { if (!['ECONNRESET', 'EPIPE'].includes(error.code)) reject(error); });
        socket.on('close', () => {
            /* What was sent after a request that ended the connection was not read; the first may have ended it itself. */
            sent.forEach((index, place) => {
                tries[index] += place === 0 && !ended ? 1 : 0;
                if (tries[index] < 2) again.push(index);
                else answers[index] = { status: 0, text: '' };
            });
            resolve();
        });
    });
    const worker = async () => { while (next < texts.length || again.length > 0) await connection(); };
    return Promise.all(Array.from({ length: connections }, worker)).then(() => answers);
}

/* The first whole answer in what was received: {status, text, bytes, closes}. */
function parse(bytes) {
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const head = bytes.toString('latin1', 0, end), status = Number(/^HTTP\/\S+ (\d+)/.exec(head)?.[1] ?? 0);
    const length = /^content-length: *(\d+)/im.exec(head), chunked = /^transfer-encoding: *chunked/im.test(head);
    let stop = end + 4 + Number(length?.[1] ?? 0);
    if (chunked) {
        const last = bytes.indexOf('\r\n0\r\n\r\n', end);
        if (last < 0) return undefined;
        stop = last + 7;
    }
    if (bytes.length < stop) return undefined;
    return { status, text: bytes.toString('utf8', 0, stop), bytes: stop, closes: /^connection: *close/im.test(head) };
}
