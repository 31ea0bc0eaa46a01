"""What the team attends beside its cases: planned for three weeks, the third of them cancelled at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from fieldtool.domain.kinds.agenda_items import (
    EvidenceNoted,
    InterviewAnswered,
    ItemCancelled,
    ItemDone,
    ItemPlanned,
)
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.method.framework import AgendaKind, Form, Framework
from sample_db.dice import Dice
from sample_db.hours import at
from sample_db.meetings import ANSWERS, MEETINGS, NOT_ASKED, NOTES, Meeting

PLANNED = at(date(2020, 2, 27), 9, 33)
MOVED = at(date(2020, 3, 2), 16, 52)
CALLED_OFF = at(date(2020, 3, 9), 9, 6)

THIRD_WEEK_BEGINS = date(2020, 3, 16)
BECAUSE = "COVID-19 restrictions: no visits and no meetings in the third week of fieldwork"

FIRST_DAYS = {"MT-02": date(2020, 3, 3)}
"""What was planned for an earlier day at first, and moved once fieldwork had begun."""

CANCELLED_ALONE = {
    "FG-05": "too few who are on unpaid work could come on that day; it is made up for by telephone"
}

KINDS = {
    "MT": AgendaKind.MEETING,
    "FG": AgendaKind.FOCUS_GROUP,
    "RO": AgendaKind.OFFICER_INTERVIEW,
    "SU": AgendaKind.USER_INTERVIEW,
    "OB": AgendaKind.OBSERVATION,
}
"""What the ids of the items begin with."""

_LASTS = {
    AgendaKind.MEETING: (45, 60),
    AgendaKind.FOCUS_GROUP: (60, 80),
    AgendaKind.OFFICER_INTERVIEW: (35, 45),
    AgendaKind.USER_INTERVIEW: (15, 25),
    AgendaKind.OBSERVATION: (80, 110),
}
"""Minutes that an item takes, at the least and at the most."""

SEED = 20_200_316

Did = tuple[datetime, str, Body]
"""When, who, and what."""


def planned(lead: str) -> Iterator[Did]:
    """The lead plans all of it in the week before the fieldwork, and moves an item later."""
    dice = Dice(SEED)
    now = PLANNED
    for meeting in MEETINGS:
        now += timedelta(seconds=dice.between(35, 90))
        yield now, lead, plan_of(meeting, FIRST_DAYS.get(meeting.id, meeting.day))
    for number, meeting in enumerate(each for each in MEETINGS if each.id in FIRST_DAYS):
        yield MOVED + timedelta(minutes=number), lead, plan_of(meeting, meeting.day)
    for number, (id, why) in enumerate(CANCELLED_ALONE.items()):
        yield CALLED_OFF + timedelta(minutes=number), lead, ItemCancelled(item=id, why=why)


def attended(framework: Framework) -> Iterator[Did]:
    """What those who went there answered and noted, item by item, until they said that it took place."""
    dice = Dice(SEED + 1)
    held = [each for each in MEETINGS if each.day < THIRD_WEEK_BEGINS and each.id not in CANCELLED_ALONE]
    given = {
        form.id: _answers(dice, form, [each.id for each in held if KINDS[each.id[:2]] is form.kind])
        for form in framework.forms
    }
    for meeting in held:
        kind = KINDS[meeting.id[:2]]
        form = framework.form_for(kind)
        yield from _at(dice, meeting, kind, given[form.id][meeting.id] if form else {})


def cancelled(lead: str, now: datetime) -> Iterator[Did]:
    """The lead cancels whatever is planned from the third week on."""
    for meeting in MEETINGS:
        if meeting.day >= THIRD_WEEK_BEGINS:
            yield now, lead, ItemCancelled(item=meeting.id, why=BECAUSE)


def plan_of(meeting: Meeting, day: date) -> ItemPlanned:
    """An item as it is planned for a day."""
    return ItemPlanned(
        item=meeting.id,
        what=KINDS[meeting.id[:2]],
        day=day,
        at=time.fromisoformat(meeting.at),
        place=meeting.place,
        whom=meeting.whom,
        goes=tuple(meeting.goes.split()),
    )


def _answers(dice: Dice, form: Form, items: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """The answers to a form at each item, so many of each."""
    found: dict[str, dict[str, str]] = {item: {} for item in items}
    for question in form.questions:
        shares = dict(zip((answer.id for answer in question.answers), ANSWERS[question.id], strict=True))
        for item, answer in dice.allotted(shares, dict.fromkeys(items, 0.0)).items():
            if question.id not in NOT_ASKED.get(item, ()):
                found[item][question.id] = answer
    return found


def _at(dice: Dice, meeting: Meeting, kind: AgendaKind, answers: Mapping[str, str]) -> Iterator[Did]:
    goes = meeting.goes.split()
    steps: list[tuple[str, Body]] = [
        (goes[0], InterviewAnswered(item=meeting.id, question=question, answer=answer))
        for question, answer in answers.items()
    ]
    for note in NOTES.get(meeting.id, ()):
        person = note.person or goes[0]
        steps.append((person, EvidenceNoted(item=meeting.id, on=note.on, person=person, text=note.text)))
    steps.append((goes[0], ItemDone(item=meeting.id)))
    start = at(meeting.day, *map(int, meeting.at.split(":")))
    pace = 60 * dice.between(*_LASTS[kind]) // len(steps)
    for number, (person, body) in enumerate(steps, start=1):
        yield start + timedelta(seconds=number * pace - dice.between(0, pace // 3)), person, body
