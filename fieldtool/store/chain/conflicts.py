"""Where people wrote without knowing of each other: the slots with more than one head, and what forked chains hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fieldtool.domain.kinds.assessment import Undone
from fieldtool.domain.kinds.devices import ForkSettled
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.log.conflicts import SETTLED_BY_PEOPLE, Conflict, ForkedEvent, Side
from fieldtool.domain.log.door import understood
from fieldtool.domain.log.events import Event, EventId
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.store.chain import drafts
from fieldtool.store.chain.forks import read_forks
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import OTHERWISE, find_event, history, shown_value
from fieldtool.store.file.database import Database, StoreError


class Overtaken(StoreError):  # noqa: N818  # what is wrong says more than "error"
    """What is to be settled is not what was looked at."""

    def __init__(self) -> None:
        super().__init__("Something has come in meanwhile: look at it again, then settle it.")


def conflicts(database: Database, ref: str | None = None) -> tuple[Conflict, ...]:
    """Find every conflict of a case, or of the whole inspection, those about the inspection itself first.

    Raises:
        StoreError: the file is damaged.
    """
    where, values = ("", ()) if ref is None else ("AND subject = ?", (ref,))
    rows = database.rows(_CONTESTED.format(where=where), values)
    contested = [(subject, Slot.parse(slot)) for subject, slot in rows]
    return tuple(
        Conflict(subject, slot, sides(database, subject, slot))
        for subject, slot in contested
        if slot.aspect in SETTLED_BY_PEOPLE
    )


def sides(database: Database, ref: str, slot: Slot) -> tuple[Side, ...]:
    """Read what was said last in a slot, the side that is shown first; one alone is no conflict."""
    rows = database.rows(_SIDES, (ref, str(slot)))
    return tuple(
        Side(EventId(*id), value, actor, wall, bool(shown), _why(database, ref, slot, EventId(*id)))
        for *id, shown, value, wall, actor in rows
    )


def count_conflicts(database: Database) -> int:
    """Count what is to be settled in the whole inspection, but for what forked chains hold."""
    rows = database.rows(_CONTESTED.format(where=""))
    return sum(Slot.parse(slot).aspect in SETTLED_BY_PEOPLE for _, slot in rows)


def said_by(database: Database, side: Side) -> Body:
    """What one side said, to be said once more.

    Raises:
        Overtaken: its event is not here.
    """
    event = find_event(database, side.event)
    if event is None:
        raise Overtaken
    return _said_again(event)


def settle(
    database: Database, log: Log, conflict: Conflict, body: Body, also: Iterable[tuple[str, Body]] = ()
) -> None:
    """Put on record what holds: an event that replaces all sides.

    Args:
        also: what follows from it, by the references of cases; recorded with it or not at all.

    Raises:
        Overtaken: one of them was replaced, or another has come, since they were looked at.
        StoreError: it could not be saved, and why.
    """
    with database.transaction():
        now = sides(database, conflict.ref, conflict.slot)
        if {side.event for side in now} != {side.event for side in conflict.sides}:
            raise Overtaken
        drafts.drop(database, conflict.ref, conflict.slot)
        log.record_within(conflict.ref, body)
        for ref, follows in also:
            log.record_within(ref, follows)


def decide(database: Database, log: Log, forked: ForkedEvent, *, taken: bool) -> None:
    """Record anew what an event of a forked chain says, or leave it; and that this was decided.

    Raises:
        Overtaken: it was decided already, or it is not here.
        StoreError: it could not be saved, and why.
    """
    slot = Slot(Aspect.FORK, f"{forked.side.event}:{forked.digest}")
    with database.transaction():
        event = next(filter(lambda event: _is(event, forked), read_forks(database)), None)
        if event is None or _decided(database, slot):
            raise Overtaken
        if taken:
            log.record_within(forked.ref, _said_again(event))
        log.record_within("", ForkSettled(event=str(forked.side.event), digest=forked.digest, taken=taken))


def forked_events(database: Database) -> tuple[ForkedEvent, ...]:
    """Read what forked chains say and nobody has decided about, in the order in which it was recorded.

    Raises:
        StoreError: the file is damaged.
    """
    events = [event for event in read_forks(database) if _says_something(event)]
    return tuple(
        _forked(database, event)
        for event in sorted(events, key=lambda event: (event.at, event.id))
        if not _decided(database, Slot(Aspect.FORK, f"{event.id}:{event.hash.hex()}"))
    )


def _forked(database: Database, event: Event) -> ForkedEvent:
    value = event.body.value
    side = Side(event.id, value, event.actor, event.wall, shown=False, why=event.body.reason)
    slot = Slot.parse(event.slot)
    return ForkedEvent(
        event.subject, slot, side, event.hash.hex(), shown_value(database, event.subject, slot)
    )


def _decided(database: Database, slot: Slot) -> bool:
    return database.row("SELECT 1 FROM head WHERE subject = '' AND slot = ?", (str(slot),)) is not None


def _is(event: Event, forked: ForkedEvent) -> bool:
    return event.id == forked.side.event and event.hash.hex() == forked.digest


def _said_again(event: Event) -> Body:
    body = event.body
    return body.change if isinstance(body, Undone) else body


def _says_something(event: Event) -> bool:
    body, _ = understood(event)
    return body is not None and body.slot.aspect in SETTLED_BY_PEOPLE


def _why(database: Database, ref: str, slot: Slot, id: EventId) -> str:
    """The reason or else the note that whoever wrote an event gave with it."""
    event = find_event(database, id)
    if event is None:
        return ""
    if slot.aspect is Aspect.COMPLETION:
        return event.body.reason
    wanted: Sequence[Aspect] = {
        Aspect.ANSWER: (Aspect.NOTE,),
        Aspect.JUDGEMENT: (Aspect.REASON, Aspect.NOTE),
    }.get(slot.aspect, ())
    for aspect in wanted:
        for text in history(database, ref, Slot(aspect, slot.item)):
            if text.actor == event.actor and _says_something(text):
                return text.body.value or ""
    return ""


_CONTESTED = f"SELECT DISTINCT subject, slot FROM head WHERE {OTHERWISE} {{where}} ORDER BY subject, slot"
_SIDES = """
    SELECT head.device, head.incarnation, head.seq, head.shown, head.value, event.wall, event.actor
    FROM head JOIN event USING (device, incarnation, seq) WHERE head.subject = ? AND head.slot = ?
    ORDER BY head.shown DESC, head.at DESC, device DESC, incarnation DESC, seq DESC
"""
