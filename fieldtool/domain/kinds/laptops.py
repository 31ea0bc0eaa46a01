"""Who belongs to an inspection and may send to it: laptops that were invited or removed, and what each has received.

Kinds of events like those of `events`. A laptop is known by a key of its own, which signs what it sends; the
lead's laptop makes that key and puts it on record with the invitation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fieldtool.domain.base import Model
from fieldtool.domain.method.case import Aspect, Slot


class LaptopInvited(Model):
    """A laptop may send from now on what it signs with a key."""

    kind: Literal["laptop.invited"] = "laptop.invited"
    key: str
    """Ed25519, 32 bytes in hexadecimal."""
    person: str
    """Whom the invitation is for."""

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.LAPTOP, self.key)

    @property
    def value(self) -> str:
        return self.model_dump_json(include={"person"})


class LaptopRemoved(Model):
    """A laptop may send no more: what it recorded beyond what was known of it then is set aside."""

    kind: Literal["laptop.removed"] = "laptop.removed"
    key: str
    person: str
    ends: Mapping[str, int]
    """The number of the last event that was known then of each of its chains, by `device.incarnation`."""
    why: str

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.LAPTOP, self.key)

    @property
    def value(self) -> str:
        return self.model_dump_json(include={"person", "ends", "why"})


class LaptopJoined(Model):
    """An installation came in by an invitation: the key is that of the invitation."""

    kind: Literal["laptop.joined"] = "laptop.joined"
    device: str
    key: str

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.JOINED, self.device)

    @property
    def value(self) -> str:
        return self.key


class ReceiptGiven(Model):
    """What a laptop had taken in at a moment: so everybody can see how far everybody else is."""

    kind: Literal["receipt.given"] = "receipt.given"
    device: str
    incarnation: int
    ends: Mapping[str, int]
    """The number of the last event of each chain, by `device.incarnation`."""

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.RECEIPT, f"{self.device}.{self.incarnation}")

    @property
    def value(self) -> str:
        return self.model_dump_json(include={"ends"})


class PersonRemoved(Model):
    """Somebody left the team, and why; what they did stays."""

    kind: Literal["person.removed"] = "person.removed"
    person: str
    why: str

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.PERSON, self.person)

    @property
    def value(self) -> None:
        return None


class RecoveryKeyNamed(Model):
    """Whoever has the secret key to this public one can open all bundles made from now on; None ends that."""

    kind: Literal["recovery_key.named"] = "recovery_key.named"
    name: str
    recipient: str | None
    """A public key of age, as "age1…"."""

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.RECOVERY, self.name)

    @property
    def value(self) -> str | None:
        return self.recipient
