"""The team as the log has it: who leads, who set the inspection up, who left and why, which recovery keys count."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from fieldtool.domain.kinds.inspection import PersonJoined, PersonRemoved
from fieldtool.domain.kinds.laptops import RecoveryKeyNamed
from fieldtool.domain.log.door import understood
from fieldtool.domain.log.events import Event, EventId
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.store.chain.reading import history, opening_of
from fieldtool.store.file.database import Database, StoreError
from fieldtool.store.keys.key_file import recipient_of
from fieldtool.store.views import case_lines

LEADS = "lead_inspector"


class Left(NamedTuple):
    """Somebody who was taken off the team."""

    why: str
    by: str
    """The id of whoever did it."""
    wall: str


class RecoveryKey(NamedTuple):
    """A public key for whose owner all bundles are sealed as well."""

    name: str
    recipient: str
    """As "age1…"."""
    by: str
    """The id of whoever named it."""
    wall: str


def set_up_by(database: Database) -> str:
    """The id of whoever set the inspection up; empty if nobody did yet."""
    opened = opening_of(database)
    return "" if opened is None else opened.actor


def why_not_lead(database: Database, person: str) -> str:
    """Say why somebody may not say who belongs to the inspection; empty if they may.

    Lead inspectors may; where the team has none, who set the inspection up.
    """
    leads = [known.id for known in case_lines.people(database) if known.role == LEADS]
    if leads:
        who = ", ".join(leads)
        return "" if person in leads else f"This is for the lead inspector to do, who is {who}."
    first = set_up_by(database)
    if person == first or not first:
        return ""
    return (
        f"The team has no lead inspector: until it has, this is for {first} to do, who set the inspection up."
    )


def ever_led(database: Database) -> frozenset[str]:
    """Who set the inspection up, and whom one of these has ever made a lead inspector.

    It depends on nothing but the events that there are, in whatever order they came.
    """
    made = set()
    for slot in _slots(database, Aspect.PERSON):
        for event in history(database, "", slot):
            body = _body(event)
            if isinstance(body, PersonJoined) and body.role == LEADS:
                made.add((event.actor, body.person))
    led = {set_up_by(database)}
    while more := {person for actor, person in made if actor in led} - led:
        led |= more
    return frozenset(led)


def left(database: Database) -> dict[str, Left]:
    """Who was taken off the team, by their ids."""
    gone = {}
    here = {known.id for known in case_lines.people(database)}
    for slot in _slots(database, Aspect.PERSON):
        if slot.item in here:
            continue
        for event in history(database, "", slot):
            body = _body(event)
            if isinstance(body, PersonRemoved):
                gone[body.person] = Left(body.why, event.actor, event.wall)
                break
    return gone


def recovery_keys(database: Database) -> tuple[RecoveryKey, ...]:
    """The recovery keys on record, by name: those that a lead inspector named, and whose end none has said since."""
    slots = _slots(database, Aspect.RECOVERY)
    led = ever_led(database) if slots else frozenset()
    keys = []
    for slot in slots:
        for event in _standing(history(database, "", slot), led):
            body = _body(event)
            if isinstance(body, RecoveryKeyNamed) and _can_be_sealed_for(body.recipient):
                keys.append(RecoveryKey(body.name, body.recipient or "", event.actor, event.wall))
    return tuple(sorted(keys))


def _standing(events: Iterable[Event], led: frozenset[str]) -> list[Event]:
    """Of the events of a slot those by lead inspectors that none of theirs replaces, directly or through others."""
    by_id = {event.id: event for event in events}
    counted = [event for event in by_id.values() if event.actor in led]
    replaced: set[EventId] = set()
    wanted = [parent for event in counted for parent in event.parents]
    while wanted:
        id = wanted.pop()
        if id not in replaced and id in by_id:
            replaced.add(id)
            wanted.extend(by_id[id].parents)
    return [event for event in counted if event.id not in replaced]


def _can_be_sealed_for(recipient: str | None) -> bool:
    """Whether it is a key at all: one that is not must keep nobody from sending."""
    try:
        return recipient is not None and recipient_of(recipient) is not None
    except StoreError:
        return False


def _body(event: Event) -> object:
    """What an event says; None if it cannot be read."""
    return understood(event)[0]


def _slots(database: Database, aspect: Aspect) -> list[Slot]:
    rows = database.rows(
        "SELECT DISTINCT slot FROM head WHERE subject = '' AND slot >= ? AND slot < ?",
        (f"{aspect}:", f"{aspect};"),
    )
    return [Slot.parse(slot) for (slot,) in rows]
