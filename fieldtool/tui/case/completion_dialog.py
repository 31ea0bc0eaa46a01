"""Complete the case: what is missing, each a jump away, and what looks odd."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from fieldtool.domain.method.case import Case, Slot
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.method.walk import missing, oddities
from fieldtool.tui.parts.ask import Dialog
from fieldtool.tui.parts.paint import harmless

COMPLETE: Literal["complete"] = "complete"


class Completion(Dialog[Slot | Literal["complete"]]):
    """Answers with a slot to go to, with COMPLETE, or with None."""

    KEYS = "enter: go there    escape: back to the case"

    HELP = """
## Complete the case

Everything that is missing is listed: `enter` goes there. When nothing is missing, the first line completes
the case. What looks odd is a question to you and never stops you.
"""

    def __init__(self, framework: Framework, case: Case) -> None:
        self._missing = missing(framework, case)
        self._oddities = oddities(framework, case)
        number = len(self._missing)
        things = "1 thing is missing" if number == 1 else f"{number} things are missing"
        super().__init__(harmless(f"{case.ref}: {things if number else 'nothing is missing'}"))

    def body(self) -> Iterable[Widget]:
        """A line for everything that one can go to."""
        complete = [] if self._missing else [Option("✓ Complete the case", id=COMPLETE)]
        lines = [("○", each) for each in self._missing] + [("!", each) for each in self._oddities]
        options = [Option(f"{sign} {each.what}", id=str(each.slot)) for sign, each in lines]
        yield OptionList(*complete, *options, markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        chosen = event.option_id or ""
        self.dismiss(COMPLETE if chosen == COMPLETE else Slot.parse(chosen))
