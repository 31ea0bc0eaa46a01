"""A screen that says what became of what was done on it, or why it could not be done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from textual.screen import Screen

from fieldtool.tui.parts.bars import TitleBar
from fieldtool.work.inspection import InspectionError
from fieldtool.work.inspection_file import StoreError


class TellingScreen(Screen[None], inherit_bindings=False):
    """Has a title bar, in which it says what became of the last thing done."""

    def take_in(self) -> None:
        """Show how things stand now."""
        raise NotImplementedError

    def _news(self, text: str, *, bad: bool = False) -> None:
        self.query_one(TitleBar).news(text, bad=bad)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Say so where something could not be done, and show how things stand."""
        try:
            yield
        except (StoreError, InspectionError) as error:
            self._news("NOT DONE", bad=True)
            self.notify(str(error), title="Not done", severity="error", timeout=12, markup=False)
            self.take_in()
