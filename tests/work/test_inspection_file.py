"""The roll: headings, team and lines of cases, filtered, without the models of the domain."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.laptops import YES, Laptop
from fieldtool.domain.kinds.assessment import CaseCompleted, FactSet, NoteWritten
from fieldtool.domain.kinds.inspection import InspectionOpened, PersonJoined
from fieldtool.domain.kinds.sample import CaseAdded, CaseAssigned
from fieldtool.domain.method.case_line import CaseFilter, CaseLine, CaseState, Person, SampleTitle
from fieldtool.work.inspection_file import InspectionFile, StoreError

EVERYTHING = CaseFilter()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    with Laptop(path, "a") as laptop:
        log = laptop.set_up("B", "A", "C").log
        log.record("", InspectionOpened(provider="Île Library Board", title="Libraries 2020"))
        log.record("", PersonJoined(person="ben", name="Ben", role="inspector"))
        log.record("", PersonJoined(person="anna", name="Anna", role="lead_inspector"))
        log.record("A", CaseAssigned(person="anna"), FactSet(fact="borough", to="Île-de-Nord"))
        log.record("B", CaseAssigned(person="ben"), FactSet(fact="borough", to="100% Nord_Ost"), YES)
        log.record("C", CaseCompleted())
        log.record("D", CaseAdded(sample="a sample of no framework"))
    return path


@pytest.fixture
def roll(file: Path) -> Iterator[InspectionFile]:
    with InspectionFile.open(file, to_write=True) as roll:
        yield roll


def test_heading_and_people(roll: InspectionFile) -> None:
    assert (roll.heading.title, roll.heading.provider) == ("Libraries 2020", "Île Library Board")
    assert roll.heading.samples == (SampleTitle("branch", "Branch library", "Branch"),)
    assert roll.people == (Person("anna", "Anna", "lead_inspector"), Person("ben", "Ben", "inspector"))


def test_lines_say_how_far_each_case_is(roll: InspectionFile) -> None:
    lines = {line.ref: line for line in roll.all_lines(EVERYTHING)}
    assert set(lines) == {"A", "B", "C"}
    assert lines["A"] == CaseLine("A", "branch", "Île-de-Nord", "anna", CaseState.UNTOUCHED, 1, 8, "")
    assert lines["B"][:7] == ("B", "branch", "100% Nord_Ost", "ben", CaseState.IN_PROGRESS, 2, 8)
    assert lines["B"].touched.startswith("2020-03-02T09:00:")
    assert lines["C"].state is CaseState.COMPLETE


def test_lines_come_in_the_order_asked_for(roll: InspectionFile) -> None:
    assert [line.ref for line in roll.lines(["C", "A", "X", "B"])] == ["C", "A", "B"]
    assert roll.lines([]) == []


@pytest.mark.parametrize(
    ("chosen", "refs"),
    [
        (EVERYTHING, "ABC"),
        (CaseFilter(holder="anna"), "A"),
        (CaseFilter(holder=""), "C"),
        (CaseFilter(sample="branch"), "ABC"),
        (CaseFilter(sample="other"), ""),
        (CaseFilter(text="nord"), "AB"),
        (CaseFilter(text="NORD  ben"), "B"),
        (CaseFilter(text="Île"), "A"),  # capitals beyond ASCII too
        (CaseFilter(text="îLE"), "A"),
        (CaseFilter(text="in progress"), "B"),
        (CaseFilter(text="untouched"), "A"),
        (CaseFilter(text="complete"), "C"),
        (CaseFilter(text="100%"), "B"),
        (CaseFilter(text="a%d"), ""),
        (CaseFilter(text="_"), "B"),
        (CaseFilter(text="'"), ""),
        (CaseFilter(holder="ben", text="nord"), "B"),
        (CaseFilter(holder="anna", text="ben"), ""),
    ],
)
def test_filters(roll: InspectionFile, chosen: CaseFilter, refs: str) -> None:
    assert sorted(roll.refs(chosen)) == list(refs)
    assert [line.ref for line in roll.all_lines(chosen)] == roll.refs(chosen)


def test_what_is_begun_comes_first_if_asked_for(roll: InspectionFile) -> None:
    begun_first = CaseFilter(begun_first=True)
    assert roll.refs(begun_first) == ["B", "A", "C"]
    assert [line.ref for line in roll.all_lines(begun_first)] == ["B", "A", "C"]
    assert roll.refs(EVERYTHING) == ["A", "B", "C"]


def test_touched_is_when_something_was_last_recorded(file: Path) -> None:
    with Laptop(file, "a") as laptop, InspectionFile.open(file, to_write=False) as roll:
        (event,) = laptop.log.record("B", NoteWritten(item="", text="x"))
        assert roll.lines(["B"])[0].touched == event.wall


def test_who_works_here_is_remembered_on_this_laptop(file: Path) -> None:
    with InspectionFile.open(file, to_write=True) as roll:
        assert [roll.me] == [None]
        roll.me = "anna"
        assert [roll.me] == ["anna"]
        roll.me = "ben"
    with InspectionFile.open(file, to_write=False) as roll:
        assert roll.me == "ben"
        with pytest.raises(StoreError, match="cannot be written where it is"):
            roll.me = "anna"


def test_the_first_screen_needs_no_models(file: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from fieldtool.work.inspection_file import InspectionFile; "
        "from fieldtool.domain.method.case_line import CaseFilter\n"
        "roll = InspectionFile.open(Path(sys.argv[1]), to_write=True); roll.heading, roll.people\n"
        "roll.all_lines(CaseFilter(text='nord')); roll.close()\n"
        "print([name for name in ('pydantic', 'sqlite_utils', 'textual') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_app_is_there_without_models() -> None:
    program = (
        "import sys, fieldtool.tui.app\n"
        "print([name for name in ('pydantic', 'sqlite_utils', 'nacl', 'psycopg') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")
