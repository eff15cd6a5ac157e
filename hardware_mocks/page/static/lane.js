// A person plays traveller: every press is one order, every change of the lane comes back.

import { drawPlan } from "./plan.js";

const word = document.querySelector("meta[name=word]").content;
const one = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const CAMERA_MILLISECONDS = 400;
const KINDS = {
  genuine: "genuine", other_persons_passport: "another person’s", expired: "expired",
  tampered_dg: "altered files", unknown_signer: "unknown signer", cloned_chip: "copied chip",
  chip_leaves_twice: "shaky hands", presentation_attack: "print or screen",
  tailgating: "genuine", abandons: "genuine",
};
const NAMES = { mrz_reader: "MRZ reader" };
const KEYS = { ArrowRight: "forward", ArrowLeft: "back" };

let seen = null;
let draw = () => {};
let nextStep = "";

async function order(what) {
  const answer = await fetch("order", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Lane-Word": word },
    body: JSON.stringify(what),
  }).catch(() => null);
  const refused = answer === null ? "The lane does not answer." : (await answer.json().catch(() => ({}))).refused;
  say(refused ? `Not now: ${refused}.` : "", Boolean(refused));
}

function say(text, refused = false) {
  const line = one("#saying");
  line.textContent = text || advice();
  line.classList.toggle("refused", refused);
}

function advice() {
  if (!seen?.traveller) return seen?.busy ? "The passport is being issued…" : "Take a passport to begin.";
  const { place } = seen.traveller;
  if (place === "through") return "You are through. Take the next passport.";
  if (!seen.gate) return "No gate moves this barrier: nothing will open.";
  return {
    forward: "Go forward.", lay: "Lay the passport down.", look_up: "Look at the camera.",
    lift: "Take your passport along, and go.", "": "Wait for the gate.",
  }[nextStep] ?? "";
}

function suggestion({ traveller, acts, light, doors }) {
  if (!traveller || traveller.place === "through") return "";
  if (traveller.place === "outside") return light === "ready" ? "forward" : "";
  const walks = !acts.forward && light === "pass";
  if (walks) return traveller.laid && !acts.lift ? "lift" : "forward";
  if (traveller.place === "reader" && !traveller.laid && doors[0].opened === 0) return "lay";
  return !acts.look_up && !traveller.looking ? "look_up" : "";
}

function buildPassports(passports) {
  passports.forEach((passport, index) => {
    const button = document.createElement("button");
    button.dataset.passport = index;
    const picture = document.createElement("img");
    picture.src = `portrait/${index}`;
    picture.alt = "";
    const name = document.createElement("b");
    name.textContent = passport.name;
    const kind = document.createElement("small");
    kind.textContent = `${passport.state} · ${KINDS[passport.kind] ?? passport.kind}`;
    button.append(picture, name, kind);
    button.addEventListener("click", () => order({ do: "take", passport: index }));
    const item = document.createElement("li");
    item.append(button);
    one("#passports ul").append(item);
  });
}

function buildDevices(settings, devices, conditions) {
  for (const device of devices) {
    const row = one("#devices tbody").insertRow();
    row.dataset.device = device;
    row.insertCell().textContent = NAMES[device] ?? device.replaceAll("_", " ");
    const address = row.insertCell();
    address.className = "address";
    const driver = document.createElement("span");
    driver.textContent = settings[device]?.driver ?? "";
    const where = document.createElement("code");
    where.textContent = where.title = settings[device]?.address ?? "";
    address.append(driver, where);
    const segments = document.createElement("div");
    segments.className = "segments";
    for (const condition of conditions) {
      const button = document.createElement("button");
      button.dataset.condition = button.textContent = condition;
      button.addEventListener("click", () => order({ do: "device", device, condition }));
      segments.append(button);
    }
    row.insertCell().append(segments);
  }
}

function show(now) {
  seen = now;
  document.body.dataset.light = now.light;
  nextStep = suggestion(now);
  draw(now);
  all("[data-act]").forEach((button) => {
    button.disabled = now.busy || now.acts[button.dataset.act] !== null;
    button.title = now.acts[button.dataset.act] ?? "";
    button.classList.toggle("next", button.dataset.act === nextStep);
  });
  const inside = now.traveller && !["outside", "through"].includes(now.traveller.place);
  all("[data-passport]").forEach((button) => {
    button.setAttribute("aria-pressed", Number(button.dataset.passport) === now.taken);
    button.disabled = now.busy || inside;
  });
  all("[data-input]").forEach((button) =>
    button.setAttribute("aria-pressed", now.inputs[button.dataset.input]));
  for (const [device, condition] of Object.entries(now.devices)) {
    all(`[data-device="${device}"] [data-condition]`).forEach((button) =>
      button.setAttribute("aria-pressed", button.dataset.condition === condition));
  }
  one("#gate").classList.toggle("on", now.gate);
  one("#gate span").textContent = now.gate ? "gate connected" : "no gate";
  one("#viewers").textContent = now.viewers ? "the gate is watching" : "nobody is watching";
  one("#face-light").textContent = now.face_light ? "face light on" : "";
  if (!one("#saying").classList.contains("refused")) say("");
  tell(now.story);
}

function tell(story) {
  const list = one("#story ol");
  const newest = Number(list.firstElementChild?.dataset.number ?? 0);
  for (const each of story.filter(({ number }) => number > newest)) {
    const item = document.createElement("li");
    item.dataset.number = each.number;
    item.dataset.event = each.event;
    const at = document.createElement("time");
    at.textContent = `${each.at.toFixed(1)} s`;
    const what = document.createElement("span");
    const detail = [each.device, each.condition, "on" in each ? (each.on ? "on" : "off") : ""];
    what.textContent = [each.event.replaceAll("_", " "), ...detail].filter(Boolean).join(" ");
    item.append(at, what);
    list.prepend(item);
  }
  while (list.children.length > story.length) list.lastElementChild.remove();
}

function watchCamera() {
  const picture = one("#camera img");
  let loaded = true;
  const again = () => { loaded = true; };
  picture.addEventListener("load", again);
  picture.addEventListener("error", again);
  setInterval(() => {
    if (!loaded || document.hidden) return;
    loaded = false;
    picture.src = `camera.jpg?${Date.now()}`;
  }, CAMERA_MILLISECONDS);
}

function listen() {
  all("[data-act]").forEach((button) =>
    button.addEventListener("click", () => order({ do: "act", act: button.dataset.act })));
  all("[data-input]").forEach((button) =>
    button.addEventListener("click", () =>
      order({ do: button.dataset.input, on: button.getAttribute("aria-pressed") !== "true" })));
  one("#press").addEventListener("click", () => order({ do: "press" }));
  document.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (act && seen && !seen.busy && seen.acts[act] === null && !event.repeat) order({ do: "act", act });
  });
  const events = new EventSource("events");
  events.addEventListener("message", (event) => show(JSON.parse(event.data)));
  events.addEventListener("error", () => say("The lane is gone.", true));
  events.addEventListener("open", () => say(""));
}

const layout = await (await fetch("layout")).json();
const conditionsOf = Object.keys(layout.settings).filter((name) => name !== "page_scanner");
one("#kind").textContent = `${layout.flow.replace("_", " ")} · ${layout.barrier} barrier · ${layout.settings.mrz_reader.driver} MRZ reader`;
for (const link of all("[data-link]")) {
  link.href = layout.links[link.dataset.link] ?? "";
  link.hidden = !layout.links[link.dataset.link];
}
buildPassports(layout.passports);
buildDevices(layout.settings, conditionsOf, layout.conditions);
draw = drawPlan(one("#plan"), layout.flow);
listen();
watchCamera();
