"""Keeps the second copy of the file up to date, and the line that says what is on this laptop alone."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from textual.app import App
from textual.timer import Timer

from fieldtool.domain.method.case_line import AtStake
from fieldtool.store.file.database import StoreError
from fieldtool.tui.open_file import OpenFile
from fieldtool.tui.parts.bars import TitleBar
from fieldtool.work.idle import Idle
from fieldtool.work.inspection_file import InspectionFile

LOOK_EVERY = 0.5
"""Seconds between two looks at whether anything was written, which cost next to nothing."""

COPY_AFTER, CHECK_AFTER = 1.5, 15.0
"""Seconds from one copy to the next where something is new, and where the folder is only looked after."""

QUIET, AT_LAST = 0.4, 10.0
"""A copy begins when no key was pressed for so many seconds, or at last after so many."""

Result = TypeVar("Result")

PATIENCE = 10.0
"""Seconds that whoever leaves waits for the last copy."""


class Copier:
    """Copies what is new in a thread of its own, so that no key waits for it; says once when it cannot.

    Args:
        idle: knows how long no key was pressed.
    """

    def __init__(self, app: App[None], file: OpenFile, idle: Callable[[], Idle]) -> None:
        self._app, self._file, self._idle = app, file, idle
        self._changes = -1
        self._copying = self._away = self._told = False
        self._last: Callable[[], None] | None = None
        self._copied_at = 0.0
        self._looking: Timer | None = None

    def begin(self) -> None:
        """Look what is new, now and from now on; only once the first screen is there, which need not wait for it."""
        if self._looking is None:
            self._looking = self._app.set_interval(LOOK_EVERY, self.look)
        self.look()

    def closing(self) -> None:
        """Keep what it takes to copy what was recorded at last, before the file is closed."""
        file, access = self._file.now, self._file.access
        if access is not None and file is not None and file.at_stake is not None and file.at_stake.copied:
            self._last = access.copier()
        self.count_anew()

    def count_anew(self) -> None:
        """Count at the next look what this laptop alone has."""
        self._changes = -1

    def copy_what_is_left(self) -> None:
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

    def look(self) -> None:
        """See whether anything was written, say how much of it is on this laptop alone, and begin to copy it."""
        file = self._file.now
        if file is None or not file.database.writable:
            return
        if file.changes != self._changes:
            self._changes = file.changes
            self._count(file)
        if self._file.access is not None and self._due(file.at_stake):
            self._copy(self._file.access.copier())

    def _due(self, at_stake: AtStake | None) -> bool:
        """Whether it is time for another copy."""
        if self._copying or at_stake is None or not at_stake.copied:
            return False
        waited = time.monotonic() - self._copied_at
        long_enough = waited >= (COPY_AFTER if at_stake.answers else CHECK_AFTER)
        return long_enough and (self._idle().quiet >= QUIET or waited >= AT_LAST)

    def _count(self, file: InspectionFile) -> None:
        before = file.at_stake
        try:
            now = file.look_at_copy(away=self._away)
        except StoreError:
            # Whoever records something is told what is wrong; until it is mended, the last number stands.
            self.count_anew()
            return
        if now != before:
            refresh_title_bars(self._app)

    def _copy(self, copy: Callable[[], None]) -> None:
        self._app.run_worker(self._copied(copy), name="second copy")

    async def _copied(self, copy: Callable[[], None]) -> None:
        self._copying = True
        try:
            await in_thread(copy, "second copy")
        except StoreError as error:
            self._away = True
            if not self._told and self._file.now is not None:
                self._app.notify(str(error), title="No second copy now", severity="warning", timeout=12)
                self._told = True
        else:
            if self._told and self._file.now is not None:
                self._app.notify("The second copy is up to date again.")
            self._away = self._told = False
        finally:
            self._copying = False
            self._copied_at = time.monotonic()
        if self._file.now is not None:
            self._count(self._file.now)


def refresh_title_bars(app: App[None]) -> None:
    """Draw the first line of every screen anew."""
    for screen in app.screen_stack:
        for bar in screen.query(TitleBar):
            bar.refresh()


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
