"""The files of a second copy: how each is named, sealed, written whole or not at all, and read back."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from fieldtool import files
from fieldtool.domain.log.events import ChainId, Event
from fieldtool.domain.method.case import Slot
from fieldtool.store.chain import event_lines
from fieldtool.store.chain.event_lines import Unreadable
from fieldtool.store.copies.copy_state import ENDING
from fieldtool.store.file.database import Database, StoreError, key_file_of, must_have_folder
from fieldtool.store.keys.key_file import derived
from fieldtool.store.keys.sealing import is_cut_short, seal, unseal

FORMAT, VERSION = "fieldtool copy", 1

SEALED = b"fieldtool sealed copy 1\n"
"""How a sealed increment begins; then come 24 bytes of nonce, and the lines under the key of copies."""

KEY_FILE_OF = "inspection"
"""The name beside which the key file of an encrypted inspection lies in its copy: `inspection.key`."""

OWN = ("person", "inspection", "sharing_identity", "laptop_key")
"""What of an installation's own notes goes with its copy: who works on it, and the keys with which it takes part in
the exchange. Its device and the key of its signatures do not: a restored file goes on as another incarnation."""

_DIGITS = 18
_PART = ".part"
_PURPOSE = b"copy"


class CopyFailed(StoreError):  # noqa: N818  # what went wrong says more than "error"
    """The second copy could not be brought up to date, and why; the inspection itself is whole."""


class Name(NamedTuple):
    """Which increment: of which installation, and its number among those."""

    device: ChainId
    number: int

    def __str__(self) -> str:
        return f"{quote(self.device.id, safe='')}.{self.device.incarnation}.{self.number}{ENDING}"

    @classmethod
    def parse(cls, name: str) -> Name | None:
        """Read the name of a file; None if it is not an increment's."""
        parts = name.removesuffix(ENDING).rsplit(".", 2)
        if not name.endswith(ENDING) or len(parts) != 3:
            return None
        if not all(part.isdecimal() and len(part) < _DIGITS for part in parts[1:]):
            return None
        return cls(ChainId(unquote(parts[0]), int(parts[1])), int(parts[2]))


class KeptDraft(NamedTuple):
    """A text as it was being typed when a copy was made."""

    subject: str
    slot: str
    text: str
    wall: str
    actor: str


def read_drafts(database: Database) -> tuple[KeptDraft, ...]:
    """The texts that are being typed in a file now."""
    rows = database.rows("SELECT subject, slot, text, wall, actor FROM draft ORDER BY subject, slot")
    return tuple(KeptDraft(*row) for row in rows)


class Header(NamedTuple):
    """What an increment says of itself."""

    copy: str
    """The id of the copy that it belongs to."""
    file: str
    """The name of the inspection's file."""
    device: ChainId
    number: int
    first: int
    """The number of the first increment that was merged into this one, or its own."""
    previous: str
    """The SHA-256 of the increment before that first one; empty if there was none."""
    replaces: str
    """The SHA-256 that this increment had before it was merged with others; empty if it was not."""
    events: int
    forked: int
    """How many of the events, the last ones, are of forked chains: they are kept without effect."""
    at: int
    """The time of the latest event of the file, by its clock."""
    own: Mapping[str, str]
    """What the installation keeps outside the log, as who works on it: see `OWN`."""
    ends: Mapping[ChainId, tuple[int, str]]
    """The last event of every chain that is in the copy with this increment: its number and its hash."""
    drafts: tuple[KeptDraft, ...]
    """The texts that were being typed: all of them, at that moment."""


class Increment(NamedTuple):
    """One file of a copy, read."""

    header: Header
    events: tuple[Event, ...]


# ---------------------------------------------------------------------- content


def increment_bytes(header: Header, events: Iterable[Event], key: bytes | None) -> bytes:
    """The content of an increment, sealed if there is a key."""
    content = event_lines.packed(
        [event_lines.as_json(_header_values(header)), *map(event_lines.line_of, events)]
    )
    if key is None:
        return content
    return SEALED + seal(content, SEALED, derived(key, _PURPOSE))


def read_increment(path: Path, key: bytes | None) -> Increment:
    """Read a file of a copy, and check all that it can say of itself.

    Raises:
        Unreadable: damaged, cut short, sealed with another key, or of a newer program.
    """
    try:
        with path.open("rb") as file:
            data = file.read(event_lines.LARGEST + 1)
    except OSError as error:
        raise Unreadable(f"it cannot be read ({files.why(error)})") from error
    first, *rest = event_lines.unpacked(_opened(data, key)) or [b""]
    header = _read_header(event_lines.from_json(first))
    if len(rest) != header.events:
        raise Unreadable(f"it should hold {header.events} events, and holds {len(rest)}")
    events = [event_lines.event_of(line) for line in rest]
    whole = header.events - header.forked
    return Increment(header, (*event_lines.checked(events[:whole]), *events[whole:]))


def digest(data: bytes) -> str:
    """The hash by which the next increment names this one."""
    return hashlib.sha256(data).hexdigest()


def _opened(data: bytes, key: bytes | None) -> bytes:
    if not data.startswith(SEALED):
        if not data.startswith(event_lines.MAGIC):
            raise Unreadable("it is not an increment of a copy, or its beginning is damaged")
        return data
    if key is None:
        raise Unreadable("it is sealed, and there is no key")
    sealed = data.removeprefix(SEALED)
    if is_cut_short(sealed):
        raise Unreadable("it is cut short")
    content = unseal(sealed, SEALED, derived(key, _PURPOSE))
    if content is None:
        raise Unreadable("it is damaged, or sealed with another key")
    return content


def _header_values(header: Header) -> dict[str, object]:
    return {
        "format": FORMAT,
        "version": VERSION,
        **header._asdict(),
        "ends": [[*device, *end] for device, end in header.ends.items()],
    }


def _read_header(values: object) -> Header:
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise Unreadable("it does not begin as an increment of a copy")
    if values.get("version") != VERSION:
        raise Unreadable("it was written by a newer fieldtool")
    try:
        ends = {
            ChainId(str(id), int(incarnation)): (int(seq), bytes.fromhex(end).hex())
            for id, incarnation, seq, end in values["ends"]
        }
        device, incarnation = values["device"]
        return Header(
            copy=str(values["copy"]),
            file=str(values["file"]),
            device=ChainId(str(device), int(incarnation)),
            number=int(values["number"]),
            first=int(values["first"]),
            previous=str(values["previous"]),
            replaces=str(values["replaces"]),
            events=int(values["events"]),
            forked=int(values["forked"]),
            at=int(values["at"]),
            own={name: str(value) for name, value in values["own"].items() if name in OWN},
            ends=ends,
            drafts=tuple(_read_draft(draft) for draft in values["drafts"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Unreadable("what it says of itself is incomplete") from error


def _read_draft(values: list[object]) -> KeptDraft:
    draft = KeptDraft(*map(str, values))
    Slot.parse(draft.slot)
    return draft


# ---------------------------------------------------------------------- files


def names_in(folder: Path) -> dict[str, Name]:
    """The increments in the folder of a copy, by the names of their files.

    Raises:
        OSError: the folder is not there, or cannot be read.
    """
    names = ((entry, Name.parse(entry)) for entry in os.listdir(folder))  # noqa: PTH208  # names are enough
    return {entry: name for entry, name in names if name is not None}


def put(folder: Path, name: str, data: bytes) -> None:
    """Write a file whole or not at all, in place of one of that name, and have it on the disk.

    Raises:
        OSError: it could not be written.
    """
    files.write_whole(folder / name, data, beside=folder / f"{name}{_PART}")


@contextmanager
def made_aside(path: Path, what: str, instead: str) -> Iterator[Path]:
    """Let a file be made in a folder of its own, so that nothing half-made ever bears its name, and put it in place.

    Args:
        what: the file, as a sentence names it.
        instead: what to do where there is one already.

    Yields:
        Where to make it; a key file that is made beside it is put in place first.

    Raises:
        StoreError: there is a file already, or no folder for it, or it could not be written.
    """
    for there in (path, key_file_of(path)):
        if there.exists():
            raise StoreError(f"{there} exists already: {instead}.")
    must_have_folder(path)
    workshop = path.with_name(f"{path.name}.{secrets.token_hex(4)}{_PART}")
    made = workshop / path.name
    try:
        workshop.mkdir(mode=0o700)
        yield made
        if key_file_of(made).exists():
            key_file_of(made).replace(key_file_of(path))
        made.replace(path)
        files.flush_folder(path.parent)
    except OSError as error:
        raise StoreError(f"{what} could not be written: {files.why(error)}.") from error
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def clear_halves(folder: Path) -> None:
    """Take away what a kill or a pulled stick left half written."""
    for half in folder.glob(f"*{_PART}"):
        half.unlink(missing_ok=True)


@contextmanager
def worded(folder: Path) -> Iterator[None]:
    """Turn what goes wrong with the folder of copies into a sentence.

    Raises:
        CopyFailed: always in place of an OSError.
    """
    try:
        yield
    except OSError as error:
        if not folder.is_dir():
            raise CopyFailed(_AWAY.format(folder=folder)) from error
        if files.is_full(error):
            raise CopyFailed(
                f"The folder of the second copy is full: free some space in {folder}, then it catches up by itself."
            ) from error
        if files.is_closed(error):
            raise CopyFailed(
                f"The folder of the second copy cannot be written ({files.why(error)}): see that {folder} can be."
            ) from error
        raise CopyFailed(f"The second copy in {folder} failed: {files.why(error)}.") from error


_AWAY = "The folder of the second copy, {folder}, is not there: bring it back, and it catches up by itself."
