"""A table of the report, before anybody decides in what format it is written."""

from __future__ import annotations

from typing import NamedTuple

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
