"""The sample as it is shipped: the builder makes it again, and the program reads the published figures off it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from fieldtool.store.file.database import Database
from fieldtool.work.demo import sample_file
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from sample_db.build import build

REFERENCE = Path(__file__).parent.parent / "reference"


def published(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(*words: str) -> Any:  # noqa: ANN401  # whatever is in the JSON
    """What a command says of the sample as JSON."""
    command = [sys.executable, "-m", "fieldtool", *words, str(sample_file()), "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


@pytest.fixture(scope="module")
def ratings() -> dict[str, Any]:
    """What `fieldtool ratings --json` says of the sample."""
    found: dict[str, Any] = told("ratings")
    return found


@pytest.fixture(scope="module")
def questions(ratings: dict[str, Any]) -> dict[str, Any]:
    return {q["id"]: q for standard in ratings["standards"] for q in standard["key_questions"]}


def test_the_builder_makes_the_shipped_database_again(tmp_path: Path) -> None:
    build(tmp_path / "again.db")
    with (
        Database.open_read_only(sample_file()) as shipped,
        Database.open_read_only(tmp_path / "again.db") as new,
    ):
        everything = "SELECT * FROM event ORDER BY device, incarnation, seq"
        assert shipped.rows(everything) == new.rows(everything)
        assert shipped.rows("SELECT sql FROM sqlite_schema") == new.rows("SELECT sql FROM sqlite_schema")


def test_nothing_is_wrong_with_it() -> None:
    with InspectionFile.open(sample_file(), to_write=False) as inspection_file:
        assert list(Inspection(inspection_file).findings()) == []


@pytest.mark.parametrize("row", published("hiow_2020_key_questions.csv"), ids=lambda row: row["key_question"])
def test_every_key_question_is_as_published(row: dict[str, str], questions: dict[str, Any]) -> None:
    if not row["current_percent"]:
        assert row["key_question"] not in questions
    else:
        assert questions[row["key_question"]]["percent"] == int(row["current_percent"])


def test_every_prompt_is_as_published() -> None:
    with InspectionFile.open(sample_file(), to_write=False) as inspection_file:
        inspection = Inspection(inspection_file)
        for counts in (inspection.counts(), inspection.counts(complete_only=True)):
            for row in published("hiow_2020_prompts.csv"):
                if row["current_percent"]:
                    assert counts[row["prompt"]].percent == int(row["current_percent"]), row["prompt"]


def test_provisional_ratings_are_as_published(ratings: dict[str, Any]) -> None:
    found = {standard["id"]: standard["provisional"] or "not rated" for standard in ratings["standards"]}
    assert found == {row["standard"]: row["current_rating"] for row in published("hiow_2020_standards.csv")}


def test_what_is_rated_is_settled(ratings: dict[str, Any]) -> None:
    assert all(standard["settled"] for standard in ratings["standards"] if standard["provisional"])


def test_there_is_no_overall_rating_and_the_reason_is_said(ratings: dict[str, Any]) -> None:
    assert ratings["overall"] == {
        "score": None,
        "rating": None,
        "reason": (
            "No overall rating: 1.1 Leadership, 1.2 Staff, 1.3 Services and 1.4 Information and facilities "
            "have no rating (the third week of fieldwork was cancelled)."
        ),
    }


def test_numbers_behind_the_percentages(questions: dict[str, Any]) -> None:
    assert (questions["2.2.3"]["yes"], questions["2.2.3"]["no"]) == (34, 47)
    assert [questions[q]["yes"] for q in ("3.1.1", "3.1.2", "3.1.4")] == [26, 28, 27]
    assert {questions[q]["open"] for q in ("3.1.1", "3.1.2", "3.1.4")} == {1}


@pytest.mark.parametrize("row", published("hiow_2020_key_questions.csv"), ids=lambda row: row["key_question"])
def test_every_key_question_stands_beside_what_was_published(
    row: dict[str, str], questions: dict[str, Any]
) -> None:
    for whose, column in (("previous", "previous_percent"), ("comparison", "all_crcs_percent")):
        if row[column]:
            said = questions[row["key_question"]][whose]
            assert said["percent"] == int(row[column])
            assert said["points"] == int(row["current_percent"]) - int(row[column])


def test_the_agenda_and_what_the_officers_said_can_be_had() -> None:
    items = told("agenda", "list")["items"]
    states = Counter(item["state"] for item in items)
    assert states == {"done": 30, "cancelled": 13}
    assert all(item["why"] for item in items if item["state"] == "cancelled")
    (form,) = told("agenda", "counts")["forms"]
    assert form["questions"][0]["of"] == 15
    workload = {answer["id"]: answer["percent"] for answer in form["questions"][0]["answers"]}
    assert workload == {"yes": 20, "partly": 27, "no": 53, "cannot_say": None}


def test_the_agenda_is_among_the_tables(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fieldtool", "export", str(sample_file()), "--to", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    rows = {
        name: list(csv.DictReader((tmp_path / f"{name}.csv").read_text(encoding="utf-8-sig").splitlines()))
        for name in ("agenda", "evidence", "interviews", "key_questions")
    }
    assert Counter(row["state"] for row in rows["agenda"]) == {"done": 30, "cancelled": 13}
    assert {row["standard"] for row in rows["evidence"]} == {"1.1", "1.2", "1.3", "1.4", "3.1"}
    assert len(rows["interviews"]) == 40
    assert {row["previous_percent"] for row in rows["key_questions"]} > {"79", "49"}
