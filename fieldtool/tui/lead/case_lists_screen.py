"""The case lists of the service: which there are, and bringing one in."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input

from fieldtool import files
from fieldtool.domain.method.case_list import ListSeen
from fieldtool.domain.method.framework import SampleType
from fieldtool.domain.words.days import in_the_past
from fieldtool.domain.words.numbers import counted
from fieldtool.tui.lead.import_screen import ImportScreen
from fieldtool.tui.parts.ask import AskText
from fieldtool.tui.parts.base_screen import BaseScreen
from fieldtool.tui.parts.paint import DIM, HEADING, Pieces, wrapped
from fieldtool.tui.parts.rows import Blocks
from fieldtool.work.lead.draws import cases_here, lists_seen
from fieldtool.work.lead.lead import Lead

_ENDINGS = (".csv", ".xlsx", ".xlsm", ".txt", ".tsv")


class ListsOfCases(Blocks):
    """Every sample type with its case list."""

    HELP = """
## Case lists

Each kind of case that is sampled has a list of its own, as the service sends it. `enter` brings one in: first it is
only looked at, and nothing is taken before you say so. A second list takes the place of the first.
"""

    def __init__(self, samples: tuple[SampleType, ...]) -> None:
        super().__init__(id="caselists")
        self._samples = samples
        self._lists: Mapping[str, ListSeen] = {}
        self._cases: Mapping[str, int] = {}

    def show(self, lists: Mapping[str, ListSeen], cases: Mapping[str, int]) -> None:
        """Show these lists, and how many cases of each sample type are in the inspection."""
        self._lists, self._cases = lists, cases
        self.renew()

    @property
    def sample(self) -> str:
        """The sample type under the cursor."""
        return self._samples[self.cursor].id

    @property
    def row_count(self) -> int:
        """How many sample types there are."""
        return len(self._samples)

    def block(self, row: int, width: int) -> list[Pieces]:
        """Lay out a sample type."""
        sample = self._samples[row]
        kept = self._lists.get(sample.id)
        cases = self._cases.get(sample.id, 0)
        here = (
            f"{counted(cases, 'case')} in the inspection." if cases else "No case is in the inspection yet."
        )
        if kept is None:
            told = f"No list to draw from. {here}" if cases else "No list yet."
        else:
            told = f"A list of {counted(kept.cases, 'case')}, imported {in_the_past(kept.wall)} by {kept.actor}. {here}"
        lines: list[Pieces] = [[(sample.title, HEADING)]]
        lines += [[("  ", ""), (line, DIM if kept is None else "")] for line in wrapped(told, width - 2)]
        return [*lines, []]


def _completes(entry: os.DirEntry[str], begun: str) -> bool:
    """Whether a file or folder may be meant by what was typed: hidden ones only where a dot was typed."""
    name = entry.name.casefold()
    if not name.startswith(begun) or (name.startswith(".") and not begun.startswith(".")):
        return False
    return entry.is_dir() or name.endswith(_ENDINGS)


class Files(Suggester):
    """Completes the names of folders, and of files that may be case lists."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The first name that begins as what was typed does; None if there is none."""
        folder, begun = os.path.split(value)
        if not value or value == "~":
            return None
        begun = begun.casefold()
        try:
            with os.scandir(files.typed_path(folder or ".")) as entries:
                names = sorted(
                    f"{entry.name}{os.sep}" if entry.is_dir() else entry.name
                    for entry in entries
                    if _completes(entry, begun)
                )
        except OSError:
            return None
        return value[: len(value) - len(begun)] + names[0] if names else None


class AskFile(AskText):
    """Asks for a file, whose name is completed."""

    KEYS = "tab: complete    enter: done    escape: back"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete", id="ask_file.complete", priority=True,
                tooltip="Take the name that is proposed"),
    ]  # fmt: skip

    def body(self) -> Iterable[Widget]:
        """The line, whose name is completed."""
        yield Input(self._text, suggester=Files())

    def action_complete(self) -> None:
        """Take the name that is proposed."""
        line = self.query_one(Input)
        line.action_end()
        line.action_cursor_right()


class CaseListsScreen(BaseScreen[None]):
    """Which case lists there are."""

    CSS_PATH = "case_lists_screen.tcss"
    TITLE = "Case lists"
    CHOSEN = ("import",)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "import", "Bring in a list", id="caselists.import",
                tooltip="Look at a case list of this kind, and take it if it is right"),
    ]  # fmt: skip

    def __init__(self, lead: Lead) -> None:
        super().__init__(lead.inspection.file, f"Case lists · {lead.inspection.file.heading.title}")
        self._lead = lead
        self._file = ""

    def body(self) -> Iterable[Widget]:
        """What stands between the bars."""
        yield ListsOfCases(self._lead.inspection.framework.samples)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Grey the key that brings a list in where that is for somebody else to do."""
        if action == "import" and (self._lead.inspection.file.why_read_only or not self._lead.leads):
            return None
        return True

    def take_in(self) -> None:
        """Show which lists there are now."""
        self.query_one(ListsOfCases).show(lists_seen(self._lead), cases_here(self._lead))
        if not self._lead.leads:
            self.news("lists are for the lead inspector to bring in")
        self.refresh_bindings()

    @work
    async def action_import(self) -> None:
        """Look at a case list, and take it if somebody says so."""
        sample = self.query_one(ListsOfCases).sample
        title = self._lead.inspection.framework.samples_by_id[sample].title
        question = f"Case list of {title}: which file? CSV or XLSX"
        file = await self.app.push_screen_wait(AskFile(question, self._file))
        if not file:
            return
        self._file = file
        came = await self.app.push_screen_wait(ImportScreen(self._lead, sample, files.typed_path(file)))
        if came:
            self.take_in()
            self.news(came)
