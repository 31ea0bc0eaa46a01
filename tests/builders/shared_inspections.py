"""Laptops of one team that share a small inspection, each with its own file, and a folder where they meet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from builders.inspections import LEAD, ME, OTHER, tiny
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.laptops import LaptopInvited, LaptopJoined
from fieldtool.store.chain.log import Log, new_device
from fieldtool.store.chain.reading import device_of, read_events
from fieldtool.store.file.database import Database
from fieldtool.store.file.local import set_local
from fieldtool.store.keys.membership import keep, take_part
from fieldtool.sync.news import News, exchange_news


class Team:
    """The lead's laptop and those of two inspectors, who have all that the lead had when they joined."""

    def __init__(self, folder: Path, make: Callable[[Path], Path] = tiny) -> None:
        self.stick = folder / "stick"
        self.stick.mkdir()
        self.files = {person: folder / f"{person}.db" for person in (LEAD, ME, OTHER)}
        make(self.files[LEAD])
        with Database.open(self.files[LEAD]) as host:
            log = Log(host, new_device(host), LEAD)
            own = take_part(host, log)
            set_local(host, "person", LEAD)
            theirs = {person: own.of_another() for person in (ME, OTHER)}
            log.record("", *(LaptopInvited(key=each.key, person=name) for name, each in theirs.items()))
            for person, membership in theirs.items():
                with Database.create(self.files[person]) as guest:
                    joined = Log(guest, new_device(guest), person)
                    joined.receive(read_events(host))
                    with guest.transaction():
                        keep(guest, membership)
                        joined.record_within("", LaptopJoined(device=joined.device.id, key=membership.key))
                    set_local(guest, "person", person)

    def say(self, person: str, ref: str, *bodies: Body) -> None:
        """Let somebody record something on their laptop."""
        with Database.open(self.files[person]) as database:
            self._log(database, person).record(ref, *bodies)

    def meet(self, person: str, place: str = "") -> News:
        """Let somebody send and take."""
        with Database.open(self.files[person]) as database:
            return exchange_news(database, self._log(database, person), place or str(self.stick))

    def _log(self, database: Database, person: str) -> Log:
        device = device_of(database)
        assert device is not None
        return Log(database, device, person)
