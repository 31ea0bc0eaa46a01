"""The file of an inspection: headings, team and lines of cases, filtered, without the models of the domain."""

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
from fieldtool.store.file.database import StoreError
from fieldtool.work.inspection_file import InspectionFile

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
def inspection_file(file: Path) -> Iterator[InspectionFile]:
    with InspectionFile.open(file, to_write=True) as inspection_file:
        yield inspection_file


def test_heading_and_people(inspection_file: InspectionFile) -> None:
    assert (inspection_file.heading.title, inspection_file.heading.provider) == (
        "Libraries 2020",
        "Île Library Board",
    )
    assert inspection_file.heading.samples == (SampleTitle("branch", "Branch library", "Branch"),)
    assert inspection_file.people == (
        Person("anna", "Anna", "lead_inspector"),
        Person("ben", "Ben", "inspector"),
    )


def test_lines_say_how_far_each_case_is(inspection_file: InspectionFile) -> None:
    lines = {line.ref: line for line in inspection_file.all_lines(EVERYTHING)}
    assert set(lines) == {"A", "B", "C"}
    assert lines["A"] == CaseLine("A", "branch", "Île-de-Nord", "anna", CaseState.UNTOUCHED, 1, 8, "")
    assert lines["B"][:7] == ("B", "branch", "100% Nord_Ost", "ben", CaseState.IN_PROGRESS, 2, 8)
    assert lines["B"].touched.startswith("2020-03-02T09:00:")
    assert lines["C"].state is CaseState.COMPLETE


def test_lines_come_in_the_order_asked_for(inspection_file: InspectionFile) -> None:
    assert [line.ref for line in inspection_file.lines(["C", "A", "X", "B"])] == ["C", "A", "B"]
    assert inspection_file.lines([]) == []


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
def test_filters(inspection_file: InspectionFile, chosen: CaseFilter, refs: str) -> None:
    assert sorted(inspection_file.refs(chosen)) == list(refs)
    assert [line.ref for line in inspection_file.all_lines(chosen)] == inspection_file.refs(chosen)


def test_what_is_begun_comes_first_if_asked_for(inspection_file: InspectionFile) -> None:
    begun_first = CaseFilter(begun_first=True)
    assert inspection_file.refs(begun_first) == ["B", "A", "C"]
    assert [line.ref for line in inspection_file.all_lines(begun_first)] == ["B", "A", "C"]
    assert inspection_file.refs(EVERYTHING) == ["A", "B", "C"]


def test_touched_is_when_something_was_last_recorded(file: Path) -> None:
    with Laptop(file, "a") as laptop, InspectionFile.open(file, to_write=False) as inspection_file:
        (event,) = laptop.log.record("B", NoteWritten(item="", text="x"))
        assert inspection_file.lines(["B"])[0].touched == event.wall


def test_who_works_here_is_remembered_on_this_laptop(file: Path) -> None:
    with InspectionFile.open(file, to_write=True) as inspection_file:
        assert [inspection_file.me] == [None]
        inspection_file.me = "anna"
        assert [inspection_file.me] == ["anna"]
        inspection_file.me = "ben"
    with InspectionFile.open(file, to_write=False) as inspection_file:
        assert inspection_file.me == "ben"
        with pytest.raises(StoreError, match="cannot be written where it is"):
            inspection_file.me = "anna"


def test_the_first_screen_needs_no_models(file: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from fieldtool.work.inspection_file import InspectionFile; "
        "from fieldtool.domain.method.case_line import CaseFilter\n"
        "file = InspectionFile.open(Path(sys.argv[1]), to_write=True); file.heading, file.people\n"
        "file.all_lines(CaseFilter(text='nord')); file.close()\n"
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
