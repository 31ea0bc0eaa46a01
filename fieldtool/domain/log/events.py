"""Everything that can happen in an inspection: one small model each, in a chained and ordered envelope.

An event writes one slot of one subject. The subject is the reference of a case, or empty for the
inspection itself. What an event does to its slot is its `value`; None clears the slot.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import Field
from pydantic_core import to_json

from fieldtool.domain.base import Model
from fieldtool.domain.kinds import agenda, devices, figures, laptops, sample
from fieldtool.domain.method.case import Answer, Aspect, Judgement, Slot
from fieldtool.domain.method.case_line import CaseState
from fieldtool.domain.method.framework import Framework


class EventId(NamedTuple):
    """Which event: the device, its incarnation, and a number without a gap (1, 2, 3 …)."""

    device: str
    incarnation: int
    seq: int

    def __str__(self) -> str:
        return f"{self.device}.{self.incarnation}.{self.seq}"

    @classmethod
    def parse(cls, text: str) -> EventId:
        """Read what `str` wrote.

        Raises:
            ValueError: the text is not an event id.
        """
        device, incarnation, seq = text.rsplit(".", 2)
        return cls(device, int(incarnation), int(seq))


class InspectionOpened(Model):
    """An inspection was set up: of which provider, and when its fieldwork takes place."""

    kind: Literal["inspection.opened"] = "inspection.opened"
    provider: str
    title: str
    fieldwork_from: date | None = None
    fieldwork_to: date | None = None

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.INSPECTION)

    @property
    def value(self) -> str:
        return self.model_dump_json(exclude_defaults=True)


class FrameworkChosen(Model):
    """The instrument of the inspection, whole: an inspection carries its own and needs no file beside it."""

    kind: Literal["framework.chosen"] = "framework.chosen"
    framework: Framework

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.FRAMEWORK)

    @property
    def value(self) -> str:
        # Without defaults, so that a later version with more of them makes the same of the same event.
        return self.framework.model_dump_json(by_alias=True, exclude_defaults=True)


class PersonJoined(Model):
    """Somebody joined the team, or their role changed."""

    kind: Literal["person.joined"] = "person.joined"
    person: str
    name: str
    role: Literal["lead_inspector", "inspector", "local_assessor"]

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.PERSON, self.person)

    @property
    def value(self) -> str:
        return self.model_dump_json(exclude_defaults=True)


class CaseAdded(Model):
    """A case came into the sample."""

    kind: Literal["case.added"] = "case.added"
    sample: str

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.SAMPLE)

    @property
    def value(self) -> str:
        return self.sample


class CaseAssigned(Model):
    """A case got a holder, or lost the one it had."""

    kind: Literal["case.assigned"] = "case.assigned"
    person: str | None

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.HOLDER)

    @property
    def value(self) -> str | None:
        return self.person


class FactSet(Model):
    """A case fact was recorded, changed or cleared."""

    kind: Literal["fact.set"] = "fact.set"
    fact: str
    to: str | None

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.FACT, self.fact)

    @property
    def value(self) -> str | None:
        return self.to


class AnswerGiven(Model):
    """A prompt was answered, or its answer taken back."""

    kind: Literal["answer.given"] = "answer.given"
    prompt: str
    answer: Answer | None

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.ANSWER, self.prompt)

    @property
    def value(self) -> str | None:
        return None if self.answer is None else self.answer.value


class JudgementMade(Model):
    """A key question was judged, or its judgement taken back."""

    kind: Literal["judgement.made"] = "judgement.made"
    key_question: str
    judgement: Judgement | None

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.JUDGEMENT, self.key_question)

    @property
    def value(self) -> str | None:
        return None if self.judgement is None else self.judgement.value


class NoteWritten(Model):
    """A note on a prompt, a key question or, with an empty item, the case: its whole new text."""

    kind: Literal["note.written"] = "note.written"
    item: str
    text: str

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.NOTE, self.item)

    @property
    def value(self) -> str | None:
        return self.text or None


class ReasonWritten(Model):
    """Why a key question was judged as it was: the whole new text."""

    kind: Literal["reason.written"] = "reason.written"
    key_question: str
    text: str

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.REASON, self.key_question)

    @property
    def value(self) -> str | None:
        return self.text or None


class CaseCompleted(Model):
    """The holder says that nothing is missing from the case."""

    kind: Literal["case.completed"] = "case.completed"

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.COMPLETION)

    @property
    def value(self) -> str:
        return CaseState.COMPLETE.value


class CaseReopened(Model):
    """A complete case was opened again, and why."""

    kind: Literal["case.reopened"] = "case.reopened"
    why: str

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.COMPLETION)

    @property
    def value(self) -> str:
        return CaseState.IN_PROGRESS.value


class StandardLeftUnrated(Model):
    """A standard gets no rating in this inspection, and why."""

    kind: Literal["standard.left_unrated"] = "standard.left_unrated"
    standard: str
    why: str

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.UNRATED, self.standard)

    @property
    def value(self) -> str:
        return self.why


Restorable = Annotated[
    AnswerGiven | JudgementMade | FactSet | NoteWritten | ReasonWritten, Field(discriminator="kind")
]
"""What undo can take back."""


class Undone(Model):
    """The latest change of a slot was taken back: `change` sets what stood before."""

    kind: Literal["change.undone"] = "change.undone"
    undoes: str
    """The id of the event that is taken back."""
    change: Restorable

    @property
    def slot(self) -> Slot:
        return self.change.slot

    @property
    def value(self) -> str | None:
        return self.change.value


class UnknownHappened(Model):
    """An event of a kind that this version does not know: kept and passed on, without effect here."""

    kind: str
    text: str

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.UNKNOWN, self.kind)

    @property
    def value(self) -> None:
        return None


Known = Annotated[
    InspectionOpened
    | FrameworkChosen
    | PersonJoined
    | CaseAdded
    | CaseAssigned
    | FactSet
    | AnswerGiven
    | JudgementMade
    | NoteWritten
    | ReasonWritten
    | CaseCompleted
    | CaseReopened
    | StandardLeftUnrated
    | devices.DeviceJoined
    | devices.SessionBegan
    | devices.SessionEnded
    | devices.ClockJumped
    | devices.ChainSigned
    | laptops.LaptopInvited
    | laptops.LaptopJoined
    | laptops.LaptopRemoved
    | laptops.PersonRemoved
    | laptops.ReceiptGiven
    | laptops.RecoveryKeyNamed
    | devices.ForkSettled
    | sample.ListImported
    | sample.SampleDrawn
    | sample.CaseRemoved
    | sample.CaseTakenOver
    | sample.PersonBased
    | figures.FiguresImported
    | sample.CasePlanned
    | sample.CaseEliminated
    | agenda.ItemPlanned
    | agenda.ItemDone
    | agenda.ItemCancelled
    | agenda.ItemPlannedAgain
    | agenda.EvidenceNoted
    | agenda.InterviewAnswered
    | Undone,
    Field(discriminator="kind"),
]

Body = Known | UnknownHappened

KINDS: dict[str, type[Model]] = {
    model.model_fields["kind"].default: model for model in get_args(get_args(Known)[0])
}
"""The model of each kind of event that this version knows."""


def parse_body(kind: str, text: str) -> Body:
    """Read the body of an event from its JSON text.

    Raises:
        ValueError: the kind is known, but the text does not fit it.
    """
    model = KINDS.get(kind)
    if model is None:
        return UnknownHappened(kind=kind, text=text)
    return model.model_validate_json(text)  # type: ignore[return-value]  # KINDS holds the members of Known


def body_text(body: Body) -> str:
    """The JSON text of a body, as it is stored, hashed and sent."""
    if isinstance(body, UnknownHappened):
        return body.text
    return body.model_dump_json(exclude={"kind"}, by_alias=True)


class Event(NamedTuple):
    """One thing that happened, in its place in the log."""

    id: EventId
    at: int
    """Hybrid logical clock: milliseconds since 1970 UTC times 65,536, plus a counter."""
    wall: str
    """What the clock on the wall said, ISO 8601 with its offset."""
    actor: str
    """The id of the person who did it."""
    kind: str
    subject: str
    """The reference of a case; empty for the inspection itself."""
    slot: str
    """The address that the event writes, as `str(Slot)`."""
    text: str
    """The body as JSON, byte for byte as it was hashed."""
    parents: tuple[EventId, ...]
    """The heads of the slot on this device when the event was written: what it knowingly replaces."""
    hash: bytes
    """SHA-256 over this event and the hash of the one before it on the same device: see `chained`."""

    @property
    def body(self) -> Body:
        """What happened, read from its text.

        Raises:
            ValueError: the text does not fit its kind.
        """
        return parse_body(self.kind, self.text)

    def chained(self, previous: bytes) -> bytes:
        """The hash that this event must have behind one whose hash is `previous`."""
        return chained(previous, *self[:9])


def chained(
    previous: bytes,
    id: EventId,
    at: int,
    wall: str,
    actor: str,
    kind: str,
    subject: str,
    slot: str,
    text: str,
    parents: tuple[EventId, ...],
) -> bytes:
    """The hash of an event of these fields behind one whose hash is `previous`.

    SHA-256 (32 bytes) over the previous hash, then the fields as a JSON array without spaces, in UTF-8:
    device, incarnation, seq, at, wall, actor, kind, subject, slot, text, and a list of the parents' ids.
    """
    fields = (*id, at, wall, actor, kind, subject, slot, text, [str(parent) for parent in parents])
    return hashlib.sha256(previous + to_json(fields)).digest()


GENESIS = bytes(32)
"""The hash before the first event of a device's incarnation."""
