"""What lets a laptop take part in the exchange: the inspection's own key, this laptop's key, and the roster.

Every laptop of an inspection has the same age identity, so that each opens what any of them has sealed. It is
made on the first laptop, and is kept in `local` inside the file: it goes to the others by invitation alone, and
never into the log. The key of a laptop signs what it sends; its public part is on the roster, in the log.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fieldtool.domain.kinds.laptops import LaptopInvited, LaptopJoined, LaptopRemoved
from fieldtool.domain.log.events import Event
from fieldtool.domain.log.known_laptops import KnownLaptop
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.store.chain import signatures
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import history, inspection_id, read_ends
from fieldtool.store.file.database import Database, StoreError
from fieldtool.store.file.local import local, set_locals_within
from fieldtool.store.keys.team import recovery_keys
from fieldtool.store.views.laptops import is_removed, joined, roster

_INSPECTION, _IDENTITY, _KEY, _VOUCHER = "inspection", "sharing_identity", "laptop_key", "laptop_voucher"


class NotInvited(StoreError):  # noqa: N818  # what is missing says more than "error"
    """The inspection is shared, but this laptop has no key to it."""


class Removed(StoreError):  # noqa: N818  # the same
    """This laptop belongs to the inspection no more."""


class Membership(NamedTuple):
    """What a laptop seals, opens and signs with."""

    inspection: str
    """The hash of the event that opened the inspection, in hexadecimal."""
    identity: str
    """The inspection's secret key of age, as "AGE-SECRET-KEY-1…"."""
    secret: bytes
    """The laptop's own Ed25519 key, 32 bytes."""
    recovery: tuple[str, ...] = ()
    """Public keys of age that can open what is sent as well."""
    host: str = ""
    """The public key of the laptop that invited this one; its own for the first."""
    voucher: str = ""
    """That laptop's signature over this one's key: it lets those hear this one who have not heard of it yet."""

    @property
    def key(self) -> str:
        """The public part of the laptop's key, in hexadecimal."""
        return signatures.public_key(self.secret)

    def of_another(self) -> Membership:
        """What another laptop takes part with that this one invites: it has a key of its own, vouched for."""
        other = self._replace(secret=secrets.token_bytes(32), host=self.key)
        return other._replace(voucher=signatures.sign(self.secret, _vouching(self.inspection, other.key)))


def membership_of(database: Database) -> Membership | None:
    """What this laptop takes part with; None if it does not yet."""
    identity, secret = local(database, _IDENTITY), local(database, _KEY)
    if identity is None or secret is None:
        return None
    inspection = local(database, _INSPECTION) or inspection_id(database)
    recovery = tuple(sorted({named.recipient for named in recovery_keys(database)}))
    host, _, voucher = (local(database, _VOUCHER) or "").partition(" ")
    return Membership(inspection, identity, bytes.fromhex(secret), recovery, host, voucher)


def is_vouched_for(inspection: str, key: str, host: str, voucher: str) -> bool:
    """Whether a laptop with a key was invited by another, as that one has signed."""
    return signatures.is_signed(_vouching(inspection, key), voucher, host)


def take_part(database: Database, log: Log) -> Membership:
    """Let this laptop take part: the first one of an inspection makes its keys, later ones were invited.

    Raises:
        NotInvited: others share the inspection already, and this laptop has no key to it.
        StoreError: the inspection was not set up yet, or the keys could not be saved.
    """
    known = membership_of(database)
    if known is None:
        if roster(database):
            raise NotInvited(
                "This inspection is shared already, and this laptop was not invited to it: ask the lead inspector "
                "for an invitation (`fieldtool invite`), and join with it (`fieldtool join`)."
            )
        inspection = inspection_id(database)
        if not inspection:
            raise StoreError("This inspection was not set up yet: there is nothing to share.")
        known = Membership(inspection, new_identity(), secrets.token_bytes(32))
        with database.transaction():
            keep(database, known)
            log.record_within("", LaptopInvited(key=known.key, person=log.actor), _joined(log, known))
    elif joined(database).get(log.device.id) != known.key:
        log.record("", _joined(log, known))
    return known


def keep(database: Database, membership: Membership) -> None:
    """Write down what this laptop takes part with, inside a transaction of the caller."""
    values: dict[str, str | None] = {
        _INSPECTION: membership.inspection,
        _IDENTITY: membership.identity,
        _KEY: membership.secret.hex(),
        _VOUCHER: f"{membership.host} {membership.voucher}",
    }
    set_locals_within(database, values)


def new_identity() -> str:
    """A new secret key of age."""
    from pyrage import x25519

    return str(x25519.Identity.generate())


def known_laptops(database: Database) -> tuple[KnownLaptop, ...]:
    """Every laptop that was ever invited, by its person, the oldest invitation first."""
    own, devices, ends = membership_of(database), joined(database), read_ends(database)
    heard = dict(_heard(database))
    laptops = []
    for key, laptop in roster(database).items():
        said = history(database, "", Slot(Aspect.LAPTOP, key))
        invited, invited_by = _when_and_who(said[::-1], _INVITED)
        removed, removed_by = _when_and_who(said, _REMOVED) if laptop.removed else ("", "")
        its = {device for device, joined_by in devices.items() if joined_by == key}
        came = [event for device in its for event in history(database, "", Slot(Aspect.JOINED, device))[-1:]]
        laptops.append(
            KnownLaptop(
                key,
                laptop.person,
                invited,
                invited_by,
                joined=min((event.wall for event in came), default=""),
                heard=max((heard[device] for device in its & heard.keys()), default=""),
                events=sum(end.seq for chain, end in ends.items() if chain.id in its),
                here=own is not None and own.key == key,
                removed=removed,
                removed_by=removed_by,
                why=laptop.why,
            )
        )
    return tuple(sorted(laptops, key=lambda laptop: (laptop.person, laptop.invited, laptop.key)))


def _when_and_who(said: Sequence[Event], kind: str) -> tuple[str, str]:
    """When and by whom the first event of a kind was recorded; empty if there is none."""
    return next(((event.wall, event.actor) for event in said if event.kind == kind), ("", ""))


def must_belong(database: Database) -> None:
    """See to it that this laptop was not removed.

    Raises:
        Removed: it was; who did it, when and why.
    """
    own, laptops = membership_of(database), roster(database)
    if own is not None and laptops and own.key not in laptops:
        raise Removed(
            "This laptop was invited by one that had been removed from the inspection, so nobody takes what it sends: "
            "ask the lead inspector for an invitation, and join with it in a new file."
        )
    if own is None or not is_removed(laptops, own.key):
        return
    laptop = next(laptop for laptop in known_laptops(database) if laptop.here)
    day = laptop.removed.partition("T")[0]
    raise Removed(
        f"This laptop was removed from the inspection by {laptop.removed_by} on {day} ({laptop.why}), and what "
        "is recorded on it since counts no more: if that is a mistake, ask for an invitation, and join with it "
        "in a new file."
    )


def _heard(database: Database) -> Iterator[tuple[str, str]]:
    """When each device has said what it has, the last time last."""
    yield from database.rows(
        "SELECT device, wall FROM head JOIN event USING (device, incarnation, seq)"
        " WHERE head.subject = '' AND head.slot >= 'receipt:' AND head.slot < 'receipt;' AND shown"
        " ORDER BY event.incarnation"
    )


_INVITED = LaptopInvited.model_fields["kind"].default
_REMOVED = LaptopRemoved.model_fields["kind"].default


def _vouching(inspection: str, key: str) -> bytes:
    return f"fieldtool laptop 1\n{inspection}\n{key}".encode()


def _joined(log: Log, membership: Membership) -> LaptopJoined:
    return LaptopJoined(device=log.device.id, key=membership.key)
