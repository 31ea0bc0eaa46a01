"""What a case list comes to, line by line: columns, first cases, what else to know, every row that is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fieldtool.caselist import list_report
from fieldtool.caselist.checking import Checked
from fieldtool.caselist.choices import ValueSeen
from fieldtool.caselist.columns import Table, title_of
from fieldtool.caselist.people import LeftOut
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.words.numbers import counted, number
from fieldtool.tui.parts.paint import DIM, HEADING, WARN, Pieces, fitted
from fieldtool.tui.parts.rows import Rows

_SHOWN = 5
"""So many cases show what will be kept."""

_BECOMES = 27
"""So many cells say what becomes of a column."""


class Look(NamedTuple):
    """What a list comes to, as far as it does."""

    found: Table | None
    checked: Checked | None
    problem: str = ""
    """Why nothing can be taken, in one sentence; empty if something can."""


class Line(NamedTuple):
    """One line of the preview."""

    cells: tuple[str, ...]
    role: str = ""
    place: int | None = None
    """Which column of the list it is about, if it is about one."""
    word: ValueSeen | None = None
    """Which word of the list it is about, if it is about one."""


class Preview(Rows):
    """What a list comes to: its columns, the first cases, what else to know, and each row that is left out."""

    HELP = """
## A case list, looked at

Nothing is taken yet. `enter` on a column says what it is, where that was not understood, and on a word what it means;
`tab` goes to the next part. What you say holds for the next list too. `w` says which sheets are the list, `h` whether
hidden rows belong to it, `o` in which order its dates are written.
A case is its CRN: names and dates of birth only find duplicates and are not kept. `t` takes the list: all of it,
or nothing.

Every row that is left out is told with its number, its column and the reason. `a` makes a case of every row at once,
as for a small sample that need not be drawn.
"""

    def __init__(self, framework: Framework) -> None:
        super().__init__(id="preview")
        self._framework = framework
        self._above: list[Line] = []
        self._come = Look(None, None)

    def show(self, look: Look) -> None:
        """Show what a list comes to; the cursor stays where it was."""
        self._come = look
        self._above = [*self._lines()]
        self.renew()

    @property
    def column(self) -> int | None:
        """The place of the column under the cursor, if there is one."""
        return self._above[self.cursor].place if self.cursor < len(self._above) else None

    @property
    def word(self) -> ValueSeen | None:
        """The word of the list under the cursor, if there is one."""
        return self._above[self.cursor].word if self.cursor < len(self._above) else None

    @property
    def words(self) -> str:
        """The whole of what is under the cursor, however narrow the screen is."""
        return "  ".join(filter(None, self._line(self.cursor).cells)) if self.row_count else ""

    @property
    def row_count(self) -> int:
        """How many lines there are."""
        return len(self._above) + len(self._left_out)

    @property
    def _left_out(self) -> tuple[LeftOut, ...]:
        return () if self._come.checked is None else self._come.checked.left_out

    def _line(self, row: int) -> Line:
        if row < len(self._above):
            return self._above[row]
        left_out = self._left_out[row - len(self._above)]
        return Line((f"row {number(left_out.row)}", left_out.column, left_out.reason))

    def pieces(self, row: int, part: int, width: int) -> Pieces:  # noqa: ARG002  # each has one line
        """Draw a line."""
        cells, role, place, _ = self._line(row)
        if len(cells) == 1:
            return [(fitted(cells[0], width), role)]
        if place is None:
            first, second = 12, min(width // 3, 46)
        else:
            first = second = min(max((width - _BECOMES) // 2 - 2, 8), 46)
        third = width - first - second - 4
        return [
            (f"  {fitted(cells[0], first)} ", role),
            (f"{fitted(cells[1], second)} ", role),
            (fitted(cells[2], third), role or DIM if place is not None else role),
        ]

    def may_stop(self, row: int) -> bool:
        """Whether the cursor may stand on a line: not on headings."""
        return self._line(row).role != HEADING and self._line(row).cells != ("",)

    def action_section(self) -> None:
        """Go to the first line of the next part, from the last to the first."""
        starts = [row for row, line in enumerate(self._above) if line.role == HEADING]
        stops = [stop for start in starts if (stop := self.next_stop(start, 1)) is not None]
        if stops:
            self.move_to(next((stop for stop in stops if stop > self.cursor), stops[0]))
            # With its heading on the first line, so that as much of it can be seen as there is room for.
            self._top = max(0, min(self.cursor - 1, self.line_count - self.size.height))
            self.refresh()

    def _lines(self) -> Iterator[Line]:
        columns, checked, _ = self._come
        if columns is None:
            return
        yield from self._column_lines(columns)
        if checked is None:
            return
        first = "The first cases" if len(checked.taken) > _SHOWN else "The cases"
        yield from (Line(("",)), Line((f"{first}, as they will be kept",), HEADING))
        for case in checked.taken[:_SHOWN]:
            yield Line((f"  {list_report.case_in_words(self._framework, case)}",))
        if not checked.taken:
            yield Line(("  None",), WARN)
        yield from (Line(("",)), Line(("What else to know",), HEADING))
        fields = dict.fromkeys(columns.meanings.values())
        more = [*list_report.values(self._framework, checked, fields), list_report.terminated(checked)]
        yield from (Line((f"  {each}",)) for each in filter(None, more))
        yield from (Line((f"  {each}",), WARN) for each in checked.remarks)
        if checked.values:
            yield from (Line(("",)), Line(("Words, and what they are taken for",), HEADING))
        told = list_report.words(self._framework, checked)
        yield from (Line((f"  {line}",), word=each) for each, line in zip(checked.values, told, strict=True))
        yield from (Line(("",)), Line((f"{counted(len(checked.left_out), 'row')} left out",), HEADING))
        if not checked.left_out:
            yield Line(("  None",))

    def _column_lines(self, columns: Table) -> Iterator[Line]:
        """What each column of the list is taken for, and what becomes of it."""
        where = f" of the sheet {columns.sheet}" if columns.sheet else ""
        yield Line((f"Columns{where}",), HEADING)
        for place, heading in enumerate(columns.headings):
            field = columns.meanings.get(place, "")
            if heading or field:
                title = title_of(self._framework, field) if field else "–"
                becomes = list_report.what_becomes_of(self._framework, field)
                yield Line((heading, title, becomes), "" if field else DIM, place)
