"""Sends and takes in a thread of its own, while the person works on, and says when all was sent last."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from textual.app import App

from fieldtool.domain.method.case_line import Sent
from fieldtool.domain.words.days import moment
from fieldtool.domain.words.numbers import counted
from fieldtool.files import typed_path
from fieldtool.store.file.database import StoreError
from fieldtool.tui.copier import in_thread, refresh_title_bars
from fieldtool.tui.locker import ASKING
from fieldtool.tui.open_file import OpenFile
from fieldtool.tui.sync.sync_report import Report
from fieldtool.work import clock
from fieldtool.work.access import Access
from fieldtool.work.inspection_file import InspectionFile

if TYPE_CHECKING:
    from fieldtool.store.chain.log import Log
    from fieldtool.store.file.database import Database
    from fieldtool.sync.exchange import Step
    from fieldtool.sync.news import News, Outlook
    from fieldtool.tui.sync.sync_screen import Password

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


class Exchanger:
    """Sends and takes in the background; the screen shows how far it is, if it is there.

    Args:
        take_in: lets every screen show what came in.
        count_anew: has it counted anew what this laptop alone has.
    """

    def __init__(
        self, app: App[None], file: OpenFile, take_in: Callable[[], None], count_anew: Callable[[], None]
    ) -> None:
        self._app, self._file = app, file
        self._take_in, self._count_anew = take_in, count_anew
        self.exchange: Exchange | None = None
        """What is on its way now."""
        self._latest: Exchange | None = None
        self._report = Report()
        self._taken_in_at = 0.0

    def begin(self) -> None:
        """See where the team meets and when all was sent last; once the first screen is there."""
        from fieldtool.sync.places import last_sync, usual_place

        inspection_file = self._file.file
        try:
            place, last = usual_place(inspection_file.database), last_sync(inspection_file.database)
        except StoreError:  # whoever records something is told what is wrong
            return
        inspection_file.sent = None if place is None else Sent(last.wall if last else "")
        told = f"{moment(last.wall, _today())}, to {last.place}" if last else ""
        self._tell(place=self._report.place or place or "", last=told)
        refresh_title_bars(self._app)

    def closing(self) -> None:
        """Have an exchange stop after what is just being passed on, before the file is closed."""
        if self.exchange is not None:
            self.exchange.stop()
        self._report = Report()

    def wait(self) -> None:
        """Wait until the latest exchange is over, but not for long."""
        if self._latest is not None:
            self._latest.wait(PATIENCE)

    # What the screen asks for

    def show(self) -> None:
        """Show what there is to send and to take."""
        from fieldtool.tui.sync.sync_screen import SyncScreen

        if self._shown():
            return
        self.begin()
        self._report = replace(self._report, hints=())
        self._app.push_screen(SyncScreen(self._file.file, self._report, self._why_not()))
        self._look_there()

    def use(self, place: str) -> None:
        """Use another place."""
        place = place.strip()
        if "://" not in place:
            place = str(typed_path(os.path.expandvars(place)).absolute())
        self._tell(place=place, here="", there="", good=(), bad=(), came=(), hints=())
        self._look_there()

    def start(self) -> None:
        """Send and take, if somebody is there who may, and nothing is on its way."""
        asked = self._asked()
        if asked is not None:
            self._app.run_worker(self._synchronise(*asked), name="exchange")

    def stop(self) -> None:
        """Stop after what is just being passed on."""
        if self.exchange is not None:
            self.exchange.stop()
            self._show_how_far()

    def _asked(self) -> tuple[Access, str, str] | None:
        """The way into the file, who works here, and the place; None where nothing can be sent or taken now."""
        access, person, place = self._file.access, self._file.person, self._report.place
        if access is None or person is None or not place or self.exchange is not None:
            return None
        return None if self._why_not() else (access, person, place)

    def _why_not(self) -> str:
        if self._file.access is None or self._file.person is None:
            return NOT_HERE
        return self._file.file.why_read_only

    def _tell(self, **changes: object) -> None:
        self._report = replace(self._report, **changes)  # type: ignore[arg-type]  # fields of the report
        from fieldtool.tui.sync.sync_screen import SyncScreen

        for screen in self._app.screen_stack:
            if isinstance(screen, SyncScreen):
                screen.show(self._report)

    def _shown(self) -> bool:
        """Whether somebody looks at how it goes."""
        from fieldtool.tui.sync.sync_screen import SyncScreen

        return isinstance(self._app.screen, SyncScreen)

    # Looking what is new

    def _look_there(self) -> None:
        asked = self._asked()
        if asked is not None:
            self._app.run_worker(self._looked(*asked), name="look there", group="look there", exclusive=True)

    async def _looked(self, access: Access, person: str, place: str) -> None:
        self._tell(here="looking …", there="looking …")
        connection = access.connection()

        def look() -> Outlook:
            from fieldtool.sync.news import look

            with connection() as database:
                return look(database, _log(database, person), place)

        from fieldtool.sync.event_store import SyncError

        try:
            outlook = await in_thread(look, "look there")
        except (SyncError, StoreError) as error:
            if self.exchange is None:
                self._tell(here="", there="not known", hints=self._report.hints or (str(error),))
            return
        if self.exchange is None and self._report.place == place:
            there = "not known yet" if outlook.there is None else _so_many(outlook.there, "record")
            self._tell(here=_so_many(outlook.here, "entry", "entries"), there=there)

    # Sending and taking

    async def _synchronise(self, access: Access, person: str, place: str) -> None:
        from fieldtool.sync.event_store import SyncError

        exchange = self.exchange = self._latest = Exchange()
        watching = self._app.set_interval(LOOK_EVERY, self._show_how_far)
        self._tell(going=f"Looking at {place} …", percent=None, good=(), bad=(), came=(), hints=())
        connection, ask, guard = access.connection(), self._password_for(exchange), access.guard

        def run() -> News:
            from fieldtool.sync.news import exchange_news

            with exchange.going(), connection() as database:
                log = _log(database, person)
                return exchange_news(database, log, place, exchange.progress, ask, guard=guard)

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
            watching.stop()
            self.exchange = None
        if stopped and self._file.now is not None:
            self._look_there()

    def _end(self, exchange: Exchange, **changes: object) -> None:
        exchange.passwords.clear()
        if self._file.now is None:  # locked meanwhile
            return
        self._count_anew()
        if "conflicts" not in changes:  # what came before it stopped may have brought some
            changes["conflicts"] = _to_settle(self._file.file)
        self._tell(**{"going": "", "percent": None, "here": "", "there": "", **changes})
        self.begin()
        self._take_in()

    def _show_how_far(self) -> None:
        exchange = self.exchange
        if exchange is None or self._file.now is None:
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
                self._take_in()

    def _notify_if_away(self, told: str, *, failed: bool) -> None:
        """Say in a corner what came of it, where the screen that says it is not there."""
        if self._file.now is not None and not self._shown():
            self._app.notify(
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

    def _ask_password(self, login: str, answer: concurrent.futures.Future[Password | None]) -> None:
        self._app.run_worker(self._asked_password(login, answer), name="password", group=ASKING)

    async def _asked_password(self, login: str, answer: concurrent.futures.Future[Password | None]) -> None:
        from fieldtool.tui.sync.sync_screen import AskPassword

        password = None
        try:
            # Who is at work elsewhere would type into it by mistake.
            if self._file.now is not None and self._shown():
                password = await self._app.push_screen_wait(AskPassword(login))
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
                    self._app.notify(str(error), severity="warning", timeout=8)


def _to_settle(inspection_file: InspectionFile) -> int:
    from fieldtool.sync.news import to_settle

    try:
        return to_settle(inspection_file.database)
    except StoreError:  # whoever records something is told what is wrong
        return 0


def _log(database: Database, person: str) -> Log:
    from fieldtool.store.chain.log import Log, new_device
    from fieldtool.store.chain.reading import device_of

    return Log(database, device_of(database) or new_device(database), person)


def _told(news: News) -> dict[str, object]:
    """What came of an exchange, as fields of the report."""
    from fieldtool.sync import exchange_words

    done = news.exchanged
    good = [exchange_words.passed_on(done), *([exchange_words.ALL_THERE] if done.complete else [])]
    bad = [*exchange_words.amiss(done)]
    told = {"good": good, "bad": bad, "came": [*news.came], "conflicts": news.conflicts, "hints": ()}
    return told | ({"here": "nothing", "there": "nothing"} if done.complete else {})


def _summary(news: News) -> str:
    from fieldtool.sync.exchange_words import passed_on

    done = news.exchanged
    told = passed_on(done)
    if not done.complete or done.failures:
        told += " Not everything is there: f3 says why."
    if news.conflicts:
        told += f" {news.conflicts} to settle: f4 on the list of cases."
    return told


def _so_many(number: int, one: str, many: str = "") -> str:
    return counted(number, one, many) if number else "nothing"


def _today() -> date:
    return clock.today()
