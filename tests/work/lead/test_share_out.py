"""Sharing out as a plan: who gets what on which day, looked at first, then done at once or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from builders.populations import FIRST, LAST, SAMPLE, another, leading, population
from fieldtool.domain.kinds.sample import CaseAssigned
from fieldtool.domain.method.case import Answer
from fieldtool.domain.method.share_out import Held
from fieldtool.store.views import assignments
from fieldtool.work.inspection import InspectionError
from fieldtool.work.lead import hand_over, list_import, setting_up, share_out
from fieldtool.work.lead.lead import Lead

DAYS = tuple(date(2020, 3, day) for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13))


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Lead]:
    with leading(tmp_path / "trial.db") as lead:
        list_import.propose(lead, SAMPLE, population(60), all_at_once=True).carry_out()
        yield lead


def holders(lead: Lead) -> Counter[str]:
    return Counter({held.holder: held.cases for held in share_out.held_by_day(lead)})


def test_working_days_are_those_that_are_left(lead: Lead) -> None:
    assert share_out.working_days(lead, date(2020, 1, 1)) == DAYS
    assert share_out.working_days(lead, date(2020, 3, 11)) == DAYS[7:]
    assert share_out.working_days(lead, date(2026, 1, 1)) == DAYS


def test_without_dates_there_are_no_days(tmp_path: Path) -> None:
    with (
        leading(tmp_path / "bare.db", fieldwork=False) as lead,
        pytest.raises(InspectionError, match="Nobody has said from when to when"),
    ):
        share_out.working_days(lead, FIRST)


def test_a_plan_changes_nothing_until_it_is_carried_out(lead: Lead) -> None:
    seen = share_out.propose(lead, on=DAYS)
    assert seen.numbers == {"INS-01": 20, "INS-02": 20, "INS-03": 20}
    assert seen.by_day == dict.fromkeys(DAYS, 6)
    assert holders(lead) == {"": 60}
    seen.carry_out()
    by_place = share_out.held_by_place(lead)
    assert [held.where for held in by_place] == ["East", "North", "West"]  # each in the hands of one
    assert {held.cases for held in by_place} == {20}
    assert {(held.cases, held.complete) for held in share_out.held_by_day(lead)} == {(2, 0)}
    refs = [case.ref for case in lead.inspection.cases()]
    assert share_out.days_of(lead, refs) == assignments.planned_days(lead.database) == seen.days


def test_held_cases_without_a_day_get_one_and_those_with_one_keep_it(lead: Lead) -> None:
    refs = [case.ref for case in lead.inspection.cases()]
    hand_over.propose(lead, "INS-01", refs[:6]).carry_out()
    assert share_out.propose_day(lead, [*refs[:4], refs[0]], DAYS[0]).carry_out().refs == tuple(refs[:4])
    assert share_out.propose_day(lead, refs[:4], DAYS[0]).carry_out().refs == ()
    seen = share_out.propose(lead, ["INS-01"], on=DAYS[:4])
    assert set(seen.holders) == set(refs[6:])
    assert set(seen.days) == set(refs[4:])
    seen.carry_out()
    of_day = Counter(assignments.planned_days(lead.database).values())
    assert of_day == dict.fromkeys(DAYS[:4], 15)
    assert assignments.planned_days(lead.database)[refs[0]] == DAYS[0]


def test_a_local_assessor_gets_no_case_of_their_own_office(lead: Lead) -> None:
    setting_up.propose_person(lead, "LOC-1", "Lou", "local_assessor", "east").carry_out()
    seen = share_out.propose(lead, ["LOC-1", "INS-01"], on=DAYS)
    hubs = {case.ref: case.facts["hub"] for case in lead.inspection.cases()}
    assert {hubs[ref] for ref, person in seen.holders.items() if person == "LOC-1"} == {"North", "West"}
    assert seen.numbers == {"LOC-1": 30, "INS-01": 30}
    alone = share_out.propose(lead, ["LOC-1"], on=DAYS)
    assert {hubs[ref] for ref in alone.left} == {"East"}
    assert not set(alone.left) & set(alone.days)


def test_what_came_in_meanwhile_is_not_written_over(lead: Lead) -> None:
    seen = share_out.propose(lead)
    ref = next(iter(seen.holders))
    lead.inspection.record_all([(ref, [CaseAssigned(person="INS-03")])])
    with pytest.raises(InspectionError, match="Something came in meanwhile"):
        seen.carry_out()
    assert holders(lead) == {"": 59, "INS-03": 1}


def test_a_day_outside_the_fieldwork_is_refused(lead: Lead) -> None:
    for day in (date(2020, 3, 1), date(2062, 3, 3)):
        with pytest.raises(InspectionError, match=f"{day} is not within the fieldwork, {FIRST} to {LAST}"):
            share_out.propose_day(lead, ["X0001"], day).carry_out()
        with pytest.raises(InspectionError, match=f"{day} is not within the fieldwork"):
            share_out.propose(lead, on=[FIRST, day])
    share_out.propose_day(lead, ["X0001"], LAST).carry_out()
    share_out.propose_day(lead, ["X0001"], None).carry_out()
    assert assignments.planned_days(lead.database) == {}
    with pytest.raises(InspectionError, match="There is no working day to plan for"):
        share_out.propose(lead, on=[])


def test_only_a_lead_plans(lead: Lead) -> None:
    inspector = another(lead, "INS-01")
    with pytest.raises(InspectionError, match="This is for the lead inspector to do"):
        share_out.propose(inspector)
    with pytest.raises(InspectionError, match="This is for the lead inspector to do"):
        share_out.propose_day(inspector, ["X0001"], FIRST).carry_out()


def test_a_day_touches_neither_the_work_nor_its_state(lead: Lead) -> None:
    hand_over.propose(lead, "INS-01", ["X0001"]).carry_out()
    share_out.propose_day(lead, ["X0001"], FIRST).carry_out()
    (line,) = lead.inspection.file.lines(["X0001"])
    assert (line.state, line.done) == ("untouched", line.done)
    inspector = another(lead, "INS-01").inspection
    inspector.answer(inspector.case("X0001"), "2.1.1.a", Answer.YES)
    undone = inspector.undo(inspector.case("X0001"))
    assert undone is not None
    assert undone.slot.item == "2.1.1.a"
    assert assignments.planned_days(lead.database) == {"X0001": FIRST}
    assert Held("INS-01", "2020-03-02", 1, 0) in share_out.held_by_day(lead)
