"use strict";
// Beside a chosen threshold, what it is now and what it may be; a file's text into its field; and
// the question before something is taken back.
for (const choice of document.querySelectorAll("select[data-limits]")) {
  const hint = document.getElementById(choice.dataset.limits);
  const show = () => {
    const { now, range } = choice.selectedOptions[0].dataset;
    hint.textContent = now === undefined ? "" : `${hint.dataset.now}: ${now} · ${hint.dataset.range}: ${range}`;
  };
  choice.addEventListener("change", show);
  show();
}
for (const input of document.querySelectorAll("input[type=file][data-into]")) {
  input.addEventListener("change", async () => {
    if (input.files.length) document.getElementById(input.dataset.into).value = await input.files[0].text();
  });
}
for (const button of document.querySelectorAll("button[data-opens]"))
  button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
