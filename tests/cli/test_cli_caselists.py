"""`fieldtool cases import`: a preview, then all of a list or nothing of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result

from cli.inspections import asked, at_home, begun, refused
from domain.cases import CRC
from fieldtool.inspection import Inspection
from fieldtool.lead import Lead
from fieldtool.roll import Roll

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
    with Roll.open(path, to_write=False) as roll:
        found = Lead(Inspection(roll)).listed(SAMPLE)
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
    assert told["left_out"] == [{"row": 4, "column": "Sex", "reason": "gender missing"}]
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


SPOILT = [
    ("", "list.csv is empty"),
    ("<table><tr><td>CRN", "list.csv is a web page"),
    (HEAD + 'X"Y;"never closed', "list.csv, line 2: this is not CSV"),
    (ROW.format(1, "M"), "list.csv has no headings that are known"),
    (LIST.replace("CRN", "Ref."), "list.csv has no column for CRN"),
    (LIST.replace("Sex", "Notes"), "list.csv has no column for Gender"),
    (LIST.replace("Cluster", "CRN"), "list.csv has two columns that may be"),
]


@pytest.mark.parametrize(("text", "words"), SPOILT, ids=[words for _, words in SPOILT])
def test_spoilt_lists_are_one_sentence_and_nothing_half(path: Path, text: str, words: str) -> None:
    before = path.read_bytes()
    assert words in refused(imported(path, text=text))
    assert listed(path) is None
    assert path.read_bytes() == before


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
