"""`fieldtool ratings`: its lines, its JSON, and where its figures come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builders.commands import asked, supervision, tiny
from builders.recount import tally
from fieldtool.domain.method import rating
from fieldtool.domain.method.tally import Count
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tiny(tmp_path / "tiny.db")


def data(*args: str | Path) -> Any:  # noqa: ANN401
    answer = asked("ratings", *args, "--json")
    assert answer.exit_code == 0, answer.stderr
    return json.loads(answer.stdout)


def test_the_lines_say_the_rating_its_reason_and_what_is_possible(path: Path) -> None:
    answer = asked("ratings", path)
    assert answer.exit_code == 0
    assert answer.stdout.splitlines() == [
        "Trial, Provider",
        "Provisional ratings over all 4 cases, 2 of them complete.",
        "",
        "Q Quiet: Fair, settled.",
        "  Lowest: 67 per cent, Qa Is it quiet?",
        "  Professional discretion is possible: one case judged the other way would change the band of Qa.",
        "  Qa   67 per cent  2 of 3  Fair      1 open  Is it quiet?",
        "  Qb  100 per cent  2 of 2  Splendid  2 open  Do staff speak in low voices?",
        "",
        "L Lending: Splendid so far, and still possible: Poor, Fair or Splendid.",
        "  Lowest: 100 per cent, La Is more than books lent well?",
        "  Professional discretion is possible: one case judged the other way would change the band of La.",
        "  La  100 per cent  1 of 1  Splendid  2 open  Is more than books lent well?",
        "  Lb  judged in words for the inspection as a whole: "
        "Does the library feel like a place to come back to?",
        "",
        "Overall: To stay open, 13 of 18 points over 2 standards.",
    ]


def test_json_has_the_agreed_keys_in_the_agreed_order(path: Path) -> None:
    found = data(path)
    assert list(found) == ["standards", "overall", "compared_with"]
    assert list(found["overall"]) == ["score", "rating", "reason"]
    for standard in found["standards"]:
        assert list(standard)[:5] == ["id", "title", "provisional", "settled", "key_questions"]
        for question in standard["key_questions"]:
            assert list(question)[:6] == ["id", "yes", "no", "open", "percent", "band"]
    quiet, lending = found["standards"]
    assert (quiet["id"], quiet["title"], quiet["provisional"], quiet["settled"]) == (
        "Q",
        "Quiet",
        "Fair",
        True,
    )
    first = {key: quiet["key_questions"][0][key] for key in ("id", "yes", "no", "open", "percent", "band")}
    assert first == {"id": "Qa", "yes": 2, "no": 1, "open": 1, "percent": 67, "band": "Fair"}
    assert lending["settled"] is False
    assert lending["possible"] == ["Poor", "Fair", "Splendid"]
    assert found["overall"] == {
        "score": 13,
        "rating": "To stay open",
        "reason": "13 of 18 points over 2 standards.",
    }


def test_complete_only_counts_complete_cases_alone(path: Path) -> None:
    quiet = data(path, "--complete-only")["standards"][0]["key_questions"][0]
    # The two others are open in this scope, whatever is answered in them: they can still change it.
    assert (quiet["yes"], quiet["no"], quiet["open"], quiet["percent"]) == (1, 1, 2, 50)
    lines = asked("ratings", path, "--complete-only").stdout.splitlines()
    assert lines[1] == "Provisional ratings over the complete cases alone: 2 of 4."


def test_nothing_judged_is_null_and_said_so(tmp_path: Path) -> None:
    path = supervision(tmp_path / "crc.db")
    found = data(path)
    assert found["overall"]["score"] is None
    assert found["overall"]["rating"] is None
    assert "1.1 Leadership" in found["overall"]["reason"]
    by_id = {standard["id"]: standard for standard in found["standards"]}
    assert by_id["1.1"]["provisional"] is None
    assert by_id["1.1"]["key_questions"] == []
    assert by_id["1.1"]["left_unrated"] == "fieldwork was cut short"
    assert by_id["2.1"]["provisional"] is None
    assert by_id["2.1"]["settled"] is False
    assert by_id["2.1"]["key_questions"][0]["percent"] is None
    assert by_id["2.1"]["key_questions"][0]["band"] is None
    planning = {question["id"]: question for question in by_id["2.2"]["key_questions"]}
    assert (planning["2.2.3"]["yes"], planning["2.2.3"]["not_applicable"]) == (1, 1)
    lines = asked("ratings", path).stdout
    assert "1.1 Leadership: judged as a whole, without percentages." in lines
    assert "Left unrated: fieldwork was cut short." in lines
    assert "2.1 Assessment: no rating yet, no case is judged." in lines
    assert "no per cent  0 of 0  no band yet  2 open" in lines
    assert "No overall rating: 1.1 Leadership" in lines


@pytest.mark.parametrize("complete_only", [False, True])
def test_the_figures_equal_a_plain_recount(path: Path, complete_only: bool) -> None:
    with InspectionFile.open(path, to_write=False) as file:
        inspection = Inspection(file)
        every = tally(inspection.framework, inspection.cases())
        counts = every
        if complete_only:
            complete = tally(inspection.framework, inspection.cases(complete_only=True))
            counts = {item: complete.get(item, Count()).among(every[item]) for item in every}
        expected = rating.standings(inspection.framework, counts)
    found = data(path, *(["--complete-only"] if complete_only else []))["standards"]
    for standing, said in zip(expected, found, strict=True):
        assert said["provisional"] == (standing.provisional.title if standing.provisional else None)
        for question, told in zip(standing.key_questions, said["key_questions"], strict=True):
            assert (told["yes"], told["no"], told["open"]) == (
                question.count.yes,
                question.count.no,
                question.count.open,
            )
            assert told["percent"] == question.percent
