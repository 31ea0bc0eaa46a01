"""`fieldtool sample`: the known sizes and shares, and a draw from a list that was imported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builders.cases import CRC
from builders.commands import asked, at_home, begun, refused
from fieldtool.domain.method.case_line import CaseFilter
from fieldtool.work.inspection_file import InspectionFile

KNOWN = {
    "women": 454,
    "men_community_low": 138,
    "men_community": 327,
    "men_custody_low": 129,
    "men_custody": 169,
}


def row(stratum: str, number: int) -> str:
    women, low = stratum == "women", stratum.endswith("low")
    sentence = "Licence" if "custody" in stratum else "Suspended Sentence Order"
    return (
        f"X{[*KNOWN].index(stratum)}{number:03},{'F' if women else 'M'},{sentence},"
        f"{'RLRH' if low else 'RHRH'},{number % 3},{number % 3}-{number % 7},{number % 3}-{number % 7}-{number % 4}\n"
    )


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An inspection with a list of 1,217 cases, the known number in each stratum."""
    path = tmp_path_factory.mktemp("sampling") / "trial.db"
    with begun(path, CRC):
        pass
    at_home(path)
    head = "CRN,Gender,Case Type,RoSH,Cluster,LDU,Responsible Officer\n"
    rows = [row(stratum, number) for stratum, size in KNOWN.items() for number in range(size)]
    file = path.with_name("list.csv")
    file.write_text(head + "".join(rows), encoding="utf-8")
    answer = asked("cases", "import", path, file, "--sample", "case_supervision", "--as", "LEAD-1")
    assert "A list of 1,217 cases was imported." in answer.stdout
    return path


@pytest.fixture
def path(listed: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "trial.db"
    copy.write_bytes(listed.read_bytes())
    return copy


def drawn(path: Path, *args: str) -> dict[str, Any]:
    answer = asked("sample", "draw", path, "--as", "LEAD-1", *args, "--json")
    assert answer.exit_code == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_a_size_and_its_formula() -> None:
    answer = asked("sample", "size", "--population", "1217")
    assert answer.stdout.splitlines() == [
        "145 cases of 1,217: a share within 5 points, with a confidence of 80 per cent.",
        "n0 = 1.2816² × 0.5 × 0.5 / 0.05² = 164.25; n = n0 / (1 + (n0 - 1) / 1217) = 145, rounded up",
        "That many have a margin of 5.00 points.",
    ]
    told = json.loads(
        asked(
            "sample", "size", "--population", "10000", "--confidence", "95", "--margin", "3", "--json"
        ).stdout
    )
    assert (told["size"], told["margin"], told["confidence"], told["population"]) == (965, 3, 95, 10_000)
    assert "965" in told["formula"]


def test_the_margin_that_a_size_has() -> None:
    answer = asked("sample", "size", "--population", "1217", "--size", "148")
    assert answer.stdout.startswith("148 cases of 1,217 show a share within 4.94 points")
    told = json.loads(asked("sample", "size", "--population", "1217", "--size", "148", "--json").stdout)
    assert (told["size"], told["margin"]) == (148, 4.94)


@pytest.mark.parametrize(
    "args",
    [
        ["--population", "0"],
        ["--population", "9", "--margin", "x"],
        ["--population", "9", "--margin", "0"],
        ["--population", "9", "--confidence", "100"],
        ["--population", "9", "--confidence", "nan"],
        ["--population", "9", "--size", "10"],
        [],
    ],
)
def test_sizes_that_make_no_sense(args: list[str]) -> None:
    refused(asked("sample", "size", *args))


def test_the_known_answers(path: Path) -> None:
    told = drawn(path, "--size", "148", "--buffer", "20", "--seed", "7")
    assert set(told) == {"strata", "officers", "shortfall"}
    assert [(s["id"], s["population"]) for s in told["strata"]] == list(KNOWN.items())
    assert [s["size"] for s in told["strata"]] == [54, 17, 40, 16, 21]
    assert [s["size_with_buffer"] for s in told["strata"]] == [66, 20, 48, 19, 25]
    assert [s["drawn"] for s in told["strata"]] == [66, 20, 48, 19, 25]
    assert sum(s["share"] for s in told["strata"]) == pytest.approx(1, abs=0.001)
    assert max(o["drawn"] for o in told["officers"]) <= 6
    assert sum(o["drawn"] for o in told["officers"]) == 178
    assert told["shortfall"] == 0
    assert "\n148 cases: 148 untouched" in asked("progress", path).stdout
    assert asked("verify", path).exit_code == 0


def test_the_same_seed_gives_the_same_cases(path: Path, listed: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(listed.read_bytes())
    found = []
    for file in (path, other):
        drawn(file, "--size", "40", "--seed", "7")
        with InspectionFile.open(file, to_write=False) as inspection_file:
            found.append(inspection_file.refs(CaseFilter()))
    assert found[0] == found[1]
    assert len(found[0]) == 40


def test_in_words_with_the_way_to_it(path: Path) -> None:
    answer = asked("sample", "draw", path, "--as", "LEAD-1", "--size", "148", "--seed", "7", "--explain")
    lines = answer.stdout.splitlines()
    assert lines[0] == "148 cases drawn with seed 7, and 0 reserve cases."
    assert "  Women: 454 / 1,217 × 148 = 55.21, rounded 55; one fewer, makes 54." in lines
    assert any(line.startswith("Women  ") for line in lines)
    assert "  Each of these cases has the same chance to be a main case: 11.9 per cent." in lines
    assert any(" on average, so " in line and "; drawn " in line for line in lines)


def test_what_cannot_be_drawn_is_said(path: Path) -> None:
    answer = asked("sample", "draw", path, "--as", "LEAD-1", "--size", "1300", "--seed", "7")
    (short,) = [line for line in answer.stdout.splitlines() if line.startswith("Short of ")]
    assert short.endswith("and 83 because the list has no more.")
    assert "84 responsible officers; at most 6 cases of one" in answer.stdout


def test_a_second_draw_has_to_be_meant(path: Path) -> None:
    drawn(path, "--size", "10")
    answer = asked("sample", "draw", path, "--as", "LEAD-1", "--size", "12")
    assert "Case supervision has its 10 cases already: with --again WHY" in refused(answer)
    drawn(path, "--size", "12", "--again", "the first was too small")
    assert "\n12 cases" in asked("progress", path).stdout


def test_a_draw_without_a_list(tmp_path: Path) -> None:
    with begun(tmp_path / "trial.db", CRC):
        pass
    at_home(tmp_path / "trial.db")
    answer = asked("sample", "draw", tmp_path / "trial.db", "--as", "LEAD-1", "--size", "12")
    assert refused(answer) == "There is no case list yet: bring it in with `fieldtool cases import`."
