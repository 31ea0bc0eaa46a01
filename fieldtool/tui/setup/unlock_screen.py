"""The screen of a locked inspection: a field for the passphrase, and nothing that the inspection knows."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, Static

from fieldtool.domain.errors import FieldtoolError
from fieldtool.tui.parts.bars import KeyBar
from fieldtool.tui.parts.paint import harmless
from fieldtool.work.access import Access

UNLOCKING = "Unlocking …"


class PassphraseField(Input, inherit_bindings=True):
    """A line of which only its length is shown, and that lends nothing to the clipboard."""

    def __init__(self, what: str = "passphrase") -> None:
        super().__init__(password=True, placeholder=what)

    def take(self) -> str:
        """What was typed; the field is empty after that."""
        typed, self.value = self.value, ""
        return typed

    def action_copy(self) -> None:
        """Copy nothing: other programs can read the clipboard."""

    def action_cut(self) -> None:
        """Cut nothing either."""

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell nobody: the message holds what was typed."""
        event.stop()


class UnlockScreen(Screen[None], inherit_bindings=False):
    """Asks for the passphrase until it is right, or the person leaves."""

    CSS_PATH = "unlock_screen.tcss"
    TITLE = "Locked"

    HELP = """
## Locked

Type the passphrase of this inspection, then `enter`. After wrong ones there is a wait, longer each time.
Whoever has forgotten it opens the inspection with its recovery code: `fieldtool recover`.
Everything that was recorded is safe in the file.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", id="unlock.leave", tooltip="Leave; everything is saved already"),
    ]

    @dataclass
    class Unlocked(Message):
        """The passphrase was right: the inspection can be opened."""

        screen: UnlockScreen

    def __init__(self, access: Access) -> None:
        super().__init__()
        self.access = access
        self._said = ""
        self._trying = False
        self._countdown: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        with Vertical(classes="dialog"):
            yield Static(f"{harmless(self.access.path.name)} is locked", markup=False, classes="question")
            yield PassphraseField()
            yield Static("", markup=False, classes="said")
            yield Static("enter: unlock    escape: leave", markup=False, classes="keys")
        yield KeyBar()

    def on_mount(self) -> None:
        """Wait for the passphrase, or first for what wrong ones have cost."""
        self.set_focus(self.query_one(PassphraseField))
        self._count_down()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Try the passphrase, unless one is being tried or it is too early for the next."""
        event.stop()
        if event.value and not self._trying and not self.access.throttle.wait:
            self._trying = True
            self._try()

    @work(exclusive=True)
    async def _try(self) -> None:
        self._say(UNLOCKING)
        try:
            # In a thread, because it takes half a second by purpose, and the screen should stay alive.
            await asyncio.to_thread(self.access.unlock, self.query_one(PassphraseField).take())
        except FieldtoolError as error:
            self.refuse(str(error))
        else:
            self.post_message(self.Unlocked(self))

    def refuse(self, why: str) -> None:
        """Say why the inspection was not opened, and wait for another try."""
        self._trying = False
        self.query_one(PassphraseField).take()
        self._said = why
        self._count_down()

    def action_leave(self) -> None:
        """Leave the program."""
        self.app.exit()

    def _count_down(self) -> None:
        wait = math.ceil(self.access.throttle.wait)
        if wait and self._countdown is None:
            self._countdown = self.set_interval(0.25, self._count_down)
        elif not wait and self._countdown is not None:
            self._countdown.stop()
            self._countdown = None
        if not self._trying:
            seconds = "1 second" if wait == 1 else f"{wait} seconds"
            self._say(f"{self._said} Wait {seconds} before the next try.".strip() if wait else self._said)

    def _say(self, text: str) -> None:
        self.query_one(".said", Static).update(harmless(text))
