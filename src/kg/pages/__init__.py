"""Pages: the graph for people who will never write SPARQL, served or as files.

    site = Site(store)                       # any `kg.store.Queryable`
    page(site, "/en/documents").html

Pages are made on the server and read without scripts; scripts add suggestions, a theme switch and the editor.
"""

from __future__ import annotations

from kg.pages.pages import page
from kg.pages.site import Page, Site

__all__ = ["Page", "Site", "page"]
