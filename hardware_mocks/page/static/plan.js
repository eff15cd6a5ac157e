// The lane from above, as an SVG that is drawn once and then follows the snapshots.

const SPACE = "http://www.w3.org/2000/svg";
const HEIGHT = 440, TOP = 122, BOTTOM = 326, MIDDLE = 224;
const LEAF = (BOTTOM - TOP) / 2;

const PLANS = {
  one_step: {
    places: { outside: 95, reader: 470, through: 890 },
    beams: [235, 470, 745], doors: [640], reader: 470, camera: 560,
  },
  two_step: {
    places: { outside: 80, reader: 250, between: 570, through: 915 },
    beams: [250, 570, 815], doors: [405, 725], reader: 250, camera: 635,
  },
};
const SIGNALS = { ready: "ready", busy: "wait", pass: "go", stop: "stop" };

function made(parent, name, attributes = {}, text = "") {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  parent.append(element);
  return element;
}

function person(parent, kind) {
  const group = made(parent, "g", { class: `person ${kind}` });
  made(group, "ellipse", { class: "shoulders", rx: 21, ry: 40 });
  made(group, "circle", { class: "head", r: 19 });
  made(group, "circle", { class: "nose", cx: 19, cy: 0, r: 5 });
  return group;
}

function doorLeaves(svg, x) {
  const upper = made(svg, "rect", { class: "leaf", x: x - 6, y: TOP, width: 12, height: LEAF });
  const lower = made(svg, "rect", { class: "leaf", x: x - 6, y: MIDDLE, width: 12, height: LEAF });
  return ({ opened, pushed }) => {
    upper.style.transform = `translateY(${-LEAF * opened}px)`;
    lower.style.transform = `translateY(${LEAF * opened}px)`;
    for (const leaf of [upper, lower]) leaf.classList.toggle("pushed", pushed);
  };
}

function glow(svg, x) {
  const gradient = made(made(svg, "defs"), "radialGradient", { id: "glow" });
  made(gradient, "stop", { class: "glow-middle", offset: "0%" });
  made(gradient, "stop", { class: "glow-edge", offset: "100%" });
  gradient.classList.add("glow");
  made(svg, "circle", { class: "glow", cx: x, cy: 150, r: 230 });
}

export function drawPlan(svg, flow) {
  const plan = PLANS[flow];
  const border = plan.doors.at(-1);
  made(svg, "rect", { class: "floor", x: 0, y: 0, width: border, height: HEIGHT });
  made(svg, "rect", { class: "cleared", x: border, y: 0, width: 1000 - border, height: HEIGHT });
  glow(svg, border);
  const sight = made(svg, "polygon", {
    class: "sight",
    points: `${plan.camera},${TOP - 16} ${plan.camera - 185},${BOTTOM} ${plan.camera - 20},${BOTTOM}`,
  });
  const beams = plan.beams.map((x) =>
    made(svg, "line", { class: "beam", x1: x, x2: x, y1: TOP, y2: BOTTOM }));
  const caseOnFloor = made(svg, "rect", { class: "case", y: 262, width: 36, height: 48, rx: 5 });
  const second = person(svg, "second");
  const you = person(svg, "you");
  const doors = plan.doors.map((x) => doorLeaves(svg, x));

  const walls = { one_step: [170, 830], two_step: [170, 850] }[flow];
  const wall = { class: "wall", x: walls[0], width: walls[1] - walls[0], rx: 8 };
  made(svg, "rect", { ...wall, y: 12, height: TOP - 12 });
  made(svg, "rect", { ...wall, y: BOTTOM, height: HEIGHT - BOTTOM - 12 });
  made(svg, "rect", { class: "desk", x: plan.reader - 52, y: 64, width: 104, height: 66, rx: 8 });
  const book = made(svg, "rect", { class: "book", x: plan.reader - 21, y: 76, width: 42, height: 44, rx: 4 });
  made(svg, "text", { x: plan.reader, y: 48, "text-anchor": "middle" }, "reader");
  made(svg, "rect", { class: "desk", x: plan.camera - 19, y: 76, width: 38, height: 30, rx: 7 });
  made(svg, "text", { x: plan.camera, y: 48, "text-anchor": "middle" }, "camera");
  made(svg, "circle", { class: "lamp", cx: border, cy: 90, r: 22 });
  const signal = made(svg, "text", { class: "signal", x: border, y: 48, "text-anchor": "middle" });
  const alarm = made(svg, "text", { class: "alarm", x: (walls[0] + walls[1]) / 2, y: 384, "text-anchor": "middle" });
  made(svg, "text", { x: 16, y: 424 }, "not cleared");
  made(svg, "text", { x: 984, y: 424, "text-anchor": "end" }, "cleared");

  return (seen) => {
    const traveller = seen.traveller;
    seen.doors.slice(0, doors.length).forEach((door, at) => doors[at](door));
    beams.forEach((beam, at) => beam.classList.toggle("broken", seen.beams[at]));
    signal.textContent = SIGNALS[seen.light];
    sight.classList.toggle("lit", seen.face_light);
    book.classList.toggle("lost", seen.chip_lost);
    book.toggleAttribute("hidden", !seen.occupied);
    book.style.display = seen.occupied ? "" : "none";
    you.classList.toggle("gone", !traveller);
    const x = plan.places[traveller?.place ?? "outside"];
    const turned = traveller?.looking ? " rotate(-55deg)" : "";
    you.style.transform = `translate(${x}px, ${MIDDLE}px)${turned}`;
    second.classList.toggle("gone", !traveller?.companions);
    second.style.transform = `translate(${x - 78}px, ${MIDDLE + 18}px)`;
    caseOnFloor.style.display = traveller?.luggage ? "" : "none";
    if (traveller?.luggage) caseOnFloor.setAttribute("x", plan.beams[traveller.luggage - 1] - 52);
    const alarms = [seen.inputs.emergency && "EMERGENCY", seen.inputs.obstruct && "DOOR BLOCKED",
      seen.inputs.tamper && "CABINET OPEN", seen.inputs.release_button && "RELEASE BUTTON",
      seen.buzzer && "BUZZER"];
    alarm.textContent = alarms.filter(Boolean).join("   ·   ");
  };
}
