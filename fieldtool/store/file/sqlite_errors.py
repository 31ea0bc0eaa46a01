"""What SQLite reports, in the words of an inspector: one sentence that says what is wrong, where, what to do."""

from __future__ import annotations

from pathlib import Path

NOT_WRITABLE = (
    "{path} cannot be written where it is: copy it to a folder of your own and open the copy, "
    "or look at it with `fieldtool ratings {path}`."
)
CANNOT_OPEN = "{path} cannot be opened ({error}): check that its folder can be written."


def sentence(error: str, path: Path | None, encrypted: bool = False) -> str:
    """Say in words what the driver says in its own, by the phrases that SQLite has kept for decades."""
    name = path or "The database"
    for phrase, words in (_ENCRYPTED if encrypted else _PHRASES).items():
        if phrase in error:
            return words.format(path=name, error=error)
    return f"{name} could not be used: {error}."


def spoils(error: str) -> bool:
    """Whether an encrypted connection that reports this may be of no use any more."""
    return any(phrase in error for phrase in _SPOILING)


_PHRASES = {
    "disk is full": "The disk is full, nothing was saved: free some space, then do it again ({path}).",
    "disk I/O error": "The disk failed, nothing was saved: check the disk of {path} ({error}).",
    "closed database": "The disk failed, nothing was saved: check the disk of {path}.",
    "malformed": "{path} is damaged ({error}): keep it, and go on from your copy.",
    "not a database": "{path} is damaged or no inspection ({error}): keep it, and go on from your copy.",
    "file is encrypted": "{path} is damaged or no inspection ({error}): keep it, and go on from your copy.",
    "locked": "{path} is in use by another program, nothing was saved: close that one first.",
    "readonly": NOT_WRITABLE,
    "unable to open": CANNOT_OPEN,
}

_ENCRYPTED = _PHRASES | {
    # To SQLCipher, a read that failed looks like a page that somebody has altered.
    "malformed": "{path} is damaged, or its disk failed ({error}): do it again, and if this is said again, "
    "keep the file and go on from your copy.",
    "not a database": "{path} is damaged, or its key file is of another one ({error}): "
    "keep both, and go on from your copy.",
}

_SPOILING = ("disk I/O error", "malformed", "not a database", "closed database")
