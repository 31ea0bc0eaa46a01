"""The terminal app: it opens the inspection, shows its first screen at once, and leads from screen to screen."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from fieldtool.roll import Roll
from fieldtool.tui.screens.cases import CasesScreen

if TYPE_CHECKING:
    from fieldtool.inspection import Inspection

SMALLEST = (60, 15)
"""The fewest columns and rows that the screens are made for."""


class FieldtoolApp(App[None]):
    """One inspection in a terminal."""

    TITLE = "fieldtool"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "toggle_help", "Help", id="app.help", tooltip="What can be done here, and every key"),
        Binding("ctrl+q", "quit", "Quit", id="app.quit", tooltip="Leave; everything is saved already"),
    ]

    def __init__(self, roll: Roll, person: str | None, keys: dict[str, str] | None = None) -> None:
        super().__init__()
        self._roll = roll
        self._person = person
        self._keys = keys or {}
        self._inspection: Inspection | None = None

    def on_mount(self) -> None:
        """Show the cases, and load what the next screens need once they are on the screen."""
        if self.no_color:
            self.theme = "ansi-dark"
        if self._keys:
            self.set_keymap(self._keys)
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: self.call_later(self.exit, None, 0))
        self.push_screen(CasesScreen(self._roll, self._person))
        self.call_after_refresh(self._load_the_rest)

    def on_cases_screen_open(self, event: CasesScreen.Open) -> None:
        """Open a case."""
        from fieldtool.tui.screens.case import CaseScreen

        self.push_screen(CaseScreen(self.inspection, event.ref))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer every action of the screen in the palette."""
        seen = set()
        for node, binding, enabled, tooltip in screen.active_bindings.values():
            if enabled and binding.id and binding.action not in seen and binding.description:
                seen.add(binding.action)
                yield SystemCommand(
                    f"{binding.description} ({self.get_key_display(binding)})",
                    tooltip or binding.description,
                    lambda action=binding.action, node=node: self.run_worker(node.run_action(action)),
                )
        yield SystemCommand("Theme", "Other colours", self.action_change_theme)

    def _load_the_rest(self) -> None:
        self.inspection  # noqa: B018  # made here, while the person looks at the list
        import fieldtool.tui.screens.case  # noqa: F401

        gc.enable()
        gc.collect()
        gc.freeze()

    @property
    def inspection(self) -> Inspection:
        """The service, loaded when it is first needed."""
        if self._inspection is None:
            from fieldtool.inspection import Inspection

            self._inspection = Inspection(self._roll, self._person)
        return self._inspection


def run(path: Path, person: str | None, *, notice: str = "") -> int:
    """Open an inspection in the terminal.

    Returns:
        The exit code.

    Raises:
        StoreError: it cannot be opened, in one sentence that says why.
    """
    with Roll.open(path, to_write=True) as roll:
        app = FieldtoolApp(roll, person or roll.me)
        app.run()
        return app.return_code or 0
