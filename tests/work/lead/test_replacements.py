"""A case drops out and the next reserve case comes: all of it or nothing, and nothing that was recorded is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.populations import FIRST, SAMPLE, another, draw_of, leading, population
from fieldtool.domain.kinds.assessment import FactSet
from fieldtool.domain.kinds.sample import CaseAdded, SampleDrawn
from fieldtool.domain.method.case import Answer
from fieldtool.store.views import assignments
from fieldtool.work.inspection import InspectionError
from fieldtool.work.lead import draws, hand_over, list_import, replacements, setting_up, share_out
from fieldtool.work.lead.lead import Lead

WHY = "to Kent, in March"


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Lead]:
    """Of the list of 200, 40 are drawn and 8 stand by."""
    with leading(tmp_path / "trial.db") as lead:
        list_import.propose(lead, SAMPLE, population(200)).carry_out()
        draws.propose(lead, SAMPLE, 40, buffer=20, seed=5).carry_out()
        yield lead


def drawn(lead: Lead) -> SampleDrawn:
    found = draw_of(lead, SAMPLE)
    assert found is not None
    return found


def stratum(lead: Lead, ref: str) -> str | None:
    facts = {case.ref: case.facts for case in population(200)}
    return lead.inspection.framework.stratum_of(SAMPLE, facts[ref])


def reserve_of(lead: Lead, ref: str) -> list[str]:
    """The reserve cases of the stratum of a case, in their order."""
    return [each for each in drawn(lead).reserve if stratum(lead, each) == stratum(lead, ref)]


def some_case(lead: Lead, *, reserve: int = 1) -> str:
    """A case drawn for which at least so many reserve cases stand by."""
    return next(ref for ref in drawn(lead).cases if len(reserve_of(lead, ref)) >= reserve)


def refs(lead: Lead) -> set[str]:
    return {case.ref for case in lead.inspection.cases()}


def replaced(lead: Lead, ref: str) -> replacements.Replacement:
    proposed = replacements.propose(lead, ref, "transferred", WHY)
    proposed.carry_out()
    return proposed


def test_the_next_reserve_case_of_the_stratum_comes(lead: Lead) -> None:
    ref = some_case(lead, reserve=2)
    before, (first, second, *rest) = refs(lead), reserve_of(lead, ref)
    proposed = replacements.propose(lead, ref, "transferred", WHY)
    assert refs(lead) == before
    assert proposed.next.case is not None
    assert (proposed.next.case.ref, proposed.next.left) == (first, 1 + len(rest))
    proposed.carry_out()
    assert refs(lead) == before - {ref} | {first}
    facts = {case.ref: case.facts for case in population(200)}
    assert lead.inspection.case(first).facts == facts[first]
    # The one that came can drop out too, and what dropped out does not come back.
    again = replaced(lead, first)
    assert again.listed is not None
    assert again.listed.ref == second
    assert [(each.ref, each.why) for each in again.next.skipped] == [(first, "in the sample already")]
    found = replacements.eliminated(lead)
    assert [(each.ref, each.criterion, each.why, each.replaced_by, each.who) for each in found] == [
        (ref, "transferred", WHY, first, "LEAD-1"),
        (first, "transferred", WHY, second, "LEAD-1"),
    ]


def test_what_was_recorded_is_kept_and_counts_no_more(lead: Lead) -> None:
    ref = some_case(lead)
    hand_over.propose(lead, "INS-02", [ref]).carry_out()
    share_out.propose_day(lead, [ref], FIRST).carry_out()
    inspector = another(lead, "INS-02").inspection
    inspector.answer(inspector.case(ref), "2.1.1.a", Answer.YES)
    assert lead.inspection.counts()["2.1.1.a"].yes == 1
    proposed = replaced(lead, ref)
    assert "in progress, 7 of 78 done" in " ".join(proposed.told)
    assert lead.inspection.counts()["2.1.1.a"].yes == 0
    (out,) = replacements.eliminated(lead)
    assert (out.holder, out.facts["hub"]) == ("INS-02", proposed.line.place)
    # Who held the one holds the other, on the same day.
    assert proposed.listed is not None
    assert lead.inspection.case(proposed.listed.ref).holder == "INS-02"
    assert assignments.planned_days(lead.database) == {proposed.listed.ref: FIRST}
    replacements.propose_back(lead, ref).carry_out()
    assert lead.inspection.case(ref).answer("2.1.1.a") is Answer.YES
    assert lead.inspection.counts()["2.1.1.a"].yes == 1
    assert replacements.eliminated(lead) == []
    with pytest.raises(InspectionError, match=f"{ref} is not among the cases that dropped out"):
        replacements.propose_back(lead, ref).carry_out()


def test_a_local_assessor_does_not_get_a_case_of_their_own_office(lead: Lead) -> None:
    places = {case.ref: case.facts["hub"] for case in population(200)}
    ref = next(
        each for each in drawn(lead).cases for after in reserve_of(lead, each)[:1] if places[each] != places[after]
    )  # fmt: skip
    setting_up.propose_person(
        lead, "LOC-1", "Lou", "local_assessor", places[reserve_of(lead, ref)[0]]
    ).carry_out()
    hand_over.propose(lead, "LOC-1", [ref]).carry_out()
    proposed = replaced(lead, ref)
    assert proposed.holder == ""
    assert "Nobody holds it yet: LOC-1 may not" in " ".join(proposed.told)
    assert proposed.listed is not None
    assert lead.inspection.case(proposed.listed.ref).holder is None


def test_an_officer_who_gives_six_is_passed_over(lead: Lead) -> None:
    ref = some_case(lead, reserve=2)
    first, second = reserve_of(lead, ref)[:2]
    officers = {case.ref: case.facts["officer"] for case in population(200)}
    # Cases have come to the officer of the first since the list was made.
    others = [each for each in drawn(lead).cases if each != ref and officers[each] != officers[first]][:6]
    lead.inspection.record_all([(each, [FactSet(fact="officer", to=officers[first])]) for each in others])
    proposed = replacements.propose(lead, ref, "deceased", WHY)
    assert proposed.listed is not None
    assert proposed.listed.ref == second
    ((passed, why),) = proposed.next.skipped
    assert passed == first
    assert why.startswith(f"{officers[first]} gives ")
    assert f"Passed over: {first}, {officers[first]} gives" in " ".join(proposed.told)


def test_without_reserve_only_if_the_lead_says_so(lead: Lead) -> None:
    ref = some_case(lead)
    others = [each for each in drawn(lead).cases if stratum(lead, each) == stratum(lead, ref) and each != ref]
    for other, _ in zip(others, reserve_of(lead, ref), strict=False):
        replaced(lead, other)
    proposed = replacements.propose(lead, ref, "no_file", "not found.")
    assert proposed.listed is None
    assert proposed.short.startswith("No reserve case of ")
    before = refs(lead)
    with pytest.raises(InspectionError, match=f"is left .*{ref} stays unless you say"):
        proposed.carry_out()
    assert refs(lead) == before
    replacements.propose(lead, ref, "no_file", "not found.", without_reserve=True).carry_out()
    assert refs(lead) == before - {ref}
    assert replacements.eliminated(lead)[-1].replaced_by == ""


def test_a_sample_that_was_not_drawn_has_no_reserve(lead: Lead) -> None:
    list_import.propose(lead, "unpaid_work", [population(201)[-1]], all_at_once=True).carry_out()
    proposed = replacements.propose(lead, "X0200", "other", "as agreed")
    assert proposed.short == "Unpaid work was not drawn from its case list, so it has no reserve cases."


def test_what_came_in_meanwhile_stops_it(lead: Lead) -> None:
    ref = some_case(lead)
    proposed = replacements.propose(lead, ref, "transferred", WHY)
    lead.inspection.record_all([(reserve_of(lead, ref)[0], [CaseAdded(sample=SAMPLE)])])
    with pytest.raises(InspectionError, match="Something came in meanwhile"):
        proposed.carry_out()
    assert ref in refs(lead)


def test_who_and_what_is_refused(lead: Lead) -> None:
    ref = some_case(lead)
    with pytest.raises(
        InspectionError, match='There is no criterion "moved": there are transferred, deceased'
    ):
        replacements.propose(lead, ref, "moved", WHY)
    with pytest.raises(InspectionError, match=f"Say in words why {ref} drops out"):
        replacements.propose(lead, ref, "deceased", " ")
    with pytest.raises(InspectionError, match="There is no case X9999"):
        replacements.propose(lead, "X9999", "deceased", WHY)
    inspector = another(lead, "INS-01")
    with pytest.raises(InspectionError, match="This is for the lead inspector to do"):
        replacements.propose(inspector, ref, "deceased", WHY)
    with pytest.raises(InspectionError, match="This is for the lead inspector to do"):
        replacements.propose_back(inspector, ref).carry_out()


def test_what_dropped_out_is_not_drawn_again(lead: Lead) -> None:
    ref = some_case(lead)
    replaced(lead, ref)
    assert list_import.why_not(lead, SAMPLE, all_at_once=False) == {
        ref: "dropped out: transferred out of the area"
    }
    draws.propose(lead, SAMPLE, 40, seed=6, again="a larger sample").carry_out()
    assert ref in drawn(lead).left_out
    assert ref not in refs(lead)
