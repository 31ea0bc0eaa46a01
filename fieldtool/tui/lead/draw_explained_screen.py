"""How each number of a draw came about, to be read through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from fieldtool.domain.words.samples import Section
from fieldtool.tui.lead.strata_table import Explanation
from fieldtool.tui.parts.base_screen import BaseScreen, also_back
from fieldtool.work.inspection_file import InspectionFile


class DrawExplainedScreen(BaseScreen[None]):
    """One draw, explained."""

    CSS_PATH = "draw_screen.tcss"
    TITLE = "How each number came about"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "part", "Next part", id="draw_explained.part", tooltip="To the next part"),
        *also_back("x", id="draw_explained.back"),
    ]

    def __init__(self, file: InspectionFile, title: str, sections: Sequence[Section]) -> None:
        super().__init__(file, title)
        self._sections = sections

    def body(self) -> Iterable[Widget]:
        """What stands between the bars."""
        yield Explanation(self._sections)

    def begin(self) -> None:
        """Begin with the first sentence."""
        self.query_one(Explanation).renew()

    def action_part(self) -> None:
        """Go to the next part."""
        self.query_one(Explanation).next_part()
