"""Texts that mean the same thing though they are written in several ways: one plain form, and who is written how."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence


def plain(text: str) -> str:
    """The form in which texts are compared: without regard to Unicode form, capitals, punctuation and spaces.

    Accents are kept, as they tell people and places apart. A text of nothing but punctuation stays as it is.
    """
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(filter(_counts, folded)) or text.strip()


def plain_name(name: str) -> str:
    """The form in which names of people are compared: as `plain`, and in any order of the names.

    "King, Lisa", "Lisa King" and "KING, LISA" are one. Where a digit occurs it is a code and no name, so that its
    parts keep their order: "3-1" is not "1-3".
    """
    if any(char.isdigit() for char in name):
        return plain(name)
    joined = "".join(char for char in name if char not in "'’‘`´.")
    words = "".join(char if _counts(char) else " " for char in joined).split()
    return " ".join(sorted(map(plain, words))) or name.strip()


def spellings(
    texts: Iterable[str], form: Callable[[str], str] = plain
) -> Mapping[str, tuple[str, Sequence[str]]]:
    """Put texts together that are one.

    Returns:
        By the plain form: how it is shown, which is the most usual way to write it, and all ways, most usual first.
    """
    ways: dict[str, Counter[str]] = defaultdict(Counter)
    for text, number in sorted(Counter(texts).items()):
        if text:
            ways[form(text)][" ".join(text.split())] += number
    ranked = {known: [way for way, _ in counts.most_common()] for known, counts in ways.items()}
    return {known: (order[0], order) for known, order in ranked.items()}


def _counts(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("M")
