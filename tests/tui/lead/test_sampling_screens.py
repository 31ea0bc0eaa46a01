"""Case lists and the draw on the lead's desk, by keys alone."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from textual.worker import WorkerCancelled

from builders import inspections
from builders.cases import CRC
from builders.inspections import LEAD, ME
from builders.populations import draw_of, list_of, population
from fieldtool.domain.method.case_list import ListedCase
from fieldtool.tui.app import FieldtoolApp
from fieldtool.tui.lead import import_screen
from fieldtool.tui.lead.case_lists_screen import CaseListsScreen, Files
from fieldtool.tui.lead.draw_explained_screen import DrawExplainedScreen
from fieldtool.tui.lead.draw_screen import DrawScreen
from fieldtool.tui.lead.import_screen import ImportScreen
from fieldtool.tui.lead.list_preview import Preview
from fieldtool.tui.parts.ask import Choose, Tell
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead import draws, hand_over, list_import
from fieldtool.work.lead.lead import Lead
from tui.looking import Pilots, lines, press, settled, text

SAMPLE = "case_supervision"
HEADINGS = (
    "Surname",
    "Forenames",
    "DOB",
    "Sex",
    "CRN",
    "Order",
    "RoSH",
    "Start date",
    "Cluster",
    "LDU",
    "Officer",
)
SIZE = (100, 40)


@pytest.fixture(autouse=True)
def _beside_the_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def person(number: int, **changes: str) -> list[str]:
    row = {
        "Surname": f"Family{number}", "Forenames": "Ann", "DOB": f"{number % 28 + 1}/02/1980",
        "Sex": "MF"[number % 2], "CRN": f"X{number:05}", "Order": "Licence",
        "RoSH": ("RLRH", "RHRH")[number % 3 > 0], "Start date": "01/02/2019",
        "Cluster": ("East", "West")[number % 2], "LDU": f"Unit {number % 4}", "Officer": f"RO-{number % 9}",
    }  # fmt: skip
    return [*(row | changes).values()]


def written(folder: Path, rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> Path:
    path = folder / "list.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([[heading.replace("Order", "Case Type") for heading in headings], *rows])
    return path


async def through(pilot: Pilots) -> None:
    """Wait until nothing is read, checked or tried any more."""
    await settled(pilot)
    while busy := [each for each in pilot.app.workers if each.group in {"look", "try"}]:
        with suppress(WorkerCancelled):  # a later look takes its place
            await pilot.app.workers.wait_for_complete(busy)
        await settled(pilot)
    await settled(pilot)


async def brought(pilot: Pilots, file: Path, *, down: int = 0) -> None:
    """From the first screen to the preview of a list."""
    await settled(pilot)
    await press(pilot, "f5", "4", *["down"] * down, "enter", *file.name, "enter")
    await through(pilot)


async def drawing(pilot: Pilots) -> DrawScreen:
    """From the first screen to the draw."""
    await settled(pilot)
    await press(pilot, "f5", "5")
    await through(pilot)
    assert isinstance(pilot.app.screen, DrawScreen)
    return pilot.app.screen


def words(app: FieldtoolApp) -> str:
    """All that is shown, however it is wrapped."""
    return " ".join(text(app).replace("│", " ").split())


def offered(app: FieldtoolApp) -> dict[str, bool]:
    return {b.id: enabled for _, b, enabled, _ in app.screen.active_bindings.values() if b.id}


def lead_of(inspection_file: InspectionFile, person: str = LEAD) -> Lead:
    return Lead(Inspection(inspection_file, person))


# ---------------------------------------------------------------------- bringing a list in


async def test_a_list_is_looked_at_and_then_taken(crc: InspectionFile, tmp_path: Path) -> None:
    file = written(tmp_path, [person(1), person(2), person(3, Sex=""), person(4, CRN="CS-001")])
    app = FieldtoolApp(crc, LEAD)
    async with app.run_test(size=SIZE) as pilot:
        await brought(pilot, file)
        seen = text(app)
        assert "4 rows: 3 taken, 1 left out. The list is kept to draw the sample from." in seen
        assert re.search(r"Surname +Family name +finds duplicates, not kept", seen)
        assert re.search(r"CRN +CRN +kept", seen)
        assert "X00001  Female, Post-release, High, West, Unit 1, RO-1" in seen
        assert re.search(r'Gender: "." = (?:Female|Male)', seen)
        assert "Family1" not in seen
        assert list_of(lead_of(crc), SAMPLE) is None
        await press(pilot, "t")
        assert isinstance(app.screen, Choose)
        assert "the sample will be drawn from this list. 1 row left out." in text(app)
        await press(pilot, "enter")
        await through(pilot)
        assert app.screen.title == CaseListsScreen.TITLE
        assert "a list of 3 cases came in · saved" in lines(app)[0]
        assert "A list of 3 cases, imported on " in text(app)
    found = list_of(lead_of(crc), SAMPLE)
    assert found is not None
    assert [case.ref for case in found] == ["X00001", "X00002", "CS-001"]


async def test_who_leaves_half_way_has_taken_nothing(crc: InspectionFile, tmp_path: Path) -> None:
    app = FieldtoolApp(crc, LEAD)
    before = crc.changes
    async with app.run_test(size=SIZE) as pilot:
        await brought(pilot, written(tmp_path, [person(1)]))
        await press(pilot, "t", "down", "enter")
        assert type(app.screen) is ImportScreen
        await press(pilot, "t", "escape", "escape")
        assert app.screen.TITLE == "Case lists"
        await press(pilot, "enter", "escape")
        assert "No list to draw from. 3 cases in the inspection." in text(app)
    assert tuple(draws.lists_seen(lead_of(crc))) == ()
    assert crc.changes == before


async def test_columns_are_said_by_keys(crc: InspectionFile, tmp_path: Path) -> None:
    file = written(tmp_path, [["X1", "F", "1"], ["X2", "M", "2"]], ("Case ID", "Sex", "Notes"))
    app = FieldtoolApp(crc, LEAD)
    async with app.run_test(size=SIZE) as pilot:
        await brought(pilot, file, down=1)
        assert (
            "list.csv has no column for CRN: say below what each column is, or add it to the list."
            in text(app)
        )
        assert "importing.take" not in offered(app)
        await press(pilot, "enter", "down", "enter")
        await through(pilot)
        assert "2 rows: 2 taken, 0 left out." in text(app)
        # A field that is said of another column leaves the first one.
        await press(pilot, "down", "enter", "down", "enter")
        await through(pilot)
        assert "list.csv has no column for Gender" in text(app)
        await press(pilot, "enter", "enter")
        await through(pilot)
        await press(pilot, "up", "enter", "down", "enter")
        await through(pilot)
        assert "list.csv has no column for Gender" in text(app)
        await press(pilot, "down", "enter", "down", "down", "enter")
        await through(pilot)
        assert "2 rows: 2 taken, 0 left out." in text(app)


async def test_every_row_that_is_left_out_can_be_read(crc: InspectionFile, tmp_path: Path) -> None:
    rows = [person(number, Surname="****" if number % 2 else f"A{number}") for number in range(1, 601)]
    app = FieldtoolApp(crc, LEAD)
    async with app.run_test(size=(80, 24)) as pilot:
        await brought(pilot, written(tmp_path, rows))
        await press(pilot, "tab", "tab")
        assert "There is no column for Disability: it is not recorded." in text(app)
        await press(pilot, "tab", "tab")
        assert lines(app)[4].startswith(" 300 rows left out")
        assert {"importing.read", "importing.all"} <= offered(app).keys()
        assert not {"importing.say", "importing.to_draw"} & offered(app).keys()
        await press(pilot, "end")
        assert re.search(r"row 600 +Surname +restricted: asterisks in the name", text(app))
        await press(pilot, "enter")
        assert isinstance(app.screen, Tell)
        await press(pilot, "escape", "tab")
        assert app.screen.query_one(Preview).column == 0
        assert "importing.say" in offered(app)
        assert "importing.read" not in offered(app)


async def test_a_small_list_becomes_cases_at_once(
    crc: InspectionFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, [["U1", "F"], ["UW-01", "M"], ["U2", "M"]], ("CRN", "Sex"))
    app = FieldtoolApp(crc, LEAD)
    async with app.run_test(size=SIZE) as pilot:
        await brought(pilot, file, down=1)
        await press(pilot, "a")
        await through(pilot)
        assert "3 rows: 2 taken, 1 left out. Every row becomes a case at once; nothing is drawn." in text(app)
        assert re.search(r"row 3 +CRN +already in the inspection", text(app))
        assert "importing.to_draw" in offered(app)
        assert "importing.all" not in offered(app)
        monkeypatch.setattr(import_screen, "MOST_AT_ONCE", 1)
        await press(pilot, "t")
        assert isinstance(app.screen, ImportScreen)
        monkeypatch.setattr(import_screen, "MOST_AT_ONCE", 2)
        await press(pilot, "t", "enter")
        await through(pilot)
        assert "2 cases came into the inspection · saved" in lines(app)[0]
        assert "5 cases in the inspection." in text(app)


async def test_a_list_of_another_kind(crc: InspectionFile, tmp_path: Path) -> None:
    app = FieldtoolApp(crc, LEAD)
    async with app.run_test(size=SIZE) as pilot:
        await brought(pilot, written(tmp_path, [["U1", "F"]], ("CRN", "Sex")))
        assert "has no column for Disposal and Risk of serious harm" in text(app)
        await press(pilot, "s", "down", "enter")
        await through(pilot)
        assert "1 row: 1 taken, 0 left out." in text(app)
        assert lines(app)[0].startswith(" Unpaid work · nothing is taken yet · list.csv")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "list.csv is empty: export the case list again."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "list.csv is an old Excel file, or has a password"),
        (b'CRN,Sex\nX1,"F', "list.csv, line 2: this is not valid CSV"),
        (b"PK\x03\x04rest", "list.csv is damaged, or not a workbook"),
        (b"X1,F\n", "list.csv has no known headings"),
        (None, "There is no file"),
    ],
)
async def test_spoilt_lists_are_told_and_one_can_go_on(
    crc: InspectionFile, tmp_path: Path, data: bytes | None, words: str
) -> None:
    file = tmp_path / "list.csv"
    if data is not None:
        file.write_bytes(data)
    app = FieldtoolApp(crc, LEAD)
    async with app.run_test(size=SIZE) as pilot:
        await brought(pilot, file)
        assert words in text(app)
        assert not {"importing.take", "importing.say"} & offered(app).keys()
        await press(pilot, "escape", "enter")
        written(tmp_path, [person(1)])
        await press(pilot, "enter")
        await through(pilot)
        assert "1 row: 1 taken, 0 left out." in text(app)


async def test_lists_are_for_the_lead_to_bring_in(crc: InspectionFile) -> None:
    app = FieldtoolApp(crc, ME)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "f5", "4")
        assert "lists are for the lead inspector to bring in" in lines(app)[0]
        assert offered(app)["caselists.import"] is False
        await press(pilot, "enter")
        assert isinstance(app.screen, CaseListsScreen)


async def test_names_of_files_are_completed(tmp_path: Path) -> None:
    (tmp_path / "supervision lists").mkdir()
    for name in ("Unpaid.xlsx", "notes.docx", ".hidden.csv"):
        (tmp_path / name).touch()
    files = Files()

    async def proposed(typed: str) -> str | None:
        found = await files.get_suggestion(f"{tmp_path}/{typed}")
        return None if found is None else found.removeprefix(f"{tmp_path}/")

    assert await proposed("un") == "Unpaid.xlsx"
    assert await proposed("sup") == "supervision lists/"
    assert await proposed("notes") is None
    assert await proposed(".h") == ".hidden.csv"
    assert await proposed("none/x") is None
    assert [await files.get_suggestion(typed) for typed in ("", "~")] == [None, None]


# ---------------------------------------------------------------------- drawing


@pytest.fixture
def listed(tmp_path: Path) -> Iterator[InspectionFile]:
    """An inspection without cases, and a list of 200 to draw from."""
    inspections.make(tmp_path / "new.db", CRC, [])
    with InspectionFile.open(tmp_path / "new.db", to_write=True) as inspection_file:
        list_import.propose(lead_of(inspection_file), SAMPLE, population(200)).carry_out()
        yield inspection_file


async def test_the_figures_are_typed_in_place_and_seen_at_once(listed: InspectionFile) -> None:
    app = FieldtoolApp(listed, LEAD)
    async with app.run_test(size=SIZE) as pilot:
        await drawing(pilot)
        seen = text(app)
        assert "200 cases to draw from. Nothing is drawn yet: this is a trial." in seen
        assert "91 cases of 200: a share within 5 points, with a confidence of 80 per cent." in seen
        assert "n0 = 1.2816² × 0.5 × 0.5 / 0.05² = 164.25" in seen
        assert re.search(r"with reserve +to draw$", seen, re.MULTILINE)
        assert re.search(r"Women +67 +33.5% +30 +30 +30", seen)
        await press(pilot, "s", *"148")
        assert "148 cases of 200 show a share within 2.70 points" in text(app)
        await through(pilot)
        assert re.search(r"Women +67 +33.5% +5\d +5\d +5\d", text(app))
        await press(pilot, "escape")
        assert "91 cases of 200" in text(app)
        await press(pilot, "m", *"10", "enter", "c", *"95", "enter", "b", *"20", "enter", "e", *"7", "enter")
        await through(pilot)
        assert "c confidence 95% m margin 10 s size 66 b buffer 20% e seed 7" in words(app)
        assert re.search(r"Together +200 +100.0% +66 +79 +66", text(app))
        assert "Nothing is short." in text(app)


@pytest.mark.parametrize(
    ("keys", "hint"),
    [
        ("m0", "from 0.01 to 99"),
        ("c100", "from 1 to 99"),
        ("s0", "from 1 to 1,000,000"),
        ("b2000", "from 0 to 1,000"),
    ],
)
async def test_what_is_no_figure_is_said_and_not_taken(listed: InspectionFile, keys: str, hint: str) -> None:
    app = FieldtoolApp(listed, LEAD)
    async with app.run_test(size=SIZE) as pilot:
        await drawing(pilot)
        await press(pilot, *keys)
        assert hint in text(app)
        await press(pilot, "escape")
        assert "c confidence 80%  m margin 5  s size 91  b buffer 0%" in text(app)


async def test_it_is_drawn_explained_and_drawn_again_with_a_reason(listed: InspectionFile) -> None:
    app = FieldtoolApp(listed, LEAD)
    async with app.run_test(size=SIZE) as pilot:
        await drawing(pilot)
        await press(pilot, "s", *"40", "enter", "b", *"20", "enter", "e", *"7", "enter")
        await through(pilot)
        await press(pilot, "x")
        assert isinstance(app.screen, DrawExplainedScreen)
        assert lines(app)[0].startswith(" On trial · Case supervision")
        await press(pilot, "end")
        assert "Which cases come is decided when the sample is drawn" in words(app)
        assert "X0" not in text(app)
        await press(pilot, "escape", "d")
        assert "It can be drawn again, with a reason, only until somebody has begun a case." in words(app)
        assert draw_of(lead_of(listed), SAMPLE) is None
        await press(pilot, "enter")
        await through(pilot)
        assert "drawn · saved" in lines(app)[0]
        assert "with seed 7: 40 cases and 8 in reserve." in words(app)
        event = draw_of(lead_of(listed), SAMPLE)
        assert event is not None
        assert (event.size, event.buffer, event.seed, len(event.cases)) == (40, 20, 7, 40)
        await press(pilot, "x")
        assert "Women: 67 / 200 × 40 = 13.40, rounded 13." in text(app)
        await press(pilot, "end")
        assert "Seed 7 decides where the average is rounded" in text(app)
        assert event.reserve[-1] in text(app)
        await press(pilot, "x", "s", *"41", "enter")
        await through(pilot)
        assert "This is a trial of another draw." in text(app)
        await press(pilot, "d")
        assert "Case supervision has its cases already. Why is it drawn again?" in text(app)
        await press(pilot, *"too few", "enter", "enter")
        await through(pilot)
        again = draw_of(lead_of(listed), SAMPLE)
        assert again is not None
        assert (again.size, again.why) == (41, "too few")


async def test_a_draw_is_final_once_a_case_is_begun(listed: InspectionFile) -> None:
    lead = lead_of(listed)
    draws.propose(lead, SAMPLE, 20, seed=1).carry_out()
    inspection = lead.inspection
    case = next(inspection.cases())
    prompt = inspection.framework.items_for(SAMPLE)[0]
    hand_over.propose(lead, LEAD, [case.ref]).carry_out()
    inspection.answer(inspection.case(case.ref), prompt, "yes")  # type: ignore[arg-type]
    app = FieldtoolApp(listed, LEAD)
    async with app.run_test(size=SIZE) as pilot:
        await drawing(pilot)
        assert "in reserve; final: 1 of its cases is begun." in words(app)
        assert offered(app)["draw.draw"] is False
        await press(pilot, "d")
        assert isinstance(app.screen, DrawScreen)


async def test_what_cannot_be_drawn_is_said(listed: InspectionFile) -> None:
    list_import.propose(
        lead_of(listed),
        SAMPLE,
        [ListedCase(f"Y{n}", {"gender": "female", "officer": "RO"}) for n in range(9)],
    ).carry_out()
    app = FieldtoolApp(listed, LEAD)
    async with app.run_test(size=SIZE) as pilot:
        await drawing(pilot)
        await press(pilot, "s", *"12", "enter")
        await through(pilot)
        assert "Short of 6 main cases: 3 of Women and 3 because the list has no more." in text(app)
        assert re.search(r"Women +9 +100.0% +9 +9 +6 ✗", text(app))


async def test_who_is_no_lead_may_look(listed: InspectionFile) -> None:
    draws.propose(lead_of(listed), SAMPLE, 20, seed=1).carry_out()
    app = FieldtoolApp(listed, ME)
    async with app.run_test(size=SIZE) as pilot:
        await drawing(pilot)
        assert offered(app)["draw.draw"] is False
        assert offered(app)["draw.explain"]
        await press(pilot, "tab")
        assert "There is no case list of Unpaid work yet: bring it in under Case lists." in text(app)
        assert not {"draw.draw", "draw.explain", "draw.size"} & offered(app).keys()


async def test_what_comes_in_from_elsewhere_is_shown(listed: InspectionFile) -> None:
    app = FieldtoolApp(listed, LEAD)
    async with app.run_test(size=SIZE) as pilot:
        screen = await drawing(pilot)
        list_import.propose(lead_of(listed), SAMPLE, population(60)).carry_out()
        screen.take_in()
        await through(pilot)
        assert "60 cases to draw from." in text(app)


@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
async def test_small_windows(listed: InspectionFile, tmp_path: Path, size: tuple[int, int]) -> None:
    app = FieldtoolApp(listed, LEAD)
    async with app.run_test(size=size) as pilot:
        await drawing(pilot)
        assert "Women" in text(app)
        await press(pilot, "escape", "escape")
        await brought(pilot, written(tmp_path, [person(1)]))
        assert "1 row: 1 taken" in text(app)
