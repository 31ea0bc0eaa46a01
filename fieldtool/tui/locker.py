"""Locks the inspection: by a key, or when nobody has done anything for too long; and opens it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from textual.widget import AwaitMount

from fieldtool.store.file.database import StoreError
from fieldtool.tui.open_file import OpenFile
from fieldtool.tui.parts.base_screen import BaseScreen
from fieldtool.tui.plain_app import PlainApp
from fieldtool.work.idle import Idle

if TYPE_CHECKING:
    from fieldtool.tui.setup.unlock_screen import UnlockScreen

LOOK_EVERY = 5.0
"""Seconds between two looks at whether anybody is there."""

ASKING = "asking"
"""The group of the workers that wait for an answer from a person."""


class Work(Protocol):
    """The work that is locked away and shown again."""

    def about_to_lock(self) -> None:
        """Remember what to show after unlocking; everything is saved, and the screens are there still."""

    def lock_away(self) -> None:
        """Close the file, and forget what was taken from it; nothing of it is shown any more."""

    def opened(self) -> None:
        """Take the file that has just been unlocked.

        Raises:
            StoreError: whoever unlocked it may not work in it.
        """

    async def show_work(self) -> None:
        """Show the first screen of the work, or what was left when it was locked."""

    def fit(self) -> None:
        """Look whether the terminal is large enough."""


class Locker:
    """Knows whether anybody is there, and locks the file away until its passphrase is typed.

    Args:
        app: shows the screens; what it does when it is locked and unlocked is `work`.
        idle_minutes: after how many without a key the inspection is locked; 0 for never.
    """

    def __init__(self, app: PlainApp[None], work: Work, file: OpenFile, idle_minutes: int) -> None:
        self._app, self._work, self._file = app, work, file
        self.idle = Idle(idle_minutes if file.encrypted else 0)
        self.locking = False
        """Whether it is being locked now."""

    def begin(self) -> None:
        """Begin to look whether anybody is there."""
        self._app.set_interval(LOOK_EVERY, self.lock_if_idle)

    def too_late(self) -> bool:
        """Whether nothing comes of what somebody does now; else notice that somebody is there."""
        if self.locking or self.lock_if_idle():
            return True
        self.idle.touched()
        return False

    def settle(self) -> bool:
        """Record what is still being written on any screen; False if something could not be recorded."""
        settled = True
        for screen in self._app.screen_stack:
            if isinstance(screen, BaseScreen):
                settled = screen.settle() and settled
        return settled

    def lock(self) -> None:
        """Lock the inspection until its passphrase is typed."""
        if self._file.encrypted:
            self._begin_to_lock()
        else:
            self._app.notify("This inspection has no passphrase, so there is nothing to lock it with.")

    def lock_if_idle(self) -> bool:
        """Lock if nobody has done anything for too long; whether it is being locked now."""
        if self._file.now is None or self.locking or not self.idle.over:
            return False
        self.idle.touched()  # where it cannot be locked now, it is tried again after the same time
        self._begin_to_lock()
        return True

    def _begin_to_lock(self) -> None:
        self.locking = True
        self._app.after_the_keys(self._lock)

    def _lock(self) -> None:
        if self.settle():
            self._work.about_to_lock()
            self._app.run_worker(self._lock_away(), name="lock")
        else:
            # The screen has said what could not be saved; locking would lose it.
            self.locking = False

    async def _lock_away(self) -> None:
        """Take the screens away, and with them all that waits for an answer; then the file and its key."""
        app, access = self._app, self._file.access
        try:
            app.workers.cancel_group(app, ASKING)
            app.clear_notifications()
            with app.batch_update():
                await self._take_screens_away()
                self._work.lock_away()
                if access is not None:
                    access.lock()
                await self.show_lock()
                self._work.fit()
        finally:
            self.locking = False

    def show_lock(self) -> AwaitMount:
        """Ask for the passphrase."""
        # Late, because an inspection that is not encrypted need not wait for it.
        from fieldtool.tui.setup.unlock_screen import UnlockScreen

        assert self._file.access is not None  # noqa: S101  # only what has a way in is ever locked
        return self._app.push_screen(UnlockScreen(self._file.access))

    def unlocked(self, screen: UnlockScreen) -> None:
        """Open the file, and go on with the work."""
        try:
            self._file.now = screen.access.open()
            self._work.opened()
        except StoreError as error:
            self._work.lock_away()
            screen.access.lock()
            screen.refuse(str(error))
        else:
            self.idle.touched()
            self._app.run_worker(self._come_back(), name="come back")

    async def _come_back(self) -> None:
        with self._app.batch_update():
            await self._take_screens_away()
            await self._work.show_work()
            self._work.fit()

    async def _take_screens_away(self) -> None:
        while len(self._app.screen_stack) > 1:
            await self._app.pop_screen()
