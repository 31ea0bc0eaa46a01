"""A table as it stands in a file: its rows and cells, and what is wrong with one that cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from fieldtool.domain.errors import FieldtoolError

LARGEST = 256 * 1024 * 1024
"""No such file is longer, in bytes, or is so once it is unpacked."""

MOST_ROWS = 250_000
"""No case list has more rows that are not blank."""

Cell = str | date | None
"""What stands in a cell: a text, a date, or nothing. Numbers are texts without a needless point."""

Watch = Callable[[Iterable[tuple[Cell, ...]], int | None], Iterable[tuple[Cell, ...]]]
"""Gives rows on while they are read, told how many to expect where that is known: so a progress bar can move."""


class ListError(FieldtoolError):
    """A list that cannot be used, in one sentence that says what to do, or in one for each fault."""


class Row(NamedTuple):
    """A row of a list that is not blank."""

    number: int
    """As Excel counts them, from 1 on."""
    cells: tuple[Cell, ...]
    sheet: str = ""
    """Its sheet, where several were joined."""


class Sheet(NamedTuple):
    """One table of a file."""

    title: str
    """Empty for a CSV file."""
    rows: tuple[Row, ...]
    hidden: frozenset[int] = frozenset()
    """The numbers of rows that are hidden in the workbook, as by a filter."""
    remarks: tuple[str, ...] = ()
    """How it was read, where that is not plain."""


def unwatched(rows: Iterable[tuple[Cell, ...]], expected: int | None) -> Iterable[tuple[Cell, ...]]:
    """Give rows on without a look at them."""
    del expected
    return rows


def rows_of(name: str, lines: Iterable[tuple[Cell, ...]]) -> tuple[Row, ...]:
    """Number the rows, and drop those that are blank, and the blank cells at the ends of the others.

    Raises:
        ListError: there are too many.
    """
    rows: list[Row] = []
    for number, cells in enumerate(lines, 1):
        width = len(cells)
        while width and cells[width - 1] is None:
            width -= 1
        if width:
            rows.append(Row(number, cells[:width]))
        if len(rows) > MOST_ROWS:
            raise ListError(f"{name} has more than {MOST_ROWS:,} rows: save the list alone.")
    return tuple(rows)


def text_of(cell: str) -> Cell:
    """What a text comes to in a cell: without needless blanks, and nothing where it is nothing else."""
    return " ".join(cell.split()) or None
