"use strict";
// One case: pictures drawn from this page's memory, keys for a decision, and nothing left of the
// traveller when the case is over. No picture ever has an address.
(() => {
  const SILENCE_MILLISECONDS = 8000;
  const RETRY_MILLISECONDS = 2000;
  const FACES = ["live_frame", "chip_portrait", "printed_portrait"];
  const ZOOMS = [1, 1.5, 2.25, 3.5];
  const STOPPED = ["clear", "refuse_entry", "deny_exit", "offload"];
  const byId = (id) => document.getElementById(id);
  const root = byId("case");
  const path = root.dataset.path;
  const pageView = pageViewOf({ key: path, fetchGenuine: () => page.post(`${path}/specimens`, {}) });
  const form = byId("decision-form");
  const pictures = new Map(); // name: bitmap
  let source = null;
  let heard = 0;
  let isOver = false;
  let isSending = false;

  // --- pictures
  async function fetchPictures() {
    const part = byId("pictures");
    part.classList.remove("unseen", "failed", "shown", "none");
    part.classList.add("loading");
    let state = "failed";
    try {
      const answer = await page.post(`${path}/images`, {});
      if (answer.status === 200) await takePictures(await answer.formData());
      if (answer.ok) state = pictures.size ? "shown" : "none";
    } catch {
      // told by the state
    }
    if (isOver) return dropPictures();
    part.classList.replace("loading", state);
    drawPictures(part);
    pageView.show();
  }

  async function takePictures(answer) {
    const frames = answer.getAll("pad_frame").map((file, number) => [`pad_frame-${number}`, file]);
    const faces = FACES.flatMap((kind) => answer.getAll(kind).map((file) => [kind, file]));
    for (const [name, file] of [...faces, ...frames]) {
      const bitmap = await createImageBitmap(file).catch(() => null);
      if (bitmap) pictures.set(name, bitmap);
    }
    await pageView.take(answer);
  }

  function drawPictures(part) {
    for (const button of part.querySelectorAll("[data-picture]")) {
      const bitmap = pictures.get(button.dataset.picture);
      button.disabled = !bitmap;
      button.classList.toggle("empty", !bitmap);
      if (bitmap) paint(button.querySelector("canvas"), bitmap);
    }
    for (const button of part.querySelectorAll("[data-open]")) button.disabled = !views(button.dataset.open).length;
  }

  function paint(canvas, bitmap) {
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
  }

  function dropPictures() {
    for (const bitmap of pictures.values()) bitmap.close();
    pictures.clear();
    pageView.drop();
    for (const canvas of document.querySelectorAll("canvas")) canvas.width = canvas.height = 0;
    byId("larger")?.close();
  }

  // --- larger: side by side, two in one place, or one frame after the other
  const larger = { mode: "faces", at: 0, zoom: 0, x: 50, y: 42 };

  function views(mode) {
    const faces = FACES.filter((kind) => pictures.has(kind));
    const frames = [...pictures.keys()].filter((name) => name.startsWith("pad_frame"));
    if (mode === "faces") return faces.length ? [faces] : [];
    if (mode === "frames") return frames.map((name) => [name]);
    return faces.length > 1 ? faces.map((name) => [name]) : []; // flicker
  }

  function open(mode, name) {
    const shown = views(mode);
    if (!shown.length) return;
    Object.assign(larger, { mode, zoom: 0, x: 50, y: 42 });
    larger.at = Math.max(0, shown.findIndex((names) => names.includes(name)));
    draw();
    if (!byId("larger").open) byId("larger").showModal();
  }

  function draw() {
    const shown = views(larger.mode);
    const names = shown[larger.at % shown.length];
    const isMany = shown.length > 1;
    byId("larger-title").textContent = names.map(labelOf).join(" · ");
    byId("larger-hint").hidden = larger.mode !== "flicker";
    byId("larger-flicker").hidden = !views("flicker").length || larger.mode === "frames";
    byId("larger-previous").hidden = byId("larger-next").hidden = !isMany;
    byId("larger-stage").replaceChildren(...names.map(figure));
    zoomed();
  }

  function figure(name) {
    const shown = document.createElement("figure");
    const frame = document.createElement("div");
    const canvas = document.createElement("canvas");
    const caption = document.createElement("figcaption");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", labelOf(name));
    canvas.dataset.shows = name;
    caption.textContent = labelOf(name);
    paint(canvas, pictures.get(name));
    frame.append(canvas);
    shown.append(frame, caption);
    return shown;
  }

  const labelOf = (name) =>
    document.querySelector(`[data-picture="${name}"] canvas`).getAttribute("aria-label");

  function turn(by) {
    const count = views(larger.mode).length;
    larger.at = (larger.at + by + count) % count;
    draw();
  }

  // The same key again and again: the picture before the camera and that of the chip change places.
  function flicker() {
    if (larger.mode === "frames") return;
    if (larger.mode === "faces") Object.assign(larger, { mode: "flicker", at: 0 });
    else larger.at = larger.at === 0 ? 1 : 0;
    draw();
  }

  function zoomed() {
    const factor = ZOOMS[larger.zoom];
    byId("larger-factor").textContent = `×${factor}`;
    for (const canvas of byId("larger-stage").querySelectorAll("canvas")) {
      canvas.style.transform = `scale(${factor})`;
      canvas.style.transformOrigin = `${larger.x}% ${larger.y}%`;
    }
  }

  function pan(x, y) {
    larger.x = Math.min(100, Math.max(0, larger.x + x));
    larger.y = Math.min(100, Math.max(0, larger.y + y));
    zoomed();
  }

  function arrow(x, y) {
    if (larger.zoom) pan(15 * x, 15 * y);
    else if (x && views(larger.mode).length > 1) turn(x);
  }

  function zoom() {
    larger.zoom = (larger.zoom + 1) % ZOOMS.length;
    zoomed();
  }

  const inLarger = {
    KeyF: flicker,
    KeyZ: zoom,
    ArrowLeft: () => arrow(-1, 0),
    ArrowRight: () => arrow(1, 0),
    ArrowUp: () => arrow(0, -1),
    ArrowDown: () => arrow(0, 1),
  };

  function listenToPictures() {
    const dialog = byId("larger");
    dialog.addEventListener("close", () => {
      if (!dialog.open) byId("larger-stage").replaceChildren();
    });
    dialog.addEventListener("keydown", (event) => {
      const act = inLarger[event.code];
      if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      act();
    });
    byId("larger-close").addEventListener("click", () => dialog.close());
    byId("larger-flicker").addEventListener("click", flicker);
    byId("larger-zoom").addEventListener("click", zoom);
    byId("larger-previous").addEventListener("click", () => turn(-1));
    byId("larger-next").addEventListener("click", () => turn(1));
    byId("pictures").addEventListener("click", (event) => {
      const wanted = event.target.closest("button");
      if (!wanted || wanted.disabled) return;
      if (wanted.dataset.open) open(wanted.dataset.open);
      else if (wanted.dataset.fetch !== undefined) fetchPictures();
      else if (wanted.dataset.picture.startsWith("pad_frame")) open("frames", wanted.dataset.picture);
      else open("faces");
    });
  }

  // --- what the centre knows
  async function fetchHistory() {
    const part = byId("history-part");
    try {
      const answer = await page.post(`${path}/holder`, {});
      const { html } = await answer.json();
      if (!isOver) part.innerHTML = html; // drawn and escaped by our server
    } catch {
      part.textContent = "—";
    }
    byId("history").removeAttribute("aria-busy");
  }

  // --- the decision
  const chosen = () => form?.querySelector("[name=decision]:checked")?.value ?? "";

  function showNeeded() {
    const decision = chosen();
    form.querySelector(".needed").hidden = decision === "";
    for (const part of form.querySelectorAll(".needed [data-for], #reason_code [data-for]")) {
      const isFor = part.dataset.for.split(" ").includes(decision) && part.dataset.never === undefined;
      part.hidden = !isFor;
      if (part.matches("option")) part.disabled = !isFor;
    }
    const reason = byId("reason_code");
    const fitting = [...reason.options].filter((one) => one.value && !one.disabled);
    if (reason.selectedOptions[0]?.disabled) reason.value = "";
    if (fitting.length === 1) reason.value = fitting[0].value;
    const spoken = document.querySelector(".identity input:checked") !== null;
    const isOverride = decision === "clear" && form.dataset.override === "yes";
    const hasHits = document.querySelector(".identity") !== null && STOPPED.includes(decision);
    byId("second").hidden = !(isOverride || hasHits || spoken);
  }

  function fields() {
    const shown = [...new FormData(form)].filter(([name]) => {
      const field = form.elements[name];
      return field instanceof RadioNodeList || !field.closest("[hidden]") || field.type === "hidden";
    });
    return Object.fromEntries(shown);
  }

  async function record() {
    if (isSending || isOver) return;
    isSending = true;
    byId("record").disabled = true;
    clearFaults();
    try {
      const answer = await page.post(`${path}/decision`, fields());
      if (answer.status === 401 || answer.status === 403) return location.reload();
      const { html, faults } = await answer.json();
      if (html) return end(html);
      showFaults(faults ?? {});
    } catch {
      lose(); // it may have been recorded: the case says so when the page is back
    } finally {
      isSending = false;
      if (!isOver) byId("record").disabled = form.dataset.mine === "no";
    }
  }

  function clearFaults() {
    for (const line of document.querySelectorAll(".error[id^=fault-]")) line.hidden = true;
    for (const field of document.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  }

  function showFaults(faults) {
    let first = null;
    for (const [name, text] of Object.entries(faults)) {
      const line = byId(`fault-${name}`) ?? byId("fault-form");
      line.textContent = text;
      line.hidden = false;
      const field = form.elements[name];
      const target = field instanceof RadioNodeList ? field[0] : field;
      if (!target) continue;
      target.setAttribute("aria-invalid", "true");
      target.setAttribute("aria-describedby", line.id);
      first ??= target;
    }
    for (const name of ["second_password", "second_code"]) form.elements[name].value = "";
    (first ?? byId("fault-form")).focus();
  }

  function listenToForm() {
    form.addEventListener("submit", (event) => { event.preventDefault(); record(); });
    document.addEventListener("change", (event) => {
      if (!event.target.matches("[name=decision], .identity input")) return;
      showNeeded();
      if (event.target.name === "decision") focusFirst();
    });
    // Of a radio and a list, Enter records as in a field.
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.repeat || !event.target.matches("input[type=radio], select")) return;
      event.preventDefault();
      if (chosen()) record();
    });
    showNeeded();
  }

  function focusFirst() {
    const wanted = [...document.querySelectorAll(".identity, .veto")].find((part) =>
      part.checkVisibility() && !part.querySelector("input:checked"));
    (wanted?.querySelector("input[type=radio]") ?? byId("reason_code")).focus();
  }

  // --- whose the case is
  async function take(from) {
    try {
      const answer = await page.post(`${path}/take`, { from });
      if (answer.status === 401 || answer.status === 403) location.reload();
      const { text } = await answer.json();
      if (text) page.say(text);
    } catch {
      lose();
    }
  }

  function setMine(mayDecide) {
    root.dataset.mayDecide = mayDecide ? "yes" : "no";
    if (!form) return;
    form.dataset.mine = mayDecide ? "yes" : "no";
    form.querySelector(".decisions").disabled = !mayDecide;
    byId("record").disabled = !mayDecide || isSending;
  }

  function connect() {
    heard = performance.now();
    source = new EventSource(`${path}/events`);
    source.onmessage = (event) => {
      heard = performance.now();
      if (byId("pictures")?.matches(".unseen")) fetchPictures();
      setLost(false);
      const told = JSON.parse(event.data);
      if (root.dataset.closed !== undefined) {
        if (told.over || told.reachable) location.reload();
      } else if (told.over) end(told.html);
      else showStanding(told);
    };
    source.addEventListener("alive", () => { heard = performance.now(); });
    source.onerror = lose;
  }

  function showStanding(told) {
    const part = byId("standing");
    const had = part.contains(document.activeElement);
    part.innerHTML = told.html;
    if (had) (part.querySelector("button") ?? byId("main")).focus();
    setMine(told.may_decide);
  }

  function lose() {
    if (source === null) return;
    source.close();
    source = null;
    if (isOver) return;
    setLost(true);
    dropPictures(); // the case may be over by now
    byId("pictures")?.classList.replace("shown", "unseen");
    setTimeout(connect, RETRY_MILLISECONDS);
  }

  function setLost(isLost) {
    byId("lost").hidden = !isLost;
    document.body.classList.toggle("lost", isLost);
  }

  // --- the end: nothing of the traveller stays on the screen or in memory
  function end(html) {
    isOver = true;
    pageView.forget();
    dropPictures();
    root.innerHTML = html;
    source?.close();
    source = null;
    setLost(false);
    byId("ended-title").focus();
  }

  addEventListener("pagehide", () => { isOver = true; dropPictures(); source?.close(); });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  setInterval(() => {
    if (source !== null && performance.now() - heard > SILENCE_MILLISECONDS) lose();
  }, 1000);

  if (root.dataset.closed === undefined) {
    listenToPictures();
    if (form) listenToForm();
    byId("standing").addEventListener("click", (event) => {
      const button = event.target.closest("[data-take]");
      if (button) take(button.dataset.take);
    });
    setMine(root.dataset.mayDecide === "yes");
    if (document.querySelector('[data-take=""]')) take("");
    fetchPictures();
    fetchHistory();
  }
  connect();
})();
