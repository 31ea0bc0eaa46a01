"""What `fieldtool agenda` says: items by day, one item with its notes, counts of interviews; as lines and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from fieldtool.cli.output import columns
from fieldtool.domain.words.numbers import counted, listed

if TYPE_CHECKING:
    from fieldtool.cli.json_of_tasks import AgendaItems, InterviewForms
    from fieldtool.domain.log.agenda import AgendaItem, AnswerCount
    from fieldtool.work.lead.agenda import Agenda


def agenda_lines(agenda: Agenda, items: Sequence[AgendaItem]) -> Iterator[str]:
    """The agenda by day, with what came of each item."""
    from fieldtool.domain.words.days import day_and_time

    if not items:
        yield "Nothing is on the agenda."
        return
    states = Counter(item.state.value for item in items)
    yield f"{counted(len(items), 'item')}: {listed([f'{number} {state}' for state, number in states.items()])}"
    notes = Counter(note.item for note in agenda.notes())
    rows = [
        (
            f"  {item.id}",
            "" if item.plan.at is None else f"{item.plan.at:%H:%M}",
            item.plan.what.words,
            item.state.value,
            counted(notes[item.id], "note") if notes[item.id] else "",
            ", ".join(filter(None, (item.plan.whom, item.plan.place, *item.plan.goes))),
        )
        for item in items
    ]
    day = None
    for item, line in zip(items, columns(rows), strict=True):
        if item.plan.day != day:
            day = item.plan.day
            yield ""
            yield day_and_time(day)
        yield line
        if item.why:
            yield f"      because: {item.why}"


def item_lines(agenda: Agenda, item: AgendaItem) -> Iterator[str]:
    """One item with its notes and answers."""
    from fieldtool.domain.log.agenda import wording

    plan, framework = item.plan, agenda.lead.inspection.framework
    yield f"{item.id}: {plan.what.words.lower()}, {item.when}"
    told = {"Where": plan.place, "With": plan.whom, "Goes": ", ".join(plan.goes), "State": item.told}
    yield from (f"{name}: {words}" for name, words in told.items() if words)
    form = agenda.form_of(item)
    if form is not None:
        yield ""
        yield form.title
        answers = agenda.answers
        for question in form.questions:
            given = answers.get((item.id, question.id))
            choices = ", ".join(answer.id for answer in question.answers)
            yield f"  {question.id}: {question.wording}"
            yield f"    {question.label(given) if given else f'not answered ({choices})'}"
    on = None
    for note in agenda.notes(item.id):
        if note.on != on:
            on = note.on
            yield ""
            yield f"{on} {wording(framework, on)}"
        first, *rest = note.text.splitlines()
        yield f"  {note.person}: {first}"
        yield from (f"    {line}" for line in rest)


def count_lines(title: str, found: Sequence[AnswerCount]) -> Iterator[str]:
    """How often each answer to a form was given."""
    yield f"{title}: {counted(found[0].interviews if found else 0, 'interview')}"
    for count in found:
        yield ""
        yield f"{count.question.wording}"
        rows = []
        for answer in count.question.answers:
            number, percent = count.numbers.get(answer.id, 0), count.percent(answer.id)
            share = "" if percent is None else f"{percent}%"
            rows.append(
                (f"  {answer.title}", share, f"{number} of {count.whole}" if answer.counts else f"{number}")
            )
        if count.open:
            rows.append(("  Not answered", "", f"{count.open}"))
        yield from columns(rows, right=(1,))


# ---------------------------------------------------------------------- JSON


def items_data(agenda: Agenda, items: Sequence[AgendaItem]) -> AgendaItems:
    """The agenda for other programs."""
    from fieldtool.cli import json_of_tasks as shapes

    notes = Counter(note.item for note in agenda.notes())
    answers = Counter(item for item, _ in agenda.answers)
    told = (shapes.AgendaItem.made_of(each, notes=notes[each.id], answers=answers[each.id]) for each in items)
    return shapes.AgendaItems.made_of(items=[*told])


def counts_data(counts: Mapping[str, Sequence[AnswerCount]], titles: Mapping[str, str]) -> InterviewForms:
    """How often each answer to the interview forms was given, for other programs."""
    from fieldtool.cli import json_of_tasks as shapes

    def question(count: AnswerCount) -> shapes.FormQuestion:
        given = [
            shapes.FormAnswer.made_of(each, n=count.numbers.get(each.id, 0), percent=count.percent(each.id))
            for each in count.question.answers
        ]
        return shapes.FormQuestion.made_of(count, answers=given)

    forms = [{"id": id, "title": titles[id], "questions": [*map(question, of)]} for id, of in counts.items()]
    return shapes.InterviewForms.made_of(forms=forms)
