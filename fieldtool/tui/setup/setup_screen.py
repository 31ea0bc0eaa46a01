"""Setting up a new inspection: what must be known of it, a line each, then its recovery code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import ClassVar, NamedTuple

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from fieldtool.domain.errors import FieldtoolError
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.words.days import typed_day
from fieldtool.files import typed_path
from fieldtool.frameworks.loader import FrameworkError, available, load
from fieldtool.tui.parts.ask import AskText, Choose
from fieldtool.tui.parts.bars import KeyBar, TitleBar
from fieldtool.tui.parts.paint import CURSOR, harmless
from fieldtool.tui.setup.unlock_screen import PassphraseField
from fieldtool.work import new_inspection
from fieldtool.work.new_inspection import UNENCRYPTED, Facts


class Line(NamedTuple):
    """One thing that is typed."""

    id: str
    label: str
    read: Callable[[str], object]
    may_be_empty: bool = False


LINES = (
    Line("title", "Title of the inspection", new_inspection.some_text),
    Line("provider", "Provider inspected", new_inspection.some_text),
    Line("from", "First day of fieldwork", typed_day, may_be_empty=True),
    Line("to", "Last day of fieldwork", typed_day, may_be_empty=True),
    Line("id", "Your id, as LEAD-1", new_inspection.person_id),
    Line("name", "Your name", new_inspection.some_text),
)
PASSPHRASE, AGAIN = "passphrase", "again"

_FROM_FILE = "file"
_BEGIN = "Fill in the lines, each with enter; ctrl+s sets the inspection up."


class FrameworkField(Static, can_focus=True):
    """The framework that was chosen; another one can be."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Choose", id="setup.framework",
                tooltip="Choose one of the frameworks that come with fieldtool, or a file"),
    ]  # fmt: skip

    @dataclass
    class Asked(Message):
        """Another framework is to be chosen."""

    def __init__(self) -> None:
        super().__init__("", markup=False, id="framework")

    def show(self, framework: Framework) -> None:
        """Show this one."""
        self.update(harmless(f"{framework.id}  {framework.title}"))

    def action_choose(self) -> None:
        """Ask for another."""
        self.post_message(self.Asked())

    def on_click(self) -> None:
        """Ask for another."""
        self.action_choose()


class Made(NamedTuple):
    """A new inspection: its key, and its recovery code; nothing of both where it is not encrypted."""

    key: bytes | None
    code: str


class SetupScreen(Screen[Made | None], inherit_bindings=False):
    """A form: each line says at once what is wrong with it, and nothing is made before all are right."""

    CSS_PATH = "setup_screen.tcss"
    TITLE = "New inspection"

    HELP = """
## A new inspection

Fill in the lines, each with `enter`; `ctrl+s` makes the inspection. Dates have the day first, and may stay empty:
they can be changed later, as title and provider can. You are its lead inspector; the others of the team come later.

The passphrase encrypts the file: four or five random words are best. Without any, whoever finds the file can read
it, which is for invented cases alone.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,down", "next", "Next", id="setup.next", tooltip="The next line"),
        Binding("shift+tab,up", "before", "Before", id="setup.before", tooltip="The line before"),
        Binding("ctrl+s", "make", "Set up", id="setup.make", tooltip="Make the inspection"),
        Binding("escape", "leave", "Leave", id="setup.leave", tooltip="Leave; nothing is made"),
    ]

    def __init__(self, path: Path, state: Path, person: str = "") -> None:
        super().__init__()
        self._path = path
        self._state = state
        self._person = person
        self._making = False
        self._framework = load(new_inspection.USUAL_FRAMEWORK)

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield TitleBar(f"New inspection · {harmless(self._path.name)}")
        with VerticalScroll(can_focus=False):
            for line in LINES:
                value = self._person if line.id == "id" else ""
                with Horizontal(classes="line", name=line.label):
                    yield Static(markup=False, classes="label")
                    yield Input(value, id=line.id, compact=True, placeholder=_hint(line))
                if line.id == "provider":
                    with Horizontal(classes="line", name="Framework"):
                        yield Static(markup=False, classes="label")
                        yield FrameworkField()
            for id, label in ((PASSPHRASE, "New passphrase"), (AGAIN, "The same once more")):
                with Horizontal(classes="line", name=label):
                    yield Static(markup=False, classes="label")
                    field = PassphraseField("")
                    field.id, field.compact = id, True
                    yield field
        yield Static(_BEGIN, markup=False, classes="said")
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin with the first line."""
        self.query_one(FrameworkField).show(self._framework)
        self.set_focus(self.query_one("#title", Input))

    # ------------------------------------------------------------------ from line to line

    def on_descendant_focus(self) -> None:
        """Mark the line that is being typed."""
        for line in self.query(".line"):
            label = line.query_one(".label", Static)
            here = line.has_focus_within
            label.update(f"{CURSOR if here else ' '}{line.name}")

    def action_next(self) -> None:
        """Go to the next line."""
        self.focus_next()

    def action_before(self) -> None:
        """Go to the line before."""
        self.focus_previous()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Check a line, and go on to the next; behind the last one, make the inspection."""
        event.stop()
        id = event.input.id or ""
        if id == AGAIN:
            self.action_make()
            return
        why, said = self._looked_at(id)
        self._say(why or said, bad=bool(why))
        if not why:
            self.focus_next()

    def _looked_at(self, id: str) -> tuple[str, str]:
        """Why a line will not do, empty if it will; and what else to say of it."""
        if id == PASSPHRASE:
            typed = self._typed(PASSPHRASE)
            if not typed:
                return "", "Without a passphrase, nothing is encrypted: only for invented cases."
            return new_inspection.strength(
                typed, [self._typed(name) for name in ("provider", "title", "name")]
            )
        line = next(line for line in LINES if line.id == id)
        try:
            self._read(line)
            if id == "to":
                new_inspection.in_order(self._day("from"), self._day("to"))
        except ValueError as error:
            return f"{line.label}: {error}", ""
        return "", ""

    def _read(self, line: Line) -> object:
        typed = self._typed(line.id).strip()
        return None if not typed and line.may_be_empty else line.read(typed)

    def _day(self, id: str) -> date | None:
        typed = self._typed(id).strip()
        return typed_day(typed) if typed else None

    def _typed(self, id: str) -> str:
        return self.query_one(f"#{id}", Input).value

    def _say(self, text: str, *, bad: bool = False) -> None:
        said = self.query_one(".said", Static)
        said.set_class(bad, "-bad")
        said.update(harmless(text))

    # ------------------------------------------------------------------ the framework

    def on_framework_field_asked(self) -> None:
        """Ask for another framework."""
        self._choose_framework()

    @work
    async def _choose_framework(self) -> None:
        choices = [(id, f"{id}  {load(id).title}") for id in available()]
        chosen = await self.app.push_screen_wait(
            Choose("Framework", [*choices, (_FROM_FILE, "Another one, from a file …")])
        )
        if chosen == _FROM_FILE:
            chosen = await self.app.push_screen_wait(AskText("The TOML file of the framework"))
        if not chosen:
            return
        try:
            named = chosen if chosen in available() else typed_path(chosen)
            self._framework = load(named)
            self.query_one(FrameworkField).show(self._framework)
            self._say("")
            self.focus_next()
        except FrameworkError as error:
            first, *more = str(error).splitlines()
            rest = f" And {len(more)} more: see `fieldtool framework check`." if more else ""
            self._say(f"{first}{rest}", bad=True)

    # ------------------------------------------------------------------ making it

    def action_make(self) -> None:
        """Make the inspection, if every line is right; else go to the first that is not."""
        if self._making:
            return
        for id in (*(line.id for line in LINES), PASSPHRASE):
            why, said = self._looked_at(id)
            if why:
                self._say(why, bad=True)
                self.set_focus(self.query_one(f"#{id}", Input))
                return
        if self._typed(PASSPHRASE) != self._typed(AGAIN):
            self._say("The two passphrases are not the same: type the second one again.", bad=True)
            again = self.query_one(f"#{AGAIN}", PassphraseField)
            again.take()
            self.set_focus(again)
            return
        self._say(said)
        self._make()

    @work(exclusive=True)
    async def _make(self) -> None:
        self._making = True
        try:
            made = await self._made()
        except FieldtoolError as error:
            self._say(str(error), bad=True)
        else:
            if made is not None:
                self.dismiss(made)
        finally:
            self._making = False

    async def _made(self) -> Made | None:
        """Make it; None if somebody would rather have a passphrase."""
        passphrase = self._typed(PASSPHRASE) or None
        if passphrase is None and not await self._may_be_read():
            self._say("Nothing was made: type a passphrase, or the sentence that is asked for.", bad=True)
            self.set_focus(self.query_one(f"#{PASSPHRASE}", Input))
            return None
        facts, state = self._facts(), self._state
        self._say("Making the inspection …")
        # In a thread, because the key takes half a second by purpose, and the screen should stay alive.
        return await asyncio.to_thread(_make, self._path, facts, passphrase, state)

    async def _may_be_read(self) -> bool:
        said = await self.app.push_screen_wait(
            AskText(
                "Without a passphrase, nothing is encrypted: only for invented cases. To go on, type: "
                f"{UNENCRYPTED}"
            )
        )
        return said is not None and new_inspection.is_unencrypted_wanted(said)

    def _facts(self) -> Facts:
        text = {name: new_inspection.some_text(self._typed(name)) for name in ("provider", "title", "name")}
        return Facts(
            provider=text["provider"],
            title=text["title"],
            framework=self._framework,
            id=self._typed("id").strip(),
            name=text["name"],
            role="lead_inspector",
            fieldwork_from=self._day("from"),
            fieldwork_to=self._day("to"),
        )

    @work(exclusive=True)
    async def action_leave(self) -> None:
        """Leave without an inspection, having asked if something was typed."""
        if self._making:
            return
        if any(self._typed(line.id) for line in LINES if line.id != "id"):
            chosen = await self.app.push_screen_wait(
                Choose("Leave without setting it up?", [("stay", "Go on setting up"), ("leave", "Leave")])
            )
            if chosen != "leave":
                return
        self.dismiss(None)


def _make(path: Path, facts: Facts, passphrase: str | None, state: Path) -> Made:
    record = partial(new_inspection.record_facts, facts=facts)
    with new_inspection.new_file(path, record, passphrase, state=state) as made:
        return Made(made.key, made.code)


def _hint(line: Line) -> str:
    return "23/03/2026, if known" if line.may_be_empty else ""


class CodeScreen(Screen[None], inherit_bindings=False):
    """The recovery code of a new inspection, until somebody has written it down."""

    CSS_PATH = "setup_screen.tcss"
    TITLE = "Recovery code"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "written", "It is written down: open the inspection", id="code.written",
                tooltip="Open the inspection; the code is not shown again"),
    ]  # fmt: skip

    def __init__(self, path: Path, code: str) -> None:
        super().__init__()
        self._path = path
        self._code = code

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        name = harmless(self._path.name)
        paper, whoever = new_inspection.about_code()
        with Vertical(classes="dialog"):
            yield Static(f"{name} is ready", markup=False, classes="question")
            yield Static(f"Recovery code:  {self._code}", markup=False, classes="code")
            yield Static(paper, markup=False)
            yield Static(f"{whoever}: `fieldtool recover`.", markup=False)
            yield Static(
                f"Keep {name}.key beside the file, and in every copy: without it nothing opens.", markup=False
            )
        yield KeyBar()

    def action_written(self) -> None:
        """Go on."""
        self.dismiss(None)
