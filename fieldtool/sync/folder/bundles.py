"""Bundles: a range of one laptop's chain as a file that only the inspection can open and nobody can alter.

docs/bundles.md describes the format, and how to open a bundle with ordinary tools.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

from fieldtool.domain.log.door import is_chain
from fieldtool.domain.log.events import Event, EventId
from fieldtool.store.chain import event_lines, signatures
from fieldtool.store.chain.event_lines import Unreadable, as_json
from fieldtool.store.keys.membership import Membership, is_vouched_for
from fieldtool.sync.event_store import SyncError

FORMAT, VERSION = "fieldtool bundle", 1

ENDING = ".age"

MOST_EVENTS = 5_000
"""A bundle has no more, so that nobody needs much memory to make or open one."""

LARGEST_TEXT = 64 * 1024 * 1024
"""No body is longer once it is decompressed."""

LARGEST_FILE = 32 * 1024 * 1024
"""No bundle is longer as a file: one that is was not made here."""

_LONGEST_HEADER = 4096
_AGE = b"age-encryption.org/v1\n"
_SIGNED = b"fieldtool bundle 1\n"
"""What a signature is over begins with this, so that it fits nothing else."""


class BadBundle(SyncError):  # noqa: N818  # what is wrong says more than "error"
    """Why a file is not used, as the end of a sentence that begins with its name."""


class Header(NamedTuple):
    """What a bundle holds, signed by the laptop that made it."""

    inspection: str
    device: str
    incarnation: int
    first: int
    last: int
    """The numbers of its first and its last event."""
    before: bytes
    """The hash of the event before the first; zeros if there is none."""
    end: bytes
    """The hash of its last event."""
    size: int
    """How many bytes its body has when it is decompressed."""
    body: bytes
    """SHA-256 of its body, compressed."""
    previous: str
    """SHA-256 of the header of the bundle before it in the same place, in hexadecimal; empty where not known."""
    signer: str
    """The public key of the laptop that made it, in hexadecimal."""
    host: str = ""
    """The public key of the laptop that invited that one."""
    voucher: str = ""
    """What that one has signed: see `fieldtool.store.keys.membership`."""

    @property
    def introduced_by(self) -> str:
        """The public key of whoever vouches for its maker; empty if nobody does, or the voucher is not right."""
        vouched = self.host and is_vouched_for(self.inspection, self.signer, self.host, self.voucher)
        return self.host if vouched else ""


class Bundle(NamedTuple):
    """A bundle that was opened and is as its maker signed it."""

    header: Header
    id: str
    """SHA-256 of its header, in hexadecimal."""
    body: bytes

    def events(self) -> list[Event]:
        """Its events, whose ids are those that the header says; whoever takes them in checks their chain.

        Raises:
            BadBundle: whoever signed it has put something else into it.
        """
        header = self.header
        try:
            lines = event_lines.unpacked(self.body, header.size)
            if len(lines) != header.last - header.first + 1:
                raise BadBundle("does not hold what its header says")
            events = [event_lines.event_of(line) for line in lines]
        except Unreadable as error:
            raise BadBundle(f"does not hold events: {error}") from error
        for seq, event in enumerate(events, header.first):
            if event.id != (header.device, header.incarnation, seq):
                raise BadBundle("does not hold what its header says")
        if events[-1].hash != header.end:
            raise BadBundle("does not hold what its header says")
        return events


class Name(NamedTuple):
    """What the name of a bundle's file tells."""

    inspection: str
    """The beginning of the inspection's id."""
    device: str
    incarnation: int
    first: int
    last: int
    digest: str
    """The beginning of the SHA-256 of the file."""


def make(
    events: Sequence[Event], before: bytes, membership: Membership, previous: str = ""
) -> tuple[Header, bytes]:
    """Make a bundle of consecutive events of one chain.

    Args:
        before: the hash of the event before the first of them.
        previous: the id of the bundle that it follows, where that is known.

    Returns:
        Its header, and the bytes of its file.

    Raises:
        SyncError: the events are too large for a bundle.
    """
    from pyrage import encrypt, x25519  # late: nothing but an exchange needs it

    lines = [event_lines.line_of(event) for event in events]
    size = sum(map(len, lines)) + len(lines)
    if len(events) > MOST_EVENTS or size > LARGEST_TEXT:
        raise SyncError(f"Event {events[0].id} and those after it are too large for one bundle.")
    body, first, last = event_lines.packed(lines), events[0].id, events[-1].id
    header = Header(
        membership.inspection,
        first.device,
        first.incarnation,
        first.seq,
        last.seq,
        before,
        events[-1].hash,
        size,
        hashlib.sha256(body).digest(),
        previous,
        membership.key,
        membership.host,
        membership.voucher,
    )
    line = as_json(_written(header))
    signature = signatures.sign(membership.secret, _SIGNED + line).encode()
    recipients = [x25519.Identity.from_str(membership.identity).to_public()]
    recipients += [x25519.Recipient.from_str(recipient) for recipient in membership.recovery]
    return header, bytes(encrypt(b"\n".join([line, signature, body]), recipients))


def read(data: bytes, membership: Membership) -> Bundle:
    """Open a bundle and check that it is as it was signed; by whom it may be signed is for others to say.

    Raises:
        BadBundle: it is none, damaged, altered, of another inspection, or of a newer version.
    """
    line, _, rest = _opened(data, membership).partition(b"\n")
    signature, _, body = rest.partition(b"\n")
    values = _values(line)
    header = _header(values)
    if not signatures.is_signed(_SIGNED + line, signature.decode("ascii", "replace"), header.signer):
        raise BadBundle("was altered: its signature is not right")
    if header.inspection != membership.inspection:
        raise BadBundle("belongs to another inspection")
    if hashlib.sha256(body).digest() != header.body:
        raise BadBundle("was altered: it does not hold what was signed")
    return Bundle(header, hashlib.sha256(line).hexdigest(), body)


def id_of(header: Header) -> str:
    """The id of a bundle that was made here: SHA-256 of its header, in hexadecimal."""
    return hashlib.sha256(as_json(_written(header))).hexdigest()


def name_of(header: Header, data: bytes) -> str:
    """What the file of a bundle is called."""
    device = _UNSAFE.sub(
        lambda character: "".join(f"%{byte:02X}" for byte in character[0].encode()), header.device
    )
    numbers = f"{header.incarnation}.{header.first:06}-{header.last:06}"
    return f"{header.inspection[:8]}.{device}.{numbers}.{digest_of(data)}{ENDING}"


def digest_of(data: bytes) -> str:
    """The part of a file's name that tells whether it is whole: the beginning of its SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def parse_name(name: str) -> Name | None:
    """Read what `name_of` made; None if a file is called otherwise."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    inspection, device, incarnation, first, last, digest = match.groups()
    return Name(inspection, unquote(device), int(incarnation), int(first), int(last), digest)


def follows(events: Sequence[Event], before: bytes) -> EventId | None:
    """The first of consecutive events that is not chained to the one before it; None if all are."""
    for event in events:
        if event.hash != event.chained(before):
            return event.id
        before = event.hash
    return None


# ---------------------------------------------------------------------- what is in the file


def _opened(data: bytes, membership: Membership) -> bytes:
    from pyrage import DecryptError, decrypt, x25519

    if not data.startswith(_AGE[: len(data)]) or not data:
        raise BadBundle("is not a bundle: it is another kind of file")
    if len(data) > LARGEST_FILE:
        raise BadBundle("is larger than any bundle")
    try:
        return bytes(decrypt(data, [x25519.Identity.from_str(membership.identity)]))
    except DecryptError as error:
        if "No matching keys" in str(error):
            raise BadBundle("was not sealed for this inspection, or is damaged") from None
        raise BadBundle("is damaged or not all there") from None


def _values(line: bytes) -> dict[str, Any]:
    """The header as an object, of a version that is known here."""
    try:
        values = event_lines.from_json(line) if len(line) <= _LONGEST_HEADER else None
    except Unreadable:
        values = None
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise BadBundle("is sealed for this inspection, but not a bundle")
    version = values.get("version")
    if type(version) is not int or version < 1:
        raise BadBundle("has a header that is not right")
    if version > VERSION:
        raise BadBundle(f"was made by a newer fieldtool (format {version}): update this one")
    return values


def _written(header: Header) -> dict[str, object]:
    values = [value.hex() if isinstance(value, bytes) else value for value in header]
    values.insert(_COUNT, header.last - header.first + 1)
    return {"format": FORMAT, "version": VERSION, **dict(zip(_FIELDS, values, strict=True))}


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    """What a header tells, in order, each of the type that it should have."""
    if any(type(values.get(name)) is not kind for name, kind in _FIELDS.items()):
        raise BadBundle("has a header that is not right")
    try:
        return {name: bytes.fromhex(values[name]) if name in _HASHES else values[name] for name in _FIELDS}
    except ValueError:
        raise BadBundle("has a header that is not right") from None


def _header(values: dict[str, Any]) -> Header:
    known = _typed(values)
    count = known.pop("count")
    header = Header(*known.values())
    hashes = (header.before, header.end, header.body)
    if (
        any(len(digest) != 32 for digest in hashes)
        or not 0 < header.first <= header.last < 2**63
        or not is_chain(header.device, header.incarnation)
        or count != header.last - header.first + 1
    ):
        raise BadBundle("has a header that is not right")
    if count > MOST_EVENTS or not 0 <= header.size <= LARGEST_TEXT:
        raise BadBundle("says that it holds more than any bundle")
    return header


_FIELDS = {
    "inspection": str,
    "device": str,
    "incarnation": int,
    "from": int,
    "to": int,
    "count": int,
    "before": str,
    "last": str,
    "size": int,
    "sha256": str,
    "previous": str,
    "signer": str,
    "host": str,
    "voucher": str,
}
"""What a header tells and of which type, in the order of `Header`, with the number of events after the last."""

_HASHES = frozenset(("before", "last", "sha256"))
_COUNT = [*_FIELDS].index("count")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_NAME = re.compile(
    r"([0-9a-f]{8})\.([A-Za-z0-9_%-]+)\.(\d{1,19})\.(\d{1,19})-(\d{1,19})\.([0-9a-f]{16})\.age"
)
