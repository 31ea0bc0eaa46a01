"""The first and the last line of every screen: where one is and whether it is saved; which keys do what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rich.cells import cell_len
from textual import events
from textual.screen import Screen, ScreenResultType
from textual.strip import Strip

from fieldtool.domain.method.case_line import AtStake, Sent
from fieldtool.tui.parts.paint import DIM, MARK, STRONG, WARN, Painted, Pieces, fitted, harmless
from fieldtool.work import clock


class TitleBar(Painted):
    """Where one is on the left; on the right what became of the last thing done, and what is on this laptop alone.

    Args:
        at_stake: what would be lost if this laptop died now; asked whenever the line is drawn.
        news: what stands on the right at first.
        sent: when all was sent last; asked whenever the line is drawn.
    """

    DEFAULT_CSS = """
    TitleBar { split: top; height: 1; background: $panel; }
    """

    def __init__(
        self,
        place: str = "",
        at_stake: Callable[[], AtStake | None] = lambda: None,
        news: str = "",
        sent: Callable[[], Sent | None] = lambda: None,
    ) -> None:
        super().__init__()
        self._place = place
        self._at_stake = at_stake
        self._sent = sent
        self._news = news
        self._bad = False

    def place(self, text: str) -> None:
        """Say where one is."""
        if text != self._place:
            self._place = text
            self.refresh()

    def news(self, text: str, *, bad: bool = False) -> None:
        """Say what became of the last thing done."""
        if (text, bad) != (self._news, self._bad):
            self._news, self._bad = text, bad
            self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # it has only one
        """Draw the line."""
        width = self.size.width
        place, news, at_stake = f" {self._place}", harmless(self._news), self._at_stake()
        urgent = at_stake is not None and at_stake.urgent
        sent = _when_sent(self._sent())
        room = width - len(news) - cell_len(place) - 5
        reserved = 0 if urgent else len(sent) + 3 if sent else 0
        lost = "" if at_stake is None else _in_words(at_stake, room - reserved)
        # Where one is may be cut for it, but not what would be lost, nor what became of the last thing done.
        left_over = width - len(news) - len(lost) - min(cell_len(place), READABLE) - 8
        lost = " · ".join(filter(None, (lost, sent if len(sent) <= left_over else "")))
        between = " · " if news and lost else ""
        news = news[: max(width - len(between + lost) - LEAST, 0)]
        left = fitted(place, width - len(news + between + lost) - 2)
        role = WARN if self._bad else DIM
        pieces: Pieces = [(left, STRONG), (" ", ""), (news, role), (between, DIM)]
        return self.painted([*pieces, (lost, WARN if urgent else DIM), (" ", "")], width)


LEAST, READABLE = 12, 34
"""So many cells are left to say where one is, at least; and so many for when all was sent."""


def _when_sent(sent: Sent | None) -> str:
    """When all was sent last, in a few words; empty where the inspection is not shared."""
    if sent is None:
        return ""
    try:
        when = datetime.fromisoformat(sent.wall).astimezone()
    except ValueError:
        return "never sent"
    today = clock.today()
    return f"sent {when:%H:%M}" if when.date() == today else "not sent today"


def _in_words(at_stake: AtStake, room: int) -> str:
    """What would be lost, in the longest words for which there is room; in the shortest, if there is none."""
    number, things = f"{at_stake.answers:,}", "answer" if at_stake.answers == 1 else "answers"
    kept = "copied" if at_stake.copied else "sent"
    if not at_stake.copied and not at_stake.sent:
        words = [
            f"no second copy: if this laptop dies now you lose {number} {things}",
            f"no second copy: {number} to lose",
            f"no second copy: {number}",
        ]
    elif at_stake.answers:
        words = [
            f"if this laptop dies now you lose {number} {things}",
            f"{number} {things} not {kept}",
            f"{number} not {kept}",
        ]
    else:
        words = ["0 to lose"]
    return next((each for each in words if len(each) <= room), words[-1])


ALWAYS_SHOWN = ("back", "toggle_help")
"""The keys that stand on the right of the last line, however many others there are: the way back, and all others."""


class KeyBar(Painted):
    """The keys that do something here and now, as many as fit; help has all of them."""

    DEFAULT_CSS = """
    KeyBar { split: bottom; height: 1; background: $panel; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[tuple[str, str, str, bool, str]] = []

    def on_mount(self) -> None:
        """Follow the keys of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._take)
        self._take(self.screen)

    def _take(self, screen: Screen[ScreenResultType]) -> None:
        if not self.is_attached or not self.screen.is_current:
            return
        keys: dict[str, tuple[str, str, str, bool, str]] = {}
        for _, binding, enabled, tooltip in screen.active_bindings.values():
            if binding.show and binding.action not in keys:
                shown = self.app.get_key_display(binding)
                keys[binding.action] = (shown, binding.description, binding.action, enabled, tooltip)
        if list(keys.values()) != self._keys:
            self._keys = list(keys.values())
            self.refresh()

    def _placed(self) -> list[tuple[int, int, int]]:
        """Start and end cell of each key that fits, with its place in the list."""
        sizes = [len(key) + len(name) + 3 for key, name, *_ in self._keys]
        kept = [place for place, each in enumerate(self._keys) if each[2] in ALWAYS_SHOWN]
        end = self.size.width - sum(sizes[place] for place in kept)
        at, placed = 1, []
        for place, size in enumerate(sizes):
            if place not in kept and at + size <= end:
                placed.append((at, at + size, place))
                at += size
        for place in kept:
            if at + sizes[place] <= self.size.width:
                placed.append((at, at + sizes[place], place))
                at += sizes[place]
        return placed

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # it has only one
        """Draw the line."""
        pieces: Pieces = [(" ", "")]
        for _, _, place in self._placed():
            key, name, _, enabled, _ = self._keys[place]
            pieces += [(key, MARK if enabled else DIM), (f" {name}  ", "" if enabled else DIM)]
        return self.painted(pieces, self.size.width)

    async def on_click(self, event: events.Click) -> None:
        """Do what the key under the mouse does."""
        for start, end, place in self._placed():
            if start <= event.x < end and self._keys[place][3]:
                await self.screen.run_action(self._keys[place][2])

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Explain the key under the mouse."""
        for start, end, place in self._placed():
            if start <= event.x < end:
                _, name, _, _, tooltip = self._keys[place]
                self.tooltip = tooltip or name
                return
        self.tooltip = None
