"""Every act of the lead is looked at first: what came in meanwhile and changes it stops it, all else does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builders.populations import FIRST, SAMPLE, draw_of, leading, population
from fieldtool.domain.kinds.agenda_items import ItemDone, ItemPlanned
from fieldtool.domain.kinds.inspection import InspectionOpened, PersonBased, PersonJoined, PersonRemoved
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAdded, CaseAssigned, CasePlanned, CaseRemoved, ListImported
from fieldtool.domain.method.framework import AgendaKind
from fieldtool.store.chain.log import Log, new_device
from fieldtool.store.chain.reading import read_events
from fieldtool.store.file.database import Database
from fieldtool.work.inspection import InspectionError
from fieldtool.work.lead import draws, hand_over, list_import, removals, replacements, setting_up, share_out
from fieldtool.work.lead.agenda import Agenda
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.plans import Plan

MEETING = ItemPlanned(item="MT-1", what=AgendaKind.MEETING, day=FIRST)


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Lead]:
    """A sample of 40 that is drawn, nobody holding any, and one meeting on the agenda."""
    with leading(tmp_path / "trial.db") as leading_it:
        list_import.propose(leading_it, SAMPLE, population(200)).carry_out()
        draws.propose(leading_it, SAMPLE, 40, buffer=20, seed=5).carry_out()
        Agenda(leading_it).propose_item(MEETING).carry_out()
        yield leading_it


def first(lead: Lead) -> str:
    """A case of the sample for which a reserve case can come."""
    event = draw_of(lead, SAMPLE)
    assert event is not None
    facts = {case.ref: case.facts for case in population(200)}
    stratum_of = lead.inspection.framework.stratum_of
    waiting = stratum_of(SAMPLE, facts[event.reserve[0]])
    return next(ref for ref in event.cases if stratum_of(SAMPLE, facts[ref]) == waiting)


def reserve(lead: Lead) -> str:
    event = draw_of(lead, SAMPLE)
    assert event is not None
    return event.reserve[0]


Act = Callable[[Lead], Plan]
Came = Callable[[Lead], tuple[str, list[Body]]]

ACTS: dict[str, tuple[Act, Came]] = {
    "draw": (
        lambda lead: draws.propose(lead, SAMPLE, 40, seed=6, again="a larger one"),
        lambda _: ("", [ListImported.of(SAMPLE, tuple(population(190)))]),
    ),
    "import": (
        lambda lead: list_import.propose(lead, SAMPLE, population(7)),
        lambda _: ("", [ListImported.of(SAMPLE, tuple(population(190)))]),
    ),
    "make all cases": (
        lambda lead: list_import.propose(lead, "unpaid_work", population(300)[299:], all_at_once=True),
        lambda _: ("X0299", [CaseAdded(sample=SAMPLE)]),
    ),
    "share out": (
        lambda lead: share_out.propose(lead, by="hub"),
        lambda lead: (first(lead), [CaseAssigned(person="INS-03")]),
    ),
    "plan a day": (
        lambda lead: share_out.propose_day(lead, [first(lead)], FIRST),
        lambda lead: (first(lead), [CasePlanned(day=FIRST)]),
    ),
    "give": (
        lambda lead: hand_over.propose(lead, "INS-01", [first(lead)]),
        lambda lead: (first(lead), [CaseAssigned(person="INS-02")]),
    ),
    "replace": (
        lambda lead: replacements.propose(lead, first(lead), "deceased", "so"),
        lambda lead: (reserve(lead), [CaseAdded(sample=SAMPLE)]),
    ),
    "change the agenda": (
        lambda lead: Agenda(lead).propose_cancelled(["MT-1"], "snow"),
        lambda _: ("", [ItemDone(item="MT-1")]),
    ),
    "take somebody off the team": (
        lambda lead: removals.propose_person(lead, "INS-03", "has left"),
        lambda lead: (first(lead), [CaseAssigned(person="INS-03")]),
    ),
    "put somebody on the team": (
        lambda lead: setting_up.propose_person(lead, "INS-03", "No 3", "local_assessor", "East"),
        lambda _: ("", [PersonBased(person="INS-03", office="East")]),
    ),
    "change the dates": (
        lambda lead: setting_up.propose_opening(lead, InspectionOpened(provider="P", title="T")),
        lambda _: ("", [InspectionOpened(provider="P", title="T")]),
    ),
}


def events(lead: Lead) -> int:
    return len([*read_events(lead.database)])


def came_from_elsewhere(lead: Lead, ref: str, bodies: list[Body]) -> None:
    """Take in what another lead recorded on a laptop of their own, through a connection of its own as sync does."""
    with Database.in_memory() as elsewhere:
        other = Log(elsewhere, new_device(elsewhere), "LEAD-1")
        other.receive(read_events(lead.database))
        news = other.record(ref, *bodies)
    path = lead.database.path
    assert path is not None
    with Database.open(path) as again:
        Log(again, new_device(again), "LEAD-1").receive(news)
    lead.inspection.forget()


@pytest.mark.parametrize("act", ACTS)
def test_what_changes_it_stops_it(lead: Lead, act: str) -> None:
    propose, came = ACTS[act]
    plan = propose(lead)
    lead.inspection.record_all([came(lead)])
    before = events(lead)
    with pytest.raises(InspectionError):
        plan.carry_out()
    assert events(lead) == before


@pytest.mark.parametrize("act", ACTS)
def test_what_comes_from_elsewhere_stops_it_too(lead: Lead, act: str) -> None:
    propose, came = ACTS[act]
    plan = propose(lead)
    came_from_elsewhere(lead, *came(lead))
    before = events(lead)
    with pytest.raises(InspectionError):
        plan.carry_out()
    assert events(lead) == before


@pytest.mark.parametrize("act", ACTS)
def test_what_does_not_change_it_does_not_stop_it(lead: Lead, act: str) -> None:
    propose, _ = ACTS[act]
    plan = propose(lead)
    lead.inspection.record(MEETING.model_copy(update={"item": "MT-2"}))
    before = events(lead)
    assert plan.carry_out() is plan
    assert events(lead) == before + sum(len(bodies) for _, bodies in plan.deeds) > before


def test_whoever_no_longer_leads_carries_nothing_out(lead: Lead) -> None:
    plan = share_out.propose(lead)
    lead.inspection.record_all(
        [
            ("", [PersonJoined(person="LEAD-2", name="Lee Two", role="lead_inspector")]),
            ("", [PersonRemoved(person="LEAD-1", why="has left")]),
        ]
    )
    with pytest.raises(InspectionError, match="for the lead inspector to do, who is LEAD-2"):
        plan.carry_out()


def test_nothing_is_worked_out_twice_where_nothing_was_written(
    lead: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = hand_over.propose(lead, "INS-01", [first(lead)])

    def twice(*_: object) -> None:
        raise AssertionError("worked out once more")

    monkeypatch.setattr(hand_over, "_handed", twice)
    assert plan.carry_out().refs == (first(lead),)


def test_what_changes_nothing_records_nothing(lead: Lead) -> None:
    hand_over.propose(lead, "INS-01", [first(lead)]).carry_out()
    before = events(lead)
    plan = hand_over.propose(lead, "INS-01", [first(lead)]).carry_out()
    assert (plan.deeds, events(lead)) == ((), before)


def test_a_plan_that_nobody_proposed_is_not_carried_out() -> None:
    with pytest.raises(TypeError):
        Plan(deeds=(("X0001", [CaseRemoved(why="so")]),)).carry_out()
