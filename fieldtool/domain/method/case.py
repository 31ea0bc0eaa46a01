"""A case, and what has been recorded of it: facts, answers, judgements, notes, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from fieldtool.domain.base import Model
from fieldtool.domain.method.case_line import CaseState


class Answer(StrEnum):
    """What an inspector answers to a prompt."""

    YES = "yes"
    NO = "no"
    NOT_RELEVANT = "not_relevant"


class Judgement(StrEnum):
    """The inspector's own summary of a key question; never computed from its prompts."""

    YES = "yes"
    NO = "no"


class Aspect(StrEnum):
    """The kinds of things that can be recorded under one address of a case or of the inspection."""

    FACT = "fact"
    ANSWER = "answer"
    JUDGEMENT = "judgement"
    NOTE = "note"
    REASON = "reason"
    HOLDER = "holder"
    COMPLETION = "completion"
    SAMPLE = "sample"
    PERSON = "person"
    FRAMEWORK = "framework"
    INSPECTION = "inspection"
    UNRATED = "unrated"
    DEVICE = "device"
    SESSION = "session"
    CLOCK = "clock"
    SIGNATURE = "signature"
    LAPTOP = "laptop"
    JOINED = "joined"
    RECOVERY = "recovery"
    RECEIPT = "receipt"
    FORK = "fork"
    LIST = "list"
    DRAW = "draw"
    OFFICE = "office"
    FIGURES = "figures"
    PLAN = "plan"
    ELIMINATED = "eliminated"
    AGENDA = "agenda"
    OUTCOME = "outcome"
    EVIDENCE = "evidence"
    INTERVIEW = "interview"
    UNKNOWN = "unknown"


class Slot(NamedTuple):
    """The address of one value: an aspect and the item it is about, as judgement of 2.1.3.

    Each event writes one slot; heads, history and undo are kept slot by slot.
    """

    aspect: Aspect
    item: str = ""

    def __str__(self) -> str:
        return f"{self.aspect}:{self.item}"

    @classmethod
    def parse(cls, text: str) -> Slot:
        """Read what `str` wrote. An aspect of a later version comes back as UNKNOWN."""
        aspect, _, item = text.partition(":")
        try:
            return cls(Aspect(aspect), item)
        except ValueError:
            return cls(Aspect.UNKNOWN, text)


class Case(Model):
    """A case as it stands: its reference, its sample type, and the value shown of each slot."""

    ref: str
    sample: str
    values: Mapping[Slot, str] = {}

    @cached_property
    def facts(self) -> Mapping[str, str]:
        """The case facts that have been recorded, by fact id."""
        return {slot.item: value for slot, value in self.values.items() if slot.aspect is Aspect.FACT}

    @property
    def holder(self) -> str | None:
        """The id of the person who has the case, if it is assigned."""
        return self.values.get(Slot(Aspect.HOLDER))

    @property
    def complete(self) -> bool:
        """Whether the holder has completed the case."""
        return self.values.get(Slot(Aspect.COMPLETION)) == CaseState.COMPLETE

    @property
    def state(self) -> CaseState:
        """Complete, in progress once anything was answered, judged or noted, else untouched."""
        if self.complete:
            return CaseState.COMPLETE
        worked = (Aspect.ANSWER, Aspect.JUDGEMENT, Aspect.NOTE, Aspect.REASON, Aspect.COMPLETION)
        touched = any(slot.aspect in worked for slot in self.values)
        return CaseState.IN_PROGRESS if touched else CaseState.UNTOUCHED

    def answer(self, prompt: str) -> Answer | None:
        """The answer to a prompt, if there is one."""
        value = self.values.get(Slot(Aspect.ANSWER, prompt))
        return None if value is None else Answer(value)

    def judgement(self, key_question: str) -> Judgement | None:
        """The inspector's judgement of a key question, if it was made."""
        value = self.values.get(Slot(Aspect.JUDGEMENT, key_question))
        return None if value is None else Judgement(value)

    def note(self, item: str = "") -> str:
        """The note on a prompt or key question, or on the case itself."""
        return self.values.get(Slot(Aspect.NOTE, item), "")

    def reason(self, key_question: str) -> str:
        """Why a key question was judged as it was."""
        return self.values.get(Slot(Aspect.REASON, key_question), "")

    def with_value(self, slot: Slot, value: str | None) -> Case:
        """The same case with one slot set, or cleared where the value is None."""
        values = dict(self.values)
        if value is None:
            values.pop(slot, None)
        else:
            values[slot] = value
        return Case.model_construct(ref=self.ref, sample=self.sample, values=values)
