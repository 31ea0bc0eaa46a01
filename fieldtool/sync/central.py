"""The central store: the events of one inspection in a PostgreSQL database that many inspections share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from operator import attrgetter
from types import TracebackType
from typing import TYPE_CHECKING

from fieldtool.domain.events import GENESIS, Event, EventId
from fieldtool.store.log import Device, Received
from fieldtool.sync import central_rows as sql
from fieldtool.sync.central_connection import Address, AskPassword, Patience, connect
from fieldtool.sync.central_rows import Row, blocks, fitting, given, kept
from fieldtool.sync.central_schema import check_version, inspection_key
from fieldtool.sync.stores import Held, Holdings, SyncError

if TYPE_CHECKING:
    from fieldtool.sync.central_connection import Connection

PAGE = 2_000
"""How many events are taken at a time."""

PATIENCE = 120.0
"""Seconds that the server may leave a step unanswered."""

TRIES = 3
"""How often a batch is sent when the server says that others were in the way."""


class Forked(SyncError):  # noqa: N818  # what has happened says more than "error"
    """The central store has another event under the same number: a laptop was restored and went on.

    Attributes:
        id: the event, or one that comes after the first that differs.
    """

    def __init__(self, id: EventId) -> None:
        super().__init__(
            f"The central store has another event under the number {id}: this laptop was restored from an old "
            "copy and went on; nothing of this batch was sent, tell the lead inspector."
        )
        self.id = id


class CentralStore(AbstractContextManager["CentralStore"]):
    """One inspection in the central store; it connects when it is first asked, and again after a failure.

    Used by one thread.

    Args:
        address: as `Address.parse` reads it.
        inspection: the inspection's id, as its laptops know it: see `inspection_key`.
        ask: how the password is asked for where it is found nowhere.
        waits: seconds that the server may leave a step unanswered.
    """

    def __init__(
        self, address: str, inspection: str, ask: AskPassword | None = None, waits: float = PATIENCE
    ) -> None:
        self.address = Address.parse(address)
        self.inspection = inspection_key(inspection)
        self._ask = ask
        self._waits = waits
        self._connection: Connection | None = None

    @property
    def name(self) -> str:
        """What a person calls the place."""
        return "the central store"

    def __repr__(self) -> str:
        return f"<CentralStore {self.inspection} at {self.address}>"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Log out."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def holdings(self) -> Holdings:
        """What the server has now, as it says itself.

        Raises:
            SyncError: it cannot be reached, or does not let this person in.
        """
        self._admit()
        rows = self._rows(sql.ENDS)
        return {Device(given(row[0]), row[1]): Held(row[2], row[3]) for row in rows}

    def take(self, known: Holdings) -> Iterator[Sequence[Event]]:
        """The events that are not known yet, chain by chain in the order of their numbers, in batches.

        A chain in which something does not fit is given as far as it does, and the others whole.

        Raises:
            SyncError: the server cannot be read any further; or, in the end, which chains did not fit.
        """
        broken: list[EventId] = []
        for device, held in sorted(self.holdings().items()):
            end = known.get(device, _NOTHING)
            while end.seq < held.seq:
                rows = self._page(device, end.seq, held.seq)
                events = list(fitting(rows, device, end))
                if events:
                    yield events
                    end = Held(events[-1].id.seq, events[-1].hash)
                if not events or len(events) < len(rows):
                    broken.append(EventId(*device, end.seq + 1))
                    break
        if broken:
            raise SyncError(
                f"{', '.join(map(str, broken))} in the central store does not continue what came before: all else "
                "has come; a laptop was restored from an old copy or somebody meddled, tell the lead inspector."
            )

    def send(self, batches: Iterable[Sequence[Event]]) -> Received:
        """Keep events, each batch whole or not at all; those that are known already change nothing.

        Raises:
            Forked: the server has another event under the same number.
            SyncError: an event does not continue its chain, or the server cannot be written any further.
        """
        if not self._admit():
            raise SyncError(
                f"{self.address.login} may read this inspection in the central store and not add to it: ask the "
                "lead inspector, who can change that."
            )
        new = known = 0
        for batch in batches:
            if batch:
                added = self._keep(sorted(batch, key=attrgetter("id")))
                new += added
                known += len(batch) - added
        return Received(new, known)

    def _keep(self, events: Sequence[Event]) -> int:
        """Send one batch, and say how many of its events were new."""
        for left in reversed(range(TRIES)):
            try:
                return self._add(events)
            except SyncError as error:
                # Somebody was in the way: rare on one server, everyday on a distributed one.
                state = getattr(error.__cause__, "sqlstate", None) or ""
                if not left or not state.startswith("40"):
                    raise
        raise AssertionError("unreachable")

    def _add(self, events: Sequence[Event]) -> int:
        with self._talking() as (connection, patience):
            try:
                connection.execute(sql.BEGIN)
                fresh = _checked(events, self._hashes(_before(events)))
                with connection.cursor().copy(sql.COPY) as copy:
                    for lines in blocks(fresh):
                        patience.again()
                        copy.write(lines)
                patience.again()
                added = connection.execute(sql.INSERT, {"inspection": self.inspection}).rowcount
                if added < len(fresh):
                    self._refuse_others()
                connection.execute("COMMIT")
            except BaseException:
                if not connection.closed:
                    connection.execute("ROLLBACK")
                raise
        return added

    def _hashes(self, ids: Sequence[EventId]) -> dict[EventId, bytes]:
        """The hashes of those events that the server has."""
        if not ids:
            return {}
        devices, incarnations, seqs = zip(*ids, strict=True)
        rows = self._rows(
            sql.HASHES, devices=list(map(kept, devices)), incarnations=list(incarnations), seqs=list(seqs)
        )
        return {EventId(given(row[0]), row[1], row[2]): row[3] for row in rows}

    def _refuse_others(self) -> None:
        """Among the events of the batch that were there already, look for one that is another than ours."""
        for device, incarnation, seq in self._rows(sql.OTHERS):
            raise Forked(EventId(given(device), incarnation, seq))

    def _page(self, device: Device, after: int, last: int) -> list[Row]:
        chain = {"device": kept(device.id), "incarnation": device.incarnation}
        return self._rows(sql.EVENTS, **chain, after=after, last=last, page=PAGE)

    def _rows(self, query: str, **values: object) -> list[Row]:
        with self._talking() as (connection, _):
            return connection.execute(query, {"inspection": self.inspection, **values}).fetchall()

    def _admit(self) -> bool:
        """Whether this person may add to the inspection.

        Raises:
            SyncError: the store is of another version, or the person does not belong to the inspection.
        """
        with self._talking() as (connection, _):
            check_version(connection, self.address)
            found = connection.execute(sql.PERSON, {"inspection": self.inspection}).fetchone()
            login = connection.info.user
        if found is None:
            raise SyncError(
                f"{login} does not belong to this inspection in the central store at {self.address.place}: ask "
                "the lead inspector, who adds people with `fieldtool central people`."
            )
        return bool(found[0])

    @contextmanager
    def _talking(self) -> Iterator[tuple[Connection, Patience]]:
        if self._connection is None:
            self._connection = connect(self.address, self._ask)
        connection = self._connection
        try:
            with Patience(connection, self.address, self._waits) as patience:
                yield connection, patience
        finally:
            if connection.closed:
                self._connection = None


def _before(events: Sequence[Event]) -> list[EventId]:
    """What the first event of each chain in a batch continues, where it is not the first of all."""
    firsts = {event.id[:2]: event.id for event in reversed(events)}
    return [id._replace(seq=id.seq - 1) for id in firsts.values() if id.seq > 1]


def _checked(events: Sequence[Event], hashes: Mapping[EventId, bytes]) -> list[Event]:
    """The events of a batch, each once, when all continue their chains.

    Raises:
        Forked: the server, or the batch itself, has another event under the same number.
        SyncError: one comes before those that it continues, or is not as it was written.
    """
    fresh: list[Event] = []
    last: Event | None = None
    for event in events:
        if last is not None and last.id == event.id:
            if last.hash != event.hash:
                raise Forked(event.id)
            continue
        before = event.id._replace(seq=event.id.seq - 1)
        if event.id.seq == 1:
            previous: bytes | None = GENESIS
        elif last is not None and last.id == before:
            previous = last.hash
        else:
            previous = hashes.get(before)
        if previous is None:
            raise SyncError(
                f"Event {event.id} cannot be sent before {before}, which the central store does not have: "
                "nothing of this batch was sent; do it again, and everything from there on will be."
            )
        if not _continues(event, previous):
            if before in hashes:
                raise Forked(before)
            raise SyncError(
                f"Event {event.id} was altered after it was written: nothing of this batch was sent."
            )
        fresh.append(event)
        last = event
    return fresh


def _continues(event: Event, previous: bytes) -> bool:
    try:
        return event.hash == event.chained(previous)
    except ValueError:  # half a sign, which no text of an event can have
        return False


_NOTHING = Held(0, GENESIS)
