"""Dialogs that ask for one thing: a line of text, or one choice of a few."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from fieldtool.tui.parts.paint import harmless, harmless_lines

LOOKS = str(Path(__file__).with_name("ask.tcss"))
"""Whole, because dialogs in other rooms inherit it."""

HEIGHTS = [(0, "-low"), (20, "-middle"), (36, "-high")]
"""How high a terminal must be for more to be shown at once: the keys below it stay in sight."""


class AskText(ModalScreen[str | None]):
    """Asks for a line of text; the answer is None if the person would rather not."""

    CSS_PATH = LOOKS

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="ask.leave", tooltip="Leave without an answer"),
    ]

    def __init__(self, question: str, text: str = "", suggestions: Sequence[str] = ()) -> None:
        super().__init__()
        self._question = harmless(question)
        self._text = harmless(text)
        self._suggestions = [harmless(suggestion) for suggestion in suggestions]

    def compose(self) -> ComposeResult:
        """Lay the dialog out."""
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False, classes="question")
            yield Input(self._text, suggester=SuggestFromList(self._suggestions, case_sensitive=False))
            yield Static("enter: done    escape: back", markup=False, classes="keys")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer."""
        self.dismiss(event.value.strip())

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)


class Choose(ModalScreen[str | None]):
    """Asks for one of a few; the answer is its id, or None if the person would rather not."""

    CSS_PATH = LOOKS
    VERTICAL_BREAKPOINTS = HEIGHTS

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="choose.leave", tooltip="Leave without a choice"),
    ]

    def __init__(self, question: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._question = harmless_lines(question)
        self._choices = [(id, harmless(text)) for id, text in choices]

    def compose(self) -> ComposeResult:
        """Lay the dialog out."""
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False, classes="question")
            yield OptionList(*(Option(text, id=id) for id, text in self._choices), markup=False)
            yield Static("enter: choose    escape: back", markup=False, classes="keys")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        self.dismiss(event.option_id)

    def action_leave(self) -> None:
        """Leave without a choice."""
        self.dismiss(None)


class Tell(ModalScreen[None]):
    """Shows a text to read: guidance, or the history of an answer."""

    CSS_PATH = LOOKS
    VERTICAL_BREAKPOINTS = HEIGHTS

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "leave", "Back", id="tell.leave", tooltip="Back to where you were"),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title = harmless(title)
        self._text = harmless_lines(text)

    def compose(self) -> ComposeResult:
        """Lay the text out."""
        with Vertical(classes="dialog"):
            yield Static(self._title, markup=False, classes="question")
            with VerticalScroll():
                yield Static(self._text, markup=False)
            yield Static("up, down: read    escape: back", markup=False, classes="keys")

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)
