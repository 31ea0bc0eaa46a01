"""Which laptops belong to the inspection, which were removed, and from where on those count no more.

What is said of laptops counts whoever says it, also a laptop that was removed later: so what counts of the others
depends on nothing but the events that there are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from fieldtool.domain.case import Aspect, Slot
from fieldtool.domain.events import Event, EventId
from fieldtool.store.database import Database
from fieldtool.store.reading import SELECT, Device, event_of

BELONGING = frozenset({Aspect.LAPTOP, Aspect.JOINED})
"""What says who belongs to the inspection."""

Limits = Mapping[str, Mapping[Device, int]]
"""Of each device whose laptop was removed, the last event of each of its chains that still counts; 0 for any other."""


class Laptop(NamedTuple):
    """A laptop on the roster."""

    person: str
    removed: bool = False
    why: str = ""
    ends: Mapping[Device, int] = {}
    """Of a removed one: the last event of each of its chains that still counts."""


def roster(database: Database) -> dict[str, Laptop]:
    """Every laptop that was ever invited, by its public key; one that anybody has removed stays removed."""
    found: dict[str, Laptop] = {}
    for key, value in values_of(database, Aspect.LAPTOP):
        said = json.loads(value)
        before = found.get(key, Laptop(""))
        if "ends" in said:
            ends = {chain_of(told): seq for told, seq in said["ends"].items()}
            if before.removed:  # a chain that one of them did not know counts not at all
                ends = {chain: min(seq, before.ends.get(chain, 0)) for chain, seq in ends.items()}
            found[key] = Laptop(said["person"], removed=True, why=said["why"], ends=ends)
        else:
            found[key] = before._replace(person=said["person"])
    return found


def hosts(database: Database) -> frozenset[str]:
    """The devices that have invited or removed laptops."""
    rows = database.rows(
        "SELECT device FROM head WHERE subject = '' AND slot >= 'laptop:' AND slot < 'laptop;'"
    )
    return frozenset(device for (device,) in rows)


def limits(database: Database) -> dict[str, Mapping[Device, int]]:
    """Of each device whose laptop was removed, the last event of each chain that still counts."""
    laptops = roster(database)
    return {device: laptops[key].ends for device, key in joined(database).items() if is_removed(laptops, key)}


def joined(database: Database) -> dict[str, str]:
    """By which key each installation came in."""
    return dict(values_of(database, Aspect.JOINED))


def is_beyond(limits: Limits, id: EventId) -> bool:
    """Whether an event is one of a removed laptop that came too late to count."""
    ends = limits.get(id.device)
    return ends is not None and id.seq > ends.get(Device(id.device, id.incarnation), 0)


def said_of_laptops(database: Database) -> list[Event]:
    """Every event that says who belongs to the inspection."""
    return [event_of(row) for row in database.rows(_SAID)]


def is_removed(laptops: Mapping[str, Laptop], key: str) -> bool:
    """Whether the laptop of a key was removed."""
    return key in laptops and laptops[key].removed


def chain_of(told: str) -> Device:
    """The chain that is told as `device.incarnation`."""
    id, _, incarnation = told.rpartition(".")
    return Device(id, int(incarnation))


def values_of(database: Database, aspect: Aspect) -> list[tuple[str, str]]:
    """What all heads of an aspect of the inspection itself say, by their items."""
    rows = database.rows(
        "SELECT slot, value FROM head WHERE subject = '' AND slot >= ? AND slot < ? AND value IS NOT NULL"
        " ORDER BY at, device, incarnation, seq",
        (f"{aspect}:", f"{aspect};"),
    )
    return [(Slot.parse(slot).item, value) for slot, value in rows]


_PARTS = " OR ".join(f"(slot >= '{aspect}:' AND slot < '{aspect};')" for aspect in sorted(BELONGING))
_SAID = f"{SELECT} WHERE subject = '' AND ({_PARTS})"
