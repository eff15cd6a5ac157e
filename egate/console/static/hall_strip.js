"use strict";
// On every page but the board: what needs somebody at the lanes, and what waits for a checker. As
// long as this stream lives, the officer's lanes count as attended.
(() => {
  const source = new EventSource("/hall/strip");
  source.onmessage = (event) => {
    for (const [name, html] of Object.entries(JSON.parse(event.data).parts)) {
      if (name === "strip") document.getElementById("hall-strip").innerHTML = html;
      else document.querySelector(`[data-part="${CSS.escape(name)}"]`)?.replaceWith(piece(html));
    }
  };

  function piece(html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    return made.content.firstElementChild;
  }

  addEventListener("pagehide", () => source.close());
})();
