// What a browser does with forms: a cookie jar of one host, the hidden fields of a page, and their sending.
import { request } from './http.mjs';
import { PROGRAMS, run } from './site.mjs';
import { equal, ok, status, test, until } from './tap.mjs';

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

/**
 * Signing in with webquota itself through another web server: its pages know the session, and so does it before the application
 * (`guarded`; the feature is get_solution), until it ends.
 */
export async function session_checks(site, url, name, { words = '', guarded = true } = {}) {
    const password = 'correct horse battery';
    const pages = new Browser({ url: `${url}/quota` });
    const used = async () => (await site.usage(name)).get_daily?.used;
    const use = headers => request(`${url}/app/get_solution`, { method: 'POST', body: 'text=x',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers } });
    await test(`${words}signed in with webquota itself, one is known to the pages${guarded ? ', and before the application' : ''}`, async () => {
        const made = await run(`${PROGRAMS}/webquota`, ['account', 'add', name], { env: { DATABASE_URL: site.values.DATABASE_URL }, input: password });
        equal(made.code, 0, made.stderr);
        status(await pages.sign_in(name, 'not the password'), 403);
        equal(status(await pages.sign_in(name, password), 303).headers.location, '/quota/');
        equal(await pages.who(), { signed_in: true, subject: name, account: name, role: 'user' });
        if (!guarded) return;
        const before = await used();
        status(await use(pages.cookie()), 200);
        equal(await used(), before + 1, 'metered as who signed in');
        status(await use({ Cookie: `webquota_session=${'A'.repeat(43)}; webquota_identity=${pages.cookies.webquota_session}` }), 429, 'a visitor, who has used up all');
        equal(await used(), before + 1);
    });
    await test(`${words}and no longer, once signed out`, async () => {
        const kept = pages.cookie();
        equal(status(await pages.fill('/logout', {}), 303).headers.location, '/quota/login?out=1');
        equal((await new Browser({ url: `${url}/quota` }, kept).who()).signed_in, false);
        if (guarded) await until(async () => (await use(kept)).status === 429, 'every process knows it within a second', 3000);
    });
}
