"""How each number of a draw came about, to be read through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from fieldtool.domain.words.samples import Section
from fieldtool.tui.lead.strata_table import Explanation
from fieldtool.tui.parts.bars import KeyBar, TitleBar
from fieldtool.work.inspection_file import InspectionFile


class DrawExplainedScreen(Screen[None], inherit_bindings=False):
    """One draw, explained."""

    CSS_PATH = "draw_screen.tcss"
    TITLE = "How each number came about"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "part", "Next part", id="draw_explained.part", tooltip="To the next part"),
        Binding("escape,x", "back", "Back", id="draw_explained.back", tooltip="Back to the draw"),
    ]

    def __init__(self, file: InspectionFile, title: str, sections: Sequence[Section]) -> None:
        super().__init__()
        self._file = file
        self._place = title
        self._sections = sections

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        file = self._file
        yield TitleBar(self._place, lambda: file.at_stake, file.why_read_only, lambda: file.sent)
        yield Explanation(self._sections)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin with the first sentence."""
        self.set_focus(self.query_one(Explanation))
        self.query_one(Explanation).renew()

    def action_part(self) -> None:
        """Go to the next part."""
        self.query_one(Explanation).next_part()

    def action_back(self) -> None:
        """Go back to the draw."""
        self.dismiss(None)
