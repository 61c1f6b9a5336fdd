/* Comfort only: keeps the page up to date while somebody looks at it. Without this file the page
   works the same, with its links. What people read stands in the page, not here. */
(() => {
  "use strict";
  const every = 20000;
  const tools = document.getElementById("tools");
  const status = document.getElementById("status");
  if (!tools || !status || new URLSearchParams(location.search).has("refresh")) return;

  let paused = false;
  let timer = 0;

  /* What is shown being old is said where one begins to read. */
  const say = (text, failed) => {
    if (failed !== status.classList.contains("failed")) {
      status.className = failed ? "failed note notice" : "";
      if (failed) document.getElementById("live").before(status);
      else tools.append(status);
    }
    if (status.textContent !== text) status.textContent = text;
  };

  /* Somebody who is selecting text there is not to lose it. */
  const busy = (live) => {
    const selection = getSelection();
    return selection && !selection.isCollapsed && live.contains(selection.anchorNode);
  };

  /* Puts the new content in place, and the focus back on the link it was on. */
  const show = (page) => {
    const live = document.getElementById("live");
    const fresh = page.getElementById("live");
    if (!fresh) throw new Error("another page");
    if (busy(live)) return;
    const before = document.getElementById("answer").textContent;
    const held = live.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    live.replaceWith(document.adoptNode(fresh));
    document.title = page.title;
    tools.dataset.failed = page.getElementById("tools").dataset.failed;
    if (held !== null) {
      for (const link of fresh.querySelectorAll("a")) {
        if (link.getAttribute("href") === held) { link.focus({ preventScroll: true }); break; }
      }
    }
    const after = document.getElementById("answer").textContent;
    say(after === before ? "" : after, false);
  };

  const update = async () => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!paused) show(page);
    } catch {
      say(tools.dataset.failed, true);
    }
    plan();
  };

  const plan = () => {
    clearTimeout(timer);
    if (!paused && !document.hidden) timer = setTimeout(update, every);
  };

  /* A browser without scripts is to show no button that does nothing: it is made here. */
  const pause = document.createElement("button");
  pause.id = "pause";
  pause.type = "button";
  pause.className = "button quiet";
  pause.textContent = tools.dataset.pause;
  pause.setAttribute("aria-pressed", "false");
  tools.prepend(pause);
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    if (paused) clearTimeout(timer);
    else update();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else if (!paused) update();
  });
  plan();
})();
