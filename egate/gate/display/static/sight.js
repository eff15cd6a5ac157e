"use strict";
// What the gate sees of the traveller: the mirror image, and how much of the chip is read.
// A picture is drawn and forgotten; nothing of it is kept by the page.
const PAUSE_MILLISECONDS = 200;
const mirror = document.querySelector(".mirror");
const canvas = mirror.querySelector("canvas");
let reflecting = false;
let drawing = false;
let polling = false;
let bar = null;

const pause = () => new Promise((resume) => setTimeout(resume, PAUSE_MILLISECONDS));

function reflect(place, wanted) {
  reflecting = wanted;
  if (!reflecting) { blank(); return; }
  place.append(mirror);
  if (!drawing) { drawing = true; draw(); }
}

async function draw() {
  while (reflecting) {
    const picture = await fetched();
    if (picture && reflecting) {
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      mirror.hidden = false;
    } else {
      blank();
      await pause();
    }
    picture?.close();
  }
  drawing = false;
}

async function fetched() {
  try {
    const answer = await fetch("/mirror", { cache: "no-store" });
    return answer.status === 200 ? await createImageBitmap(await answer.blob()) : null;
  } catch {
    return null;
  }
}

function blank() {
  mirror.hidden = true;
  canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
}

// Until the chip answers, the bar only moves; then it fills, and never falls.
function follow(progress) {
  if (progress === bar) return;
  bar = progress;
  if (bar === null) return;
  bar.classList.remove("measured");
  bar.firstElementChild.style.width = "";
  if (!polling) { polling = true; measure(); }
}

async function measure() {
  let most = 0;
  let measured = bar;
  while (bar !== null) {
    if (bar !== measured) [most, measured] = [0, bar];
    const share = await shareOfChip();
    if (bar !== null && share > most) {
      most = share;
      bar.classList.add("measured");
      bar.firstElementChild.style.width = `${100 * share}%`;
    }
    await pause();
  }
  polling = false;
}

async function shareOfChip() {
  try {
    const answer = await fetch("/progress", { cache: "no-store" });
    return answer.ok ? (await answer.json()).share : 0;
  } catch {
    return 0;
  }
}
