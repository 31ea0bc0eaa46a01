"""Files on a disk: written whole or not at all, flushed together with their folder, and why not in words."""

from __future__ import annotations

import errno
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

PRIVATE = 0o600
"""The rights of a file that nobody but its owner has any business with."""

_FULL = frozenset((errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG))
_CLOSED = frozenset((errno.EACCES, errno.EPERM, errno.EROFS))
_BINARY = getattr(os, "O_BINARY", 0)  # only Windows tells the two apart


def read_at_most(path: Path, most: int) -> bytes:
    """What is in a file; where that is more than so many bytes, so many and one more.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return file.read(most + 1)


def write_whole(path: Path, data: bytes, *, beside: Path | None = None) -> None:
    """Put a file in place whole or not at all, over one that is there, for its owner alone, and have it on the disk.

    Args:
        beside: where it is written first, in the same folder; without one, under a name that nobody else has.

    Raises:
        OSError: it could not be written; what was there is there still.
    """
    aside = beside or path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        if beside is not None:
            beside.unlink(missing_ok=True)  # half of one, left by a kill
        write_new(aside, data)
        aside.replace(path)
    except BaseException:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def write_new(path: Path, data: bytes, rights: int = PRIVATE) -> None:
    """Write a file where none is, and have what it holds on the disk.

    Raises:
        FileExistsError: there is one.
        OSError: it could not be written; half of it may be there.
    """
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, rights)
    with os.fdopen(opened, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def flush(path: Path) -> None:
    """Have what a file holds on the disk, whoever wrote it.

    Raises:
        OSError: the disk refuses.
    """
    opened = os.open(path, os.O_RDWR | _BINARY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def flush_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can.

    Where it cannot, a power cut may bring the file before back, which is whole as well.
    """
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def why(error: OSError) -> str:
    """What the system says went wrong, to stand within a sentence."""
    return (error.strerror or str(error)).lower()


def is_full(error: OSError) -> bool:
    """Whether there is no room left for what was to be written."""
    return error.errno in _FULL


def is_closed(error: OSError) -> bool:
    """Whether whoever runs the program may not write there."""
    return error.errno in _CLOSED


def typed_path(text: str) -> Path:
    """A path as people type or paste it: in quotation marks, with escaped spaces, from the home folder, as file://."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    if text.casefold().startswith("file://"):
        text = unquote(urlsplit(text).path).removeprefix("/" if os.name == "nt" else "")
    elif os.name == "posix":
        text = re.sub(r"\\([ ()&'\"\[\]])", r"\1", text)
    return Path(text).expanduser()
