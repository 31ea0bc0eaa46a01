"""Files of an export put into a folder: all written aside first, then renamed, never half a file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


class ExportError(Exception):
    """The files could not be written, in one sentence that says why."""


_BINARY = getattr(os, "O_BINARY", 0)  # only Windows tells the two apart


def put(folder: Path, files: Mapping[str, bytes], *, replace: bool) -> None:
    """Write files into a folder, which is made if it is not there.

    Args:
        files: what they hold, by their names.
        replace: whether files that are there already give way.

    Raises:
        ExportError: one of them is there already, or they cannot be written; then nothing is.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = [name for name in files if (folder / name).exists()]
        if there and not replace:
            more = f" and {len(there) - 1} more" if len(there) > 1 else ""
            what = "is" if not more else "are"
            raise ExportError(
                f"{folder / there[0]}{more} {what} there already: name another folder, or say --force."
            )
        with tempfile.TemporaryDirectory(prefix=".fieldtool-export-", dir=folder) as aside:
            for name, data in files.items():
                _write(Path(aside) / name, data)
            for name in files:
                (Path(aside) / name).replace(folder / name)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise ExportError(f"The tables could not be written into {folder}: {why}.") from error


def _write(path: Path, data: bytes) -> None:
    # Tables of real cases: whoever else uses this computer has no business with them.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
