"""An app that keeps the second copy of its file up to date, and the line that says what is on this laptop alone."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from textual import work
from textual.timer import Timer

from fieldtool.tui.locker import LockableApp
from fieldtool.tui.parts.bars import TitleBar
from fieldtool.work.access import Access
from fieldtool.work.inspection_file import InspectionFile, StoreError

LOOK_EVERY = 0.5
"""Seconds between two looks at whether anything was written, which cost next to nothing."""

COPY_AFTER, CHECK_AFTER = 1.5, 15.0
"""Seconds from one copy to the next where something is new, and where the folder is only looked after."""

QUIET, AT_LAST = 0.4, 10.0
"""A copy begins when no key was pressed for so many seconds, or at last after so many."""

Result = TypeVar("Result")

PATIENCE = 10.0
"""Seconds that whoever leaves waits for the last copy."""


class CopyingApp(LockableApp):
    """Copies what is new in a thread of its own, so that no key waits for it; says once when it cannot."""

    def __init__(self, roll: InspectionFile | None, door: Access | None, idle_minutes: int) -> None:
        super().__init__(roll, door, idle_minutes)
        self._changes = -1
        self._copying = self._away = self._told = False
        self._last: Callable[[], None] | None = None
        self._copied_at = 0.0
        self._looking: Timer | None = None

    def begin_to_copy(self) -> None:
        """Look what is new, now and from now on; only once the first screen is there, which need not wait for it."""
        if self._looking is None:
            self._looking = self.set_interval(LOOK_EVERY, self._look)
        self._look()

    def close(self) -> None:
        """Close the file, if it is open; what was recorded at last is still to be copied."""
        at_stake = None if self._roll is None else self._roll.at_stake
        if self._door is not None and at_stake is not None and at_stake.copied:
            self._last = self._door.copier()
        super().close()
        self._changes = -1

    def locked_away(self) -> None:
        """Copy what was recorded until now."""
        last, self._last = self._last, None
        if last is not None:
            self._copy(last)

    def copy_at_last(self) -> str:
        """Copy, after all is closed, what was recorded until now; why that cannot be, or an empty text."""
        last, self._last = self._last, None
        failed: list[str] = []

        def run() -> None:
            try:
                if last is not None:
                    last()
            except StoreError as error:
                failed.append(str(error))

        thread = threading.Thread(target=run, name="last copy", daemon=True)
        thread.start()
        thread.join(PATIENCE)
        if thread.is_alive():
            return "The folder of the second copy does not answer: what is new is copied the next time."
        return "".join(failed)

    def _look(self) -> None:
        """See whether anything was written, say how much of it is on this laptop alone, and begin to copy it."""
        roll = self._roll
        if roll is None or not roll.database.writable:
            return
        if roll.changes != self._changes:
            self._changes = roll.changes
            self._count(roll)
        at_stake = roll.at_stake
        if self._door is None or self._copying or at_stake is None or not at_stake.copied:
            return
        waited = time.monotonic() - self._copied_at
        if waited >= (COPY_AFTER if at_stake.answers else CHECK_AFTER) and (
            self._idle.quiet >= QUIET or waited >= AT_LAST
        ):
            self._copy(self._door.copier())

    def _count(self, roll: InspectionFile) -> None:
        before = roll.at_stake
        try:
            now = roll.look_at_copy(away=self._away)
        except StoreError:
            # Whoever records something is told what is wrong; until it is mended, the last number stands.
            self._changes = -1
            return
        if now != before:
            for screen in self.screen_stack:
                for bar in screen.query(TitleBar):
                    bar.refresh()

    @work
    async def _copy(self, copy: Callable[[], None]) -> None:
        self._copying = True
        try:
            await in_thread(copy, "second copy")
        except StoreError as error:
            self._away = True
            if not self._told and self._roll is not None:
                self.notify(str(error), title="No second copy now", severity="warning", timeout=12)
                self._told = True
        else:
            if self._told and self._roll is not None:
                self.notify("The second copy is up to date again.")
            self._away = self._told = False
        finally:
            self._copying = False
            self._copied_at = time.monotonic()
        if self._roll is not None:
            self._count(self._roll)


async def in_thread(deed: Callable[[], Result], name: str) -> Result:
    """Do something in a thread that nobody waits for at the end: a folder on a dead network may never answer."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def finish(result: Result) -> None:
        if not done.cancelled():
            done.set_result(result)

    def fail(error: Exception) -> None:
        if not done.cancelled():
            done.set_exception(error)

    def run() -> None:
        try:
            told = partial(finish, deed())
        except Exception as error:  # for whoever waits
            told = partial(fail, error)
        # Where nobody waits any more, the loop may be closed, or be closed just now.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(told)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await done
