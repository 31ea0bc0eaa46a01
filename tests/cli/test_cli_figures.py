"""`fieldtool figures`: what is taken in, what is not, and where it then stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builders.commands import asked, at_home, refused, tiny
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead.setting_up import figures_of

FILE = "id;n;N;per cent\nQa;9;10;\nQb;1;4;25%\nQax;;;40\nLa;;;\n;;;\nQuiet, in all;;;\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = at_home(tiny(tmp_path / "tiny.db"))
    with InspectionFile.open(made, to_write=True) as inspection_file:
        inspection_file.me = "LEAD-1"
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "2019.csv").write_text(FILE, encoding="utf-8")
    return tmp_path / "2019.csv"


def kept(path: Path) -> dict[str, dict[str, int]]:
    with InspectionFile.open(path, to_write=False) as inspection_file:
        there = figures_of(Inspection(inspection_file))
        return {whose: {i: f.percent for i, f in each.figures.items()} for whose, each in there.items()}


def test_figures_are_taken_in_and_shown(path: Path, file: Path) -> None:
    answer = asked("figures", path, "previous", file, "--title", "Visit of  2019")
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert answer.stdout.splitlines() == [
        "  id        id",
        "  per cent  per cent",
        "  N         N",
        "  n         n",
        "Without a figure: La",
        "Passed over, for want of an item and a figure: row 7",
        "3 figures of Visit of 2019, 2 of them with n and N: imported.",
    ]
    assert kept(path) == {"previous": {"Qa": 90, "Qb": 25, "Qax": 40}}
    assert asked("figures", path).stdout.splitlines() == [
        "Visit of 2019: 3 figures",
        "  Qa   90 per cent  9 of 10  Is it quiet?",
        "  Qax  40 per cent           Are the doors closed softly?",
        "  Qb   25 per cent   1 of 4  Do staff speak in low voices?",
    ]
    assert json.loads(asked("figures", path, "--json").stdout) == {
        "previous": {
            "title": "Visit of 2019",
            "figures": {
                "Qa": {"percent": 90, "n": 9, "of": 10},
                "Qb": {"percent": 25, "n": 1, "of": 4},
                "Qax": {"percent": 40, "n": None, "of": None},
            },
        }
    }


def test_another_file_takes_the_place_of_the_first(path: Path, file: Path) -> None:
    assert asked("figures", path, "previous", file).exit_code == 0
    file.write_text("id,per cent\nQb,7\n")
    assert asked("figures", path, "previous", file).exit_code == 0
    assert asked("figures", path, "comparison", file, "--title", "All").exit_code == 0
    assert kept(path) == {"previous": {"Qb": 7}, "comparison": {"Qb": 7}}
    assert asked("verify", path).exit_code == 0


def test_a_look_only(path: Path, file: Path) -> None:
    answer = asked("figures", path, "comparison", file, "--dry-run")
    assert answer.stdout.splitlines()[-1] == (
        "3 figures of Comparison group, 2 of them with n and N. Nothing was imported: this was a look only."
    )
    said = json.loads(asked("figures", path, "comparison", file, "--dry-run", "--json").stdout)
    assert list(said) == ["set", "title", "imported", "columns", "without", "passed_over", "figures"]
    assert (said["imported"], said["without"], said["passed_over"]) == (False, ["La"], [7])
    assert kept(path) == {}
    assert asked("figures", path).stdout.startswith("There are no figures to compare with yet")
    assert json.loads(asked("figures", path, "--json").stdout) == {}


def test_a_fault_lets_nothing_in(path: Path, file: Path) -> None:
    file.write_text(FILE + "Qz;3;2;\nLa;3;2;\n")
    answer = asked("figures", path, "previous", file)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr.splitlines() == [
        '2019.csv, row 8, column "id": "Qz" is not a key question or prompt of this framework: see `fieldtool '
        "framework show`.",
        '2019.csv, row 9, column "n", La: n is 3 and N is 2: n cannot be above N.',
    ]
    assert kept(path) == {}


def test_what_is_refused(path: Path, file: Path) -> None:
    assert refused(asked("figures", path, "previous")).startswith("Say which file has the figures")
    assert "go with a file" in refused(asked("figures", path, "--dry-run"))
    assert "'next' is not one of" in refused(asked("figures", path, "next", file))
    assert "There is no file" in refused(asked("figures", path, "previous", file.with_name("none.csv")))
    assert refused(asked("figures", path, "previous", file, "--as", "INS-01")) == (
        "This is for the lead inspector to do, who is LEAD-1."
    )
    assert kept(path) == {}


# ---------------------------------------------------------------------- beside the ratings


def test_the_ratings_say_how_they_compare(path: Path, file: Path) -> None:
    asked("figures", path, "previous", file, "--title", "Visit of 2019")
    file.write_text("id,per cent\nQa,67\nLa,1\n")
    asked("figures", path, "comparison", file)
    said = asked("ratings", path).stdout.splitlines()
    assert said[2:4] == [
        "Previous inspection: Visit of 2019.",
        "Significant: by a two-proportion Z test at 0.1; without n and N, nothing is tested.",
    ]
    table = [line for line in said if line.startswith(("  Qa ", "  Qb ", "  La "))]
    assert table == [
        "  Qa   67 per cent  2 of 3  Fair      1 open  previous 90 per cent: 23 points lower                "
        "comparison 67 per cent: no difference  Is it quiet?",
        "  Qb  100 per cent  2 of 2  Splendid  2 open  previous 25 per cent: 75 points higher, significant  "
        "no comparison figure                   Do staff speak in low voices?",
        "  La  100 per cent  1 of 1  Splendid  2 open  no previous figure  comparison 1 per cent: 99 points higher  "
        "Is more than books lent well?",
    ]


def test_the_ratings_as_json(path: Path, file: Path) -> None:
    assert json.loads(asked("ratings", path, "--json").stdout)["compared_with"] == {}
    asked("figures", path, "previous", file)
    said = json.loads(asked("ratings", path, "--json").stdout)
    assert said["compared_with"] == {"previous": "Previous inspection"}
    quiet, lending = said["standards"]
    assert [question["previous"] for question in quiet["key_questions"]] == [
        {"percent": 90, "n": 9, "of": 10, "points": -23, "significant": False},
        {"percent": 25, "n": 1, "of": 4, "points": 75, "significant": True},
    ]
    assert lending["key_questions"][0]["previous"] is None
    assert "comparison" not in quiet["key_questions"][0]
