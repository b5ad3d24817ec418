"use strict";
// Filters and language of a report. They live in the address after #, so that a view can be sent as a link.
const form = document.getElementById("filters");
const root = document.documentElement;
const items = [...document.querySelectorAll("li[data-severity]")];
const shown = document.getElementById("shown");
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
const texts = items.map((item) => folded(item.textContent));

function apply() {
  const severities = new Set([...form.querySelectorAll("[name=severity]:checked")].map((box) => box.value));
  const { shape, article, q } = Object.fromEntries(new FormData(form));
  const wanted = folded(q);
  let count = 0;
  items.forEach((item, n) => {
    const fits = severities.has(item.dataset.severity)
      && (!shape || item.dataset.shape === shape)
      && (!article || item.dataset.articles.split("/").includes(article))
      && (!wanted || texts[n].includes(wanted));
    item.hidden = !fits;
    if (fits) count += 1;
  });
  for (const block of document.querySelectorAll("details")) block.hidden = !block.querySelector("li:not([hidden])");
  for (const group of document.querySelectorAll("section")) group.hidden = !group.querySelector("details:not([hidden])");
  shown.textContent = `${count} / ${items.length}`;
  document.getElementById("nothing").hidden = count > 0 || items.length === 0;
}

function remember() {
  const state = new URLSearchParams({ lang: root.dataset.lang });
  const boxes = [...form.querySelectorAll("[name=severity]")];
  if (boxes.some((box) => !box.checked)) state.set("severity", boxes.filter((box) => box.checked).map((box) => box.value).join(","));
  for (const name of ["shape", "article", "q"]) if (form.elements[name].value) state.set(name, form.elements[name].value);
  history.replaceState(null, "", `#${state}`);
}

function recall() {
  const state = new URLSearchParams(location.hash.slice(1));
  if (["vi", "en"].includes(state.get("lang"))) speak(state.get("lang"));
  if (state.has("severity")) {
    const wanted = state.get("severity").split(",");
    for (const box of form.querySelectorAll("[name=severity]")) box.checked = wanted.includes(box.value);
  }
  for (const name of ["shape", "article", "q"]) if (state.has(name)) form.elements[name].value = state.get(name);
}

function speak(lang) {
  root.dataset.lang = root.lang = lang;
  document.title = `${document.querySelector("h1").innerText} · kg validate`;
  for (const option of form.querySelectorAll("option[data-vi]")) option.textContent = option.dataset[lang];
  for (const button of document.querySelectorAll("[data-set-lang]")) button.setAttribute("aria-pressed", button.dataset.setLang === lang);
}

for (const button of document.querySelectorAll("[data-set-lang]")) {
  button.addEventListener("click", () => { speak(button.dataset.setLang); remember(); });
}
form.addEventListener("input", () => { apply(); remember(); });
form.addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("hashchange", () => { recall(); apply(); });
speak(root.dataset.lang);
recall();
apply();
