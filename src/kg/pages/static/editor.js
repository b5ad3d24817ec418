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

  // Results lead to our own pages.
  const pages = new URL(place.dataset.pages, location.href).href;
  const here = (iri) => (iri.startsWith(`${place.dataset.base}id/`) ? pages + iri.slice(place.dataset.base.length + 3) : iri);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#yasgui a.iri, #yasgui .yasr a[href]");
    if (link && here(link.href) !== link.href) link.href = here(link.href);
  }, true);

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
