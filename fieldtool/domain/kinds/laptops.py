"""Who belongs to an inspection and may send to it: laptops that were invited or removed, and what each has received.

A laptop is known by a key of its own, which signs what it sends; the lead's laptop makes that key and puts it on
record with the invitation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fieldtool.domain.kinds.kind import Body, Says, of_field, of_parts
from fieldtool.domain.method.case import Aspect

_BELONGS = Says(Aspect.LAPTOP, of_parts("person"), ("key",), contested=False, admits=True)


class LaptopInvited(Body):
    """A laptop may send from now on what it signs with a key."""

    says = _BELONGS
    kind: Literal["laptop.invited"] = "laptop.invited"
    key: str
    """Ed25519, 32 bytes in hexadecimal."""
    person: str
    """Whom the invitation is for."""


class LaptopRemoved(Body):
    """A laptop may send no more: what it recorded beyond what was known of it then is set aside."""

    says = _BELONGS._replace(value=of_parts("person", "ends", "why"))
    kind: Literal["laptop.removed"] = "laptop.removed"
    key: str
    person: str
    ends: Mapping[str, int]
    """The number of the last event that was known then of each of its chains, by `device.incarnation`."""
    why: str


class LaptopJoined(Body):
    """An installation came in by an invitation: the key is that of the invitation."""

    says = Says(Aspect.JOINED, of_field("key"), ("device",), by_laptop=True, contested=False, admits=True)
    kind: Literal["laptop.joined"] = "laptop.joined"
    device: str
    key: str


class ReceiptGiven(Body):
    """What a laptop had taken in at a moment: so everybody can see how far everybody else is."""

    says = Says(
        Aspect.RECEIPT, of_parts("ends"), ("device", "incarnation"), ".", by_laptop=True, contested=False
    )
    kind: Literal["receipt.given"] = "receipt.given"
    device: str
    incarnation: int
    ends: Mapping[str, int]
    """The number of the last event of each chain, by `device.incarnation`."""


class RecoveryKeyNamed(Body):
    """Whoever has the secret key to this public one can open all bundles made from now on; None ends that."""

    says = Says(Aspect.RECOVERY, of_field("recipient"), ("name",), contested=False)
    kind: Literal["recovery_key.named"] = "recovery_key.named"
    name: str
    recipient: str | None
    """A public key of age, as "age1…"."""
