"""The central store: the events of one inspection in a PostgreSQL database that many inspections share."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from fieldtool.domain.log.events import GENESIS, ChainId, Event, EventId
from fieldtool.store.chain.receiving import Received
from fieldtool.store.file.database import Closing
from fieldtool.sync.central import branches, rows
from fieldtool.sync.central.branches import COUNTED, continues
from fieldtool.sync.central.connection import Address, Patience, connect
from fieldtool.sync.central.rows import Row, blocks, event_of, given
from fieldtool.sync.central.schema import check_version, inspection_key
from fieldtool.sync.event_store import NOTHING, AskPassword, Branch, Has, Held, Holdings, Part, SyncError

if TYPE_CHECKING:
    from fieldtool.sync.central.connection import Connection

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


class CentralStore(Closing):
    """One inspection in the central store; it connects when it is first asked, and again after a failure.

    Used by one thread.

    Args:
        address: as `Address.parse` reads it.
        inspection: the inspection's id, as its laptops know it: see `inspection_key`.
        ask: how the password is asked for where it is found nowhere.
        waits: seconds that the server may leave a step unanswered.
        has: what the laptop that takes from the store has; it is given all branches of forked chains then.

    Attributes:
        misfits: the chains of which something was refused, and the first event that was: it continues nothing
            that the server has, or was altered.
    """

    def __init__(
        self,
        address: str,
        inspection: str,
        ask: AskPassword | None = None,
        waits: float = PATIENCE,
        has: Has | None = None,
    ) -> None:
        self.address = Address.parse(address)
        self.inspection = inspection_key(inspection)
        self._ask = ask
        self._waits = waits
        self._has = has
        self.misfits: dict[ChainId, EventId] = {}
        self._connection: Connection | None = None

    @property
    def name(self) -> str:
        """What a person calls the place."""
        return "the central store"

    def __repr__(self) -> str:
        return f"<CentralStore {self.inspection} at {self.address}>"

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
        given_rows = self._rows(rows.ENDS)
        return {ChainId(given(row[0]), row[1]): Held(row[2], row[3]) for row in given_rows}

    def branches(self) -> list[Branch]:
        """The other branches of chains that have gone two ways, each after the one that it has left.

        Raises:
            SyncError: the server cannot be read.
        """
        return [
            Branch(ChainId(given(row[0]), row[1]), row[2], row[3], Held(row[4], row[5]))
            for row in self._rows(branches.BRANCHES)
        ]

    def has(self, wanted: Sequence[tuple[EventId, bytes]]) -> frozenset[bytes]:
        """Which of these events the server has, in whatever branch: their hashes.

        Raises:
            SyncError: the server cannot be read.
        """
        if not wanted:
            return frozenset()
        values = _columns([id for id, _ in wanted])
        return frozenset(
            row[0] for row in self._rows(branches.HAVE, **values, hashes=[digest for _, digest in wanted])
        )

    def news(self, known: Holdings) -> Iterator[Part]:
        """The parts of chains that are not known yet; of forked ones every branch, if it is known what the laptop has.

        Raises:
            SyncError: the server cannot be read.
        """
        ends = sorted(self.holdings().items())
        new = [(device, end) for device, end in ends if not self._is_known(device, end, known.get(device))]
        before = [EventId(*device, known[device].seq) for device, _ in new if device in known]
        hashes = self._hashes(before) if self._has is not None else {}
        for device, end in new:
            part = Part(device, COUNTED, known.get(device, NOTHING).seq + 1, end.seq)
            fits = part.first == 1 or hashes.get(EventId(*device, part.first - 1)) == known[device].hash
            if self._has is not None and not fits:
                part = part._replace(first=self._first_unknown(part._replace(first=1), self._has))
            yield part
        if self._has is not None:
            yield from self._unknown_branches(self._has)

    def _unknown_branches(self, has: Has) -> Iterator[Part]:
        for device, name, first, end in self.branches():
            if not has(EventId(*device, end.seq), end.hash):
                part = Part(device, name, first, end.seq)
                yield part._replace(first=self._first_unknown(part, has))

    def take(self, known: Holdings) -> Iterator[Sequence[Event]]:
        """The events that are not known yet, chain by chain in the order of their numbers, in batches.

        Where it is known what the laptop has, the other branches of forked chains come after all that.

        Raises:
            SyncError: the server cannot be read any further; the batches given so far are good.
        """
        for part in self.news(known):
            left = part
            while left.first <= left.last and (batch := self._page(left)):
                yield batch
                left = left._replace(first=batch[-1].id.seq + 1)

    def send(self, batches: Iterable[Sequence[Event]]) -> Received:
        """Keep events, each batch whole or not at all; those that are known already change nothing.

        A chain in which something does not fit goes no further, and is named in `misfits`; all others go on. Of a
        chain that has gone two ways, every branch is kept.

        Raises:
            SyncError: the server cannot be written any further; the batches before are kept.
        """
        if not self._admit():
            raise SyncError(
                f"{self.address.login} may read this inspection in the central store and not add to it: ask the "
                "lead inspector, who can change that."
            )
        self.misfits.clear()
        received = Received()
        for batch in batches:
            wanted = sorted(batch, key=attrgetter("id"))
            if self.misfits:
                wanted = [event for event in wanted if event.id.chain not in self.misfits]
            try:
                kept = self._keep(wanted)
            except _Misfit:
                kept = self._one_by_one(wanted)
            received = received.with_more(kept)
        return received

    def _one_by_one(self, events: Sequence[Event]) -> Received:
        """Keep each chain of a batch by itself, as far as it fits."""
        received = Received()
        for chain, group in groupby(events, key=lambda event: event.id.chain):
            batch = list(group)
            try:
                kept = self._keep(batch)
            except _Misfit:
                kept = self._keep_branches(chain, batch)
            received = received.with_more(kept)
        return received

    def _keep_branches(self, chain: ChainId, events: Sequence[Event]) -> Received:
        """Keep the events of a chain that has gone two ways, each in its branch, or in which something does not fit."""
        new = fitting = 0
        values = {**_columns_of(chain), "first": events[0].id.seq - 1, "last": events[-1].id.seq}
        for _ in range(TRIES):
            there = self._rows(branches.NEAR, **values)
            counted, beside, fitting, misfit = branches.place(
                events, ((row[0], row[1], row[2]) for row in there)
            )
            try:
                new += self._keep(counted).new
                new += self._keep_beside(beside)
                break
            except _Misfit as another:
                # Somebody has sent another event of this number in between: the next look sees it.
                misfit = another.id
        if misfit is not None:
            self.misfits[chain] = misfit
        return Received(new, fitting - new)

    def _keep(self, events: Sequence[Event]) -> Received:
        """Send some events of the branches that count in one transaction.

        Raises:
            _Misfit: none was kept, because this one does not fit.
        """
        if not events:
            return Received()

        def add() -> int:
            return self._add(_checked(events, self._hashes(_before(events))), rows.INSERT, rows.OTHERS)

        new = _trying(add)
        return Received(new, len(events) - new)

    def _keep_beside(self, beside: Sequence[tuple[bytes, Event]]) -> int:
        """Send some events of other branches in one transaction, and say how many are new.

        Raises:
            _Misfit: none was kept, because another event was sent in the place of this one.
        """
        if not beside:
            return 0
        events, named = [event for _, event in beside], branches.names(beside)
        return _trying(lambda: self._add(events, branches.INSERT, branches.OTHERS, **named))

    def _add(self, fitting: Iterable[Event], insert: str, others: str, **values: object) -> int:
        with self._talking() as (connection, patience):
            try:
                connection.execute(rows.BEGIN)
                incoming = connection.cursor()
                with incoming.copy(rows.COPY) as copy:
                    # The server reads one block while the next is checked and written.
                    for block in blocks(fitting):
                        patience.again()
                        copy.write(block)
                patience.again()
                added = connection.execute(insert, {"inspection": self.inspection, **values}).rowcount
                if added < incoming.rowcount:
                    self._refuse_others(others, **values)
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
        given_rows = self._rows(rows.HASHES, **_columns(ids))
        return {EventId(given(row[0]), row[1], row[2]): row[3] for row in given_rows}

    def _refuse_others(self, others: str, **values: object) -> None:
        """Among the events of the batch that were there already, look for one that is another than ours."""
        for device, incarnation, seq in self._rows(others, **values):
            raise _Misfit(EventId(given(device), incarnation, seq))

    def _page(self, part: Part) -> list[Event]:
        """The first events of a part."""
        values = {**_columns_of(part.device), "after": part.first - 1, "last": part.last, "page": PAGE}
        if part.branch == COUNTED:
            given_rows = self._rows(rows.EVENTS, **values)
        else:
            given_rows = self._rows(rows.EVENTS_BESIDE, **values, branch=part.branch)
        return [event_of(row, part.device) for row in given_rows]

    def _is_known(self, device: ChainId, end: Held, mine: Held | None) -> bool:
        if self._has is None:
            return mine is not None and end.seq <= mine.seq
        return mine == end or self._has(EventId(*device, end.seq), end.hash)

    def _first_unknown(self, part: Part, has: Has) -> int:
        """The first event of a part of a branch that a laptop does not have; it has all before it, and none after."""

        def is_unknown(seq: int) -> bool:
            return not any(
                has(event.id, event.hash) for event in self._page(part._replace(first=seq, last=seq))
            )

        numbers = range(part.first, part.last + 1)
        return part.first + bisect_left(numbers, True, key=is_unknown)

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
            person = connection.execute(rows.PERSON, {"inspection": self.inspection}).fetchone()
            login = connection.info.user
        if person is None:
            raise SyncError(
                f"{login} does not belong to this inspection in the central store at {self.address.place}: ask "
                "the lead inspector, who adds people with `fieldtool central people`."
            )
        return bool(person[0])

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
        if here != seq + 1 or not continues(event, end):
            raise _Misfit(event.id)
        yield event
        seq, end = here, event.hash


def _trying(add: Callable[[], int]) -> int:
    """Send a batch again where the server says that somebody was in the way: everyday on a distributed one."""
    for _ in range(TRIES - 1):
        try:
            return add()
        except SyncError as error:
            state = getattr(error.__cause__, "sqlstate", None) or ""
            if not state.startswith("40"):
                raise
    return add()


def _columns_of(chain: ChainId) -> dict[str, object]:
    """A chain, as the statements ask for it."""
    return {"device": rows.kept(chain.id), "incarnation": chain.incarnation}


def _columns(ids: Sequence[EventId]) -> dict[str, object]:
    """Ids of events, as the statements ask for them."""
    devices, incarnations, seqs = zip(*ids, strict=True)
    return {"devices": [*map(rows.kept, devices)], "incarnations": [*incarnations], "seqs": [*seqs]}
