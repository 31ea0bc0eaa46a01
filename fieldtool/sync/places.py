"""Where an inspection is sent to: the usual place, who may send to it, and one good exchange with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from fieldtool.domain.log.events import ChainId
from fieldtool.store.chain.clock import WallClock, system_clock, told
from fieldtool.store.chain.log import Log
from fieldtool.store.copies.copy_state import note_held
from fieldtool.store.copies.known_bundles import BundleMemory
from fieldtool.store.file.database import Database
from fieldtool.store.file.local import local, set_local
from fieldtool.store.keys.membership import Membership, membership_of, take_part
from fieldtool.sync.differences import Difference, reconcile
from fieldtool.sync.event_store import AskPassword, Store, SyncError
from fieldtool.sync.exchange import Exchanged, Progress, exchange
from fieldtool.sync.folder.admission import Admission
from fieldtool.sync.folder.folder_store import FolderStore
from fieldtool.sync.laptop_store import LaptopStore

_PLACE, _LAST = "sync_place", "sync_last"


class LastSync(NamedTuple):
    """The last exchange after which the place said that it had everything."""

    place: str
    wall: str
    """When, by the clock on the wall, ISO 8601 with its offset."""


def usual_place(database: Database) -> str | None:
    """Where the inspection was sent to last: a folder or the address of a server; None if nowhere yet."""
    return local(database, _PLACE)


def last_sync(database: Database) -> LastSync | None:
    """The last exchange after which everything was there; None if there was none."""
    noted = local(database, _LAST)
    return None if noted is None else LastSync(*json.loads(noted))


def synchronise(
    database: Database,
    log: Log,
    place: str,
    progress: Progress | None = None,
    ask: AskPassword | None = None,
    clock: WallClock = system_clock,
    before_sending: Callable[[], None] | None = None,
) -> Exchanged:
    """Send and take at a place, remember it as the usual one, what it has, and when all was well.

    Args:
        log: appends to that database; it puts on record that this laptop takes part, and what it has taken.
        before_sending: done once all was taken, before anything leaves: signs it, and remembers how far the file is,
            so that nothing is ever numbered anew that others have seen.

    Raises:
        SyncError: the place cannot be reached.
        Removed: this laptop was removed from the inspection; what others sent was taken all the same.
        StoreError: the laptop may not take part, or its own file cannot be used.
    """
    with_receipts = LaptopStore(database, log, receipts=True, before_sending=before_sending)
    with open_place(database, take_part(database, log), place, with_receipts, ask) as there:
        own = {
            device: held.seq
            for device, held in with_receipts.holdings().items()
            if device.id == log.device.id
        }
        exchanged = exchange(with_receipts, there, progress)
    if usual_place(database) != place:
        set_local(database, _PLACE, place)
    if exchanged.confirmed:
        note_held(database, place, _held(own, exchanged))
    if exchanged.complete:
        set_local(database, _LAST, json.dumps([place, told(clock())]))
    return exchanged


def _held(own: Mapping[ChainId, int], exchanged: Exchanged) -> dict[ChainId, int]:
    """How far the place has the chains of this laptop, of what was here when the exchange began."""
    held = dict(own)
    for each in (*exchanged.lacking, *exchanged.forks):
        if each.device in held:
            held[each.device] = min(held[each.device], each.first - 1)
    return held


def compare(
    database: Database, log: Log, place: str, ask: AskPassword | None = None
) -> tuple[tuple[Difference, ...], tuple[str, ...]]:
    """Compare what this laptop, the place and the other laptops have; every file there is opened anew.

    Returns:
        What they do not agree in, and what cannot be used at the place, a sentence each.

    Raises:
        SyncError: the place cannot be reached, or nothing was ever sent from here.
        StoreError: the laptop's own file cannot be used.
    """
    membership = membership_of(database)
    if membership is None:
        raise SyncError("Nothing was sent from this laptop yet: send and take with `fieldtool sync` first.")
    here = LaptopStore(database, log)
    with open_place(database, membership, place, here, ask) as there:
        aside = there.check() if isinstance(there, FolderStore) else ()
        return reconcile(here, there), tuple(map(str, aside))


@contextmanager
def open_place(
    database: Database,
    membership: Membership,
    place: str,
    here: LaptopStore,
    ask: AskPassword | None = None,
) -> Iterator[Store]:
    """A place as a store: a folder, or a PostgreSQL server by its address, which is logged out of after the block.

    Raises:
        SyncError: the address is none.
    """
    if "://" in place:
        from fieldtool.sync.central.central_store import CentralStore  # late: its driver takes long to load

        with CentralStore(place, membership.inspection, ask, has=here.has) as central:
            yield central
        return
    folder = Path(place)
    memory = BundleMemory(database, str(folder.absolute()))
    yield FolderStore(folder, membership, admission=lambda: Admission(database), memory=memory, has=here.has)
