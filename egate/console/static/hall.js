"use strict";
// The server draws; this script puts in place what changed, keeps the chosen lane chosen, and
// sends orders. A lane keeps its place: nothing moves under the officer's pointer.
(() => {
  const SILENCE_MILLISECONDS = 8000;
  const RETRY_MILLISECONDS = 1000;
  const CHOSEN = "chosen-lane";
  const byId = (id) => document.getElementById(id);
  const language = document.documentElement.lang;
  const digits = new Intl.NumberFormat(language, { useGrouping: false, minimumIntegerDigits: 2 });
  const whole = new Intl.NumberFormat(language, { useGrouping: false });
  const hall = byId("hall");
  const title = document.title;
  const known = new Set(); // alarms that were announced
  let offset = Number(hall.dataset.now) - performance.now() / 1000;
  let chosen = sessionStorage.getItem(CHOSEN);
  let source = null;
  let heard = 0;

  // --- what the server says
  const partOf = (name) => document.querySelector(`[data-part="${CSS.escape(name)}"]`);

  function take({ lanes, parts, now }) {
    offset = now - performance.now() / 1000;
    for (const [name, html] of Object.entries(parts)) put(name, html);
    for (const part of document.querySelectorAll("#rows > [data-part], #panels > [data-part]"))
      if (!lanes.includes(part.dataset.gate ?? part.dataset.panel)) part.remove();
    for (const gate of lanes) byId("rows").append(...inOrder(gate, lanes));
    choose(chosen);
    announce();
    tick();
  }

  function inOrder(gate, lanes) {
    const row = partOf(`row ${gate}`);
    return row && [...byId("rows").children].indexOf(row) !== lanes.indexOf(gate) ? [row] : [];
  }

  function put(name, html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const part = fresh.content.firstElementChild;
    const old = partOf(name);
    part.drawn = part.outerHTML; // as it came: afterwards this script writes into it
    if (old === null) {
      (name.startsWith("row ") ? byId("rows") : byId("panels")).append(part);
    } else if (old.drawn !== part.drawn) {
      const focused = focusKey(old);
      for (const field of old.querySelectorAll("input"))
        part.querySelector(`#${CSS.escape(field.id)}`).value = field.value;
      part.hidden = old.hidden;
      old.replaceWith(part);
      if (focused !== null) (part.querySelector(focused) ?? refuge(part)).focus({ preventScroll: true });
    }
  }

  // Where the focus goes when what had it is gone.
  const refuge = (part) => part.matches("[tabindex]") ? part : part.querySelector("button, a") ?? byId("main");

  function focusKey(part) {
    const active = document.activeElement;
    if (!part.contains(active)) return null;
    if (active.id) return `#${CSS.escape(active.id)}`;
    const named = ["order", "pick", "false", "done"].filter((name) => active.dataset[name] !== undefined);
    const gate = active.dataset.gate ? `[data-gate="${CSS.escape(active.dataset.gate)}"]` : "";
    if (named.length) return `[data-${named[0]}="${CSS.escape(active.dataset[named[0]])}"]${gate}`;
    return active.href ? `a[href="${CSS.escape(active.getAttribute("href"))}"]` : ":scope > *[tabindex]";
  }

  function announce() {
    const lines = [...document.querySelectorAll("[data-alarm]")];
    const fresh = lines.filter((line) => !known.has(line.dataset.alarm));
    known.clear();
    for (const line of lines) known.add(line.dataset.alarm);
    document.title = lines.length ? `(${whole.format(lines.length)}) ${title}` : title;
    if (fresh.length === 0) return;
    byId("announced").textContent = fresh.map((line) =>
      `${line.querySelector(".alarm-gate").textContent}: ${line.querySelector("b").textContent}`).join(". ");
  }

  // --- times
  function passed(seconds) {
    return `${whole.format(Math.floor(seconds / 60))}:${digits.format(seconds % 60)}`;
  }

  function age(seconds) {
    const { unitS, unitMin, unitH, unitD } = hall.dataset;
    for (const [most, size, unit] of [[120, 1, unitS], [7200, 60, unitMin], [172800, 3600, unitH]])
      if (seconds < most) return `${whole.format(Math.floor(seconds / size))} ${unit}`;
    return `${whole.format(Math.floor(seconds / 86400))} ${unitD}`;
  }

  function tick() {
    const now = performance.now() / 1000 + offset;
    for (const time of document.querySelectorAll("time[data-since], time[data-age]")) {
      const since = Number(time.dataset.since ?? time.dataset.age);
      const seconds = Math.max(0, Math.floor(now - since));
      const text = time.dataset.since === undefined || seconds >= 6000 ? age(seconds) : passed(seconds);
      if (time.textContent !== text) time.textContent = text;
    }
  }

  // --- the stream: its first event is all there is, so that whatever was missed is made good
  function connect() {
    heard = performance.now();
    source = new EventSource("/hall/events");
    source.onmessage = (event) => {
      heard = performance.now();
      setLost(false);
      take(JSON.parse(event.data));
    };
    source.addEventListener("alive", () => { heard = performance.now(); });
    source.onerror = lose;
  }

  function lose() {
    if (source === null) return;
    source.close();
    source = null;
    setLost(true);
    setTimeout(tryAgain, RETRY_MILLISECONDS);
  }

  // A session that is over or locked answers; then its page is where to go.
  async function tryAgain() {
    try {
      const answer = await fetch("/hall/pulse", { cache: "no-store" });
      if (answer.ok) connect();
      else if (answer.status === 401) location.assign((await answer.json()).way);
      else setTimeout(tryAgain, RETRY_MILLISECONDS);
    } catch {
      setTimeout(tryAgain, RETRY_MILLISECONDS);
    }
  }

  function setLost(isLost) {
    byId("lost").hidden = !isLost;
    document.body.classList.toggle("lost", isLost);
    byId("main").inert = isLost;
  }

  // --- what the officer does
  function choose(gate) {
    const rows = [...document.querySelectorAll("#rows > .row")];
    chosen = rows.some((row) => row.dataset.gate === gate) ? gate : rows.length === 1 ? rows[0].dataset.gate : null;
    for (const row of rows) {
      row.classList.toggle("chosen", row.dataset.gate === chosen);
      row.querySelector(".pick").setAttribute("aria-pressed", row.dataset.gate === chosen);
    }
    for (const panel of document.querySelectorAll(".panel")) panel.hidden = panel.dataset.panel !== chosen;
    byId("choose-hint").hidden = chosen !== null;
    if (chosen !== null) sessionStorage.setItem(CHOSEN, chosen);
  }

  function reveal(gate) {
    choose(gate);
    const panel = partOf(`panel ${gate}`);
    panel?.querySelector(".orders, header")?.scrollIntoView({ block: "nearest" });
  }

  async function send(path, body) {
    try {
      const answer = await page.post(path, body);
      if (answer.status === 401) location.assign((await answer.json()).way);
      else page.say(`${body.gate ? `${body.gate}: ` : ""}${(await answer.json()).text}`);
      return answer.ok;
    } catch {
      lose();
      return false;
    }
  }

  const lanePath = (gate, what) => `/hall/lanes/${encodeURIComponent(gate)}/${what}`;

  function order(button) {
    const { gate, order: wanted, crossing } = button.dataset;
    const body = { gate, order: wanted, crossing_id: crossing };
    if (wanted === "evacuate") ask(gate, { ...body, confirmed: true });
    else send(lanePath(gate, "orders"), body);
  }

  function ask(gate, body) {
    const dialog = byId("confirm");
    byId("confirm-gate").textContent = gate;
    byId("confirm-yes").onclick = () => { dialog.close(); send(lanePath(gate, "orders"), body); };
    byId("confirm-no").onclick = () => dialog.close();
    dialog.showModal();
    byId("confirm-yes").focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const row = event.target.closest(".row");
    if (button?.dataset.pick) reveal(button.dataset.pick);
    else if (row) reveal(row.dataset.gate);
    else if (button?.dataset.order) order(button);
    else if (button?.dataset.act) send(button.dataset.act, {});
    else if (button?.dataset.done) send(lanePath(button.dataset.gate, `notes/${button.dataset.done}/done`), { gate: button.dataset.gate });
    else if (button?.dataset.false) callFalse(button.dataset);
  });

  function callFalse({ gate, false: kind, crossing, begun }) {
    send(lanePath(gate, "false-alarm"), { gate, kind, crossing_id: crossing, since: Number(begun) });
  }

  document.addEventListener("submit", async (event) => {
    const gate = event.target.dataset.note;
    if (gate === undefined) return;
    event.preventDefault();
    const field = event.target.elements.text;
    const text = field.value;
    if (await send(lanePath(gate, "notes"), { gate, text })) byId(field.id).value = "";
  });

  for (const part of document.querySelectorAll("[data-part]")) part.drawn = part.outerHTML;
  for (const line of document.querySelectorAll("[data-alarm]")) known.add(line.dataset.alarm);
  choose(chosen);
  announce();
  tick();
  setInterval(tick, 500);
  setInterval(() => {
    if (source !== null && performance.now() - heard > SILENCE_MILLISECONDS) lose();
  }, 1000);
  connect();
})();
