"""What a lead does with the whole of an inspection: lists, draws, team, who has which case; and who may not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from builders.cases import CRC
from builders.commands import begun
from builders.populations import SAMPLE, draw_of, drawn_again, list_of, population
from fieldtool.domain.kinds.sample import CaseAssigned
from fieldtool.domain.method.case import Answer
from fieldtool.domain.method.case_list import ListedCase
from fieldtool.store.file.database import Database
from fieldtool.work.inspection import Inspection, InspectionError
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead import draws, hand_over, list_import, setting_up, share_out
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.plans import Deed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with begun(tmp_path / "trial.db", CRC):
        pass
    return tmp_path / "trial.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with Database.open(path) as opened:
        yield opened


def working(database: Database, person: str) -> Lead:
    return Lead(Inspection(InspectionFile(database), person))


@pytest.fixture
def lead(database: Database) -> Lead:
    return working(database, "LEAD-1")


def refs(lead: Lead) -> list[str]:
    return [case.ref for case in lead.inspection.cases()]


def test_a_list_is_kept_and_replaced(lead: Lead) -> None:
    assert (list_of(lead, SAMPLE), tuple(draws.lists_seen(lead))) == (None, ())
    list_import.propose(lead, SAMPLE, population(10)).carry_out()
    assert list_of(lead, SAMPLE) == tuple(population(10))
    list_import.propose(lead, SAMPLE, population(4)).carry_out()
    assert list_of(lead, SAMPLE) == tuple(population(4))
    assert tuple(draws.lists_seen(lead)) == (SAMPLE,)
    assert refs(lead) == []


def test_a_draw_adds_its_cases_and_can_be_explained_again(lead: Lead) -> None:
    list_import.propose(lead, SAMPLE, population(200)).carry_out()
    found = draws.propose(lead, SAMPLE, 40, buffer=20, seed=5).carry_out().drawn
    main = [each.case.ref for each in found.cases if not each.reserve]
    assert refs(lead) == sorted(main)
    assert len(main) == 40
    event = draw_of(lead, SAMPLE)
    assert event is not None
    assert (event.seed, event.cases) == (5, tuple(main))
    assert len(event.reserve) == 8
    facts = {case.ref: case.facts for case in population(200)}
    assert all(case.facts == facts[case.ref] for case in lead.inspection.cases())
    # A later list does not change what was drawn from the earlier one.
    list_import.propose(lead, SAMPLE, population(3)).carry_out()
    assert drawn_again(lead, SAMPLE) == found
    assert list(lead.inspection.findings()) == []


def test_a_person_in_two_samples_has_a_case_in_each(lead: Lead) -> None:
    list_import.propose(lead, "unpaid_work", population(5), all_at_once=True).carry_out()
    plan = list_import.propose(lead, SAMPLE, population(20))
    assert plan.told == "5 people are in another sample too: here their references end in -CS."
    plan.carry_out()
    draws.propose(lead, SAMPLE, 20, seed=1).carry_out()
    here = refs(lead)
    assert len(here) == 25
    assert {"X0000", "X0000-CS", "X0005"} <= set(here)
    again = list_import.propose(lead, "unpaid_work", population(5), all_at_once=True)
    assert (again.elsewhere, again.ending) == (0, "-UW")


def test_the_second_list_gives_way_though_nothing_is_drawn_yet(lead: Lead) -> None:
    list_import.propose(lead, SAMPLE, population(20)).carry_out()
    list_import.propose(lead, "unpaid_work", population(5), all_at_once=True).carry_out()
    assert refs(lead) == [f"X000{place}-UW" for place in range(5)]
    assert list_import.why_not(lead, "unpaid_work", all_at_once=True)["X0000"] == "already in the inspection"
    draws.propose(lead, SAMPLE, 20, seed=1).carry_out()
    assert len(refs(lead)) == 25


def test_what_an_earlier_version_put_into_another_sample_is_not_drawn(
    lead: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_import, "refs_elsewhere", lambda *_: frozenset())
    list_import.propose(lead, "unpaid_work", population(5), all_at_once=True).carry_out()
    list_import.propose(lead, SAMPLE, population(20)).carry_out()
    found = draws.propose(lead, SAMPLE, 30, seed=1).carry_out().drawn
    assert sum(stratum.population for stratum in found.strata) == len(found.cases) == 15
    event = draw_of(lead, SAMPLE)
    assert event is not None
    assert event.left_out == tuple(case.ref for case in population(5))
    assert drawn_again(lead, SAMPLE) == found
    assert list_import.not_drawable(lead, SAMPLE)["X0000"] == "already in the inspection, as Unpaid work"


def test_drawing_again_needs_to_be_said_and_keeps_what_stays(lead: Lead) -> None:
    list_import.propose(lead, SAMPLE, population(60)).carry_out()
    draws.propose(lead, SAMPLE, 20, seed=1).carry_out()
    first = set(refs(lead))
    hand_over.propose(lead, "INS-01", first).carry_out()
    with pytest.raises(InspectionError, match=r"has its 20 cases already: with --again WHY"):
        draws.propose(lead, SAMPLE, 20, seed=2).carry_out()
    with pytest.raises(InspectionError, match="Say why"):
        draws.propose(lead, SAMPLE, 20, seed=2, again=" ").carry_out()
    kept = lead.inspection.case(next(iter(first)))
    draws.propose(lead, SAMPLE, 20, seed=2, again="the list was wrong").carry_out()
    second = set(refs(lead))
    assert first != second
    assert len(second) == 20
    holders = {line.ref: line.holder for line in lead.inspection.file.lines(sorted(second))}
    assert {ref for ref, holder in holders.items() if holder} == first & second
    draws.propose(lead, SAMPLE, 20, seed=1, again="it was right").carry_out()
    assert set(refs(lead)) == first
    assert lead.inspection.case(kept.ref).facts == kept.facts
    assert list(lead.inspection.findings()) == []


def test_a_sample_is_not_drawn_again_once_a_case_is_begun(lead: Lead, database: Database) -> None:
    list_import.propose(lead, SAMPLE, population(60)).carry_out()
    draws.propose(lead, SAMPLE, 20, seed=1).carry_out()
    ref = refs(lead)[3]
    inspector = Inspection(InspectionFile(database), "INS-01")
    hand_over.propose(lead, "INS-01", [ref]).carry_out()
    inspector.answer(inspector.case(ref), "2.1.1.a", Answer.YES)
    with pytest.raises(InspectionError, match=rf"{ref} is begun, and 0 more of Case supervision"):
        draws.propose(lead, SAMPLE, 20, seed=2, again="better").carry_out()
    assert len(refs(lead)) == 20


def test_no_list_no_draw(lead: Lead) -> None:
    with pytest.raises(InspectionError, match="There is no case list of Unpaid work yet"):
        draws.propose(lead, "unpaid_work", 3).carry_out()


def test_a_list_at_once_keeps_what_was_recorded(lead: Lead) -> None:
    list_import.propose(
        lead, "unpaid_work", [ListedCase("U1", {"gender": "male", "hub": "East"})], all_at_once=True
    ).carry_out()
    assert lead.inspection.case("U1").facts == {"gender": "male", "hub": "East"}
    assert list_import.why_not(lead, "unpaid_work", all_at_once=True) == {"U1": "already in the inspection"}


@pytest.fixture
def cases(lead: Lead) -> Sequence[str]:
    list_import.propose(lead, SAMPLE, population(12), all_at_once=True).carry_out()
    return refs(lead)


def test_cases_are_shared_out_evenly_and_by_hub(lead: Lead, cases: Sequence[str]) -> None:
    for number in (2, 3):
        setting_up.propose_person(lead, f"INS-0{number}", f"No {number}", "inspector").carry_out()
    shared = share_out.propose(lead, by="hub").carry_out()
    assert Counter(shared.holders.values()) == {"INS-01": 4, "INS-02": 4, "INS-03": 4}
    hubs = {ref: lead.inspection.case(ref).facts["hub"] for ref in cases}
    assert all(
        len({hubs[ref] for ref in cases if shared.holders[ref] == person}) == 1
        for person in ("INS-01", "INS-02", "INS-03")
    )
    assert share_out.propose(lead).carry_out().holders == {}
    hand_over.propose(lead, None, cases[:6], "shared out anew").carry_out()
    assert Counter(share_out.propose(lead, ["INS-02", "INS-03"]).carry_out().holders.values()).total() == 6
    with pytest.raises(InspectionError, match=r'There is no case fact "hubb": did you mean hub\?'):
        share_out.propose(lead, by="hubb").carry_out()


def test_a_local_assessor_never_gets_a_case_of_their_own_office(lead: Lead, cases: Sequence[str]) -> None:
    setting_up.propose_person(lead, "LOC-1", "Lou", "local_assessor").carry_out()
    with pytest.raises(InspectionError, match="Nobody knows in which office LOC-1 works"):
        hand_over.propose(lead, "LOC-1", cases[:1]).carry_out()
    setting_up.propose_person(lead, "LOC-1", "Lou", "local_assessor", "east").carry_out()
    own = [case.ref for case in lead.inspection.cases() if case.facts["hub"] == "East"]
    with pytest.raises(InspectionError, match=f"{own[0]} is a case of east, where LOC-1 works"):
        hand_over.propose(lead, "LOC-1", cases).carry_out()
    assert {line.holder for line in lead.inspection.file.lines(list(cases))} == {""}
    shared = share_out.propose(lead, ["LOC-1"], by="hub").carry_out()
    assert sorted(shared.left) == own
    assert set(shared.holders) == set(cases) - set(own)
    setting_up.propose_person(lead, "LOC-1", "Lou", "inspector", "").carry_out()
    assert lead.offices == {}
    assert hand_over.propose(lead, "LOC-1", own).carry_out().refs == tuple(own)


def test_a_case_changes_hands(lead: Lead, database: Database, cases: Sequence[str]) -> None:
    setting_up.propose_person(lead, "INS-02", "Two", "inspector").carry_out()
    one, two = (working(database, person) for person in ("INS-01", "INS-02"))
    ref = cases[0]
    with pytest.raises(InspectionError, match=f"{ref} is held by nobody: its holder or the lead inspector"):
        hand_over.propose(one, "INS-01", [ref]).carry_out()
    assert hand_over.propose(lead, "INS-01", [ref, ref]).carry_out().refs == (ref,)
    assert hand_over.propose(lead, "INS-01", [ref]).carry_out().refs == ()
    with pytest.raises(InspectionError, match=f"{ref} is held by INS-01: its holder or the lead inspector"):
        hand_over.propose(two, "INS-02", [ref]).carry_out()
    with pytest.raises(InspectionError, match=f"{ref} is held by INS-01: say why it is taken over"):
        hand_over.propose(lead, "INS-02", [ref]).carry_out()
    hand_over.propose(lead, "INS-02", [ref], "INS-01 is ill").carry_out()
    hand_over.propose(two, "INS-01", [ref]).carry_out()
    hand_over.propose(one, None, [ref]).carry_out()
    changes = [
        each
        for each in lead.inspection.whole_history(lead.inspection.case(ref))
        if each.slot.aspect == "holder"
    ]
    assert [(each.actor, each.value, each.why) for each in changes] == [
        ("LEAD-1", "INS-01", ""),
        ("LEAD-1", "INS-02", "INS-01 is ill"),
        ("INS-02", "INS-01", ""),
        ("INS-01", None, ""),
    ]
    assert list(lead.inspection.findings()) == []


def test_one_wrong_name_and_nothing_is_assigned(lead: Lead, cases: Sequence[str]) -> None:
    with pytest.raises(
        InspectionError, match=r"There is no case X00001 in this inspection: did you mean X0001\?"
    ):
        hand_over.propose(lead, "INS-01", [cases[0], "X00001"]).carry_out()
    with pytest.raises(InspectionError, match=r"INS-1 is not on the team: did you mean INS-01\?"):
        hand_over.propose(lead, "INS-1", cases).carry_out()
    assert {line.holder for line in lead.inspection.file.lines(list(cases))} == {""}


def test_only_a_lead_does_these_things(database: Database) -> None:
    inspector = working(database, "INS-01")
    words = "This is for the lead inspector to do, who is LEAD-1"
    with pytest.raises(InspectionError, match=words):
        list_import.propose(inspector, SAMPLE, population(3)).carry_out()
    with pytest.raises(InspectionError, match=words):
        list_import.propose(inspector, SAMPLE, population(3), all_at_once=True).carry_out()
    with pytest.raises(InspectionError, match=words):
        draws.propose(inspector, SAMPLE, 3).carry_out()
    with pytest.raises(InspectionError, match=words):
        share_out.propose(inspector).carry_out()
    with pytest.raises(InspectionError, match=words):
        setting_up.propose_person(inspector, "INS-01", "Ines", "lead_inspector").carry_out()


def test_all_of_a_list_or_nothing(lead: Lead, database: Database) -> None:
    def broken(deeds: Iterable[Deed]) -> Iterator[Deed]:
        yield from list(deeds)[:3]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list_import.propose(lead, SAMPLE, population(9), all_at_once=True).carry_out(broken)
    assert refs(lead) == []
    list_import.propose(lead, SAMPLE, population(2), all_at_once=True).carry_out()
    lead.inspection.record_all([("X0000", [CaseAssigned(person="INS-01")])])
    assert len(database.rows("SELECT 1 FROM event WHERE kind = 'case.added'")) == 2
    assert list(lead.inspection.findings()) == []
