"""A list with columns, one line a row: how wide each column is, the headings above them, and the cursor that stays.

To make a table, derive it and say which columns it has and what stands in a row::

    class TeamTable(Table[Person]):
        COLUMNS = (Column("Id", 12), Column("Name", 12, grows=40), Column("Cases", 7, right=True))

        def cells(self, row: Person) -> Sequence[Cell]:     # a text and its role for each column
            return [(row.id, STRONG), (row.name, ""), (str(row.cases), "")]

        def key(self, row: Person) -> object:               # by which the cursor finds its row again
            return row.id

    table.show([Heading("Team"), *people, Heading()])  # the cursor does not stop at headings
    table.row                         # what is under the cursor, None on nothing
    TableHeading(table)               # a line above it with the names of the columns

Columns at the right are left out where there is no room. Where they depend on what is shown, override `columns`;
`fitting` makes them as wide as what stands in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Generic, NamedTuple, TypeVar

from rich.cells import cell_len
from textual.strip import Strip

from fieldtool.tui.parts.paint import DIM, HEADING, Painted, Pieces, fitted
from fieldtool.tui.parts.rows import Rows

Row = TypeVar("Row")
Cell = tuple[str, str]
"""A text, and its role."""

ANY = 1_000_000
"""More cells than any terminal has."""


class Heading(NamedTuple):
    """A line among the rows at which the cursor does not stop; without a text, a blank one."""

    text: str = ""


class Column(NamedTuple):
    """One column of a table."""

    title: str
    width: int
    """Cells that it has at least, with the gap to its neighbour."""
    grows: int = 0
    """So many more it may take where there is room, the columns at the left first."""
    right: bool = False
    """Whether its texts stand at the right, as numbers do."""


def widths(columns: Sequence[Column], room: int) -> list[int]:
    """How wide the columns are in so many cells; of those at the right some may be missing, but never the first."""
    shown = list(columns)
    while len(shown) > 1 and sum(column.width for column in shown) > room:
        shown.pop()
    left = room - sum(column.width for column in shown)
    sizes = []
    for column in shown:
        more = min(left, column.grows) if left > 0 else left
        sizes.append(max(column.width + more, 0))
        left -= more
    return sizes


def fitting(
    titles: Sequence[str], rows: Iterable[Sequence[Cell]], room: int, *, least: int = 20
) -> list[Column]:
    """Columns as wide as what stands in them: names first, then numbers at the right.

    Args:
        least: cells that the names keep; columns at the right go before they have fewer.
    """
    texts = [
        [title, *(row[place][0] for row in rows)]
        for rows in [list(rows)]
        for place, title in enumerate(titles)
    ]
    names, *sizes = (max(map(cell_len, each)) for each in texts)
    gap = 2 if names + sum(sizes) + 2 * len(sizes) <= room else 1
    least = min(names, least)
    numbers = [Column(title, size + gap, right=True) for title, size in zip(titles[1:], sizes, strict=True)]
    return [Column(titles[0], least, grows=names - least), *numbers]


def in_columns(columns: Sequence[Column], cells: Sequence[Cell], room: int) -> Pieces:
    """One line of a table."""
    return [
        (text.rjust(size)[:size] if column.right else fitted(text, size), role)
        for column, size, (text, role) in zip(columns, widths(columns, room), cells, strict=False)
    ]


class Table(Rows, Generic[Row]):
    """Rows in columns; the cursor stays on its row when they are shown anew.

    Args:
        empty: what is said where there are no rows.
    """

    COLUMNS: ClassVar[Sequence[Column]] = ()

    def __init__(self, *, id: str | None = None, empty: str = "") -> None:
        super().__init__(id=id)
        self.empty = empty
        self._rows: Sequence[Row | Heading] = ()
        self._laid_out: tuple[int, Sequence[Column]] = (-1, ())

    def columns(self, room: int) -> Sequence[Column]:  # noqa: ARG002  # for those that depend on it
        """The columns, where there are so many cells for all of them."""
        return self.COLUMNS

    def title(self, column: Column) -> str:
        """How a column is called in the line above the table."""
        return column.title

    def cells(self, row: Row) -> Sequence[Cell]:
        """What stands in the columns of a row."""
        raise NotImplementedError

    def key(self, row: Row) -> object:
        """By what a row is known again when others are shown."""
        return row

    def show(self, rows: Sequence[Row | Heading], at: object = None) -> None:
        """Show these rows.

        Args:
            at: the key of the row that the cursor goes to; without one, it stays at its row.
        """
        here = self.row
        if at is None and here is not None:
            at = self.key(here)
        self._rows, self._laid_out = rows, (-1, ())
        self.renew(self._place_of(at))

    def stand_on(self, key: object) -> None:
        """Put the cursor on a row, if it is there."""
        place = self._place_of(key)
        if place is not None:
            self.move_to(place)

    def _place_of(self, key: object) -> int | None:
        if key is None:
            return None
        return next(
            (
                place
                for place, row in enumerate(self._rows)
                if not isinstance(row, Heading) and self.key(row) == key
            ),
            None,
        )

    @property
    def row(self) -> Row | None:
        """What is under the cursor."""
        row = self._rows[self.cursor] if self.cursor < len(self._rows) else None
        return None if isinstance(row, Heading) else row

    @property
    def row_count(self) -> int:
        """How many rows there are; one may say that there are none."""
        return len(self._rows) or bool(self.empty)

    def may_stop(self, row: int) -> bool:
        """Whether the cursor may stand there: not on headings."""
        return row < len(self._rows) and not isinstance(self._rows[row], Heading)

    def pieces(self, row: int, part: int, width: int) -> Pieces:  # noqa: ARG002  # each has one line
        """Draw a row, or a heading."""
        if not self._rows:
            return [(fitted(self.empty, width), DIM)]
        shown = self._rows[row]
        if isinstance(shown, Heading):
            return [(fitted(shown.text, width), HEADING)] if shown.text else []
        return self.line(shown, width)

    def line(self, row: Row, width: int) -> Pieces:
        """Draw a row, where it is not what its cells are in their columns."""
        return in_columns(self._columns_at(width), self.cells(row), width)

    def _columns_at(self, width: int) -> Sequence[Column]:
        if self._laid_out[0] != width:
            self._laid_out = width, self.columns(width)
        return self._laid_out[1]


class TableHeading(Painted):
    """The names of the columns, above the table."""

    DEFAULT_CSS = "TableHeading { height: 1; }"

    def __init__(self, table: Table[Row], role: str = HEADING) -> None:
        super().__init__()
        self._table = table
        self._role = role

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # it has only one
        """Draw the line."""
        room = self.size.width - 2
        columns = self._table.columns(room)
        names = in_columns(columns, [(self._table.title(column), self._role) for column in columns], room)
        return self.painted([(" ", ""), *names], self.size.width)
