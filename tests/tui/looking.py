"""What can be seen of an app under test, and the way to its places."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.pilot import Pilot

from fieldtool.tui.app import FieldtoolApp
from fieldtool.tui.case.card import Card
from fieldtool.tui.case.case_screen import CaseScreen

Pilots = Pilot[Any]
Way = Callable[[Pilots], Awaitable[None]]


def lines(app: App[Any]) -> list[str]:
    """The lines of the screen on top, without the blanks at their ends."""
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


def text(app: App[Any]) -> str:
    """All that is shown of the screen on top."""
    return "\n".join(lines(app))


def appearance(app: App[Any]) -> tuple[object, ...]:
    """Anything that a key could have changed for the eye."""
    strips = app.screen._compositor.render_strips()
    return type(app.screen).__name__, [list(strip) for strip in strips], str(app.screen.focused)


async def press(pilot: Pilots, *keys: str) -> None:
    """Press keys, and see each through to the end; unlike the pilot's own, without waiting for the clock."""
    for key in keys:
        event = events.Key(key, key if len(key) == 1 else None)
        event.set_sender(pilot.app)
        pilot.app.post_message(event)
        await settled(pilot)


async def settled(pilot: Pilots) -> None:
    """Wait until everything has answered to everything: a message climbs from a widget to the app in a few rounds."""
    for _ in range(5):
        await pilot._wait_for_screen()
        await asyncio.sleep(0)
    pilot.app.screen._on_timer_update()


async def open_case(pilot: Pilots, ref: str, page: int = 0) -> CaseScreen:
    """Open a case; page 0 is that of its facts, and those of its key questions follow."""
    app = pilot.app
    assert isinstance(app, FieldtoolApp)
    await settled(pilot)
    screen = CaseScreen(app.inspection, ref)
    await app.push_screen(screen)
    await settled(pilot)
    screen._show(screen._session.pages[page])
    await settled(pilot)
    return screen


def card(app: FieldtoolApp) -> Card:
    """The page of the case that is open."""
    return app.screen.query_one(Card)
