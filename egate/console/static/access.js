"use strict";
// Keeps the session open while there are keys or clicks, and leads to the lock when there are none:
// what a locked screen showed must not stay on it.
(() => {
  const TOLD_MILLISECONDS = 20_000;
  let toldAt = -Infinity; // by performance.now()
  let locksAt = Infinity;

  function lead(to) {
    location.replace(`${to}?next=${encodeURIComponent(location.pathname)}`);
  }

  async function take(answer) {
    if (answer.status === 401) lead((await answer.json()).way);
    else if (answer.ok) locksAt = performance.now() + (await answer.json()).locks_in * 1000;
  }

  async function tell() {
    toldAt = performance.now();
    try {
      await take(await page.post("/session", {}));
    } catch {
      // The console is away: its pages say so themselves. The time of the lock stays.
    }
  }

  function present(event) {
    if (event.isTrusted && performance.now() - toldAt >= TOLD_MILLISECONDS) tell();
  }

  // Another window of this session may have had a key, so the console is asked first.
  async function look() {
    if (performance.now() < locksAt) return;
    locksAt = Infinity;
    try {
      await take(await fetch("/session", { cache: "no-store" }));
    } catch {
      lead("/lock");
    }
  }

  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, present, { capture: true, passive: true });
  // Also a screen that was asleep, and one that comes back out of the browser's memory.
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  setInterval(look, 1000);
  tell();
})();
