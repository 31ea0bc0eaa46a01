"""A backup on demand: the whole inspection in one more file, made while others write, and read back at once."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from fieldtool import files
from fieldtool.store.audit import file_check
from fieldtool.store.chain.reading import read_ends
from fieldtool.store.copies import copy_files
from fieldtool.store.file.database import Database, StoreError, key_file_of


class Backup(NamedTuple):
    """A backup that was made, and read back."""

    path: Path
    events: int
    findings: tuple[str, ...]
    """What is wrong with the inspection itself, and so with its backup."""


def back_up(source: Database, target: Path, key: bytes | None = None) -> Backup:
    """Copy an inspection as it stands at this moment, with its key file, and check the copy.

    Args:
        source: opened to look.
        target: the file to make, or a folder, in which it gets the name that the inspection has.
        key: of an encrypted inspection; the backup is encrypted in the same way.

    Raises:
        StoreError: there is a file already, the target cannot be written, or the backup is not what it should be.
    """
    path = source.path
    assert path is not None  # noqa: S101  # one in memory has nothing to be backed up
    file = target / path.name if target.is_dir() else target
    with copy_files.made_aside(file, f"The backup {file}", "name another file for the backup") as made:
        if key is not None:
            copy_files.put(made.parent, key_file_of(made).name, key_file_of(path).read_bytes())
        _copy(source, made, key)
        events, findings = _read_back(source, made, key)
    return Backup(file, events, findings)


def _copy(source: Database, made: Path, key: bytes | None) -> None:
    """Copy page by page what the file is at this moment, whatever others write meanwhile."""
    with Database.create(made, key) as copy, source.worded():
        # From here to the reading back, the source shows one moment.
        source.connection.execute("BEGIN")
        source.row("SELECT 1 FROM event LIMIT 1")
        source.connection.backup(copy.connection)
        # One file that is whole by itself, and can be read where nothing can be written.
        copy.connection.execute("PRAGMA journal_mode = DELETE")
    files.flush(made)


def _read_back(source: Database, made: Path, key: bytes | None) -> tuple[int, tuple[str, ...]]:
    """Hold the backup against the inspection.

    Returns:
        How many events there are, and what is wrong with both.

    Raises:
        StoreError: they are not the same.
    """
    with Database.open_read_only(made, key) as copy:
        findings = tuple(file_check.findings(copy))
        tables = ("event", "fork", "draft", "local")
        counts, theirs = ([_count(each, table) for table in tables] for each in (copy, source))
        same = counts == theirs and read_ends(copy) == read_ends(source)
        # A damaged inspection is backed up as it is; what only the backup says is the backup's own fault.
        if not same or (findings and set(findings) - set(file_check.findings(source))):
            raise StoreError(
                "The backup is not what the inspection is: check the disk that it was written to."
            )
        source.connection.execute("COMMIT")
        return counts[0], findings


def _count(database: Database, table: str) -> int:
    return int(database.rows(f"SELECT count(*) FROM {table}")[0][0])
