"use strict";
// The page that lies on the desk's scanner, above the form that it was laid down for. It is in
// this page's memory alone, and gone with the form, the next document and the officer's session.
(() => {
  const place = document.getElementById("laid-page");
  if (!place) return;
  const form = document.getElementById("crossing");
  const looking = place.querySelector(".looking");
  const host = place.querySelector(".host");
  const before = document.getElementById("page-amiss"); // beside the decision, once there is one
  let view = null; // of the page that is shown
  let asked = 0; // the newest question; what is answered to an older one is of another page

  const fields = () => Object.fromEntries(
    ["entry", "issuing_state", "document_number", "date_of_birth"].map((name) => [name, form.elements[name].value]),
  );

  async function ask() {
    const answer = await page.post("/desk/page", fields()).catch(() => null);
    return answer?.ok ? answer.json() : { state: "none" };
  }

  async function refresh() {
    const mine = ++asked;
    const told = await ask();
    if (mine !== asked) return;
    drop();
    looking.hidden = told.state !== "looking";
    if (told.state === "shown") await show(told.html, mine);
  }

  async function show(html, mine) {
    host.innerHTML = html;
    tellAmiss(host.querySelector("details").dataset.amiss);
    const shown = pageViewOf({ key: form.elements.entry.value, fetchGenuine: () => page.post("/desk/page/specimens", {}) });
    view = shown;
    const answer = await page.post("/desk/page/pictures", fields()).catch(() => null);
    if (answer?.status === 200) await shown.take(await answer.formData());
    if (mine === asked) shown.show();
    else shown.drop();
  }

  function tellAmiss(names) {
    if (!before) return names && page.say(names);
    before.hidden = !names;
    before.querySelector("b").textContent = names;
    const enter = document.getElementById("enter");
    if (!names && document.activeElement === document.body) enter.focus();
    // Enter must not enter the crossing before the page was looked at.
    if (names && document.activeElement === enter) host.querySelector("summary").focus();
  }

  function drop() {
    view?.forget();
    view?.drop();
    view = null;
    host.replaceChildren();
    if (before) before.hidden = true;
  }

  document.addEventListener("laid-page", refresh);
  // A browser may keep the whole page for the way back.
  addEventListener("pagehide", () => { asked += 1; host.replaceChildren(); });
  addEventListener("pageshow", (event) => { if (event.persisted) refresh(); });
  refresh();
})();
