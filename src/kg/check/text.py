"""A report for a terminal.

Grouped by group and shape, each result with its article, its sentence and what to do.
"""

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
    return "\n".join(_Page(report, lang, color).lines()) + "\n"


class _Page:
    def __init__(self, report: Report, lang: str, color: bool) -> None:
        self.report, self.lang, self.color = report, lang, color
        self.words: Mapping[str, str] = _WORDS.get(lang, _WORDS["en"])

    def lines(self) -> Iterator[str]:
        yield self._verdict()
        yield from (f"({note})" for note in self.report.notes)
        group = None
        for _, found in groupby(sorted(self.report.results, key=self._place), key=lambda r: r.shape):
            results = list(found)
            info = self._info(results[0])
            if info.group != group:
                group = info.group
                yield f"\n{self._paint(_in(info.group_labels, self.lang) or self.words['other'], '1')}"
            yield from self._of_shape(info, results)
        idle = sorted(
            info.iri.rpartition("#")[2] for info in self.report.shapes.values() if info.focus_nodes == 0
        )
        # a property shape is named after its node shape: naming that one is enough
        named = [name for name in idle if name.rpartition("-")[0] not in idle]
        if named:
            yield f"\n{self.words['idle']}: {', '.join(named)}"

    def _verdict(self) -> str:
        if self.report.conforms:
            return self._paint(self.words["conforms"], "32")
        told = ", ".join(f"{n} {self.words[name]}" for name, n in self.report.counts().items())
        return self._paint(f"{self.words['fails']}: {told}", "1")

    def _place(self, result: Result) -> tuple[float, str, int, str]:
        info = self._info(result)
        return info.group_order or 99, info.group, rank(result.severity), result.shape

    def _of_shape(self, info: ShapeInfo, results: list[Result]) -> Iterator[str]:
        sign, code = _SIGNS.get(info.severity, _SIGNS[VIOLATION])
        label = _in(info.labels, self.lang) or info.iri
        yield f"  {self._paint(f'{sign} {label}', code)} ({len(results)})"
        for result in results:
            message = self.report.readable(result.message(self.lang), self.lang)
            focus = self.report.name(result.focus.value, self.lang)
            yield f"    - {message}" if focus in message else f"    - {focus}: {message}"
            for evidence in result.evidence:
                yield f"      {self._paint(evidence.stem, '2')}  {sentence(evidence, self.color)}".rstrip()
        hint = _in(info.hints, self.lang)
        if hint:
            yield f"    {self.words['hint']}: {hint}"

    def _info(self, result: Result) -> ShapeInfo:
        return self.report.shapes.get(result.shape) or ShapeInfo(result.shape, result.severity, {})

    def _paint(self, text: str, code: str) -> str:
        return _paint(text, code, self.color)


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


def _in(labels: Mapping[str, str], lang: str) -> str:
    return labels.get(lang) or labels.get("en") or next(iter(labels.values()), "")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _paint(text: str, code: str, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text
