"""A case in plain lines, by the lines alone: through a pipe, in a terminal that is dumb, and by single commands."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from builders.cases import CRC
from fieldtool.domain.method.case import Answer, Judgement
from journeys.program import PROGRAM, case_in, ratings, told
from journeys.terminal import Terminal


def walked(path: Path, lines: Sequence[str], *arguments: str, person: str = "INS-01") -> list[str]:
    """What `fieldtool walk` says to some lines of somebody who cannot see a screen."""
    done = subprocess.run(
        [*PROGRAM, "walk", str(path), *arguments, "--as", person],
        input="".join(f"{line}\n" for line in lines), capture_output=True, text=True, check=False,
        env={**os.environ, "TERM": "dumb"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    return done.stdout.splitlines()


def whole_case(judgement: str) -> Iterator[str]:
    """The lines that answer a whole case of unpaid work, one after the other as they are asked for."""
    for fact in CRC.facts_for("unpaid_work"):
        if fact.required:
            yield "1" if fact.choices else "text West"
    for question in CRC.standards_for("unpaid_work")[0].counted:
        yield from ("y" for _ in question.prompts)
        yield judgement
        if judgement == "n":
            yield "reason Nobody asked what was wanted."


def test_a_whole_case_by_the_lines_alone(crc: Path) -> None:
    before = ratings(crc)["3.1.1"]
    said = walked(crc, ["gender", *whole_case("n"), "complete", "quit"], "uw-01")
    assert said[0].startswith("UW-01 · Unpaid work")
    assert said[-1].endswith("Left; all is saved.")
    assert any(line.endswith("Saved: the case is complete.") for line in said)
    case = case_in(crc, "UW-01")
    assert case.complete
    assert case.answer("3.1.1.a") is Answer.YES
    assert case.judgement("3.1.4") is Judgement.NO
    assert case.reason("3.1.2") == "Nobody asked what was wanted."
    after = ratings(crc)["3.1.1"]
    assert (after["no"], after["open"]) == (before["no"] + 1, before["open"] - 1)
    percent = after["percent"]
    assert any(line.startswith(f"3.1.1: {percent} per cent, ") for line in said)
    assert told("verify", crc)


def test_what_is_asked_on_record_saved_and_how_to_go_about(crc: Path) -> None:
    lines = [
        "3.1.1.a", "perhaps", "y", "back", "", "n", "undo", "note See the letter", "note", "3.1.1", "n", "reason",
        "reason Too late", "missing", "standing", "history", "guidance", "clear", "help", "again", "9",
        "text x", "complete",
    ]  # fmt: skip
    said = walked(crc, lines, "UW-01")
    text = "\n".join(said)
    assert "3.1.1.a: Does assessment consider the service user's diversity" in text
    assert 'Nothing is called "perhaps":' in text
    assert "Saved: Answer to 3.1.1.a: yes." in text
    assert "On record: yes." in text
    assert "Undone and saved: Answer to 3.1.1." in text
    assert "A reason is due: " in text
    assert "Words are for a case fact that has no choices: nothing was changed." in text
    assert "Left; all is saved." in said[-1]
    case = case_in(crc, "UW-01")
    assert case.reason("3.1.1") == "Too late"
    assert not case.complete


def test_what_may_not_be_changed_is_said_and_nothing_is_lost(crc: Path) -> None:
    said = walked(crc, ["3.2.1.a", "n", "reopen A letter came", "3.2.1.a", "n"], "TG-02")
    assert "> Not saved: TG-02 is complete: reopen it to change it." in said
    assert case_in(crc, "TG-02").answer("3.2.1.a") is Answer.NO
    assert not case_in(crc, "TG-02").complete


def test_without_a_case_the_next_of_mine_is_taken(crc: Path) -> None:
    said = walked(crc, ["quit"])
    assert said[0].startswith("CS-005 · ")
    assert said[1] == "45 of 77 items done. Type help to hear what can be typed."


def test_in_a_dumb_terminal(crc: Path) -> None:
    with Terminal([*PROGRAM, "walk", crc, "UW-01", "--as", "INS-01"], env={"TERM": "dumb"}) as terminal:
        terminal.wait_for("Type help")
        terminal.type("3.1.1.a\r")
        terminal.wait_for("Does assessment consider")
        terminal.type("y\r")
        terminal.wait_for("Saved: Answer to 3.1.1.a: yes.")
        terminal.type("quit\r")
        assert terminal.wait_exit() == 0
    assert case_in(crc, "UW-01").answer("3.1.1.a") is Answer.YES


def test_single_commands_record_one_thing_each(crc: Path) -> None:
    me = ("--as", "INS-01")
    assert "Saved: Answer to 3.1.1.a: no." in told("answer", crc, "UW-01", "3.1.1.a", "no", *me)
    assert "A reason is due" in told("judge", crc, "UW-01", "3.1.1", "no", *me)
    assert "Saved: Reason for" in told("reason", crc, "UW-01", "3.1.1", "Nobody asked", *me)
    assert "Saved: Gender: Female." in told("fact", crc, "UW-01", "gender", "female", *me)
    assert "Saved: Note on the case." in told("note", crc, "UW-01", "A letter", *me)
    refused = subprocess.run(
        [*PROGRAM, "complete", str(crc), "UW-01", *me], capture_output=True, text=True, check=False
    )
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("UW-01 is not complete: case fact: ")
    wrong = subprocess.run(
        [*PROGRAM, "answer", str(crc), "UW-01", "3.1.1.z", "no", *me],
        capture_output=True,
        text=True,
        check=False,
    )
    assert wrong.stderr.startswith('There is no prompt "3.1.1.z": did you mean ')
    case = case_in(crc, "UW-01")
    assert (case.judgement("3.1.1"), case.reason("3.1.1"), case.note()) == (
        Judgement.NO, "Nobody asked", "A letter",
    )  # fmt: skip
    told("reopen", crc, "TG-02", "A letter came", *me)
    assert not case_in(crc, "TG-02").complete
    assert "is complete" in told("complete", crc, "TG-02", *me)


def test_my_cases_are_listed_and_everybodys(crc: Path) -> None:
    mine = told("cases", "list", crc, "--as", "INS-01").splitlines()
    assert mine[0].endswith(" cases of INS-01.")
    assert mine[1].startswith("CS-005 ")
    assert "in progress" in mine[1]
    every = told("cases", "list", crc, "--all").splitlines()
    assert len(every) > len(mine)
    assert all(line.split()[0] in told("cases", "list", crc, "--all") for line in mine[1:])
