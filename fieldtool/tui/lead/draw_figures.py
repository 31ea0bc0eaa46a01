"""The figures that a sample is drawn with, and the line on which one of them is typed in place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from fieldtool.domain.words.numbers import number


@dataclass(frozen=True)
class Figures:
    """What a draw is made with."""

    seed: int
    confidence: Decimal = Decimal(80)
    margin: Decimal = Decimal(5)
    size: int | None = None
    """None: worked out from confidence and margin."""
    buffer: int = 0

    def with_figure(self, name: str, value: int | Decimal | None) -> Figures:
        """The same with another value of one of them; another confidence or margin works the size out again."""
        changes = {name: value} | ({"size": None} if name in ("confidence", "margin") else {})
        return replace(self, **changes)  # type: ignore[arg-type]  # as `read` has checked


class Asked(NamedTuple):
    """How a figure is asked for."""

    question: str
    least: int
    most: int
    whole: bool = True

    def read(self, text: str) -> int | Decimal:
        """The figure as it was typed.

        Raises:
            ValueError: it cannot be one; the words say which can.
        """
        try:
            value = int(text) if self.whole else Decimal(text)
        except (ValueError, InvalidOperation):
            raise ValueError("type a number") from None
        if not self.least <= value <= self.most or not (self.whole or value):
            least = number(self.least) if self.whole or self.least else "0.01"
            raise ValueError(f"from {least} to {number(self.most)}")
        return value


ASKED = {
    "confidence": Asked("Confidence, in per cent:", 1, 99, whole=False),
    "margin": Asked("Margin, in points of per cent to either side:", 0, 99, whole=False),
    "size": Asked("Size, in cases (empty: worked out):", 1, 10**6),
    "buffer": Asked("Reserve cases on top, in per cent:", 0, 1000),
    "seed": Asked("Seed of the lot, a whole number:", 0, 2**63 - 1),
}


class FigureLine(Horizontal):
    """One figure while it is typed."""

    DEFAULT_CSS = """
    FigureLine {
        height: 1;
        padding: 0 1;
        display: none;
        & Static { width: auto; text-style: bold; }
        & Input { border: none; height: 1; padding: 0 1; width: 20; &:focus { border: none; } }
        & .hint { width: 1fr; text-style: none; color: $text-muted; &.-unfit { color: $text-warning; } }
    }
    """

    @dataclass
    class Typed(Message):
        """Another value stands there now, which will do."""

        name: str
        value: int | Decimal | None

    @dataclass
    class Done(Message):
        """Nothing more is typed."""

    def __init__(self) -> None:
        super().__init__(id="figure")
        self.name_of_figure = ""
        """What is being typed; empty if nothing is."""

    def compose(self) -> ComposeResult:
        """Lay the line out."""
        yield Static("", markup=False)
        yield Input(select_on_focus=True)
        yield Static("", markup=False, classes="hint")

    def open(self, name: str, value: int | Decimal | None) -> None:
        """Begin to type a figure."""
        self.name_of_figure = name
        self.query(Static).first().update(ASKED[name].question)
        self._say("")
        line = self.query_one(Input)
        line.restrict = r"[0-9]*" if ASKED[name].whole else r"[0-9]*[.]?[0-9]*"
        with line.prevent(Input.Changed):
            line.value = "" if value is None else str(value)
        # At once, and not by a style that is looked at later: the next key is already its own.
        self.display = True
        self.screen.set_focus(line)

    def close(self) -> None:
        """Stop typing."""
        self.name_of_figure = ""
        self.display = False

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell what is typed, where it is a figure."""
        event.stop()
        name = self.name_of_figure
        if not name:
            return
        try:
            value = None if name == "size" and not event.value else ASKED[name].read(event.value)
        except ValueError as error:
            self._say(str(error))
        else:
            self._say("")
            self.post_message(self.Typed(name, value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Be done."""
        event.stop()
        self.post_message(self.Done())

    def _say(self, text: str) -> None:
        hint = self.query_one(".hint", Static)
        hint.set_class(bool(text), "-unfit")
        hint.update(text or "enter: keep  esc: undo")
