"""A table of the report, before anybody decides in what format it is written, and the register of all tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fieldtool.export.contents import Contents

Cell = str | int | None
"""What stands in a cell; None where there is nothing to say."""


class Column(NamedTuple):
    """A column: how programs call it, and how people do."""

    id: str
    title: str


class Table(NamedTuple):
    """A table, whole."""

    id: str
    """The name of its file, without an ending."""
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str
    """What a reader must know: what was counted, and on what terms the wording is used."""


Maker = Callable[["Contents"], Table | None]
"""What makes a table; None of an inspection that has nothing of this kind."""

TABLES: dict[str, Maker] = {}
"""The tables there are, by id; all of them once `fieldtool.export.tables` is imported."""


def table(make: Maker) -> Maker:
    """Register a table under the name of the function that makes it; its docstring says in help what is in it."""
    TABLES[make.__name__] = make
    return make
