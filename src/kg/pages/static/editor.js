// The SPARQL editor: YASGUI in place of the plain form, with our prefixes, completions, saved queries and links.
"use strict";

(async () => {
  const place = document.getElementById("yasgui");
  if (!place || typeof Yasgui === "undefined") return;
  const terms = await (await fetch(place.dataset.terms)).json();
  const endpoint = new URL(place.dataset.endpoint, location.href).href;

  // Our own names complete prefixes, classes and properties; nobody else is asked.
  const own = {
    prefixes: Object.entries(terms.prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`),
    class: terms.classes.map((entry) => entry.iri),
    property: terms.properties.map((entry) => entry.iri),
  };
  for (const [name, entries] of Object.entries(own)) {
    const completer = Yasgui.Yasqe.Autocompleters[name];
    if (completer) Object.assign(completer, { get: () => Promise.resolve(entries), bulk: true, persistenceId: null });
  }
  Yasgui.defaults.requestConfig.endpoint = endpoint; // of new tabs, too

  // Results lead to our own pages and bear names: those of the rows in sight are asked for, each once.
  const pages = new URL(place.dataset.pages, location.href).href;
  const names = new Map();
  const lookUp = async (iris) => {
    const values = iris.map((iri) => `<${iri}>`).join(" ");
    const query = `SELECT ?x (SAMPLE(?name) AS ?label) {
      VALUES ?x { ${values} } ?x <http://www.w3.org/2000/01/rdf-schema#label>|<https://schema.org/headline> ?name
      FILTER(LANG(?name) IN ("", "vi", "${document.documentElement.lang}")) } GROUP BY ?x`;
    const answer = await fetch(endpoint, {
      method: "POST", body: new URLSearchParams({ query }), headers: { Accept: "application/sparql-results+json" },
    });
    iris.forEach((iri) => names.set(iri, ""));
    if (answer.ok) for (const { x, label } of (await answer.json()).results.bindings) names.set(x.value, label?.value ?? "");
  };
  const show = async () => {
    const links = [...place.querySelectorAll(".yasr_results table a.iri:not([title])")];
    for (const link of links) {
      link.title = link.href;
      if (link.href.startsWith(`${place.dataset.base}id/`)) link.href = pages + link.href.slice(place.dataset.base.length + 3);
    }
    const new_ = [...new Set(links.map((link) => link.title))].filter((iri) => !names.has(iri) && !/[<>"{}|\\^`\s]/.test(iri));
    if (new_.length) await lookUp(new_.slice(0, 200)).catch(() => undefined); // without names the addresses stay
    for (const link of links) if (names.get(link.title)) link.textContent = names.get(link.title);
  };
  let waiting = 0;
  new MutationObserver(() => { clearTimeout(waiting); waiting = setTimeout(show, 60); }).observe(place, { childList: true, subtree: true });

  place.hidden = false;
  document.querySelector("form.sparql").hidden = true;
  const yasgui = new Yasgui(place, {
    requestConfig: { endpoint, method: "POST", headers: () => ({}) },
    copyEndpointOnNewTab: true,
    persistenceId: null,
    endpointCatalogueOptions: { getData: () => [{ endpoint }], keys: [] },
    yasqe: { value: place.dataset.query || document.getElementById("query").value, persistenceId: null, createShareableLink: null },
    yasr: { prefixes: terms.prefixes, persistenceId: null },
    populateFromUrl: false,
  });
  const tab = yasgui.getTab() || yasgui.addTab(true);
  tab.setQuery(place.dataset.query || document.getElementById("query").value);
  window.yasgui = yasgui;
  for (const link of document.querySelectorAll("a[data-tab]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const query = terms.queries.find((saved) => saved.name === link.dataset.tab);
      const added = yasgui.addTab(true, { name: query.title });
      added.setEndpoint(endpoint);
      added.setQuery(query.query);
      place.scrollIntoView();
    });
  }
})();
