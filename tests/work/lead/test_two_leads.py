"""Two lead inspectors act at once without knowing of each other: nothing is lost, and what is to settle is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from builders.commands import asked
from builders.populations import SAMPLE, draw_of, leading, population
from fieldtool.domain.log.events import ChainId
from fieldtool.domain.method.case import Aspect
from fieldtool.domain.method.framework import AgendaKind
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import read_events
from fieldtool.store.file.database import Database
from fieldtool.work.inspection import Inspection, InspectionError
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead import (
    draws,
    hand_over,
    list_import,
    replacements,
    setting_up,
    share_out,
    task_status,
)
from fieldtool.work.lead.agenda import Agenda
from fieldtool.work.lead.lead import Lead


class Two(NamedTuple):
    """One inspection on two laptops."""

    one: Lead
    other: Lead

    def exchange(self) -> None:
        """Let each take in what the other has; both then have the same."""
        for here, there in ((self.one, self.other), (self.other, self.one)):
            log = here.inspection.log
            log.receive([*read_events(there.inspection.file.database)])
            here.inspection.forget()
            assert list(here.inspection.findings()) == []
        assert refs(self.one) == refs(self.other)

    @property
    def disputed(self) -> set[tuple[str, Aspect]]:
        """What they do not agree about, on both laptops the same."""
        one, other = ({(each.ref, each.slot.aspect) for each in lead.inspection.conflicts()} for lead in self)
        assert one == other
        return one


def refs(lead: Lead) -> set[str]:
    return {case.ref for case in lead.inspection.cases()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "one.db"


@pytest.fixture
def two(path: Path) -> Iterator[Two]:
    """A list of 200 cases, which nothing was drawn from yet."""
    with leading(path) as one:
        list_import.propose(one, SAMPLE, population(200)).carry_out()
        with Database.create(path.with_name("other.db")) as database:
            Log(database, ChainId("other", 1), "LEAD-1").receive(read_events(one.inspection.file.database))
            other = Lead(Inspection(InspectionFile(database), "LEAD-1"))
            setting_up.propose_person(other, "INS-04", "No 4", "inspector").carry_out()
            yield Two(one, other)


@pytest.fixture
def drawn(two: Two) -> Two:
    """The same, with 40 cases drawn and 8 in reserve."""
    draws.propose(two.one, SAMPLE, 40, buffer=20, seed=5).carry_out()
    two.exchange()
    return two


def of_one_stratum(lead: Lead) -> tuple[str, str, str]:
    """Two cases of the sample, and the reserve case whose turn it is in their stratum."""
    event, facts = draw_of(lead, SAMPLE), {case.ref: case.facts for case in population(200)}
    assert event is not None
    stratum = {ref: lead.inspection.framework.stratum_of(SAMPLE, facts[ref]) for ref in facts}
    comes = event.reserve[0]
    first, second, *_ = (ref for ref in event.cases if stratum[ref] == stratum[comes])
    return first, second, comes


def replace(lead: Lead, ref: str, criterion: str = "deceased") -> str:
    proposed = replacements.propose(lead, ref, criterion, "so")
    proposed.carry_out()
    return proposed.listed.ref if proposed.listed else ""


def test_both_draw(two: Two) -> None:
    first = {each.case.ref for each in draws.propose(two.one, SAMPLE, 40, seed=1).carry_out().drawn.cases}
    second = {each.case.ref for each in draws.propose(two.other, SAMPLE, 40, seed=2).carry_out().drawn.cases}
    two.exchange()
    # All cases of both are there until somebody says which draw holds.
    assert refs(two.one) == first | second
    assert two.disputed == {("", Aspect.DRAW)}
    (conflict,) = (each for each in two.one.inspection.conflicts())
    side = next(side for side in conflict.sides if side.value and '"seed":1' in side.value)
    two.one.inspection.settle(conflict, side)
    assert refs(two.one) == first
    two.exchange()
    assert refs(two.other) == first
    assert two.disputed == set()


def test_both_replace_with_the_same_reserve_case(drawn: Two, path: Path) -> None:
    one, other = drawn
    before, (first, second, comes) = refs(one), of_one_stratum(one)
    hand_over.propose(one, "INS-01", [first]).carry_out()
    hand_over.propose(other, "INS-02", [second]).carry_out()
    assert (replace(one, first), replace(other, second)) == (comes, comes)
    drawn.exchange()
    assert refs(one) == before - {first, second} | {comes}
    assert drawn.disputed == {(comes, Aspect.HOLDER)}
    assert replacements.came_twice(replacements.eliminated(one)) == {comes: [first, second]}
    assert task_status.of_replacing(one).words == "2 dropped out, nothing came for 1"
    said = asked("replace", path, "--list").stdout.splitlines()[-1]
    assert said == (
        f"{comes} came for {first} and {second}: take one of them back with --bring-back, and replace it again."
    )
    # As it is told there.
    replacements.propose_back(one, first).carry_out()
    assert replace(one, first) not in {comes, ""}
    assert len(refs(one)) == len(before)
    assert replacements.came_twice(replacements.eliminated(one)) == {}
    assert task_status.of_replacing(one).words == "2 dropped out"


def test_both_replace_the_same_case(drawn: Two) -> None:
    one, other = drawn
    before, (first, _, comes) = refs(one), of_one_stratum(one)
    assert replace(one, first) == replace(other, first, "no_file") == comes
    drawn.exchange()
    assert refs(one) == before - {first} | {comes}
    assert drawn.disputed == {("", Aspect.ELIMINATED)}
    assert replacements.came_twice(replacements.eliminated(one)) == {}


def test_both_share_out(drawn: Two) -> None:
    one, other = drawn
    mine, yours = share_out.propose(one, ["INS-01"]), share_out.propose(other, ["INS-02", "INS-04"])
    mine.carry_out()
    yours.carry_out()
    drawn.exchange()
    assert drawn.disputed == {(ref, Aspect.HOLDER) for ref in refs(one)}
    # One of the two holds each case, and the same on both laptops.
    held = {ref: one.inspection.case(ref).holder for ref in refs(one)}
    assert held == {ref: other.inspection.case(ref).holder for ref in held}
    assert all(held[ref] in {mine.holders[ref], yours.holders[ref]} for ref in held)


def test_both_plan_items_of_one_id(two: Two) -> None:
    one, other = Agenda(two.one), Agenda(two.other)
    one.propose_item(one.read(AgendaKind.MEETING, day="2/3/2020", id="MT-1")).carry_out()
    other.propose_item(other.read(AgendaKind.OBSERVATION, day="3/3/2020", id="MT-1")).carry_out()
    two.exchange()
    assert two.disputed == {("", Aspect.AGENDA)}


def test_both_plan_items_whose_ids_differ_by_their_letters_alone(two: Two) -> None:
    one, other = Agenda(two.one), Agenda(two.other)
    one.propose_item(one.read(AgendaKind.MEETING, day="2/3/2020", id="MT-1")).carry_out()
    other.propose_item(other.read(AgendaKind.OBSERVATION, day="3/3/2020", id="mt-1")).carry_out()
    two.exchange()
    assert two.disputed == set()
    assert [one.item(id).plan.what for id in ("MT-1", "mt-1")] == [AgendaKind.MEETING, AgendaKind.OBSERVATION]
    assert one.propose_cancelled(["MT-1"], "travel was stopped").carry_out().items == ("MT-1",)
    assert {item.id: item.state.value for item in one.items} == {"MT-1": "cancelled", "mt-1": "planned"}
    with pytest.raises(InspectionError, match="Mt-1 may be MT-1 or mt-1: write it as it is"):
        one.propose_done(["Mt-1"]).carry_out()
    assert other.propose_done(["mt-1"]).carry_out().items == ("mt-1",)
