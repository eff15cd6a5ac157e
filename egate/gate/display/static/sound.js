"use strict";
// Says what is shown: the recordings of each language, one after the other, or a chime.
const SETTLED_MILLISECONDS = 350;
const REPEATED_MILLISECONDS = 8000;
// Instructions that somebody must notice who does not look at the screen.
const CALLING = new Set([
  "place_document", "place_document_again", "take_document_and_enter", "look_at_camera",
  "please_pass", "go_to_gate", "take_your_things", "go_back", "officer_will_help", "evacuate",
]);
const URGENT = new Set(["evacuate", "go_back"]);
const volume = document.body.dataset.volume / 100;
const player = new Audio();
const said = new Map();
let saying = null;
let waiting = 0;
let chimes = null;

function say(name, prompts) {
  if (name === saying || volume === 0) return;
  saying = name;
  if (name === "welcome") said.clear(); // the next traveller has heard nothing yet
  player.pause();
  clearTimeout(waiting);
  // An instruction that changes at once with the next is not begun.
  waiting = setTimeout(() => begin(name, prompts.split(" ").filter(Boolean)), SETTLED_MILLISECONDS);
}

function begin(name, prompts) {
  const now = performance.now();
  if (now - (said.get(name) ?? -Infinity) < REPEATED_MILLISECONDS) return;
  said.set(name, now);
  if (prompts.length > 0) play(prompts);
  else if (CALLING.has(name)) chime();
  if (!URGENT.has(name)) return;
  waiting = setTimeout(() => begin(name, prompts), REPEATED_MILLISECONDS + SETTLED_MILLISECONDS);
}

function play([prompt, ...rest]) {
  player.onended = () => { if (rest.length > 0) play(rest); };
  player.src = prompt;
  player.volume = volume;
  player.play().catch(() => {}); // stopped by the next message, or no sound on this machine
}

function chime() {
  chimes ??= new AudioContext();
  for (const [delay, pitch] of [[0, 659.26], [0.18, 880]]) {
    const [tone, loudness] = [chimes.createOscillator(), chimes.createGain()];
    const at = chimes.currentTime + delay;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, at);
    loudness.gain.exponentialRampToValueAtTime(0.4 * volume, at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, at + 0.6);
    tone.connect(loudness).connect(chimes.destination);
    tone.start(at);
    tone.stop(at + 0.65);
  }
}
