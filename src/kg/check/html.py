"""A report as one HTML file that needs nothing else: both languages, filters, sentences with words marked.

Whatever comes from outside is escaped, only http(s) addresses become links, and the page's own policy lets no
other script or style run and no address be fetched. Style and script lie beside this module.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from kg.check import view as views
from kg.check.report import Evidence, Report, Result, ShapeInfo, chosen
from kg.check.sarif import rule_id
from kg.check.view import LANGUAGES, Section, View, plain, squeezed


def render(report: Report, view: View) -> str:
    """The page; it opens in the view's language."""
    style, script = _asset("page.css"), _asset("page.js")
    words = {f"{name}_word": _word(name) for name in ("severity", "shape", "article", "search")}
    return Template(_asset("page.html")).substitute(
        words,
        lang=view.lang,
        title=f"{escape(view.word('title'))} · kg validate",
        heading=_word("title"),
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        verdict=_both(lambda lang: views.verdict(report, View(lang))),
        verdict_class="good" if report.conforms else "bad",
        remarks=_remarks(report),
        severities="".join(_severity_box(name, n) for name, n in report.counts().items()),
        shapes=_shape_options(report, view),
        articles="".join(_option(stem, stem) for stem in sorted(_stems(report))),
        groups="\n".join(_groups(report)),
        gone=_gone(report),
        nothing=_word("nothing"),
        idle=f'<p class="idle">{_both(lambda lang: views.idle(report, View(lang)))}</p>',
    )


@cache
def _asset(name: str) -> str:
    return (files("kg.check") / name).read_text("utf-8")


def _hash(text: str) -> str:
    """What a Content-Security-Policy calls an inline style or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _both(text: Callable[[str], str]) -> str:
    """A text in both languages, of which the page shows one."""
    return "".join(
        f'<span class="{lang}" lang="{lang}">{escape(plain(text(lang)))}</span>' for lang in LANGUAGES
    )


def _word(name: str) -> str:
    return _both(lambda lang: views.WORDS[lang][name])


def _remarks(report: Report) -> str:
    pairs = zip(*(views.remarks(report, View(lang)) for lang in LANGUAGES), strict=True)
    told = (dict(zip(LANGUAGES, pair, strict=True)) for pair in pairs)
    return "\n".join(f'<p class="remark">{_both(remark.__getitem__)}</p>' for remark in told)


def _severity_box(name: str, count: int) -> str:
    box = f'<input type="checkbox" name="severity" value="{name}" checked>'
    return f'<label class="{name}">{box} {count} {_word(name)}</label>'


def _shape_options(report: Report, view: View) -> str:
    found = {report.shape(r).iri: report.shape(r) for r in report.listed}
    return "".join(
        _option(rule_id(info), info.name(view.lang), {lang: info.name(lang) for lang in LANGUAGES})
        for info in sorted(found.values(), key=lambda info: info.name(view.lang))
    )


def _option(value: str, text: str, names: dict[str, str] | None = None) -> str:
    data = "".join(f' data-{lang}="{escape(plain(name))}"' for lang, name in (names or {}).items())
    return f'<option value="{escape(plain(value))}"{data}>{escape(plain(text))}</option>'


def _stems(report: Report) -> set[str]:
    return {stem for result in report.listed for stem in result.stems}


def _groups(report: Report) -> Iterator[str]:
    for info, sections in views.sections(report):
        title = _both(lambda lang, info=info: views.group_name(info, lang))  # type: ignore[misc]
        yield f"<section><h2>{title}</h2>"
        yield from (_section(report, section) for section in sections)
        yield "</section>"


def _section(report: Report, section: Section) -> str:
    info = section.info
    hints = _both(lambda lang: f"{views.WORDS[lang]['hint']}: {chosen(info.hints, lang)}")
    count = str(section.total)
    if info.focus_nodes >= 0:
        count += f" / {info.focus_nodes} {_word('nodes')}"
    return (
        f'<details class="{section.severity}" open><summary>{_both(info.name)}'
        f'<span class="badge">{_word(section.severity)}</span><span class="count">{count}</span></summary>'
        f"<ul>{''.join(_item(report, result, info) for result in section.results)}</ul>"
        + (f'<p class="hint">{hints}</p>' if info.hints else "")
        + "</details>"
    )


def _item(report: Report, result: Result, info: ShapeInfo) -> str:
    new = f'<span class="new">{_word("new")}</span>' if report.state(result) == "new" else ""
    stems = escape(plain("/".join(result.stems)))
    return (
        f'<li id="r-{escape(result.id)}" data-severity="{views.severity(result)}" '
        f'data-shape="{escape(plain(rule_id(info)))}" data-articles="{stems}">'
        f"{new}{_both(lambda lang: views.message(report, result, lang))}"
        f"{_quotes(result.evidence)}"
        f'<span class="where">{_link(_iri(result))} · <code>{escape(result.id)}</code></span></li>'
    )


def _quotes(evidence: Iterable[Evidence]) -> str:
    return "".join(_quote(found) for found in evidence)


def _quote(found: Evidence) -> str:
    before, words, after = (escape(squeezed(part)) for part in found.parts())
    marked = f"{before}<mark>{words}</mark>{after}" if words else before
    line = f" · {escape(plain(found.file))}:{found.region[0]}" if found.file and found.region else ""
    cite = f"<cite>{_link(found.article, found.stem)}{line}</cite>"
    return f'<blockquote lang="vi">{marked}{cite}</blockquote>' if found.sentence else cite


def _iri(result: Result) -> str:
    return str(result.focus).strip("<>")


def _link(iri: str, text: str = "") -> str:
    shown = escape(plain(text or iri))
    if not iri.lower().startswith(("https://", "http://")):
        return f"<code>{shown}</code>"
    return f'<a href="{escape(plain(iri))}" rel="noreferrer">{shown}</a>'


def _gone(report: Report) -> str:
    gone = report.gone
    if not gone:
        return ""
    items = "".join(f"<li>{_both(lambda lang, r=r: views.message(report, r, lang))}</li>" for r in gone)  # type: ignore[misc]
    summary = f'{_word("gone")}<span class="count">{len(gone)}</span>'
    return f'<details class="gone"><summary>{summary}</summary><ul>{items}</ul></details>'
