"""What people said without knowing of each other, side by side, until one of them settles it; and forked chains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fieldtool.domain.kinds.agenda import EvidenceNoted
from fieldtool.domain.log.events import (
    AnswerGiven,
    Body,
    CaseAssigned,
    EventId,
    FactSet,
    JudgementMade,
    NoteWritten,
    ReasonWritten,
)
from fieldtool.domain.method.case import Answer, Aspect, Judgement, Slot

SETTLED_BY_PEOPLE = frozenset(
    {
        Aspect.FACT,
        Aspect.ANSWER,
        Aspect.JUDGEMENT,
        Aspect.NOTE,
        Aspect.REASON,
        Aspect.HOLDER,
        Aspect.COMPLETION,
        Aspect.SAMPLE,
        Aspect.PERSON,
        Aspect.UNRATED,
        Aspect.INSPECTION,
        Aspect.FRAMEWORK,
        Aspect.LIST,
        Aspect.DRAW,
        Aspect.OFFICE,
        Aspect.FIGURES,
        Aspect.PLAN,
        Aspect.ELIMINATED,
        Aspect.AGENDA,
        Aspect.OUTCOME,
        Aspect.EVIDENCE,
        Aspect.INTERVIEW,
    }
)
"""What people say; all else laptops put on record of themselves, and read by rules of its own."""

TEXTS = frozenset({Aspect.NOTE, Aspect.REASON, Aspect.EVIDENCE})
"""What is written freely, so that two of them can be made one."""


class Side(NamedTuple):
    """What one person said."""

    event: EventId
    value: str | None
    """None if they took back what was there."""
    who: str
    wall: str
    """When, by the clock on their wall, ISO 8601 with its offset."""
    shown: bool
    """Whether it is what is shown until somebody settles it."""
    why: str = ""
    """The reason or the note that the same person gave with it."""


class Conflict(NamedTuple):
    """Something that people said without knowing of each other."""

    ref: str
    """The case; empty for the inspection itself."""
    slot: Slot
    sides: Sequence[Side]
    """What each said, the one that is shown first."""

    @property
    def agreed(self) -> bool:
        """Whether all say the same, so that settling it changes nothing."""
        return len({side.value for side in self.sides}) == 1


class ForkedEvent(NamedTuple):
    """An event of a chain that has gone two ways: kept beside the log, without effect."""

    ref: str
    slot: Slot
    side: Side
    digest: str
    """The event's hash in hexadecimal; its id alone would be that of another event too."""
    now: str | None
    """What is shown in its slot now."""


def settling(slot: Slot, value: str | None) -> Body | None:
    """What sets a slot to a value of somebody's own choice; None if only what was said can be chosen there.

    Raises:
        ValueError: the slot cannot have this value.
    """
    match slot.aspect:
        case Aspect.FACT:
            return FactSet(fact=slot.item, to=value)
        case Aspect.ANSWER:
            return AnswerGiven(prompt=slot.item, answer=None if value is None else Answer(value))
        case Aspect.JUDGEMENT:
            return JudgementMade(
                key_question=slot.item, judgement=None if value is None else Judgement(value)
            )
        case Aspect.NOTE:
            return NoteWritten(item=slot.item, text=value or "")
        case Aspect.REASON:
            return ReasonWritten(key_question=slot.item, text=value or "")
        case Aspect.EVIDENCE:
            return EvidenceNoted.at(slot, value or "")
        case Aspect.HOLDER:
            return CaseAssigned(person=value)
        case _:
            return None


def joined(conflict: Conflict) -> str:
    """All texts of a conflict one after the other, the oldest first and none twice."""
    texts = [side.value.strip() for side in reversed(conflict.sides) if side.value]
    return "\n\n".join(dict.fromkeys(texts))
