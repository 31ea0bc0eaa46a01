"""`fieldtool progress`: by sample, inspector and place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.inspections import asked, supervision, tiny
from fieldtool.domain.devices import ClockJumped
from fieldtool.store.database import Database
from fieldtool.store.log import Device, Log


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tiny(tmp_path / "tiny.db")


def test_one_line_on_top_then_the_groups(path: Path) -> None:
    answer = asked("progress", path)
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert lines[0].startswith("4 cases: 1 untouched, 1 in progress, 2 complete; ")
    assert [line for line in lines if line and not line.startswith(" ")][1:] == [
        "By sample",
        "By inspector",
        "By borough",
    ]
    held = lines[lines.index("By inspector") + 1 :][:2]
    assert held[0].startswith("  INS-01, Ines One  3 cases  0 untouched  1 in progress  2 complete")
    assert held[1].startswith("  Nobody yet         1 case  1 untouched")
    assert lines[-1].startswith("  Not recorded")


def test_json_has_the_same_figures(path: Path) -> None:
    found = json.loads(asked("progress", path, "--json").stdout)
    assert list(found) == ["cases", "samples", "inspectors", "places", "clock_jumps"]
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
        Log(database, Device("d1", 1), "INS-01").record("", jump)
    assert "The clock of device d1.1 went ahead by 2 hours" in asked("progress", path).stdout
    (told,) = json.loads(asked("progress", path, "--json").stdout)["clock_jumps"]
    assert (told["event"], told["seconds"], told["noticed"]) == ("d1.1.1", 7200, "within a session")


def test_99_per_cent_until_all_is_done(tmp_path: Path) -> None:
    from fieldtool.cli.progress import Group, _done

    assert _done(Group("", "", 1, 0, 1, 0, 8633, 8645)) == "8,633 of 8,645 items done (99 per cent)"
    assert _done(Group("", "", 1, 0, 0, 1, 5, 5)) == "5 of 5 items done (100 per cent)"
    assert _done(Group("", "", 0, 0, 0, 0, 0, 0)) == "0 of 0 items done"
    assert "2 cases" in asked("progress", supervision(tmp_path / "crc.db")).stdout
