"""The heads rule: which events stand in a slot, and which of them is shown. Nothing else decides that.

An event replaces those that it names as its parents and that are older than it; it cannot have meant a later one,
which is the other event of that number where a chain has gone two ways. What nobody replaces stands: it is a head.
More than one head is a conflict. The latest is shown; clocks decide nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from operator import itemgetter
from typing import NamedTuple

from fieldtool.domain.log.door import understood
from fieldtool.domain.log.events import Event, EventId

Place = tuple[str, str]
"""A subject and a slot."""


class Head(NamedTuple):
    """An event that no other event replaces, and the value that it gives its slot; of several the greatest is shown."""

    at: int
    id: EventId
    value: str | None


def replaces(at: int, parents: Collection[EventId], other: EventId, other_at: int) -> bool:
    """Whether an event of this time and with these parents replaces another."""
    return other_at < at and other in parents


def after(heads: Iterable[Head], event: Event, value: str | None, *, replaced: bool = False) -> list[Head]:
    """The heads of a slot after an event, the one that is shown first.

    Args:
        heads: those that there were, the one that is shown first.
        value: what the event gives the slot.
        replaced: whether an event that replaces this one has come before it.
    """
    at, id, parents = event.at, event.id, event.parents
    left = [head for head in heads if not replaces(at, parents, head.id, head.at)] if parents else [*heads]
    if not replaced:
        left.append(Head(at, id, value))
    return left if len(left) < 2 else in_order(left)


def in_order(heads: Iterable[Head]) -> list[Head]:
    """Heads of one slot, the one that is shown first."""
    those = list(heads)
    if len(those) > 1:
        those.sort(key=_order, reverse=True)
    return those


_order = itemgetter(0, 1)
"""What decides which of several heads is shown: their times, then their ids."""


def shown(heads: list[Head]) -> str | None:
    """The value that is shown of a slot."""
    return heads[0].value if heads else None


class Replaced:
    """What events name as replaced: each in its own slot alone.

    Of a forked chain, the event that was meant may be beside the log, and the one of that number about something
    else.
    """

    def __init__(self) -> None:
        self._slots: dict[EventId, tuple[int, int]] = {}
        """The slot in which one is replaced, and when it was last."""
        self._more: dict[tuple[EventId, int], int] = {}

    @classmethod
    def by(
        cls, events: Iterable[Event], without_effect: Callable[[Event], bool] = lambda _: False
    ) -> Replaced:
        """What some events replace.

        Args:
            without_effect: whether an event is none that counts, as what a removed laptop recorded too late. What
                it replaces stands, unless an event that counts replaces it in turn: whoever wrote that one knew of
                all of them.
        """
        replaced = cls()
        void: dict[EventId, Event] = {}
        for event in events:
            if understood(event)[0] is None:
                continue
            if without_effect(event):
                void[event.id] = event
            else:
                replaced._note(event)
        passed = [id for id, event in void.items() if replaced._names(event)]
        while passed:
            through = void.pop(passed.pop(), None)
            if through is not None:
                replaced._note(through)
                passed += [id for id in through.parents if id in void and replaced._names(void[id])]
        return replaced

    def holds(self, event: Event) -> bool:
        """Whether another event replaces this one; asked once for each."""
        named = self._names(event)
        self._slots.pop(event.id, None)
        return named

    @property
    def elsewhere(self) -> set[EventId]:
        """What was never asked for."""
        return set(self._slots)

    def _note(self, event: Event) -> None:
        slot = hash((event.subject, event.slot))
        for parent in event.parents:
            there, at = self._slots.setdefault(parent, (slot, event.at))
            if there == slot:
                self._slots[parent] = (slot, max(at, event.at))
            else:
                self._more[parent, slot] = max(self._more.get((parent, slot), 0), event.at)

    def _names(self, event: Event) -> bool:
        slot = hash((event.subject, event.slot))
        there, at = self._slots.get(event.id, (0, 0))
        latest = max(at if there == slot else 0, self._more.get((event.id, slot), 0))
        return replaces(latest, (event.id,), event.id, event.at)


def standing(
    events: Collection[Event], without_effect: Callable[[Event], bool] = lambda _: False
) -> Mapping[Place, list[Head]]:
    """The heads of each slot that some events write, worked out from all of them at once.

    Args:
        events: every event of these slots, in any order.
        without_effect: as for `Replaced.by`.
    """
    replaced = Replaced.by(events, without_effect)
    heads: dict[Place, list[Head]] = defaultdict(list)
    for event in sorted(events, key=lambda event: (event.at, event.id)):
        body, _ = understood(event)
        if body is not None and not without_effect(event):
            place = (event.subject, event.slot)
            heads[place] = after(heads[place], event, body.value, replaced=replaced.holds(event))
    return heads
