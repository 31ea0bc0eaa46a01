"""What every app of ours does alike: its colours, its help and palette, and what it says when a bug strikes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import ClassVar

from rich.console import RenderableType
from textual import events
from textual.app import App, ReturnType, SystemCommand
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widget import Widget

from fieldtool.tui.parts.paint import harmless
from fieldtool.tui.parts.terminal_input import Burst


class PlainApp(App[ReturnType]):
    """An app that only shows what data says, and explains its keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, because dialogs keep all other keys of the app to themselves.
        Binding("f1", "toggle_help", "Help", id="app.help", priority=True,
                tooltip="What can be done here, and every key"),
        Binding("escape", "close_help", "Close help", show=False, priority=True, id="app.close_help",
                tooltip="Close this help"),
        Binding("pagedown", "scroll_help(1)", "Help down", show=False, priority=True, id="app.help_down",
                tooltip="Read on in this help"),
        Binding("pageup", "scroll_help(-1)", "Help up", show=False, priority=True, id="app.help_up",
                tooltip="Back in this help"),
        Binding("ctrl+q", "quit", "Quit", id="app.quit", priority=True,
                tooltip="Leave; everything is saved already"),
    ]  # fmt: skip

    _theme_set: str | None = None
    _theme_shown = ""

    def __init__(self) -> None:
        # Else Textual makes greys of what it does not know, and then text and ground are one black.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)

    def get_driver_class(self) -> type[Driver]:
        """How the terminal is read: on Linux and macOS behind a filter of what is no key."""
        driver = super().get_driver_class()
        if driver.__name__ != "LinuxDriver":
            return driver
        from fieldtool.tui.parts.terminal_driver import TerminalDriver

        return TerminalDriver

    async def on_event(self, event: events.Event) -> None:
        """Take characters that came all at once as typed where they go into a field, else as pasted."""
        if not isinstance(event, Burst):
            await super().on_event(event)
            return
        from textual.widgets import Input, TextArea  # they load slowly, and few ever come here

        for place, key in enumerate(event.keys):
            field = self.focused
            if not isinstance(field, Input | TextArea):
                await self.on_event(events.Paste(event.text[place:]))
                return
            await self.on_event(key)
            if not key.is_printable:
                await up_to_date(field)

    def choose_theme(self, name: str | None) -> str:
        """Take the colours that a person has set; why not, if there is no such theme."""
        if name is not None and name not in self.available_themes:
            return f'nothing is called "{name}"; there are {", ".join(sorted(self.available_themes))}'
        self._theme_set = name
        return ""

    @property
    def theme_chosen(self) -> str | None:
        """The colours that were chosen here on the screen; None if they are those that it began with."""
        return None if self.no_color or self.theme == self._theme_shown else self.theme

    def show_theme(self) -> None:
        """Show these colours, or none where nobody wants any."""
        if self.no_color:
            # Any other theme sends greys of its own even then.
            self.theme = "ansi-dark"
        elif self._theme_set is not None:
            self.theme = self._theme_set
        self._theme_shown = self.theme

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

    def _fatal_error(self) -> None:
        """Say where a bug struck, without the values there: they may be a case's, or a passphrase."""
        from rich.traceback import Traceback

        # Textual has no public way to change what it says then, and by default it shows all values.
        self.panic(Traceback(show_locals=False, width=None))

    def panic(self, *renderables: RenderableType) -> None:
        """End with what went wrong, and tell the shell, which Textual does not where the reading of keys broke."""
        self._return_code = 1
        super().panic(*renderables)

    def forget_clipboard(self) -> None:
        """Forget what was copied here, without a change to the clipboard of the computer."""
        self._clipboard = ""  # Textual's public way writes to the other one, too

    def after_the_keys(self, deed: Callable[[], object]) -> None:
        """Do something behind all keys that are already on their way to the widget that has them."""
        if not (self.focused or self.screen).call_later(deed):
            self.call_later(deed)

    async def act_on(self, key: str) -> bool:
        """Do what a key does now, and not when all that is on its way has been looked at; False if it does nothing."""
        # Textual has no other way to act on a key at once: what is looked up by hand misses what a field does with it.
        return await self._check_bindings(key, priority=True) or await self._check_bindings(key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let the keys of the help do something only where it is shown."""
        if action in ("close_help", "scroll_help"):
            return self.screen.has_class("-helping")
        return super().check_action(action, parameters)

    def action_help_quit(self) -> None:
        """Say how to leave, to whoever tries ctrl+c; without the markup of Textual, which is only shown here."""
        self.notify("ctrl+q leaves; everything is saved already.")

    def action_close_help(self) -> None:
        """Hide what can be done here."""
        self.action_toggle_help()

    def action_scroll_help(self, step: int) -> None:
        """Read on in what can be done here."""
        from textual.widgets import HelpPanel

        for part in self.screen.query_one(HelpPanel).children:
            part.scroll_relative(y=step * max(part.size.height - 1, 1), animate=False)

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


async def up_to_date(widget: Widget) -> None:
    """Wait until a widget has done all that it was sent; not for long, should it wait for the app itself."""
    done = asyncio.Event()
    if widget.call_later(done.set):
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), 1.0)
