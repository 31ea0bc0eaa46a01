"""The agenda as it stands: what the team attends beside its cases, what came of it, what is counted of interviews."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import time
from typing import NamedTuple

from fieldtool.domain.kinds.agenda_items import EvidenceNoted, ItemPlanned, ItemState
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.domain.method.framework import Form, FormQuestion, Framework
from fieldtool.domain.method.tally import whole_percent
from fieldtool.domain.words.days import day_and_time


class AgendaItem(NamedTuple):
    """An item of the agenda as it stands."""

    plan: ItemPlanned
    state: ItemState = ItemState.PLANNED
    why: str = ""
    """Why it was cancelled, if it was."""

    @property
    def id(self) -> str:
        """Its id."""
        return self.plan.item

    @property
    def when(self) -> str:
        """Its day and time in words."""
        return day_and_time(self.plan.day, self.plan.at)

    @property
    def told(self) -> str:
        """Its state in words, with the reason where it was cancelled."""
        return _told(self.state, self.why)


class Note(NamedTuple):
    """What somebody noted at an item of the agenda."""

    item: str
    on: str
    person: str
    text: str

    @classmethod
    def of(cls, slot: Slot, text: str) -> Note:
        """The note in a slot."""
        item, _, rest = slot.item.partition("/")
        on, _, person = rest.partition("/")
        return cls(item, on, person, text)

    @property
    def slot(self) -> Slot:
        """Where it is kept."""
        return EvidenceNoted(item=self.item, on=self.on, person=self.person, text="").slot


Answers = Mapping[tuple[str, str], str]
"""The answer to each question of an interview form, by the item and the question."""


class AnswerCount(NamedTuple):
    """How often each answer to a question of an interview form was given."""

    question: FormQuestion
    numbers: Mapping[str, int]
    interviews: int
    """At how many items the form is asked, whether or not this question was answered there."""

    @property
    def whole(self) -> int:
        """What the percentages are of: the answers that count, all together."""
        return sum(self.numbers.get(answer.id, 0) for answer in self.question.answers if answer.counts)

    @property
    def open(self) -> int:
        """At how many items the question has no answer."""
        return self.interviews - sum(self.numbers.values())

    def percent(self, answer: str) -> int | None:
        """The share of an answer as a whole per cent, halves up; None where it does not count, or nothing does yet."""
        counts = any(known.id == answer and known.counts for known in self.question.answers)
        return whole_percent(self.numbers.get(answer, 0), self.whole) if counts else None


def state_of(value: str | None) -> tuple[ItemState, str]:
    """Read what the events of an outcome have set: a state, and why."""
    state, _, why = (value or ItemState.PLANNED).partition(":")
    return ItemState(state), why


def name_of(slot: Slot) -> str:
    """What a note or an answer to the interview form is about."""
    if slot.aspect is Aspect.EVIDENCE:
        note = Note.of(slot, "")
        return f"Note of {note.person} at {note.item} on {note.on}"
    item, _, question = slot.item.partition("/")
    return f"Answer at {item} to {question}"


def value_of(framework: Framework, slot: Slot, value: str) -> str:
    """What was recorded of an item of the agenda, in words."""
    if slot.aspect is Aspect.OUTCOME:
        return _told(*state_of(value))
    if slot.aspect is Aspect.INTERVIEW:
        question = framework.form_questions_by_id.get(slot.item.partition("/")[2])
        return question.label(value) if question else value
    plan = ItemPlanned.model_validate_json(value)
    when = day_and_time(plan.day, plan.at)
    return ", ".join(filter(None, (plan.what.words, when, plan.place, plan.whom, *plan.goes)))


def _told(state: ItemState, why: str) -> str:
    return f"{state.value} because: {why}" if why else state.value


def in_order(items: Iterable[AgendaItem]) -> tuple[AgendaItem, ...]:
    """Items by day and time; those without a time come first in their day."""
    return tuple(sorted(items, key=lambda item: (item.plan.day, item.plan.at or time.min, item.id)))


def by_standard(framework: Framework, notes: Iterable[Note]) -> tuple[Note, ...]:
    """Notes in the order of the instrument: on each standard, then on its key questions."""
    places = {number: place for place, number in enumerate(numbers(framework))}
    return tuple(sorted(notes, key=lambda note: (places.get(note.on, len(places)), *note[:3])))


def numbers(framework: Framework) -> Iterator[str]:
    """What notes can be on: each standard, then its key questions."""
    for standard in framework.standards:
        yield standard.id
        yield from (question.id for question in standard.key_questions)


def wording(framework: Framework, number: str) -> str:
    """What a standard or key question is called."""
    if number in framework.standards_by_id:
        return framework.standards_by_id[number].title
    question = framework.key_questions_by_id.get(number)
    return question.wording if question else ""


def counted(form: Form, items: Iterable[AgendaItem], answers: Answers) -> tuple[AnswerCount, ...]:
    """Count the answers of a form over the items at which it is asked; what was cancelled does not count."""
    asked = [
        item.id for item in items if item.plan.what is form.kind and item.state is not ItemState.CANCELLED
    ]
    return tuple(
        AnswerCount(
            question,
            Counter(found for item in asked if (found := answers.get((item, question.id))) is not None),
            len(asked),
        )
        for question in form.questions
    )
