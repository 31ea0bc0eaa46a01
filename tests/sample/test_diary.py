"""The sample inspection cut off at any moment is one that could have been."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from builders.recount import tally
from fieldtool.domain.kinds.agenda_items import (
    EvidenceNoted,
    InterviewAnswered,
    ItemCancelled,
    ItemDone,
    ItemPlanned,
)
from fieldtool.domain.kinds.assessment import (
    AnswerGiven,
    CaseCompleted,
    CaseReopened,
    FactSet,
    NoteWritten,
    ReasonWritten,
    Undone,
)
from fieldtool.domain.kinds.inspection import InspectionOpened, PersonJoined
from fieldtool.domain.kinds.sample import CaseAssigned
from fieldtool.domain.log.events import EventId
from fieldtool.domain.method.case import Aspect, Case
from fieldtool.domain.method.case_line import CaseState
from fieldtool.domain.method.framework import AgendaKind, Framework
from fieldtool.domain.method.rating import standings
from fieldtool.domain.method.walk import missing, progress
from sample_db.diary import Deed, deeds, device_of
from sample_db.steps import SERVICE_FACTS

DEMO = datetime(2020, 3, 11, 11, 20, tzinfo=UTC)
MOMENTS = [
    datetime(2020, 3, 3, 12, 0, tzinfo=UTC),
    datetime(2020, 3, 6, 18, 0, tzinfo=UTC),
    datetime(2020, 3, 10, 15, 30, tzinfo=UTC),
    DEMO,
    datetime(2020, 3, 13, 10, 0, tzinfo=UTC),
]
INSPECTORS = [f"INS-{number:02}" for number in range(1, 10)]

CasesAt = Callable[[datetime], dict[str, Case]]


def test_the_same_every_time(diary: list[Deed]) -> None:
    assert deeds() == diary


def test_in_order_and_nobody_does_two_things_at_once(diary: list[Deed]) -> None:
    assert [deed.wall for deed in diary] == sorted(deed.wall for deed in diary)
    moments = [(deed.actor, deed.wall) for deed in diary]
    assert len(moments) == len(set(moments))


def test_team_is_nine_inspectors_and_a_lead_without_names(diary: list[Deed]) -> None:
    joined = {deed.body.person: deed.body.name for deed in diary if isinstance(deed.body, PersonJoined)}
    assert joined == {"LEAD-1": "Lead inspector"} | {
        inspector: f"Inspector {number}" for number, inspector in enumerate(INSPECTORS, start=1)
    }
    assert {deed.actor for deed in diary} == set(joined)


def test_set_up_is_done_before_the_fieldwork_and_by_the_lead(diary: list[Deed]) -> None:
    before = [deed for deed in diary if deed.wall < datetime(2020, 3, 2, tzinfo=UTC)]
    assert {deed.actor for deed in before} == {"LEAD-1"}
    assert [deed.body.kind for deed in before[:3]] == [
        "inspection.opened",
        "framework.chosen",
        "person.joined",
    ]
    assert sum(deed.body.kind == "case.added" for deed in before) == 159
    assert all(deed.body.kind != "case.added" for deed in diary[len(before) :])


def test_work_is_done_in_working_hours(diary: list[Deed]) -> None:
    for deed in diary:
        assert deed.wall.weekday() < 5
        assert timedelta(hours=8, minutes=30) <= since_midnight(deed) <= timedelta(hours=17, minutes=30)


def since_midnight(deed: Deed) -> timedelta:
    return deed.wall - deed.wall.replace(hour=0, minute=0, second=0)


def test_only_the_holder_works_on_a_case(diary: list[Deed]) -> None:
    holders: dict[str, str | None] = {}
    for deed in diary:
        if isinstance(deed.body, CaseAssigned):
            holders[deed.subject] = deed.body.person
        if deed.subject and deed.actor != "LEAD-1":
            assert holders[deed.subject] == deed.actor


def test_whoever_goes_to_a_meeting_writes_there_and_is_not_over_cases_meanwhile(diary: list[Deed]) -> None:
    plans = {deed.body.item: deed.body for deed in diary if isinstance(deed.body, ItemPlanned)}
    done = {deed.body.item: deed.wall for deed in diary if isinstance(deed.body, ItemDone)}
    kinds = (EvidenceNoted, InterviewAnswered, ItemDone)
    for deed in diary:
        if isinstance(deed.body, kinds):
            assert deed.actor in plans[deed.body.item].goes
            assert deed.wall.date() == plans[deed.body.item].day
        elif not deed.subject:
            assert deed.actor == "LEAD-1"
    for item, end in done.items():
        at = plans[item].at
        assert at is not None
        start = datetime.combine(plans[item].day, at, UTC)
        assert start < end < start + timedelta(hours=2)
        meanwhile = [d for d in diary if start <= d.wall <= end and d.actor in plans[item].goes]
        assert {d.body.item for d in meanwhile if isinstance(d.body, kinds)} == {item}
        assert all(isinstance(d.body, kinds) for d in meanwhile)


def test_the_third_week_is_planned_with_the_rest_and_cancelled_at_once(diary: list[Deed]) -> None:
    first = {d.body.item: d for d in reversed(diary) if isinstance(d.body, ItemPlanned)}
    assert all(deed.wall < datetime(2020, 3, 2, tzinfo=UTC) for deed in first.values())
    third = {item for item, deed in first.items() if plan(deed).day >= date(2020, 3, 16)}
    assert len(third) == 12
    cancelled = [d for d in diary if isinstance(d.body, ItemCancelled) and d.body.item in third]
    assert {d.body.slot.item for d in cancelled} == third
    assert cancelled[-1].wall - cancelled[0].wall < timedelta(seconds=len(third))
    assert len({d.body.value for d in cancelled}) == 1
    assert "COVID-19" in str(cancelled[0].body.value)
    opened = [d.body for d in diary if isinstance(d.body, InspectionOpened)]
    assert [body.fieldwork_to for body in opened] == [date(2020, 3, 20), date(2020, 3, 13)]


def plan(deed: Deed) -> ItemPlanned:
    assert isinstance(deed.body, ItemPlanned)
    return deed.body


def test_every_key_question_that_is_judged_as_a_whole_has_notes(
    framework: Framework, diary: list[Deed]
) -> None:
    noted = {deed.body.on for deed in diary if isinstance(deed.body, EvidenceNoted)}
    judged = {q.id for s in framework.standards if s.judged_as_a_whole for q in s.key_questions}
    assert judged - noted == {"1.3.1", "1.4.1"}, "the third week was kept for these"
    assert noted <= framework.key_questions_by_id.keys()
    assert "3.1.3" in noted


def test_officers_are_interviewed_by_the_form(framework: Framework, diary: list[Deed]) -> None:
    form = framework.form_for(AgendaKind.OFFICER_INTERVIEW)
    assert form is not None
    found = [deed.body for deed in diary if isinstance(deed.body, InterviewAnswered)]
    items = {body.item for body in found}
    assert len(items) == 15
    assert len(form.questions) * len(items) - len(found) == 3
    answers = {question.id: {answer.id for answer in question.answers} for question in form.questions}
    assert all(body.answer in answers[body.question] for body in found)


def test_facts_come_before_answers(diary: list[Deed]) -> None:
    answered = set()
    for deed in diary:
        if isinstance(deed.body, AnswerGiven):
            answered.add(deed.subject)
        if isinstance(deed.body, FactSet):
            assert deed.subject not in answered
            assert (deed.actor == "LEAD-1") == (deed.body.fact in SERVICE_FACTS)


def test_a_complete_case_is_not_changed_unless_it_is_sent_back(diary: list[Deed]) -> None:
    complete: set[str] = set()
    for deed in diary:
        if isinstance(deed.body, CaseReopened):
            assert deed.subject in complete
            complete.remove(deed.subject)
        elif deed.subject:
            assert deed.subject not in complete
            if isinstance(deed.body, CaseCompleted):
                complete.add(deed.subject)


def test_cases_are_sent_back_and_completed_again(diary: list[Deed]) -> None:
    completed = Counter(deed.subject for deed in diary if isinstance(deed.body, CaseCompleted))
    sent_back = {deed.subject for deed in diary if isinstance(deed.body, CaseReopened)}
    assert sent_back
    assert {ref for ref, times in completed.items() if times == 2} == sent_back


def test_undoing_names_an_earlier_event_of_the_same_slot(diary: list[Deed]) -> None:
    written: dict[str, Deed] = {}
    numbers: Counter[str] = Counter()
    values: defaultdict[tuple[str, str], list[str | None]] = defaultdict(lambda: [None])
    undone = 0
    for deed in diary:
        numbers[deed.actor] += 1
        slot = (deed.subject, str(deed.body.slot))
        if isinstance(deed.body, Undone):
            undone += 1
            earlier = written[deed.body.undoes]
            assert (earlier.actor, earlier.subject, str(earlier.body.slot)) == (deed.actor, *slot)
            assert deed.body.value == values[slot][-2]
        values[slot].append(deed.body.value)
        written[str(EventId(device_of(deed.actor), 1, numbers[deed.actor]))] = deed
    assert undone >= 10


@pytest.mark.parametrize("moment", MOMENTS)
def test_any_cut_is_believable(framework: Framework, cases_at: CasesAt, moment: datetime) -> None:
    in_progress: Counter[str] = Counter()
    for case in cases_at(moment).values():
        if case.complete:
            assert missing(framework, case) == ()
        elif case.state is CaseState.IN_PROGRESS:
            assert case.holder is not None
            in_progress[case.holder] += 1
            assert not any(gap.slot.aspect is Aspect.FACT for gap in missing(framework, case))
    assert max(in_progress.values(), default=0) <= 2


@pytest.mark.parametrize("inspector", INSPECTORS)
def test_everybody_is_in_the_middle_of_it_at_the_demonstration(cases_at: CasesAt, inspector: str) -> None:
    states = Counter(case.state for case in cases_at(DEMO).values() if case.holder == inspector)
    assert states[CaseState.COMPLETE] >= 5
    assert states[CaseState.UNTOUCHED] >= 2
    assert 1 <= states[CaseState.IN_PROGRESS] <= 2


def test_inspector_of_the_demonstration_is_half_way_through_a_case(
    framework: Framework, cases_at: CasesAt, diary: list[Deed]
) -> None:
    mine = [case for case in cases_at(DEMO).values() if case.holder == "INS-04"]
    begun = [case for case in mine if case.state is CaseState.IN_PROGRESS]
    shares = [progress(framework, case) for case in begun]
    assert any(0.4 <= share.done / share.due <= 0.7 for share in shares)
    today = {deed.subject for deed in diary if deed.actor == "INS-04" and DEMO.date() == deed.wall.date()}
    assert {case.ref for case in begun} <= today


def test_figures_still_move_at_the_demonstration(
    framework: Framework, cases_at: CasesAt, cases: list[Case]
) -> None:
    now, end = tally(framework, cases_at(DEMO).values()), tally(framework, cases)
    questions = [item for item in framework.key_questions_by_id if item in end]
    assert sum(now[item].percent != end[item].percent for item in questions) >= 9
    open_ratings = [s for s in standings(framework, now) if s.provisional and not s.settled]
    assert len(open_ratings) >= 2


def test_some_cases_are_left_over_night(diary: list[Deed]) -> None:
    days: defaultdict[str, set[datetime]] = defaultdict(set)
    for deed in diary:
        if deed.subject and deed.actor != "LEAD-1":
            days[deed.subject].add(deed.wall.replace(hour=0, minute=0, second=0))
    assert 5 <= sum(len(found) > 1 for found in days.values()) <= 50


def test_texts_hardly_repeat_themselves(diary: list[Deed]) -> None:
    texts = Counter(d.body.text for d in diary if isinstance(d.body, NoteWritten | ReasonWritten))
    assert max(texts.values()) <= 3
    assert len(texts) > 0.9 * texts.total()


def test_texts_are_finished_sentences(diary: list[Deed]) -> None:
    for deed in diary:
        if isinstance(deed.body, NoteWritten | ReasonWritten):
            text = deed.body.text
            assert text[0].isupper() or text[0].isdigit()
            assert text.endswith(".")
            assert not set("{}[]") & set(text)
            assert ".." not in text


def test_notes_are_written_here_and_there(diary: list[Deed]) -> None:
    answered = {(d.subject, d.body.prompt) for d in diary if isinstance(d.body, AnswerGiven)}
    noted = {(d.subject, d.body.item) for d in diary if isinstance(d.body, NoteWritten)}
    assert 0.08 < len(noted & answered) / len(answered) < 0.16
    assert 40 <= sum(item == "" for _, item in noted) <= 85
