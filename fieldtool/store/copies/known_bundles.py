"""What this laptop knows of the bundles that it has seen as files, so that none is opened twice to learn the same."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from fieldtool.store.file.database import Database
from fieldtool.store.file.local import local, set_local


class BundleFile(NamedTuple):
    """A file that was looked at: what it holds, or why it cannot be used."""

    name: str
    size: int
    modified: int
    """When it was last changed, as its folder tells, in nanoseconds."""
    why: str = ""
    """Why it cannot be used, as the end of a sentence; empty if it is as its maker signed it."""
    told: str = ""
    """What a person was last told about it."""
    id: str = ""
    """SHA-256 of its header, in hexadecimal."""
    device: str = ""
    incarnation: int = 0
    first: int = 0
    last: int = 0
    before: str = ""
    """The hash of the event before its first, in hexadecimal."""
    end: str = ""
    """The hash of its last event, in hexadecimal."""
    signer: str = ""
    host: str = ""
    """Who vouches for the signer, as far as that was found to be right."""


class BundleMemory:
    """What a laptop remembers of the files in a place, in its own file."""

    def __init__(self, database: Database, place: str) -> None:
        self._database = database
        self._name = _NAME + place

    def read(self) -> dict[str, BundleFile]:
        """Everything that is remembered, by the names of the files."""
        try:
            rows = json.loads(local(self._database, self._name) or "[]")
            return {row[0]: BundleFile(*row) for row in rows}
        except (ValueError, TypeError):  # of another version: the files are looked at again
            return {}

    def keep(self, files: Iterable[BundleFile]) -> None:
        """Remember this, and nothing else.

        Raises:
            StoreError: it could not be saved.
        """
        text = json.dumps(list(files), separators=(",", ":"))
        if text != (local(self._database, self._name) or "[]"):
            set_local(self._database, self._name, text)


_NAME = "bundle_files "
