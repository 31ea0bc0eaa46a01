"""The app that sets up a new inspection where there is no file yet, before the one that works in it begins."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from textual import events, work
from textual.widget import Widget

from fieldtool.tui.parts.ask import Choose
from fieldtool.tui.plain_app import PlainApp, up_to_date
from fieldtool.tui.setup.setup_screen import CodeScreen, SetupScreen


class Chosen(NamedTuple):
    """The inspection to open."""

    path: Path
    key: bytes | None = None
    """Of a new one that is encrypted."""
    new: bool = False


class SettingUpApp(PlainApp[Chosen]):
    """Asks what to do about a name that no file has, and does it.

    Args:
        near: a file whose name is nearly the same.
        state: the folder in which this laptop remembers how far its files are.
        person: the id that somebody has said to have.
    """

    TITLE = "fieldtool"
    CSS_PATH = "app.tcss"

    def __init__(self, path: Path, near: Path | None, state: Path, person: str) -> None:
        super().__init__()
        self._path, self._near = path, near
        self._state = state
        self._person = person

    def on_mount(self) -> None:
        """Ask first."""
        self.show_theme()
        self._lead_through()

    async def on_event(self, event: events.Event) -> None:
        """Let a key that goes to another line do so before the next one is looked at.

        Otherwise keys that come in one burst all go where the first one found the cursor: a passphrase might be
        written into the line above, where everybody can read it.
        """
        if not isinstance(event, events.Key) or event.is_forwarded or not await self._moved(event.key):
            await super().on_event(event)

    async def _moved(self, key: str) -> bool:
        """Do what a key does in the form, behind all that was typed before; False if it does not leave a line."""
        field = self.focused
        if key not in _TO_ANOTHER_LINE or field is None or not isinstance(self.screen, SetupScreen):
            return False
        await up_to_date(field)
        acted = await self.act_on(key)
        for node in field.ancestors_with_self:
            if isinstance(node, Widget):
                await up_to_date(node)
        return acted

    @work
    async def _lead_through(self) -> None:
        chosen = await self.push_screen_wait(Choose(f"There is no file {self._path}", [*self._choices()]))
        if chosen == "near" and self._near is not None:
            self.exit(Chosen(self._near))
            return
        made = None
        if chosen == "new":
            made = await self.push_screen_wait(SetupScreen(self._path, self._state, self._person))
        if made is None:
            self.exit()
            return
        if made.code:
            await self.push_screen_wait(CodeScreen(self._path, made.code))
        self.exit(Chosen(self._path, made.key, new=True))

    def _choices(self) -> list[tuple[str, str]]:
        new = ("new", "Set up a new inspection there")
        near = [] if self._near is None else [("near", f"Open {self._near}, which is there")]
        return [*near, new, ("leave", "Leave")]


_TO_ANOTHER_LINE = frozenset(["enter", "tab", "shift+tab", "up", "down"])


def offer(path: Path, near: Path | None, state: Path, person: str, theme: str | None) -> Chosen | None:
    """Offer to set up a new inspection at a path; None if somebody would rather not.

    Args:
        theme: the colours that a person has set; unknown ones are complained of when the inspection opens.
    """
    app = SettingUpApp(path, near, state, person)
    app.choose_theme(theme)
    return app.run()
