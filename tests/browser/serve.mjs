// A tiny web server for rendered pages: the folder's NAME.html as /NAME, the project's static files under any
// mount, and the headers that the real program sends. `answers` may replace what an address gives.
import http from "node:http";
import fs from "node:fs/promises";
import path from "node:path";

export const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
  "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const TYPES = { ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".html": "text/html; charset=utf-8" };

const fileFor = (url, pages, assets) => {
  const place = url.pathname.match(/\/static\/([\w.-]+)$/);
  return place ? path.join(assets, place[1]) : path.join(pages, `${path.basename(url.pathname)}.html`);
};

export const serve = async (pages, assets) => {
  const answers = new Map();
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    if (url.searchParams.has("wait")) return; // nothing changes here: the real program holds its answer, too
    const given = answers.get(url.pathname);
    try {
      const file = fileFor(url, pages, assets);
      const body = given?.body ?? (await fs.readFile(file));
      response.writeHead(given?.status ?? 200, {
        "Content-Type": given?.type ?? TYPES[path.extname(file)],
        "Content-Security-Policy": POLICY,
        "Cache-Control": given?.kept || file.startsWith(assets) ? "max-age=3600" : "no-store",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { origin: `http://127.0.0.1:${server.address().port}`, answers, close: () => { server.close(); server.closeAllConnections(); } };
};
