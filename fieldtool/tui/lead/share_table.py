"""Who has how many cases, place by place or day by day; and cases that can be filtered and marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from textual.strip import Strip

from fieldtool.domain.method.case_line import CaseLine
from fieldtool.domain.method.share_out import Held
from fieldtool.domain.words.days import short_day, weekday
from fieldtool.tui.parts.case_list import PLACE, CaseList, Fetch
from fieldtool.tui.parts.paint import DIM, HEADING, MARK, STRONG, Painted, Pieces, fitted
from fieldtool.tui.parts.table import ANY, Cell, Column, Heading, Table


class Share(NamedTuple):
    """What one person has, or nobody, or all together."""

    holder: str | None
    """Empty for the cases that nobody has; None for all of them."""
    name: str
    complete: int
    cases: Mapping[str, int]
    """How many of each place, or on each day."""

    @property
    def total(self) -> int:
        """How many cases these are."""
        return sum(self.cases.values())


def shares_of(held: Sequence[Held], names: Mapping[str, str]) -> list[Share]:
    """The lines: all together, nobody, then the team, and whoever else still has cases.

    Args:
        names: those of the team, by their ids.
    """
    cases: dict[str, dict[str, int]] = defaultdict(dict)
    complete: dict[str, int] = defaultdict(int)
    of_all: dict[str, int] = defaultdict(int)
    for each in held:
        cases[each.holder][each.where] = each.cases
        complete[each.holder] += each.complete
        of_all[each.where] += each.cases
    others = sorted(cases.keys() - names.keys() - {""})
    people = [(id, f"{id}  {name}") for id, name in names.items()]
    people += [(id, f"{id}  not on the team") for id in others]
    return [
        Share(None, "All", sum(complete.values()), of_all),
        Share("", "Nobody", complete[""], cases[""]),
        *(Share(id, name, complete[id], cases[id]) for id, name in people),
    ]


WHO, NUMBER, WIDEST = 22, 7, 12
"""Cells for a name, for a number, and at most for a place or a day."""


class Shares(Table[Share]):
    """A line for each person: how many cases they have, how many are complete, and where or when the cases are."""

    HELP = """
## Who has which cases

The first lines are all cases, and those that nobody has. `left` and `right` show more places or days, `v` changes
between places and days; below are the cases of whoever is under the cursor, and `tab` goes there.

`e` shares out evenly what nobody has, `p` so that the cases of a place are in few hands, `d` by place and day: you see
first what would change. `f6` gives the cases that are marked to somebody, `f7` gives them back, `f8` plans their day.
"""

    def __init__(self) -> None:
        super().__init__(id="shares")
        self._places: Sequence[tuple[str, str]] = ()
        self._first = 0
        self._wide = WIDEST

    def show_shares(self, shares: Sequence[Share], places: Sequence[tuple[str, str]]) -> None:
        """Show these lines.

        Args:
            places: the places or days, each with its title.
        """
        self._places = places
        self._first = min(self._first, max(len(places) - 1, 0))
        self._wide = min(max([len(title) for _, title in places], default=0) + 2, WIDEST)
        self.show(shares)

    @property
    def holder(self) -> str | None:
        """Whose line is under the cursor: empty for nobody, None for all."""
        return self.row.holder if self.row else None

    def key(self, row: Share) -> object:
        """Whose line it is."""
        return (row.holder,)

    def columns(self, room: int) -> Sequence[Column]:
        """A name, two numbers, and as many places as there is room for; signs say that there are more."""
        seen = self._seen(room)
        titles = [fitted(title, self._wide - 2).strip() for _, title in seen]
        if self._first and titles:
            titles[0] = f"◂ {titles[0]}"
        if self._first + len(seen) < len(self._places):
            titles[-1] = f"{titles[-1][: self._wide - 4]} ▸"
        first = (Column("Who", WHO), Column("Cases", NUMBER, right=True), Column("Done", NUMBER, right=True))
        return (*first, *(Column(title, self._wide, right=True) for title in titles))

    def cells(self, row: Share) -> Sequence[Cell]:
        """What one has."""
        role = "" if row.holder else STRONG
        numbers = [row.cases.get(where, 0) for where, _ in self._seen(self.size.width - 2)]
        return [
            (row.name, role),
            (f"{row.total:,}", role),
            (f"{row.complete:,}", DIM),
            *((f"{number:,}", "") if number else ("·", DIM) for number in numbers),
        ]

    def _seen(self, width: int) -> Sequence[tuple[str, str]]:
        number = max((width - WHO - 2 * NUMBER - 2) // self._wide, 1)
        return self._places[self._first : self._first + number]

    @property
    def may_scroll(self) -> bool:
        """Whether there are more columns than can be seen."""
        return len(self._seen(self.size.width - 2)) < len(self._places)

    def scroll_columns(self, step: int) -> None:
        """Show columns further to the left or to the right."""
        last = max(len(self._places) - len(self._seen(self.size.width - 2)), 0)
        self._first = max(0, min(self._first + step, max(last, self._first - 1)))
        self.show(self._rows)


class FilterLine(Painted):
    """Whose cases are listed, what is typed to filter them, how many there are and how many are marked."""

    DEFAULT_CSS = """
    FilterLine { height: 1; margin-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._title, self._filter, self._hint, self._count = "", "", "", ""

    def show(self, title: str, text: str, hint: str, count: str) -> None:
        """Say what is listed.

        Args:
            hint: what stands there while nothing is typed.
        """
        self._title, self._filter, self._hint, self._count = title, text, hint, count
        self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # it has only one
        """Draw the line."""
        width, count = self.size.width, f"{self._count} "
        title = fitted(self._title, min(len(self._title), max(width - len(count) - 24, 8)))
        room = width - len(title) - len(count) - 3
        typed = f"filter: {self._filter}▏" if self._filter else self._hint
        pieces: Pieces = [(" ", ""), (title, HEADING), ("  ", "")]
        pieces += [(fitted(typed, room), MARK if self._filter else DIM), (count, DIM)]
        return self.painted(pieces, width)


Days = Callable[[Sequence[str]], Mapping[str, date]]
"""Gets the days planned for some cases."""


class MarkedCases(CaseList):
    """Cases, one a line, of which some are marked to be given away together."""

    HELP = """
## Cases to give

Type to filter: each word must occur in the reference, the place, the holder or the state. `enter` marks the case under
the cursor, `ctrl+a` all that are listed. `f6` gives what is marked to somebody, or what is under the cursor if nothing
is; `f7` gives it back, `f8` plans its day. `tab` goes back to the people.
"""

    def __init__(self, fetch: Fetch, samples: dict[str, str], place: str, days: Days) -> None:
        super().__init__(fetch, samples, place)
        self._fetch_days = days
        self._days: dict[str, date] = {}
        self.marked: set[str] = set()

    @property
    def refs(self) -> list[str]:
        """The references of the cases that are listed."""
        return [str(ref) for ref in self._rows]

    def show(self, rows: Sequence[str | Heading], at: object = None, row: int = 0) -> None:
        """List these cases, and put the cursor on one of them, or else on a row."""
        self._days.clear()
        super().show(rows, at, row)

    def mark(self) -> None:
        """Mark the case under the cursor, or take its mark away."""
        if self.ref is not None:
            self.marked ^= {self.ref}
            self.refresh_row(self.cursor)

    def mark_all(self) -> None:
        """Mark all that are listed; if all of them are, take their marks away."""
        listed = set(self.refs)
        self.marked = self.marked - listed if listed <= self.marked else self.marked | listed
        self.refresh()

    def columns(self, room: int) -> Sequence[Column]:
        """The columns; how far a case is only where there is room for it."""
        first = (Column("", 2), Column("Reference", 12), Column("Sample", 13), Column(PLACE, 10))
        last = (Column("State", 15), Column("Day", 12), Column("Holder", 6, grows=ANY))
        return (*first, Column("Progress", 17), *last) if room >= WITH_PROGRESS else (*first, *last)

    def named(self, line: CaseLine) -> dict[str, Cell]:
        """What stands in each column of a case, and its role."""
        day = self._days.get(line.ref)
        return super().named(line) | {
            "": ("✓" if line.ref in self.marked else "", MARK),
            "Day": (f"{weekday(day)} {short_day(day):>6}" if day else "", ""),
            "Holder": (line.holder or "nobody", "" if line.holder else DIM),
        }

    def _line(self, row: int) -> CaseLine:
        if self._rows[row] not in self._known:
            self._days.update(self._fetch_days(self.around(row)))
        return super()._line(row)


WITH_PROGRESS = 93
"""Cells from which there is room to show how far a case is."""
