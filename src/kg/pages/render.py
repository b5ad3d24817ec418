"""From a view to HTML: the template engine, and what every template finds.

Everything is escaped by the engine; control characters that turn the direction of text are dropped from
whatever is written, and links lead to web addresses only.
"""

from __future__ import annotations

import json
import re
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kg.namespaces import CKG
from kg.pages import assets, links
from kg.pages.drawing import cut
from kg.pages.site import Page, View, Visit
from kg.pages.words import count, day, say, words

_FOLDER = Path(__file__).parent
#: Marks that turn the direction of the text after them, and control characters that HTML does not allow.
_TURNING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)


def plain(text: object) -> object:
    """A text without marks that turn its direction; markup that a template made stays as it is."""
    return _TURNING.sub("", text) if isinstance(text, str) and not isinstance(text, Markup) else text


@cache
def environment() -> Environment:
    """The template engine."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=plain,
    )
    made.filters["cut"] = cut
    made.filters["capitalised"] = lambda text: text[:1].upper() + text[1:]
    made.filters["tojson_plain"] = partial(json.dumps, ensure_ascii=False)
    made.tests["saying"] = lambda key: key in words("vi")
    return made


def render(visit: Visit, view: View) -> Page:
    """The page of a view."""
    lang = visit.lang
    names: dict[str, Any] = {
        "lang": lang,
        "t": partial(say, lang=lang),
        "day": partial(day, lang=lang),
        "n": partial(count, lang=lang),
        "to": visit.links.to,
        "file": visit.links.file,
        "asset": partial(_asset, visit),
        "page_of": visit.links.page,
        "ref": partial(_ref, visit),
        "name": visit.name,
        "property": visit.property,
        "kind": visit.kind,
        "entry": visit.entry,
        "lang_of": visit.language_of,
        "is_web": links.is_web,
        "other_language": _other(visit),
        "static": visit.site.static,
        "editor": assets.built("yasgui.min.js"),
        "fonts": assets.built("fonts.css"),
        "base": visit.site.base,
        "place": visit.place,
        "term": lambda name: f"{CKG}{name}",
        "view": view,
        "data_of": partial(_data, visit),
        "download": partial(_download, visit),
        "origin": "",
        "path": visit.path,
    }
    html = environment().get_template(view.template).render(names | view.data)
    return Page(html, view.status)


def _ref(visit: Visit, iri: str, most: int = 160, words: str = "") -> Markup:
    """A resource by its name, or by `words`: a link to its page, or to the web; never to anything else."""
    href = visit.links.page(iri)
    if not href:
        web = '<a class="ref out" rel="external noopener noreferrer" href="{}">{}</a>'
        return Markup(web).format(iri, plain(cut(iri, 90))) if links.is_web(iri) else _code(iri)
    lang = visit.language_of(iri)
    spoken = f' lang="{lang}"' if lang != visit.lang else ""
    name = plain(cut(words or visit.name(iri), most))
    return Markup(f'<a class="ref {{}}" href="{{}}"{spoken}>{{}}</a>').format(visit.kind(iri), href, name)


def _code(iri: str) -> Markup:
    return Markup("<code>{}</code>").format(plain(cut(iri, 200)))


def _asset(visit: Visit, name: str) -> str:
    """The address of a style sheet or script; its digest lets browsers keep it until it changes."""
    path = visit.links.file(f"/static/{name}")
    return path if visit.site.static else f"{path}?{assets.digest(name)}"


def _other(visit: Visit) -> str:
    kept = {key: value for key, value in visit.params.items() if key != "lang"}
    return visit.links.other(visit.path, "vi" if visit.lang == "en" else "en", **kept)


def _data(visit: Visit, iri: str, suffix: str) -> str:
    """The address of a resource's triples in a format, "" for what is not ours to describe."""
    own = visit.site.base + "id/"
    place = iri.removeprefix(own).partition("#")[0]
    return visit.links.file(f"/data/{place}.{suffix}") if iri.startswith(own) else ""


def _download(visit: Visit, form: str) -> str:
    """The address of this saved query's answer as a file."""
    if visit.site.static:
        return visit.links.file(f"{visit.path}.{form}")
    kept = {key: value for key, value in visit.params.items() if key != "lang"}
    return f"{visit.links.file(visit.path)}?{urlencode({'format': form, **kept})}"
