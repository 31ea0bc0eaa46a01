"""How far an inspection is, as its lead sees it: groups, pace, strata against what was drawn, clocks that jumped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from builders.populations import FIRST, LAST, SAMPLE, drawn_again, leading, population
from fieldtool.domain.kinds.assessment import CaseCompleted, CaseReopened
from fieldtool.domain.kinds.devices import ClockJumped
from fieldtool.domain.kinds.sample import CaseRemoved
from fieldtool.domain.log.events import ChainId
from fieldtool.store.chain.log import Log
from fieldtool.store.file.database import Database
from fieldtool.work.lead import draws, list_import, share_out
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.progress_report import Progress


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Lead]:
    """A sample of 60 of a list of 600, shared out."""
    with leading(tmp_path / "trial.db") as lead:
        list_import.propose(lead, SAMPLE, population(600)).carry_out()
        draws.propose(lead, SAMPLE, 60, buffer=20, seed=5).carry_out()
        share_out.propose(lead).carry_out()
        yield lead


def refs(lead: Lead, **facts: str) -> list[str]:
    return [
        case.ref
        for case in lead.inspection.cases()
        if all(case.facts.get(fact) == value for fact, value in facts.items())
    ]


def complete(lead: Lead, some: list[str], day: date) -> None:
    """Complete cases on a day."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    log = Log(database_of(lead), ChainId("other", 1), "INS-01", lambda: noon)
    for ref in some:
        log.record(ref, CaseCompleted())


def database_of(lead: Lead) -> Database:
    return lead.inspection.file.database


def on(lead: Lead, day: date) -> Progress:
    return Progress(lead.inspection, day)


def test_before_it_begins(lead: Lead) -> None:
    found = on(lead, FIRST - timedelta(days=3))
    assert found.headline == "0 of 60 done; fieldwork begins Monday; 6 a day are needed."
    assert [point.needed for point in found.points] == [6 * day for day in range(1, 11)]


def test_every_grouping_has_all_cases_and_its_own_pace(lead: Lead) -> None:
    complete(lead, refs(lead, hub="East"), FIRST)
    found = on(lead, FIRST + timedelta(days=1))
    assert [grouping.key for grouping in found.groupings] == ["samples", "inspectors", "places"]
    for grouping in found.groupings:
        assert sum(group.cases for group in grouping.groups) == found.whole.cases == 60
        assert sum(group.complete for group in grouping.groups) == found.whole.complete == 20
        assert sum(group.pace.so_far or 0 for group in grouping.groups) == found.whole.pace.so_far == 20
        assert sum(group.pace.needed or 0 for group in grouping.groups) == found.whole.pace.needed
    (east, *others) = found.groupings[2].groups
    assert (east.id, east.open, east.pace.finish) == ("East", 0, FIRST)
    assert all(group.pace.behind for group in others)
    assert found.headline.startswith("20 of 60 done; at this pace finished tomorrow; ")


def test_returned_cases_are_open_again(lead: Lead) -> None:
    some = refs(lead)[:3]
    complete(lead, some, FIRST)
    lead.inspection.record_all([(some[0], [CaseReopened(why="look again")])])
    found = on(lead, FIRST)
    assert (found.whole.complete, found.whole.returned, found.whole.in_progress) == (2, 1, 1)
    assert sum(group.returned for group in found.groupings[1].groups) == 1
    assert found.points[0].done == 2


def test_targets_are_those_of_the_draw(lead: Lead) -> None:
    drawn = drawn_again(lead, SAMPLE)
    assert drawn is not None
    strata = {stratum.id: stratum for stratum in on(lead, FIRST).strata}
    assert {id: stratum.target for id, stratum in strata.items()} == {
        share.id: share.size for share in drawn.strata
    }
    assert {id: stratum.drawn for id, stratum in strata.items()} == Counter(
        {share.id: 0 for share in drawn.strata}
        | Counter(each.case.stratum for each in drawn.cases if not each.reserve)
    )
    assert all(stratum.fair for stratum in strata.values())


def test_a_stratum_that_is_left_behind_is_under_its_target(lead: Lead) -> None:
    complete(lead, refs(lead, gender="male")[:30], FIRST)
    found = on(lead, FIRST + timedelta(days=1))
    women = found.strata[0]
    assert (women.title, women.drawn, women.target, women.done, women.share) == ("Women", 20, 20, 0, 10)
    assert found.headline == "30 of 60 done; at this pace finished today; women under target by 10."


def test_who_drops_out_and_is_not_replaced_is_lacking(lead: Lead) -> None:
    lead.inspection.record_all([(ref, [CaseRemoved(why="gone")]) for ref in refs(lead, gender="female")[:2]])
    women = on(lead, FIRST).strata[0]
    assert (women.drawn, women.target, women.under) == (18, 20, 2)
    assert on(lead, FIRST).headline.endswith("; women under target by 2.")


def test_without_a_draw_strata_are_counted_without_a_target(tmp_path: Path) -> None:
    with leading(tmp_path / "trial.db") as lead:
        list_import.propose(lead, SAMPLE, population(12), all_at_once=True).carry_out()
        strata = on(lead, FIRST).strata
        assert {stratum.target for stratum in strata} == {None}
        assert sum(stratum.drawn for stratum in strata) == 12


def test_a_case_that_fits_no_stratum_is_named_apart(tmp_path: Path) -> None:
    with leading(tmp_path / "trial.db") as lead:
        listed = [case._replace(facts={"gender": "male"}) for case in population(4)]
        list_import.propose(lead, SAMPLE, [*population(3), *listed[3:]], all_at_once=True).carry_out()
        strata = on(lead, FIRST).strata
        named = {stratum.title: stratum.drawn for stratum in strata}
        assert sum(named.values()) == 4


def test_an_inspection_without_cases(tmp_path: Path) -> None:
    with leading(tmp_path / "trial.db", fieldwork=False) as lead:
        found = on(lead, FIRST)
        assert found.headline == "There are no cases yet."
        assert (found.points, found.strata, found.whole.cases, found.minutes, found.jumps) == (
            (),
            (),
            0,
            {},
            (),
        )
        assert [grouping.groups for grouping in found.groupings] == [(), (), ()]


def test_when_it_is_over(lead: Lead) -> None:
    complete(lead, refs(lead), LAST)
    found = on(lead, date(2026, 5, 1))
    assert found.headline == "60 of 60 done; finished Friday 13 March 2020."


def test_clocks_that_jumped_are_told(lead: Lead) -> None:
    assert on(lead, FIRST).told_jumps == ()
    jump = ClockJumped(
        device="other", incarnation=1, noticed="within a session", steady=9.0,
        expected="2020-03-02T10:00:00.000+00:00", found="2020-03-02T12:00:00.000+00:00",
    )  # fmt: skip
    Log(database_of(lead), ChainId("other", 1), "INS-01").record("", jump)
    (told,) = on(lead, FIRST).told_jumps
    assert told.startswith("The clock of device other.1 went ahead by 2 hours")
