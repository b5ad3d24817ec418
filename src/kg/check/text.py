"""A report for a terminal: grouped by group and shape, each result with its article, its sentence and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from kg.check.report import INFO, VIOLATION, WARNING, Evidence, Report, Result, ShapeInfo, rank

_WORDS = {
    "vi": {
        "conforms": "Đạt: không có kết quả nào",
        "fails": "Không đạt",
        "violation": "vi phạm",
        "warning": "cảnh báo",
        "info": "thông tin",
        "other": "Hình dạng khác",
        "hint": "Cần làm",
        "idle": "Không có nút nào để kiểm tra",
    },
    "en": {
        "conforms": "Conforms: no results",
        "fails": "Does not conform",
        "violation": "violations",
        "warning": "warnings",
        "info": "infos",
        "other": "Other shapes",
        "hint": "What to do",
        "idle": "No node to look at",
    },
}
_SIGNS = {VIOLATION: ("✗", "31"), WARNING: ("!", "33"), INFO: ("i", "36")}
#: code points of a sentence shown on each side of the words that carry the fact
_AROUND = 110


def render(report: Report, lang: str, color: bool) -> str:
    """The report as lines for people, in Vietnamese or English; with ANSI colours if asked."""
    return "\n".join(_lines(report, _WORDS.get(lang, _WORDS["en"]), lang, color)) + "\n"


def _lines(report: Report, words: Mapping[str, str], lang: str, color: bool) -> Iterator[str]:
    counts = report.counts()
    if report.conforms:
        yield _paint(words["conforms"], "32", color)
    else:
        told = ", ".join(f"{n} {words[name]}" for name, n in counts.items())
        yield _paint(f"{words['fails']}: {told}", "1", color)
    for note in report.notes:
        yield f"({note})"

    def place(result: Result) -> tuple[float, str, int, str]:
        info = _info(report, result)
        return info.group_order or 99, info.group, rank(result.severity), result.shape

    group = None
    ordered = sorted(report.results, key=place)
    for _, found in groupby(ordered, key=lambda r: r.shape):
        results = list(found)
        info = _info(report, results[0])
        if info.group != group:
            group = info.group
            yield f"\n{_paint(_in(info.group_labels, lang) or words['other'], '1', color)}"
        yield from _of_shape(report, info, results, words, lang, color)
    idle = [i.iri for i in report.shapes.values() if i.focus_nodes == 0 and not i.iri.rpartition("#")[2].count("-")]
    if idle:
        yield f"\n{words['idle']}: {', '.join(sorted(iri.rpartition('#')[2] for iri in idle))}"


def _of_shape(
    report: Report, info: ShapeInfo, results: list[Result], words: Mapping[str, str], lang: str, color: bool
) -> Iterator[str]:
    sign, code = _SIGNS.get(info.severity, _SIGNS[VIOLATION])
    label = _in(info.labels, lang) or info.iri
    yield f"  {_paint(sign, code, color)} {_paint(label, code, color)} ({len(results)})"
    for result in results:
        message = report.readable(result.message(lang), lang)
        focus = report.name(result.focus.value, lang)
        yield f"    - {message}" if focus in message else f"    - {focus}: {message}"
        for evidence in result.evidence:
            yield f"      {_paint(evidence.stem, '2', color)}  {sentence(evidence, color)}".rstrip()
    hint = _in(info.hints, lang)
    if hint:
        yield f"    {words['hint']}: {hint}"


def sentence(evidence: Evidence, color: bool = False) -> str:
    """The sentence with the words that carry the fact marked, cut to what stands around them; one line."""
    text = evidence.sentence
    at = text.find(evidence.words) if evidence.words else -1
    if evidence.words and 0 <= evidence.words_start - evidence.start <= len(text):
        offset = evidence.words_start - evidence.start
        at = offset if text.startswith(evidence.words, offset) else at
    if at < 0:
        return _one_line(text if len(text) <= 2 * _AROUND else text[: 2 * _AROUND] + " …")
    end = at + len(evidence.words)
    before = text[:at] if at <= _AROUND else "… " + text[at - _AROUND : at]
    after = text[end:] if len(text) - end <= _AROUND else text[end : end + _AROUND] + " …"
    marked = _paint(evidence.words, "1;4", True) if color else f"«{evidence.words}»"
    return _one_line(before + marked + after)


def _info(report: Report, result: Result) -> ShapeInfo:
    return report.shapes.get(result.shape) or ShapeInfo(result.shape, result.severity, {})


def _in(labels: Mapping[str, str], lang: str) -> str:
    return labels.get(lang) or labels.get("en") or next(iter(labels.values()), "")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _paint(text: str, code: str, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text
