"use strict";
// The server draws; this script puts in place what changed, keeps the chosen lane chosen,
// and sends orders. A lane keeps its place: nothing moves under the officer's pointer.
const SILENCE_MILLISECONDS = 8000;
const RETRY_MILLISECONDS = 2000;
const language = document.documentElement.lang;
const digits = new Intl.NumberFormat(language, { useGrouping: false, minimumIntegerDigits: 2 });
const minutes = new Intl.NumberFormat(language, { useGrouping: false });
const element = (id) => document.getElementById(id);
let token = document.querySelector("meta[name=token]").content;
let offset = 0;
let chosen = null;
let source = null;
let heard = 0;

// --- what the server says
function keepClock(now) { offset = now - performance.now() / 1000; }

function patch(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  for (const part of fresh.content.querySelectorAll("[data-part]")) {
    const old = document.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
    if (old.dataset.drawn === part.outerHTML) continue;
    const focused = focusKey(old);
    part.dataset.drawn = part.outerHTML;
    old.replaceWith(part);
    drawCase(part);
    if (focused !== null) (part.querySelector(focused) ?? part).focus({ preventScroll: true });
  }
  choose(chosen);
  dropEndedCases();
  tick();
}

function focusKey(part) {
  const active = document.activeElement;
  if (!part.contains(active)) return null;
  for (const name of ["order", "picture"])
    if (active.dataset[name]) return `[data-${name}="${active.dataset[name]}"]`;
  return ":scope > *";
}

function tick() {
  const now = performance.now() / 1000 + offset;
  for (const time of document.querySelectorAll("time[data-since]")) {
    const seconds = Math.max(0, Math.round(now - Number(time.dataset.since)));
    const text = `${minutes.format(Math.floor(seconds / 60))}:${digits.format(seconds % 60)}`;
    if (time.textContent !== text) time.textContent = text;
  }
}

function connect() {
  heard = performance.now();
  source = new EventSource("/events");
  source.onmessage = (event) => {
    heard = performance.now();
    const { html, now, token: fresh } = JSON.parse(event.data);
    token = fresh;
    keepClock(now);
    setLost(false);
    patch(html);
  };
  source.addEventListener("alive", () => { heard = performance.now(); });
  source.onerror = lose;
}

function lose() {
  if (source === null) return;
  source.close();
  source = null;
  setLost(true);
  setTimeout(connect, RETRY_MILLISECONDS);
}

function setLost(isLost) {
  element("lost").hidden = !isLost;
  document.body.classList.toggle("lost", isLost);
  if (isLost) dropCases();
}

// --- what the officer does
const laneOf = (gateId) => document.querySelector(`.lane[data-gate="${CSS.escape(gateId)}"]`);

function choose(gateId) {
  const lanes = [...document.querySelectorAll(".lane")];
  chosen = lanes.length === 1 ? lanes[0].dataset.gate : gateId;
  for (const lane of lanes) lane.classList.toggle("chosen", lane.dataset.gate === chosen);
  if (chosen !== null) openCase(laneOf(chosen));
}

function press(button) {
  const order = {
    gate: button.closest(".lane").dataset.gate,
    order: button.dataset.order,
    crossing: button.dataset.crossing,
  };
  if (order.order === "evacuate") ask(order);
  else send(order);
}

function ask(order) {
  const dialog = element("confirm");
  element("confirm-gate").textContent = order.gate;
  element("confirm-yes").onclick = () => { dialog.close(); send(order); };
  element("confirm-no").onclick = () => dialog.close();
  dialog.showModal();
  element("confirm-yes").focus();
}

async function send({ gate, order, crossing }) {
  try {
    const answer = await fetch(`/gates/${encodeURIComponent(gate)}/orders`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Console-Token": token },
      body: JSON.stringify({ order, crossing_id: crossing }),
    });
    const { text, error } = await answer.json();
    page.say(`${gate}: ${text ?? error}`);
  } catch {
    lose();
  }
}

document.addEventListener("click", (event) => {
  const lane = event.target.closest(".lane");
  const alarm = event.target.closest("[data-select]");
  if (alarm) reveal(alarm.dataset.select);
  if (lane) choose(lane.dataset.gate);
  const button = event.target.closest("button[data-order]");
  if (button && !button.disabled) press(button);
});
document.addEventListener("focusin", (event) => {
  const lane = event.target.closest(".lane");
  if (lane) choose(lane.dataset.gate);
});

function reveal(gateId) {
  const lane = laneOf(gateId);
  if (!lane) return;
  lane.focus();
  lane.querySelector(".orders").scrollIntoView({ block: "nearest" });
}

// By place on the keyboard, so that a Bangla layout gives the same orders.
document.addEventListener("keydown", (event) => {
  if (!page.keysAreFree(event) || document.body.classList.contains("lost")) return;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  if (digit) {
    const lane = document.querySelector(`.lane[data-number="${digit === "0" ? "10" : digit}"]`);
    if (lane) reveal(lane.dataset.gate);
  } else if (event.code === "KeyN") {
    document.querySelector("[data-select]")?.click();
  } else if (event.code === "KeyP" && chosen !== null) {
    enlarge(laneOf(chosen), "live_frame");
  } else if (chosen !== null) {
    const key = event.code.replace("Key", "");
    const button = laneOf(chosen)?.querySelector(`button[data-key="${CSS.escape(key)}"]`);
    if (!button) return;
    event.preventDefault();
    if (!button.disabled) press(button);
  }
});

keepClock(Number(element("hall").dataset.now));
for (const part of document.querySelectorAll("[data-part]")) part.dataset.drawn = part.outerHTML;
choose(null);
tick();
setInterval(tick, 500);
setInterval(() => {
  if (source !== null && performance.now() - heard > SILENCE_MILLISECONDS) lose();
}, 1000);
connect();
