"""The central store: the events of one inspection in a PostgreSQL database that many inspections share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import groupby
from operator import attrgetter
from types import TracebackType
from typing import TYPE_CHECKING

from fieldtool.domain.events import GENESIS, Event, EventId
from fieldtool.store.log import Device, Received
from fieldtool.sync import central_rows as sql
from fieldtool.sync.central_connection import Address, AskPassword, Patience, connect
from fieldtool.sync.central_rows import Row, blocks, event_of, given, kept
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


class _Misfit(Exception):  # noqa: N818  # it never leaves this file: see `CentralStore.misfits`
    def __init__(self, id: EventId) -> None:
        super().__init__(str(id))
        self.id = id


class CentralStore(AbstractContextManager["CentralStore"]):
    """One inspection in the central store; it connects when it is first asked, and again after a failure.

    Used by one thread.

    Args:
        address: as `Address.parse` reads it.
        inspection: the inspection's id, as its laptops know it: see `inspection_key`.
        ask: how the password is asked for where it is found nowhere.
        waits: seconds that the server may leave a step unanswered.

    Attributes:
        misfits: the chains of which something was refused, and the first event that was: it continues nothing
            that the server has, was altered, or another event has its number there, as when a laptop was
            restored from an old copy and went on.
    """

    def __init__(
        self, address: str, inspection: str, ask: AskPassword | None = None, waits: float = PATIENCE
    ) -> None:
        self.address = Address.parse(address)
        self.inspection = inspection_key(inspection)
        self._ask = ask
        self._waits = waits
        self.misfits: dict[Device, EventId] = {}
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

        Raises:
            SyncError: the server cannot be read any further; the batches given so far are good.
        """
        for device, held in sorted(self.holdings().items()):
            seq = known.get(device, _NOTHING).seq
            while seq < held.seq:
                batch = self._page(device, seq, held.seq)
                if not batch:
                    break
                yield batch
                seq = batch[-1].id.seq

    def send(self, batches: Iterable[Sequence[Event]]) -> Received:
        """Keep events, each batch whole or not at all; those that are known already change nothing.

        A chain in which something does not fit goes no further, and is named in `misfits`; all others go on.

        Raises:
            SyncError: the server cannot be written any further; the batches before are kept.
        """
        if not self._admit():
            raise SyncError(
                f"{self.address.login} may read this inspection in the central store and not add to it: ask the "
                "lead inspector, who can change that."
            )
        self.misfits.clear()
        new = known = 0
        for batch in batches:
            wanted = sorted(batch, key=attrgetter("id"))
            if self.misfits:
                wanted = [event for event in wanted if _chain(event) not in self.misfits]
            try:
                received = self._keep(wanted)
            except _Misfit:
                received = self._one_by_one(wanted)
            new, known = new + received.new, known + received.known
        return Received(new, known)

    def _one_by_one(self, events: Sequence[Event]) -> Received:
        """Keep each chain of a batch by itself, as far as it fits."""
        new = known = 0
        for chain, group in groupby(events, key=_chain):
            fitting = list(group)
            received = None
            while received is None:
                try:
                    received = self._keep(fitting)
                except _Misfit as misfit:
                    self.misfits[chain] = misfit.id
                    fitting = [event for event in fitting if event.id < misfit.id]
            new, known = new + received.new, known + received.known
        return Received(new, known)

    def _keep(self, events: Sequence[Event]) -> Received:
        """Send some events in one transaction.

        Raises:
            _Misfit: none was kept, because this one does not fit.
        """
        if not events:
            return Received(0, 0)
        for left in reversed(range(TRIES)):
            try:
                new = self._add(events)
            except SyncError as error:
                # Somebody was in the way: rare on one server, everyday on a distributed one.
                state = getattr(error.__cause__, "sqlstate", None) or ""
                if not left or not state.startswith("40"):
                    raise
            else:
                break
        return Received(new, len(events) - new)

    def _add(self, events: Sequence[Event]) -> int:
        with self._talking() as (connection, patience):
            try:
                connection.execute(sql.BEGIN)
                fitting = _checked(events, self._hashes(_before(events)))
                incoming = connection.cursor()
                with incoming.copy(sql.COPY) as copy:
                    # The server reads one block while the next is checked and written.
                    for block in blocks(fitting):
                        patience.again()
                        copy.write(block)
                patience.again()
                added = connection.execute(sql.INSERT, {"inspection": self.inspection}).rowcount
                if added < incoming.rowcount:
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
            raise _Misfit(EventId(given(device), incarnation, seq))

    def _page(self, device: Device, after: int, last: int) -> list[Event]:
        chain = {"device": kept(device.id), "incarnation": device.incarnation}
        return [
            event_of(row, device)
            for row in self._rows(sql.EVENTS, **chain, after=after, last=last, page=PAGE)
        ]

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


def _chain(event: Event) -> Device:
    return Device(event.id.device, event.id.incarnation)


def _before(events: Sequence[Event]) -> list[EventId]:
    """What the first event of each chain in a batch continues, where it is not the first of all."""
    firsts = {event.id[:2]: event.id for event in reversed(events)}
    return [id._replace(seq=id.seq - 1) for id in firsts.values() if id.seq > 1]


def _checked(events: Iterable[Event], hashes: Mapping[EventId, bytes]) -> Iterator[Event]:
    """The events of a batch, in their order and each once, for as long as all continue their chains.

    Args:
        hashes: of what the server has before the first of each chain.

    Raises:
        _Misfit: one does not.
    """
    chain: Sequence[object] = ()
    seq, end = 0, GENESIS
    for event in events:
        here = event.id.seq
        if event.id[:2] != chain:
            before = hashes.get(event.id._replace(seq=here - 1))
            if here != 1 and before is None:
                raise _Misfit(event.id)
            chain, seq, end = event.id[:2], here - 1, before or GENESIS
        elif here == seq and event.hash == end:
            continue
        if here != seq + 1 or not _continues(event, end):
            raise _Misfit(event.id)
        yield event
        seq, end = here, event.hash


def _continues(event: Event, previous: bytes) -> bool:
    try:
        return event.hash == event.chained(previous)
    except ValueError:  # half a sign, which no text of an event can have
        return False


_NOTHING = Held(0, GENESIS)
