"use strict";
// On every page but the board: what needs somebody at the lanes. As long as this stream lives,
// the officer's lanes count as attended.
(() => {
  const strip = document.getElementById("hall-strip");
  if (document.getElementById("hall") !== null) return; // the board says more
  const source = new EventSource("/hall/strip");
  source.onmessage = (event) => { strip.innerHTML = JSON.parse(event.data).html; };
  addEventListener("pagehide", () => source.close());
})();
