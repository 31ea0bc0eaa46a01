"""What a framework file holds, read leniently: every table knows what a finding calls it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from fieldtool.domain.method.framework import (
    Band,
    Choice,
    Domain,
    Fact,
    Form,
    FormAnswer,
    FormQuestion,
    Framework,
    KeyQuestion,
    ListColumn,
    OverallBand,
    Prompt,
    SampleType,
    Standard,
)
from fieldtool.domain.method.strata import Stratum

KINDS: Mapping[str, tuple[str, type[BaseModel]]] = {
    "bands": ("band", Band),
    "overall": ("overall band", OverallBand),
    "samples": ("sample type", SampleType),
    "facts": ("fact", Fact),
    "strata": ("stratum", Stratum),
    "list_columns": ("list column", ListColumn),
    "choices": ("choice", Choice),
    "forms": ("form", Form),
    "questions": ("question", FormQuestion),
    "answers": ("answer", FormAnswer),
    "domains": ("domain", Domain),
    "standards": ("standard", Standard),
    "key_questions": ("key question", KeyQuestion),
    "prompts": ("prompt", Prompt),
}
"""For each key that holds a list of tables: what one of them is called, and its model."""


@dataclass(frozen=True)
class Entry:
    """One table of a framework file. Its readers give nothing for what is missing or of the wrong type."""

    table: Mapping[str, object]
    place: str = ""
    """What a finding calls it, as "standard 2.1, key question 2.1.3"; empty for the file itself."""
    model: type[BaseModel] = Framework
    """The model that the table has to fit."""

    @property
    def id(self) -> str | None:
        """Its id or number."""
        return self.text("id")

    def text(self, key: str) -> str | None:
        """The text under a key."""
        value = self.table.get(key)
        return value if isinstance(value, str) and value else None

    def number(self, key: str) -> int | None:
        """The whole number under a key."""
        value = self.table.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def flag(self, key: str, *, default: bool = False) -> bool:
        """The yes or no under a key."""
        value = self.table.get(key)
        return value if isinstance(value, bool) else default

    def texts(self, key: str) -> tuple[str, ...] | None:
        """The list of texts under a key; None where there is no list."""
        return _texts(self.table.get(key))

    def mapping(self, key: str) -> Mapping[str, tuple[str, ...] | None]:
        """The lists of texts by name under a key."""
        value = self.table.get(key)
        return {name: _texts(texts) for name, texts in value.items()} if isinstance(value, dict) else {}

    def children(self, key: str) -> tuple[Entry, ...]:
        """The tables listed under a key."""
        children = (self.child(key, index) for index in range(self.length(key)))
        return tuple(child for child in children if child is not None)

    def length(self, key: str) -> int:
        """How many items are listed under a key."""
        value = self.table.get(key)
        return len(value) if isinstance(value, list) else 0

    def child(self, key: str, index: int) -> Entry | None:
        """The table at this place of the list under a key; None where there is no such table."""
        value = self.table.get(key)
        if key not in KINDS or not isinstance(value, list) or not isinstance(value[index], dict):
            return None
        noun, model = KINDS[key]
        own = Entry(value[index], model=model)
        name = f"{noun} {own.id}" if own.id else f"{noun} at place {index + 1}"
        # A standard's number says enough without its domain.
        outer = "" if self.model in {Framework, Domain} and own.model is not Domain else self.place
        return Entry(value[index], f"{outer}, {name}" if outer else name, model)

    def standards(self) -> Iterator[Entry]:
        """All standards of the file."""
        for domain in self.children("domains"):
            yield from domain.children("standards")


def listed(words: Iterable[str]) -> str:
    """Words in quotation marks, with commas between them."""
    return ", ".join(f'"{word}"' for word in words)


def _texts(value: object) -> tuple[str, ...] | None:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else None
