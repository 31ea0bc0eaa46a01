"""The list of cases: it holds references alone and asks for the lines that can be seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fieldtool.domain.method.case_line import CaseLine, CaseState
from fieldtool.domain.words.days import moment
from fieldtool.tui.parts.paint import (
    CONTESTED,
    DIM,
    MARK,
    STRONG,
    WARN,
    Pieces,
    bar,
)
from fieldtool.tui.parts.table import ANY, Cell, Column, Heading, Table, in_columns

STATES = {
    CaseState.UNTOUCHED: ("○ untouched", DIM),
    CaseState.IN_PROGRESS: ("◐ in progress", MARK),
    CaseState.COMPLETE: ("● complete", STRONG),
}
"""The sign and words of each state, and their role."""

AHEAD = 64
"""How many lines are fetched together."""

PLACE = "place"
"""The column of the case fact that lists show, as the hub; the framework says what it is called."""

Fetch = Callable[[Sequence[str]], list[CaseLine]]
"""Gets the lines of some references."""


class CaseList(Table[str]):
    """Cases, one a line; ten thousand of them cost what can be seen of them."""

    HELP = """
## Cases

Type to filter: each word must occur in the reference, the place, the holder or the state.
`enter` opens the case under the cursor, `tab` shows the next group of cases.

≠ before the state: two people said something of the case without knowing of each other; `f4` lists what.
"""

    COLUMNS = (
        Column("Reference", 12),
        Column("Sample", 13),
        Column(PLACE, 9),
        Column("Progress", 17),
        Column("State", 15),
        Column("Last touched", 12, grows=2),
        Column("Holder", 8, grows=ANY),
    )

    def __init__(self, fetch: Fetch, samples: dict[str, str], place: str = "Place") -> None:
        super().__init__(id="cases")
        self._fetch = fetch
        self._samples = samples
        self._place = place
        self._known: dict[str, CaseLine] = {}

    def title(self, column: Column) -> str:
        """How a column is called; that of the place by the framework."""
        return self._place if column.title == PLACE else super().title(column)

    @property
    def ref(self) -> str | None:
        """The reference under the cursor."""
        return self.row

    def show(self, rows: Sequence[str | Heading], at: object = None, row: int = 0) -> None:
        """List these references, and put the cursor on one of them.

        Args:
            row: where the cursor goes if that one is not listed.
        """
        self._rows = rows
        self._known.clear()
        # Not through the keys of all rows: there may be ten thousand, and a key is pressed for each letter of a filter.
        self.renew(rows.index(at) if isinstance(at, str) and at in rows else row)

    def pieces(self, row: int, part: int, width: int) -> Pieces:  # noqa: ARG002  # one line a row
        """Show one case."""
        columns, cells = self.columns(width), self.named(self._line(row))
        return in_columns(columns, [cells[column.title] for column in columns], width)

    def named(self, line: CaseLine) -> dict[str, Cell]:
        """What stands in each column of a case, and its role."""
        state, role = STATES[line.state]
        if line.contested:
            state, role = CONTESTED + state[1:], WARN
        share = 100 * line.done // line.due if line.due else None
        return {
            "Reference": (line.ref, STRONG),
            "Sample": (self._samples.get(line.sample, line.sample), ""),
            PLACE: (line.place, ""),
            "Progress": (f"{bar(share, 8)} {line.done:>3}/{line.due}", ""),
            "State": (state, role),
            "Last touched": (f"{moment(line.touched):>12}", DIM),
            "Holder": (line.holder, DIM),
        }

    def _line(self, row: int) -> CaseLine:
        ref = str(self._rows[row])
        if ref not in self._known:
            for line in self._fetch(self.around(row)):
                self._known[line.ref] = line
        return self._known[ref]

    def around(self, row: int) -> list[str]:
        """The references of the lines that are fetched together with that of a row."""
        start = max(0, row - AHEAD // 2)
        return [str(ref) for ref in self._rows[start : start + AHEAD]]
