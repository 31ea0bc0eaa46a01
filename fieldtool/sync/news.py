"""What is new here and at a place before an exchange, and what came of one: by person and case, with the conflicts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from fieldtool.domain.log.events import ChainId
from fieldtool.store.chain.conflicts import count_conflicts, forked_events
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import device_of, read_ends
from fieldtool.store.copies.rollback_guard import RollbackGuard
from fieldtool.store.file.database import Database
from fieldtool.store.keys.membership import membership_of
from fieldtool.store.views.queries import Said, said
from fieldtool.sync.differences import lacking, number_of
from fieldtool.sync.event_store import AskPassword
from fieldtool.sync.exchange import Exchanged, Progress
from fieldtool.sync.laptop_store import LaptopStore
from fieldtool.sync.places import open_place, synchronise


class Outlook(NamedTuple):
    """What an exchange would bring."""

    here: int
    """How many entries of people are here and not there."""
    there: int | None
    """How many events are there and not here; None if that is not known."""


class News(NamedTuple):
    """What came of an exchange, as a person wants to know it."""

    exchanged: Exchanged
    came: Sequence[Said]
    """What others said that was not here before, by person and case."""
    conflicts: int
    """How much there is to settle now, with what forked chains hold."""


def look(database: Database, log: Log, place: str, ask: AskPassword | None = None) -> Outlook:
    """See what is new here and there, and change nothing.

    Raises:
        SyncError: the place cannot be reached.
        StoreError: the laptop's own file cannot be used.
    """
    here = LaptopStore(database, log)
    ours, membership = here.holdings(), membership_of(database)
    if membership is None:
        return Outlook(_entries(database, {chain: (1, held.seq) for chain, held in ours.items()}), None)
    with open_place(database, membership, place, here, ask) as store:
        theirs = store.holdings()
    return Outlook(_entries(database, dict(lacking(ours, theirs))), number_of(lacking(theirs, ours)))


def exchange_news(
    database: Database,
    log: Log,
    place: str,
    progress: Progress | None = None,
    ask: AskPassword | None = None,
    guard: RollbackGuard | None = None,
) -> News:
    """Send and take at a place, and tell what came.

    Args:
        guard: remembers how far the file is before anything leaves it.

    Raises:
        SyncError: the place cannot be reached.
        StoreError: the laptop may not take part, or its own file cannot be used.
    """
    before = read_ends(database)
    remember = None if guard is None else partial(guard.see, database)
    exchanged = synchronise(database, log, place, progress, ask, before_sending=remember)
    own = device_of(database)
    new = {
        chain: (before[chain].seq + 1 if chain in before else 1, end.seq)
        for chain, end in read_ends(database).items()
        if own is None or chain.id != own.id
    }
    return News(exchanged, said(database, new), to_settle(database))


def to_settle(database: Database) -> int:
    """How much there is to settle, with what forked chains hold."""
    return count_conflicts(database) + len(forked_events(database))


def _entries(database: Database, ranges: dict[ChainId, tuple[int, int]]) -> int:
    return sum(each.number for each in said(database, ranges))
