"""`fieldtool case`: one case with all that is recorded of it, as plain lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.output import say
from fieldtool.cli.session import looking_at, path_argument
from fieldtool.domain.words.numbers import counted, listed

if TYPE_CHECKING:
    from fieldtool.domain.method.case import Case, Slot
    from fieldtool.domain.method.framework import Framework, KeyQuestion
    from fieldtool.work.inspection import Inspection

MARKS = {"yes": "[Y]", "no": "[N]", "not_relevant": "[-]", None: "[ ]"}
"""How an answer or a judgement is marked, on the screens and here."""


@click.command(short_help="One case with all its answers.")
@path_argument
@click.argument("ref")
def case(path: Path, ref: str) -> None:
    """Say all that is recorded of the case REF of the inspection PATH, as plain lines.

    \b
    [Y] yes   [N] no   [-] not relevant   [ ] not answered yet

    \b
    Example:
      fieldtool case hiow.db CS-014
    """
    with looking_at(path) as inspection:
        found = inspection.case(ref)
        say(_lines(inspection, found))


def _lines(inspection: Inspection, case: Case) -> Iterator[str]:
    yield from _head(inspection, case)
    yield ""
    yield "Facts"
    yield from _facts(inspection.framework, case)
    for standard in inspection.framework.standards_for(case.sample):
        yield ""
        yield f"{standard.id} {standard.title}"
        for question in standard.key_questions:
            yield from _question(inspection.framework, case, question)
    yield from _remarks(inspection, case)


def _head(inspection: Inspection, case: Case) -> Iterator[str]:
    from fieldtool.domain.method import walk

    names = {person.id: person.name for person in inspection.file.people}
    sample = inspection.framework.sample_title(case.sample)
    holder = "held by nobody yet"
    if case.holder:
        holder = f"held by {case.holder}" + (f" ({names[case.holder]})" if case.holder in names else "")
    yield f"Case {case.ref}: {sample}, {case.state.value.replace('_', ' ')}, {holder}."
    done, due = walk.progress(inspection.framework, case)
    yield f"{done} of {due} items done."
    if case.note():
        yield f"Note on the case: {case.note()}"


def _facts(framework: Framework, case: Case) -> Iterator[str]:
    for fact in framework.facts_for(case.sample):
        value = fact.label(case.facts.get(fact.id))
        optional = "" if fact.required else " (need not be)"
        yield f"  {fact.title}: {value or f'not recorded{optional}'}"


def _question(framework: Framework, case: Case, question: KeyQuestion) -> Iterator[str]:
    yield f"  {question.id} {question.wording}"
    if question.qualitative:
        yield "    Judged in words for the inspection as a whole: nothing is due here."
        return
    closed = _why_closed(framework, case, question.id)
    if closed:
        yield f"    Not applicable: {closed}."
    for prompt in question.prompts:
        answer = case.answer(prompt.id)
        why_not = "" if closed else _why_closed(framework, case, prompt.id)
        yield f"    {MARKS[answer]} {prompt.id} {prompt.wording}{_aside(answer, closed or why_not, why_not)}"
        if case.note(prompt.id):
            yield f"        Note: {case.note(prompt.id)}"
    judgement = case.judgement(question.id)
    words = judgement.value if judgement else "closed" if closed else "not made yet"
    yield f"    {MARKS[judgement]} Judgement of {question.id}: {words}{_aside(judgement, closed, '')}"
    if case.reason(question.id):
        yield f"        Reason: {case.reason(question.id)}"
    if case.note(question.id):
        yield f"        Note: {case.note(question.id)}"


def _aside(answer: str | None, closed: str, why: str) -> str:
    """What to say behind an item that does not apply; nothing behind one that does."""
    kept = "kept, but not counted" if closed and answer is not None else ""
    parts = [part for part in (f"not applicable: {why}" if why else "", kept) if part]
    return f" ({'; '.join(parts)})" if parts else ""


def _why_closed(framework: Framework, case: Case, item: str) -> str:
    """Which facts exclude an item from the case; empty where none does."""
    whys = []
    for mapping in framework.conditions[item]:
        for name, values in mapping.items():
            value = case.facts.get(name)
            if value is not None and value not in values:
                fact = framework.facts_by_id[name]
                whys.append(f"{fact.title} is {fact.label(value)}")
    return listed(list(dict.fromkeys(whys))) if whys else ""


def _remarks(inspection: Inspection, case: Case) -> Iterator[str]:
    from fieldtool.domain.method import walk
    from fieldtool.store.views import queries

    framework = inspection.framework
    missing = walk.missing(framework, case)
    yield ""
    yield f"Missing: {counted(len(missing), 'item')}" if missing else "Missing: nothing"
    yield from (f"  {item.what}" for item in missing)
    odd = walk.oddities(framework, case)
    if odd:
        yield from ("", "Looks odd", *(f"  {oddity.what}" for oddity in odd))
    contested = sorted(queries.contested(inspection.file.database, case.ref))
    if contested:
        yield ""
        yield "Recorded by two people who did not know of each other; the latest is shown"
        yield from (f"  {_place(framework, slot)}" for slot in contested)
    yield from _being_written(framework, inspection.being_written(case))


def _being_written(framework: Framework, texts: Mapping[Slot, str]) -> Iterator[str]:
    if texts:
        yield ""
        yield "Being written, and safe on the disk, but not part of the record yet"
        yield from (f"  {_place(framework, slot)}: {text}" for slot, text in texts.items())


def _place(framework: Framework, slot: Slot) -> str:
    """Where something is recorded, in words, as "note on 2.1.3"."""
    from fieldtool.domain.method.case import Aspect

    if slot.aspect is Aspect.FACT and slot.item in framework.facts_by_id:
        return f"case fact: {framework.facts_by_id[slot.item].title}"
    names = {
        Aspect.NOTE: "note on",
        Aspect.REASON: "reason for",
        Aspect.ANSWER: "answer to",
        Aspect.JUDGEMENT: "judgement of",
    }
    if slot.aspect in names:
        return f"{names[slot.aspect]} {slot.item or 'the case'}"
    return slot.aspect.value
