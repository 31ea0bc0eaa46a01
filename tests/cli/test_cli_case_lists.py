"""`fieldtool cases import`: a preview, then all of a list or nothing of it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from openpyxl import Workbook

from builders.cases import CRC
from builders.commands import asked, at_home, begun, refused
from builders.populations import list_of
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead.lead import Lead

SAMPLE = "case_supervision"
HEAD = "Surname;Forenames;DOB;Sex;Sentence Type;CRN;PNC;RoSH;Start Date;Terminated;Cluster;LDU;Responsible Officer\n"
ROW = "Name{0};Given{0};0{0}/02/1980;{1};Licence;X{0};10/{0}A;RLRH;01/02/2019;N;East;Havant;RO-1\n"
LIST = HEAD + ROW.format(1, "M") + ROW.format(2, "F") + ROW.format(3, "") + "\n;;;\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with begun(tmp_path / "trial.db", CRC):
        pass
    at_home(tmp_path / "trial.db")
    return tmp_path / "trial.db"


def written(path: Path, text: str = LIST, encoding: str = "utf-8-sig") -> Path:
    file = path.with_name("list.csv")
    file.write_text(text, encoding=encoding)
    return file


def listed(path: Path) -> list[str] | None:
    with InspectionFile.open(path, to_write=False) as inspection_file:
        found = list_of(Lead(Inspection(inspection_file)), SAMPLE)
        return None if found is None else [case.ref for case in found]


def imported(path: Path, *args: str, text: str = LIST) -> Result:
    return asked("cases", "import", path, written(path, text), "--sample", SAMPLE, "--as", "LEAD-1", *args)


def test_a_look_first(path: Path) -> None:
    answer = asked("cases", "import", path, written(path), "--sample", SAMPLE, "--dry-run")
    assert answer.exit_code == 0
    assert "3 rows: 2 taken, 1 left out." in answer.stdout
    assert "  row 4  Sex  gender missing" in answer.stdout
    assert "  Gender: 1 female, 1 male" in answer.stdout
    assert "  Sentence Type        Disposal" in answer.stdout
    assert answer.stdout.endswith("Nothing was imported: this was a look only.\n")
    assert "Name1" not in answer.stdout
    assert listed(path) is None


def test_a_list_comes_in(path: Path) -> None:
    answer = imported(path)
    assert answer.exit_code == 0
    assert answer.stdout.endswith(
        "A list of 2 cases was imported. Draw the sample with `fieldtool sample draw`.\n"
    )
    assert listed(path) == ["X1", "X2"]
    assert "It takes the place of the list of 2 cases." in imported(path).stdout
    assert b"Name1" not in path.read_bytes()
    assert asked("verify", path).exit_code == 0


def test_as_json(path: Path) -> None:
    told = json.loads(imported(path, "--json").stdout)
    assert (told["rows"], told["taken"], told["imported"], told["sample"]) == (3, 2, True, SAMPLE)
    assert told["left_out"] == [{"row": 4, "column": "Sex", "reason": "gender missing", "sheet": ""}]
    assert told["columns"]["rosh_service"] == "RoSH"


def test_all_at_once(path: Path) -> None:
    answer = imported(path, "--all")
    assert answer.stdout.endswith("2 cases came into the inspection.\n")
    assert "Post-release" in asked("case", path, "X1").stdout
    again = imported(path, "--all")
    assert again.exit_code == 1
    assert "  row 2  CRN  already in the inspection" in again.stdout
    assert again.stdout.endswith("Nothing was imported.\n")
    assert imported(path).exit_code == 0


def test_nothing_is_taken_of_a_list_of_which_nothing_is_left(path: Path) -> None:
    answer = imported(path, text=HEAD + ROW.format(3, ""))
    assert answer.exit_code == 1
    assert answer.stdout.endswith("Nothing was imported.\n")
    assert listed(path) is None


def workbook(*changes: Callable[[bytes], bytes]) -> bytes:
    """The list as a workbook, and what was done to it."""
    book, kept = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in csv.reader(LIST.splitlines(), delimiter=";"):
        book.active.append(row)
    book.save(kept)
    data = kept.getvalue()
    for change in changes:
        data = change(data)
    return data


def other_archive(data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("letter.docx", data)
    return packed.getvalue()


SPOILT: list[tuple[str, bytes, str]] = [
    ("empty", b"", "list.csv is empty: export the case list again."),
    ("blank", b"\xef\xbb\xbf;;;\r\n;;;\r\n", "list.csv is empty: export the case list again."),
    ("a web page", b"<table><tr><td>CRN", "list.csv is a web page, whatever its name says"),
    ("a PDF", b"%PDF-1.7 CRN", "list.csv is a PDF, not a table"),
    ("garbage", bytes(range(256)) * 20, "list.csv is neither CSV nor XLSX"),
    ("garbage without noughts", bytes(range(128, 256)) * 20, "list.csv is in an unknown encoding"),
    ("a byte of nought", LIST.encode().replace(b"Given1", b"Given\x00"), "list.csv is neither CSV nor XLSX"),
    ("a password", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Excel file, or has a password"),
    ("half a workbook", workbook(lambda data: data[: len(data) // 2]), "list.csv is damaged, or not a workbook"),
    ("spoilt within", workbook(lambda data: data[:900] + bytes(400) + data[1300:]), "is damaged, or not a workbook"),
    ("another archive", workbook(other_archive), "list.csv is damaged, or not a workbook"),
    ("quotes never closed", (HEAD + 'X"Y;"never closed').encode(), "list.csv, line 2: this is not valid CSV"),
    ("no headings", ROW.format(1, "M").encode(), "list.csv has no known headings"),
    ("no CRN", LIST.replace("CRN", "Ref.").encode(), "list.csv has no column for CRN: name it with --map"),
    ("no gender", LIST.replace("Sex", "Notes").encode(), "list.csv has no column for Gender: name it with --map"),
    ("no sentence", LIST.replace("Sentence Type", "Notes").encode(), "no column for Disposal, by which the strata"),
    ("no RoSH", LIST.replace("RoSH", "Notes").encode(), "as the service has it, by which the strata"),
    ("two of a kind", LIST.replace("Cluster", "CRN").encode(), "list.csv has two columns that may be"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "words"), [each[1:] for each in SPOILT], ids=[each[0] for each in SPOILT])
def test_spoilt_lists_are_one_sentence_and_nothing_half(path: Path, data: bytes, words: str) -> None:
    file = path.with_name("list.csv")
    file.write_bytes(data)
    before = path.read_bytes()
    said = refused(asked("cases", "import", path, file, "--sample", SAMPLE, "--as", "LEAD-1"))
    assert words in said
    assert said.count("\n") == 0
    assert listed(path) is None
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("date", "reason"),
    [
        ("31/02/2019", "not a valid date: write it as 31/01/2020"),
        ("01/02/2119", "starts in the future, on 01/02/2119"),
    ],
)
def test_a_list_with_nothing_but_wrong_dates_brings_nothing_in(path: Path, date: str, reason: str) -> None:
    before = path.read_bytes()
    answer = imported(path, text=(HEAD + ROW.format(1, "M") + ROW.format(2, "F")).replace("01/02/2019", date))
    assert answer.exit_code == 1
    assert f"  row 2  Start Date  {reason}" in answer.stdout
    assert answer.stdout.endswith("Nothing was imported.\n")
    assert listed(path) is None
    assert path.read_bytes() == before


def test_the_whole_workbook_would_have_come_in(path: Path) -> None:
    file = path.with_name("list.xlsx")
    file.write_bytes(workbook())
    assert asked("cases", "import", path, file, "--sample", SAMPLE, "--as", "LEAD-1").exit_code == 0
    assert listed(path) == ["X1", "X2"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (
            ["--sample", "supervision"],
            'There is no sample type "supervision": did you mean "case_supervision"?',
        ),
        ([], "Say which sample type: --sample, with one of case_supervision, unpaid_work, through_the_gate."),
        (["--sample", SAMPLE, "--map", "Sex"], '--map "Sex": write it as "COLUMN=FIELD".'),
        (["--sample", SAMPLE, "--map", "Sx=gender"], 'list.csv has no column "Sx": did you mean "Sex"?'),
        (["--sample", SAMPLE, "--map", "Sex=gendr"], 'There is no field "gendr": did you mean "gender"?'),
        (["--sample", SAMPLE, "--as", "INS-01"], "This is for the lead inspector to do, who is LEAD-1."),
        (
            ["--sample", SAMPLE, "--as", "X"],
            "It is not known who works here: say --as PERSON, one of INS-01, LEAD-1.",
        ),
    ],
)
def test_what_cannot_be_done(path: Path, args: list[str], words: str) -> None:
    who = [] if "--as" in args else ["--as", "LEAD-1"]
    answer = asked("cases", "import", path, written(path), *args, *who)
    assert answer.exit_code == 2
    assert answer.stderr == f"{words}\n"
    assert listed(path) is None


def test_a_file_that_is_not_there(path: Path) -> None:
    answer = asked("cases", "import", path, path.with_name("no.csv"), "--sample", SAMPLE, "--as", "LEAD-1")
    assert "There is no file" in refused(answer)
