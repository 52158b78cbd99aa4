"""Show word by word how a text changed."""

import html
import re
from difflib import SequenceMatcher

from django.utils.html import strip_tags

AROUND = 6  # words shown on each side of a change; what lies between is left out
LEFT_OUT = "…"


def plain(text: str) -> str:
    """Return the words of a text that may be HTML: its tags stand for a space."""
    return " ".join(html.unescape(strip_tags(re.sub(r"(</?[a-zA-Z])", r" \1", text))).split())


def word_count(text: str) -> int:
    """Return how many words a text has, its tags left out."""
    return len(plain(text).split())


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """Return the pieces of a text as ("same" | "del" | "ins", words), with long stretches that stayed left out."""
    old, new = plain(before).split(), plain(after).split()
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    pieces: list[tuple[str, str]] = []
    for number, (kind, i, j, k, m) in enumerate(steps):
        if kind == "equal":
            pieces.append(("same", _shortened(old[i:j], is_first=number == 0, is_last=number == len(steps) - 1)))
            continue
        pieces += [("del", " ".join(old[i:j]))] * (j > i) + [("ins", " ".join(new[k:m]))] * (m > k)
    return pieces if any(kind != "same" for kind, _words in pieces) else []


def changed_words(before: str, after: str) -> int:
    """Return how many words were added or taken away."""
    return sum(len(words.split()) for kind, words in difference(before, after) if kind != "same")


def _shortened(words: list[str], *, is_first: bool, is_last: bool) -> str:
    """Return the words beside a change: the end of what comes before it, the beginning of what follows."""
    if len(words) <= 2 * AROUND:
        return " ".join(words)
    beginning = [] if is_first else words[:AROUND]
    end = [] if is_last else words[-AROUND:]
    return " ".join([*beginning, LEFT_OUT, *end])
