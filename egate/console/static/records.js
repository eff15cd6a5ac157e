"use strict";
// The pictures of a record: fetched by POST, drawn from memory, and gone with the page.
(() => {
  const box = document.getElementById("pictures");
  if (!box) return;
  const button = box.querySelector("button");
  const said = box.querySelector("[role=status]");
  const shown = box.querySelector(".pictures");
  const token = document.querySelector("meta[name=token]").content;

  async function draw(kind, file) {
    const image = await createImageBitmap(file);
    const figure = document.createElement("figure");
    const canvas = document.createElement("canvas");
    const caption = document.createElement("figcaption");
    caption.textContent = box.getAttribute(`data-${kind.replaceAll("_", "-")}`) || kind;
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", caption.textContent);
    canvas.getContext("2d").drawImage(image, 0, 0);
    image.close();
    figure.append(canvas, caption);
    shown.append(figure);
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    said.textContent = "";
    shown.replaceChildren();
    try {
      const answer = await fetch(`/records/${box.dataset.crossing}/pictures`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Console-Token": token },
        body: "{}",
      });
      if (!answer.ok) throw new Error(answer.status);
      if (answer.status === 204) {
        said.textContent = box.dataset.none;
        return;
      }
      for (const [kind, file] of await answer.formData()) await draw(kind, file);
    } catch {
      said.textContent = box.dataset.failed;
    } finally {
      button.disabled = false;
    }
  });
})();
