"""The progress screen: the one line, the burn-up in any room, and the tables with what more there is to say."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from builders.populations import FIRST, LAST, SAMPLE, leading, population
from fieldtool.domain.kinds.assessment import CaseCompleted
from fieldtool.domain.kinds.devices import ClockJumped
from fieldtool.domain.log.events import ChainId
from fieldtool.domain.method.case_line import CaseFilter
from fieldtool.domain.method.pace import Fieldwork, Point, burn_up
from fieldtool.domain.method.progress import LaptopNews, StratumProgress
from fieldtool.store.chain.log import Log
from fieldtool.tui.app import FieldtoolApp
from fieldtool.tui.lead.burn_up import drawn
from fieldtool.tui.lead.progress_screen import ProgressScreen
from fieldtool.tui.lead.progress_table import of_laptops, of_strata
from fieldtool.tui.parts.ask import Tell
from fieldtool.tui.parts.table import fitting, widths
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead import draws, list_import, share_out
from fieldtool.work.lead.lead import Lead
from tui.looking import Pilots, lines, press, settled, text

WEDNESDAY = FIRST + timedelta(days=2)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 60 cases, 20 are complete on each of the first two days of fieldwork: all men, in the West and the North."""
    path = tmp_path_factory.mktemp("progress") / "trial.db"
    with leading(path) as lead:
        list_import.propose(lead, SAMPLE, population(600)).carry_out()
        draws.propose(lead, SAMPLE, 60, seed=5).carry_out()
        share_out.propose(lead).carry_out()
        men = [case.ref for case in lead.inspection.cases() if case.facts["gender"] == "male"]
        for day in (0, 1):
            log = Log(lead.inspection.file.database, ChainId(f"other-{day}", 1), "INS-01", noon(day))
            with lead.inspection.file.database.transaction():
                for ref in men[day * 20 : (day + 1) * 20]:
                    log.record_within(ref, CaseCompleted())
    return path


def noon(day: int) -> Callable[[], datetime]:
    """A clock that stands at noon of a day of fieldwork, the first being 0."""
    return lambda: datetime(2020, 3, 2 + day, 12, tzinfo=UTC)


@pytest.fixture
def file(made: Path, tmp_path: Path) -> Iterator[InspectionFile]:
    with InspectionFile.open(Path(shutil.copy(made, tmp_path / "trial.db")), to_write=True) as opened:
        yield opened


@asynccontextmanager
async def at(
    file: InspectionFile, size: tuple[int, int] = (80, 24), person: str = "LEAD-1", today: date = WEDNESDAY
) -> AsyncIterator[Pilots]:
    app = FieldtoolApp(file, person)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await app.push_screen(ProgressScreen(Lead(app.inspection), today))
        await settled(pilot)
        await settled(pilot)  # what takes longer is shown after the first look
        yield pilot


def seen(pilot: Pilots) -> list[str]:
    assert isinstance(pilot.app, FieldtoolApp)
    return lines(pilot.app)


def plain(drawing: Sequence[Sequence[tuple[str, str]]]) -> list[str]:
    return ["".join(piece for piece, _ in line).rstrip() for line in drawing]


async def test_it_is_the_first_task_of_the_desk(file: InspectionFile) -> None:
    app = FieldtoolApp(file, "LEAD-1")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "f5", "1")
        assert isinstance(app.screen, ProgressScreen)
        await press(pilot, "escape")
        assert not isinstance(app.screen, ProgressScreen)


async def test_one_line_says_it(file: InspectionFile) -> None:
    async with at(file) as pilot:
        assert seen(pilot)[1] == " 40 of 60 done; at this pace finished today; women under target by 13."


async def test_the_burn_up_stands_between(file: InspectionFile) -> None:
    async with at(file) as pilot:
        shown = seen(pilot)
        assert shown[3].strip() == "Cases done  █ so far  ━ needed"
        assert shown[11].strip().startswith("0└Mon 2──Tue 3──today──Thu 5──")
        assert shown[12] == "[Sample] Inspector  Hub  Day  Strata  Laptops"


async def test_tab_goes_through_the_tables(file: InspectionFile) -> None:
    async with at(file) as pilot:
        heads = []
        for _ in range(6):
            heads.append(seen(pilot)[13].split()[:2])
            await press(pilot, "tab")
        assert [first for first, _ in heads] == ["Sample", "Inspector", "Hub", "Day", "Stratum", "Laptop"]
        assert "[Sample]" in seen(pilot)[12]
        await press(pilot, "shift+tab")
        assert "[Laptops]" in seen(pilot)[12]


async def test_every_figure_of_a_group(file: InspectionFile) -> None:
    async with at(file) as pilot:
        assert seen(pilot)[14].split() == ["▌All", "40/60", "20", "20", "2.5", "20"]
        await press(pilot, "tab", "tab")
        assert seen(pilot)[15].split() == ["East", "0/20", "20", "0", "!", "2.5", "20"]


async def test_the_cursor_among_the_days_begins_today(file: InspectionFile) -> None:
    async with at(file) as pilot:
        await press(pilot, "tab", "tab", "tab")
        assert [line.split()[1:5] for line in seen(pilot)[14:17]] == [
            ["2", "Mar", "2020", "20"],
            ["3", "Mar", "2020", "20"],
            ["4", "Mar", "2020", "0"],
        ]
        assert seen(pilot)[16].startswith("▌Wed 4 Mar 2020")
        assert "More" not in seen(pilot)[-1]


async def test_enter_names_the_open_cases_of_a_group(file: InspectionFile) -> None:
    async with at(file) as pilot:
        await press(pilot, "tab", "tab", "down", "enter")
        assert isinstance(pilot.app.screen, Tell)
        told = text(pilot.app)
        assert "East: 20 open cases" in told
        assert "untouched, " in told


async def test_a_group_without_open_cases_has_nothing_more(file: InspectionFile) -> None:
    async with at(file) as pilot:
        await press(pilot, "tab", "tab", "end")
        assert seen(pilot)[17].split()[:2] == ["▌West", "20/20"]
        assert "More" not in seen(pilot)[-1]
        await press(pilot, "home")
        assert "More" in seen(pilot)[-1]


async def test_what_comes_in_is_shown(file: InspectionFile) -> None:
    async with at(file) as pilot:
        log = Log(file.database, ChainId("late", 1), "INS-01", noon(2))
        ref = next(line.ref for line in file.lines(file.refs(CaseFilter())) if line.state == "untouched")
        log.record(ref, CaseCompleted())
        assert isinstance(pilot.app, FieldtoolApp)
        pilot.app.take_in()
        await settled(pilot)
        assert seen(pilot)[1].startswith(" 41 of 60 done; ")


async def test_clocks_that_jumped_are_shown_to_the_lead(file: InspectionFile) -> None:
    jump = ClockJumped(
        device="other-0", incarnation=1, noticed="within a session", steady=9.0,
        expected="2020-03-02T10:00:00.000+00:00", found="2020-03-02T12:00:00.000+00:00",
    )  # fmt: skip
    Log(file.database, ChainId("other-0", 1), "INS-01").record("", jump)
    async with at(file) as pilot:
        assert "Laptops ! clock" in seen(pilot)[12]
        await press(pilot, "shift+tab", "end")
        assert any(line.startswith("▌! The clock of device other-0.1 went ahead") for line in seen(pilot))
        await press(pilot, "enter")
        assert "Take the times around it with care." in text(pilot.app)


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40), (200, 60)])
async def test_it_fits(file: InspectionFile, size: tuple[int, int]) -> None:
    async with at(file, size) as pilot:
        for _ in range(6):
            shown = seen(pilot)
            assert all(len(line) <= size[0] for line in shown)
            assert "40 of 60 done" in shown[1]
            assert any("[" in line for line in shown)
            await press(pilot, "tab")
        assert ("█ so far" in text(pilot.app)) == (size[1] >= 20)


async def test_whoever_is_no_lead_may_look(file: InspectionFile) -> None:
    async with at(file, person="INS-02") as pilot:
        assert "40 of 60 done" in seen(pilot)[1]


async def test_an_inspection_that_is_over(file: InspectionFile) -> None:
    async with at(file, today=date(2026, 3, 4)) as pilot:
        assert " 40 of 60 done; fieldwork ended Friday 13 March 2020 with 20 open;" in seen(pilot)[1]


# ---------------------------------------------------------------------- drawn without a screen


def points(done: dict[int, int], today: date, due: int = 100) -> tuple[Point, ...]:
    completed = {FIRST + timedelta(days=day): number for day, number in done.items()}
    return burn_up(due, completed, Fieldwork(FIRST, LAST), today)


def test_the_columns_are_as_high_as_what_is_done() -> None:
    shown = plain(drawn(points({0: 10, 1: 40, 2: 50}, WEDNESDAY), 100, WEDNESDAY, 80, 12))
    assert len(shown) == 12
    column = [line[4 + 2 * 7 + 2] for line in shown[1:-1]]
    assert column == ["█"] * 10
    assert [line[4 + 2] for line in shown[1:-1]] == [" "] * 9 + ["█"]
    assert shown[1].startswith(" 100┤")
    # By the last day all are needed, by the first ten: the line sticks out beside the column that hides it.
    assert shown[1].rstrip().endswith("━━━━━━━")
    assert shown[-2][5:12] == "██████━"


def test_one_of_very_many_is_more_than_none() -> None:
    shown = plain(drawn(points({0: 1}, WEDNESDAY, 10_000), 10_000, WEDNESDAY, 80, 9))
    assert "▁" in shown[-2]


def test_a_year_of_fieldwork_is_drawn_in_the_room_there_is() -> None:
    long = burn_up(500, {FIRST: 400}, Fieldwork(FIRST, date(2021, 3, 1)), FIRST)
    shown = plain(drawn(long, 500, FIRST, 60, 9))
    assert all(len(line) <= 60 for line in shown)
    assert shown[-2][5] in "█▓"
    assert shown[-1].startswith("   0└5 Mar─15 Apr─")


@pytest.mark.parametrize(("width", "height"), [(1, 1), (5, 3), (9, 4), (20, 2), (80, 3)])
def test_a_burn_up_without_room_is_no_error(width: int, height: int) -> None:
    assert drawn(points({0: 10}, WEDNESDAY), 100, WEDNESDAY, width, height)


def test_without_days_it_says_why() -> None:
    assert "No day of fieldwork is known" in plain(drawn((), 9, FIRST, 80, 9))[0]
    assert plain(drawn((), 0, FIRST, 80, 9)) == [""]


def test_columns_at_the_right_go_where_there_is_no_room() -> None:
    rows = [[("n" * 30, ""), ("1", ""), ("2" * 10, "")]]
    for room, sizes in ((80, [30, 7, 12]), (45, [28, 6, 11]), (36, [30, 6])):
        assert widths(fitting(("Name", "First", "Second"), rows, room), room) == sizes


def test_strata_and_laptops_tell_more() -> None:
    under = StratumProgress("s", "women", "Women", drawn=9, done=1, target=10, share=4)
    (line,) = of_strata([under]).lines
    assert line.cells[-1] == ("3 under", "warn")
    assert "By the case list there should be 10." in line.told
    news = LaptopNews("d1", "INS-01", "2020-03-02T12:00:00.000+00:00", "", 0, 4)
    invited = LaptopNews("", "INS-02", "", "", 0, 0)
    own = LaptopNews("d3", "LEAD-1", "2020-01-02T12:00:00.000+00:00", "nonsense", 3, 0, 7, own=True)
    shown = of_laptops([news, invited, own], [], FIRST)
    assert [line.cells[0][0] for line in shown.lines] == ["today 12:00", "never", "2 Jan 12:00"]
    assert "others have seen, and this laptop has not" in shown.lines[0].told
    assert "not come in yet" in shown.lines[1].told
    assert shown.lines[2].name == "LEAD-1, this laptop"
    assert "7 entries of this laptop nobody else has said to have yet." in shown.lines[2].told
