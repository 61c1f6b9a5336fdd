/* Comfort only: waits for a change, shows it, and goes on when it is one's turn. Without it the page works by its links. */
(() => {
  "use strict";
  const tools = document.getElementById("tools");
  const status = document.getElementById("status");
  const url = document.getElementById("live")?.dataset.live;
  if (!tools || !url || new URLSearchParams(location.search).has("refresh")) return;

  let paused = false;
  let asking = null;

  const say = (text) => { if (status.textContent !== text) status.textContent = text; };
  const rest = (ms) => new Promise((done) => setTimeout(done, ms));

  const get = async (address, type) => {
    asking = new AbortController();
    const answer = await fetch(address, { headers: { Accept: type }, cache: "no-store", signal: asking.signal });
    if (!answer.ok) throw new Error(answer.status);
    return answer;
  };

  const show = async () => {
    const answer = await get(url + "?stay=1", "text/html");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("live");
    if (!fresh) throw new Error("another page");
    document.getElementById("live").replaceWith(document.adoptNode(fresh));
    document.title = page.title;
    say(document.getElementById("answer").textContent);
    if (!fresh.dataset.live) tools.remove();
    return Boolean(fresh.dataset.live);
  };

  const run = async (search) => {
    while (!paused) {
      try {
        const place = await (await get(url + search, "application/json")).json();
        search = "?wait=20";
        if (paused) return;
        if (place.go) { location.assign(url); return; } /* which leads there */
        if (!await show()) return;
        if (place.state !== "waiting") await rest(2000);
      } catch {
        if (paused) return;
        say(tools.dataset.failed);
        search = "";
        await rest(3000 + Math.random() * 3000);
      }
    }
  };

  const pause = document.createElement("button");
  pause.type = "button";
  pause.className = "button quiet";
  pause.textContent = tools.dataset.pause;
  pause.setAttribute("aria-pressed", "false");
  tools.lastElementChild.before(pause);
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    if (paused) asking?.abort();
    else run("");
  });
  run("?wait=20");
})();
