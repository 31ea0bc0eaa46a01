"""What an inspection is set up with, a line each: its name and dates, team, laptops, figures to compare with."""

from __future__ import annotations

from typing import NamedTuple

from fieldtool.tui.parts.paint import DIM, STRONG, WARN, Pieces, fitted
from fieldtool.tui.parts.table import ANY, Column, Table, in_columns

LAPTOP = "laptop"
"""The kind of line that is about a laptop."""

LAPTOPS = (
    Column("", 13), Column("Person", 13), Column("Joined", 13), Column("Last news", 13),
    Column("Entries", 8, right=True), Column("", 2, grows=ANY),
)  # fmt: skip
"""What is said of a laptop."""


class Entry(NamedTuple):
    """One line."""

    kind: str
    """What it is of."""
    id: str
    """Which of its kind."""
    cells: tuple[str, ...]


class SetupRows(Table[Entry]):
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

    def key(self, row: Entry) -> object:
        """Its kind, and which of it."""
        return row[:2]

    def line(self, row: Entry, width: int) -> Pieces:
        """Draw one of them."""
        kind, _, cells = row
        if kind == LAPTOP:
            short, *middle, state = cells
            roles = [(short, STRONG), *((text, "") for text in middle)]
            state_cell = (f"  {state}", WARN if state == "removed" else DIM)
            return [(" ", ""), *in_columns(LAPTOPS, [*roles, state_cell], width - 1)]
        if kind == "person":
            id, name, role, office = cells
            rest = max(width - 14 - 18, 12)
            named = rest if width < 70 else rest // 2
            return [(" ", ""), (fitted(id, 12), STRONG), (" ", ""), (fitted(name, named), ""),
                    (fitted(role, 18), DIM), (fitted(office, rest - named), "")]  # fmt: skip
        label, value = cells
        return [(" ", ""), (fitted(label, 24), DIM), (fitted(value, width - 25), "")]
