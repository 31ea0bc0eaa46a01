"""`fieldtool agenda`: planned, done, cancelled, noted, answered and counted by commands, and exported."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from builders.commands import ANSI_BOMB, asked, at_home, refused, supervision, tiny
from fieldtool.cli.main import cli


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An inspection with two interviews of officers, a focus group and a meeting in its third week."""
    path = at_home(supervision(tmp_path / "crc.db"))
    for id, kind, day in (
        ("RO-1", "officer", "2/3/2020"),
        ("RO-2", "officer", "16/3/2020"),
        ("FG-1", "focus-group", "16/3/2020"),
        ("MT-1", "meeting", "18/3/2020"),
    ):
        told = ("--with", "those who do the work", "--place", "Hub", "--goes", "ins-01", "--time", "9.30")
        done("add", path, kind, "--day", day, "--id", id, *told)
    return path


def done(command: str, path: Path, *args: str, who: str = "LEAD-1") -> str:
    answer = asked("agenda", command, path, *args, "--as", who)
    assert answer.exit_code == 0, answer.stderr
    return answer.stdout


def listed(path: Path, *args: str) -> list[dict[str, Any]]:
    answer = asked("agenda", "list", path, *args, "--json")
    assert answer.exit_code == 0, answer.stderr
    found: list[dict[str, Any]] = json.loads(answer.stdout)["items"]
    return found


def test_the_agenda_by_day(path: Path) -> None:
    done("done", path, "RO-1", who="INS-01")
    done("note", path, "RO-1", "They have time.", "--on", "1.2.1", who="INS-01")
    lines = asked("agenda", "list", path).stdout.splitlines()
    assert lines[:5] == [
        "4 items: 1 done and 3 planned",
        "",
        "Mon 2 Mar 2020",
        "  RO-1  09:30  Officer interview  done     1 note  those who do the work, Hub, INS-01",
        "",
    ]
    assert [item["id"] for item in listed(path, "--day", "16/3/2020")] == ["FG-1", "RO-2"]
    assert listed(path)[0] == {
        "id": "RO-1",
        "kind": "officer_interview",
        "day": "2020-03-02",
        "time": "09:30",
        "place": "Hub",
        "with": "those who do the work",
        "goes": ["INS-01"],
        "state": "done",
        "why": "",
        "notes": 1,
        "answers": 0,
    }


def test_one_command_cancels_a_week(path: Path) -> None:
    done("done", path, "FG-1")
    said = done("cancel", path, "--from", "16/3/2020", "--because", "fieldwork was stopped")
    assert said == "2 items cancelled: RO-2, MT-1.\n"
    assert [(item["id"], item["state"], item["why"]) for item in listed(path)] == [
        ("RO-1", "planned", ""),
        ("FG-1", "done", ""),
        ("RO-2", "cancelled", "fieldwork was stopped"),
        ("MT-1", "cancelled", "fieldwork was stopped"),
    ]
    assert "      because: fieldwork was stopped" in asked("agenda", "list", path).stdout.splitlines()
    assert done("again", path, "MT-1") == "1 item planned again.\n"
    assert done("cancel", path, "--day", "18/3/2020", "--because", "snow") == "1 item cancelled: MT-1.\n"


def test_what_is_not_named_stays_as_it_is(path: Path) -> None:
    assert (
        done("change", path, "MT-1", "--day", "5/3/2020", "--place", "")
        == "MT-1: meeting, Thu 5 Mar 2020, 09:30.\n"
    )
    (moved,) = listed(path, "--day", "5/3/2020")
    assert (moved["place"], moved["with"], moved["goes"]) == ("", "those who do the work", ["INS-01"])


def test_notes_and_answers_of_one_item(path: Path) -> None:
    done("note", path, "RO-1", f"They say so.\n{ANSI_BOMB}", "--on", "1.2.1", who="INS-01")
    typed = CliRunner().invoke(
        cli, ["agenda", "note", str(path), "RO-1", "--on", "1.1", "--as", "LEAD-1"], input="From a file.\n"
    )
    assert (typed.exit_code, typed.stdout) == (0, "Note on 1.1 kept.\n")
    assert (
        done("answer", path, "RO-1", "workload=no", "prepared=yes", who="INS-01") == "2 answers recorded.\n"
    )
    done("answer", path, "RO-1", "prepared=")
    said = asked("agenda", "show", path, "RO-1").stdout
    assert "\x1b" not in said
    lines = said.splitlines()
    assert lines[:5] == [
        "RO-1: officer interview, Mon 2 Mar 2020, 09:30",
        "Where: Hub",
        "With: those who do the work",
        "Goes: INS-01",
        "State: planned",
    ]
    assert lines[lines.index("  LEAD-1: From a file.") - 1] == "1.1 Leadership"
    assert "  INS-01: They say so." in lines
    answered = next(place for place, line in enumerate(lines) if line.startswith("  workload:"))
    assert lines[answered + 1] == "    No"
    assert "    not answered (yes, partly, no, cannot_say)" in lines


def test_answers_are_counted_in_per_cent(path: Path) -> None:
    done("answer", path, "RO-1", "workload=no", "prepared=cannot_say")
    done("answer", path, "RO-2", "workload=partly")
    form = json.loads(asked("agenda", "counts", path, "--json").stdout)["forms"][0]
    workload = form["questions"][0]
    assert (form["id"], workload["of"], workload["open"]) == ("officers", 2, 0)
    assert [(each["id"], each["n"], each["percent"]) for each in workload["answers"]] == [
        ("yes", 0, 0),
        ("partly", 1, 50),
        ("no", 1, 50),
        ("cannot_say", 0, None),
    ]
    lines = asked("agenda", "counts", path).stdout.splitlines()
    assert lines[0] == "Responsible officers on their work: 2 interviews"
    assert lines[4:8] == [
        "  Partly      50%  1 of 2",
        "  No          50%  1 of 2",
        "  Cannot say       0",
        "",
    ]
    done("cancel", path, "RO-2", "--because", "ill")
    assert asked("agenda", "counts", path).stdout.startswith(
        "Responsible officers on their work: 1 interview\n"
    )


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (
            ["cancel", "--because", "x"],
            "Say what to cancel: items by their ids, or --day DAY, or --from DAY.",
        ),
        (["cancel", "MT-1", "--day", "2/3/2020", "--because", "x"], "Say what to cancel"),
        (["cancel", "MT-1", "--because", " "], "Say why it is cancelled."),
        (["cancel", "MT-1"], "--because"),
        (["done", "MT-2"], "There is no item MT-2 on the agenda: did you mean"),
        (["add", "meeting", "--day", "31/2/2020"], '"31/2/2020" is not a valid date'),
        (["add", "interview", "--day", "1/2/2020"], "officer"),
        (
            ["answer", "RO-1", "workload"],
            '"workload" is not an answer: write QUESTION=ANSWER, as workload=no.',
        ),
        (["note", "RO-1", "x", "--on", "9"], "There is no standard or key question 9"),
    ],
)
def test_what_is_refused_is_one_sentence(path: Path, args: list[str], words: str) -> None:
    command, *rest = args
    assert words in refused(asked("agenda", command, path, *rest, "--as", "LEAD-1"))
    assert {item["state"] for item in listed(path)} == {"planned"}


def test_only_the_lead_cancels(path: Path) -> None:
    answer = asked("agenda", "cancel", path, "RO-1", "--because", "x", "--as", "INS-01")
    assert refused(answer) == "This is for the lead inspector to do, who is LEAD-1."


def test_an_inspection_without_a_form_says_so(tmp_path: Path) -> None:
    path = at_home(tiny(tmp_path / "tiny.db"))
    assert asked("agenda", "list", path).stdout == "Nothing is on the agenda.\n"
    assert (
        asked("agenda", "counts", path).stdout == "The framework of this inspection has no interview form.\n"
    )
    assert json.loads(asked("agenda", "counts", path, "--json").stdout) == {"forms": []}
    done("add", path, "officer", "--day", "2/3/2020", "--id", "RO-1")
    answer = asked("agenda", "answer", path, "RO-1", "workload=no", "--as", "LEAD-1")
    assert "has no interview form for RO-1" in refused(answer)


def exported(path: Path, folder: Path, *args: str) -> dict[str, list[dict[str, str]]]:
    answer = asked("export", path, "--to", folder, *args)
    assert answer.exit_code == 0, answer.stderr
    found = {}
    for name in ("agenda", "evidence", "interviews"):
        with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            found[name] = [*csv.DictReader(file)]
    return found


def test_what_is_exported(path: Path, tmp_path: Path) -> None:
    done("note", path, "FG-1", "=SECRET words", "--on", "2.1", who="INS-01")
    done("note", path, "FG-1", "More words", "--on", "1.2.1", who="INS-01")
    done("answer", path, "RO-1", "workload=no")
    done("cancel", path, "MT-1", "RO-2", "--because", "stopped")
    without = exported(path, tmp_path / "without")
    assert [(row["item"], row["state"], row["why"], row["notes"]) for row in without["agenda"]] == [
        ("RO-1", "planned", "", "0"),
        ("FG-1", "planned", "", "2"),
        ("RO-2", "cancelled", "stopped", "0"),
        ("MT-1", "cancelled", "stopped", "0"),
    ]
    assert [(row["standard"], row["key_question"], row["who"]) for row in without["evidence"]] == [
        ("1.2", "1.2.1", "INS-01"),
        ("2.1", "", "INS-01"),
    ]
    workload = [row for row in without["interviews"] if row["question"] == "workload"]
    assert [(row["answer"], row["percent"], row["n"], row["of"]) for row in workload] == [
        ("Yes", "0", "0", "1"),
        ("Partly", "0", "0", "1"),
        ("No", "100", "1", "1"),
        ("Cannot say", "", "0", ""),
    ]
    whole = "".join(file.read_text(encoding="utf-8-sig") for file in (tmp_path / "without").iterdir())
    assert "words" not in whole
    with_notes = exported(path, tmp_path / "with", "--with-notes")
    assert [row["note"] for row in with_notes["evidence"]] == ["More words", "'=SECRET words"]
