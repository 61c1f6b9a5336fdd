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

  const run = async () => {
    while (!paused) {
      try {
        const place = await (await get(url + "?wait=20", "application/json")).json();
        if (paused) return;
        if (place.go) { location.assign(place.go); return; }
        if (!await show()) return;
        if (place.state !== "waiting") await rest(2000);
      } catch {
        if (paused) return;
        say(tools.dataset.failed);
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
    else run();
  });
  run();
})();
