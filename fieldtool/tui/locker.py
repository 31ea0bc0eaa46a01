"""An app over one inspection file that locks: by a key, or when nobody has done anything for too long."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.binding import Binding, BindingType
from textual.widget import AwaitMount

from fieldtool.tui.parts.rows import Rows
from fieldtool.tui.plain_app import PlainApp
from fieldtool.work.access import Access, Idle
from fieldtool.work.inspection_file import InspectionFile, StoreError

if TYPE_CHECKING:
    from fieldtool.tui.setup.unlock_screen import UnlockScreen

LOOK_EVERY = 5.0
"""Seconds between two looks at whether anybody is there."""

ASKING = "asking"
"""The group of the workers that wait for an answer from a person."""


class LockableApp(PlainApp[None]):
    """Has the file open, or locked away.

    Args:
        roll: the open file; None if it has to be unlocked first, by the door.
        door: the way into the file, by which it is locked and opened again.
        idle_minutes: after how many without a key the inspection is locked; 0 for never.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, because dialogs keep all other keys of the app to themselves.
        Binding("ctrl+l", "lock", "Lock", id="app.lock", priority=True, show=False,
                tooltip="Lock the inspection until its passphrase is typed; everything is saved first"),
    ]  # fmt: skip

    def __init__(self, roll: InspectionFile | None, door: Access | None, idle_minutes: int) -> None:
        super().__init__()
        self._roll = roll
        self._door = door
        self._idle = Idle(idle_minutes if door is not None and door.encrypted else 0)
        self._locking = False

    # What the app does with it

    def opened(self, roll: InspectionFile) -> None:
        """Take the file that has just been unlocked.

        Raises:
            StoreError: whoever unlocked it may not work in it.
        """
        raise NotImplementedError

    async def show_work(self) -> None:
        """Show the first screen of the work, or what was left when it was locked."""
        raise NotImplementedError

    def about_to_lock(self) -> None:
        """Remember what to show after unlocking; everything is saved, and the screens are there still."""

    def locked_away(self) -> None:
        """Do what is to be done when the file is closed and nothing of it is shown any more."""

    def fit(self) -> None:
        """Look whether the terminal is large enough."""

    # The file

    @property
    def roll(self) -> InspectionFile:
        """The open file.

        Raises:
            StoreError: it is locked.
        """
        if self._roll is None:
            raise StoreError("The inspection is locked: type its passphrase first.")
        return self._roll

    def close(self) -> None:
        """Close the file, if it is open."""
        roll, self._roll = self._roll, None
        if roll is not None:
            roll.close()

    def settle(self) -> bool:
        """Record what is still being written; False if something could not be recorded."""
        settled = True
        for screen in self.screen_stack:
            settle = getattr(screen, "settle", None)
            settled = settled if settle is None else settle() and settled
        return settled

    def after_the_keys(self, deed: Callable[[], object]) -> None:
        """Do something behind all keys that are already on their way to the widget that has them."""
        if not (self.focused or self.screen).call_later(deed):
            self.call_later(deed)

    # Locking

    def on_mount(self) -> None:
        """Begin to look whether anybody is there."""
        self.set_interval(LOOK_EVERY, self._lock_if_idle)

    async def on_event(self, event: events.Event) -> None:
        """Notice that somebody is there; nothing comes of what they do too late, or while it is being locked."""
        if isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded:
            if self._locking or self._lock_if_idle():
                return
            self._idle.touched()
            if isinstance(event, events.Key) and await self._acts_at_once(event.key):
                return
        await super().on_event(event)

    async def _acts_at_once(self, key: str) -> bool:
        """Do what a key does before the next one is looked at, where the screen has nothing but such keys.

        Otherwise keys that come in one burst all go where the first one found the cursor: those behind the key
        that begins a note would answer prompts instead of being written.
        """
        if not getattr(self.screen, "KEYS_ACT_AT_ONCE", False) or not isinstance(self.focused, Rows):
            return False
        return await self._check_bindings(key, priority=True) or await self._check_bindings(key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the key that locks while everything is locked."""
        return super().check_action(action, parameters) and (action != "lock" or self._roll is not None)

    def action_lock(self) -> None:
        """Lock the inspection until its passphrase is typed."""
        if self._door is None or not self._door.encrypted:
            self.notify("This inspection has no passphrase, so there is nothing to lock it with.")
        else:
            self._begin_to_lock()

    def _lock_if_idle(self) -> bool:
        """Lock if nobody has done anything for too long; whether it is being locked now."""
        if self._roll is None or self._locking or not self._idle.over:
            return False
        self._idle.touched()  # where it cannot be locked now, it is tried again after the same time
        self._begin_to_lock()
        return True

    def _begin_to_lock(self) -> None:
        self._locking = True
        self.after_the_keys(self._lock)

    def _lock(self) -> None:
        if self._door is not None and self.settle():
            self.about_to_lock()
            self._lock_away(self._door)
        else:
            # The screen has said what could not be saved; locking would lose it.
            self._locking = False

    @work
    async def _lock_away(self, door: Access) -> None:
        """Take the screens away, and with them all that waits for an answer; then the file and its key."""
        try:
            self.workers.cancel_group(self, ASKING)
            self.clear_notifications()
            self._clipboard = ""
            with self.batch_update():
                await self._take_screens_away()
                self.close()
                door.lock()
                await self.show_lock(door)
                self.fit()
        finally:
            self._locking = False
        self.locked_away()

    def show_lock(self, door: Access) -> AwaitMount:
        """Ask for the passphrase."""
        # Late, because an inspection that is not encrypted need not wait for it.
        from fieldtool.tui.setup.unlock_screen import UnlockScreen

        return self.push_screen(UnlockScreen(door))

    def on_unlock_screen_unlocked(self, event: UnlockScreen.Unlocked) -> None:
        """Open the file, and go on with the work."""
        door = event.screen.door
        try:
            self._roll = door.open()
            self.opened(self._roll)
        except StoreError as error:
            self.close()
            door.lock()
            event.screen.refuse(str(error))
        else:
            self._idle.touched()
            self._come_back()

    @work
    async def _come_back(self) -> None:
        with self.batch_update():
            await self._take_screens_away()
            await self.show_work()
            self.fit()

    async def _take_screens_away(self) -> None:
        while len(self.screen_stack) > 1:
            await self.pop_screen()
