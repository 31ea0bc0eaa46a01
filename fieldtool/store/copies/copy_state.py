"""What of an inspection is in its second copy, and at the place where the team meets, as its file notes it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fieldtool.store.file.database import Database
from fieldtool.store.file.local import local, set_local

if TYPE_CHECKING:
    # Not loaded here: the first screen waits for a look at what is noted.
    from fieldtool.domain.log.events import ChainId

FOLDER, ENDING = "fieldtool-copy-", ".ftcopy"
"""How the folder of each inspection's copy begins, followed by its id; and how the files in it end."""

COPY_FOLDER, COPY_ID, COPY_STATE = "copy_folder", "copy_id", "copy_state"
"""The names under which a file notes where its copy is, which one it is, and what is in it."""

HELD = "sync_held"
"""The name under which it notes what the place where the team meets has said last that it has of this laptop."""


class Run(NamedTuple):
    """The latest small increments, which will be merged into one."""

    first: int = 0
    """The number of the first of them."""
    previous: str = ""
    """The hash of the increment before that."""
    since: Mapping[str, int] = {}
    """What was in the copy before that: the number of the last event of each chain."""
    events: int = 0
    names: tuple[str, ...] = ()


class State(NamedTuple):
    """What of this file is in its copy."""

    number: int = 0
    """Of the latest increment, and its hash."""
    hash: str = ""
    kept: tuple[str, ...] = ()
    """The files in the folder that hold it, all of which must be there."""
    seen: tuple[str, ...] = ()
    """Files in the folder that others wrote, or this one before it was put back: all in them is here."""
    ends: Mapping[str, int] = {}
    """The number of the last event of each chain."""
    drafts: tuple[str, ...] = ()
    gaps: str = ""
    """See `gaps_of`."""
    forks: int = 0
    """How many events of forked chains are in the copy."""
    run: Run = Run()


def unseen(database: Database, own: Path) -> set[str]:
    """Find the files in the folder of a copy of which it is not known that all in them is in this file.

    Raises:
        OSError: the folder is not there, or cannot be read.
    """
    state = read_state(database)
    names = {name for name in os.listdir(own) if name.endswith(ENDING)}  # noqa: PTH208  # names are enough
    return names - {*state.kept, *state.seen}


def own_folder(database: Database) -> Path | None:
    """The folder that holds the copy of this inspection; None if none was named."""
    folder, id = local(database, COPY_FOLDER), local(database, COPY_ID)
    return Path(folder) / (FOLDER + id) if folder and id else None


def note_seen(database: Database, names: Iterable[str]) -> None:
    """Note that all in these files of the copy's folder is in this file now, or cannot be read."""
    state = read_state(database)
    set_local(database, COPY_STATE, text_of(state._replace(seen=(*state.seen, *names))))


def note_held(database: Database, place: str, ends: Mapping[ChainId, int]) -> None:
    """Note how far a place has said that it has the chains of this laptop: that is not lost with it.

    Raises:
        StoreError: it could not be saved.
    """
    text = json.dumps({"place": place, "ends": {str(chain): seq for chain, seq in ends.items()}})
    if text != local(database, HELD):
        set_local(database, HELD, text)


def held_of(text: str) -> Mapping[str, int]:
    """What is noted of that: the number of the last event of each chain; nothing if it cannot be read."""
    try:
        return {str(chain): int(seq) for chain, seq in json.loads(text or "{}")["ends"].items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}


def read_state(database: Database) -> State:
    """What a file notes of its copy."""
    return state_of(local(database, COPY_STATE) or "")


def state_of(text: str) -> State:
    """What is noted; nothing, if it was noted by another version in another way."""
    try:
        values = json.loads(text or "{}")
        for name in ("kept", "seen", "drafts"):
            values[name] = tuple(values.get(name, ()))
        run = values.get("run", {})
        return State(**{**values, "run": Run(**{**run, "names": tuple(run.get("names", ()))})})
    except (ValueError, TypeError, AttributeError):
        return State()


def text_of(state: State) -> str:
    """What is noted of a state."""
    return json.dumps({**state._asdict(), "run": state.run._asdict()})


def fork_count(database: Database) -> int:
    """How many events of forked chains are kept beside the log."""
    row = database.row("SELECT count(*) FROM fork")
    return 0 if row is None else int(row[0])


def gaps_of(database: Database) -> str:
    """The gaps of the log: when one is filled, no end of a chain tells, and all is copied again."""
    from fieldtool.store.chain.missing_events import read_gaps

    return json.dumps(read_gaps(database))
