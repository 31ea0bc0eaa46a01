"""`fieldtool team` and `fieldtool assign`: a team, and who has which case."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.commands import asked, at_home, refused, tiny
from fieldtool.work.inspection_file import InspectionFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three cases of INS-01, two of them in Avon, and B-04 that nobody holds."""
    return at_home(tiny(tmp_path / "tiny.db"))


def done(*args: str | Path, who: str = "LEAD-1") -> str:
    answer = asked(*args, "--as", who)
    assert answer.exit_code == 0, answer.stderr
    return answer.stdout


def holders(path: Path) -> str:
    with InspectionFile.open(path, to_write=False) as file:
        return " ".join(line.holder or "-" for line in file.lines(["B-01", "B-02", "B-03", "B-04"]))


def test_a_team_grows(path: Path) -> None:
    said = done("team", path, "add", "INS-02", "Ino Two", "inspector")
    assert said == "INS-02 is on the team now, as inspector: 3 people in all.\n"
    done("team", path, "add", "LOC-1", "Lou", "local assessor", "--office", "Avon")
    assert asked("team", path, "list").stdout.splitlines() == [
        "INS-01  Ines One  inspector       3 cases",
        "INS-02  Ino Two   inspector       0 cases",
        "LEAD-1  Lea Dee   lead inspector  0 cases",
        "LOC-1   Lou       local assessor  0 cases  Avon",
    ]


def test_an_office_that_no_case_is_of_is_told(path: Path) -> None:
    added = ("team", path, "add", "LOC-1", "Lou", "local assessor", "--office")
    assert len(done(*added, "avon").splitlines()) == 1
    assert done(*added, "Avvon").splitlines()[1] == (
        "No case is of Avvon so far: unless it is spelt so in the case list, LOC-1 may get cases of their own office."
    )


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["add", "INS-02"], 'Say whom to add: `fieldtool team PATH add ID "NAME" ROLE`.'),
        (
            ["add", "INS 02", "Ino", "inspector"],
            '"INS 02": an id is one word of up to 40 characters, no spaces.',
        ),
        (
            ["add", "INS-02", "Ino", "boss"],
            'There is no role "boss": there are lead_inspector, inspector and',
        ),
    ],
)
def test_nobody_joins_by_half(path: Path, args: list[str], words: str) -> None:
    assert words in refused(asked("team", path, *args, "--as", "LEAD-1"))
    assert len(asked("team", path, "list").stdout.splitlines()) == 2


def test_cases_go_to_somebody(path: Path) -> None:
    assert done("assign", path, "--to", "LEAD-1", "B-04") == "LEAD-1 gets 1 case.\n"
    assert holders(path) == "INS-01 INS-01 INS-01 LEAD-1"
    said = done("assign", path, "--to", "LEAD-1", "B-03", "B-04", "--because", "INS-01 is ill")
    assert said == "LEAD-1 gets 1 case; 1 case already there.\n"
    assert "INS-01 is ill" in asked("history", path, "B-03").stdout
    assert done("assign", path, "--back", "B-04") == "1 case given back: nobody holds it now.\n"
    assert done("assign", path, "--to", "LEAD-1", "B-01", who="INS-01") == "LEAD-1 gets 1 case.\n"
    assert holders(path) == "LEAD-1 INS-01 LEAD-1 -"


def test_cases_are_shared_out(path: Path) -> None:
    done("team", path, "add", "INS-02", "Ino Two", "inspector")
    done("assign", path, "--back", "B-01", "B-02", "--because", "shared out anew")
    said = done("assign", path, "--evenly", "--by", "borough").splitlines()
    assert said == ["3 cases shared out", "  INS-01  Ines One   1 case", "  INS-02  Ino Two   2 cases"]
    assert done("assign", path, "--evenly") == "No case is without a holder.\n"


def test_what_is_left_over_is_told(path: Path) -> None:
    done("team", path, "add", "LOC-1", "Lou", "local_assessor", "--office", "Avon")
    done("assign", path, "--back", "B-01", "B-02", "B-03", "--because", "shared out anew")
    answer = asked("assign", path, "--evenly", "--among", "LOC-1", "--as", "LEAD-1")
    assert answer.exit_code == 1
    assert answer.stdout.endswith("Nobody named may assess 2 cases, of their own office: B-01, B-03.\n")
    assert holders(path) == "- LOC-1 - LOC-1"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--to", "INS-1", "B-04"], "INS-1 is not on the team: did you mean INS-01?"),
        (["--to", "INS-01", "B-O4"], "There is no case B-O4 in this inspection: did you mean B-04?"),
        (
            ["--to", "LEAD-1", "B-01"],
            "B-01 is held by INS-01: say why it is taken over, with --because WORDS.",
        ),
        (["--evenly", "--by", "boro"], 'There is no case fact "boro": did you mean borough?'),
        (["--evenly", "B-01"], "--evenly shares out all cases that nobody holds: name none, or use --to."),
        (["--to", "INS-01"], "Say which cases, by their references: `fieldtool progress` knows them."),
        (
            ["--to", "INS-01", "B-04", "--by", "borough"],
            "--by, --among, --dry-run and --json go with --evenly or --by-day.",
        ),
        (
            ["B-04"],
            "Say one of --to PERSON, --back, --evenly, --by-day and --on DAY: `fieldtool assign --help`.",
        ),
    ],
)
def test_what_cannot_be_assigned(path: Path, args: list[str], words: str) -> None:
    before = holders(path)
    assert refused(asked("assign", path, *args, "--as", "LEAD-1")) == words
    assert holders(path) == before


def test_the_list_of_one_person(path: Path) -> None:
    everybody = asked("assign", path, "--list").stdout.splitlines()
    holders = {line.split("  ")[0] for line in everybody}
    one = min(holders - {"nobody"})
    of_one = asked("assign", path, "--list", "--of", one).stdout.splitlines()
    assert len(of_one) == sum(line.startswith(f"{one} ") for line in everybody)
    assert all(line.startswith(f"{one} ") for line in of_one)
