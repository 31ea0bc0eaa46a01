"""What is shown while the terminal is too small for anything else."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static


class TooSmall(ModalScreen[None]):
    """One sentence; it goes away by itself when the terminal grows."""

    DEFAULT_CSS = """
    TooSmall { background: $background; }
    """

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__()
        self._needed = (columns, rows)

    def compose(self) -> ComposeResult:
        """Say what is needed."""
        columns, rows = self._needed
        yield Static(
            f"The terminal is too small: make it at least {columns} columns wide and {rows} rows high. "
            "Nothing is lost. ctrl+q leaves.",
            markup=False,
        )

    def on_screen_resume(self) -> None:
        """Go away if the terminal grew while something else, as the palette, stood above this."""
        columns, rows = self._needed
        if self.app.size.width >= columns and self.app.size.height >= rows:
            self.dismiss()
