"""Whether letters are Vietnamese as it is written: the measure that every repair of an encoding has to pass.

A Vietnamese syllable is an onset, a rhyme and a tone, and few of the possible strings are one. Text in a
wrong encoding hardly ever hits them; text repaired rightly nearly always does.
"""

from __future__ import annotations

import re
import unicodedata
from codecs import charmap_build, charmap_encode
from functools import lru_cache
from typing import NamedTuple

_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_RHYMES = """
a ac ach ai ak am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êk êm ên êng ênh êp êt êu
i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc
oong op ot ô ôc ôi ôk ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya uych uyên uyêt uyn
uynh uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
y yêm yên yêng yêt yêu ych ym yn ynh yp yt
"""
_ONSET = "|".join(sorted(_ONSETS.split(), key=len, reverse=True))
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{'|'.join(_RHYMES.split())})")
_STOPPED = re.compile(r"(?:c|ch|k|p|t)$")
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_LONGEST = 16  # code points of a syllable in NFD; longer words are none and not looked at

VIETNAMESE = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
"""The small letters beyond ASCII."""
_PRINTED = "\n\t\u00a0\u200b\u200c\u200d\ufeff“”‘’‚„–—―−…•·°²³×½§©®™€£▪●►\u2002\u2003\u2009\u202f"
_ALPHABET = "\0" + "".join(map(chr, range(32, 127))) + VIETNAMESE + VIETNAMESE.upper()
_PLAIN = charmap_build((_ALPHABET + "\n\t\u00a0\u200b\ufeff“”‘’–…•").ljust(256, "\ufffe"))
ALPHABET = frozenset(_ALPHABET + _PRINTED)
"""What a newspaper prints. A repaired stretch of text holds nothing else."""

# A word runs to the next ASCII sign or white space: what mangling puts inside a word stays in it, also the
# no-break space that is half of a mangled à.
_WORD = re.compile(r"(?:[^\s!-/:-@\[-`{-~“”‘’–—…•«»]|(?<=[ÃÆº»])[\x85\xa0])+")
_TONED = re.compile(r"[^\x00-\x7f]")


class Spelling(NamedTuple):
    """How many words with a letter beyond ASCII there are, and how many of them are Vietnamese syllables."""

    words: int
    valid: int

    @property
    def share(self) -> float:
        """1.0 where every such word is a syllable, and where there is none."""
        return self.valid / self.words if self.words else 1.0


def plain(text: str) -> bool:
    """Whether the text has only letters and signs that mangled text never is made of. By one look-up in C."""
    try:
        charmap_encode(text, "strict", _PLAIN)
    except UnicodeEncodeError:
        return False
    return "\0" not in text  # which every such table has to have


def printed(text: str) -> bool:
    """Whether the text holds only what a Vietnamese newspaper prints."""
    return ALPHABET.issuperset(text)


def spelling(text: str) -> Spelling:
    """Count the words of the text that have a letter beyond ASCII, and those of them that are syllables."""
    toned = [word for word in _WORD.findall(text) if _TONED.search(word)]
    return Spelling(len(toned), sum(map(is_syllable, toned)))


@lru_cache(maxsize=16384)
def is_syllable(word: str) -> bool:
    """Whether a word is one syllable of Vietnamese, in any case and either custom of tone placement."""
    if len(word) > _LONGEST:
        return False
    parts = unicodedata.normalize("NFD", word.lower())
    tones = _TONES.findall(parts)
    if len(tones) > 1:
        return False
    bare = unicodedata.normalize("NFC", _TONES.sub("", parts))
    if not _SYLLABLE.fullmatch(bare):
        return False
    return not (tones and _STOPPED.search(bare)) or tones[0] in "\u0301\u0323"
