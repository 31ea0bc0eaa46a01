"""Send and take: where to, what is new here and there, how far it has got, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from fieldtool.tui.parts.ask import AskText
from fieldtool.tui.parts.bars import KeyBar, TitleBar
from fieldtool.tui.parts.paint import harmless
from fieldtool.tui.setup.unlock_screen import PassphraseField
from fieldtool.tui.sync.sync_report import Report, SyncReport
from fieldtool.work.inspection_file import InspectionFile

_PLACE = "Where to? A folder, as on a stick, or a central store, as postgresql://name@server/database"


class SyncScreen(Screen[None], inherit_bindings=False):
    """Shows the exchange, which goes on whether or not somebody looks."""

    CSS_PATH = "sync_screen.tcss"
    TITLE = "Send and take"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "start", "Send and take", id="sync.start",
                tooltip="Send what is new here, and take what the others sent"),
        Binding("p", "place", "Place", id="sync.place", tooltip="Name the folder or the central store"),
        Binding("x", "stop", "Stop", id="sync.stop",
                tooltip="Stop after what is just being passed on; the next time goes on from there"),
        Binding("f4", "conflicts", "Conflicts", id="sync.conflicts",
                tooltip="What two people said without knowing of each other"),
        Binding("escape,f3", "back", "Back", id="sync.back", tooltip="Back to work; sending and taking goes on"),
    ]  # fmt: skip

    @dataclass
    class Start(Message):
        """What is new is to be sent and taken."""

    @dataclass
    class Stop(Message):
        """The exchange is to stop."""

    @dataclass
    class Named(Message):
        """Another place is to be used."""

        place: str

    @dataclass
    class ShowConflicts(Message):
        """The conflicts of the whole inspection are to be shown."""

    def __init__(self, roll: InspectionFile, report: Report, why_not: str) -> None:
        """Show a report.

        Args:
            why_not: why this person cannot send and take; empty if they can.
        """
        super().__init__()
        self._roll = roll
        self._report = report
        self._why_not = why_not

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        roll = self._roll
        yield TitleBar(
            f"Send and take · {roll.heading.title}", lambda: roll.at_stake, self._why_not, lambda: roll.sent
        )
        yield KeyBar()
        yield SyncReport()

    def on_mount(self) -> None:
        """Show how things stand."""
        self.show(self._report)
        self.set_focus(self.query_one(SyncReport))

    def show(self, report: Report) -> None:
        """Show how things stand now."""
        before, self._report = self._report, report
        if self.is_mounted:
            for widget in self.query(SyncReport):  # none is left when the screen is just being left
                widget.show(report)
            if (before.going, before.conflicts, before.place) != (
                report.going,
                report.conflicts,
                report.place,
            ):
                self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Show a key only where it does something."""
        if action in ("start", "place") and (self._why_not or self._report.going):
            return None
        if action == "stop":
            return bool(self._report.going)
        return True

    @work
    async def action_start(self) -> None:
        """Send and take; ask where to, if that is not known yet."""
        if self._report.place or await self._ask_place():
            self.post_message(self.Start())

    @work
    async def action_place(self) -> None:
        """Name another place."""
        await self._ask_place()

    async def _ask_place(self) -> bool:
        place = await self.app.push_screen_wait(AskText(_PLACE, self._report.place))
        if place:
            self.post_message(self.Named(place))
        return bool(place)

    def action_stop(self) -> None:
        """Stop after what is just being passed on."""
        self.post_message(self.Stop())

    def action_conflicts(self) -> None:
        """Show what two people said without knowing of each other."""
        self.post_message(self.ShowConflicts())

    def action_back(self) -> None:
        """Go back; sending and taking goes on."""
        self.dismiss(None)


class Password(NamedTuple):
    """The password of a login, and whether the system's keyring is to keep it."""

    text: str
    keep: bool


class AskPassword(ModalScreen[Password | None]):
    """Asks for the password of a login at a central store; it is never shown, and never kept in our files."""

    CSS_PATH = "sync_screen.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "keep", "Keep it", id="password.keep",
                tooltip="Let the keyring of this computer keep the password, or not"),
        Binding("escape", "leave", "Back", id="password.leave", tooltip="Leave without a password"),
    ]  # fmt: skip

    def __init__(self, login: str) -> None:
        super().__init__()
        self._login = login
        self._keep = False

    def compose(self) -> ComposeResult:
        """Lay the dialog out."""
        with Vertical(classes="dialog"):
            yield Static(f"Password of {harmless(self._login)}", markup=False, classes="question")
            yield PassphraseField("password")
            yield Static(self._keeping, markup=False, classes="keeping")
            yield Static("enter: go on    f2: keep or not    escape: back", markup=False, classes="keys")

    @property
    def _keeping(self) -> str:
        return f"[{'x' if self._keep else ' '}] let the keyring of this computer keep it"

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer."""
        event.stop()
        self.dismiss(Password(self.query_one(PassphraseField).take(), self._keep))

    def action_keep(self) -> None:
        """Let the keyring keep it, or not."""
        self._keep = not self._keep
        self.query_one(".keeping", Static).update(self._keeping)

    def action_leave(self) -> None:
        """Leave without a password."""
        self.dismiss(None)
