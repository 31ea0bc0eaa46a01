"""The first screen: the cases of the inspection, mine, all or by sample as one types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from fieldtool.domain.method.case_line import CaseFilter
from fieldtool.tui.parts.base_screen import BaseScreen
from fieldtool.tui.parts.case_list import CaseList
from fieldtool.tui.parts.paint import DIM, HEADING, MARK, Painted, Pieces, fitted
from fieldtool.tui.parts.requests import ShowConflicts, ShowRatings
from fieldtool.tui.parts.table import TableHeading
from fieldtool.work.inspection_file import InspectionFile


@dataclass(frozen=True)
class Group:
    """One way to look at the cases."""

    title: str
    chosen: CaseFilter


class GroupLine(Painted):
    """The groups of cases, the one shown marked; what is typed as a filter; how many cases there are."""

    DEFAULT_CSS = """
    GroupLine { height: 1; }
    """

    def __init__(self, groups: list[Group]) -> None:
        super().__init__()
        self._groups = groups
        self._shown = 0
        self._filter = ""
        self._listed = (0, 0)

    def show(self, group: int, text: str, listed: int, total: int) -> None:
        """Say what is listed."""
        self._shown, self._filter, self._listed = group, text, (listed, total)
        self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # it has only one
        """Draw the line."""
        pieces: Pieces = [(" ", "")]
        for place, group in enumerate(self._groups):
            here = place == self._shown
            pieces.append((f"[{group.title}]" if here else f" {group.title} ", HEADING if here else DIM))
        used = sum(len(text) for text, _ in pieces)
        count = f"{self._listed[0]} of {self._listed[1]} "
        room = self.size.width - used - len(count) - 2
        hint = "type to filter" if self._listed[1] else "no cases yet"
        typed = f"filter: {self._filter}▏" if self._filter else hint
        pieces += [("  ", ""), (fitted(typed, room), MARK if self._filter else DIM), (count, DIM)]
        return self.painted(pieces, self.size.width)

    def group_at(self, x: int) -> int | None:
        """The group whose name stands at a cell."""
        at = 1
        for place, group in enumerate(self._groups):
            at += len(group.title) + 2
            if x < at:
                return place
        return None


class CasesScreen(BaseScreen[None]):
    """The cases; opened with nothing but the file, so that it is there at once."""

    CSS_PATH = "cases_screen.tcss"
    TITLE = "Cases"
    CHOSEN = ("open",)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="cases.open", tooltip="Open the case under the cursor"),
        Binding("tab", "group(1)", "Next group", id="cases.next_group", tooltip="Mine, all, or one sample"),
        Binding(
            "shift+tab", "group(-1)", "Previous group", show=False, id="cases.group_before",
            tooltip="The previous group of cases",
        ),
        Binding("f2", "ratings", "Ratings", id="cases.ratings", tooltip="Where every standard stands"),
        Binding("f4", "conflicts", "Conflicts", id="cases.conflicts",
                tooltip="What two people said without knowing of each other, anywhere in the inspection"),
        Binding(
            "escape", "clear_filter", "Clear filter", id="cases.clear_filter",
            tooltip="Show all cases of the group again",
        ),
    ]  # fmt: skip

    @dataclass
    class Open(Message):
        """A case is to be opened."""

        ref: str

    def __init__(self, file: InspectionFile, me: str | None) -> None:
        self._file = file
        self._me = me
        super().__init__(file, self._place)
        self._groups = self._group_of(me)
        self._shown = 0
        self._text = ""
        self._total: int | None = None

    def body(self) -> Iterable[Widget]:
        """The groups, and the cases of one of them."""
        yield GroupLine(self._groups)
        heading = self._file.heading
        cases = CaseList(
            self._file.lines, {sample.id: sample.short for sample in heading.samples}, heading.place
        )
        yield TableHeading(cases)
        yield cases

    def begin(self) -> None:
        """List the first group that has cases."""
        self._total = self._file.total
        if self._me and not self._file.refs(self._groups[0].chosen):
            self._shown = 1
        self._list()
        self.set_focus(self.query_one(CaseList))

    @property
    def _place(self) -> str:
        heading = self._file.heading
        return f"{heading.title} · {heading.provider}{f' · {self._me}' if self._me else ''}"

    def on_screen_resume(self) -> None:
        """Take up what was done on other screens meanwhile."""
        if self._total is not None:
            self.take_in()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Show a key only where it does something."""
        if action == "clear_filter":
            return bool(self._text)
        if action == "open":
            return True if self.query_one(CaseList).row_count else None
        return True

    @property
    def filter_text(self) -> str | None:
        """The filter of the cases."""
        return self._text

    def action_open(self) -> None:
        """Open the case under the cursor."""
        ref = self.query_one(CaseList).ref
        if ref is not None:
            self.post_message(self.Open(ref))

    def action_group(self, step: int) -> None:
        """Show another group of cases."""
        self._shown = (self._shown + step) % len(self._groups)
        self._list()

    def on_click(self, event: events.Click) -> None:
        """Show the group that was clicked."""
        if isinstance(event.widget, GroupLine):
            place = event.widget.group_at(event.x)
            if place is not None:
                self._shown = place
                self._list()

    def action_clear_filter(self) -> None:
        """Show all cases of the group again."""
        self.filter_by("")

    def action_ratings(self) -> None:
        """Show where every standard stands."""
        self.post_message(ShowRatings())

    def action_conflicts(self) -> None:
        """Show what two people said without knowing of each other."""
        self.post_message(ShowConflicts())

    def take_in(self) -> None:
        """Show what came in from elsewhere."""
        self._total = self._file.total
        self.place(self._place)
        self._list(keep=True)

    def filter_by(self, text: str) -> None:
        """List the cases that fit."""
        self._text = text
        self._list(keep=True)
        self.refresh_bindings()

    def _list(self, *, keep: bool = False) -> None:
        cases = self.query_one(CaseList)
        refs = self._file.refs(self._groups[self._shown].chosen._replace(text=self._text))
        cases.show(refs, cases.ref if keep else None)
        self.query_one(GroupLine).show(self._shown, self._text, len(refs), self._total or 0)

    def _group_of(self, me: str | None) -> list[Group]:
        samples = [Group(sample.short, CaseFilter(sample=sample.id)) for sample in self._file.heading.samples]
        mine = [Group("Mine", CaseFilter(holder=me, begun_first=True))] if me else []
        return [*mine, Group("All", CaseFilter()), *samples]
