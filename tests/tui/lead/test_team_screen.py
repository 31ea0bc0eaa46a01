"""Set up and team: the lead changes name, dates and people, and brings in figures; others only look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from textual.widgets import Static

from builders.inspections import LEAD, ME, OTHER
from builders.shared_inspections import Team
from fieldtool.domain.method.case_line import CaseFilter
from fieldtool.store.chain.reading import inspection_id
from fieldtool.store.file.database import StoreError
from fieldtool.tui.app import FieldtoolApp
from fieldtool.tui.lead.team_list import Entry, SetupRows
from fieldtool.tui.lead.team_screen import TeamScreen
from fieldtool.tui.parts.ask import AskText, Choose, Tell
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead import setting_up
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.removals import known_laptops
from fieldtool.work.lead.setting_up import figures_of, opening_of
from tui import looking
from tui.looking import Pilots, press, settled


@pytest.fixture
def app(tiny: InspectionFile) -> FieldtoolApp:
    return FieldtoolApp(tiny, LEAD)


async def team(pilot: Pilots) -> None:
    await press(pilot, "f5", "3")
    await settled(pilot)
    assert isinstance(pilot.app.screen, TeamScreen)


async def answer(pilot: Pilots, *answers: str) -> None:
    """Answer dialogs one after the other: the text of a question, or how far down a choice is."""
    for each in answers:
        screen = pilot.app.screen
        if isinstance(screen, AskText):
            await press(pilot, "home", "shift+end", "backspace", *each, "enter")
        else:
            assert isinstance(screen, Choose), type(screen)
            await press(pilot, *each.split(), "enter")
        await settled(pilot)


def offered(app: FieldtoolApp) -> set[str]:
    found = app.screen.active_bindings.values()
    return {binding.id for _, binding, enabled, _ in found if binding.id and enabled and binding.show}


def question(app: FieldtoolApp) -> str:
    return str(app.screen.query_one(".question", Static).content)


def fieldwork(app: FieldtoolApp) -> tuple[date | None, date | None]:
    return app.inspection.fieldwork


def here(app: FieldtoolApp) -> str:
    """The line under the cursor."""
    return next(line for line in looking.lines(app) if line.startswith("▌"))


async def test_all_of_it_is_shown_at_80_columns(app: FieldtoolApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await team(pilot)
        seen = looking.text(app)
    for words in ("Title                   Libraries", "Provider                Somewhere", "not said yet",
                  "The team: 3 people", "INS-01       Inspector 1", "Previous inspection     none yet"):  # fmt: skip
        assert words in seen


async def test_name_and_dates_are_changed(app: FieldtoolApp, tiny: InspectionFile) -> None:
    inspection = inspection_id(tiny.database)
    async with app.run_test(size=(80, 24)) as pilot:
        await team(pilot)
        await press(pilot, "enter")
        await answer(pilot, "", "Libraries two")
        await press(pilot, "down", "down", "enter")
        await answer(pilot, "31/2/2026")
        assert '"31/2/2026" is not a valid date: write it as 23/03/2026.' in question(app)
        await answer(pilot, "2/3/2026")
        await press(pilot, "down", "enter")
        await answer(pilot, "1/3/2026")
        assert "cannot end on 01/03/2026, before it begins on 02/03/2026." in question(app)
        await answer(pilot, "20/3/2026")
        assert "20/03/2026" in looking.text(app)
        opening = opening_of(app.inspection)
        assert (opening.title, opening.provider) == ("Libraries two", "Somewhere")
        assert fieldwork(app) == (date(2026, 3, 2), date(2026, 3, 20))
        assert inspection_id(tiny.database) == inspection
        assert list(app.inspection.findings()) == []
        await press(pilot, "enter")
        await answer(pilot, "")
        assert fieldwork(app) == (date(2026, 3, 2), None)
        await press(pilot, "escape")
        assert "Libraries two" in looking.lines(app)[0]
        await press(pilot, "escape")
        assert "Libraries two" in looking.lines(app)[0]


async def test_people_are_added_and_changed(app: FieldtoolApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await team(pilot)
        await press(pilot, "a")
        await answer(pilot, "ins-01")
        assert "INS-01 is on the team already." in question(app)
        await answer(pilot, "two words")
        assert "an id is one word" in question(app)
        await answer(pilot, "LOC-1", "Lou  Case", "end", "North")
        lead = Lead(app.inspection)
        assert lead.team["LOC-1"] == ("LOC-1", "Lou Case", "local_assessor")
        assert lead.offices == {"LOC-1": "North"}
        assert here(app).split() == ["▌", "LOC-1", "Lou", "Case", "local", "assessor", "North"]
        await press(pilot, "enter")
        await answer(pilot, "Lou Box", "", "South")
        assert lead.team["LOC-1"].name == "Lou Box"
        assert lead.offices == {"LOC-1": "South"}
        await press(pilot, "enter")
        await answer(pilot, "Lou Box", "down down")
        assert lead.team["LOC-1"].role == "inspector"
        assert "South" not in looking.text(app)


async def test_leaving_a_dialog_changes_nothing(app: FieldtoolApp, tiny: InspectionFile) -> None:
    before = tiny.changes
    async with app.run_test(size=(80, 24)) as pilot:
        await team(pilot)
        for keys in (("enter", "escape"), ("a", "escape"), ("p", "escape"),
                     ("a", "X", "enter", "escape"), ("a", "X", "enter", "Y", "enter", "escape")):  # fmt: skip
            await press(pilot, *keys)
            await settled(pilot)
            assert isinstance(app.screen, TeamScreen)
    assert tiny.changes == before


async def test_the_only_lead_stays_one(app: FieldtoolApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await team(pilot)
        for _ in range(7):
            await press(pilot, "down")
        assert LEAD in here(app)
        await press(pilot, "enter")
        await answer(pilot, "Lea", "down")
        assert Lead(app.inspection).team[LEAD].role == "lead_inspector"
        assert "NOT SAVED" in looking.lines(app)[0]


async def test_figures_are_brought_in_and_listed(app: FieldtoolApp, tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_text("id,n,N\nQa,3,4\nQax,1,4\nNote,,\n")
    async with app.run_test(size=(80, 24)) as pilot:
        await team(pilot)
        await press(pilot, "c")
        await answer(pilot, str(file), "All libraries", "end")
        assert figures_of(app.inspection) == {}
        await press(pilot, "c")
        await answer(pilot, str(file), "All libraries")
        assert "2 figures, 2 of them with n and N; passed over: row 4" in question(app)
        await answer(pilot, "")
        assert figures_of(app.inspection)["comparison"].title == "All libraries"
        assert "2 figures, All libraries" in looking.text(app)
        assert "team.list" in offered(app)
        assert "team.change" not in offered(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, Tell)
        assert "Qax        25%  1/4" in looking.text(app)
        await press(pilot, "escape")
        file.write_text("id,n,N\nQa,5,4\nQz,1,4\n")
        await press(pilot, "c")
        await answer(pilot, str(file))
        assert "Nothing was brought in" in looking.text(app)
        assert 'f.csv, row 3, column "id"' in looking.text(app)
        assert figures_of(app.inspection)["comparison"].figures["Qa"].n == 3


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[FieldtoolApp]:
    """The lead's laptop of a team of three that has met once."""
    laptops = Team(tmp_path)
    for person in (LEAD, ME, OTHER, LEAD):
        laptops.meet(person)
    with InspectionFile.open(laptops.files[LEAD], to_write=True) as inspection_file:
        yield FieldtoolApp(inspection_file, LEAD)


async def to(pilot: Pilots, kind: str, number: int) -> None:
    """Go to the first, second … line of a kind."""
    rows = pilot.app.screen.query_one(SetupRows)
    rows.move_to(
        [place for place, entry in enumerate(rows._rows) if isinstance(entry, Entry) and entry.kind == kind][
            number
        ]
    )
    await settled(pilot)


async def test_somebody_is_taken_off_the_team_with_their_laptop(shared: FieldtoolApp) -> None:
    async with shared.run_test(size=(80, 24)) as pilot:
        lead = Lead(shared.inspection)
        await team(pilot)
        await to(pilot, "person", 1)
        assert OTHER in here(shared)
        await press(pilot, "x")
        await answer(pilot, " ", "has left")
        laptop = next(each for each in known_laptops(lead) if each.person == OTHER)
        for words in (
            f"Take {OTHER}, Inspector 2, off the team?",
            laptop.short,
            "The 2 cases that they hold stay",
        ):
            assert words in question(shared)
        await answer(pilot, "down")
        assert OTHER in lead.team
        await press(pilot, "x")
        await answer(pilot, "has left", "")
        assert OTHER not in lead.team
        assert isinstance(shared.screen, Tell)
        told = " ".join(looking.text(shared).replace("│", " ").split())
        for words in (
            f"Laptop {laptop.short} is removed",
            f"{OTHER} still holds 2 cases: B-3 and B-4.",
            "ctrl+a to mark all of them; then f6 gives them",
            f"assign PATH --of {OTHER} --to PERSON",
        ):
            assert words in told
        await press(pilot, "escape")
        assert "The team: 2 people" in looking.text(shared)
        assert "removed" in next(line for line in looking.lines(shared) if laptop.short in line)
        gone = next(each for each in known_laptops(lead) if each.person == OTHER)
        assert (gone.why, gone.removed_by) == ("has left", LEAD)
        held = {line.ref for line in shared.inspection.file.all_lines(CaseFilter(holder=OTHER))}
        assert held == {"B-3", "B-4"}


async def test_laptops_are_listed_and_one_is_removed(shared: FieldtoolApp) -> None:
    async with shared.run_test(size=(80, 24)) as pilot:
        lead = Lead(shared.inspection)
        await team(pilot)
        mine, other, own = known_laptops(lead)
        assert (mine.person, other.person, own.person) == (ME, OTHER, LEAD)
        assert own.here
        seen = looking.lines(shared)
        for laptop in (mine, other, own):
            cells = next(line for line in seen if laptop.short in line).split()
            assert cells[1] == laptop.person
            assert cells[8] == str(laptop.events)
        await to(pilot, "laptop", 2)
        assert "this one" in here(shared)
        assert not {"team.remove", "team.change"} & offered(shared)
        await to(pilot, "laptop", 0)
        await press(pilot, "x")
        await answer(pilot, "stolen")
        assert f"Remove laptop {mine.short} of {ME}?" in question(shared)
        await press(pilot, "escape")
        assert not any(laptop.removed for laptop in known_laptops(lead))
        await press(pilot, "x")
        await answer(pilot, "stolen", "")
        assert f"Laptop {mine.short} of {ME} is removed now" in looking.text(shared)
        await press(pilot, "escape")
        assert [bool(each.removed) for each in known_laptops(lead)] == [True, False, False]
        assert ME in lead.team
        assert "team.remove" not in offered(shared)
        await press(pilot, "enter")
        assert isinstance(shared.screen, Tell)
        assert "because: stolen" in looking.text(shared)


async def test_what_cannot_be_removed_is_told(shared: FieldtoolApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with shared.run_test(size=(80, 24)) as pilot:
        await team(pilot)
        await to(pilot, "person", 2)
        assert LEAD in here(shared)
        assert "team.remove" not in offered(shared)
        await to(pilot, "person", 1)
        await press(pilot, "x")
        await answer(pilot, "has left")

        def full(*_: object) -> None:
            raise StoreError("The disk is full.")

        monkeypatch.setattr(shared.inspection, "record_all", full)
        await answer(pilot, "")
        assert isinstance(shared.screen, TeamScreen)
        assert "NOT SAVED" in looking.lines(shared)[0]
        assert "The team: 3 people" in looking.text(shared)


async def test_who_is_no_lead_only_looks(tiny: InspectionFile) -> None:
    app = FieldtoolApp(tiny, ME)
    async with app.run_test(size=(80, 24)) as pilot:
        await team(pilot)
        await to(pilot, "person", 1)
        changing = {"team.change", "team.add", "team.remove", "team.previous", "team.comparison"}
        assert not changing & offered(app)
        before = looking.text(app)
        await press(pilot, "a", "p", "c", "x", "enter")
        assert looking.text(app) == before
        assert "for the lead to change" in looking.lines(app)[0]


async def test_what_came_in_from_elsewhere_is_shown(app: FieldtoolApp, tiny: InspectionFile) -> None:
    async with app.run_test(size=(60, 15)) as pilot:
        await team(pilot)
        setting_up.propose_person(Lead(Inspection(tiny, LEAD)), "INS-09", "Nina", "inspector").carry_out()
        app.take_in()
        await press(pilot, "end")
        assert "The team: 4 people" in looking.text(app)
