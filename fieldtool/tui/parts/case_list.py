"""The list of cases: it holds references alone and asks for the lines that can be seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from textual import events
from textual.strip import Strip

from fieldtool.domain.method.case_line import CaseLine, CaseState
from fieldtool.tui.parts.paint import (
    CONTESTED,
    DIM,
    HEADING,
    MARK,
    STRONG,
    WARN,
    Painted,
    Pieces,
    bar,
    fitted,
)
from fieldtool.tui.parts.rows import Rows

STATES = {
    CaseState.UNTOUCHED: ("○ untouched", DIM),
    CaseState.IN_PROGRESS: ("◐ in progress", MARK),
    CaseState.COMPLETE: ("● complete", STRONG),
}
"""The sign and words of each state, and their role."""

AHEAD = 64
"""How many lines are fetched together."""

Fetch = Callable[[Sequence[str]], list[CaseLine]]
"""Gets the lines of some references."""


class CaseList(Rows):
    """Cases, one a line; ten thousand of them cost what can be seen of them."""

    HELP = """
## Cases

Type to filter: each word must occur in the reference, the hub, the holder or the state.
`enter` opens the case under the cursor, `tab` shows the next group of cases.

≠ before the state: two people said something of the case without knowing of each other; `f4` lists what.
"""

    def __init__(self, fetch: Fetch, samples: dict[str, str]) -> None:
        super().__init__(id="cases")
        self._fetch = fetch
        self._samples = samples
        self._refs: list[str] = []
        self._known: dict[str, CaseLine] = {}

    @property
    def ref(self) -> str | None:
        """The reference under the cursor."""
        return self._refs[self.cursor] if self._refs else None

    @property
    def row_count(self) -> int:
        """How many cases are listed."""
        return len(self._refs)

    def show(self, refs: list[str], cursor: str | None = None, row: int = 0) -> None:
        """List these cases, and put the cursor on one of them.

        Args:
            row: where the cursor goes if that one is not listed.
        """
        self._refs = refs
        self._known.clear()
        self.renew(refs.index(cursor) if cursor in refs else row)

    def pieces(self, row: int, part: int, width: int) -> Pieces:  # noqa: ARG002  # one line a row
        """Show one case."""
        cells = self.cells(self._line(row))
        return [(fitted(cells[name][0], size), cells[name][1]) for name, size in columns_for(width)]

    def cells(self, line: CaseLine) -> dict[str, tuple[str, str]]:
        """What stands in each column of a case, and its role."""
        state, role = STATES[line.state]
        if line.contested:
            state, role = CONTESTED + state[1:], WARN
        share = 100 * line.done // line.due if line.due else None
        return {
            "Reference": (line.ref, STRONG),
            "Sample": (self._samples.get(line.sample, line.sample), ""),
            "Hub": (line.place, ""),
            "Progress": (f"{bar(share, 8)} {line.done:>3}/{line.due}", ""),
            "State": (state, role),
            "Last touched": (_when(line.touched), DIM),
            "Holder": (line.holder, DIM),
        }

    def _line(self, row: int) -> CaseLine:
        ref = self._refs[row]
        if ref not in self._known:
            for line in self._fetch(self.around(row)):
                self._known[line.ref] = line
        return self._known[ref]

    def around(self, row: int) -> Sequence[str]:
        """The references of the lines that are fetched together with that of a row."""
        start = max(0, row - AHEAD // 2)
        return self._refs[start : start + AHEAD]


def filtered(event: events.Key, text: str) -> str | None:
    """What a filter says once a key was typed into it; None if the key types nothing."""
    if event.key == "backspace":
        return text[:-1]
    return text + event.character if event.is_printable and event.character else None


class CaseListHeading(Painted):
    """The names of the columns."""

    DEFAULT_CSS = """
    CaseListHeading { height: 1; }
    """

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # it has only one
        """Draw the line."""
        names = [(fitted(name, size), HEADING) for name, size in columns_for(self.size.width - 2)]
        return self.painted([(" ", ""), *names], self.size.width)


def columns_for(width: int) -> list[tuple[str, int]]:
    """The columns that fit into so many cells, with the cells of each."""
    found = [("Reference", 12), ("Sample", 13), ("Hub", 9), ("Progress", 17), ("State", 15)]
    left = width - sum(size for _, size in found)
    if left >= 12:
        found.append(("Last touched", 14 if left >= 14 else 12))
        left -= found[-1][1]
    if left >= 8:
        found.append(("Holder", left))
    return found


def _when(touched: str) -> str:
    if not touched:
        return ""
    return datetime.fromisoformat(touched).strftime("%d %b %H:%M")
