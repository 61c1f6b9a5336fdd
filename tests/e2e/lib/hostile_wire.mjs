// What 34-hostile.mjs sends over a connection of its own, byte by byte: request lines, addresses, hosts, headers, lengths,
// chunks and requests within requests: [what, bytes, status]. Most is refused by the web server, and must stay so.

const SMUGGLED = '{"subject":"smuggled","feature":"call"}';
const GOOD = '{"subject":"wire","feature":"call"}';
const long = (count, letter = 'a') => letter.repeat(count);
const HEALTH = 'GET /quota/healthz HTTP/1.1';

/* Addresses: [target, status], asked for with GET. */
const TARGETS = [
    /* the same place in other words */
    ...['//quota//healthz', '/quota/healthz/', '/quota/healthz//', '/quota/./healthz', '/quota/x/../healthz',
        '/quota/%2e/healthz', '/quota/..%2fquota/healthz', '/quota%2fhealthz', '/%71uota/healthz',
        '/quota/healthz?', '/quota/healthz#x', '/quota/healthz?%', '/quota/healthz??', '/quota/healthz?a=%zz',
            'http://x/quota/healthz', 'https://x/quota/healthz',
        '/../../quota/healthz', '/quota/healthz?<script>alert(1)</script>', `/quota/healthz?${long(6000)}`,
            `/quota/healthz?${long(3000, 'a&')}`].map(target => [target, 200]),
    /* other places, where nothing is */
    ...['/QUOTA/healthz', '/quota/HEALTHZ', '/quota/%2e%2e/healthz', '/quota/healthz%20', '/quota/healthz;x=1',
        '/quota/healthz%3fx', '/quota/healthz%23', '/quota/\\healthz', '/quota/%5chealthz',
        '/quota/%', '/quota/%zz', '/quota/%u0068ealthz', '/quota/%2568ealthz', '/quota/healthz.', '/quota/healthz/x',
            '/quota/api/v2/features', '/quota/api/v1', '/quota/api', '/quota/admins',
        '/quota/.git/config', '/quota/.env', '/quota/wp-login.php', '/quota/<script>alert(1)</script>',
            '/quota/%3cscript%3ealert(1)%3c/script%3e', '/quota/"><img src=x onerror=alert(1)>', '/quota/{{{who}}}',
        '/quota/limit/', '/quota/limit/nothing', '/quota/limit/<script>alert(1)</script>', "/quota/limit/'%20or%20'1'='1",
            '/quota/limit/call/x', `/quota/${long(2000)}`, `/quota/limit/${long(1900)}`,
        '/quota/a b', '/quotas/healthz', '/quota.bak', '/etc/passwd'].map(target => [target, 404]),
    /* out of the folder */
    ...['/quota/../../../../etc/passwd', '/../../etc/passwd', '/quota/static/../../../etc/passwd',
        '/quota/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd', '/quota/static/..%2f..%2f..%2fetc%2fpasswd',
        '/quota/static/%252e%252e/x', '/quota/static/..%5c..%5cetc%5cpasswd', '/quota/static/..;/x',
            '/quota/static/nothing', '/quota/static//etc/passwd', '/quota/static/.../x',
        '/app/../../../etc/passwd', '/quota/static/../style.css',
            '/quota/static/../../src/web/router.c'].map(target => [target, 404]),
    ['/quota/static/', 403], ['/quota/static/style.css/x', 200],
    /* no UTF-8, which fits no condition of lighttpd's */
    ...['/quota/%ed%a0%80', '/quota/%f4%90%80%80', '/quota/%e0%80%af', '/app/%ed%a0%80', '/app/%c3'].map(target => [target,
        403]),
    /* no addresses */
    ...['/quota/healthz%00', '/quota/healthz%00.html', '/quota/static/style.css%00.txt', '/quota/healthz%0a',
        '/quota/healthz%0d%0aX-Injected:%201', '/quota/healthz%09', '/quota/healthz%7f', '/quota/healthz%1b',
        '/quota/healthz%ff', '/quota/healthz%c0%af', '/quota/%c0%ae%c0%ae/healthz', '/quota/%e2%80%ae', '/quota/%e2%80%a8',
            '/quota/%c2%85', '/quota/%ef%bb%bf',
        '/quota/healthz?a=%00', '/quota/healthz?x=%ff', '/quota/?x=%c0%af', '/quota/api/v1/features?%ff',
            '/quota/api/v1/features?x=%ed%a0%80', '/quota/\x01', '/quota/\x7f', '/quota/\t',
        `/quota/${long(2100)}`, `/quota/api/v1/${long(2100)}`, `/quota/${long(7000)}`,
            `/quota/${long(2300, '/')}x`.replace(/x$/, long(2100)), 'http://evil/quota/healthz', 'ftp://x/quota/healthz',
            'file:///etc/passwd', 'quota/healthz', '*', '', '?',
        'http://', 'x:1'].map(target => [target, 400]),
    [`/quota/${long(9000)}`, 431], [`/quota/healthz?${long(9000)}`, 431],
];

const HOSTS = [
    ...['', 'Host: x\r\nHost: y\r\n', 'Host:\r\n', 'Host:  \r\n', 'Host: a b\r\n', 'Host: x/y\r\n', 'Host: ..\r\n',
        'Host: <script>alert(1)</script>\r\n', 'Host: x"y\r\n', 'Host: x:99999999\r\n', 'Host: x:abc\r\n',
        'Host: x:80:80\r\n',
        'Host: a@b\r\n', 'Host: [::1\r\n', 'Host: [zz]\r\n', 'Host: a,b\r\n', 'Host: a\0b\r\n', 'Host: a\x01b\r\n',
            'Host: \xe9\r\n', 'Host: a#b\r\n', 'Host: a?b\r\n', 'Host: a%00b\r\n', 'Host: a_b\r\n', 'Host: a\\b\r\n',
            "Host: a'--\r\n",
        `Host: ${long(5000)}\r\n`, 'Host: x\r\n y\r\n', 'Host : x\r\n'].map(host => [host, 400]),
    ...['Host: evil.example\r\n', 'Host: x\r\nHost: x\r\n', 'Host: [::1]\r\n', 'Host: 127.0.0.1:1\r\n',
        'Host: X.EXAMPLE.\r\n', 'Host: x\r\nX-Forwarded-Host: evil.example\r\n',
        'Host: x\r\nX-Host: <script>alert(1)</script>\r\n',
        'Host: x\r\nForwarded: host="evil.example"\r\n', 'Host: x\r\nX-Original-URL: /quota/healthz\r\n',
            'Host: x\r\nX-Forwarded-Prefix: //evil.example\r\n'].map(host => [host, 200]),
];

const LINES = [
    ...['GET /quota/healthz', 'GET /quota/healthz ', 'GET /quota/healthz http/1.1', 'GET /quota/healthz HTTP/1.10',
        'GET /quota/healthz HTTP/1.1x', 'GET\t/quota/healthz\tHTTP/1.1', 'GET  /quota/healthz  HTTP/1.1',
        'GET /quota/\0healthz HTTP/1.1', 'GET /quota/healthz\rHTTP/1.1', 'GET', '\x16\x03\x01\x02\x00\x01',
            '{"subject":"wire"}', 'SSH-2.0-x', '\r\n\r\nGET /quota/healthz HTTP/1.1'].map(line => [line, 400]),
    ...['GET /quota/healthz HTTP/1.2', 'GET /quota/healthz HTTP/2.0', 'GET /quota/healthz HTTP/9.9',
        'GET /quota/healthz HTTP/0.9', 'GET /quota/healthz HTTP/01.1', 'PRI * HTTP/2.0'].map(line => [line, 505]),
    [' GET /quota/healthz HTTP/1.1', 501], [`${long(300, 'A')} /quota/healthz HTTP/1.1`, 501],
        ['GET/ /quota/healthz HTTP/1.1', 501], ['get /quota/healthz HTTP/1.1', 501], ['GET\0 /quota/healthz HTTP/1.1', 501],
    ['OPTIONS * HTTP/1.1', 200],
];

const HEADERS = [
    [`X: ${long(9000)}\r\n`, 431], [Array.from({ length: 1000 }, (_, i) => `X-${i}: 1\r\n`).join(''), 431],
        [Array.from({ length: 100 }, (_, i) => `X-${i}: 1\r\n`).join(''), 200], [`${long(9000)}: x\r\n`, 431],
    ...['X: a\0b\r\n', 'X: a\x01b\r\n', 'X: a\rb\r\n', 'Xab\r\n', ': x\r\n', 'X y: 1\r\n', 'X : 1\r\n', 'X\xe9: 1\r\n',
        'X\0: 1\r\n', 'X: \x7f\r\n', 'X(: 1\r\n', '\r: 1\r\n'].map(line => [line, 400]),
    ...['X: a\r\n b\r\n', 'X: \xff\xfe\r\n', 'X:\r\n', 'Cookie:\r\n', `Cookie: webquota_identity=${long(7000)}\r\n`,
        'Cookie: ;;;===;;\r\n', 'Cookie: webquota_identity\r\n', 'Cookie: webquota_identity="v1.x.y"\r\n',
        'Cookie: webquota_identity=<script>alert(1)</script>\r\n', "Cookie: webquota_identity=' or '1'='1\r\n",
            'Cookie: webquota_identity=v1..\r\n', 'Cookie: webquota_identity=v1.\xff.\xff\r\n', 'Expect: 100-continue\r\n',
            'Expect: magic\r\n',
        'Upgrade: h2c\r\nHTTP2-Settings: x\r\n', 'Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n', 'TE: trailers\r\n',
            'If-Modified-Since: never\r\n', 'If-None-Match: *\r\n', 'If-Match: "x"\r\n', 'Range: lines=1-2\r\n',
        'Referer: javascript:alert(1)\r\n', 'Referer: http://x/"><img src=x onerror=alert(1)>\r\n',
            'Referer: http://x/<script>alert(1)</script>\r\n', 'Referer: http://x//evil.example\r\n',
            'Referer: http://x\\evil.example/\r\n', 'Referer: //x\r\n',
        'User-Agent: <script>alert(1)</script>\r\n', "User-Agent: ${jndi:ldap://x}' or 1=1 --\r\n",
            'Accept-Language: ../../etc/passwd\r\n', 'Content-Type: <script>\r\n',
            'Connection: close, Host, Cookie\r\n'].map(line => [line, 200]),
];

/* Lengths of a body of GOOD: [headers, what follows, status]. */
const exact = `Content-Length: ${GOOD.length}\r\n`;
const hex = GOOD.length.toString(16);
const LENGTHS = [
    ...['-1', 'abc', '0x20', '+35', '35.0', '3e1', '35, 35', '35, 36', '99999999999999999999999', '9223372036854775808',
        '35\0', '35 36', "35'", '\xb3\xb5'].map(length => [`Content-Length: ${length}\r\n`, GOOD, 400]),
    [exact + exact, GOOD, 400], [`${exact}Content-Length: 5\r\n`, GOOD, 400], [`Content-Length : ${GOOD.length}\r\n`, GOOD,
        400], ['', GOOD, 411], ['Content-Length:\r\n', GOOD, 411], [`Content_Length: ${GOOD.length}\r\n`, GOOD, 411],
    ['Content-Length: 2000000\r\n', GOOD, 413], ['Content-Length: 9223372036854775807\r\n', GOOD, 413],
        ['Content-Length: 0\r\n', '', 400], ['Content-Length: 5\r\n', GOOD, 400], ['Content-Length: 34\r\n', GOOD, 400],
    [`Transfer-Encoding: chunked\r\n${exact}`, `${hex}\r\n${GOOD}\r\n0\r\n\r\n`, 400],
        [`${exact}Transfer-Encoding: chunked\r\n`, GOOD, 400],
    ...['identity', 'gzip, chunked', 'xchunked', 'chunked, chunked', 'chunked, identity', 'chunked\x0b', '"chunked"',
        'chunked;q=1'].map(how => [`Transfer-Encoding: ${how}\r\n`, `${hex}\r\n${GOOD}\r\n0\r\n\r\n`, how.includes('\x0b')
        ? 400 : 501]),
    [`Transfer-Encoding : chunked\r\n`, `${hex}\r\n${GOOD}\r\n0\r\n\r\n`, 400], [`Transfer_Encoding: chunked\r\n`,
        `${hex}\r\n${GOOD}\r\n0\r\n\r\n`, 411], ['X: y\r\n Transfer-Encoding: chunked\r\n',
        `${hex}\r\n${GOOD}\r\n0\r\n\r\n`, 411],
    ...['zz', '-1', '+23', '0x23', 'ffffffffffffffff', '10000000000000000', '', ' ', '22', '10',
        `${hex};${long(9000)}`].map(size => ['Transfer-Encoding: chunked\r\n', `${size}\r\n${GOOD}\r\n0\r\n\r\n`, 400]),
    ['Transfer-Encoding: chunked\r\n', `${hex}\n${GOOD}\n0\n\n`, 400], ['Transfer-Encoding: chunked\r\n', '0\r\n\r\n', 400],
        ['Transfer-Encoding: chunked\r\n', `${hex}\r\n${GOOD}xx0\r\n\r\n`, 400],
];

/* A second request hidden in the first, to be taken for its body by one and for a request by another. None may ever be run.
 * [how, status before /consume, status before an address that knows no POST] */
const consume = (key, connection) => `POST /quota/api/v1/consume HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\n` +
    `Authorization: Bearer ${key}\r\nContent-Type: application/json\r\n`;
const inner = key => `${consume(key, 'close')}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`;
const SHELLS = [
    [(next) => `Content-Length: ${next.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${next}`, 400],
        [(next) => `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${next}`, 400],
    [(next) => `Content-Length: 0\r\nContent-Length: ${next.length}\r\n\r\n${next}`, 400],
        [(next) => `Content-Length: ${next.length}, 0\r\n\r\n${next}`, 400], [(next) => `Content-Length: +0\r\n\r\n${next}`,
        400],
    [(next) => `Content-Length: ${next.length}\r\nContent-Length : 0\r\n\r\n${next}`, 400],
        [(next) => `Content-Length: ${next.length}\r\nContent-Length\t: 0\r\n\r\n${next}`, 400],
        [(next) => `Content-Length: ${next.length}\r\n\r\n${next}`, 400, 405],
    [(next) => `Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n${next}`, 501],
        [(next) => `Transfer-Encoding:\x0bchunked\r\nContent-Length: ${next.length}\r\n\r\n${next}`, 400],
        [(next) => `X: y\rTransfer-Encoding: chunked\r\nContent-Length: ${next.length}\r\n\r\n${next}`, 400],
    [(next) => `X: y\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n${next}`, 400],
        [(next) => `Transfer-Encoding: chunked\r\n\r\n0\r\n${next}\r\n\r\n`, 400, 405],
        [(next) => `Transfer-Encoding: chunked\r\n\r\n${next.length.toString(16)}\r\n${next}\r\n0\r\n\r\n`, 400, 405],
    [(next) => `Transfer-Encoding: chunked\r\n\r\n5;\r\n{}   \r\n0\r\nX: ${next}`, 400, 405],
        [(next) => `Expect: 100-continue\r\nContent-Length: ${next.length}\r\n\r\n${next}`, 400, 405],
    [(next) => `Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${next}`, 501],
        [(next) => `Transfer-Encoding: identity, chunked\r\nContent-Length: ${next.length}\r\n\r\n${next}`, 501],
];

/** All of it, with an API key that could do everything: none of it may count anything. */
export function refused_bytes(key) {
    const post = consume(key, 'close'), kept = consume(key, 'keep-alive');
    const short = text => text.replace(key, 'KEY').slice(0, 70);
    return {
        addresses: TARGETS.map(([target, status]) => [short(target),
            `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: text/html\r\n\r\n`, status]),
        hosts: HOSTS.map(([host, status]) => [short(host),
            `GET /quota/ HTTP/1.1\r\n${host}Connection: close\r\nAccept: text/html\r\n\r\n`, status]),
        'request lines': LINES.map(([line, status]) => [short(line), `${line}\r\nHost: x\r\nConnection: close\r\n\r\n`,
            status]),
        headers: HEADERS.flatMap(([lines, status]) => ['/quota/', '/quota/healthz'].map(where => [short(lines),
            `GET ${where} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: text/html\r\n${lines}\r\n`, status])),
        'lengths of bodies': LENGTHS.map(([lines, body, status]) => [short(lines + body), `${post}${lines}\r\n${body}`,
            status]),
        'requests within requests': SHELLS.flatMap(([shell, status, other = status]) => [
            [short(shell('…')), kept + shell(inner(key)), status],
            [short(shell('…')), `${HEALTH.replace('GET', 'POST')}\r\nHost: x\r\n${shell(inner(key))}`, other]]),
    };
}

/** Requests with a body in odd but good form: each counts once. */
export function odd_but_good(key) {
    const post = consume(key, 'close');
    return [[`Content-Length: 00${GOOD.length}\r\n`, GOOD], [`Content-Length: ${GOOD.length} \r\n`, GOOD],
        [`Content-Length:\t${GOOD.length}\r\n`, GOOD], ['Transfer-Encoding:\tchunked\r\n', `${hex}\r\n${GOOD}\r\n0\r\n\r\n`],
        ['Transfer-Encoding: CHUNKED\r\n', `${hex}\r\n${GOOD}\r\n0\r\n\r\n`], ['Transfer-Encoding: chunked\r\n',
            `000${hex.toUpperCase()};a=b\r\n${GOOD}\r\n0\r\nContent-Length: 5\r\n\r\n`],
        ['Transfer-Encoding: chunked\r\n', `${[...GOOD].map(letter => `1\r\n${letter}\r\n`).join('')}0\r\n\r\n`],
            [`${exact}Expect: 100-continue\r\n`, GOOD]]
        .map(([lines, body]) => [lines.slice(0, 60), `${post}${lines}\r\n${body}`]);
}
