"use strict";
// A scanned page: three lights, what was found drawn on it, and the specimen beside it. Drawn from
// this page's memory as other pictures of a traveller, and gone with them.
//
// `key` tells the page from the next one, for the light that was chosen last; `fetchGenuine`
// returns the answer with the specimens. Without a view on the page nothing is done.
function pageViewOf({ key, fetchGenuine }) {
  const SVG = "http://www.w3.org/2000/svg";
  const LIGHTS = ["white", "infrared", "ultraviolet"];
  const ZOOMS = [1, 1.5, 2.25, 3.5, 5];
  const AROUND = 0.25; // of the shorter side of a region is shown around it
  const LEAST = 0.16; // of the page's width is shown, however small the region is
  const SHADED = 0.02; // of the page, from which what is around a region is darkened
  const LONGEST = 1400; // pixels of an enlarged region
  const WIDE = 1.9; // regions of that shape are shown one above the other, not side by side
  const ALL = [0, 0, 1, 1];
  const REMEMBERED = "page-light";
  const root = document.getElementById("page-view");
  if (root === null) return { take() {}, show() {}, drop() {}, forget() {} };

  const dialog = document.getElementById("page-larger");
  const stage = dialog.querySelector("[data-stage]");
  const whole = root.querySelector(".whole .sheet");
  const findings = [...root.querySelectorAll(".finding")];
  const none = root.querySelector("[data-none]");
  const sheets = new Map(); // light: bitmap
  const specimens = new Map(); // number.light: bitmap
  const view = { light: "white", finding: null, beside: true, zoom: 0, x: 50, y: 50 };
  const which = () => root.querySelector("[data-which]")?.value ?? "0";
  const specimen = () => specimens.get(`${which()}.${view.light}`);
  const regionOf = (finding) => (finding?.dataset.region ? finding.dataset.region.split(" ").map(Number) : null);

  // --- pictures
  async function take(answer) {
    for (const light of LIGHTS) {
      const file = answer.get(`page_${light}`);
      const bitmap = file && await createImageBitmap(file).catch(() => null);
      if (bitmap) sheets.set(light, bitmap);
    }
  }

  async function fetchSpecimens() {
    if (specimens.size || dialog.dataset.specimens === "0") return;
    try {
      const answer = await fetchGenuine();
      for (const [name, file] of await answer.formData()) specimens.set(name, await createImageBitmap(file));
      none.textContent = none.dataset.noLight;
    } catch {
      none.textContent = none.dataset.failed;
    }
    if (sheets.size === 0) dropSpecimens(); // the page is gone meanwhile
    draw();
  }

  function show() {
    root.hidden = sheets.size === 0 && findings.length === 0;
    for (const button of document.querySelectorAll("[data-switch]")) {
      button.disabled = !sheets.has(button.dataset.switch);
      const told = button.querySelector("small");
      if (told) told.hidden = !button.disabled;
    }
    for (const button of root.querySelectorAll("[data-page]")) button.disabled = sheets.size === 0;
    if (sheets.size && !sheets.has(view.light)) view.light = sheets.keys().next().value;
    draw();
    if (sheets.size) fetchSpecimens();
  }

  function dropSpecimens() {
    for (const bitmap of specimens.values()) bitmap.close();
    specimens.clear();
  }

  function drop() {
    for (const bitmap of sheets.values()) bitmap.close();
    sheets.clear();
    dropSpecimens();
    dialog.close();
  }

  function forget() {
    sessionStorage.removeItem(REMEMBERED);
  }

  // --- drawing: sides of a region are parts of the image
  function paint(sheet, bitmap, label, [left, top, width, height] = ALL) {
    const canvas = sheet.querySelector("canvas");
    sheet.classList.toggle("empty", !bitmap);
    canvas.width = canvas.height = 0;
    sheet.querySelector("svg")?.remove();
    canvas.setAttribute("aria-label", label);
    if (!bitmap) return;
    const cut = [left * bitmap.width, top * bitmap.height, width * bitmap.width, height * bitmap.height];
    const scale = LONGEST / Math.max(cut[2], cut[3]);
    canvas.width = Math.round(cut[2] * scale);
    canvas.height = Math.round(cut[3] * scale);
    const pen = canvas.getContext("2d");
    pen.imageSmoothingQuality = "high";
    pen.drawImage(bitmap, ...cut, 0, 0, canvas.width, canvas.height);
  }

  function frame(sheet, regions, chosen, cut = ALL) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", cut.join(" "));
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    const around = ([left, top, width, height]) => `M${left} ${top}h${width}v${height}h${-width}z`;
    const draw = (className, d) => {
      const shape = document.createElementNS(SVG, "path");
      shape.setAttribute("class", className);
      shape.setAttribute("d", d);
      svg.append(shape);
    };
    if (chosen && chosen[2] * chosen[3] >= SHADED) draw("shade", around(ALL) + around(chosen));
    for (const one of regions) {
      const strength = one === chosen ? "chosen" : "other";
      draw(`halo ${strength}`, around(one));
      draw(`line ${strength}`, around(one));
    }
    sheet.append(svg);
  }

  const lightName = () => document.querySelector(`[data-switch="${view.light}"]`).dataset.name;

  function drawWhole() {
    const chosen = regionOf(view.finding);
    const others = findings.filter((one) => one !== view.finding && one.dataset.amiss === "yes").map(regionOf);
    paint(whole, sheets.get(view.light), `${captionOf(whole)}, ${lightName()}`);
    if (sheets.has(view.light)) frame(whole, [...others, chosen].filter(Boolean), chosen);
  }

  // The region with what is around it, in parts of the image; never less than gives it a context.
  function padded([left, top, width, height], bitmap) {
    const around = 2 * AROUND * Math.min(width * bitmap.width, height * bitmap.height);
    const spread = (from, size, pixels) => {
      const wanted = Math.min(1, Math.max(size * pixels + around, LEAST * bitmap.width) / pixels);
      const first = from + size / 2 - wanted / 2;
      return [Math.min(Math.max(0, first), 1 - wanted), wanted];
    };
    const [first, across] = spread(left, width, bitmap.width);
    const [above, down] = spread(top, height, bitmap.height);
    return [first, above, across, down];
  }

  const captionOf = (sheet) => sheet.closest("figure").querySelector("figcaption").textContent;

  function drawCloser() {
    const region = regionOf(view.finding);
    const reference = sheets.get(view.light) ?? sheets.values().next().value;
    const cut = region && reference ? padded(region, reference) : ALL;
    const name = region ? `${view.finding.dataset.name}, ` : "";
    for (const figure of root.querySelectorAll(".closer figure")) {
      const isThis = figure.dataset.side === "this";
      const bitmap = isThis ? sheets.get(view.light) : specimen();
      const sheet = figure.querySelector(".sheet");
      paint(sheet, bitmap, `${captionOf(sheet)}, ${name}${lightName()}`, cut);
      // Where another page has it, is known to some millimetres: no frame on the specimen.
      if (bitmap && region && isThis) frame(sheet, [region], null, cut);
    }
    const isWide = reference && (cut[2] * reference.width) / (cut[3] * reference.height) > WIDE;
    root.querySelector(".page-desk").dataset.shape = region === null ? "all" : isWide ? "wide" : "tall";
  }

  function draw() {
    for (const button of document.querySelectorAll("[data-switch]")) {
      button.setAttribute("aria-pressed", String(button.dataset.switch === view.light));
    }
    for (const one of findings) {
      const isChosen = one === view.finding;
      one.setAttribute("aria-pressed", String(isChosen));
      root.querySelector(`[data-told="${one.dataset.finding}"]`).hidden = !isChosen;
    }
    drawWhole();
    drawCloser();
    if (dialog.open) drawLarger();
  }

  // --- choosing
  function setLight(light) {
    if (!sheets.has(light)) return;
    view.light = light;
    sessionStorage.setItem(REMEMBERED, `${key} ${light}`);
    draw();
  }

  function choose(finding) {
    view.finding = finding === view.finding ? null : finding;
    view.zoom = 0;
    aim(regionOf(view.finding));
    if (view.finding && sheets.has(view.finding.dataset.light)) setLight(view.finding.dataset.light);
    else draw();
  }

  function next() {
    choose(findings[(findings.indexOf(view.finding) + 1) % findings.length]);
  }

  function aim(region) {
    const [left, top, width, height] = region ?? ALL;
    Object.assign(view, { x: 100 * (left + width / 2), y: 100 * (top + height / 2) });
  }

  // --- larger: the page, and the specimen beside it, both moved and enlarged together
  function open() {
    if (sheets.size === 0) return;
    view.zoom = 0;
    aim(regionOf(view.finding));
    if (!dialog.open) dialog.showModal();
    drawLarger();
  }

  function drawLarger() {
    const sides = [["this", sheets.get(view.light)]];
    if (view.beside && dialog.dataset.specimens !== "0") sides.push(["specimen", specimen()]);
    dialog.querySelector("[data-page=compare]").setAttribute("aria-pressed", String(sides.length > 1));
    stage.replaceChildren(...sides.map(([side, bitmap]) => {
      const figure = root.querySelector(`.closer figure[data-side=${side}]`).cloneNode(true);
      const sheet = figure.querySelector(".sheet");
      const pane = document.createElement("div");
      pane.className = "pane";
      sheet.replaceWith(pane);
      pane.append(sheet);
      paint(sheet, bitmap, `${captionOf(sheet)}, ${lightName()}`);
      const region = regionOf(view.finding);
      if (bitmap && region && side === "this") frame(sheet, [region], null);
      return figure;
    }));
    zoomed();
  }

  function zoomed() {
    const factor = ZOOMS[view.zoom];
    dialog.querySelector("[data-factor]").textContent = `×${factor}`;
    for (const sheet of stage.querySelectorAll(".sheet")) {
      sheet.style.transform = `scale(${factor})`;
      sheet.style.transformOrigin = `${view.x}% ${view.y}%`;
    }
  }

  function zoom() {
    view.zoom = (view.zoom + 1) % ZOOMS.length;
    zoomed();
  }

  function pan(x, y) {
    const within = (value) => Math.min(100, Math.max(0, value));
    Object.assign(view, { x: within(view.x + x), y: within(view.y + y) });
    zoomed();
  }

  function compare() {
    view.beside = !view.beside;
    drawLarger();
  }

  const inLarger = {
    Digit1: () => setLight("white"),
    Digit2: () => setLight("infrared"),
    Digit3: () => setLight("ultraviolet"),
    KeyG: () => findings.length && next(),
    KeyM: compare,
    KeyZ: zoom,
    ArrowLeft: () => pan(-15, 0),
    ArrowRight: () => pan(15, 0),
    ArrowUp: () => pan(0, -15),
    ArrowDown: () => pan(0, 15),
  };
  const acts = { larger: open, next, compare, zoom, close: () => dialog.close() };

  function listen() {
    for (const part of [root, dialog]) {
      part.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (!button) return;
        if (button.dataset.switch) setLight(button.dataset.switch);
        else if (button.dataset.finding) choose(button);
        else acts[button.dataset.page]();
      });
    }
    whole.addEventListener("click", open);
    root.querySelector("[data-which]")?.addEventListener("change", draw);
    dialog.addEventListener("close", () => stage.replaceChildren());
    dialog.addEventListener("keydown", (event) => {
      const act = inLarger[event.code.replace("Numpad", "Digit")];
      if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      act();
    });
    stage.addEventListener("click", (event) => {
      const sheet = event.target.closest(".sheet");
      if (!sheet) return;
      const box = sheet.getBoundingClientRect();
      view.x = (100 * (event.clientX - box.left)) / box.width;
      view.y = (100 * (event.clientY - box.top)) / box.height;
      zoom();
    });
  }

  function begin() {
    const [of, light] = (sessionStorage.getItem(REMEMBERED) ?? "").split(" ");
    view.finding = findings.find((one) => one.dataset.amiss === "yes") ?? null;
    if (of === key) view.light = light;
    else if (view.finding) view.light = view.finding.dataset.light;
    listen();
    draw();
  }

  begin();
  return { take, show, drop, forget };
}
