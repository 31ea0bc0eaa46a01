"""Who set what, when, from what, to what and why: the events of a case, told in the order in which they happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from fieldtool.domain.kinds.assessment import Undone
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.log.door import misshapen, understood
from fieldtool.domain.log.events import Event
from fieldtool.domain.log.heads import standing
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
    beyond_removal: bool = False
    """Whether a laptop recorded it that had been removed by then, so that it counts nowhere."""


def changes(
    events: Iterable[Event], beyond_removal: Callable[[Event], bool] = lambda _: False
) -> tuple[Change, ...]:
    """Tell events of one subject as changes, the oldest first; whatever replaces comes after what it replaces.

    Args:
        beyond_removal: whether an event is one that a removed laptop recorded too late to count.
    """
    # What does not fit is named by the auditor: of it, not even the time can be told.
    fitting = (event for event in events if not misshapen(event))
    ordered = sorted(fitting, key=lambda event: (event.at, event.id))
    bodies = {event.id: understood(event)[0] for event in ordered}
    heads = standing(ordered, beyond_removal)
    stand = {head.id for here in heads.values() for head in here}
    shown = {here[0].id for here in heads.values() if here}

    def told(event: Event) -> Change:
        body = bodies[event.id]
        return Change(
            event.wall,
            event.actor,
            event.kind,
            _value(body),
            Slot.parse(event.slot),
            str(event.id),
            before=tuple(_value(bodies[parent]) for parent in event.parents if parent in bodies),
            why=body.reason if body else "",
            deed=body.says.deed if body else "",
            undoes=body.undoes if isinstance(body, Undone) else "",
            stands=event.id in stand,
            shown=event.id in shown,
            without_effect=body is None,
            beyond_removal=body is not None and beyond_removal(event),
        )

    return tuple(map(told, ordered))


def conflicts(changes: Iterable[Change]) -> tuple[Sequence[Change], ...]:
    """The changes of each slot that stand beside each other and say different things: nobody knew of the other."""
    beside: dict[Slot, list[Change]] = defaultdict(list)
    for change in changes:
        if change.stands:
            beside[change.slot].append(change)
    return tuple(sides for sides in beside.values() if len({side.value for side in sides}) > 1)


def _value(body: Body | None) -> str | None:
    return None if body is None else body.value
