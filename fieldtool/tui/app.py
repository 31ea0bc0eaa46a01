"""The terminal app: it shows its first screen at once, and leads from screen to screen."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.console import RenderableType
from textual import events, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.notifications import SeverityLevel
from textual.screen import Screen

from fieldtool.roll import Roll
from fieldtool.tui.screens.cases import CasesScreen
from fieldtool.tui.widgets.paint import harmless

if TYPE_CHECKING:
    from fieldtool.inspection import Inspection
    from fieldtool.tui.screens.case import CaseScreen

SMALLEST = (60, 15)
"""The fewest columns and rows that the screens are made for."""


class FieldtoolApp(App[None]):
    """One inspection in a terminal."""

    TITLE = "fieldtool"
    CSS_PATH = "app.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, because dialogs keep all other keys of the app to themselves.
        Binding("f1", "toggle_help", "Help", id="app.help", priority=True,
                tooltip="What can be done here, and every key"),
        Binding("ctrl+q", "quit", "Quit", id="app.quit", priority=True,
                tooltip="Leave; everything is saved already"),
    ]  # fmt: skip

    def __init__(
        self, roll: Roll, person: str | None, keys: Mapping[str, str] | None = None, notice: str = ""
    ) -> None:
        super().__init__()
        self._roll = roll
        self._person = person
        self._keys = dict(keys or {})
        self._notice = notice
        self._inspection: Inspection | None = None

    @property
    def inspection(self) -> Inspection:
        """The service, loaded when it is first needed."""
        if self._inspection is None:
            from fieldtool.inspection import Inspection

            self._inspection = Inspection(self._roll, self._person)
        return self._inspection

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Say something in a corner; whatever data it quotes is only shown, by whomever it is said."""
        super().notify(harmless(message), title=title, severity=severity, timeout=timeout, markup=markup)

    # ------------------------------------------------------------------ beginning and leaving

    def on_mount(self) -> None:
        """Show the cases, and load what the next screens need once they are on the screen."""
        if self.no_color:
            # Any other theme sends greys of its own even then.
            self.theme = "ansi-dark"
        self.set_keymap(self._keys)
        self._leave_when_told()
        self.push_screen(CasesScreen(self._roll, self._person))
        self.call_after_refresh(self._load_the_rest)

    def _load_the_rest(self) -> None:
        import fieldtool.tui.screens.case
        import fieldtool.tui.screens.ratings  # noqa: F401  # ready before somebody asks for them

        if self._person is None:
            self._ask_who()
        else:
            _ = self.inspection.framework
        if self._notice:
            self.notify(self._notice)
        # What is loaded now stays for good; the collector need not look at it again at every turn.
        gc.enable()
        gc.collect()
        gc.freeze()

    def _leave_when_told(self) -> None:
        """Leave the terminal as it was when the system ends the program."""

        def leave(*_: object) -> None:
            self.call_later(self.exit)

        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), leave)

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leave, having recorded what is still being written."""
        for screen in self.screen_stack:
            settle = getattr(screen, "settle", None)
            if settle is not None:
                settle()
        super().exit(result, return_code, message)

    # ------------------------------------------------------------------ from screen to screen

    def on_cases_screen_open(self, event: CasesScreen.Open) -> None:
        """Open a case."""
        from fieldtool.tui.screens.case import CaseScreen

        self.push_screen(CaseScreen(self.inspection, event.ref))

    def on_cases_screen_show_ratings(self) -> None:
        """Show the ratings over the list of cases."""
        self._show_ratings()

    def on_case_screen_show_ratings(self, event: CaseScreen.ShowRatings) -> None:
        """Show the ratings over a case."""
        event.stop()
        self._show_ratings()

    def _show_ratings(self) -> None:
        from fieldtool.tui.screens.ratings import RatingsScreen

        self.push_screen(RatingsScreen(self.inspection))

    @work
    async def _ask_who(self) -> None:
        """Ask who works here, once for this installation."""
        from fieldtool.tui.screens.ask import Choose

        people = [(person.id, f"{person.id}  {person.name}") for person in self._roll.people]
        chosen = await self.push_screen_wait(Choose("Who are you?", people)) if people else None
        if chosen is not None:
            self._roll.me = self._person = chosen
            self._inspection = None
            await self.pop_screen()
            await self.push_screen(CasesScreen(self._roll, chosen))

    def on_resize(self, event: events.Resize) -> None:
        """Say so while the terminal is too small, instead of showing half of everything."""
        from fieldtool.tui.screens.too_small import TooSmall

        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        if small and not isinstance(self.screen, TooSmall):
            self.push_screen(TooSmall(*SMALLEST))
        elif not small and isinstance(self.screen, TooSmall):
            self.pop_screen()

    # ------------------------------------------------------------------ help and palette

    def action_toggle_help(self) -> None:
        """Show or hide what can be done here, with every key."""
        from textual.widgets import HelpPanel

        helping = bool(self.screen.query(HelpPanel))
        self.screen.set_class(not helping, "-helping")
        if helping:
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer every action of the screen in the palette."""
        offered = set()
        for node, binding, enabled, tooltip in screen.active_bindings.values():
            if enabled and binding.id and binding.action not in offered:
                offered.add(binding.action)
                yield SystemCommand(
                    f"{binding.description} ({self.get_key_display(binding)})",
                    tooltip or binding.description,
                    lambda action=binding.action, node=node: self.run_worker(self.run_action(action, node)),
                )
        yield SystemCommand("Colours", "Choose another theme", self.action_change_theme)


def run(path: Path, person: str | None, *, keys: Mapping[str, str] | None = None, notice: str = "") -> int:
    """Open an inspection in the terminal, and stay until the person leaves.

    Args:
        person: the id of who works here; None asks, unless this installation knows.
        keys: other keys for bindings, by their ids.
        notice: a sentence to show at the beginning.

    Returns:
        The exit code.

    Raises:
        StoreError: it cannot be opened, in one sentence that says why.
    """
    with Roll.open(path, to_write=True) as roll:
        app = FieldtoolApp(roll, person or roll.me, keys, notice)
        app.run()
        return app.return_code or 0
