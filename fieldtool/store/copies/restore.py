"""A second copy taken in again: into the file that it lacks something of, or into a new one on another laptop."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from fieldtool import files
from fieldtool.domain.log.events import ChainId, Event, EventId
from fieldtool.domain.method.case import Slot
from fieldtool.store.chain.event_lines import Unreadable
from fieldtool.store.chain.forks import holds
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.missing_events import Gap, read_gaps
from fieldtool.store.chain.reading import history, read_ends
from fieldtool.store.copies import copy_files
from fieldtool.store.copies.copy_files import Header, KeptDraft, Name, names_in, read_drafts, read_increment
from fieldtool.store.copies.copy_state import COPY_FOLDER, COPY_ID, FOLDER, note_seen
from fieldtool.store.copies.rollback_guard import RollbackGuard
from fieldtool.store.file.database import Database, StoreError, key_file_of
from fieldtool.store.file.local import local, set_locals
from fieldtool.store.views import case_lines

LEAP = 1 << 24
"""On another laptop, the incarnation goes ahead by chance, up to this far: two that begin with the same file or copy
must not take the same number."""


class Taken(NamedTuple):
    """What came of the files of a copy."""

    new: int
    unreadable: tuple[str, ...]
    """Each file that could not be read, and why."""
    headers: tuple[Header, ...]
    """The latest of each installation that wrote into the copy, the latest of all last."""


class Restored(NamedTuple):
    """What came back from a copy."""

    path: Path
    events: int
    cases: int
    drafts: int
    until: str
    """When the latest event was recorded, ISO 8601 with its offset; empty if there is none."""
    unreadable: tuple[str, ...]
    missing: tuple[Gap, ...]
    """What was in the copy and could not be read."""
    goes_on: bool
    """Whether the copy goes on in the same folder."""


def copy_at(place: Path) -> Path:
    """Find the folder of a copy: the place itself, or the only copy in it.

    Raises:
        StoreError: there is none, or there are several.
    """
    try:
        if place.name.startswith(FOLDER) and names_in(place):
            return place
        copies = sorted(each for each in place.iterdir() if each.name.startswith(FOLDER) and names_in(each))
    except OSError as error:
        raise StoreError(f"{place} cannot be read: {files.why(error)}.") from error
    if not copies:
        raise StoreError(f"There is no copy of an inspection in {place}: name the folder that you copied to.")
    if len(copies) > 1:
        names = ", ".join(each.name for each in copies)
        raise StoreError(f"{place} holds several copies, so name the one to restore: {names}.")
    return copies[0]


def is_sealed(copy: Path) -> bool:
    """Whether the copy is of an encrypted inspection: its passphrase or recovery code opens it."""
    return key_file_of(copy / copy_files.KEY_FILE_OF).exists()


def restore(copy: Path, target: Path | None, state: Path, key: bytes | None = None) -> Restored:
    """Make a new inspection of everything that can be read in a copy, as another incarnation of its device.

    Args:
        copy: its own folder, from `copy_at`.
        target: the file to make; None takes the name that it had, in the current folder.
        state: the folder where programs keep what they remember, to know the new file again.
        key: of a sealed one.

    Raises:
        StoreError: there is a file already, nothing can be read, or the new file cannot be written.
    """
    names = names_in(copy)
    latest = _latest_readable(copy, names, key)
    path = target or Path(Path(latest.file).name or "restored.db")
    with copy_files.made_aside(path, str(path), "name another file with --to") as made:
        restored = _make(copy, names, made, state, key)
    return restored._replace(path=path)


def take_in(log: Log, database: Database, copy: Path, names: Iterable[str], key: bytes | None) -> Taken:
    """Take the events and the texts being typed from some files of a copy, as far as they can be read.

    What is missing between them is noted as a gap; nothing that is here is changed.

    Raises:
        StoreError: the file could not be written; then nothing was taken in.
    """
    unreadable: list[str] = []
    headers: dict[ChainId, Header] = {}

    def events() -> Iterator[Event]:
        for _, name in sorted((its, name) for name in names if (its := Name.parse(name)) is not None):
            try:
                header, kept = read_increment(copy / name, key)
            except Unreadable as error:
                unreadable.append(f"{name}: {error}")
                continue
            headers[header.device] = header
            yield from (event for event in kept if not holds(database, event.id, event.hash))

    before = {chain: end.seq for chain, end in read_ends(database).items()}
    new = log.receive(events(), over_gaps=True).new
    latest = tuple(sorted(headers.values(), key=lambda header: (header.at, header.device)))
    with database.transaction():
        for draft in read_drafts(database):
            _drop_if_settled(database, draft, before)
        for header in latest:
            ends = {chain: seq for chain, (seq, _) in header.ends.items()}
            for kept in header.drafts:
                _put_back(database, kept)
                _drop_if_settled(database, kept, ends)
    return Taken(new, tuple(unreadable), latest)


def incarnations_of(database: Database, device: str, names: Iterable[Name] = ()) -> set[int]:
    """The incarnations of a device that its file, or the names in a copy, know of."""
    rows = database.rows("SELECT DISTINCT incarnation FROM event WHERE device = ?", (device,))
    own = local(database, "incarnation") if local(database, "device") == device else None
    return {
        *(row[0] for row in rows),
        *(name.device.incarnation for name in names if name.device.id == device),
        int(own or 0),
    }


def leap() -> int:
    """How far the incarnation goes ahead on another laptop."""
    return 1 + secrets.randbelow(LEAP)


def _latest_readable(copy: Path, names: Mapping[str, Name], key: bytes | None) -> Header:
    """The header of the latest file that can be read; it is looked for before anything is made.

    Raises:
        StoreError: there is none.
    """
    headers = []
    why = "it is empty"
    for device in {name.device for name in names.values()}:
        for name in sorted(
            (n for n in names if names[n].device == device), key=names.__getitem__, reverse=True
        ):
            try:
                headers.append(read_increment(copy / name, key).header)
                break
            except Unreadable as error:
                why = f"{name}: {error}"
    if not headers:
        raise StoreError(f"Nothing in {copy} can be read ({why}): look for another copy.")
    return max(headers, key=lambda header: (header.at, header.device))


def _make(copy: Path, names: Mapping[str, Name], path: Path, state: Path, key: bytes | None) -> Restored:
    if key is not None:
        source = key_file_of(copy / copy_files.KEY_FILE_OF)
        copy_files.put(path.parent, key_file_of(path).name, source.read_bytes())
    with Database.create(path, key) as database:
        taken = take_in(Log(database, ChainId("", 0), ""), database, copy, names, key)
        latest = taken.headers[-1]
        device = latest.device.id
        incarnation = max(incarnations_of(database, device, names.values())) + leap()
        goes_on = _goes_on(copy)
        set_locals(
            database,
            {
                "device": device,
                "incarnation": str(incarnation),
                **latest.own,
                COPY_ID: latest.copy,
                COPY_FOLDER: str(copy.parent.absolute()) if goes_on else None,
            },
        )
        note_seen(database, names)
        RollbackGuard(state).see(database)
        last = database.row("SELECT wall FROM event ORDER BY at DESC LIMIT 1")
        drafts = database.row("SELECT count(*) FROM draft")
        return Restored(
            path=path,
            events=taken.new,
            cases=case_lines.case_count(database),
            drafts=int(drafts[0]) if drafts else 0,
            until=str(last[0]) if last else "",
            unreadable=taken.unreadable,
            missing=_missing(database, taken.headers),
            goes_on=goes_on,
        )


def _missing(database: Database, headers: Iterable[Header]) -> tuple[Gap, ...]:
    """What the copy once held, by what its files say of themselves, and this file does not."""
    ends = read_ends(database)
    behind: dict[ChainId, Gap] = {}
    for header in headers:
        for chain, (seq, digest) in header.ends.items():
            here = ends[chain].seq if chain in ends else 0
            last = behind[chain].last if chain in behind else here
            if seq > last and not holds(database, EventId(*chain, seq), bytes.fromhex(digest)):
                behind[chain] = Gap(*chain, here + 1, seq)
    return tuple(sorted((*read_gaps(database), *behind.values())))


def _goes_on(copy: Path) -> bool:
    """Whether the copy can go on where it is."""
    trial = f"{secrets.token_hex(4)}.trial"
    with suppress(OSError):
        copy_files.put(copy, trial, b"")
        (copy / trial).unlink()
        return True
    return False


def _put_back(database: Database, draft: KeptDraft) -> None:
    """Keep a text of the copy as a draft, unless there is a later one in its place."""
    row = database.row("SELECT wall FROM draft WHERE subject = ? AND slot = ?", (draft.subject, draft.slot))
    if row is None or _moment(row[0]) < _moment(draft.wall):
        database.connection.execute("INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?)", draft)


def _drop_if_settled(database: Database, draft: KeptDraft, ends: Mapping[ChainId, int]) -> None:
    """Drop a draft if its writer has written in its place since: it was turned into that, and is history.

    Args:
        ends: how far the log came when the draft stood as it does.
    """
    later = (
        event
        for event in history(database, draft.subject, Slot.parse(draft.slot))
        if event.actor == draft.actor and event.id.seq > ends.get(event.id.chain, 0)
    )
    if any(later):
        database.connection.execute(
            "DELETE FROM draft WHERE subject = ? AND slot = ? AND text = ? AND wall = ?",
            (draft.subject, draft.slot, draft.text, draft.wall),
        )


def _moment(wall: str) -> float:
    try:
        return datetime.fromisoformat(wall).timestamp()
    except ValueError:
        return 0.0
