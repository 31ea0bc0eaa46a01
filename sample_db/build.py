"""Builds the sample inspection: `python sample_db/build.py [TARGET]`, the same events every time."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

if __name__ == "__main__":
    # Run as a program, Python looks for modules beside this file and not in the checkout.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from fieldtool.domain.log.events import ChainId
from fieldtool.store.chain.log import Log
from fieldtool.store.file.database import Database
from sample_db.diary import Deed, deeds, device_of

TARGET = Path(__file__).with_name("hiow_2020.db")


class _Wall:
    """A clock that shows the moment of the deed at hand."""

    def __init__(self, deeds: Sequence[Deed]) -> None:
        self.now = deeds[0].wall

    def __call__(self) -> datetime:
        return self.now


def build(target: Path) -> None:
    """Write the sample inspection into a new file, one chain of events for each person's laptop.

    Raises:
        StoreError: there is a file of that name already, or it cannot be written.
    """
    done = deeds()
    wall = _Wall(done)
    with Database.create(target) as database:
        logs = {actor: Log(database, ChainId(device_of(actor), 1), actor, wall) for actor in _actors(done)}
        with database.transaction():
            for deed in done:
                wall.now = deed.wall
                logs[deed.actor].record_within(deed.subject, deed.body)
        with database.worded():
            database.connection.execute("PRAGMA journal_mode = DELETE")
            database.connection.execute("VACUUM")


def _actors(deeds: Sequence[Deed]) -> list[str]:
    return list(dict.fromkeys(deed.actor for deed in deeds))


def main() -> None:
    """Build at the path given, or beside this file; what stood there is replaced."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.unlink(missing_ok=True)
    build(target)
    print(f"{target}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
