"""link: mentions → entities of this article, with the addresses that `identity` gives them."""

from __future__ import annotations

from kg.link.page import Page, link

__all__ = ["Page", "link"]
