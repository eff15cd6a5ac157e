"use strict";
// The pictures of referred travellers: fetched when the officer turns to the lane, drawn from
// this page's memory, and gone with the case. No picture ever has an address.
const cases = new Map(); // gate id: { crossing, state, pictures: Map(name of the picture: bitmap) }
const FACES = ["live_frame", "chip_portrait", "printed_portrait"];
const larger = document.getElementById("larger");
const enlarged = { gate: null, name: null };

function openCase(lane, again = false) {
  const part = lane?.querySelector(".case");
  if (!part || document.body.classList.contains("lost")) return;
  const known = cases.get(lane.dataset.gate);
  const isKnown = known?.crossing === part.dataset.crossing;
  if (isKnown && !(again && known.state === "failed")) return;
  dropCase(lane.dataset.gate);
  const fresh = { crossing: part.dataset.crossing, state: "loading", pictures: new Map() };
  cases.set(lane.dataset.gate, fresh);
  drawCase(lane);
  fetchCase(lane.dataset.gate, fresh);
}

async function fetchCase(gate, wanted) {
  let state = "failed";
  try {
    const answer = await fetch(`/gates/${encodeURIComponent(gate)}/images`, {
      method: "POST",
      cache: "no-store",
      headers: { "Content-Type": "application/json", "X-Console-Token": token },
      body: JSON.stringify({ crossing_id: wanted.crossing }),
    });
    if (answer.status === 200) await takePictures(await answer.formData(), wanted.pictures);
    if (answer.ok) state = wanted.pictures.size ? "shown" : "none";
  } catch {
    // told by the state
  }
  wanted.state = state;
  if (cases.get(gate) === wanted) drawCase(laneOf(gate));
  else release(wanted); // the case ended meanwhile
}

async function takePictures(form, pictures) {
  const frames = form.getAll("pad_frame").map((file, number) => [`pad_frame-${number}`, file]);
  const faces = FACES.flatMap((kind) => form.getAll(kind).map((file) => [kind, file]));
  for (const [name, file] of [...faces, ...frames]) {
    const bitmap = await createImageBitmap(file).catch(() => null);
    if (bitmap) pictures.set(name, bitmap);
  }
}

function drawCase(lane) {
  const part = lane?.querySelector?.(".case");
  const known = part && cases.get(lane.dataset.gate);
  if (!known || known.crossing !== part.dataset.crossing) return;
  part.className = `case ${known.state}`;
  for (const button of part.querySelectorAll("[data-picture]")) {
    const bitmap = known.pictures.get(button.dataset.picture);
    button.disabled = !bitmap;
    button.classList.toggle("empty", !bitmap);
    if (bitmap) paint(button.querySelector("canvas"), bitmap);
  }
  const printed = part.querySelector('[data-kind="printed_portrait"]');
  printed.hidden = !known.pictures.has("printed_portrait");
}

function paint(canvas, bitmap) {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
}

// --- the end of a case
function dropEndedCases() {
  for (const [gate, known] of cases)
    if (laneOf(gate)?.querySelector(".case")?.dataset.crossing !== known.crossing) dropCase(gate);
}

function dropCases() {
  for (const gate of [...cases.keys()]) dropCase(gate);
}

function dropCase(gate) {
  const known = cases.get(gate);
  if (!known) return;
  cases.delete(gate);
  release(known);
  if (enlarged.gate === gate) larger.close();
  const part = laneOf(gate)?.querySelector(".case");
  if (!part) return;
  part.className = "case unseen";
  for (const canvas of part.querySelectorAll("canvas")) canvas.width = canvas.height = 0;
}

function release(known) {
  for (const bitmap of known.pictures.values()) bitmap.close();
  known.pictures.clear();
}

// --- larger: the faces side by side, or one frame after the other
function enlarge(lane, name) {
  const pictures = cases.get(lane?.dataset.gate)?.pictures;
  if (!pictures?.size) return;
  const isFace = !name.startsWith("pad_frame");
  const names = isFace ? FACES.filter((kind) => pictures.has(kind)) : [name];
  if (!names.length || !names.every((each) => pictures.has(each))) return;
  Object.assign(enlarged, { gate: lane.dataset.gate, name });
  element("larger-gate").textContent = lane.dataset.gate;
  element("larger-turns").hidden = isFace;
  element("larger-stage").replaceChildren(...names.map((each) => figure(lane, each, pictures)));
  if (!larger.open) larger.showModal();
}

function figure(lane, name, pictures) {
  const shown = document.createElement("figure");
  const canvas = document.createElement("canvas");
  const caption = document.createElement("figcaption");
  const label = lane.querySelector(`[data-picture="${name}"] canvas`).getAttribute("aria-label");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  caption.textContent = label;
  paint(canvas, pictures.get(name));
  shown.append(canvas, caption);
  return shown;
}

function turn(by) {
  const lane = laneOf(enlarged.gate);
  const frames = [...(cases.get(enlarged.gate)?.pictures.keys() ?? [])].filter((name) =>
    name.startsWith("pad_frame"));
  const at = frames.indexOf(enlarged.name);
  if (at >= 0) enlarge(lane, frames[(at + by + frames.length) % frames.length]);
}

larger.addEventListener("close", () => {
  if (larger.open) return; // opened again meanwhile
  element("larger-stage").replaceChildren();
  Object.assign(enlarged, { gate: null, name: null });
});
document.getElementById("larger-close").addEventListener("click", () => larger.close());
document.getElementById("larger-previous").addEventListener("click", () => turn(-1));
document.getElementById("larger-next").addEventListener("click", () => turn(1));
larger.addEventListener("keydown", (event) => {
  if (event.code === "ArrowLeft") turn(-1);
  else if (event.code === "ArrowRight") turn(1);
});
document.addEventListener("click", (event) => {
  const lane = event.target.closest(".lane");
  const picture = event.target.closest("[data-picture]");
  if (picture && !picture.disabled) enlarge(lane, picture.dataset.picture);
  else if (event.target.closest("[data-fetch]")) openCase(lane, true);
});
