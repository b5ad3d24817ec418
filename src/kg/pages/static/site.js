// What scripts add to pages that are whole without them: theme switch, suggestions, filters, sorting, tips.
"use strict";

const root = document.documentElement;

function themeSwitch(button) {
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const show = () => { button.textContent = dark() ? button.dataset.light : button.dataset.dark; };
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem("kg-theme", root.dataset.theme); } catch { /* not kept */ }
    show();
  });
}

// ---------------------------------------------------------------- suggestions
const bare = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();

// A static site has no server to ask: its index is fetched once and looked through here.
let index = null;
async function lookUp(form, typed, kind, limit) {
  if (form.dataset.static === undefined) {
    const query = new URLSearchParams({ q: typed, limit });
    if (kind) query.set("kind", kind);
    const answer = await fetch(`${form.dataset.search}?${query}`, { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).results : [];
  }
  index ??= await (await fetch(form.dataset.search)).json();
  const words = bare(typed).split(/[^\p{L}\p{N}]+/u).filter(Boolean).map((word) => ` ${word.replace(/^0+(?=\d)/, "")}`);
  if (!words.length) return [];
  const above = new URL(form.dataset.search, location.href);
  return index
    .filter((entry) => words.every((word) => entry.words.includes(word)))
    .slice(0, limit)
    .map((entry) => ({ ...entry, href: new URL(entry.href, above).href }));
}

function suggest(input, form, { kind = "", choose }) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${input.id}-list`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels?.[0]?.textContent || "");
  list.hidden = true;
  input.parentNode.classList.add("suggested");
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  let found = [], at = -1, turn = 0;
  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = () => [...list.children].forEach((item, place) => {
    item.setAttribute("aria-selected", String(place === at));
    if (place === at) { input.setAttribute("aria-activedescendant", item.id); item.scrollIntoView({ block: "nearest" }); }
  });
  input.addEventListener("input", async () => {
    const own = ++turn;
    const typed = input.value.trim();
    if (typed.length < 2) return close();
    const results = await lookUp(form, typed, kind, 8).catch(() => []);
    if (own !== turn) return;
    found = results;
    list.replaceChildren(...found.map((entry, place) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${place}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      const name = document.createElement("span"), what = document.createElement("small");
      name.textContent = entry.label;
      name.lang = "vi";
      what.textContent = entry.kind;
      item.append(name, what);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(entry); close(); });
      return item;
    }));
    at = -1;
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return close();
    if (list.hidden || !found.length) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      at = (at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length;
      mark();
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      choose(found[at]);
      close();
    }
  });
  input.addEventListener("blur", () => setTimeout(close, 150));
}

async function staticResults(form) {
  const results = document.getElementById("results");
  const typed = new URLSearchParams(location.search).get("q");
  if (form.dataset.static === undefined || !results || !typed) return;
  form.elements.q.value = typed;
  for (const entry of await lookUp(form, typed, "", 60)) {
    const item = document.createElement("li"), what = document.createElement("span"), holder = document.createElement("div"), link = document.createElement("a");
    what.className = "what";
    what.textContent = entry.kind;
    link.href = entry.href;
    link.textContent = entry.label;
    link.lang = "vi";
    holder.append(link);
    item.append(what, holder);
    results.append(item);
  }
}

// ---------------------------------------------------------------- tables, filters, tips
function sortable(table) {
  const bodyOf = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((head, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const key = (row) => row.cells[place].dataset.sort ?? row.cells[place].textContent.trim();
      const rows = [...bodyOf.rows].sort((a, b) => key(a).localeCompare(key(b), "vi", { numeric: true }));
      bodyOf.replaceChildren(...(up ? rows : rows.reverse()));
    });
  });
}

function filter(input) {
  input.closest("p").hidden = false;
  input.addEventListener("input", () => {
    const wanted = bare(input.value.trim());
    for (const item of document.querySelectorAll(input.dataset.filter)) item.hidden = !bare(item.textContent).includes(wanted);
  });
}

// A tip goes away with Escape, as WCAG 1.4.13 asks, and comes back with the next hover.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelectorAll(".tipped").forEach((tipped) => tipped.classList.add("away"));
});
document.addEventListener("pointerover", (event) => event.target.closest?.(".tipped")?.classList.remove("away"));
document.addEventListener("focusin", (event) => event.target.closest?.(".tipped")?.classList.remove("away"));

// A link into the table or the text of a hidden view opens that view first.
function open() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
}
addEventListener("hashchange", open);
open();

document.querySelectorAll("button.theme").forEach(themeSwitch);
document.querySelectorAll("table.sortable").forEach(sortable);
document.querySelectorAll("input[data-filter]").forEach(filter);
const find = document.querySelector("form.find");
if (find) {
  suggest(find.elements.q, find, { choose: (entry) => { location.href = entry.href; } });
  staticResults(find);
  document.querySelectorAll("input[data-suggest]").forEach((input) =>
    suggest(input, find, { kind: input.dataset.suggest, choose: (entry) => { input.value = entry.iri; } }));
}
