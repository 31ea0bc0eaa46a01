"""How the words in a column of a case list are read as a fact: as a text, or as one of its choices."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from fieldtool.caselist.words import nothing, plain
from fieldtool.domain.method.framework import Fact, ListColumn

LONGEST_TEXT = 200


class ValueSeen(NamedTuple):
    """A word of a list, and what it is taken for."""

    fact: str
    text: str
    value: str
    """The id of the choice; empty where it is not recorded."""
    rows: int


class FactColumn:
    """How a fact is read from its column."""

    def __init__(self, fact: Fact, column: ListColumn, said: Mapping[str, str]) -> None:
        self.fact = fact
        self.seen: Counter[str] = Counter()
        """How often each word was met, where it is one of a few."""
        self._column = column
        self._said = said
        self._known: dict[str, tuple[str | None, str]] = {}

    def read(self, text: str) -> tuple[str | None, str]:
        """The value that a cell gives the fact, and a remark where that is not plain; services use few words."""
        if self.fact.kind == "text":
            return (None if nothing(text) else text[:LONGEST_TEXT]), ""
        if text not in self._known:
            self._known[text] = self._choice(text)
        return self._known[text]

    @cached_property
    def _words(self) -> dict[str, str]:
        words = {plain(name): choice.id for choice in self.fact.choices for name in (choice.title, choice.id)}
        for choice, meaning in self._column.values.items():
            words |= {plain(word): choice for word in meaning}
        return words

    def _choice(self, text: str) -> tuple[str | None, str]:
        words = plain(text)
        if words in self._said:
            return self._said[words] or None, ""
        if words in self._words:
            return self._words[words], ""
        within = self._within(words)
        if within is not None:
            return within, ""
        blank = self._words.get("")
        as_what = f"taken as {self.fact.label(blank)}" if blank else "not recorded"
        return blank, "" if nothing(text) else f'"{text}" is not known, and {as_what}'

    def _within(self, words: str) -> str | None:
        """The choice that a word within a text means: the longest, if no other says something else."""
        within = [word for word in self._words if len(word) > 2 and _says(words, word)]
        longest = max(within, key=len, default="")
        alike = all(word in longest or self._words[word] == self._words[longest] for word in within)
        return self._words[longest] if longest and alike else None


def _says(words: str, word: str) -> bool:
    """Whether a word stands in a text, and is not denied there."""
    return re.search(rf"(?<!\bnot )(?<!\bnon )(?<!\bno )\b{re.escape(word)}\b", words) is not None
