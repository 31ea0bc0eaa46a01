"""The walk through a case: which items apply, which is next, what is missing, what looks odd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from fieldtool.domain.method.case import Answer, Aspect, Case, Judgement, Slot
from fieldtool.domain.method.framework import Applies, Framework, KeyQuestion, Prompt, Standard
from fieldtool.domain.method.tally import item_slot


class Mark(StrEnum):
    """How a key question, a standard or the facts of a case stand, at a glance."""

    DONE = "done"
    WARNING = "warning"
    """Done, and something about it looks odd."""
    STARTED = "started"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"
    QUALITATIVE = "qualitative"
    """Judged for the inspection as a whole: nothing is due in a case."""


@dataclass(frozen=True)
class Missing:
    """Something that a case still needs before it can be completed."""

    slot: Slot
    what: str
    """In words, as "judgement of 2.1.3"."""


@dataclass(frozen=True)
class Oddity:
    """Something that looks odd, and never stops anybody."""

    slot: Slot
    """Where to look."""
    what: str
    """One sentence."""


class Progress(NamedTuple):
    """How many of the things due in a case are done."""

    done: int
    due: int


def due_slots(framework: Framework, case: Case) -> Iterator[Slot]:
    """Everything that the case must have, in the order of the walk."""
    for fact in framework.facts_for(case.sample):
        if fact.required:
            yield Slot(Aspect.FACT, fact.id)
    for item in framework.items_for(case.sample):
        if framework.applies(item, case.facts) is not Applies.NO:
            yield item_slot(framework, item)


def progress(framework: Framework, case: Case) -> Progress:
    """Count what is due and what of it is done."""
    due = list(due_slots(framework, case))
    return Progress(sum(slot in case.values for slot in due), len(due))


def missing(framework: Framework, case: Case) -> tuple[Missing, ...]:
    """What the case still needs, in the order of the walk.

    A key question judged no needs its reason.
    """
    lacking = []
    for slot in due_slots(framework, case):
        if slot not in case.values:
            lacking.append(Missing(slot, _describe(framework, slot)))
        elif slot.aspect is Aspect.JUDGEMENT and reason_due(case, slot.item):
            lacking.append(Missing(Slot(Aspect.REASON, slot.item), f"reason for the no to {slot.item}"))
    return tuple(lacking)


def next_missing(framework: Framework, case: Case, after: Slot | None = None) -> Missing | None:
    """The first thing missing behind a place in the walk; from the start again where there is none."""
    lacking = missing(framework, case)
    if after is None or not lacking:
        return lacking[0] if lacking else None
    order = {slot: place for place, slot in enumerate(walk_order(framework, case.sample))}
    here = order.get(after, -1)
    return next((item for item in lacking if order[item.slot] > here), lacking[0])


def walk_order(framework: Framework, sample: str) -> Iterator[Slot]:
    """Every place of a walk, whether it applies or not: each judgement is followed by its reason."""
    for fact in framework.facts_for(sample):
        yield Slot(Aspect.FACT, fact.id)
    for item in framework.items_for(sample):
        slot = item_slot(framework, item)
        yield slot
        if slot.aspect is Aspect.JUDGEMENT:
            yield Slot(Aspect.REASON, item)


def reason_due(case: Case, key_question: str) -> bool:
    """Whether a key question was judged no and its reason is not there yet."""
    return case.judgement(key_question) is Judgement.NO and not case.reason(key_question).strip()


def sits_oddly(framework: Framework, case: Case, question: KeyQuestion) -> str | None:
    """Say how a judgement sits oddly with its prompts, or None where it does not.

    A yes over more noes than yeses, and a no over prompts that are all yes. It is a question to the
    inspector, never a refusal: no mechanistic connection between prompts and judgement.
    """
    judgement = case.judgement(question.id)
    answers = [
        case.answer(prompt.id)
        for prompt in question.prompts
        if framework.applies(prompt.id, case.facts) is not Applies.NO
    ]
    yes, no = answers.count(Answer.YES), answers.count(Answer.NO)
    if judgement is Judgement.YES and no > yes:
        return f"judged yes over {no} prompts answered no and {yes} answered yes"
    if judgement is Judgement.NO and yes and not no:
        return f"judged no over {yes} prompts answered yes and none answered no"
    return None


def oddities(framework: Framework, case: Case) -> tuple[Oddity, ...]:
    """What looks odd about a case: a judgement that sits oddly with its prompts and has no reason."""
    odd_ones = []
    for question in questions_for(framework, case.sample):
        if framework.applies(question.id, case.facts) is Applies.NO:
            continue
        odd = sits_oddly(framework, case, question)
        if odd and not case.reason(question.id).strip():
            what = f"{question.id} is {odd}: give the reason."
            odd_ones.append(Oddity(Slot(Aspect.REASON, question.id), what))
    return tuple(odd_ones)


def questions_for(framework: Framework, sample: str) -> tuple[KeyQuestion, ...]:
    """The key questions of a sample type, qualitative ones among them, in the order of the walk."""
    return tuple(q for standard in framework.standards_for(sample) for q in standard.key_questions)


FACTS = ""
"""The page of the case facts, among pages that are numbers of key questions."""


def pages_of(framework: Framework, sample: str) -> tuple[str, ...]:
    """The pages of a case in their order: the facts, then a page for each key question."""
    return (FACTS, *(question.id for question in questions_for(framework, sample)))


def unanswered(framework: Framework, case: Case, question: KeyQuestion) -> tuple[Prompt, ...]:
    """The prompts of a key question that apply to the case and have no answer yet."""
    return tuple(
        prompt
        for prompt in question.prompts
        if framework.applies(prompt.id, case.facts) is not Applies.NO and case.answer(prompt.id) is None
    )


def facts_mark(framework: Framework, case: Case) -> Mark:
    """How the facts of a case stand."""
    required = [fact.id for fact in framework.facts_for(case.sample) if fact.required]
    known = sum(fact in case.facts for fact in required)
    return _mark(known, len(required))


def question_mark(framework: Framework, case: Case, question: KeyQuestion) -> Mark:
    """How a key question of a case stands."""
    if question.qualitative:
        return Mark.QUALITATIVE
    if framework.applies(question.id, case.facts) is Applies.NO:
        return Mark.NOT_APPLICABLE
    done = due = 0
    for prompt in question.prompts:
        if framework.applies(prompt.id, case.facts) is not Applies.NO:
            due += 1
            done += case.answer(prompt.id) is not None
    due += 1
    done += case.judgement(question.id) is not None
    if done == due and reason_due(case, question.id):
        return Mark.STARTED
    if done == due and sits_oddly(framework, case, question) and not case.reason(question.id).strip():
        return Mark.WARNING
    return _mark(done, due)


def standard_mark(framework: Framework, case: Case, standard: Standard) -> Mark:
    """How a standard of a case stands: the mark that asks for most among its key questions."""
    marks = [question_mark(framework, case, question) for question in standard.key_questions]
    asking = [mark for mark in marks if mark not in (Mark.NOT_APPLICABLE, Mark.QUALITATIVE)]
    if not asking:
        return Mark.NOT_APPLICABLE
    if all(mark is Mark.MISSING for mark in asking):
        return Mark.MISSING
    if any(mark in (Mark.MISSING, Mark.STARTED) for mark in asking):
        return Mark.STARTED
    return Mark.WARNING if Mark.WARNING in asking else Mark.DONE


def _mark(done: int, due: int) -> Mark:
    if done == due:
        return Mark.DONE
    return Mark.STARTED if done else Mark.MISSING


def _describe(framework: Framework, slot: Slot) -> str:
    if slot.aspect is Aspect.FACT:
        return f"case fact: {framework.facts_by_id[slot.item].title}"
    if slot.aspect is Aspect.ANSWER:
        return f"answer to {slot.item}"
    return f"judgement of {slot.item}"
