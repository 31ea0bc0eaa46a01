"""A case list before it is taken: what its columns are, which cases it comes to, and every row that is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, TypeVar

from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker, get_current_worker

from fieldtool.caselist import list_report
from fieldtool.caselist.checking import Checked, check
from fieldtool.caselist.choices import ValueSeen
from fieldtool.caselist.columns import fields_of, find, title_of, value_said
from fieldtool.caselist.reading import read
from fieldtool.caselist.said import Ask, Said, ToBeSaid
from fieldtool.caselist.tables import Cell, ListError, Sheet
from fieldtool.domain.errors import FieldtoolError
from fieldtool.domain.words.numbers import counted, number
from fieldtool.tui.lead.list_preview import Look, Preview
from fieldtool.tui.parts.ask import Choose, Tell
from fieldtool.tui.parts.base_screen import BaseScreen
from fieldtool.tui.parts.paint import bar, harmless
from fieldtool.work import clock
from fieldtool.work.lead import list_import
from fieldtool.work.lead.lead import Lead

MOST_AT_ONCE = 1000
"""So many cases are made at once without anybody having to wait."""

_UNUSED, _DONE = "unused", "done"

_HOW = {
    Ask.COLUMNS: "say below what each column is, or add it to the list",
    Ask.SHEETS: "w says which",
    Ask.HIDDEN: "h says whether they belong to the list",
    Ask.DATES: "o says in which order they are written",
}
"""How something is said by keys."""

Item = TypeVar("Item")


class Stopped(Exception):  # noqa: N818  # nothing is wrong
    """Nobody waits for the list any more."""


class ImportScreen(BaseScreen[str]):
    """One case list, looked at; its result says what was taken, or is None if nothing was."""

    CSS_PATH = "import_screen.tcss"
    TITLE = "Bring in a case list"
    CHOSEN = (
        "say",
        "read",
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "take", "Take it", id="importing.take", tooltip="Take what is shown, all of it"),
        Binding("enter", "say", "What it is", id="importing.say", tooltip="Say what the column under the cursor is"),
        Binding("enter", "read", "Whole line", id="importing.read", tooltip="Read the whole line under the cursor"),
        Binding("tab", "section", "Next part", id="importing.section",
                tooltip="To the columns, the first cases, what else to know, the rows that are left out"),
        Binding("w", "sheets", "Sheets", id="importing.sheets", tooltip="Say which sheets are the list"),
        Binding("h", "hidden", "Hidden rows", id="importing.hidden",
                tooltip="Say whether rows that are hidden in the workbook belong to the list"),
        Binding("o", "order", "Date order", id="importing.order",
                tooltip="Say whether dates have the day before the month, or after it"),
        Binding("s", "sample", "Kind", id="importing.sample", tooltip="Say that it is a list of another kind of case"),
        Binding("a", "all", "Make all cases", id="importing.all",
                tooltip="Make a case of every row at once, as of a small sample that need not be drawn"),
        Binding("a", "to_draw", "Keep to draw", id="importing.to_draw",
                tooltip="Keep the list to draw the sample from"),
    ]  # fmt: skip

    @dataclass
    class Read(Message):
        """The tables of the file were read."""

        sheets: tuple[Sheet, ...]

    @dataclass
    class Looked(Message):
        """It is known what the list comes to."""

        look: Look

    def __init__(self, lead: Lead, sample: str, file: Path) -> None:
        super().__init__(lead.inspection.file)
        self._lead = lead
        self._sample = sample
        self._file = file
        self._sheets: tuple[Sheet, ...] = ()
        self._columns: dict[int, str] = {}
        """What somebody says of columns, by their places."""
        self._said = Said(before=list_import.reading_before(lead, sample))
        self._all = False
        self._look = Look(None, None)
        self._doing = "Reading"
        self._how_far: tuple[int, int | None] = (0, None)

    def body(self) -> Iterable[Widget]:
        """What stands between the bars."""
        yield Static("", id="state", markup=False)
        yield Preview(self._lead.inspection.framework)

    def begin(self) -> None:
        """Begin to read."""
        self.set_focus(self.query_one(Preview))
        self.set_interval(0.1, self._show_how_far)
        self._read()
        self._say_how_it_is()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Show the keys that mean something now: while it is being read, only the way back."""
        if action == "back":
            return True
        if self._doing:
            return False
        checked = self._look.checked
        asked = {
            "take": checked is not None and bool(checked.taken),
            "sample": bool(self._sheets) and len(self._lead.inspection.framework.samples) > 1,
            "sheets": len(self._sheets) > 1,
            "hidden": any(sheet.hidden for sheet in self._sheets),
            "order": bool(self._sheets),
        }
        if action in asked:
            return asked[action]
        if self._look.found is None:
            return False
        if action in ("say", "read"):
            preview = self.query_one(Preview)
            return (preview.column is not None or preview.word is not None) is (action == "say")
        return action not in ("all", "to_draw") or self._all is (action == "to_draw")

    # ------------------------------------------------------------------ looking at it, in a thread

    @work(thread=True, group="look", exclusive=True)
    def _read(self) -> None:
        watch = self._watched(get_current_worker())

        def watched(rows: Iterable[tuple[Cell, ...]], expected: int | None) -> Iterator[tuple[Cell, ...]]:
            return watch(rows, "Reading", expected)

        try:
            self.post_message(self.Read(read(self._file, watched)))
        except ListError as error:
            self.post_message(self.Looked(Look(None, None, str(error))))
        except Stopped:
            return

    def on_import_screen_read(self, event: Read) -> None:
        """See what was read comes to."""
        event.stop()
        self._sheets = event.sheets
        self._check_again()

    @property
    def _may_look_again(self) -> bool:
        """Whether what is said now can be looked at: a look that is still going on is given up for it."""
        return self._doing in ("", "Checking")

    def _check_again(self) -> None:
        self._doing, self._how_far = "Checking", (0, None)
        # The file of the inspection is asked here, and not in the thread, to which it does not belong.
        self._check(list_import.why_not(self._lead, self._sample, all_at_once=self._all))
        self._say_how_it_is()

    @work(thread=True, group="look", exclusive=True)
    def _check(self, there: dict[str, str]) -> None:
        watch = self._watched(get_current_worker())
        framework = self._lead.inspection.framework
        today = clock.today()
        found = None
        try:
            found = find(self._sheets, framework, self._sample, self._said, self._file.name)
            for place, field in self._columns.items():
                found = found.said(place, field)
            expected = len(found.rows)
            checked = check(
                found,
                framework,
                self._sample,
                today,
                there,
                self._said,
                lambda rows: watch(rows, "Checking", expected),
            )
        except ToBeSaid as error:
            self.post_message(self.Looked(Look(found, None, f"{error.what}: {_HOW[error.ask]}.")))
        except ListError as error:
            self.post_message(self.Looked(Look(found, None, str(error))))
        except Stopped:
            return
        else:
            self.post_message(self.Looked(Look(found, checked)))

    def _watched(self, worker: Worker[None]) -> Callable[[Iterable[Item], str, int | None], Iterator[Item]]:
        """Give rows on, and say how far it is; stop where nobody waits any more."""

        def watch(items: Iterable[Item], doing: str, expected: int | None) -> Iterator[Item]:
            for place, item in enumerate(items):
                if place % 100 == 0:
                    if worker.is_cancelled:
                        raise Stopped
                    self._doing, self._how_far = doing, (place, expected)
                yield item

        return watch

    def on_import_screen_looked(self, event: Looked) -> None:
        """Show what the list comes to."""
        event.stop()
        self._look, self._doing = event.look, ""
        self.query_one(Preview).show(event.look)
        self._say_how_it_is()

    # ------------------------------------------------------------------ saying how it is

    def _show_how_far(self) -> None:
        if self._doing:
            self._say_how_it_is()

    def _say_how_it_is(self) -> None:
        title = self._lead.inspection.framework.samples_by_id[self._sample].title
        self.place(f"{title} · nothing is taken yet · {harmless(self._file.name)}")
        state = self.query_one("#state", Static)
        state.set_class(bool(self._look.problem) and not self._doing, "-bad")
        state.update(harmless(self._in_words()))
        self.refresh_bindings()

    def _in_words(self) -> str:
        if self._doing:
            done, expected = self._how_far
            if not done:
                return f"{self._doing} …"
            of = f" of {number(expected)}" if expected else ""
            so_far = bar(min(100 * done // expected, 100), 30) if expected else ""
            return f"{self._doing} {number(done)}{of} rows …  {so_far}"
        if self._look.checked is None:
            return self._look.problem
        how = (
            "Every row becomes a case at once; nothing is drawn." if self._all
            else "The list is kept to draw the sample from."
        )  # fmt: skip
        return f"{list_report.summary(self._look.checked)} {how}"

    # ------------------------------------------------------------------ what somebody says of it

    def action_section(self) -> None:
        """Go to the next part."""
        self.query_one(Preview).action_section()

    def action_read(self) -> None:
        """Read the whole line under the cursor."""
        self.app.push_screen(Tell("The whole line", self.query_one(Preview).words.strip()))

    @work
    async def action_say(self) -> None:
        """Say what the column under the cursor is."""
        found, place, word = self._look.found, self.query_one(Preview).column, self.query_one(Preview).word
        if word is not None:
            await self._say_word(word)
        if found is None or place is None:
            return
        framework = self._lead.inspection.framework
        choices = [
            (field, f"{title_of(framework, field)} ({list_report.what_becomes_of(framework, field)})")
            for field in fields_of(framework, self._sample)
        ]
        question = f'What is the column "{found.headings[place]}"?'
        chosen = await self.app.push_screen_wait(Choose(question, [(_UNUSED, "Not used"), *choices]))
        if chosen is not None and self._may_look_again:
            self._columns.pop(place, None)  # what is said last counts
            self._columns[place] = "" if chosen == _UNUSED else chosen
            self._check_again()

    async def _say_word(self, word: ValueSeen) -> None:
        framework, found = self._lead.inspection.framework, self._look.found
        fact = framework.facts_by_id[word.fact]
        choices = [(choice.id, choice.title) for choice in fact.choices]
        question = f'{fact.title}: what does "{word.text}" mean?'
        chosen = await self.app.push_screen_wait(Choose(question, [*choices, (_UNUSED, "Not recorded")]))
        if chosen is not None and found is not None and self._may_look_again:
            meant = "" if chosen == _UNUSED else chosen
            self._say(value_said(self._said, found, framework, fact.id, word.text, meant))

    @work
    async def action_sheets(self) -> None:
        """Say which sheets are the list, one after the other; those with the same headings are joined."""
        titles = [sheet.title for sheet in self._sheets if sheet.rows]
        chosen: list[str] = []
        while len(chosen) < len(titles):
            more = [(title, f"{title}") for title in titles if title not in chosen]
            done = [(_DONE, f"No more: the list is {' and '.join(chosen)}")] if chosen else []
            question = "Which sheet is part of the list too?" if chosen else "Which sheet is the list?"
            answer = await self.app.push_screen_wait(Choose(question, [*done, *more]))
            if answer is None:
                return
            if answer == _DONE:
                break
            chosen.append(answer)
        self._say(replace(self._said, sheets=tuple(chosen)))

    @work
    async def action_hidden(self) -> None:
        """Say whether hidden rows belong to the list."""
        choices = [("leave", "Leave them out"), ("take", "They belong to it")]
        answer = await self.app.push_screen_wait(Choose("Rows that are hidden in the workbook:", choices))
        if answer is not None:
            self._say(replace(self._said, hidden=answer == "take"))

    @work
    async def action_order(self) -> None:
        """Say in which order dates are written."""
        choices = [("day", "The day first: 03/04/2026 is the 3rd of April"),
                   ("month", "The month first: 03/04/2026 is the 4th of March")]  # fmt: skip
        answer = await self.app.push_screen_wait(Choose("How are the dates of this list written?", choices))
        if answer is not None:
            before = self._said.before.model_copy(update={"month_first": answer == "month"})
            self._say(replace(self._said, before=before))

    def _say(self, said: Said) -> None:
        if self._may_look_again:
            self._said = said
            self._check_again()

    @work
    async def action_sample(self) -> None:
        """Say that it is a list of another kind of case."""
        samples = [(sample.id, sample.title) for sample in self._lead.inspection.framework.samples]
        chosen = await self.app.push_screen_wait(Choose("Which kind of case is it a list of?", samples))
        if chosen is not None and self._may_look_again:
            self._sample, self._columns = chosen, {}
            self._check_again()

    def action_all(self) -> None:
        """Make a case of every row at once."""
        self._all = True
        self._check_again()

    def action_to_draw(self) -> None:
        """Keep the list to draw from."""
        self._all = False
        self._check_again()

    # ------------------------------------------------------------------ taking it

    @work
    async def action_take(self) -> None:
        """Take the list, once somebody has said so in words."""
        checked = self._look.checked
        if checked is None or not checked.taken:
            return
        if self._all and len(checked.taken) > MOST_AT_ONCE:
            self.notify(
                f"{counted(len(checked.taken), 'case')} are too many to make at once here: keep the list to draw from "
                "it, or use `fieldtool cases import --all`.",
                severity="warning",
                timeout=12,
            )
            return
        with self.reporting("Nothing was taken"):
            headings = checked.table.headings
            columns = {headings[place]: field for place, field in self._columns.items()}
            reading = replace(self._said, columns=columns).for_the_next
            plan = list_import.propose(
                self._lead, self._sample, checked.taken, all_at_once=self._all, reading=reading
            )
            chosen = await self.app.push_screen_wait(
                Choose(self._question(checked, plan), [("take", self._deed(checked)), ("not", "Not yet")])
            )
            if chosen == "take":
                self._doing = "Recording"
                self.query_one("#state", Static).update("Recording …")
                self.refresh_bindings()
                self.call_after_refresh(self._record, plan, counted(len(checked.taken), "case"))

    def _deed(self, checked: Checked) -> str:
        what = "Make" if self._all else "Keep the list of"
        return f"{what} {counted(len(checked.taken), 'case')}"

    def _question(self, checked: Checked, plan: list_import.Import) -> str:
        title = self._lead.inspection.framework.samples_by_id[self._sample].title
        left_out = (
            f"{counted(len(checked.left_out), 'row')} left out."
            if checked.left_out
            else "No row is left out."
        )
        also = f" {plan.told}" if plan.told else ""
        if self._all:
            return f"{title}: every case on this list comes into the inspection at once. {left_out}{also}"
        instead = f"{plan.instead}, which stays in the record." if plan.instead else ""
        return f"{title}: the sample will be drawn from this list. {left_out}{instead}{also}"

    def _record(self, plan: list_import.Import, cases: str) -> None:
        try:
            plan.carry_out()
        except FieldtoolError as error:
            self._doing = ""
            self._say_how_it_is()
            self.news("NOT SAVED", bad=True)
            self.notify(str(error), title="Nothing was taken", severity="error", timeout=12)
        else:
            came = f"{cases} came into the inspection" if self._all else f"a list of {cases} came in"
            self.dismiss(f"{came} · saved")
