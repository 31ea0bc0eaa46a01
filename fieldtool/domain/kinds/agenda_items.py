"""What happens to the agenda: items are planned, done, cancelled; what was noted and answered there."""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import StringConstraints

from fieldtool.domain.kinds.kind import WHOLE, Body, Says, Value, always, of_field, of_text
from fieldtool.domain.method.case import Aspect
from fieldtool.domain.method.framework import AgendaKind

ItemId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$", max_length=20)]
"""The id of an item on the agenda, as "FG-k7f": letters, digits and hyphens."""


class ItemState(StrEnum):
    """Whether an item of the agenda takes place."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class ItemPlanned(Body):
    """An item came onto the agenda, or what was planned of it changed."""

    says = Says(Aspect.AGENDA, WHOLE, ("item",), title="What is planned of {item} on the agenda")
    kind: Literal["agenda.planned"] = "agenda.planned"
    item: ItemId
    what: AgendaKind
    day: date
    at: time | None = None
    place: str = ""
    whom: str = ""
    """Whom the team meets, by their roles; never the name of a service user."""
    goes: tuple[str, ...] = ()
    """The ids of those of the team who go there; where nobody is named, anybody may."""


_OUTCOME = Says(
    Aspect.OUTCOME,
    always(ItemState.DONE.value),
    ("item",),
    title="Whether {item} of the agenda takes place",
)


class ItemDone(Body):
    """An item of the agenda took place."""

    says = _OUTCOME
    kind: Literal["agenda.done"] = "agenda.done"
    item: ItemId


class ItemCancelled(Body):
    """An item of the agenda does not take place, and why."""

    says = _OUTCOME._replace(value=Value(lambda body: f"{ItemState.CANCELLED}:{body.why}"))
    kind: Literal["agenda.cancelled"] = "agenda.cancelled"
    item: ItemId
    why: str


class ItemPlannedAgain(Body):
    """An item that was done or cancelled is to take place after all."""

    says = _OUTCOME._replace(value=always(None))
    kind: Literal["agenda.planned_again"] = "agenda.planned_again"
    item: ItemId


class EvidenceNoted(Body):
    """What somebody noted at an item of the agenda, on a key question or a standard: their whole new text."""

    says = Says(Aspect.EVIDENCE, of_text("text"), ("item", "on", "person"), chosen=True)
    kind: Literal["agenda.noted"] = "agenda.noted"
    item: ItemId
    on: str
    """The number of the key question or the standard."""
    person: str
    """Whose note it is: everybody writes their own, so that nobody writes over another's."""
    text: str


class InterviewAnswered(Body):
    """A question of the interview form was answered at an item of the agenda, or its answer taken back."""

    says = Says(Aspect.INTERVIEW, of_field("answer"), ("item", "question"))
    kind: Literal["interview.answered"] = "interview.answered"
    item: ItemId
    question: str
    answer: str | None
