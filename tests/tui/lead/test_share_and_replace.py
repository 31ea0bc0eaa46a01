"""The screens on which a lead shares cases out and replaces one: by keys alone, and nothing before it is confirmed."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest

from builders.populations import FIRST, SAMPLE, leading, population
from fieldtool.domain.kinds.sample import CaseEliminated, CaseRemoved
from fieldtool.domain.method.case_line import CaseFilter
from fieldtool.store.views import assignments
from fieldtool.tui.app import FieldtoolApp
from fieldtool.tui.lead.replace_screen import ReplaceScreen
from fieldtool.tui.lead.share_screen import ShareScreen
from fieldtool.tui.lead.share_table import MarkedCases
from fieldtool.tui.parts.case_list import AHEAD, CaseList
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead import draws, hand_over, list_import, replacements, setting_up, share_out
from fieldtool.work.lead.lead import Lead
from tui.looking import Pilots, lines, press, settled, text


@pytest.fixture
def file(tmp_path: Path) -> Iterator[InspectionFile]:
    """Of a list of 600, 150 are drawn, and 30 stand by."""
    with leading(tmp_path / "trial.db") as lead:
        list_import.propose(lead, SAMPLE, population(600)).carry_out()
        draws.propose(lead, SAMPLE, 150, buffer=20, seed=5).carry_out()
    with InspectionFile.open(tmp_path / "trial.db", to_write=True) as opened:
        yield opened


@asynccontextmanager
async def at(
    file: InspectionFile, key: str, person: str = "LEAD-1", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilots]:
    """The lead's desk, with a task of it open."""
    app = FieldtoolApp(file, person)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "f5", key)
        assert isinstance(app.screen, ShareScreen | ReplaceScreen)
        yield pilot


def shown(pilot: Pilots) -> str:
    assert isinstance(pilot.app, FieldtoolApp)
    return text(pilot.app)


def first_line(pilot: Pilots) -> str:
    assert isinstance(pilot.app, FieldtoolApp)
    return lines(pilot.app)[0]


def lead_of(pilot: Pilots) -> Lead:
    assert isinstance(pilot.app, FieldtoolApp)
    return Lead(pilot.app.inspection)


def holders(file: InspectionFile) -> Counter[str]:
    return Counter(line.holder for line in file.all_lines(CaseFilter()))


async def type_in(pilot: Pilots, words: str) -> None:
    await press(pilot, *(" " if letter == " " else letter for letter in words))


async def test_sharing_out_is_shown_first_and_then_done(file: InspectionFile) -> None:
    async with at(file, "6") as pilot:
        assert "150 of 150 without a holder" in first_line(pilot)
        await press(pilot, "d")
        said = " ".join(shown(pilot).replace("│", " ").split())
        assert "150 cases that nobody has go to 3 people: INS-01 +50 (50 then)" in said
        assert "from Mon 2 Mar 2020 to Fri 13 Mar 2020: 15 on" in said
        assert "each of 10 days" in said
        await press(pilot, "escape")
        await press(pilot, "d", "down", "enter")
        assert holders(file) == {"": 150}
        await press(pilot, "d", "enter")
        assert holders(file) == {"INS-01": 50, "INS-02": 50, "INS-03": 50}
        assert Counter(assignments.planned_days(lead_of(pilot).database).values()).most_common(1)[0][1] == 15
        assert "150 cases shared out · saved" in first_line(pilot)
        await press(pilot, "v")
        assert "2 Mar" in shown(pilot)
        await press(pilot, "d")
        assert "nothing to share out" in first_line(pilot)


async def test_evenly_and_by_place(file: InspectionFile) -> None:
    async with at(file, "6") as pilot:
        await press(pilot, "p", "enter")
        of_place = share_out.held_by_place(lead_of(pilot))
        assert len(of_place) <= 5  # three hubs, three people
        await press(pilot, "e")  # greyed: everything has a holder
        assert isinstance(pilot.app.screen, ShareScreen)
        hand_over.propose(
            lead_of(pilot), None, [line.ref for line in file.all_lines(CaseFilter())], "anew"
        ).carry_out()
        pilot.app.screen.take_in()
        await press(pilot, "e", "enter")
        assert holders(file) == {"INS-01": 50, "INS-02": 50, "INS-03": 50}
        assert assignments.planned_days(lead_of(pilot).database) == {}


async def test_cases_are_given_by_hand_and_taken_over_with_a_reason(file: InspectionFile) -> None:
    async with at(file, "6") as pilot:
        cases = pilot.app.screen.query_one(MarkedCases)
        await press(pilot, "down", "tab", "enter", "enter", "f6", "down", "enter")  # of nobody, to INS-02
        assert holders(file) == {"": 148, "INS-02": 2}
        await press(pilot, "tab", "down", "down", "tab")  # to INS-02's line, and its cases
        assert len(cases.refs) == 2
        ref = cases.ref
        await press(pilot, "f6", "enter", "enter")  # to INS-01, without a reason
        assert "not done: it needs a reason" in first_line(pilot)
        assert holders(file)["INS-02"] == 2
        await press(pilot, "f6", "enter")
        await type_in(pilot, "is ill")
        await press(pilot, "enter")
        assert holders(file) == {"": 148, "INS-02": 1, "INS-01": 1}
        assert ref is not None
        case = lead_of(pilot).inspection.case(ref)
        assert lead_of(pilot).inspection.whole_history(case)[-1].why == "is ill"
        await press(pilot, "f8", "down", "enter")
        assert list(assignments.planned_days(lead_of(pilot).database).values()) == [date(2020, 3, 3)]
        await press(pilot, "f7")
        await type_in(pilot, "anew")
        await press(pilot, "enter")
        assert holders(file) == {"": 149, "INS-01": 1}


async def test_the_cursor_stays_where_it_was_when_its_case_goes(file: InspectionFile) -> None:
    async with at(file, "6") as pilot:
        cases = pilot.app.screen.query_one(MarkedCases)
        await press(pilot, "down", "tab", *["down"] * 5)
        refs = list(cases.refs)
        await press(pilot, "f6", "enter")
        assert holders(file) == {"": 149, "INS-01": 1}
        assert cases.ref == refs[6]
    async with at(file, "7") as pilot:
        refs = file.refs(CaseFilter())
        await press(pilot, *["down"] * 5, "enter", "down", "enter", "x", "enter", "enter")
        assert file.refs(CaseFilter()).index(pilot.app.screen.query_one(CaseList).ref or "") == 5


async def test_where_nothing_changes_it_is_said_so(file: InspectionFile) -> None:
    async with at(file, "6") as pilot:
        ref = file.refs(CaseFilter())[0]
        await press(pilot, "tab", "f7")
        assert f"nobody has {ref} anyway" in first_line(pilot)
        await press(pilot, "f6", "enter", "f6", "enter")
        assert f"INS-01 has {ref} already" in first_line(pilot)
        await press(pilot, "f8", "enter")
        assert "1 case planned for Mon 2 Mar 2020 · saved" in first_line(pilot)
        await press(pilot, "f8", "enter")
        assert f"{ref}: so planned already" in first_line(pilot)
        assert f"▌  {ref}" in shown(pilot)
        assert "Mon  2 Mar" in shown(pilot)


async def test_without_cases_or_inspectors_it_is_said_what_comes_first(tmp_path: Path) -> None:
    with leading(tmp_path / "new.db") as lead:
        for person in ("INS-01", "INS-02", "INS-03"):
            setting_up.propose_person(lead, person, "Now a lead", "lead_inspector").carry_out()
    with InspectionFile.open(tmp_path / "new.db", to_write=True) as file:
        for key in ("6", "7"):
            async with at(file, key) as pilot:
                assert "no cases yet: bring lists in and draw first" in shown(pilot)
        list_import.propose(
            Lead(Inspection(file, "LEAD-1")), SAMPLE, population(3), all_at_once=True
        ).carry_out()
        async with at(file, "6") as pilot:
            await press(pilot, "e")
            assert "NOT DONE" in first_line(pilot)
            (told,) = pilot.app._notifications
            assert told.message.startswith("There is no inspector on the team: add one first")


async def test_cases_are_filtered_and_marked(file: InspectionFile) -> None:
    async with at(file, "6") as pilot:
        cases = pilot.app.screen.query_one(MarkedCases)
        await press(pilot, "tab")
        await type_in(pilot, "east 3")
        assert "filter: east 3" in shown(pilot)
        found = len(cases.refs)
        assert 0 < found < 150
        await press(pilot, "ctrl+a")
        assert f"{found} · {found} marked" in shown(pilot)
        await press(pilot, "escape")
        assert len(cases.refs) == 150
        assert len(cases.marked) == found
        await press(pilot, "escape")
        assert not cases.marked
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, ShareScreen)


async def test_what_somebody_may_not_have_is_said_in_a_sentence(file: InspectionFile) -> None:
    async with at(file, "6") as pilot:
        setting_up.propose_person(lead_of(pilot), "LOC-1", "Lou", "local_assessor", "East").carry_out()
        pilot.app.screen.take_in()  # type: ignore[attr-defined]  # a ShareScreen has it
        await press(pilot, "tab")
        await type_in(pilot, "east")
        await press(pilot, "f6", "end", "enter")
        assert "NOT DONE" in first_line(pilot)
        assert holders(file) == {"": 150}


async def test_what_came_in_while_the_plan_was_looked_at_is_not_written_over(file: InspectionFile) -> None:
    async with at(file, "6") as pilot:
        await press(pilot, "e")
        ref = file.refs(CaseFilter())[0]
        hand_over.propose(lead_of(pilot), "INS-03", [ref]).carry_out()
        await press(pilot, "enter")
        assert "NOT DONE" in first_line(pilot)
        assert holders(file) == {"": 149, "INS-03": 1}
        assert "149 of 150 without a holder" in first_line(pilot)


async def test_only_the_lines_in_sight_are_fetched(file: InspectionFile) -> None:
    async with at(file, "6", size=(80, 24)) as pilot:
        cases = pilot.app.screen.query_one(MarkedCases)
        assert len(cases.refs) == 150
        assert len(cases._known) <= AHEAD


async def test_an_inspector_looks_and_changes_nothing(file: InspectionFile) -> None:
    async with at(file, "6", "INS-01") as pilot:
        offered = {binding.id for _, binding, _, _ in pilot.app.screen.active_bindings.values()}
        assert not {"share.evenly", "share.by_place", "share.by_day", "share.day"} & offered
        await press(pilot, "e", "tab", "f6", "enter")
        assert "NOT DONE" in first_line(pilot)
        assert holders(file) == {"": 150}
    async with at(file, "7", "INS-01") as pilot:
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ReplaceScreen)


async def test_a_case_is_replaced_by_keys(file: InspectionFile) -> None:
    refs = file.refs(CaseFilter())
    async with at(file, "7") as pilot:
        assert "No case has dropped out." in shown(pilot)
        await type_in(pilot, refs[7])
        await press(pilot, "enter", "down", "enter")
        await type_in(pilot, "in May")
        await press(pilot, "enter")
        said = " ".join(shown(pilot).replace("│", " ").split())
        assert f"{refs[7]} drops out of Case supervision. Has died: in May." in said
        assert "the next reserve case of" in said
        await press(pilot, "down", "enter")  # leave it
        assert file.refs(CaseFilter()) == refs
        await press(pilot, "enter", "down", "enter", "x", "enter", "enter")
        (out,) = replacements.eliminated(lead_of(pilot))
        assert (out.ref, out.criterion, out.why) == (refs[7], "deceased", "x")
        assert set(file.refs(CaseFilter())) == set(refs) - {out.ref} | {out.replaced_by}
        assert f"{out.replaced_by} came for {out.ref} · saved" in first_line(pilot)
        assert "Has died: x" in shown(pilot)
        await press(pilot, "tab", "enter")
        assert f"{out.ref} dropped out" in shown(pilot)
        await press(pilot, "escape", "b", "enter")
        assert replacements.eliminated(lead_of(pilot)) == []
        assert out.ref in file.refs(CaseFilter())
        assert "No case has dropped out." in shown(pilot)


async def test_a_reserve_case_that_came_for_two_is_marked(file: InspectionFile) -> None:
    refs = file.refs(CaseFilter())
    # As two laptops record it that know nothing of each other.
    lead = Lead(Inspection(file, "LEAD-1"))
    for ref in refs[:2]:
        gone = CaseEliminated(case=ref, sample=SAMPLE, criterion="no_file", why="lost", replaced_by=refs[9])
        lead.inspection.record_all([("", [gone]), (ref, [CaseRemoved(why="lost")])])
    async with at(file, "7") as pilot:
        assert shown(pilot).count(f"{refs[9]} ≠") == 2
        await press(pilot, "tab", "enter")
        said = " ".join(shown(pilot).replace("│", " ").split())
        assert f"It came for {refs[1]} and for {refs[0]}: take one of them back with b" in said


async def test_without_words_no_case_drops_out(file: InspectionFile) -> None:
    async with at(file, "7") as pilot:
        await press(pilot, "enter", "enter", "enter")
        assert "not done: it needs a reason" in first_line(pilot)
        await press(pilot, "enter", "escape")
        assert isinstance(pilot.app.screen, ReplaceScreen)
        assert len(file.refs(CaseFilter())) == 150


async def test_where_no_reserve_is_left_the_first_choice_is_to_leave_it(tmp_path: Path) -> None:
    with leading(tmp_path / "bare.db") as lead:
        list_import.propose(lead, SAMPLE, population(3), all_at_once=True).carry_out()
    with InspectionFile.open(tmp_path / "bare.db", to_write=True) as file:
        async with at(file, "7") as pilot:
            await press(pilot, "enter", "enter", "x", "enter")
            assert "has no reserve cases. The sample is one case" in " ".join(
                shown(pilot).replace("│", " ").split()
            )
            await press(pilot, "enter")
            assert len(file.refs(CaseFilter())) == 3
            await press(pilot, "enter", "enter", "x", "enter", "down", "enter")
            assert len(file.refs(CaseFilter())) == 2


@pytest.mark.parametrize("size", [(60, 15), (120, 40)])
@pytest.mark.parametrize("key", ["6", "7"])
async def test_other_sizes(file: InspectionFile, key: str, size: tuple[int, int]) -> None:
    lead = Lead(Inspection(file, "LEAD-1"))
    share_out.propose(lead, on=share_out.working_days(lead, FIRST)).carry_out()
    async with at(file, key, size=size) as pilot:
        await press(pilot, "right", "tab", "down")
        assert file.refs(CaseFilter())[0] in shown(pilot)


async def test_reading_only(file: InspectionFile, tmp_path: Path) -> None:
    with InspectionFile.open(tmp_path / "trial.db", to_write=False) as looking:
        async with at(looking, "6") as pilot:
            await press(pilot, "e", "p", "d")
            assert isinstance(pilot.app.screen, ShareScreen)
            await press(pilot, "tab", "f6", "f7", "f8")
            assert isinstance(pilot.app.screen, ShareScreen)
            assert len(looking.refs(CaseFilter())) == len(file.refs(CaseFilter()))
