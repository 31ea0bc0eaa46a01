"""The tables of the progress: groups of cases, days, strata and laptops, a line each, with as many columns as fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from textual.strip import Strip

from fieldtool.domain.method.pace import Point, rate
from fieldtool.domain.method.progress import Group, LaptopNews, StratumProgress
from fieldtool.domain.words.days import day_and_time, moment
from fieldtool.domain.words.numbers import counted, number
from fieldtool.tui.parts.paint import CONTESTED, DIM, HEADING, STRONG, WARN, Painted, Pieces, fitted
from fieldtool.tui.parts.table import Cell, Column, Table, fitting


class Line(NamedTuple):
    """One line of a table."""

    id: str
    name: str
    cells: Sequence[tuple[str, str]] = ()
    """Texts, each with its role; without any, the name has the whole line."""
    told: str = ""
    """What more there is to say of it; empty if there is nothing."""


class Lines(NamedTuple):
    """A table of the progress: how it is called, its headings, its lines."""

    title: str
    headings: tuple[str, ...] = ("",)
    """The first is that of the names."""
    lines: tuple[Line, ...] = ()


class TableNames(Painted):
    """The names of all tables, that of the one shown in brackets."""

    DEFAULT_CSS = "TableNames { height: 1; }"

    def __init__(self) -> None:
        super().__init__(id="table-names")
        self._titles: Sequence[str] = ()
        self._place = 0

    def show(self, titles: Sequence[str], place: int) -> None:
        """Show these names, of which one is that of the table shown."""
        self._titles, self._place = titles, place
        self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # it has only one
        """Draw the line."""
        names: Pieces = [
            (f"[{title}]", HEADING) if place == self._place else (f" {title} ", DIM)
            for place, title in enumerate(self._titles)
        ]
        return self.painted(names, self.size.width)


class ProgressTable(Table[Line]):
    """The lines of one table."""

    HELP = """
## Progress

Above, the cases done so far, day by day, against the line of what is needed to be done on the last day of fieldwork.
Below, the same cases by sample, inspector, place and day, then the strata and the laptops: `tab` goes from one to the
next, `enter` says more of what is under the cursor.

"A day" is what was completed on the Mondays to Fridays of fieldwork before today; "needed" is how many it must be from
now on, with `!` where it goes too slowly. "Returned" cases were complete and have been opened again; `≠` counts cases
with conflicts to settle. "Time" is what half of the cases take less than: from one entry to the next, without pauses of
more than half an hour.

The share of a stratum is what it should have of the cases done so far. It is under its target when it lacks two cases
or more of that, or one once none of it is open; and by whatever has left the sample and was not replaced.

Of each laptop stands when it last recorded something that is here, when it said last what it had taken in, and how
much was here by then that it had not. Nobody can know what a laptop has not sent: look at how long it has been silent.
"""

    def __init__(self) -> None:
        super().__init__(id="progress-table")
        self._headings: Sequence[str] = ("",)

    def show_lines(self, table: Lines, cursor: int | None) -> None:
        """Show a table; the cursor stays where it is, or goes to a line by its number."""
        self._headings = table.headings
        self.show(table.lines)
        if cursor is not None:
            self.move_to(cursor)

    def columns(self, room: int) -> Sequence[Column]:
        """The names first, then as many columns as there is room for."""
        lines = [self.cells(line) for line in self._rows if isinstance(line, Line) and line.cells]
        return fitting(self._headings, lines, room)

    def cells(self, row: Line) -> Sequence[Cell]:
        """Its name, and what stands behind it."""
        return [(row.name, ""), *row.cells]

    def line(self, row: Line, width: int) -> Pieces:
        """Draw a line; without cells, the name has all of it."""
        return super().line(row, width) if row.cells else [(fitted(row.name, width), "")]


# ---------------------------------------------------------------------- what stands in them


def of_groups(title: str, whole: Group, groups: Sequence[Group]) -> Lines:
    """Groups of cases below all of them."""
    headings = (title, "Done", "Open", "A day", "Needed", "Untouched", "Returned", CONTESTED)
    lines = [Line(group.id, group.title, _of_group(group)) for group in groups]
    return Lines(title, headings, (Line("", "All", _of_group(whole)), *lines))


def with_times(table: Lines, minutes: Mapping[str, int]) -> Lines:
    """The same with the time that a case takes, where that is known."""
    lines = [
        line._replace(cells=(*line.cells, (_in_hours(minutes[line.id]) if line.id in minutes else "", "")))
        for line in table.lines
    ]
    return table._replace(headings=(*table.headings, "Time"), lines=tuple(lines))


def of_days(points: Sequence[Point]) -> Lines:
    """The days of the burn-up."""
    lines = []
    for point in points:
        day = day_and_time(point.day)
        needed = "" if point.needed is None else number(point.needed)
        if point.done is None:
            cells = [("", ""), ("", ""), (needed, DIM), ("", "")]
        else:
            ahead = None if point.needed is None else point.done - point.needed
            cells = [(number(point.completed), ""), (number(point.done), STRONG), (needed, ""), _ahead(ahead)]
        lines.append(Line(str(point.day), day, tuple(cells)))
    return Lines("Day", ("Day", "Completed", "Done", "Needed", "Ahead"), tuple(lines))


def of_strata(strata: Sequence[StratumProgress]) -> Lines:
    """The strata of all samples."""
    lines = [
        Line(
            f"{stratum.sample} {stratum.id}",
            stratum.title,
            (
                (number(stratum.drawn), ""),
                ("–" if stratum.target is None else number(stratum.target), ""),
                (number(stratum.done), STRONG),
                (number(stratum.share), ""),
                ("yes", DIM) if stratum.fair else (f"{number(stratum.under)} under", WARN),
            ),
            "\n".join(_told_of_stratum(stratum)),
        )
        for stratum in strata
    ]
    return Lines("Strata", ("Stratum", "Sample", "Target", "Done", "Share", "Fair"), tuple(lines))


def of_laptops(laptops: Sequence[LaptopNews], jumps: Sequence[str], today: date) -> Lines:
    """The laptops, and below them the clocks that have jumped."""
    lines = [
        Line(
            laptop.device,
            f"{laptop.person}{', this laptop' if laptop.own else ''}",
            (
                (moment(laptop.heard, today) or "never", STRONG),
                (moment(laptop.took, today) or "never", ""),
                (
                    number(laptop.lacks) if laptop.took and not laptop.own else "",
                    WARN if laptop.lacks else DIM,
                ),
                (number(laptop.not_here) if laptop.not_here else "", WARN),
                (number(laptop.unsent) if laptop.unsent else "", WARN),
            ),
            "\n".join(_told_of_laptop(laptop)),
        )
        for laptop in laptops
    ]
    lines += [Line("", f"! {told}", told=f"{told}\n\nTake the times around it with care.") for told in jumps]
    return Lines(
        "Laptops ! clock" if jumps else "Laptops",
        ("Laptop of", "Last news", "Took in", "Lacks", "Not here", "Unsent"),
        tuple(lines),
    )


def _of_group(group: Group) -> tuple[tuple[str, str], ...]:
    pace = group.pace
    slow = pace.behind and pace.so_far is not None and pace.needed is not None
    needed = rate(pace.needed, up=True) if pace.needed is not None else ""
    return (
        (f"{number(group.complete)}/{number(group.cases)}", STRONG),
        (number(group.open) if group.open else "", ""),
        (rate(pace.so_far) if pace.so_far is not None else "", ""),
        (f"{'! ' if slow else ''}{needed}", WARN if slow else ""),
        (number(group.untouched) if group.untouched else "", ""),
        (number(group.returned) if group.returned else "", ""),
        (number(group.conflicts) if group.conflicts else "", WARN),
    )


def _ahead(cases: int | None) -> tuple[str, str]:
    if cases is None:
        return "", ""
    return (f"! {cases:,}", WARN) if cases < 0 else (f"+{cases:,}" if cases else "0", DIM)


def _in_hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02}" if hours else f"{rest} min"


def _told_of_stratum(stratum: StratumProgress) -> Iterator[str]:
    yield f"{counted(stratum.drawn, 'case')} in the sample, {number(stratum.done)} of them done."
    if stratum.target is None:
        yield "The sample was not drawn here, so nobody knows how many there should be."
    else:
        yield f"By the case list there should be {number(stratum.target)}."
    yield f"Its share of all that is done so far is {number(stratum.share)}."
    yield "It is fair." if stratum.fair else f"It is under by {counted(stratum.under, 'case')}."


def _told_of_laptop(laptop: LaptopNews) -> Iterator[str]:
    yield f"Installation {laptop.device}." if laptop.device else "Invited, and not come in yet."
    if laptop.heard:
        yield f"The last that is here of it was recorded at {laptop.heard}, by its own clock."
    if laptop.took:
        yield f"It said last what it had taken in at {laptop.took}."
    elif not laptop.own:
        yield "It has never said what it had taken in."
    if laptop.lacks:
        yield f"{counted(laptop.lacks, 'entry', 'entries')} of others that are here it had not taken in then."
    if laptop.not_here:
        yield f"{counted(laptop.not_here, 'event')} of it others have seen, and this laptop has not: send and take."
    if laptop.unsent:
        yield f"{counted(laptop.unsent, 'entry', 'entries')} of this laptop nobody else has said to have yet."
