"""The smallest Textual app: one Static; with a file, `y` makes a row durable, and `enter` pushes a screen."""

import sys
from typing import Any

from textual.app import App, ComposeResult
from textual.events import Key
from textual.screen import Screen
from textual.widgets import Static


class Other(Screen[None]):
    """One more Static."""

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield Static("other")

    def on_key(self, event: Key) -> None:
        """Go back."""
        if event.key == "escape":
            self.dismiss()


class Floor(App[None]):
    """One Static, and what one key does."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401  # the driver has no types
        super().__init__()
        self._connection = connection
        self._number = 0

    def compose(self) -> ComposeResult:
        """Lay the app out."""
        yield Static("ready 0")

    def on_key(self, event: Key) -> None:
        """Answer, or show the other screen."""
        if event.key == "y":
            self._number += 1
            if self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.execute("INSERT INTO answer (value) VALUES (?)", (f"yes {self._number}",))
                self._connection.execute("COMMIT")
            self.query_one(Static).update(f"ready {self._number}")
        elif event.key == "enter":
            self.push_screen(Other())


def connected(path: str) -> Any:  # noqa: ANN401  # the driver has no types
    """A database as durable as ours, with one table."""
    from sqlcipher3 import dbapi2

    connection = dbapi2.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, value TEXT)")
    return connection


if __name__ == "__main__":
    Floor(connected(sys.argv[1]) if len(sys.argv) > 1 else None).run()
