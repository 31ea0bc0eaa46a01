"""Dialogs that ask for one thing: a line of text, or one choice of a few.

Others derive `Dialog`: `body` says what stands between the question and the line of keys, `dismiss(answer)` ends it.
Escape leaves without an answer. What looks different goes into a `.tcss` beside it: `CSS_PATH = [LOOKS, "mine.tcss"]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.types import CSSPathType
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from fieldtool.tui.parts.paint import harmless, harmless_lines

LOOKS = str(Path(__file__).with_name("ask.tcss"))
"""Whole, because dialogs in other rooms inherit it."""

Answer = TypeVar("Answer")

HEIGHTS = [(0, "-low"), (20, "-middle"), (36, "-high")]
"""How high a terminal must be for more to be shown at once: the keys below it stay in sight."""


class Dialog(ModalScreen[Answer | None], Generic[Answer]):
    """Asks a question over whatever is shown; the answer is None if the person would rather not.

    Args:
        question: what is asked, in bold above all else.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = LOOKS
    VERTICAL_BREAKPOINTS = HEIGHTS

    KEYS: ClassVar[str] = "enter: done    escape: back"
    """What the last line says about the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="dialog.leave", tooltip="Leave without an answer"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = harmless_lines(question)

    def compose(self) -> ComposeResult:
        """Lay the dialog out."""
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False, classes="question")
            yield from self.body()
            yield Static(self.KEYS, markup=False, classes="keys")

    def body(self) -> Iterable[Widget]:
        """What stands between the question and the keys."""
        raise NotImplementedError

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)


class AskText(Dialog[str]):
    """Asks for a line of text."""

    def __init__(self, question: str, text: str = "", suggestions: Sequence[str] = ()) -> None:
        super().__init__(harmless(question))
        self._text = harmless(text)
        self._suggestions = [harmless(suggestion) for suggestion in suggestions]

    def body(self) -> Iterable[Widget]:
        """The line, with what was used before."""
        yield Input(self._text, suggester=SuggestFromList(self._suggestions, case_sensitive=False))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer."""
        self.dismiss(event.value.strip())


class Choose(Dialog[str]):
    """Asks for one of a few; the answer is its id."""

    KEYS = "enter: choose    escape: back"

    def __init__(self, question: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__(question)
        self._choices = [(id, harmless(text)) for id, text in choices]

    def body(self) -> Iterable[Widget]:
        """The choices."""
        yield OptionList(*(Option(text, id=id) for id, text in self._choices), markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        self.dismiss(event.option_id)


class Tell(Dialog[None]):
    """Shows a text to read: guidance, or the history of an answer."""

    KEYS = "up, down: read    escape: back"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,q", "leave", "Back", id="tell.leave", show=False, tooltip="Back to where you were"),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__(harmless(title))
        self._text = harmless_lines(text)

    def body(self) -> Iterable[Widget]:
        """The text, which scrolls."""
        yield VerticalScroll(Static(self._text, markup=False))
