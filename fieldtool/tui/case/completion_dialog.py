"""Complete the case: what is missing, each a jump away, and what looks odd."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from fieldtool.domain.method.case import Case, Slot
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.method.walk import missing, oddities
from fieldtool.tui.parts.paint import harmless

COMPLETE: Literal["complete"] = "complete"


class Completion(ModalScreen[Slot | Literal["complete"] | None]):
    """Answers with a slot to go to, with COMPLETE, or with None."""

    CSS_PATH = "../parts/ask.tcss"

    HELP = """
## Complete the case

Everything that is missing is listed: `enter` goes there. When nothing is missing, the first line completes
the case. What looks odd is a question to you and never stops you.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="completion.leave", tooltip="Back to the case"),
    ]

    def __init__(self, framework: Framework, case: Case) -> None:
        super().__init__()
        self._ref = harmless(case.ref)
        self._missing = missing(framework, case)
        self._oddities = oddities(framework, case)

    def compose(self) -> ComposeResult:
        """Lay the dialog out."""
        number = len(self._missing)
        things = "1 thing is missing" if number == 1 else f"{number} things are missing"
        with Vertical(classes="dialog"):
            yield Static(
                f"{self._ref}: {things if number else 'nothing is missing'}", markup=False, classes="question"
            )
            yield OptionList(*self._options(), markup=False)
            yield Static("enter: go there    escape: back to the case", markup=False, classes="keys")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        chosen = event.option_id or ""
        self.dismiss(COMPLETE if chosen == COMPLETE else Slot.parse(chosen))

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)

    def _options(self) -> list[Option]:
        found = [] if self._missing else [Option("✓ Complete the case", id=COMPLETE)]
        found += [Option(f"○ {item.what}", id=str(item.slot)) for item in self._missing]
        found += [Option(f"! {item.what}", id=str(item.slot)) for item in self._oddities]
        return found
