"""What all formats that people read share: how to look at a report, its words, its sections, safe text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from kg.check.report import INFO, THRESHOLDS, VIOLATION, WARNING, Report, Result, ShapeInfo, chosen, rank

LANGUAGES = ("vi", "en")
WORDS = {
    "vi": {
        "title": "Báo cáo kiểm tra",
        "conforms": "Đạt: không có kết quả nào",
        "fails": "Không đạt",
        "incomplete": "Chưa kiểm tra hết: không hỗ trợ",
        "violation": "vi phạm",
        "warning": "cảnh báo",
        "info": "thông tin",
        "other": "Hình dạng khác",
        "hint": "Cần làm",
        "idle": "Không có nút nào để kiểm tra (0 nút)",
        "listed": "Hiện {n} trong tổng số {total} kết quả",
        "new": "mới",
        "unchanged": "đã có",
        "compared": "So với {baseline}: {new} mới, {gone} không còn",
        "gone": "Không còn",
        "severity": "Mức độ",
        "shape": "Hình dạng",
        "article": "Bài báo",
        "all": "tất cả",
        "search": "Tìm trong kết quả",
        "results": "kết quả",
        "nodes": "nút đã kiểm tra",
        "nothing": "Không có kết quả nào khớp bộ lọc.",
    },
    "en": {
        "title": "Validation report",
        "conforms": "Conforms: no results",
        "fails": "Does not conform",
        "incomplete": "Not everything was checked: not supported",
        "violation": "violations",
        "warning": "warnings",
        "info": "infos",
        "other": "Other shapes",
        "hint": "What to do",
        "idle": "No node to look at (0 focus nodes)",
        "listed": "{n} of {total} results listed",
        "new": "new",
        "unchanged": "known",
        "compared": "Since {baseline}: {new} new, {gone} gone",
        "gone": "Gone",
        "severity": "Severity",
        "shape": "Shape",
        "article": "Article",
        "all": "all",
        "search": "Search the results",
        "results": "results",
        "nodes": "focus nodes",
        "nothing": "No result fits the filters.",
    },
}
#: IRI of a severity → its name in THRESHOLDS and WORDS
NAMES = {iri: name for name, iri in THRESHOLDS.items()}
SIGNS = {VIOLATION: "✗", WARNING: "!", INFO: "i"}
#: what could command a terminal, break XML or turn a line round: controls, bidi overrides, lone surrogates
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class View:
    """How to show a report: language, terminal colours, and from which severity on a result is a failure."""

    lang: str = "vi"
    color: bool = False
    threshold: str = "info"

    def word(self, name: str) -> str:
        """A word of the report's own, in the language of the view."""
        return WORDS.get(self.lang, WORDS["en"])[name]

    def counted(self, n: int, name: str) -> str:
        """A number with its word: "1 warning", "2 warnings"."""
        word = self.word(name)
        return f"{n} {word.removesuffix('s') if n == 1 else word}"


@dataclass(frozen=True, slots=True)
class Section:
    """A shape with its listed results; `total` counts those that are not listed too."""

    info: ShapeInfo
    results: tuple[Result, ...]
    total: int

    @property
    def severity(self) -> str:
        """The severity's name: "violation", "warning" or "info"."""
        return severity(self.results[0])


def severity(result: Result) -> str:
    """The name of a result's severity; one of somebody's own counts as a violation."""
    return NAMES.get(result.severity, "violation")


def sections(report: Report) -> Iterator[tuple[ShapeInfo, list[Section]]]:
    """The listed results by shape and the shapes by group, in the order that the groups state.

    Of each group the first shape's info comes along, for its label.
    """
    totals = report.by_shape()

    def place(result: Result) -> tuple[float, str, int, str]:
        info = report.shape(result)
        return info.group_order or 99, info.group, rank(result.severity), result.shape

    found = []
    for iri, members in groupby(sorted(report.listed, key=place), key=lambda r: r.shape):
        results = tuple(members)
        found.append(Section(report.shape(results[0]), results, totals[iri]))
    for _, group in groupby(found, key=lambda s: s.info.group):
        members_ = list(group)
        yield members_[0].info, members_


def group_name(info: ShapeInfo, lang: str) -> str:
    """The label of a shape's group."""
    return chosen(info.group_labels, lang) or WORDS.get(lang, WORDS["en"])["other"]


def verdict(report: Report, view: View) -> str:
    """One line: conforms or not, and how many results of each severity."""
    if report.conforms:
        return view.word("conforms")
    if not report.total:
        return f"{view.word('incomplete')}: {', '.join(report.unsupported)}"
    told = ", ".join(view.counted(n, name) for name, n in report.counts().items())
    return f"{view.word('fails')}: {told}"


def remarks(report: Report, view: View) -> Iterator[str]:
    """What must be said beside the results: cut lists, the baseline, fallbacks, what nobody looked at."""
    total = report.total
    if len(report.listed) < total:
        yield view.word("listed").format(n=len(report.listed), total=total)
    if report.comparison is not None:
        told = report.comparison
        yield view.word("compared").format(baseline=told.baseline, new=len(told.new), gone=len(told.gone))
    if report.unsupported and report.total:
        yield f"{view.word('incomplete')}: {', '.join(report.unsupported)}"
    yield from report.notes


def idle(report: Report, view: View) -> str:
    """A line that names the shapes that had no focus node; empty where there are none."""
    names = ", ".join(sorted({_short_name(info) for info in report.idle()}))
    return f"{view.word('idle')}: {names}" if names else ""


def _short_name(info: ShapeInfo) -> str:
    return re.split(r"[/#]", info.iri)[-1] if ":" in info.iri else info.name("en")


def message(report: Report, result: Result, lang: str) -> str:
    """The message with names for IRIs, on one line; a name is put before it where it tells of no node."""
    text = report.readable(result.message(lang), lang) or re.split(r"[/#]", result.component)[-1]
    subject = report.subject(result, lang)
    return plain(text if subject in text else f"{subject}: {text}")


def plain(text: str) -> str:
    """Text on one line, without characters that command a terminal or that XML cannot hold."""
    return squeezed(text).strip()


def squeezed(text: str) -> str:
    """The same with a space kept at either end, for a part of a line."""
    return re.sub(r"\s+", " ", _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text))
