"""Count the syllables of a word, for the reading measures: by rules, without a dictionary."""

import re
import unicodedata
from functools import lru_cache

# English words that the rules below misread, by their syllables. A word found miscounted in an article is added here.
ENGLISH_EXCEPTIONS = {
    word: count
    for count, words in {
        1: "ache aches aisle aren't can't clothes don't guess heart hour hours our ours pier proved real scheme tier "
        "weren't whole whose won't",
        2: "baseline business chapel conscience conscious cruel elsewhere evening every fluid framework guideline "
        "guidelines hundred lifeline lifetime maybe meantime naked poem poet quiet sacred soldier someone something "
        "sometimes somewhere statewide wednesday wicked",
        3: "ada anyone area areas beforehand everyone everything everywhere fda heroin hiv idea ideas likelier linear "
        "nausea oud suicide tco video videos",
        4: "diabetes diarrhea everybody laboratory suicidal",
    }.items()
    for word in words.split()
}

_ENGLISH_MORE = (
    r"[aeiouy]ing",  # do-ing, try-ing
    r"(?<![cgst])ia(?!ge)",  # di-al, bacteri-a; not so-cial, marriage
    r"cia(?=t)|tia(?=lit)",  # associ-ate, confidenti-ality
    r"(?<![cglnstx])io(?!u)",  # opi-oid, vi-olent; not ac-tion, mil-lion
    r"(?<![cglnstx])iou",  # seri-ous; not gra-cious
    r"(?<![cgst])iu",  # medi-um
    r"(?<![ct])ien(?=c|t)|^scien|iet",  # experi-ence, sci-ence, di-et; not pa-tient
    r"(?<=[^aeiou])ie(?:rs?|st)$",  # easi-er, barri-ers, easi-est
    r"[^gq]ua",  # actu-al; not lan-guage
    r"(?<![gq])ue(?:n|l$)",  # influ-ence, fu-el; not fre-quent
    r"uou",  # continu-ous
    r"ism$",  # alcohol-ism
    r"^(?:coop|coor|rea(?:c(?!h)|li|ss)|reu|cre[ae](?!m|k|s|d|p|tu))",  # co-operate, re-act, cre-ate
)
_ENGLISH_FEWER = (
    r"[^aeiouyl]e$|[aeiouy]le$",  # hom(e), whil(e); the le of peop-le stays
    r"[^aeiouycgszx]es$(?<!shes)(?<!ches)(?<![^aeiouy]les)",  # tim(e)s; not dos-es, chang-es, coup-les
    r"[^aeioudt]ed$(?<![^aeioul]led)",  # call(e)d; not need-ed, hand-led
    r"(?<=[aeiouy])[^aeiouyl]{1,2}e(?:ly|ty|less|ful|ness|ment|where|some)",  # saf(e)ly, saf(e)ty, mov(e)ment
    r"(?<=ic)ally$",  # basic(al)ly
)
_CONSONANT_Y = re.compile(r"(?<=[aeiou])y(?=[aeiou])")
_DIGITS = re.compile(r"\d")

_SPANISH_MUTE_U = re.compile(r"(?<=[qg])u(?=[eéií])")
_SPANISH_FINAL_Y = re.compile(r"y(?![a-záéíóúü])")
_SPANISH_GROUP = re.compile(r"[aeiouáéíóúü]+")
_SPANISH_HIATUS = re.compile(r"(?=[aeoáéó][aeoáéó]|[aeoáéó][íú]|[íú][aeoáéó])")


@lru_cache(maxsize=8192)  # few words make up most of a text, and a form measures it at every look
def english(word: str) -> int:
    """Return the syllables of an English word; a number counts one a digit, letters without a vowel are spelt out."""
    if digits := len(_DIGITS.findall(word)):
        return digits
    plain = unicodedata.normalize("NFKD", word.lower().replace("’", "'")).encode("ascii", "ignore").decode()
    return sum(_english_part(part) for part in plain.split("-") if part) or 1


def _english_part(part: str) -> int:
    if part in ENGLISH_EXCEPTIONS:
        return ENGLISH_EXCEPTIONS[part]
    stem, _apostrophe, ending = part.partition("'")
    if ending == "t" and stem.endswith("n"):  # did-n't
        return _english_stem(stem[:-1]) + 1
    return _english_stem(stem)


def _english_stem(stem: str) -> int:
    if stem in ENGLISH_EXCEPTIONS:
        return ENGLISH_EXCEPTIONS[stem]
    if not re.search(r"[aeiouy]", stem):
        return len(stem)
    spelt = _CONSONANT_Y.sub("Y", stem)
    count = len(re.findall(r"[aeiouy]+", spelt))
    count += sum(len(re.findall(pattern, spelt)) for pattern in _ENGLISH_MORE)
    count -= sum(len(re.findall(pattern, spelt)) for pattern in _ENGLISH_FEWER)
    return max(count, 1)


@lru_cache(maxsize=8192)
def spanish(word: str) -> int:
    """Return the syllables of a Spanish word; a number counts two a digit, letters without a vowel are spelt out.

    A group of vowels is one syllable, and one more for each pair of two strong vowels (a, e, o) or of a strong one
    and an accented í or ú. The u of que, qui, gue, gui is mute, and y at a word's end is a vowel.
    """
    if digits := len(_DIGITS.findall(word)):
        return 2 * digits
    return sum(_spanish_part(part) for part in unicodedata.normalize("NFC", word.lower()).split("-") if part) or 1


def _spanish_part(part: str) -> int:
    spelt = _SPANISH_FINAL_Y.sub("i", _SPANISH_MUTE_U.sub("", part))
    groups = _SPANISH_GROUP.findall(spelt)
    if not groups:
        return len(part)
    return len(groups) + sum(len(_SPANISH_HIATUS.findall(group)) for group in groups)
