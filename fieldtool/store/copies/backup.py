"""A backup on demand: the whole inspection in one more file, made while others write, and read back at once."""

from __future__ import annotations

import secrets
import shutil
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


def back_up(path: Path, target: Path, key: bytes | None = None) -> Backup:
    """Copy an inspection as it stands at this moment, with its key file, and check the copy.

    Args:
        target: the file to make, or a folder, in which it gets the name that the inspection has.
        key: of an encrypted inspection; the backup is encrypted in the same way.

    Raises:
        StoreError: there is a file already, the target cannot be written, or the backup is not what it should be.
    """
    file = target / path.name if target.is_dir() else target
    for there in (file, key_file_of(file)):
        if there.exists():
            raise StoreError(f"{there} exists already: name another file for the backup.")
    if not file.parent.is_dir():
        raise StoreError(f"There is no folder {file.parent}: make it first.")
    # In a folder of its own, so that nothing half-made ever bears the name.
    workshop = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    made = workshop / file.name
    try:
        workshop.mkdir(mode=0o700)
        if key is not None:
            copy_files.put(workshop, key_file_of(made).name, key_file_of(path).read_bytes())
        with Database.open_read_only(path, key) as source:
            _copy(source, made, key)
            findings = _read_back(source, made, key)
        with Database.open_read_only(made, key) as copy:
            events = copy.row("SELECT count(*) FROM event")
        if key is not None:
            key_file_of(made).replace(key_file_of(file))
        made.replace(file)
        files.flush_folder(file.parent)
    except OSError as error:
        raise StoreError(f"The backup {file} could not be written: {files.why(error)}.") from error
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return Backup(file, int(events[0]) if events else 0, findings)


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


def _read_back(source: Database, made: Path, key: bytes | None) -> tuple[str, ...]:
    """Hold the backup against the inspection.

    Returns:
        What is wrong with both.

    Raises:
        StoreError: they are not the same.
    """
    with Database.open_read_only(made, key) as copy:
        findings = tuple(file_check.findings(copy))
        same = read_ends(copy) == read_ends(source) and all(
            copy.row(f"SELECT count(*) FROM {table}") == source.row(f"SELECT count(*) FROM {table}")
            for table in ("event", "fork", "draft", "local")
        )
        # A damaged inspection is backed up as it is; what only the backup says is the backup's own fault.
        if not same or (findings and set(findings) - set(file_check.findings(source))):
            raise StoreError(
                "The backup is not what the inspection is: check the disk that it was written to."
            )
        source.connection.execute("COMMIT")
        return findings
