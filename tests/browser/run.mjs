// run.mjs PAGES STATIC: opens every page that render_pages wrote, in a real browser under the real security
// policy, in every look that people use, and holds it to the project's bars. Prints "ok - ..." and
// "not ok - ..." lines; exits with 1 when anything is not.
import fs from "node:fs/promises";
import path from "node:path";
import zlib from "node:zlib";
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import * as checks from "./checks.mjs";
import { live } from "./live.mjs";
import { serve } from "./serve.mjs";

const require = createRequire(import.meta.url);
const run = promisify(execFile);
const [pages, assets] = process.argv.slice(2);
if (!assets) {
  console.error("usage: run.mjs PAGES STATIC");
  process.exit(2);
}

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const ARGUMENTS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const AXE = "/axe.min.js";
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 320, height: 800 };
const ZOOMED = { width: 320, height: 256 }; // 1280 by 1024 at 400 percent
// axe is asked about the whole document in the first look; at the other width again where other elements are seen there, and where not,
// about sizes only; at the zoom, which has that width, where other places are taken. Everything else is asked in every look.
const LOOKS = [
  { name: "light", size: WIDE, media: { colorScheme: "light", forcedColors: "none" } },
  { name: "dark", size: WIDE, media: { colorScheme: "dark", forcedColors: "none" } },
  { name: "forced colours", size: WIDE, media: { colorScheme: "dark", forcedColors: "active" } },
  { name: "forced colours, 320 px", size: NARROW, media: { colorScheme: "dark", forcedColors: "active" } },
  { name: "dark, 320 px", size: NARROW, media: { colorScheme: "dark", forcedColors: "none" } },
  { name: "light, 320 px", size: NARROW, media: { colorScheme: "light", forcedColors: "none" } },
  { name: "400 % zoom", size: ZOOMED, media: { colorScheme: "light", forcedColors: "none" } },
];
const RULES = {
  light: async (page, seen) => ((seen.wide = await checks.shown(page)), "all"),
  "light, 320 px": async (page, seen) => ((seen.narrow = await checks.places(page)), (await checks.shown(page)) === seen.wide ? "sizes" : "all"),
  "400 % zoom": async (page, seen) => ((await checks.places(page)) === seen.narrow ? null : "sizes"),
};

let failures = 0;
const tell = (name, wrong) => {
  if (wrong.length > 0) failures++;
  console.log(`${wrong.length > 0 ? "not ok" : "ok"} - ${name}`);
  for (const line of wrong) console.log(`  # ${line}`);
};

// `seen`: what the looks before found, of this page.
const inLook = async (page, look, seen) => {
  const { width, height } = page.viewportSize();
  const fits = width === look.size.width && height === look.size.height;
  await Promise.all([fits || page.setViewportSize(look.size), page.emulateMedia(look.media)]);
  const rules = (await RULES[look.name]?.(page, seen)) ?? null;
  const wrong = await checks.look(page, rules, look.media.forcedColors === "none");
  return wrong.map((line) => `${look.name}: ${line}`);
};

const printed = async (page) => {
  await page.emulateMedia({ media: "print", colorScheme: "dark", forcedColors: "none" });
  const wrong = await page.evaluate(() => [
    ...(document.querySelector("main").checkVisibility() ? [] : ["print: the content is not there"]),
    ...([...document.querySelectorAll("nav, button")].some((one) => one.checkVisibility()) ? ["print: controls are printed"] : []),
    ...(getComputedStyle(document.body).backgroundColor === "rgb(255, 255, 255)" ? [] : ["print: the paper is not white"]),
  ]);
  await page.emulateMedia({ media: null });
  return wrong;
};

// What a page must not do: complain, fail, run what came with the data, ask another host.
const listen = (page, origin, noise) => {
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && noise.push(message.text()));
  page.on("pageerror", (error) => noise.push(String(error)));
  page.on("dialog", (dialog) => { noise.push("a script of the data ran"); dialog.dismiss(); });
  page.on("request", (request) => request.url().startsWith(origin) || noise.push(`asks ${request.url()}`));
};

const checkPage = async (page, origin, name, noise) => {
  noise.length = 0;
  await Promise.all([page.setViewportSize(WIDE), page.emulateMedia(LOOKS[0].media)]);
  await page.goto(`${origin}/${name}`);
  await page.addScriptTag({ url: AXE });
  const seen = {};
  const wrong = [...(await checks.keyboard(page)), ...(await checks.meters(page))];
  for (const look of LOOKS) wrong.push(...(await inLook(page, look, seen)));
  wrong.push(...(await printed(page)), ...noise);
  tell(`${name}: in ${LOOKS.length} looks, by keyboard, on paper`, wrong);
};

const sizes = async (names) => {
  const wrong = [];
  const sets = new Set();
  const ask = (what, bytes, most) => bytes > most && wrong.push(`${what} has ${bytes} bytes of at most ${most}`);
  for (const name of names) {
    const html = await fs.readFile(path.join(pages, `${name}.html`));
    ask(`${name} compressed`, zlib.gzipSync(html).length, 14 * 1024);
    if (/\sstyle=|<style|\son\w+="|<script(?! src=)/.test(html.toString().replaceAll(/"[^"]*"/g, '""')))
      wrong.push(`${name} has inline style or script`);
    sets.add([...html.toString().matchAll(/static\/([a-z]+\.css)/g)].map((found) => found[1]).join(" "));
  }
  // All that one page loads; users' pages have forms where there is a token for them, which some states have not.
  for (const set of sets.add("style.css usage.css form.css").add("style.css form.css admin.css")) {
    const loaded = await Promise.all(set.split(" ").map((name) => fs.stat(path.join(assets, name))));
    ask(set, loaded.reduce((sum, file) => sum + file.size, 0), 10 * 1024);
  }
  ask("widget.css", (await fs.stat(path.join(assets, "widget.css"))).size, 3 * 1024);
  for (const name of names.filter((one) => one.startsWith("widget-"))) ask(name, (await fs.stat(path.join(pages, `${name}.html`))).size, 2 * 1024);
  for (const script of ["live.js", "queue.js", "back.js"]) ask(script, (await fs.stat(path.join(assets, script))).size, 4 * 1024);
  tell("sizes, and nothing inline", wrong);
};

// The Nu HTML checker; its findings come on standard output, its exit code is not of interest.
const valid = async (files) => {
  const jar = require.resolve("vnu-jar/build/dist/vnu.jar");
  const options = ["--format", "json", "--stdout", "--exit-zero-always", "--also-check-css", "--also-check-svg"];
  const { stdout } = await run("java", ["-Xss4m", "-XX:TieredStopAtLevel=1", "-jar", jar, ...options, ...files], { maxBuffer: 1 << 26 });
  const wrong = JSON.parse(stdout).messages.filter((one) => one.type !== "info" || one.subType === "warning");
  tell(
    `Nu: ${files.length} files are valid`,
    wrong.map((one) => `${path.basename(one.url ?? "")}:${one.lastLine ?? ""}: ${one.message} ${one.extract ?? ""}`),
  );
};

// Two pages at a time: one is drawn while the other is looked at.
const checkAll = async (browser, server, names) => {
  const axe = await fs.readFile(require.resolve("axe-core/axe.min.js"));
  server.answers.set(AXE, { body: axe, type: "text/javascript", kept: true });
  const waiting = [...names];
  const worker = async () => {
    const context = await browser.newContext({ viewport: WIDE });
    context.setDefaultNavigationTimeout(120_000); // nothing is asked about time here
    const page = await context.newPage();
    const noise = [];
    listen(page, server.origin, noise);
    for (let name = waiting.shift(); name; name = waiting.shift()) await checkPage(page, server.origin, name, noise);
    await context.close();
  };
  await Promise.all([worker(), worker()]);
};

const names = (await fs.readdir(pages)).filter((file) => file.endsWith(".html")).map((file) => file.slice(0, -5)).sort();
const server = await serve(pages, assets);
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS.split(" ") });
try {
  if (names.length === 0) tell("there are pages", ["none"]);
  await sizes(names);
  const validity = valid([...names.map((name) => path.join(pages, `${name}.html`)), ...["style.css", "usage.css", "form.css", "admin.css", "widget.css", "icon.svg"].map((name) => path.join(assets, name))]);
  await checkAll(browser, server, names);
  await validity;
  await live(browser, server, pages, tell);
} catch (error) {
  tell("everything could be looked at", [error.stderr ?? String(error)]);
} finally {
  await browser.close();
  server.close();
}
process.exit(failures > 0 ? 1 : 0);
