"""What is recorded as a case is assessed: facts, answers, judgements, notes, reasons; completed, reopened, undone."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, SerializeAsAny

from fieldtool.domain.kinds.kind import KINDS, Body, Says, always, of_field, of_text
from fieldtool.domain.method.case import Answer, Aspect, Judgement, Slot
from fieldtool.domain.method.case_line import CaseState


class FactSet(Body):
    """A case fact was recorded, changed or cleared."""

    says = Says(Aspect.FACT, of_field("to"), ("fact",), chosen=True, undoable=True)
    kind: Literal["fact.set"] = "fact.set"
    fact: str
    to: str | None


class AnswerGiven(Body):
    """A prompt was answered, or its answer taken back."""

    says = Says(
        Aspect.ANSWER,
        of_field("answer"),
        ("prompt",),
        title="Answer to {item}",
        chosen=True,
        undoable=True,
        work=True,
    )
    kind: Literal["answer.given"] = "answer.given"
    prompt: str
    answer: Answer | None


class JudgementMade(Body):
    """A key question was judged, or its judgement taken back."""

    says = Says(
        Aspect.JUDGEMENT,
        of_field("judgement"),
        ("key_question",),
        title="Judgement of {item}",
        chosen=True,
        undoable=True,
        work=True,
    )
    kind: Literal["judgement.made"] = "judgement.made"
    key_question: str
    judgement: Judgement | None


class NoteWritten(Body):
    """A note on a prompt, a key question or, with an empty item, the case: its whole new text."""

    says = Says(
        Aspect.NOTE, of_text("text"), ("item",), title="Note on {item}", chosen=True, undoable=True, work=True
    )
    kind: Literal["note.written"] = "note.written"
    item: str
    text: str


class ReasonWritten(Body):
    """Why a key question was judged as it was: the whole new text."""

    says = Says(
        Aspect.REASON,
        of_text("text"),
        ("key_question",),
        title="Reason for the judgement of {item}",
        chosen=True,
        undoable=True,
        work=True,
    )
    kind: Literal["reason.written"] = "reason.written"
    key_question: str
    text: str


_COMPLETE = Says(
    Aspect.COMPLETION,
    always(CaseState.COMPLETE.value),
    title="Whether the case is complete",
    deed="completed",
    work=True,
)


class CaseCompleted(Body):
    """The holder says that nothing is missing from the case."""

    says = _COMPLETE
    kind: Literal["case.completed"] = "case.completed"


class CaseReopened(Body):
    """A complete case was opened again, and why."""

    says = _COMPLETE._replace(value=always(CaseState.IN_PROGRESS.value), deed="reopened", reason="why")
    kind: Literal["case.reopened"] = "case.reopened"
    why: str


def _undoable(change: object) -> Body:
    """Read a change that undo makes.

    Raises:
        ValueError: it is of no kind that undo takes back.
    """
    if isinstance(change, dict):
        model = KINDS.get(change.get("kind", ""))
        change = None if model is None else model.model_validate(change)
    if not isinstance(change, Body) or not change.says.undoable:
        raise ValueError("this is no change that undo takes back")
    return change


class Undone(Body):
    """The latest change of a slot was taken back: `change` sets what stood before."""

    says = Says(Aspect.UNKNOWN, always(None), contested=False)
    kind: Literal["change.undone"] = "change.undone"
    undoes: str
    """The id of the event that is taken back."""
    change: Annotated[SerializeAsAny[Body], BeforeValidator(_undoable)]

    @property
    def slot(self) -> Slot:
        """The slot of the change."""
        return self.change.slot

    @property
    def value(self) -> str | None:
        """The value that the change sets."""
        return self.change.value
