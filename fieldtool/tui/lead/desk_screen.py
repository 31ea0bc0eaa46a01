"""The lead's desk: how far the inspection is in one line, and every task of the lead a key away, with how it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from fieldtool.domain.errors import FieldtoolError
from fieldtool.tui.parts.base_screen import BaseScreen, also_back
from fieldtool.tui.parts.paint import DIM, HEADING, WARN, Pieces, fitted, harmless
from fieldtool.tui.parts.rows import Rows
from fieldtool.work import clock
from fieldtool.work.lead import task_status
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.progress_report import Progress
from fieldtool.work.lead.task_status import TaskStatus


class Task(NamedTuple):
    """One task of the lead."""

    key: str
    title: str
    what: str
    screen: str
    """The module beside this one and its class: loaded once somebody goes there."""
    status: Callable[[Lead], TaskStatus] | None = None
    """Says how it stands; None for the progress, which is counted once for the headline too."""

    def open(self, lead: Lead) -> Screen[None]:
        """The screen of the task."""
        module, _, name = self.screen.partition(":")
        screen: Screen[None] = getattr(import_module(f"fieldtool.tui.lead.{module}"), name)(lead)
        return screen


TASKS: tuple[Task, ...] = (
    Task(
        "1",
        "Progress",
        "What is done and needed by day, and who needs help",
        "progress_screen:ProgressScreen",
    ),
    Task(
        "2",
        "Agenda",
        "Meetings, interviews, observations: what came of them, and notes",
        "agenda_screen:AgendaScreen",
        task_status.of_agenda,
    ),
    Task(
        "3",
        "Set up and team",
        "Name, dates, team, and the figures to compare with",
        "team_screen:TeamScreen",
        task_status.of_set_up,
    ),
    Task(
        "4",
        "Case lists",
        "Bring in what the service sends: each row taken, or told why not",
        "case_lists_screen:CaseListsScreen",
        task_status.of_case_lists,
    ),
    Task(
        "5",
        "Draw the sample",
        "Its size, its strata, the draw, and how each number came about",
        "draw_screen:DrawScreen",
        task_status.of_draw,
    ),
    Task(
        "6",
        "Share out",
        "Who has what: evenly, by place and day, or by hand",
        "share_screen:ShareScreen",
        task_status.of_sharing_out,
    ),
    Task(
        "7",
        "Replace a case",
        "One drops out, the next reserve case comes for it",
        "replace_screen:ReplaceScreen",
        task_status.of_replacing,
    ),
)
"""Every task, by its key."""


class TaskList(Rows):
    """The tasks, two lines each: the key, the name and how it stands, then what it is for."""

    HELP = """
## The lead's desk

The line on top says how far the inspection is. Below it are the tasks of the lead, each with how it stands: set up and
team, case lists, the draw and sharing out before fieldwork; progress, agenda and replacing during it.

`enter` opens the task under the cursor, its digit opens it at once, `escape` comes back here.
"""

    def __init__(self) -> None:
        super().__init__(id="tasks")
        self._statuses: Mapping[str, TaskStatus] = {}

    def show(self, statuses: Mapping[str, TaskStatus]) -> None:
        """Show how the tasks stand, by their keys."""
        self._statuses = statuses
        self.renew()

    @property
    def row_count(self) -> int:
        """How many tasks there are."""
        return len(TASKS)

    @property
    def line_count(self) -> int:
        """How many lines all tasks have together."""
        return 2 * len(TASKS)

    def first_line(self, row: int) -> int:
        """The place of a task's first line among all lines."""
        return 2 * row

    def height_of(self, row: int) -> int:  # noqa: ARG002  # all are as high
        """How many lines a task has."""
        return 2

    def row_at(self, line: int) -> tuple[int, int]:
        """The task that has a line, and which of its lines that is."""
        return divmod(line, 2)

    def pieces(self, row: int, part: int, width: int) -> Pieces:
        """Draw a line of a task."""
        task = TASKS[row]
        start = f" {task.key}  "
        if part:
            return [(" " * len(start), ""), (fitted(task.what, width - len(start)), DIM)]
        status = self._statuses.get(task.key, TaskStatus(""))
        title, words = fitted(task.title, _TITLE), fitted(status.words, width - len(start) - _TITLE)
        return [(start, DIM), (title, HEADING), (words, WARN if status.waits else "")]


_TITLE = 22
"""Cells for the name of a task."""


class LeadScreen(BaseScreen[None]):
    """The list of tasks."""

    CSS_PATH = "desk_screen.tcss"
    TITLE = "Lead's desk"
    CHOSEN = ("open",)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="lead.open", tooltip="Open the task under the cursor"),
        *(Binding(task.key, f"task({place})", task.title, show=False, id=f"lead.task_{task.key}", tooltip=task.what)
          for place, task in enumerate(TASKS)),
        *also_back("f5", id="lead.back"),
    ]  # fmt: skip

    def __init__(self, lead: Lead) -> None:
        super().__init__(lead.inspection.file)
        self._lead = lead
        self._asked = False
        """Whether how it stands will be said anyway."""

    def body(self) -> Iterable[Widget]:
        """What stands between the bars."""
        yield Static("", markup=False, id="headline")
        yield TaskList()

    def on_screen_resume(self) -> None:
        """Take up what was done in a task."""
        if self.query(TaskList):
            self.take_in()

    def take_in(self) -> None:
        """Say at once which inspection it is, and how it stands as soon as that can be seen."""
        heading = self._lead.inspection.file.heading
        self.place(f"Lead's desk · {heading.title} · {heading.provider}")
        if not self._asked:
            self._asked = True
            self.call_after_refresh(self._say_how_it_stands)

    def _say_how_it_stands(self) -> None:
        self._asked = False
        if not self.is_attached:
            return
        lead, today = self._lead, clock.today()
        progress, statuses = Progress(lead.inspection, today), {}
        try:
            for task in TASKS:
                statuses[task.key] = task.status(lead) if task.status else task_status.of_progress(progress)
            headline = task_status.headline(lead, progress)
        except FieldtoolError as error:
            headline = str(error)
        self.query_one(TaskList).show(statuses)
        self.query_one("#headline", Static).update(harmless(headline))

    def action_open(self) -> None:
        """Open the task under the cursor."""
        self.action_task(self.query_one(TaskList).cursor)

    def action_task(self, place: int) -> None:
        """Open a task, and have the cursor there when one comes back."""
        self.query_one(TaskList).move_to(place)
        self.app.push_screen(TASKS[place].open(self._lead))
