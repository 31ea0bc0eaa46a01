"""What this laptop remembers of the inspections worked on here, to notice when an old file was put back.

One small file for each device, in the folder where programs keep what they remember; no word of a case is in it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from fieldtool import files
from fieldtool.store.copies.copy_state import COPY_FOLDER, COPY_ID
from fieldtool.store.file.database import Database, StoreError
from fieldtool.store.file.local import local


class Seen(NamedTuple):
    """The last event of one incarnation that was written here: its number and its hash, in hexadecimal."""

    seq: int
    hash: str


class Memory(NamedTuple):
    """All that is remembered of a device."""

    incarnations: dict[int, Seen]
    """What was written on this laptop; an incarnation that is not in it came from elsewhere."""
    copy_folder: str = ""
    copy_id: str = ""


class RollbackGuard:
    """The memory of this laptop.

    Args:
        folder: where programs keep what they remember from one start to the next.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "witness"

    def recall(self, device: str) -> Memory:
        """What is remembered of a device; nothing if it was never seen, or the memory is damaged."""
        try:
            values = json.loads(self._file(device).read_bytes())
            incarnations = {
                int(incarnation): Seen(int(seq), str(digest))
                for incarnation, (seq, digest) in values["incarnations"].items()
            }
            return Memory(incarnations, str(values["copy_folder"]), str(values["copy_id"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return Memory({})

    def see(self, database: Database) -> None:
        """Remember how far the file is; where that cannot be kept, nothing is said."""
        with suppress(OSError, StoreError):
            device, incarnation = (
                local(database, "device"),
                local(database, "incarnation"),
            )
            if device is None or incarnation is None:
                return
            before = self.recall(device)
            now = Memory(
                {**before.incarnations, int(incarnation): last_of(database, device, int(incarnation))},
                local(database, COPY_FOLDER) or "",
                local(database, COPY_ID) or before.copy_id,
            )
            if now != before:
                self._keep(device, now)

    def _keep(self, device: str, memory: Memory) -> None:
        file = self._file(device)
        file.parent.mkdir(parents=True, exist_ok=True)
        files.write_whole(file, json.dumps(memory._asdict()).encode())

    def _file(self, device: str) -> Path:
        return self._folder / f"{quote(device, safe='')}.json"


def last_of(database: Database, device: str, incarnation: int) -> Seen:
    """The last event of one incarnation in a file; number 0 if there is none."""
    row = database.row(
        "SELECT seq, hash FROM event WHERE device = ? AND incarnation = ? ORDER BY seq DESC LIMIT 1",
        (device, incarnation),
    )
    return Seen(0, "") if row is None else Seen(row[0], row[1].hex())
