"""Letters: what is repaired is certain, what is not certain is refused by name, good text is left alone."""

from __future__ import annotations

import contextlib
import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.read.legacy import CODE_PAGES, TCVN3, VNI, from_code_page, from_tcvn3, from_vni
from kg.read.letters import VIETNAMESE, is_syllable, plain, spelling
from kg.read.repair import TOLD, Mangled, from_bytes, repaired

SEEDS = Path(__file__).parent.parent / "seeds"
CASES = Path(__file__).parent / "cases" / "read" / "letters.tsv"
STORY = (
    "Quán triệt Chỉ thị số 32-CT/TW của Bộ Chính trị\n\n"
    "Sáng 24/11, Ban Thường vụ Tỉnh ủy tổ chức hội nghị học tập, quán triệt Chỉ thị của Đảng về đối ngoại. "
    "Người dự được nghe đồng chí Lê Hoài Trung nói: “Ạ, ưu tiên ở đây là ý thức”.\n"
)


def in_font(text: str, table: dict[str, str]) -> str:
    """Type the text with a font of before Unicode."""
    codes = {letter: code for code, letter in table.items()}
    return "".join(codes.get(c, codes.get(c.lower(), c)) for c in text)


def read_as(text: str, page: str) -> str:
    """Read UTF-8 as another code page, as programs do."""
    signs = {byte: sign for sign, byte in reversed(CODE_PAGES[page].items())}
    return "".join(signs[byte] if byte > 127 else chr(byte) for byte in text.encode())


# ---------------------------------------------------------------- the measure
@pytest.mark.parametrize(
    "text", ["Đảng", "quyết", "nghiêng", "khuỷu", "giếng", "gì", "uỷ", "ủy", "HỌP", "thuở", "Đắk", "ướt"]
)
def test_syllables(text: str) -> None:
    assert is_syllable(text)
    assert is_syllable(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    "text", ["Chñ", "tÞch", "Müller", "nưóoc", "đợc", "tưòng", "hàc", "bớng", "được" * 9, "áº", "ß╗ï"]
)
def test_what_is_no_syllable(text: str) -> None:
    assert not is_syllable(text)


@pytest.mark.parametrize("path", sorted(SEEDS.iterdir()), ids=lambda path: path.stem)
def test_seeds_are_vietnamese_and_left_alone(path: Path) -> None:
    text = path.read_text("utf-8")
    assert plain(text)
    assert spelling(text).share > 0.98
    assert repaired(text) == (text, ())


# ---------------------------------------------------------------- what is certain
def cases() -> list[list[str]]:
    """Rows of the table: text, what was meant, repair."""
    lines = CASES.read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [[re.sub(r"\\x(..)", lambda m: chr(int(m[1], 16)), cell) for cell in row] for row in rows]


@pytest.mark.parametrize(("text", "meant", "repair"), cases())
def test_repairs(text: str, meant: str, repair: str) -> None:
    assert repaired(text) == (meant, (repair,))
    assert repair in TOLD


@pytest.mark.parametrize("page", CODE_PAGES)
def test_utf8_read_as_another_page_once_and_twice(page: str) -> None:
    once = read_as(STORY, page)
    assert repaired(once) == (STORY, (f"utf-8-as-{page}",))
    if page in ("cp1252", "cp437"):
        assert repaired(read_as(once, page)) == (STORY, (f"utf-8-as-{page}",))


def test_stray_control_characters_are_kept_as_spaces() -> None:
    text = STORY * 3
    assert repaired(text.replace("hội nghị", "hội\x1fnghị", 1)) == (text, ("control",))
    assert repaired("\x07" + STORY[:50]) == ("\x07" + STORY[:50], ())


def test_nfd_that_was_mangled() -> None:
    assert repaired(read_as(unicodedata.normalize("NFD", STORY), "cp1252"))[0] == STORY


def test_fonts_of_before_unicode() -> None:
    assert repaired(in_font(STORY, VNI)) == (STORY, ("vni",))
    after, repairs = repaired(in_font(STORY, TCVN3))
    assert repairs == ("tcvn3",)
    assert after.replace("“ạ", "“Ạ") == STORY  # a capital with a tone is a small letter in a capital font


def test_a_story_in_other_letters_inside_a_good_page() -> None:
    for name, inside in (("tcvn3", in_font(STORY, TCVN3)), ("utf-8-as-cp1252", read_as(STORY, "cp1252"))):
        after, repairs = repaired(f"Trang chủ của Tỉnh ủy\n{inside}Bản quyền của Báo điện tử\n")
        assert repairs == (name,)
        assert STORY.splitlines()[2].lower() in after.lower()
        assert after.startswith("Trang chủ của Tỉnh ủy\n")


@pytest.mark.parametrize(("encoding", "name"), [("cp1258", "cp1258"), ("tcvn3", "tcvn3"), ("vni", "vni")])
def test_bytes_of_one_letter_each(encoding: str, name: str) -> None:
    if encoding == "cp1258":
        data = _cp1258(STORY)
    else:
        data = in_font(STORY, TCVN3 if encoding == "tcvn3" else VNI).encode("cp1252")
    found = from_bytes(data)
    assert found is not None
    assert (found[0].lower(), found[1]) == (STORY.lower(), name)


def _cp1258(text: str) -> bytes:
    """Encode as Windows does: the letter with its roof or horn, then the tone."""
    data = b""
    for c in text:
        parts = unicodedata.normalize("NFD", c)
        tones = "".join(p for p in parts if p in "\u0300\u0301\u0303\u0309\u0323")
        letter = unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones))
        data += letter.encode("cp1258") + tones.encode("cp1258")
    return data


# ---------------------------------------------------------------- what is not
REFUSED = [
    (STORY.encode().decode("cp1252", "replace"), "letters are lost: U\\+FFFD"),
    (STORY.encode().decode("cp1252", "ignore"), "mangled .* some are lost"),
    (in_font(STORY * 2, TCVN3).replace("\u00ad", ""), "TCVN3 .* letter ư is lost"),
    ("Ngh? quy?t, h?i ngh? t?nh ?y, ph??ng, nh?n d?n, ??i ngo?i, ti?ng Vi?t", "question mark"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_lost_letters_are_refused_by_name(text: str, reason: str) -> None:
    with pytest.raises(Mangled, match=reason):
        repaired(text)


LEFT_ALONE = [
    "",
    "Chi thi so 32",
    "XÃ” “XÃ” THỊ XÔ",  # a capital Ã before a quotation mark reads like a mangled Ô
    "Bộ trưởng Ngoại giao Đức Müller thăm Việt Nam",
    "Les députés de l'Assemblée nationale ont été reçus à Hà Nội, après l'été, très tôt; déjà évoqué. " * 5,
    "Müller und Söhne über Größe, für die Übung; können, müssen, dürfen. " * 5,
    "中华人民共和国主席 " * 30,
    "Có ai hỏi không? Có! Vì sao? https://bao.vn/tin?id=1&trang=2",
    "R&D; AT&T; &không; &x;",
    "Nhiệt độ 35 °C, 5 m², ½ số xã ✓ 😀",
    "Ðorđević Ðxyz",
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_good_text_is_left_alone(text: str) -> None:
    assert repaired(text) == (text, ())


@pytest.mark.parametrize(
    "data", [b"Ch\xec th\xef 32", bytes(range(128, 256)) * 9, b"caf\xe9 d\xe9j\xe0 vu " * 9]
)
def test_bytes_that_no_table_makes_vietnamese(data: bytes) -> None:
    assert from_bytes(data) is None


# ---------------------------------------------------------------- properties
WORDS = st.lists(
    st.sampled_from(sorted({word for word in STORY.split() if not word.isascii()} | {"ưu", "Đỗ", "rẫy"})),
    min_size=6, max_size=40, unique=True,
).map(" ".join)  # fmt: skip


@given(WORDS, st.sampled_from(sorted(CODE_PAGES)))
def test_mangled_words_come_back(words: str, page: str) -> None:
    assert repaired(read_as(words, page))[0] == words


@given(WORDS)
def test_words_in_vni_come_back(words: str) -> None:
    mangled = in_font(words, VNI)
    good_by_chance = spelling(mangled).share > 0.5  # "trị" is "trò" there: most of six words may be good
    assert repaired(mangled)[0] in ([words, mangled] if good_by_chance else [words])


@given(WORDS.map(str.lower).filter(lambda words: "ư" in words))
def test_words_in_tcvn3_come_back(words: str) -> None:
    mangled = in_font(words, TCVN3)
    good_by_chance = spelling(mangled).share > 0.5  # "dù", "bé" … : such a line is left as it is
    assert repaired(mangled)[0] in ([words, mangled] if good_by_chance else [words])


@given(st.text(st.sampled_from(VIETNAMESE + VIETNAMESE.upper() + "abc xyz,.\n")))
def test_tables_are_one_to_one(text: str) -> None:
    assert from_tcvn3(in_font(text.lower(), TCVN3)) == text.lower()
    for page in CODE_PAGES:
        once = next(from_code_page(read_as(text, page), page), text)
        assert once == text


@given(st.text(st.sampled_from(VIETNAMESE + VIETNAMESE.upper() + " .\n")))
def test_vni_is_one_to_one_between_letters(text: str) -> None:
    spaced = " ".join(text)
    assert from_vni(in_font(spaced, VNI)) == spaced


@given(st.text())
def test_any_text_is_repaired_or_refused_and_then_stays(text: str) -> None:
    try:
        once, _ = repaired(text)
    except Mangled:
        return
    assert unicodedata.is_normalized("NFC", once)


@given(WORDS)
def test_good_words_are_left_alone(words: str) -> None:
    assert repaired(words) == (words, ())


@pytest.mark.parametrize("unit", ["Ã¡ ", "áº", "Chñ tÞch ", "Ð", "ß╗", "&amp", "?a", "ÃÃ\n", "á", "&#1;"])
def test_time_is_linear(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.perf_counter()
        with contextlib.suppress(Mangled):
            repaired(text)
        return time.perf_counter() - start

    seconds(1000)
    small, large = min(seconds(30_000) for _ in range(3)), min(seconds(240_000) for _ in range(2))
    assert large < max(small * 8 * 3, 0.3)
