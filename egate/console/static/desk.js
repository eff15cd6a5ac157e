"use strict";
// The machine readable zone while it is typed: which check digits are right, and what a letter
// that may be a digit should have been. The server reads the zone again and believes none of it.
const mrz = (() => {
  const NUMBER_AND_DATES = (number, birth, expiry) => ({
    document_number: number, date_of_birth: birth, date_of_expiry: expiry,
  });
  const LINE_2 = NUMBER_AND_DATES([1, 0, 9], [1, 13, 19], [1, 21, 27]);
  // Line, begin and end of what a check digit follows (9303-4 to 9303-7, §4.2 of each).
  const LAYOUTS = {
    TD1: {
      lengths: [30, 30, 30], fields: NUMBER_AND_DATES([0, 5, 14], [1, 0, 6], [1, 8, 14]), optional: [0, 15, 30],
      composite: [[0, 5, 30], [1, 0, 7], [1, 8, 15], [1, 18, 29]], check: [1, 29],
    },
    TD2: {
      lengths: [36, 36], fields: LINE_2, optional: [1, 28, 35],
      composite: [[1, 0, 10], [1, 13, 20], [1, 21, 35]], check: [1, 35],
    },
    TD3: {
      lengths: [44, 44], fields: { ...LINE_2, optional_data: [1, 28, 42] },
      composite: [[1, 0, 10], [1, 13, 20], [1, 21, 43]], check: [1, 43],
    },
    "MRV-A": { lengths: [44, 44], fields: LINE_2 },
    "MRV-B": { lengths: [36, 36], fields: LINE_2 },
    "FRA-ID": {
      lengths: [36, 36], fields: { document_number: [1, 0, 12], date_of_birth: [1, 27, 33] },
      composite: [[0, 0, 36], [1, 0, 35]], check: [1, 35],
    },
    "CHE-DL": { lengths: [9, 30, 30], fields: {} },
  };
  const WHOLE = { 88: 44, 72: 36, 90: 30 }; // from a reader that knows no lines
  const LETTER_OF = { 0: "ODQ", 1: "IL", 2: "Z", 4: "A", 5: "S", 6: "G", 7: "T", 8: "B" };
  const DIGIT_OF = Object.fromEntries(Object.entries(LETTER_OF).flatMap(([digit, letters]) => [...letters].map((one) => [one, digit])));
  const FILLER_COUNTS = ["BEL", "PRT"];
  const MOST_REPLACED = 2;

  function linesOf(text) {
    const lines = text.toUpperCase().split(/\s+/).filter(Boolean);
    const length = lines.length === 1 ? WHOLE[lines[0].length] : undefined;
    return length ? lines[0].match(new RegExp(`.{${length}}`, "g")) : lines;
  }

  // 9303-3 §4.9: weights 7, 3, 1 modulo 10.
  function checkDigit(text) {
    let total = 0;
    for (let i = 0; i < text.length; i += 1) {
      const value = text[i] === "<" ? 0 : Number.parseInt(text[i], 36);
      total += value * [7, 3, 1][i % 3];
    }
    return String(total % 10);
  }

  const at = (lines, [line, begin, end]) => lines[line].slice(begin, end);

  function formatOf(lines) {
    const lengths = lines.map((one) => one.length).join();
    if (lengths === "30,30,30") return "TD1";
    if (lengths === "9,30,30") return "CHE-DL";
    if (lengths === "44,44") return lines[0].startsWith("V") ? "MRV-A" : "TD3";
    if (lengths !== "36,36") return null;
    if (lines[0].startsWith("V")) return "MRV-B";
    return lines[0].startsWith("IDFRA") ? "FRA-ID" : "TD2";
  }

  // In TD1 and TD2 a long number goes on in the optional data (9303-5 §4.2.2.1 note j).
  function numberIsRight(format, layout, lines) {
    const [line, begin, end] = layout.fields.document_number;
    const number = lines[line].slice(begin, end), stated = lines[line][end];
    const tail = layout.optional ? at(lines, layout.optional).split("<")[0] : "";
    if (!["TD1", "TD2"].includes(format) || stated !== "<" || tail.length < 2) return stated === checkDigit(number);
    const rest = tail.slice(0, -1), last = tail.at(-1);
    const state = lines[0].slice(2, 5);
    return last === checkDigit(number + rest) ||
      (FILLER_COUNTS.includes(state) && last === checkDigit(`${number}<${rest}`));
  }

  function fieldIsRight(name, format, layout, lines) {
    if (name === "document_number") return numberIsRight(format, layout, lines);
    const [line, begin, end] = layout.fields[name];
    const text = lines[line].slice(begin, end), stated = lines[line][end];
    const isEmpty = name === "optional_data" && stated === "<" && /^<*$/.test(text); // 9303-4 §4.2.2.2
    return isEmpty || stated === checkDigit(text);
  }

  function checksOf(format, lines) {
    const layout = LAYOUTS[format];
    const checks = Object.fromEntries(Object.keys(layout.fields).map((name) => [name, fieldIsRight(name, format, layout, lines)]));
    if (layout.composite) {
      const [line, place] = layout.check;
      checks.composite = lines[line][place] === checkDigit(layout.composite.map((span) => at(lines, span)).join(""));
    }
    return checks;
  }

  // { format, lines, checks }: null for lines that are no zone yet, or never will be.
  function examine(text) {
    const lines = linesOf(text);
    const format = lines.every((line) => /^[A-Z0-9<]+$/.test(line)) ? formatOf(lines) : null;
    return format ? { format, lines, checks: checksOf(format, lines) } : null;
  }

  const isRight = (checks) => Object.values(checks).every(Boolean);

  // Places that may be misread, in what a wrong check digit covers, and what else may stand there.
  function doubtful({ format, lines, checks }) {
    const layout = LAYOUTS[format], found = new Map();
    const wrong = Object.keys(layout.fields).filter((name) => !checks[name]);
    const spans = wrong.map((name) => [...layout.fields[name].slice(0, 2), layout.fields[name][2] + 1, name]);
    if (!wrong.length && layout.composite) spans.push([layout.check[0], layout.check[1], layout.check[1] + 1, "date"]);
    for (const [line, begin, end, name] of spans) {
      for (let place = begin; place < end; place += 1) {
        const read = lines[line][place];
        const mustBeDigit = name.startsWith("date") || place === end - 1;
        const others = [...(DIGIT_OF[read] ?? "")];
        if (!mustBeDigit) others.push(...(LETTER_OF[read] ?? ""));
        if (others.length) found.set(`${line},${place}`, { line, place, others });
      }
    }
    return [...found.values()];
  }

  const replaced = (lines, { line, place }, other) =>
    lines.map((one, i) => (i === line ? one.slice(0, place) + other + one.slice(place + 1) : one));

  function* replacements(lines, places, count) {
    for (const [i, place] of places.entries()) {
      for (const other of place.others) {
        const made = replaced(lines, place, other);
        if (count === 1) yield made;
        else yield* replacements(made, places.slice(i + 1), count - 1);
      }
    }
  }

  // The one way in which the fewest replacements make every check digit right; null if there are
  // none, or several: then nothing is proved.
  function repair(examined) {
    if (isRight(examined.checks)) return null;
    const places = doubtful(examined);
    for (let count = 1; count <= MOST_REPLACED; count += 1) {
      const found = [...replacements(examined.lines, places, count)].filter((lines) => isRight(checksOf(examined.format, lines)));
      if (found.length) return found.length === 1 ? found[0] : null;
    }
    return null;
  }

  // Whether more could still come, of lines that are no zone.
  function isBegun(text) {
    const lines = linesOf(text);
    return lines.length < 4 && lines.every((line, i) => line.length <= 44 && (i === lines.length - 1 || [9, 30, 36, 44].includes(line.length)));
  }

  return { examine, repair, isRight, isBegun, checkDigit };
})();

(() => {
  const form = document.getElementById("crossing");
  if (!form) return;
  const field = document.getElementById("mrz");
  const said = document.getElementById("mrz-said");
  const shape = document.getElementById("mrz-shape");
  const offer = document.getElementById("mrz-repair");
  const reader = document.getElementById("reader");
  const isKnown = form.dataset.known === "yes";

  function showChecks(checks) {
    for (const row of said.querySelectorAll("[data-check]")) {
      row.hidden = checks[row.dataset.check] !== false;
    }
    const results = Object.values(checks);
    document.getElementById("mrz-right").hidden = !results.length || !results.every(Boolean);
  }

  function marked(lines, before) {
    return lines.flatMap((line, i) => [
      ...(i ? ["\n"] : []),
      ...[...line].map((one, place) => one === before[i][place] ? one : Object.assign(document.createElement("mark"), { textContent: one })),
    ]);
  }

  function showRepair(examined) {
    const better = examined && mrz.repair(examined);
    offer.hidden = !better;
    if (!better) return;
    offer.querySelector("samp").replaceChildren(...marked(better, examined.lines));
    offer.querySelector("button").onclick = () => {
      field.value = better.join("\n");
      field.focus();
      show();
    };
  }

  function show() {
    const text = field.value.trim(), examined = mrz.examine(text);
    said.hidden = !text;
    shape.hidden = examined !== null;
    shape.textContent = mrz.isBegun(text) ? shape.dataset.typing : shape.dataset.unknown;
    showChecks(examined?.checks ?? {});
    showRepair(examined);
    return examined;
  }

  function send() { if (!isKnown) form.requestSubmit(); }

  field.addEventListener("input", show);
  // A reader that types ends each line with Enter: the last one looks the traveller up. Shift makes
  // a new line, and so does Enter while the zone is not whole.
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    const examined = show();
    const isEmpty = field.value.trim() === "";
    if (!isEmpty && !(examined && mrz.isRight(examined.checks))) return;
    event.preventDefault();
    send();
  });
  show();
  form.querySelector("[aria-invalid]")?.focus();

  // --- a reader at the desk: what it reads comes as an event, to the page that asked last
  let source = null;
  function say(what) {
    reader.textContent = reader.dataset[what];
    reader.dataset.said = what;
  }
  function attach() {
    if (source || document.hidden || reader.dataset.has !== "yes") return;
    source = new EventSource("/desk/reader");
    source.onmessage = (event) => {
      const told = JSON.parse(event.data);
      if (told.state) return say(told.state);
      if (told.page) return void document.dispatchEvent(new Event("laid-page"));
      if (isKnown) return say("busy");
      if (told.lines.length === 0) return say("unread");
      field.value = told.lines.join("\n");
      say("read");
      const examined = show();
      if (examined && mrz.isRight(examined.checks)) send();
    };
  }
  function leave() { source?.close(); source = null; }
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : attach()));
  addEventListener("pagehide", leave);
  attach();
})();

// --- whether the centre has everything: on every page
(() => {
  const EVERY_MILLISECONDS = 5000;
  const banner = document.getElementById("desk-banner");
  if (!banner) return;
  let shown = null;
  async function refresh() {
    if (document.hidden) return;
    const answer = await fetch("/desk/banner", { cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return;
    const html = await answer.text();
    if (html !== shown) banner.innerHTML = html;
    shown = html;
  }
  setInterval(refresh, EVERY_MILLISECONDS);
})();
