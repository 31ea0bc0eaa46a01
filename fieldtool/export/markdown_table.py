"""Tables as Markdown: to be read as it is, or turned into a page or a document."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fieldtool.export.table import Cell, Table

ENDING = ".md"

_MEANS_SOMETHING = re.compile(r"([\\`*\[\]<>|~&#])|(?<!\w)(_)|(_)(?!\w)")


def write(table: Table) -> bytes:
    """The table as a file: its title, its rows and its note."""
    numbers = [_is_numeric(row[place] for row in table.rows) for place in range(len(table.columns))]
    lines = [
        f"# {escaped(table.title)}",
        "",
        _line([escaped(column.title) for column in table.columns]),
        _line(["---:" if numeric else "---" for numeric in numbers]),
        *(_line([_cell(cell) for cell in row]) for row in table.rows),
        "",
        escaped(table.note),
        "",
    ]
    return "\n".join(lines).encode("utf-8", "replace")


def escaped(text: str) -> str:
    """The text on one line, with nothing in it that Markdown or HTML would take for more than text."""
    plain = _MEANS_SOMETHING.sub(lambda found: f"\\{found.group()}", text)
    return "<br>".join(plain.splitlines()) if "\n" in plain or "\r" in plain else plain


def _cell(cell: Cell) -> str:
    return "" if cell is None else escaped(str(cell))


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _is_numeric(cells: Iterable[Cell]) -> bool:
    kinds = {type(cell) for cell in cells} - {type(None)}
    return kinds == {int}
