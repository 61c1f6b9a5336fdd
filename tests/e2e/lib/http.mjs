// HTTP as the tests need it: nothing followed, nothing decoded, any bytes sent.
import http from 'node:http';

const PATIENCE_MS = 30000;
const agent = new http.Agent({ keepAlive: true, maxSockets: 200 });

/**
 * One request. `body`: an object becomes JSON; a string or Buffer is sent as it is.
 * Answers {status, headers, text, json}; json is undefined when the answer is none.
 */
export function request(url, { method = 'GET', headers = {}, body, path } = {}) {
    const bytes = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const all = { ...headers };
    const has = name => Object.keys(all).some(key => key.toLowerCase() === name);
    if (bytes !== undefined && !has('content-type')) all['Content-Type'] = 'application/json';
    if (bytes !== undefined && !has('content-length') && !has('transfer-encoding'))
        all['Content-Length'] = Buffer.byteLength(bytes);
    const options = { method, headers: all, agent, timeout: PATIENCE_MS };
    if (path !== undefined) options.path = path;
    return attempt(url, options, bytes);
}

/* A kept connection that the server closed in the very moment of sending is no answer: once more, on one of its own. */
function attempt(url, options, bytes) {
    return new Promise((resolve, reject) => {
        const sent = http.request(url, options, answer => {
            const parts = [];
            answer.on('data', part => parts.push(part));
            answer.on('error', reject);
            answer.on('end', () => {
                const text = Buffer.concat(parts).toString('utf8');
                resolve({ status: answer.statusCode, headers: answer.headers, text, json: parsed(answer, text) });
            });
        });
        sent.on('error', error => {
            if (sent.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code))
                resolve(attempt(url, { ...options, agent: false }, bytes));
            else reject(error);
        });
        sent.on('timeout', () => sent.destroy(new Error(`no answer within ${PATIENCE_MS} ms: ${options.method} ${url}`)));
        sent.end(bytes);
    });
}

function parsed(answer, text) {
    if (!/^application\/(problem\+)?json/.test(answer.headers['content-type'] ?? '')) return undefined;
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** Authorization headers. */
export const bearer = key => ({ Authorization: `Bearer ${key}` });
export const basic = pair => ({ Authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

export function close() {
    agent.destroy();
}
