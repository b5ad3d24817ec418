"""The text as it is stored: bytes decoded, letters put right, parts of a record laid out as a page has them.

Every fact of an article has its passage in the stored text. So a title, a date or an address that a source
gives beside the text becomes a line of it, where the zones look for one.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from kg.errors import SourceError
from kg.read.letters import plain, printed
from kg.read.repair import Mangled, Stored, from_bytes, repaired
from kg.vietnamese import fold, nfc

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile("[\x0b\x0c\u2028\u2029]")
_DECLARED = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
_WESTERN = frozenset(
    {b"windows-1252", b"cp1252", b"iso-8859-1", b"latin1", b"latin-1", b"us-ascii", b"x-user-defined"}
)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:$|[T ](\d\d:\d\d)(?::\d\d(?:[.,]\d+)?)?\s?(Z|[+-]\d\d:?\d\d)?$)")
_VIETNAM = timezone(timedelta(hours=7))
_UTF8 = "save the article as UTF-8 text and build again"


def decoded(data: bytes, where: str, page: bool = False) -> Stored:
    """Text of a file's bytes and the names of what was not usual about them. A `page` may declare its own.

    A byte order mark decides; else it is UTF-8; else a Vietnamese code page or font, if exactly one fits.
    Raises `SourceError` with the place of the first byte that is no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(data, "utf-16", where)
    if b"\x00" in data[:4096]:
        return _utf16(data, where), ("utf-16",)
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as fault:
        if page and (found := _declared(data)):
            return found
        if (
            fault.end == len(data)
            and fault.reason == "unexpected end of data"
            and not data[: fault.start].isascii()
        ):
            return data[: fault.start].decode("utf-8-sig"), ("cut",)
    try:
        read = from_bytes(data)
    except Mangled as fault:
        raise SourceError(fault.reason, where=where, hint=_UTF8) from None
    return (read[0], (read[1],)) if read else _strict(data, "utf-8-sig", where)


def _strict(data: bytes, encoding: str, where: str) -> Stored:
    try:
        return data.decode(encoding), ()
    except UnicodeDecodeError as fault:
        if encoding == "utf-16" and fault.reason == "truncated data" and fault.start > 2:
            return data[: fault.start].decode(encoding), ("cut",)
        kind = (
            "binary data, not text"
            if b"\x00" in data[:4096]
            else f"not {encoding.removesuffix('-sig').upper()} text"
        )
        raise SourceError(kind, where=f"{where}: byte {fault.start}", hint=_UTF8) from None


def _utf16(data: bytes, where: str) -> str:
    """UTF-16 without its mark, certain where one byte order gives only what newspapers print."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if printed(nfc(text.replace("\r", "\n"))) and "\x00" not in text:
            return text
    raise SourceError("binary data, not text", where=f"{where}: byte {data.index(0)}", hint=_UTF8)


def _declared(data: bytes) -> Stored | None:
    """A page that says it is Western or Windows-1258; whether that gives Vietnamese is seen later."""
    found = _DECLARED.search(data[:2048])
    name = found.group(1).lower() if found else b""
    if name in (b"windows-1258", b"cp1258"):
        return data.decode("cp1258", "replace"), ("cp1258",)
    return (data.decode("latin-1"), ()) if name in _WESTERN else None


def stored(text: str, where: str) -> Stored:
    """The text in NFC with LF line ends and its letters put right, and the names of the repairs.

    Raises `SourceError` for text that is empty, binary or mangled beyond repair.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    usual = plain(text)  # most are, and then there is nothing of what the next lines look for
    if not usual:
        _refuse_half(text, where)
        text = _BREAKS.sub("\n", text)
    try:
        text, repairs = repaired(text)
    except Mangled as fault:
        place = f"{where}: line {fault.line}" if fault.line else where
        raise SourceError(
            fault.reason, where=place, hint="convert it back to proper UTF-8 and build again"
        ) from None
    if repairs or not usual:
        _refuse_unprintable(text, where)
    if _blank(text):
        _refuse_empty(where)
    return text, repairs


def _blank(text: str) -> bool:
    return not text.strip("\ufeff\u200b\u200c\u200d\u2060\u00ad \t\n\u00a0\u3000")


def _refuse_empty(where: str) -> None:
    raise SourceError("no text", where=where, hint="remove it, or put the article into it")


def _refuse_half(text: str, where: str) -> None:
    half = _SURROGATE.search(text)
    if half:
        reason = f"half a character, U+{ord(half.group()):04X}"
        raise SourceError(reason, where=f"{where}: character {half.start()}", hint=_UTF8)


def _refuse_unprintable(text: str, where: str) -> None:
    _refuse_half(text, where)
    control = _CONTROL.search(text)
    if control:
        reason = f"control character U+{ord(control.group()):04X}: binary data, not text"
        raise SourceError(reason, where=f"{where}: character {control.start()}", hint=_UTF8)


def laid_out(
    body: str, where: str, title: str = "", dated: str = "", author: str = "", url: str = ""
) -> Stored:
    """One stored text of a record's parts: title, line of the date, body, author, "Đường dẫn: …".

    A title or author that the body has as a line of its own already is not said twice. Raises `SourceError`
    as `stored` does.
    """
    # the letters of a record are judged together: a title alone is too short to be certain of
    head = "\n".join(" ".join(part.split()) for part in (title, author))
    text, repairs = stored(f"{head}\n{body}", where)
    title, author, body = text.split("\n", 2)
    if _blank(body):
        _refuse_empty(where)
    lines = [fold(line.strip()) for line in body.split("\n") if line.strip()]
    parts = (
        "" if fold(title) in lines[:6] else title,
        nfc(" ".join(dated.split())),
        body.strip("\n"),
        "" if fold(author) in lines[-6:] else author,
        f"Đường dẫn: {''.join(url.split())}" if url.strip() else "",
    )
    text = "\n\n".join(part for part in parts if part) + "\n"
    _refuse_unprintable(text, where)
    return text, repairs


def date_line(day: str) -> str:
    """The line of a date: ISO 8601 comes out as newspapers write it, in Vietnamese time; others as given.

    "2019-09-12T20:00:00Z" → "Ngày đăng: 13/09/2019 03:00". A day that no calendar has stays as it is.
    """
    iso = _ISO.match(day)
    if iso:
        year, month, number, clock, zone = iso.groups()
        try:
            moment = datetime.fromisoformat(f"{year}-{month}-{number}T{clock or '00:00'}{zone or '+07:00'}")
            day = moment.astimezone(_VIETNAM).strftime("%d/%m/%Y %H:%M" if clock else "%d/%m/%Y")
        except (ValueError, OverflowError):
            pass
    return f"Ngày đăng: {day}" if day.strip() else ""
