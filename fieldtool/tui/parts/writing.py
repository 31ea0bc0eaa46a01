"""Where notes and reasons are written: what is typed is on the disk at most half a second later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static, TextArea

from fieldtool.domain.method.case import Slot
from fieldtool.tui.parts.paint import harmless_lines

BEHIND = 0.3
"""Seconds after which typing is kept, counted from the first letter that is not kept yet."""


class Writing(Vertical):
    """A text for one slot, opened below the page and closed with escape."""

    HELP = """
## Writing

What you type is kept by itself, at most half a second behind. `escape` goes back to the questions.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back to the questions", id="writing.leave", tooltip="The text is saved"),
    ]

    DEFAULT_CSS = """
    Writing {
        height: 8;
        display: none;
        border-top: solid $accent;
        & TextArea { height: 1fr; border: none; padding: 0; &:focus { border: none; } }
        & Static { height: 1; color: $text-muted; padding: 0 1; }
    }
    """

    @dataclass
    class Typed(Message):
        """The text was changed a moment ago and should be kept."""

        slot: Slot
        text: str

    @dataclass
    class Left(Message):
        """The writer is done with the text, which stays open until it is recorded."""

        slot: Slot
        text: str

    def __init__(self) -> None:
        super().__init__(id="writing")
        self._slot: Slot | None = None
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay the place out."""
        yield Static("", markup=False)
        yield TextArea(soft_wrap=True, tab_behavior="focus", show_line_numbers=False)

    @property
    def slot(self) -> Slot | None:
        """What is being written, if anything is."""
        return self._slot

    @property
    def text(self) -> str:
        """The text as it stands."""
        return self.query_one(TextArea).text

    def open(self, slot: Slot, title: str, text: str) -> None:
        """Begin to write."""
        self._slot = slot
        self.query_one(Static).update(f"{title} · escape: done")
        area = self.query_one(TextArea)
        with area.prevent(TextArea.Changed):
            area.load_text(harmless_lines(text))
        area.move_cursor(area.document.end)
        # At once, and not by a style or a message that is looked at later: the next key is already its own.
        self.display = True
        self.screen.set_focus(area)

    def close(self) -> None:
        """Stop writing, without a word to anybody."""
        self._stop_waiting()
        self._slot = None
        self.display = False

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Keep what is typed, after a moment for the next letters."""
        event.stop()
        if self._slot is not None and self._timer is None:
            self._timer = self.set_timer(BEHIND, self._tell)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Leave the text when something else takes the keys."""
        event.stop()
        self.action_leave()

    def action_leave(self) -> None:
        """Be done with the text; whoever records it closes the place when it is safe."""
        if self._slot is not None:
            self.post_message(self.Left(self._slot, self.text))

    def _tell(self) -> None:
        self._timer = None
        if self._slot is not None:
            self.post_message(self.Typed(self._slot, self.text))

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
