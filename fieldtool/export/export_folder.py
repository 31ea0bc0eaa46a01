"""Files of an export put into a folder: all written aside first, then renamed, never half a file."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from fieldtool import files
from fieldtool.domain.errors import FieldtoolError


class ExportError(FieldtoolError):
    """The files could not be written, in one sentence that says why."""


def put(folder: Path, contents: Mapping[str, bytes], *, replace: bool) -> None:
    """Write files into a folder, which is made if it is not there.

    Args:
        contents: what they hold, by their names.
        replace: whether files that are there already give way.

    Raises:
        ExportError: one of them is there already, or they cannot be written; then nothing is.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = [name for name in contents if (folder / name).exists()]
        if there and not replace:
            more = f" and {len(there) - 1} more" if len(there) > 1 else ""
            what = "is" if not more else "are"
            raise ExportError(
                f"{folder / there[0]}{more} {what} there already: name another folder, or say --force."
            )
        with tempfile.TemporaryDirectory(prefix=".fieldtool-export-", dir=folder) as aside:
            for name, data in contents.items():
                # Tables of real cases: whoever else uses this computer has no business with them.
                files.write_new(Path(aside) / name, data)
            for name in contents:
                (Path(aside) / name).replace(folder / name)
    except OSError as error:
        reason = files.why(error)
        raise ExportError(f"The tables could not be written into {folder}: {reason}.") from error
