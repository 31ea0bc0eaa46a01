"""The second copy of an inspection: a folder elsewhere that gets, in small sealed files, all that is new.

docs/copies.md describes the files. What was copied is noted in the inspection's file after it is in the folder, so
that whatever happens in between is copied twice and never left out.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from fieldtool import files
from fieldtool.domain.log.events import ChainId, Event, EventId
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.store.chain import event_lines
from fieldtool.store.chain.event_lines import Unreadable
from fieldtool.store.chain.forks import holds, read_forks
from fieldtool.store.chain.reading import device_of, events_after, find_event, read_ends
from fieldtool.store.copies import copy_files
from fieldtool.store.copies.copy_files import CopyFailed, Header, KeptDraft, Name, names_in, read_drafts
from fieldtool.store.copies.copy_state import (
    COPY_FOLDER,
    COPY_ID,
    COPY_STATE,
    HELD,
    Run,
    State,
    fork_count,
    gaps_of,
    held_of,
    own_folder,
    read_state,
    state_of,
    text_of,
)
from fieldtool.store.file.database import Database, StoreError, key_file_of
from fieldtool.store.file.local import local, set_locals

LARGE = 20_000
"""So many events are one file for good; smaller ones are merged."""

MANY = 200
"""So many small files are merged into one."""


class Copied(NamedTuple):
    """What was copied just now."""

    events: int
    files: int


class _Known(NamedTuple):
    """What `behind` remembers from one question to the next, for as long as what is noted stays the same."""

    noted: tuple[str, str]
    state: State
    held: Mapping[str, int]
    """How far the place where the team meets has said that it has each chain."""
    counted: dict[str, int]
    slots: set[tuple[str, str]]


class _New(NamedTuple):
    """What goes into one increment, and how far the copy comes with it."""

    events: list[Event]
    ends: dict[ChainId, tuple[int, str]]
    drafts: tuple[KeptDraft, ...]
    forks: int
    forked: int
    """How many of the events, the last ones, are of forked chains."""

    def noted(self, state: State) -> State:
        ends = {str(chain): seq for chain, (seq, _) in self.ends.items()}
        return state._replace(ends=ends, drafts=tuple(map(_mark, self.drafts)), forks=self.forks)


class Copies:
    """The second copy of an open inspection; in a thread of its own, it needs a connection of its own.

    Only one program at a time may copy a file: the one that holds it (`fieldtool.store.file.file_lock`).

    Args:
        key: of an encrypted inspection; its copy is sealed.
    """

    def __init__(self, database: Database, key: bytes | None = None) -> None:
        self._database = database
        self._key = key
        self._known = _Known(("", ""), State(), {}, {}, set())

    # ------------------------------------------------------------------ where, and how far

    @property
    def folder(self) -> Path | None:
        """The folder that was named for copies; None if none was."""
        named = local(self._database, COPY_FOLDER)
        return Path(named) if named else None

    @property
    def own_folder(self) -> Path | None:
        """The folder in it that holds the copy of this inspection."""
        return own_folder(self._database)

    @property
    def held(self) -> bool:
        """Whether the place where the team meets has said what it has of this laptop, when `behind` was last asked."""
        return bool(self._known.held)

    def begin(self, folder: Path) -> Copied:
        """Copy into this folder from now on, beginning at once.

        Raises:
            StoreError: there is no such folder, or it cannot be written; then nothing has changed.
        """
        folder = folder.absolute()
        if not folder.is_dir():
            raise CopyFailed(f"There is no folder {folder}: make it first, or plug it in.")
        before = {name: local(self._database, name) for name in (COPY_FOLDER, COPY_STATE)}
        if before[COPY_FOLDER] != str(folder):
            set_locals(self._database, {COPY_FOLDER: str(folder), COPY_STATE: None})
        try:
            return self.copy()
        except StoreError:
            set_locals(self._database, before)
            raise

    def stop(self) -> None:
        """Copy no more; what is in the folder stays there."""
        set_locals(self._database, {COPY_FOLDER: None, COPY_STATE: None})

    def behind(self) -> int:
        """How many entries would be lost if this laptop died now: answers, judgements, facts, texts and the like.

        What colleagues entered is not counted, for they have it; nor is what is in the copy, what the place where
        the team meets has said that it has, and what a laptop records of itself.
        Cheap: it reads what came since it was last asked.
        """
        device = device_of(self._database)
        noted = (
            local(self._database, COPY_STATE) or "",
            local(self._database, HELD) or "",
        )
        if self._known.noted != noted:
            self._known = _Known(noted, state_of(noted[0]), held_of(noted[1]), {}, set())
        _, state, held, counted, slots = self._known
        for chain, end in read_ends(self._database).items():
            name = str(chain)
            since = counted.get(name, max(state.ends.get(name, 0), held.get(name, 0)))
            if device is not None and chain.id == device.id and since < end.seq:
                rows = self._database.rows(_SLOTS, (*chain, since))
                slots.update(row for row in rows if Slot.parse(row[1]).aspect not in _OF_DEVICES)
                counted[name] = end.seq
        typed = {draft[:2] for draft in read_drafts(self._database) if _mark(draft) not in state.drafts}
        return len(slots | typed)

    # ------------------------------------------------------------------ copying

    def copy(self, *, anew: bool = False) -> Copied:
        """Bring the copy up to date.

        Args:
            anew: copy everything again, whatever is in the folder.

        Raises:
            CopyFailed: the folder is away, full or closed; the next time catches up.
            StoreError: the inspection itself could not be read.
        """
        folder = self.folder
        if folder is None:
            raise CopyFailed(
                "No folder for a second copy was named yet: `fieldtool copy PATH --to DIR` does it."
            )
        device = device_of(self._database)
        if device is None:
            return Copied(0, 0)
        with _ONE_AT_A_TIME, copy_files.worded(folder):
            if not folder.is_dir():
                raise FileNotFoundError(str(folder))
            own = self._prepare(folder)
            state = read_state(self._database)
            if anew:
                state = State(number=state.number, seen=state.kept + state.seen)
            state = self._fitting(state, own, device)
            self._keep(state)
            events, files = 0, 0
            while (written := self._increment(own, state, device)) is not None:
                state, count = written
                events, files = events + count, files + 1
                if len(state.run.names) >= MANY or (state.run.events >= LARGE and len(state.run.names) > 1):
                    state = self._merge(own, state, device)
        return Copied(events, files)

    def damaged(self) -> tuple[str, ...]:
        """Read every file of the copy back, and say which ones are not as they were written, and why.

        Raises:
            CopyFailed: the folder is away.
        """
        own, damaged = self.own_folder, []
        if own is None or self.folder is None:
            return ()
        with copy_files.worded(self.folder):
            names_in(own)
        for name in read_state(self._database).kept:
            try:
                copy_files.read_increment(own / name, self._key)
            except Unreadable as error:
                damaged.append(f"{name}: {error}")
        return tuple(damaged)

    def _prepare(self, folder: Path) -> Path:
        """Make the folder of this copy, with the key file in it."""
        if local(self._database, COPY_ID) is None:
            set_locals(self._database, {COPY_ID: secrets.token_hex(4)})
        own = self.own_folder
        assert own is not None  # noqa: S101  # the folder was named, or we were not here
        if not own.is_dir():
            own.mkdir()
            files.flush_folder(folder)
        copy_files.clear_halves(own)
        if self._key is not None and self._database.path is not None:
            source, target = key_file_of(self._database.path), key_file_of(own / copy_files.KEY_FILE_OF)
            wanted = _read_key_file(source)
            if not target.exists() or target.read_bytes() != wanted:
                copy_files.put(own, target.name, wanted)
        return own

    def _fitting(self, state: State, own: Path, device: ChainId) -> State:
        """What of the noted state still holds, after a look into the folder.

        Raises:
            CopyFailed: the folder holds work of this installation that the file lacks: it was put back.
        """
        names = names_in(own)
        mine = _of(device, names)
        gaps = gaps_of(self._database)
        if state.gaps != gaps or not _holds(own, names, state):
            # Emptied, another stick, or a gap was filled: everything anew.
            state = State(number=state.number, seen=state.kept + state.seen, gaps=gaps)
        unknown = [name for name in mine if name not in {*state.kept, *state.seen}]
        if any(self._lacks(own / name) for name in unknown):
            raise CopyFailed(
                f"The second copy in {own} holds work that is not in this file: close the inspection and open it "
                "again, and it is brought back."
            )
        number = max([state.number, *mine.values()])
        same = number == state.number and mine.keys() >= {*state.run.names}
        return state._replace(
            number=number,
            seen=(*filter(names.__contains__, state.seen), *unknown),
            run=state.run if same else Run(),
        )

    def _lacks(self, path: Path) -> bool:
        try:
            events = copy_files.read_increment(path, self._key).events
        except Unreadable:
            return False
        return any(not holds(self._database, event.id, event.hash) for event in events)

    def _increment(self, own: Path, state: State, device: ChainId) -> tuple[State, int] | None:
        """Write the next increment and note it; None if nothing is new."""
        number = state.number + 1
        new = self._new(state.ends, LARGE, state.forks)
        if not new.events and state.kept and set(map(_mark, new.drafts)) == set(state.drafts):
            return None
        run = state.run if state.run.names else Run(number, state.hash, state.ends)
        name = str(Name(device, number))
        header = self._header(device, number, new)._replace(first=number, previous=state.hash)
        digest = self._write(own, header, new.events)
        run = run._replace(events=run.events + len(new.events), names=(*run.names, name))
        if run.events >= LARGE and len(run.names) == 1:
            run = Run()
        kept = (*state.kept, name)
        state = new.noted(state)._replace(number=number, hash=digest, kept=kept, run=run)
        self._keep(state)
        return state, len(new.events)

    def _merge(self, own: Path, state: State, device: ChainId) -> State:
        """Put one file in the place of the latest small ones; at every moment, all of it is in the folder."""
        run, name = state.run, str(Name(device, state.number))
        new = self._new(run.since, run.events + LARGE, 0)
        header = self._header(device, state.number, new)._replace(
            first=run.first, previous=run.previous, replaces=state.hash
        )
        digest = self._write(own, header, new.events)
        try:
            copy_files.read_increment(own / name, self._key)
        except Unreadable as error:
            self._keep(State(number=state.number))
            raise CopyFailed(
                f"{own / name} could not be read back ({error}): the copy is made anew."
            ) from error
        kept = (*(kept for kept in state.kept if kept not in run.names), name)
        merged = run._replace(events=len(new.events), names=(name,))
        state = new.noted(state)._replace(
            hash=digest, kept=kept, run=Run() if len(new.events) >= LARGE else merged
        )
        self._keep(state)
        for left, its in names_in(own).items():
            if its.device == device and run.first <= its.number < state.number:
                (own / left).unlink(missing_ok=True)
        return state

    def _new(self, since: Mapping[str, int], limit: int, forks: int) -> _New:
        """What is not in the copy yet, all of one moment."""
        with _snapshot(self._database):
            events, ends = _new_events(self._database, since, limit)
            whole, now = len(events), fork_count(self._database)
            # Behind all events, whose numbers they have: whoever reads the copy must know those first.
            if now > forks and whole < limit:
                events += read_forks(self._database)
                forks = now
            return _New(events, ends, read_drafts(self._database), forks, len(events) - whole)

    def _write(self, own: Path, header: Header, events: list[Event]) -> str:
        data = copy_files.increment_bytes(header, events, self._key)
        copy_files.put(own, str(Name(header.device, header.number)), data)
        return copy_files.digest(data)

    def _header(self, device: ChainId, number: int, new: _New) -> Header:
        path = self._database.path
        return Header(
            copy=local(self._database, COPY_ID) or "",
            file=path.name if path else "",
            device=device,
            number=number,
            first=number,
            previous="",
            replaces="",
            events=len(new.events),
            forked=new.forked,
            at=max((end.at for end in read_ends(self._database).values()), default=0),
            own={name: value for name in copy_files.OWN if (value := local(self._database, name))},
            ends=new.ends,
            drafts=new.drafts,
        )

    # ------------------------------------------------------------------ what is noted

    def _keep(self, state: State) -> None:
        text = text_of(state)
        if text != local(self._database, COPY_STATE):
            set_locals(self._database, {COPY_STATE: text})


def _new_events(
    database: Database, since: Mapping[str, int], limit: int
) -> tuple[list[Event], dict[ChainId, tuple[int, str]]]:
    """The events that are not in the copy yet, as many as go into one file; and how far it comes with them."""
    events: list[Event] = []
    ends = {}
    for chain, end in read_ends(database).items():
        seq, room = since.get(str(chain), 0), limit - len(events)
        if seq < end.seq and room:
            new = list(islice(events_after(database, chain, seq, end.seq), room))
            events += new
            seq = end.seq if len(new) < room else new[-1].id.seq
        if seq:
            last = end if seq == end.seq else find_event(database, EventId(*chain, seq))
            ends[chain] = (seq, last.hash.hex() if last else "")
    return events, ends


@contextmanager
def _snapshot(database: Database) -> Iterator[None]:
    """Let everything that is read in the block be of the same moment."""
    with database.worded():
        database.connection.execute("BEGIN")
    try:
        yield
    finally:
        with database.worded():
            database.connection.execute("COMMIT")


def _holds(own: Path, names: Mapping[str, Name], state: State) -> bool:
    """Whether a folder still holds the copy that is noted: all its files, and the latest as it was written."""
    if any(name not in names for name in state.kept):
        return False
    return not state.kept or copy_files.digest((own / state.kept[-1]).read_bytes()) == state.hash


def _read_key_file(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CopyFailed(f"The key file {file} cannot be read: {files.why(error)}.") from error


def _mark(draft: KeptDraft) -> str:
    return hashlib.blake2b(event_lines.as_json(draft), digest_size=8).hexdigest()


_ONE_AT_A_TIME = threading.Lock()
_OF_DEVICES = frozenset(
    (Aspect.DEVICE, Aspect.SESSION, Aspect.CLOCK, Aspect.SIGNATURE, Aspect.JOINED, Aspect.RECEIPT)
)
_SLOTS = "SELECT DISTINCT subject, slot FROM event WHERE device = ? AND incarnation = ? AND seq > ?"


def _of(device: ChainId, names: Mapping[str, Name]) -> dict[str, int]:
    """The files that an installation wrote itself, by their numbers."""
    return {name: its.number for name, its in names.items() if its.device == device}
