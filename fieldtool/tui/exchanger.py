"""An app that sends and takes in a thread of its own, while the person works on, and says when all was sent last."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.timer import Timer

from fieldtool.domain.method.case_line import Sent
from fieldtool.tui.copier import CopyingApp, in_thread
from fieldtool.tui.locker import ASKING
from fieldtool.tui.parts.bars import TitleBar
from fieldtool.tui.sync.sync_report import Report
from fieldtool.work.access import Access
from fieldtool.work.inspection_file import InspectionFile, StoreError

if TYPE_CHECKING:
    from fieldtool.store.chain.log import Log
    from fieldtool.store.file.database import Database
    from fieldtool.sync.differences import Difference
    from fieldtool.sync.exchange import Exchanged, Step
    from fieldtool.sync.news import News, Outlook
    from fieldtool.tui.sync.sync_screen import Password, SyncScreen

LOOK_EVERY, TAKE_IN_EVERY = 0.2, 1.0
"""Seconds between two looks at how far the exchange is, and between two at what came so far."""

PATIENCE = 3.0
"""Seconds that whoever leaves waits for an exchange that is told to stop."""

NOT_HERE = "only in the window in which one works"


class Stopped(Exception):  # noqa: N818  # nothing is wrong
    """The exchange was told to stop."""


class Exchange:
    """One exchange on its way: how far it is, whether it is to stop, and what passwords were given for it."""

    def __init__(self) -> None:
        self.step: Step | None = None
        self.passwords: dict[str, Password] = {}
        self._stop = threading.Event()
        self._over = threading.Event()

    def progress(self, step: Step) -> None:
        """Take note how far it is; in its thread.

        Raises:
            Stopped: it is to stop.
        """
        self.step = step
        if self._stop.is_set():
            raise Stopped

    def stop(self) -> None:
        """Have it stop after what is just being passed on."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    @contextmanager
    def going(self) -> Iterator[None]:
        """The time in which it goes on, in its thread."""
        try:
            if self._stop.is_set():
                raise Stopped
            yield
        finally:
            self._over.set()

    def wait(self, seconds: float) -> None:
        """Wait until it is over."""
        self._over.wait(seconds)


class SyncingApp(CopyingApp):
    """Sends and takes in the background; the screen shows how far it is, if it is there."""

    _person: str | None

    def __init__(self, roll: InspectionFile | None, door: Access | None, idle_minutes: int) -> None:
        super().__init__(roll, door, idle_minutes)
        self._report = Report()
        self._exchange: Exchange | None = None
        self._latest: Exchange | None = None
        self._watching: Timer | None = None
        self._taken_in_at = 0.0

    def take_in(self) -> None:
        """Let every screen show what came in from elsewhere."""
        raise NotImplementedError

    def begin_to_sync(self) -> None:
        """See where the team meets and when all was sent last; once the first screen is there."""
        from fieldtool.sync.places import last_sync, usual_place

        roll = self.roll
        try:
            place, last = usual_place(roll.database), last_sync(roll.database)
        except StoreError:  # whoever records something is told what is wrong
            return
        roll.sent = None if place is None else Sent(last.wall if last else "")
        self._tell(place=self._report.place or place or "", last=_last(last.wall, last.place) if last else "")
        for screen in self.screen_stack:
            for bar in screen.query(TitleBar):
                bar.refresh()

    def close(self) -> None:
        """Close the file, if it is open; an exchange stops after what is just being passed on."""
        if self._exchange is not None:
            self._exchange.stop()
        self._report = Report()
        super().close()

    def copy_at_last(self) -> str:
        """Copy, after all is closed and an exchange has stopped, what was recorded until now."""
        if self._latest is not None:
            self._latest.wait(PATIENCE)
        return super().copy_at_last()

    # The screen

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the key while everything is locked."""
        return super().check_action(action, parameters) and (action != "sync" or self._roll is not None)

    def action_sync(self) -> None:
        """Show what there is to send and to take."""
        from fieldtool.tui.sync.sync_screen import SyncScreen

        if self._shown():
            return
        self.begin_to_sync()
        self._report = replace(self._report, hints=())
        self.push_screen(SyncScreen(self.roll, self._report, self._why_not()))
        self._look_there()

    def on_sync_screen_named(self, event: SyncScreen.Named) -> None:
        """Use another place."""
        event.stop()
        place = event.place.strip()
        if "://" not in place:
            place = str(Path(os.path.expandvars(place)).expanduser().absolute())
        self._tell(place=place, here="", there="", good=(), bad=(), came=(), hints=())
        self._look_there()

    def on_sync_screen_start(self, event: SyncScreen.Start) -> None:
        """Send and take."""
        event.stop()
        self._synchronise()

    def on_sync_screen_stop(self, event: SyncScreen.Stop) -> None:
        """Stop after what is just being passed on."""
        event.stop()
        if self._exchange is not None:
            self._exchange.stop()
            self._show_how_far()

    def _busy(self) -> bool:
        """Whether an exchange is on its way."""
        return self._exchange is not None

    def _why_not(self) -> str:
        if self._door is None or self._person is None:
            return NOT_HERE
        return self.roll.why_read_only

    def _tell(self, **changes: object) -> None:
        self._report = replace(self._report, **changes)  # type: ignore[arg-type]  # fields of the report
        from fieldtool.tui.sync.sync_screen import SyncScreen

        for screen in self.screen_stack:
            if isinstance(screen, SyncScreen):
                screen.show(self._report)

    def _shown(self) -> bool:
        """Whether somebody looks at how it goes."""
        from fieldtool.tui.sync.sync_screen import SyncScreen

        return isinstance(self.screen, SyncScreen)

    # Looking what is new

    @work(group="look there", exclusive=True)
    async def _look_there(self) -> None:
        door, person, place = self._door, self._person, self._report.place
        if door is None or person is None or not place or self._busy() or self._why_not():
            return
        self._tell(here="looking …", there="looking …")
        connection = door.connection()

        def look() -> Outlook:
            from fieldtool.sync.news import look

            with connection() as database:
                return look(database, _log(database, person), place)

        from fieldtool.sync.event_store import SyncError

        try:
            outlook = await in_thread(look, "look there")
        except (SyncError, StoreError) as error:
            if not self._busy():
                self._tell(here="", there="not known", hints=self._report.hints or (str(error),))
            return
        if not self._busy() and self._report.place == place:
            there = "not known yet" if outlook.there is None else _records(outlook.there)
            self._tell(here=_entries(outlook.here), there=there)

    # Sending and taking

    @work
    async def _synchronise(self) -> None:
        door, person, place = self._door, self._person, self._report.place
        if door is None or person is None or not place or self._busy() or self._why_not():
            return
        from fieldtool.sync.event_store import SyncError

        exchange = self._exchange = self._latest = Exchange()
        self._watching = self.set_interval(LOOK_EVERY, self._show_how_far)
        self._tell(going=f"Looking at {place} …", percent=None, good=(), bad=(), came=(), hints=())
        connection, ask, witness = door.connection(), self._password_for(exchange), door.witness

        def run() -> News:
            from fieldtool.sync.news import exchange_news

            with exchange.going(), connection() as database:
                log = _log(database, person)
                return exchange_news(database, log, place, exchange.progress, ask, witness=witness)

        try:
            news = await in_thread(run, "exchange")
        except Stopped:
            told = "Stopped: what was passed on by then is safe, and the next time goes on from there."
            self._end(exchange, hints=(told,))
        except (SyncError, StoreError) as error:
            self._end(exchange, bad=(str(error),))
            self._notify_if_away(f"{error}", failed=True)
        else:
            self._keep_passwords(exchange)
            self._end(exchange, **_told(news))
            self._notify_if_away(_summary(news), failed=not news.exchanged.complete)
        finally:
            stopped = exchange.stopping
            exchange.stop()  # if nobody waits for it any more, as when the app is left
            self._watching.stop()
            self._exchange = None
        if stopped and self._roll is not None:
            self._look_there()

    def _end(self, exchange: Exchange, **changes: object) -> None:
        exchange.passwords.clear()
        if self._roll is None:  # locked meanwhile
            return
        self._changes = -1  # what this laptop alone has is counted anew
        if "conflicts" not in changes:  # what came before it stopped may have brought some
            changes["conflicts"] = _to_settle(self.roll)
        self._tell(**{"going": "", "percent": None, "here": "", "there": "", **changes})
        self.begin_to_sync()
        self.take_in()

    def _show_how_far(self) -> None:
        exchange = self._exchange
        if exchange is None or self._roll is None:
            return
        step = exchange.step
        if exchange.stopping:
            self._tell(going="Stopping after what is just being passed on …")
        elif step is not None:
            deed = "Sending" if step.sending else "Taking"
            percent = 100 * step.done // step.total if step.total else None
            self._tell(going=f"{deed} {step.done:,} of {step.total:,} …", percent=percent)
            if not step.sending and step.done and time.monotonic() - self._taken_in_at >= TAKE_IN_EVERY:
                self._taken_in_at = time.monotonic()
                self.take_in()

    def _notify_if_away(self, told: str, *, failed: bool) -> None:
        """Say in a corner what came of it, where the screen that says it is not there."""
        if self._roll is not None and not self._shown():
            self.notify(
                told, title="Send and take", severity="warning" if failed else "information", timeout=8
            )

    # Passwords

    def _password_for(self, exchange: Exchange) -> Callable[[str], str | None]:
        loop = asyncio.get_running_loop()

        def ask(login: str) -> str | None:
            """Ask the person, in the thread of the exchange, which waits."""
            answer: concurrent.futures.Future[Password | None] = concurrent.futures.Future()
            loop.call_soon_threadsafe(self._ask_password, login, answer)
            password = answer.result()
            if password is not None:
                exchange.passwords[login] = password
            return None if password is None else password.text

        return ask

    @work(group=ASKING)
    async def _ask_password(self, login: str, answer: concurrent.futures.Future[Password | None]) -> None:
        from fieldtool.tui.sync.sync_screen import AskPassword

        password = None
        try:
            # Who is at work elsewhere would type into it by mistake.
            if self._roll is not None and self._shown():
                password = await self.push_screen_wait(AskPassword(login))
        finally:
            answer.set_result(password)

    def _keep_passwords(self, exchange: Exchange) -> None:
        """Let the keyring keep the passwords that were right, where the person wished it."""
        from fieldtool.sync.central.connection import keep_password
        from fieldtool.sync.event_store import SyncError

        for login, password in exchange.passwords.items():
            if password.keep:
                try:
                    keep_password(login, password.text)
                except SyncError as error:
                    self.notify(str(error), severity="warning", timeout=8)


def _to_settle(roll: InspectionFile) -> int:
    from fieldtool.sync.news import to_settle

    try:
        return to_settle(roll.database)
    except StoreError:  # whoever records something is told what is wrong
        return 0


def _log(database: Database, person: str) -> Log:
    from fieldtool.store.chain.log import Log, new_device
    from fieldtool.store.chain.reading import device_of

    return Log(database, device_of(database) or new_device(database), person)


def _told(news: News) -> dict[str, object]:
    """What came of an exchange, as fields of the report."""
    done = news.exchanged
    good = [f"Sent {_records(done.went.new)}, took {_records(done.came.new)}."]
    bad = [*done.failures]
    if done.complete:
        good.append("Everything that is on this laptop is there.")
    bad += [_lacking(done, each) for each in done.lacking]
    bad += [
        f"Entry {each.first} of laptop {each.device.id} and what follows is there twice and differs: a file was "
        "copied or put back, and worked in on both sides. Both are kept: f4 shows what the other side says."
        for each in done.forks
    ]
    bad += [
        f"Entries {each.first} to {each.last} of laptop {each.device.id}"
        f"{f' ({each.who})' if each.who else ''} are missing there, and what follows waits for them: "
        "let that laptop send again."
        for each in done.waiting
    ]
    bad += [f"Set aside: {each}" for each in done.aside]
    if not done.complete and not bad:
        bad.append("The place could not be asked afterwards what it has: send again.")
    told = {"good": good, "bad": bad, "came": [*news.came], "conflicts": news.conflicts, "hints": ()}
    return told | ({"here": "nothing", "there": "nothing"} if done.complete else {})


def _lacking(done: Exchanged, each: Difference) -> str:
    return f"{done.place} does not have entries {each.first} to {each.last} of laptop {each.device.id}: send again."


def _summary(news: News) -> str:
    done = news.exchanged
    told = f"Sent {_records(done.went.new)}, took {_records(done.came.new)}."
    if not done.complete or done.failures:
        told += " Not everything is there: f3 says why."
    if news.conflicts:
        told += f" {news.conflicts} to settle: f4 on the list of cases."
    return told


def _entries(number: int) -> str:
    return "nothing" if not number else "1 entry" if number == 1 else f"{number:,} entries"


def _records(number: int) -> str:
    """So many events, among them what laptops record of themselves."""
    return "nothing" if not number else "1 record" if number == 1 else f"{number:,} records"


def _last(wall: str, place: str) -> str:
    try:
        when = datetime.fromisoformat(wall).astimezone()
    except ValueError:
        return ""
    today = datetime.now().astimezone().date()
    day = "today" if when.date() == today else when.strftime("%d %b %Y")
    return f"{day} {when:%H:%M}, to {place}"
