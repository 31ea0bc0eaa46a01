"""`fieldtool progress`: by sample, inspector and place."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from builders.commands import asked, supervision, tiny
from fieldtool.domain.kinds.devices import ClockJumped
from fieldtool.domain.kinds.inspection import InspectionOpened
from fieldtool.domain.log.events import ChainId
from fieldtool.store.chain.log import Log
from fieldtool.store.file.database import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tiny(tmp_path / "tiny.db")


def test_one_line_on_top_then_the_groups(path: Path) -> None:
    answer = asked("progress", path)
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert lines[0] == "2 of 4 done."
    assert lines[1].startswith("4 cases: 1 untouched, 1 in progress, 2 complete; ")
    assert [line for line in lines if line and not line.startswith(" ")][2:] == [
        "By sample",
        "By inspector",
        "By borough",
        "By day",
        "Strata",
        "Laptops, those silent longest first",
    ]
    held = lines[lines.index("By inspector") + 1 :][:2]
    assert held[0].startswith("  INS-01, Ines One  3 cases  0 untouched  1 in progress  2 complete")
    assert held[1].startswith("  Nobody yet         1 case  1 untouched")
    assert lines[lines.index("By borough") + 3].startswith("  Not recorded")


def test_json_has_the_same_figures(path: Path) -> None:
    found = json.loads(asked("progress", path, "--json").stdout)
    assert list(found) == [
        "cases", "samples", "inspectors", "places", "clock_jumps",
        "headline", "pace", "days", "strata", "laptops",
    ]  # fmt: skip
    assert found["clock_jumps"] == []
    assert found["cases"]["cases"] == 4
    for key in ("samples", "inspectors", "places"):
        for figure in ("cases", "untouched", "in_progress", "complete", "done", "due"):
            assert sum(group[figure] for group in found[key]) == found["cases"][figure]
    assert [(place["id"], place["title"]) for place in found["places"]] == [
        ("=1+1", "=1+1"),
        ("Avon", "Avon"),
        ("", "Not recorded"),
    ]


def test_a_clock_that_jumped_is_shown_to_the_lead(path: Path) -> None:
    jump = ClockJumped(
        device="d1",
        incarnation=1,
        expected="2020-03-02T10:00:00.000+00:00",
        found="2020-03-02T12:00:00.000+00:00",
        noticed="within a session",
        steady=60.0,
    )
    with Database.open(path) as database:
        Log(database, ChainId("d1", 1), "INS-01").record("", jump)
    assert "The clock of device d1.1 went ahead by 2 hours" in asked("progress", path).stdout
    (told,) = json.loads(asked("progress", path, "--json").stdout)["clock_jumps"]
    assert (told["event"], told["seconds"], told["noticed"]) == ("d1.1.1", 7200, "within a session")


def test_99_per_cent_until_all_is_done(tmp_path: Path) -> None:
    from fieldtool.cli.progress import _done
    from fieldtool.domain.method.progress import Group

    assert _done(Group("", "", 1, 0, 1, 0, 8633, 8645)) == "8,633 of 8,645 items done (99 per cent)"
    assert _done(Group("", "", 1, 0, 0, 1, 5, 5)) == "5 of 5 items done (100 per cent)"
    assert _done(Group("", "", 0, 0, 0, 0, 0, 0)) == "0 of 0 items done"
    assert "2 cases" in asked("progress", supervision(tmp_path / "crc.db")).stdout


def dated(path: Path, days_ago: int, days: int) -> date:
    """Give an inspection dates of fieldwork: the first so many days ago, and the last so many days after it."""
    first = datetime.now().astimezone().date() - timedelta(days=days_ago)
    last = first + timedelta(days=days)
    with Database.open(path) as database:
        body = InspectionOpened(provider="P", title="T", fieldwork_from=first, fieldwork_to=last)
        Log(database, ChainId("lead-1", 1), "LEAD-1").record("", body)
    return last


def test_the_pace_is_that_of_today(path: Path) -> None:
    last = dated(path, 60, 30)
    found = json.loads(asked("progress", path, "--json").stdout)
    assert found["pace"]["today"] == str(datetime.now().astimezone().date())
    assert (found["pace"]["fieldwork_to"], found["pace"]["days_left"], found["pace"]["short"]) == (
        str(last),
        0,
        2,
    )
    assert (found["pace"]["done"], found["pace"]["due"], found["pace"]["per_day"]) == (2, 4, 0)
    assert found["headline"].startswith("2 of 4 done; fieldwork ended ")
    assert found["headline"].endswith(" with 2 open.")
    assert [day["needed"] for day in found["days"] if day["needed"]][-1] == 4
    assert found["days"][-1]["done"] == 2
    assert found["days"][-1]["completed"] == 2


def test_what_is_needed_a_day_is_said_of_each_group(path: Path) -> None:
    dated(path, -7, 13)
    found = json.loads(asked("progress", path, "--json").stdout)
    assert found["headline"].startswith("2 of 4 done; fieldwork begins ")
    assert found["headline"].endswith(" 0.2 a day are needed.")
    assert [group["needed_per_day"] for group in found["inspectors"]] == [0.1, 0.1]
    assert "0.1 needed" in asked("progress", path).stdout


def test_strata_and_laptops_are_in_both(path: Path) -> None:
    found = json.loads(asked("progress", path, "--json").stdout)
    (stratum,) = found["strata"]
    assert stratum["sample"] == "branch"
    assert (stratum["drawn"], stratum["done"], stratum["target"], stratum["fair"]) == (4, 2, None, True)
    assert "4 in the sample  2 done, its share 2  fair" in asked("progress", path).stdout
    assert {laptop["person"] for laptop in found["laptops"]} == {"LEAD-1", "INS-01"}
    assert {laptop["unsent"] for laptop in found["laptops"]} == {None}
    assert found["samples"][0]["minutes"] == 0


def test_the_sample_inspection_is_over(tmp_path: Path) -> None:
    copy = tmp_path / "hiow.db"
    shutil.copyfile(Path(__file__).parents[2] / "sample_db" / "hiow_2020.db", copy)
    lines = asked("progress", copy).stdout.splitlines()
    assert lines[0] == "158 of 159 done; fieldwork ended Friday 13 March 2020 with 1 open."
    assert "  Wed 2020-03-11  32 completed  129 done  128 needed" in lines
