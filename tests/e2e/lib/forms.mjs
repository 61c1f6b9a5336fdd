// What a browser does with forms: a cookie jar of one host, the hidden fields of a page, and their sending.
import { request } from './http.mjs';
import { ok } from './tap.mjs';

export const HTML = { Accept: 'text/html' };

const unescaped = text => text.replaceAll('&quot;', '"').replaceAll('&#39;', '\'').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** The fields that a page's form has already: {csrf, …}. */
export function fields_of(page) {
    const found = [...page.text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)];
    return Object.fromEntries(found.map(([, name, value]) => [name, unescaped(value)]));
}

export class Browser {
    constructor(site, headers = {}) {
        Object.assign(this, { site, headers, cookies: {} });
    }

    /** The header for what the jar holds. */
    cookie() {
        const pairs = Object.entries(this.cookies).map(([name, value]) => `${name}=${value}`);
        return pairs.length ? { Cookie: pairs.join('; ') } : {};
    }

    keep(answer) {
        for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
            if (value && !/Max-Age=0/.test(line)) this.cookies[name] = value;
            else delete this.cookies[name];
        }
        return answer;
    }

    async open(where, headers = {}) {
        const url = where.startsWith('http') ? where : `${this.site.url}${where}`;
        return this.keep(await request(url, { headers: { ...HTML, ...this.headers, ...this.cookie(), ...headers } }));
    }

    /** Sends a form as it is; `fields` is an object, or a text that is sent literally. */
    async send(where, fields, headers = {}) {
        const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
        return this.keep(await request(`${this.site.url}${where}`, { method: 'POST', body,
            headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...HTML, ...this.headers, ...this.cookie(), ...headers } }));
    }

    /** Opens the page, fills its form in and sends it. */
    async fill(where, fields) {
        const page = await this.open(where);
        const hidden = fields_of(page);
        ok(hidden.csrf, `${where} has no form: ${page.status} ${page.text.slice(0, 300)}`);
        return this.send(where.replace(/\?.*/, ''), { ...hidden, ...fields });
    }

    sign_in(name, password, where = '/login') { return this.fill(where, { name, password }); }

    /** Who the service takes it for. */
    async who() { return (await this.open('/login', { Accept: 'application/json' })).json; }
}
