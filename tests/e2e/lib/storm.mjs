// What an abuser does to a site, in a process of its own and behind everybody else's in priority, as if on another machine:
//   node storm.mjs aborted|refused URL KEY CONNECTIONS
// `aborted` opens connections, sends a request or a part of it, and resets them; `refused` repeats a call that is refused as
// fast as the connections allow. Goes on until its input ends, then says what it did as one line of JSON.
import { connect } from 'node:net';
import os from 'node:os';

const [kind, address, key, connections] = process.argv.slice(2);
const url = new URL(address);
const counts = {};
let stopped = false;
os.setPriority(os.constants.priority.PRIORITY_LOW);

const count = what => { counts[what] = (counts[what] ?? 0) + 1; };

function bytes(method, where, body = '') {
    return Buffer.from(`${method} ${url.pathname}${where} HTTP/1.1\r\nHost: ${url.host}\r\nAuthorization: Bearer ${key}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
}

const consume = subject => bytes('POST', '/api/v1/consume', JSON.stringify({ subject, feature: 'full' }));
const document = bytes('GET', '/api/v1/openapi.json');

/* name, what is sent, whether to wait for the first bytes of the answer */
const ABORTS = [
    ['in the headers', consume('gone').subarray(0, 60), false],
    ['in the body', consume('gone').subarray(0, -5), false],
    ['before the answer', consume('gone'), false],
    ['in the answer', document, true],
];

function abort([name, sent, waits]) {
    return new Promise(resolve => {
        const socket = connect(url.port, url.hostname);
        const end = what => { count(what); socket.resetAndDestroy(); resolve(); };
        socket.on('error', () => end('broken'));
        socket.on('connect', () => socket.write(sent, () => { if (!waits) end(name); }));
        socket.on('data', () => end(name));
    });
}

async function aborts(number) {
    for (let i = number; !stopped; i++) await abort(ABORTS[i % ABORTS.length]);
}

/* The length of the answer that `text` begins with; 0 when it is not there to its end. */
function answer_length(text) {
    const head = text.indexOf('\r\n\r\n');
    const length = head < 0 ? undefined : /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head));
    const end = length ? head + 4 + Number(length[1]) : 0;
    return text.length >= end ? end : 0;
}

/* One connection after the other, since a server ends each after so many requests. */
function refusals() {
    return new Promise(resolve => {
        const call = consume('full');
        const socket = connect(url.port, url.hostname, () => socket.write(call));
        let text = '';
        socket.on('data', data => {
            text += data.latin1Slice();
            const end = answer_length(text);
            if (!end) return;
            count(text.slice(9, 12));
            text = text.slice(end);
            if (stopped) socket.destroy();
            else socket.write(call);
        });
        socket.on('error', () => count('broken'));
        socket.on('close', () => resolve(stopped ? undefined : refusals()));
    });
}

process.stdin.on('end', () => { stopped = true; }).resume();
const work = { aborted: aborts, refused: refusals }[kind];
await Promise.all(Array.from({ length: Number(connections) }, (_, i) => work(i)));
console.log(JSON.stringify(counts));
