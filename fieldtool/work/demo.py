"""The sample inspection that comes with fieldtool, and copies of it to try things on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fieldtool.store.chain.clock import COUNTER, live_at
from fieldtool.store.file.database import Database, StoreError
from fieldtool.store.file.local import set_local
from fieldtool.work.access import Access

if TYPE_CHECKING:
    from fieldtool.domain.log.events import Event

MIDWAY = datetime(2020, 3, 11, 11, 20, tzinfo=UTC)
"""A moment in its fieldwork at which some cases are complete, some begun and some untouched."""

_NAME = "hiow_2020.db"


def sample_file() -> Path:
    """Where the sample is: in the package, or in a checkout beside it.

    Raises:
        StoreError: it is in neither place.
    """
    package = Path(__file__).parent.parent
    for folder in (package / "sample_db", package.parent / "sample_db"):
        if (folder / _NAME).is_file():
            return folder / _NAME
    raise StoreError("The sample inspection is not here: build it with `python sample_db/build.py`.")


def copy_sample(target: Path, person: str, until: datetime | None = None) -> None:
    """Make a new inspection of the sample's events, on which that person works from now on.

    Args:
        target: a file that is not there yet.
        until: leave out what happened after this moment.

    Raises:
        StoreError: the sample cannot be read, or the copy cannot be written.
    """
    from fieldtool.store.chain.log import Log, new_device

    with Access.look(sample_file()) as sample, Database.create(target) as copy:
        # The sample has no device: every copy is one of its own, so that no two ever write the same chain.
        Log(copy, new_device(copy), person).receive(_events(sample.database, until))
        set_local(copy, "person", person)


def live_in(copy: Path) -> None:
    """Let the program live in the time of a copy: a minute after the last that happened in it."""
    with Database.open_read_only(copy) as database:
        latest = database.rows("SELECT max(at) FROM event")[0][0]
    live_at(datetime.fromtimestamp(latest // COUNTER / 1000 + 60, UTC))


def _events(sample: Database, until: datetime | None) -> Iterator[Event]:
    from fieldtool.store.chain.reading import read_events

    events = read_events(sample)
    if until is None:
        return events
    end = (int(until.timestamp() * 1000) + 1) * COUNTER
    return (event for event in events if event.at < end)
