"""Which laptops belong to the inspection, which were removed, and from where on those count no more.

A removal counts whoever says it, also a laptop that was removed itself: so what counts of all the others depends on
nothing but the events that there are. An invitation by a laptop that had been removed by then is none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from fieldtool.domain.kinds.kind import aspects
from fieldtool.domain.log.events import ChainId, Event, EventId
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.store.chain.reading import SELECT, event_of, find_event
from fieldtool.store.file.database import Database

BELONGING = aspects(lambda says: says.admits)
"""What says who belongs to the inspection."""

Limits = Mapping[str, Mapping[ChainId, int]]
"""Of each device whose laptop was removed, the last event of each of its chains that still counts; 0 for any other."""


class Laptop(NamedTuple):
    """A laptop on the roster."""

    person: str
    removed: bool = False
    why: str = ""
    ends: Mapping[ChainId, int] = {}
    """Of a removed one: the last event of each of its chains that still counts."""


def roster(database: Database) -> dict[str, Laptop]:
    """Every laptop that was ever invited, by its public key; one that anybody has removed stays removed.

    What a laptop invited that had been removed by then is none of them.
    """
    said = _said_of_keys(database)
    removed = _removed(said)
    beyond = _limits(database, removed)
    laptops: dict[str, Laptop] = {}
    for key, body, id in said:
        if key in removed or not is_beyond(beyond, id):
            laptops[key] = removed.get(key) or Laptop(body["person"])
    return laptops


def hosts(database: Database) -> frozenset[str]:
    """The devices that have invited or removed laptops."""
    rows = database.rows(
        "SELECT device FROM head WHERE subject = '' AND slot >= 'laptop:' AND slot < 'laptop;'"
    )
    return frozenset(device for (device,) in rows)


def limits(database: Database) -> Limits:
    """Of each device whose laptop was removed, the last event of each chain that still counts."""
    return _limits(database, _removed(_said_of_keys(database)))


def _said_of_keys(database: Database) -> list[tuple[str, dict[str, Any], EventId]]:
    return [(key, json.loads(value), id) for key, value, id in _heads_of(database, Aspect.LAPTOP)]


def _removed(said: Iterable[tuple[str, dict[str, Any], EventId]]) -> dict[str, Laptop]:
    removed: dict[str, Laptop] = {}
    for key, body, _ in said:
        if "ends" in body:
            ends = {ChainId.parse(told): seq for told, seq in body["ends"].items()}
            if key in removed:  # a chain that one of them did not know counts not at all
                before = removed[key].ends
                ends = {chain: min(seq, before.get(chain, 0)) for chain, seq in ends.items()}
            removed[key] = Laptop(body["person"], removed=True, why=body["why"], ends=ends)
    return removed


def _limits(database: Database, removed: Mapping[str, Laptop]) -> Limits:
    if not removed:
        return {}
    return {device: removed[key].ends for device, key in joined(database).items() if key in removed}


def joined(database: Database) -> dict[str, str]:
    """By which key each installation came in."""
    return {device: key for device, key, _ in _heads_of(database, Aspect.JOINED)}


def is_beyond(limits: Limits, id: EventId) -> bool:
    """Whether an event is one of a removed laptop that came too late to count."""
    ends = limits.get(id.device)
    return ends is not None and id.seq > ends.get(id.chain, 0)


def beyond_removal(database: Database) -> Callable[[Event], bool]:
    """What says of an event whether it is one of a removed laptop that came too late to count."""
    known = limits(database)
    return lambda event: is_beyond(known, event.id)


def said_of_laptops(database: Database) -> list[Event]:
    """Every event that says who belongs to the inspection."""
    return [event_of(row) for row in database.rows(_SAID)]


def is_removed(laptops: Mapping[str, Laptop], key: str) -> bool:
    """Whether the laptop of a key was removed."""
    return key in laptops and laptops[key].removed


def _heads_of(database: Database, aspect: Aspect) -> list[tuple[str, str, EventId]]:
    """What all heads of an aspect of the inspection itself say, by their items, and which events they are."""
    rows = database.rows(
        "SELECT slot, value, device, incarnation, seq FROM head"
        " WHERE subject = '' AND slot >= ? AND slot < ? AND value IS NOT NULL ORDER BY at, device, incarnation, seq",
        (f"{aspect}:", f"{aspect};"),
    )
    return [(Slot.parse(slot).item, value, EventId(*id)) for slot, value, *id in rows]


class Receipt(NamedTuple):
    """What a laptop has said that it had, and who said so when."""

    device: ChainId
    person: str
    wall: str
    ends: Mapping[ChainId, int]


def read_receipts(database: Database) -> list[Receipt]:
    """What every installation has said last of what it had, but for those that were removed."""
    rows = database.rows(
        "SELECT slot, value, device, incarnation, seq FROM head WHERE subject = '' AND shown"
        " AND slot >= 'receipt:' AND slot < 'receipt;' AND value IS NOT NULL ORDER BY device, incarnation"
    )
    laptops, keys = roster(database), joined(database)
    receipts: dict[str, Receipt] = {}
    for _, value, *id in rows:
        event = find_event(database, EventId(*id))
        if event is None or is_removed(laptops, keys.get(id[0], "")):
            continue
        ends = {ChainId.parse(told): seq for told, seq in json.loads(value)["ends"].items()}
        # Of the incarnations of an installation, the latest is the one that still speaks.
        receipts[id[0]] = Receipt(ChainId(id[0], id[1]), event.actor, event.wall, ends)
    return list(receipts.values())


_PARTS = " OR ".join(f"(slot >= '{aspect}:' AND slot < '{aspect};')" for aspect in sorted(BELONGING))
_SAID = f"{SELECT} WHERE subject = '' AND ({_PARTS})"
