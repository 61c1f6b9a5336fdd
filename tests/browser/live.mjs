// The one script: it brings the dashboard up to date, can be paused, says when it cannot, and keeps the focus.
// And without it the page has all that it needs. The clock is the browser's, moved by hand.
import fs from "node:fs/promises";
import path from "node:path";
import * as checks from "./checks.mjs";

const EVERY_MS = 20_000;

const open = async (browser, server, address) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(`${server.origin}${address}`);
  return { context, page };
};

// Lets one period pass; was the page asked for again?
const pass = async (page, address, expected = true) => {
  const asked = page.waitForResponse((response) => response.url().endsWith(address), { timeout: expected ? 5000 : 300 });
  await page.clock.fastForward(EVERY_MS + 1000);
  return asked.then(() => true, () => false);
};

const becomes = (page, selector, text) =>
  page.waitForFunction(([at, part]) => document.querySelector(at)?.textContent.includes(part), [selector, text], { timeout: 5000 });

const steps = async (page, server, address, later) => {
  const wrong = [];
  const answer = async () => page.textContent("#answer");
  const before = await answer();
  await page.focus('#live a[href$="/features/menu_generation"]');

  server.answers.set(address, { body: later });
  if (!(await pass(page, address))) return ["it does not ask again after 20 seconds"];
  await becomes(page, "#answer", "Used up");
  await becomes(page, "#status", "Used up");
  if ((await answer()) === before) wrong.push("the content stays as it was");
  if (!(await page.evaluate(() => document.activeElement.href?.endsWith("/features/menu_generation")))) wrong.push("the focus is lost");

  server.answers.set(address, { status: 503, body: "" });
  await pass(page, address);
  await becomes(page, "#status", "could not be updated just now: what you see is of 15:21:07");
  if (!(await page.locator("#status").isVisible())) wrong.push("a failure is not shown");
  if (!(await page.evaluate(() => document.getElementById("status").nextElementSibling?.id === "live"))) wrong.push("a failure is not shown first");
  await page.addScriptTag({ url: "/axe.min.js" });
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    wrong.push(...(await checks.look(page, "all", true)).map((line) => `when it could not be updated, ${colorScheme}: ${line}`));
  }
  if (!(await answer()).includes("Used up")) wrong.push("a failure takes away what was there");

  // The next one comes through, the one after it finds no network: the page says of when it is, and is all there.
  server.answers.set(address, { body: later.replaceAll("15:21:07", "15:22:08") });
  await pass(page, address);
  await page.waitForSelector("#status:not(.failed)", { state: "attached", timeout: 5000 });
  await page.context().setOffline(true);
  await page.clock.fastForward(EVERY_MS + 1000);
  await becomes(page, "#status", "could not be updated just now: what you see is of 15:22:08. It is tried again every 20 seconds");
  await page.setViewportSize({ width: 320, height: 800 });
  wrong.push(...(await checks.look(page, "all", true)).map((line) => `without a network, 320 px: ${line}`));
  if (!(await answer()).includes("Used up")) wrong.push("a page without a network loses what was there");
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.context().setOffline(false);

  server.answers.delete(address);
  await page.click("#pause");
  if ((await page.getAttribute("#pause", "aria-pressed")) !== "true") wrong.push("the pause button does not say that it is pressed");
  if (await pass(page, address, false)) wrong.push("it asks although paused");
  await page.click("#pause");
  await becomes(page, "#answer", before);
  return wrong;
};

const without = async (browser, server) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${server.origin}/dashboard-notice`);
  const wrong = [];
  if (await page.locator("button").count()) wrong.push("a button that does nothing is shown");
  if (!(await page.locator('a[href="/quota/"]', { hasText: "Refresh" }).first().isVisible())) wrong.push("no refresh link");
  if (!(await page.locator('a[href="/quota/?refresh=20"]').isVisible())) wrong.push("no link to a page that refreshes itself");
  await context.close();
  return wrong;
};

const onRequest = async (browser, server) => {
  const { context, page } = await open(browser, server, "/dashboard-notice?refresh=20");
  const wrong = (await page.locator("#pause").isVisible()) ? ["script and timed refresh work against each other"] : [];
  await context.close();
  return wrong;
};

export const live = async (browser, server, pages, tell) => {
  const later = (await fs.readFile(path.join(pages, "dashboard-exhausted.html"), "utf8")).replaceAll("14:05:20", "15:21:07");
  const { context, page } = await open(browser, server, "/dashboard-notice");
  const wrong = await steps(page, server, "/dashboard-notice", later).catch((error) => [String(error)]);
  await context.close();
  tell("live: updates, says so, keeps the focus, pauses", wrong);
  tell("live: the page without JavaScript", await without(browser, server));
  tell("live: with ?refresh=20 the script keeps out", await onRequest(browser, server));
};
