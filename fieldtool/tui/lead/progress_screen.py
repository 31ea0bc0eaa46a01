"""How far the inspection is, at a glance: one line, a burn-up, and the cases by sample, inspector, place and day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from fieldtool.domain.errors import FieldtoolError
from fieldtool.domain.method.case_line import CaseFilter, CaseLine, CaseState
from fieldtool.domain.method.progress import Group
from fieldtool.domain.words.numbers import counted
from fieldtool.tui.lead.burn_up import BurnUp
from fieldtool.tui.lead.progress_table import (
    Lines,
    ProgressTable,
    TableNames,
    of_days,
    of_groups,
    of_laptops,
    of_strata,
    with_times,
)
from fieldtool.tui.parts.ask import Tell
from fieldtool.tui.parts.base_screen import BaseScreen, also_back
from fieldtool.tui.parts.paint import DIM, harmless
from fieldtool.tui.parts.table import TableHeading
from fieldtool.work import clock
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.progress_report import Progress

LOW = 20
"""With fewer lines than this, there is no room for the burn-up."""

NAMED = 200
"""So many open cases are named one by one."""

_DAYS = "days"


class ProgressScreen(BaseScreen[None]):
    """The progress of an inspection.

    Args:
        today: which day it is; by the clock of this laptop where nothing is said.
    """

    CSS_PATH = "progress_screen.tcss"
    TITLE = "Progress"
    CHOSEN = ("look",)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,right", "turn(1)", "Next table", id="progress.next", tooltip="The cases in other groups"),
        Binding("shift+tab,left", "turn(-1)", "Table before", show=False, id="progress.before",
                tooltip="The cases in other groups, the other way round"),
        Binding("enter", "look", "More", id="progress.more",
                tooltip="The open cases of the group under the cursor; what more there is to say of anything else"),
        *also_back("f5", id="progress.back"),
    ]  # fmt: skip

    def __init__(self, lead: Lead, today: date | None = None) -> None:
        super().__init__(lead.inspection.file, f"Progress · {lead.inspection.file.heading.title}")
        self._inspection = lead.inspection
        self._today = today
        self._tables: dict[str, Lines] = {}
        self._place = 0

    def body(self) -> Iterable[Widget]:
        """What stands between the bars."""
        yield Static("", markup=False, id="headline")
        yield BurnUp()
        yield TableNames()
        table = ProgressTable()
        yield TableHeading(table, DIM)
        yield table

    def on_resize(self, event: events.Resize) -> None:
        """Leave the burn-up out where there is no room for it."""
        self.set_class(event.size.height < LOW, "-low")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Hide the key where there is nothing more to say."""
        if action != "look" or not self.is_mounted:
            return True
        line = self.query_one(ProgressTable).row
        return line is not None and (bool(line.told) or self._group is not None)

    # ------------------------------------------------------------------ showing

    def take_in(self) -> None:
        """Show how things stand now: at once what is counted quickly, and right after it all else."""
        today = self._today or clock.today()
        progress = self._progress = Progress(self._inspection, today)
        try:
            self.query_one(BurnUp).show(progress.points, progress.whole.cases, today)
            self._say(progress.headline_so_far)
            self._tables = dict(self._of_groups(progress))
            self._tables[_DAYS] = of_days(progress.points)
            self._tables |= {"strata": of_strata(()), "laptops": of_laptops((), (), today)}
        except FieldtoolError as error:
            self._say(str(error))
            return
        self._show()
        self.call_after_refresh(self._show_all, progress)

    @staticmethod
    def _of_groups(progress: Progress) -> Iterator[tuple[str, Lines]]:
        for grouping in progress.groupings:
            title = grouping.title.removeprefix("By ")
            yield grouping.key, of_groups(f"{title[:1].upper()}{title[1:]}", progress.whole, grouping.groups)

    def _show_all(self, progress: Progress) -> None:
        if progress is not self._progress or not self.is_attached:
            return
        try:
            self._say(progress.headline)
            self._tables["samples"] = with_times(self._tables["samples"], progress.minutes)
            self._tables["strata"] = of_strata(progress.strata)
            self._tables["laptops"] = of_laptops(progress.laptops, progress.told_jumps, progress.today)
        except FieldtoolError as error:
            self._say(str(error))
            return
        self._show()

    def _say(self, told: str) -> None:
        self.query_one("#headline", Static).update(harmless(told))

    def _show(self, cursor: int | None = None) -> None:
        tables = list(self._tables.values())
        self._place %= len(tables)
        self.query_one(TableNames).show([table.title for table in tables], self._place)
        self.query_one(ProgressTable).show_lines(tables[self._place], cursor)
        self.query_one(TableHeading).refresh()
        self.refresh_bindings()

    # ------------------------------------------------------------------ moving and looking

    def action_turn(self, step: int) -> None:
        """Show the cases in other groups."""
        if not self._tables:
            return
        self._place += step
        self._show(self._first())

    def _first(self) -> int:
        """Where the cursor begins: among the days at the last one of which anything is known."""
        if list(self._tables)[self._place % len(self._tables)] != _DAYS:
            return 0
        return max(sum(point.done is not None for point in self._progress.points) - 1, 0)

    def action_look(self) -> None:
        """Say more of what is under the cursor."""
        line = self.query_one(ProgressTable).row
        if line is None:
            return
        if line.told:
            self.app.push_screen(Tell(line.name if line.cells else "A clock that jumped", line.told))
        elif self._group is not None:
            key, group = self._group
            self.app.push_screen(
                Tell(f"{line.name}: {counted(group.open, 'open case')}", self._open_cases(key, group))
            )

    @property
    def _group(self) -> tuple[str, Group] | None:
        """The group under the cursor, if it has open cases, and by what it is one; the first line is that of all."""
        place, cursor = self._place, self.query_one(ProgressTable).cursor
        groupings = self._progress.groupings if self._tables else ()
        if place >= len(groupings):
            return None
        group = self._progress.whole if cursor == 0 else groupings[place].groups[cursor - 1]
        return (groupings[place].key if cursor else "", group) if group.open else None

    def _open_cases(self, key: str, group: Group) -> str:
        lines = list(self._open_lines(key, group))
        told = [_told(line) for line in self._inspection.file.lines([line.ref for line in lines[:NAMED]])]
        if len(lines) > NAMED:
            told.append(f"… and {len(lines) - NAMED:,} more")
        return "\n".join(told)

    def _open_lines(self, key: str, group: Group) -> Iterator[CaseLine]:
        belongs = {"samples": "sample", "inspectors": "holder", "places": "place"}.get(key)
        for line in self._inspection.file.all_lines(CaseFilter()):
            mine = belongs is None or getattr(line, belongs) == group.id
            if mine and line.state is not CaseState.COMPLETE:
                yield line


def _told(line: CaseLine) -> str:
    """An open case in a line."""
    words = [
        line.state.replace("_", " "),
        f"{line.done} of {line.due} items",
        line.holder or "held by nobody",
    ]
    if line.contested:
        words.append("with conflicts to settle")
    return f"{line.ref}  {', '.join(words)}"
