"use strict";
// What every page has: keys of one letter with an overlay that lists them, words for screen
// readers, and the clock. A key presses what the page shows for it and never more than that.
//
//   <button data-shortcut="R">      a letter or a digit, by its place on the keyboard
//   <a data-shortcut="g b">         two strokes, one after the other
//
// An area's own script may ask `page.keysAreFree(event)` before it takes a key.
const page = (() => {
  const SAID_MILLISECONDS = 6000;
  const STROKE_MILLISECONDS = 1500;
  const KEYS_OFF = "keys-off";
  const byId = (id) => document.getElementById(id);
  const language = document.documentElement.lang;
  let first = null; // of two strokes: { key, at }
  let saidTimer = 0;

  // --- keys (WCAG 2.1.4: they can be turned off)
  function keysAreOn() { return localStorage.getItem(KEYS_OFF) === null; }

  function isWriting(target) {
    return target.closest("input:not([type=checkbox], [type=radio], [type=submit]), select, textarea, [contenteditable]") !== null;
  }

  function keysAreFree(event) {
    return !event.defaultPrevented && keysAreOn() && !event.ctrlKey && !event.altKey && !event.metaKey && !event.repeat &&
      !isWriting(event.target) && document.querySelector("dialog[open]") === null;
  }

  // By place on the keyboard, so that a Bangla layout means the same.
  function keyOf(event) {
    if (event.key === "?") return "?";
    return /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code)?.[1] ?? event.key;
  }

  const shown = () => [...document.querySelectorAll("[data-shortcut]")].filter((one) =>
    !one.disabled && !one.closest("[inert]") && one.checkVisibility());
  const is = (one, keys) => one.dataset.shortcut.toUpperCase() === keys.toUpperCase();

  // The second of two strokes means nothing else, whether it leads anywhere or not.
  function wanted(key, now) {
    const both = first !== null && now - first.at < STROKE_MILLISECONDS ? `${first.key} ${key}` : null;
    first = null;
    if (both !== null) return shown().find((one) => is(one, both)) ?? "nothing";
    const found = shown().find((one) => is(one, key));
    if (found) return found;
    if (!shown().some((one) => one.dataset.shortcut.toUpperCase().startsWith(`${key.toUpperCase()} `))) return null;
    first = { key, at: now };
    return "nothing";
  }

  // A field that was chosen by a key has the focus, so that Tab goes on from there; a button has
  // it not, so that Enter does not press it again.
  function activate(found) {
    const field = found.control ?? (found.matches("input, select, textarea") ? found : null);
    field?.focus();
    if (field === null || field.matches("[type=checkbox], [type=radio]")) found.click();
  }

  document.addEventListener("keydown", (event) => {
    if (!keysAreFree(event)) return;
    const found = wanted(keyOf(event), event.timeStamp);
    if (found === null) return;
    event.preventDefault();
    if (found === "nothing") return;
    activate(found);
  });

  // --- the overlay
  function listKeys() {
    const rows = [...document.querySelectorAll("[data-shortcut]")].filter((one) => one.checkVisibility());
    const seen = new Map(rows.map((one) => [one.dataset.shortcut, one.dataset.shortcutName ?? nameOf(one)]));
    byId("keys-list").replaceChildren(...[...seen].map(([key, name]) => {
      const row = document.createElement("div");
      const term = document.createElement("dt");
      const meaning = document.createElement("dd");
      term.append(...key.split(" ").map((one) => Object.assign(document.createElement("kbd"), { textContent: one.toUpperCase() })));
      meaning.textContent = name;
      row.append(term, meaning);
      return row;
    }));
  }

  function nameOf(one) {
    if (one.getAttribute("aria-label")) return one.getAttribute("aria-label");
    if (one.labels?.length) return one.labels[0].innerText;
    const copy = one.cloneNode(true);
    for (const key of copy.querySelectorAll("kbd")) key.remove();
    return copy.textContent.trim();
  }

  byId("keys-open").addEventListener("click", () => {
    listKeys();
    byId("keys-on").checked = keysAreOn();
    byId("keys").showModal();
  });
  byId("keys-close").addEventListener("click", () => byId("keys").close());
  byId("keys-on").addEventListener("change", (event) => {
    if (event.target.checked) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "");
  });

  // --- said aloud, and shown for a while
  function say(text) {
    byId("said").textContent = text;
    clearTimeout(saidTimer);
    saidTimer = setTimeout(() => { byId("said").textContent = ""; }, SAID_MILLISECONDS);
  }

  // --- what a script sends: with the token of the session
  const token = () => document.querySelector("meta[name=token]").content;

  function post(path, body) {
    return fetch(path, {
      method: "POST",
      cache: "no-store",
      headers: { "Content-Type": "application/json", "X-Console-Token": token() },
      body: JSON.stringify(body),
    });
  }

  // --- the clock
  const clock = new Intl.DateTimeFormat(language === "bn" ? "bn-BD" : "en-GB", {
    timeZone: "Asia/Dhaka", hour: "2-digit", minute: "2-digit", hour12: false,
  });
  function showTime() {
    const text = clock.format(new Date());
    if (byId("clock").textContent !== text) byId("clock").textContent = text;
  }
  showTime();
  setInterval(showTime, 1000);

  return { keysAreFree, say, post };
})();
