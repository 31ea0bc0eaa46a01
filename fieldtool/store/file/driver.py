"""The SQLite driver, SQLCipher's, made known to sqlite-utils before that is imported for the first time."""

import sys
from pathlib import Path

import sqlcipher3
from sqlcipher3 import dbapi2

# sqlite-utils prefers a driver of this name and then catches that driver's exceptions; those of the
# standard library's driver, which it catches otherwise, are not ours.
sys.modules.setdefault("pysqlite3", sqlcipher3)
sys.modules.setdefault("pysqlite3.dbapi2", dbapi2)

__all__ = ["dbapi2", "discard"]


def discard(path: Path) -> None:
    """Take away the file of a database that could not be finished, and what SQLite keeps beside it."""
    for left in (path, *(Path(f"{path}-{end}") for end in ("wal", "shm", "journal"))):
        left.unlink(missing_ok=True)
