"""`fieldtool replace`, and the days of `fieldtool assign`: on a drawn sample, as a lead types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builders.commands import asked, at_home, refused
from builders.populations import SAMPLE, leading, population
from fieldtool.work.lead import draws, list_import


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of the list of 120, 24 are drawn and 5 stand by; nobody holds any."""
    with leading(tmp_path / "trial.db") as lead:
        list_import.propose(lead, SAMPLE, population(120)).carry_out()
        draws.propose(lead, SAMPLE, 24, buffer=20, seed=5).carry_out()
    return at_home(tmp_path / "trial.db")


def done(*args: str | Path) -> str:
    answer = asked(*args, "--as", "LEAD-1")
    assert answer.exit_code == 0, answer.stderr
    return answer.stdout


def data(*args: str | Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done(*args))
    return found


def there(path: Path) -> dict[str, dict[str, str]]:
    answer = asked("assign", path, "--list", "--json")
    assert answer.exit_code == 0
    return {each["ref"]: each for each in json.loads(answer.stdout)}


def replacing(path: Path, *more: str) -> tuple[str, dict[str, Any]]:
    """A case for which a reserve case stands by, and what replacing it would do."""
    for ref in there(path):
        answer = asked(
            "replace", path, ref, "--criterion", "no_file", "--because", "lost", "--dry-run", "--json",
            "--as", "LEAD-1", *more,
        )  # fmt: skip
        if answer.exit_code == 0:
            return ref, json.loads(answer.stdout)
    raise AssertionError("no case with a reserve case")


def test_cases_are_shared_out_by_hub_and_day(path: Path) -> None:
    said = done("assign", path, "--by-day", "--dry-run").splitlines()
    assert said[:4] == [
        "24 cases would be shared out",
        "  INS-01  Ines One  8 cases",
        "  INS-02  No 2      8 cases",
        "  INS-03  No 3      8 cases",
    ]
    assert said[5] == "Days for 24 cases"
    assert said[6:8] == ["  Mon 2 Mar 2020   3 cases", "  Tue 3 Mar 2020   3 cases"]
    assert not any(each["holder"] or each["day"] for each in there(path).values())
    found = data("assign", path, "--by-day", "--days", "2020-03-04", "--days", "2020-03-05", "--json")
    assert (found["done"], found["left"]) == (True, [])
    assert sorted(found["days"].values()) == ["2020-03-04"] * 12 + ["2020-03-05"] * 12
    assert {ref: each["day"] for ref, each in there(path).items()} == found["days"]
    assert {ref: each["holder"] for ref, each in there(path).items()} == found["holders"]
    first = asked("assign", path, "--list").stdout.splitlines()[0].split()
    assert first[:2] == ["INS-01", "2020-03-04"]


def test_a_day_by_hand(path: Path) -> None:
    ref = next(iter(there(path)))
    said = done("assign", path, ref, "--to", "INS-02", "--on", "2020-03-04")
    assert said == "INS-02 gets 1 case.\n1 case planned for Wed 4 Mar 2020 now.\n"
    assert (there(path)[ref]["holder"], there(path)[ref]["day"]) == ("INS-02", "2020-03-04")
    assert done("assign", path, ref, "--on", "none") == "1 case planned for no day now.\n"
    assert there(path)[ref]["day"] is None


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["X1", "--on", "4.13.2020"], '"4.13.2020" is not a valid date: write it as 23/03/2026.'),
        (["--by-day", "--days", "1900-01-01"], "1900-01-01 is not within the fieldwork, 2020-03-02 to"),
        (["--by-day", "--evenly"], "Say one of --to PERSON, --back, --evenly, --by-day and --on DAY"),
        (["X1", "--to", "INS-01", "--days", "2020-03-04"], "--days goes with --by-day"),
        (["--by-day", "X1"], "--by-day shares out all cases that nobody holds: name none, or use --to."),
    ],
)
def test_what_cannot_be_planned(path: Path, args: list[str], words: str) -> None:
    assert words in refused(asked("assign", path, *args, "--as", "LEAD-1"))
    assert not any(each["holder"] or each["day"] for each in there(path).values())


def test_nobody_gets_a_case_whose_day_is_refused(path: Path) -> None:
    ref = next(iter(there(path)))
    words = ("assign", path, ref, "--to", "INS-02", "--on")
    assert "2021-03-04 is not within the fieldwork" in refused(asked(*words, "4/3/2021", "--as", "LEAD-1"))
    assert there(path)[ref]["holder"] is None
    done(*words, "4/3/2020")
    assert there(path)[ref]["day"] == "2020-03-04"
    # Who holds it may hand it on, but plans no day for it.
    handed = asked("assign", path, ref, "--to", "INS-03", "--on", "none", "--as", "INS-02")
    assert refused(handed) == "This is for the lead inspector to do, who is LEAD-1."
    assert there(path)[ref]["holder"] == "INS-02"


def test_a_case_is_replaced(path: Path) -> None:
    assert asked("replace", path, "--list").stdout == "No case has dropped out.\n"
    ref, proposed = replacing(path)
    assert proposed["done"] is False
    assert ref in there(path)
    comes = proposed["replaced_by"]
    args = ("replace", path, ref, "--criterion", "no_file", "--because", "lost in the move")
    assert done(*args, "--dry-run").splitlines()[-1] == "Nothing was done yet."
    said = done(*args).splitlines()
    assert said[0] == f"{ref} drops out of Case supervision. Case file not available: lost in the move."
    assert said[1].startswith(f"{comes} comes for it, the next reserve case of ")
    assert comes in there(path)
    assert ref not in there(path)
    head, row = asked("replace", path, "--list").stdout.splitlines()
    assert head.split() == ["Case", "came", "for", "it", "by", "when", "why"]
    assert row.startswith(f"{ref}  {comes}")
    assert row.endswith("Case file not available: lost in the move")
    (listed,) = json.loads(asked("replace", path, "--list", "--json").stdout)
    assert (listed["case"], listed["replaced_by"], listed["criterion"]) == (ref, comes, "no_file")
    assert done("replace", path, ref, "--bring-back").startswith(f"{ref} is in the sample again")
    assert ref in there(path)


def test_a_case_without_reserve(path: Path) -> None:
    ref, args = "", ("--criterion", "no_file", "--because", "lost")
    for ref in there(path):
        if asked("replace", path, ref, *args, "--dry-run", "--as", "LEAD-1").exit_code:
            break
        done("replace", path, ref, *args)
    said = refused(asked("replace", path, ref, *args, "--as", "LEAD-1"))
    assert said.startswith("No reserve case of ")
    assert f"with --without-reserve, {ref} drops out all the same" in said
    before = there(path)
    assert "The sample is one case short then." in done("replace", path, ref, *args, "--without-reserve")
    assert there(path).keys() == before.keys() - {ref}


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([], "Say which case drops out, by its reference, or --list."),
        (["X1"], "Say --criterion, one of transferred, deceased, ended_early, wrong_sample,"),
        (["X9999", "--criterion", "deceased", "--because", "x"], "There is no case X9999 in this inspection"),
        (
            ["X9999", "--criterion", "gone", "--because", "x"],
            'There is no criterion "gone": there are transferred',
        ),
        (
            ["X9999", "--bring-back", "--dry-run"],
            "--bring-back does what it says at once: name the case alone with it.",
        ),
        (["X9999", "--bring-back"], "X9999 is not among the cases that dropped out."),
    ],
)
def test_what_cannot_be_replaced(path: Path, args: list[str], words: str) -> None:
    before = there(path)
    assert words in refused(asked("replace", path, *args, "--as", "LEAD-1"))
    assert there(path) == before


def test_only_a_lead_replaces(path: Path) -> None:
    ref = next(iter(there(path)))
    answer = asked("replace", path, ref, "--criterion", "deceased", "--because", "x", "--as", "INS-01")
    assert refused(answer) == "This is for the lead inspector to do, who is LEAD-1."
