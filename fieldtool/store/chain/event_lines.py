"""Events as lines of text, compressed: what copies are made of, and what laptops send each other.

A file of them is JSON Lines in UTF-8, compressed by Zstandard with a checksum; `zstd -dc FILE` shows it. Lines
that are objects say what the file is. Each event is a line that is an array of twelve values:

    device, incarnation, seq, at, wall, actor, kind, subject, slot, text, [ids of parents], hash in hexadecimal

The first eleven, written as JSON without spaces, are what the hash is over, after the hash of the event before
(`fieldtool.domain.log.events.Event.chained`), so that anybody can check a chain with ordinary tools. The text is itself
JSON, byte for byte as it was hashed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from fieldtool.domain.log.door import refused
from fieldtool.domain.log.events import Event, EventId
from fieldtool.store.file.database import StoreError

if TYPE_CHECKING or sys.version_info < (3, 14):
    from backports import zstd
else:
    from compression import zstd

MAGIC = b"\x28\xb5\x2f\xfd"
"""How everything that is compressed by Zstandard begins."""

LARGEST = 256 * 1024 * 1024
"""No more bytes than this are made of a compressed file, whatever it says of itself."""

_WINDOW = 27
"""Two to this power is the memory in bytes that reading may take; a forged file may ask for more."""


class Unreadable(StoreError):  # noqa: N818  # what is wrong says more than "error"
    """What should be lines of events is not: damaged, cut short, or made by something else."""


def packed(lines: Iterable[bytes]) -> bytes:
    """Compress lines, which hold no line breaks."""
    data = b"".join([line + b"\n" for line in lines])
    return zstd.compress(data, options={zstd.CompressionParameter.checksum_flag: 1})


def unpacked(data: bytes, largest: int = LARGEST) -> list[bytes]:
    """The lines that were compressed.

    Args:
        largest: how many bytes they may be together.

    Raises:
        Unreadable: damaged, cut short, or larger than it may be.
    """
    try:
        reader = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW})
        # One more than may be, and the rest of the frame with its checksum.
        text = reader.decompress(data, largest + 1)
        if len(text) <= largest and not reader.eof and not reader.needs_input:
            text += reader.decompress(b"", 1)
    except zstd.ZstdError as error:
        raise Unreadable(f"it cannot be decompressed ({error})") from error
    if len(text) > largest:
        raise Unreadable(f"it holds more than {largest:,} bytes")
    if not reader.eof or reader.unused_data or (text and not text.endswith(b"\n")):
        raise Unreadable("it does not end where it should")
    return text.split(b"\n")[:-1]


def line_of(event: Event) -> bytes:
    """An event as a line."""
    id, *fields, parents, digest = event
    values = [*id, *fields, [str(parent) for parent in parents], digest.hex()]
    return as_json(values)


def event_of(line: bytes) -> Event:
    """Read the line of an event; that its hash is right is for whoever knows the event before.

    Raises:
        Unreadable: it is none.
    """
    values = from_json(line)
    if not isinstance(values, list) or len(values) != len(_TYPES):
        raise Unreadable("a line is not an event")
    if any(type(value) is not kind for value, kind in zip(values, _TYPES, strict=True)):
        raise Unreadable("a line is an event with a value of the wrong kind")
    device, incarnation, seq, at, wall, actor, kind, subject, slot, text, parents, digest = values
    try:
        replaced = tuple([EventId.parse(parent) for parent in parents])
        hashed = bytes.fromhex(digest)
    except (ValueError, AttributeError, TypeError):
        raise Unreadable("a line is an event with something impossible in it") from None
    id = EventId(device, incarnation, seq)
    event = Event(id, at, wall, actor, kind, subject, slot, text, replaced, hashed)
    why_not = refused(event)
    if why_not:
        raise Unreadable(f"a line is an event that cannot be kept: {why_not}")
    return event


def checked(events: Iterable[Event]) -> Iterator[Event]:
    """Pass events on for as long as each is chained to the one before it, where that is of the number before.

    Raises:
        Unreadable: one is not as it was written.
    """
    before: Event | None = None
    for event in events:
        follows = before is not None and event.id == before.id._replace(seq=before.id.seq + 1)
        if before is not None and follows and event.hash != event.chained(before.hash):
            raise Unreadable(f"event {event.id} is not as it was written")
        yield event
        before = event


def as_json(value: object) -> bytes:
    """A value as one line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def from_json(line: bytes) -> Any:
    """Read a line of JSON.

    Raises:
        Unreadable: it is none.
    """
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Unreadable("a line is not JSON") from error


_TYPES = (str, int, int, int, str, str, str, str, str, str, list, str)
