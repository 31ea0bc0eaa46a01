"""Who set what, when, from what, to what and why: the events of a case, told in the order in which they happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fieldtool.domain.kinds.assessment import Undone
from fieldtool.domain.kinds.base import UnknownHappened
from fieldtool.domain.log.events import Event, EventId
from fieldtool.domain.method.case import Slot


class Change(NamedTuple):
    """One entry of the history of a slot."""

    wall: str
    """When, by the clock on the wall, ISO 8601 with its offset."""
    actor: str
    kind: str
    value: str | None
    """What it was set to; None if it was cleared."""
    slot: Slot
    id: str
    """Which event."""
    before: tuple[str | None, ...] = ()
    """What it knowingly replaced: nothing, one value, or, where it settled a conflict, all of them."""
    why: str = ""
    """The reason that was given with it."""
    deed: str = ""
    """What was done, where that says more than the value."""
    undoes: str = ""
    """The id of the event that it took back."""
    stands: bool = False
    """Whether nothing has replaced it: more than one such change of a slot is a conflict."""
    shown: bool = False
    """Whether it is the one whose value is shown."""
    without_effect: bool = False
    """Whether this version cannot read it, so that it is kept and counts nowhere."""


def changes(events: Iterable[Event]) -> tuple[Change, ...]:
    """Tell events of one subject as changes, the oldest first; whatever replaces comes after what it replaces."""
    ordered = sorted(events, key=lambda event: (event.at, event.id))
    values = {event.id: _value(event) for event in ordered}
    readable = [event for event in ordered if not _without_effect(event)]
    replaced = {parent for event in readable for parent in event.parents}
    shown: dict[str, EventId] = {}
    for event in readable:
        if event.id not in replaced:
            shown[event.slot] = event.id  # the latest of them, for they come in their order
    return tuple(_change(event, values, replaced, shown) for event in ordered)


def conflicts(changes: Iterable[Change]) -> tuple[Sequence[Change], ...]:
    """The changes of each slot that stand beside each other, because nobody knew of the other."""
    standing: dict[Slot, list[Change]] = defaultdict(list)
    for change in changes:
        if change.stands:
            standing[change.slot].append(change)
    return tuple(sides for sides in standing.values() if len(sides) > 1)


def _change(
    event: Event, values: dict[EventId, str | None], replaced: set[EventId], shown: dict[str, EventId]
) -> Change:
    aside = _without_effect(event)
    body = None if aside else event.body
    return Change(
        event.wall,
        event.actor,
        event.kind,
        values[event.id],
        Slot.parse(event.slot),
        str(event.id),
        before=tuple(values[parent] for parent in event.parents if parent in values),
        why=body.reason if body else "",
        deed=body.says.deed if body else "",
        undoes=body.undoes if isinstance(body, Undone) else "",
        stands=not aside and event.id not in replaced,
        shown=shown.get(event.slot) == event.id,
        without_effect=aside,
    )


def _without_effect(event: Event) -> bool:
    try:
        body = event.body
    except ValueError:
        return True
    return isinstance(body, UnknownHappened) or str(body.slot) != event.slot


def _value(event: Event) -> str | None:
    try:
        return event.body.value
    except ValueError:
        return None
