"""Send and take: where to, what is new here and there, how far it has got, what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from fieldtool.tui.parts.ask import LOOKS, AskText, Dialog
from fieldtool.tui.parts.base_screen import BaseScreen, also_back
from fieldtool.tui.parts.paint import harmless
from fieldtool.tui.parts.requests import ShowConflicts
from fieldtool.tui.setup.unlock_screen import PassphraseField
from fieldtool.tui.sync.sync_report import Report, SyncReport
from fieldtool.work.inspection_file import InspectionFile

_PLACE = "Where to? A folder, as on a stick, or a central store, as postgresql://name@server/database"


class SyncScreen(BaseScreen[None]):
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
        *also_back("f3", id="sync.back"),
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

    def __init__(self, file: InspectionFile, report: Report, why_not: str) -> None:
        """Show a report.

        Args:
            why_not: why this person cannot send and take; empty if they can.
        """
        super().__init__(file, f"Send and take · {file.heading.title}", why_not)
        self._report = report
        self._why_not = why_not

    def body(self) -> Iterable[Widget]:
        """The report."""
        yield SyncReport()

    def begin(self) -> None:
        """Show how things stand."""
        self.show(self._report)

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
        self.post_message(ShowConflicts())


class Password(NamedTuple):
    """The password of a login, and whether the system's keyring is to keep it."""

    text: str
    keep: bool


class AskPassword(Dialog[Password]):
    """Asks for the password of a login at a central store; it is never shown, and never kept in our files."""

    CSS_PATH = [LOOKS, "sync_screen.tcss"]  # noqa: RUF012  # declared so by Textual
    KEYS = "enter: go on    f2: keep or not    escape: back"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "keep", "Keep it", id="password.keep",
                tooltip="Let the keyring of this computer keep the password, or not"),
    ]  # fmt: skip

    def __init__(self, login: str) -> None:
        super().__init__(harmless(f"Password of {login}"))
        self._keep = False

    def body(self) -> Iterable[Widget]:
        """The line, and whether it is kept."""
        yield PassphraseField("password")
        yield Static(self._keeping, markup=False, classes="keeping")

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
