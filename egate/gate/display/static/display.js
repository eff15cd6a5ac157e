"use strict";
// Shows what the gate says. Silence is not consent: a page that hears nothing from its gate
// says so, because "please go through" may no longer be true.
const SILENCE_MILLISECONDS = 8000;
const RETRY_MILLISECONDS = 2000;
const LOST = { message: "connection_lost", step: 0, mirror: false };
const sections = new Map(
  [...document.querySelectorAll("section.message")].map((section) => [section.dataset.message, section]),
);
const steps = [...document.querySelectorAll(".steps li")];
let source = null;
let heard = 0;

function show({ message, step, mirror }) {
  const name = sections.has(message) ? message : "please_wait";
  for (const [other, section] of sections) section.hidden = other !== name;
  steps.forEach((item, index) => {
    item.className = index + 1 === step ? "now" : index + 1 < step ? "done" : "";
  });
  document.body.dataset.message = name;
  document.body.dataset.step = step;
  reflect(sections.get(name).querySelector(".pictogram"), mirror);
  follow(sections.get(name).querySelector(".progress"));
  say(name, sections.get(name).dataset.prompts);
}

function connect() {
  heard = performance.now();
  source = new EventSource("/events");
  source.onmessage = (event) => {
    heard = performance.now();
    const shown = JSON.parse(event.data);
    if (shown.version !== document.body.dataset.version) location.reload();
    show(shown);
  };
  source.addEventListener("alive", () => { heard = performance.now(); });
  source.onerror = lose;
}

function lose() {
  if (source === null) return;
  source.close();
  source = null;
  show(LOST);
  setTimeout(connect, RETRY_MILLISECONDS);
}

setInterval(() => {
  if (source !== null && performance.now() - heard > SILENCE_MILLISECONDS) lose();
}, 1000);
// A finger held on the screen opens no menu.
addEventListener("contextmenu", (event) => event.preventDefault());
connect();
