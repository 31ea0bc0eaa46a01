"""The lead's desk: one list from which every task of the lead is a key away, each with how it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from fieldtool.lead import Lead
from fieldtool.tui.widgets.bars import KeyBar, TitleBar
from fieldtool.tui.widgets.paint import DIM, HEADING, Pieces, fitted
from fieldtool.tui.widgets.rows import Rows


class Task(NamedTuple):
    """One task of the lead."""

    key: str
    title: str
    what: str
    open: Callable[[Lead], Screen[None]]


def _agenda(lead: Lead) -> Screen[None]:
    from fieldtool.tui.screens.agenda import AgendaScreen

    return AgendaScreen(lead)


def _case_lists(lead: Lead) -> Screen[None]:
    from fieldtool.tui.screens.caselists import CaseListsScreen

    return CaseListsScreen(lead)


def _draw(lead: Lead) -> Screen[None]:
    from fieldtool.tui.screens.draw import DrawScreen

    return DrawScreen(lead)


def _share(lead: Lead) -> Screen[None]:
    from fieldtool.tui.screens.share import ShareScreen

    return ShareScreen(lead)


def _replace(lead: Lead) -> Screen[None]:
    from fieldtool.tui.screens.replace import ReplaceScreen

    return ReplaceScreen(lead)


def _progress(lead: Lead) -> Screen[None]:
    from fieldtool.tui.screens.progress import ProgressScreen

    return ProgressScreen(lead)


def _team(lead: Lead) -> Screen[None]:
    from fieldtool.tui.screens.team import TeamScreen

    return TeamScreen(lead)


TASKS: tuple[Task, ...] = (
    Task("1", "Progress", "What is done and needed by day, and who needs help", _progress),
    Task("2", "Agenda", "Meetings, interviews, observations: what came of them, and notes", _agenda),
    Task("3", "Set up and team", "Name, dates, team, and the figures to compare with", _team),
    Task("4", "Case lists", "Bring in what the service sends: each row taken, or told why not", _case_lists),
    Task("5", "Draw the sample", "Its size, its strata, the draw, and how each number came about", _draw),
    Task("6", "Share out", "Who has what: evenly, by place and day, or by hand", _share),
    Task("7", "Replace a case", "One drops out, the next reserve case comes for it", _replace),
)
"""Every task, in the order in which an inspection comes to them."""


class TaskList(Rows):
    """The tasks, a line each: its key, its name, what it is for."""

    @property
    def row_count(self) -> int:
        """How many tasks there are."""
        return len(TASKS)

    def pieces(self, row: int, part: int, width: int) -> Pieces:  # noqa: ARG002  # each has one line
        """Draw a task."""
        task = TASKS[row]
        start = f" {task.key}  "
        title = fitted(task.title, 22)
        return [(start, DIM), (title, HEADING), (fitted(task.what, width - len(start) - 22), "")]


class LeadScreen(Screen[None], inherit_bindings=False):
    """The list of tasks."""

    CSS_PATH = "lead.tcss"
    TITLE = "Lead's desk"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="lead.open", tooltip="Open the task under the cursor"),
        *(Binding(task.key, f"task({place})", task.title, show=False, id=f"lead.task_{task.key}", tooltip=task.what)
          for place, task in enumerate(TASKS)),
        Binding("escape,f5", "back", "Back", id="lead.back", tooltip="Back to where you were"),
    ]  # fmt: skip

    def __init__(self, lead: Lead) -> None:
        super().__init__()
        self._lead = lead

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        roll = self._lead.inspection.roll
        yield TitleBar(
            "",
            lambda: roll.at_stake,
            roll.why_read_only,
            lambda: roll.sent,
        )
        yield TaskList()
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin with the first task."""
        self.take_in()
        self.set_focus(self.query_one(TaskList))

    def on_screen_resume(self) -> None:
        """Take up what was done in a task."""
        if self.query(TitleBar):
            self.take_in()

    def take_in(self) -> None:
        """Say which inspection it is."""
        heading = self._lead.inspection.roll.heading
        self.query_one(TitleBar).place(f"Lead's desk · {heading.title} · {heading.provider}")

    def action_open(self) -> None:
        """Open the task under the cursor."""
        self.action_task(self.query_one(TaskList).cursor)

    def action_task(self, place: int) -> None:
        """Open a task."""
        self.app.push_screen(TASKS[place].open(self._lead))

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """Open the task that was clicked."""
        event.stop()
        self.action_open()

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)
