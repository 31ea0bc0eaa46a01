"""Notice that an old file was put back, or one came from another laptop, before anything is recorded in it.

An installation that went on from an old file would give new events the numbers that others have already. So it goes
on as another incarnation, whose numbers nobody has; and what the second copy holds beyond the file is taken in.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from fieldtool.domain.words.numbers import counted
from fieldtool.store.copies.copy_state import fork_count, note_seen, own_folder, unseen
from fieldtool.store.copies.rollback_guard import Memory, RollbackGuard, last_of
from fieldtool.store.file.database import Database
from fieldtool.store.file.local import local, set_local, set_locals

OLDER = "This file is older than the work that was last done in it on this laptop: "
ELSEWHERE = (
    "This inspection comes from another laptop: what you do here is kept apart from what is done there, "
    "and merges with it later."
)


def settle_incarnation(database: Database, state: Path, key: bytes | None = None) -> str | None:
    """See to it that the next event gets a number that no other event has; called when a file is opened to work in.

    Args:
        state: the folder where programs keep what they remember from one start to the next.
        key: of an encrypted inspection, to read its copy.

    Returns:
        What the person should know, in one sentence; None if nothing is unusual.

    Raises:
        StoreError: the file could not be read or written.
    """
    guard = RollbackGuard(state)
    device = local(database, "device")
    sentence = None
    if device is None:
        _begin(database)
    else:
        incarnation = int(local(database, "incarnation") or 1)
        memory = guard.recall(device)
        own = last_of(database, device, incarnation)
        if own.seq == 0 and not memory.incarnations and not _has_events(database, device):
            # Nobody has heard of this device yet, and the same file may be on other laptops.
            _begin(database)
        else:
            sentence = _settle(database, memory, device, incarnation, key)
    guard.see(database)
    return sentence


def _settle(
    database: Database, memory: Memory, device: str, incarnation: int, key: bytes | None
) -> str | None:
    seen = memory.incarnations.get(incarnation)
    own = last_of(database, device, incarnation)
    put_back = (
        seen is not None and seen.seq > 0 and _hash_at(database, device, incarnation, seen.seq) != seen.hash
    )
    if put_back and memory.copy_folder and local(database, "copy_folder") is None:
        # It was named after the file was put aside.
        set_locals(database, {"copy_folder": memory.copy_folder, "copy_id": memory.copy_id or None})
    came = _from_the_copy(database, key)
    now = last_of(database, device, incarnation)
    if put_back or came.forked or now != own:
        _go_on(database, memory, device)
        return OLDER + _what_came(came)
    if seen is None:
        _go_on(database, memory, device)
        return ELSEWHERE
    if came.new:
        return f"The second copy held {_entries(came.new)} that this file lacked, now taken in."
    return None


class _Came(NamedTuple):
    """What the second copy held that the file lacked."""

    new: int = 0
    forked: int = 0
    """How many entries have numbers that other entries in this file were given since."""
    why: str = ""
    """Why nothing can be said of the copy; empty if it could be looked at, or there is none."""
    named: bool = False


def _from_the_copy(database: Database, key: bytes | None) -> _Came:
    folder = local(database, "copy_folder")
    if folder is None:
        return _Came()
    own = own_folder(database)
    try:
        names = set() if own is None else unseen(database, own)
    except OSError:
        return _Came(why=folder, named=True)
    if own is None or not names:
        return _Came(named=True)
    # Late, because the first screen waits for this, and nearly always nothing has to be read.
    from fieldtool.domain.log.events import ChainId
    from fieldtool.store.chain.log import Log
    from fieldtool.store.copies.restore import take_in

    before = fork_count(database)
    taken = take_in(Log(database, ChainId("", 0), ""), database, own, names, key)
    note_seen(database, names)
    forked = fork_count(database) - before
    return _Came(taken.new - forked, forked, named=True)


def _begin(database: Database) -> None:
    """Give the file a device of its own."""
    set_locals(database, {"device": secrets.token_hex(4), "incarnation": "1"})


def _go_on(database: Database, memory: Memory, device: str) -> None:
    """Take the next incarnation; where others go on from the same device, one far ahead, that none of them takes."""
    from fieldtool.store.copies.copy_files import Name, names_in
    from fieldtool.store.copies.restore import incarnations_of, leap

    names: list[Name] = []
    if (own := own_folder(database)) is not None:
        with suppress(OSError):  # it is away, and what it knows is looked at once it is back
            names = list(names_in(own).values())
    known = incarnations_of(database, device, names)
    step = 1 if known <= memory.incarnations.keys() else leap()
    set_local(database, "incarnation", str(max(*known, *memory.incarnations, 0) + step))


def _what_came(came: _Came) -> str:
    if came.why:
        return f"bring back the folder of its second copy, {came.why}, and open it again to have the rest."
    if came.forked:
        return (
            f"{_entries(came.new)} that it lacked came back from the second copy, and {_entries(came.forked)} that "
            "do not go together with what was done since are kept aside (see `fieldtool verify`)."
        )
    if came.new:
        return f"{_entries(came.new)} that it lacked came back from the second copy."
    if came.named:
        return "nothing more was in the second copy, and what is missing comes back from colleagues."
    return "open the newer file if you have it, or take in what is missing from colleagues."


def _entries(number: int) -> str:
    return counted(number, "entry", "entries")


def _has_events(database: Database, device: str) -> bool:
    return database.row("SELECT 1 FROM event WHERE device = ? LIMIT 1", (device,)) is not None


def _hash_at(database: Database, device: str, incarnation: int, seq: int) -> str:
    row = database.row(
        "SELECT hash FROM event WHERE device = ? AND incarnation = ? AND seq = ?", (device, incarnation, seq)
    )
    return row[0].hex() if row else ""
