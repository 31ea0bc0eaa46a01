"""What an inspection is set up with, a line each: its name and dates, team, laptops, figures to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fieldtool.tui.parts.paint import DIM, HEADING, STRONG, WARN, Pieces, fitted
from fieldtool.tui.parts.rows import Rows

LAPTOP = "laptop"
"""The kind of line that is about a laptop."""

_LAPTOP_CELLS = 13
"""For the person of a laptop, when it joined, its last news."""


class Entry(NamedTuple):
    """One line."""

    kind: str
    """What it is of; empty for a heading or a blank line."""
    id: str
    """Which of its kind."""
    cells: tuple[str, ...]


class SetupRows(Rows):
    """Headings with lines below them; the cursor stops at the lines."""

    HELP = """
## Set up and team

`enter` changes what is under the cursor: the name or the dates of the inspection, somebody's name or role. `a` takes
somebody into the team; each has an id of their own, as INS-04. Of a local assessor the office is asked, spelt as in
the case list, whose cases they never assess.

`x` takes somebody off the team, with a reason: what they did stays, all their laptops are removed, and their cases
stay theirs until you take them over. On a laptop, `x` removes that one alone, as when it was stolen: what it records
beyond what is here counts nowhere. `enter` shows all that is known of a laptop. Invitations, recovery keys and your
own leaving are by command: `fieldtool invite`, `recovery-keys` and `team`.

`p` brings in the figures of the previous inspection, `c` those of the group that this one is compared with: a CSV
or XLSX file with a row for each key question or prompt, its id, and the per cent, or n and N. They then stand beside
the ratings.
"""

    def __init__(self) -> None:
        super().__init__(id="setup-rows")
        self._entries: Sequence[Entry] = ()

    def show(self, entries: Sequence[Entry]) -> None:
        """Show these, with the cursor where it was."""
        before = self.entry
        self._entries = entries
        place = next((p for p, each in enumerate(entries) if before and each[:2] == before[:2]), None)
        self.renew(place)

    def go_to(self, kind: str, id: str) -> None:
        """Put the cursor on a line."""
        for place, entry in enumerate(self._entries):
            if entry[:2] == (kind, id):
                self.move_to(place)

    @property
    def entry(self) -> Entry | None:
        """What is under the cursor."""
        return self._entries[self.cursor] if self._entries else None

    @property
    def row_count(self) -> int:
        """How many lines there are."""
        return len(self._entries)

    def may_stop(self, row: int) -> bool:
        """Whether the line is one that something can be done with."""
        return bool(self._entries[row].kind)

    def pieces(self, row: int, part: int, width: int) -> Pieces:  # noqa: ARG002  # each has one line
        """Draw one of them."""
        kind, _, cells = self._entries[row]
        if not kind or kind == LAPTOP:
            if len(cells) > 1:
                return self._laptop(cells, width, heading=not kind)
            return [(fitted(cells[0], width), HEADING)] if cells else []
        if kind == "person":
            id, name, role, office = cells
            rest = max(width - 14 - 18, 12)
            named = rest if width < 70 else rest // 2
            return [(" ", ""), (fitted(id, 12), STRONG), (" ", ""), (fitted(name, named), ""),
                    (fitted(role, 18), DIM), (fitted(office, rest - named), "")]  # fmt: skip
        label, value = cells
        return [(" ", ""), (fitted(label, 24), DIM), (fitted(value, width - 25), "")]

    def _laptop(self, cells: Sequence[str], width: int, *, heading: bool) -> Pieces:
        short, *middle, events, state = cells
        first: Pieces = (
            [(fitted(short, 14), HEADING)] if heading else [(" ", ""), (fitted(short, 13), STRONG)]
        )
        role = DIM if heading else ""
        pieces = [*first, *((fitted(text, _LAPTOP_CELLS), role) for text in middle), (events.rjust(8), role)]
        rest = max(width - 14 - len(middle) * _LAPTOP_CELLS - 8, 0)
        return [*pieces, (fitted(f"  {state}", rest), WARN if state == "removed" else DIM)]
