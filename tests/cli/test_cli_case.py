"""`fieldtool case`: everything about one case, as lines that a screen reader can follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.commands import asked, refused, supervision, tiny
from fieldtool.domain.kinds.assessment import AnswerGiven
from fieldtool.domain.log.events import ChainId
from fieldtool.domain.method.case import Answer
from fieldtool.store.chain.log import Log
from fieldtool.store.file.database import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tiny(tmp_path / "tiny.db")


def lines(*args: str | Path) -> list[str]:
    answer = asked("case", *args)
    assert answer.exit_code == 0, answer.stderr
    return answer.stdout.splitlines()


def test_a_complete_case(path: Path) -> None:
    found = lines(path, "B-02")
    assert found[:7] == [
        "Case B-02: Branch library, complete, held by INS-01 (Ines One).",
        "7 of 7 items done.",
        "Note on the case: -a case note",
        "",
        "Facts",
        "  Borough: =1+1",
        "  Stock: Tools to borrow",
    ]
    assert "    [N] Qax Are the doors closed softly?" in found
    assert '        Note: =HYPERLINK("x") | <b>' in found
    assert "    [N] Judgement of Qa: no" in found
    assert "        Reason: @a reason" in found
    assert "    [-] Lay Are the saws sharp?" in found
    assert "    [Y] Judgement of La: yes" in found
    assert "    Judged in words for the inspection as a whole: nothing is due here." in found
    assert "Missing: nothing" in found
    assert (
        "    [ ] Qay Are records heard through headphones alone? (not applicable: Stock is Tools to borrow)"
        in found
    )


def test_a_case_that_was_begun(path: Path) -> None:
    found = lines(path, "B-03")
    missing = found.index("Missing: 5 items")
    assert found[missing + 1 : missing + 6] == [
        "  answer to Qax",
        "  answer to Qay",
        "  judgement of Qb",
        "  answer to Lax",
        "  judgement of La",
    ]
    assert "    [ ] Judgement of Qb: not made yet" in found
    assert found[-2:] == [
        "Being written, and safe on the disk, but not part of the record yet",
        "  note on Qb: half a thou",
    ]


def test_what_could_steer_a_terminal_is_taken_out(path: Path) -> None:
    found = lines(path, "B-03")
    assert (
        "        Note: \N{REPLACEMENT CHARACTER}[2Jgone\N{REPLACEMENT CHARACTER} and  a second line txet"
        in found
    )


def test_an_untouched_case(path: Path) -> None:
    found = lines(path, "B-04")
    assert found[0] == "Case B-04: Branch library, untouched, held by nobody yet."
    assert "  Borough: not recorded" in found
    assert "  Stock: not recorded (need not be)" in found


def test_what_a_fact_has_closed_is_said_and_kept(tmp_path: Path) -> None:
    found = lines(supervision(tmp_path / "crc.db"), "CS-1")
    closed = "Risk of serious harm: as the inspector judges it is Low"
    assert f"    Not applicable: {closed}." in found
    assert "    [Y] Judgement of 2.2.3: yes (kept, but not counted)" in found
    assert "    [ ] Judgement of 2.3.3: closed" in found


def test_two_people_who_did_not_know_of_each_other(path: Path) -> None:
    with Database.open(path) as database:
        stranger = Log(database, ChainId("elsewhere", 1), "INS-02")
        event = stranger.record("B-01", AnswerGiven(prompt="Qax", answer=Answer.NO))[0]
        said = event.text.replace('"no"', '"yes"')
        alone = event._replace(id=event.id._replace(device="yonder"), parents=(), text=said)
        alone = alone._replace(hash=alone.chained(bytes(32)))
        stranger.receive([alone])
    found = lines(path, "B-01")
    place = found.index("Recorded by two people who did not know of each other; the latest is shown")
    assert found[place + 1] == "  answer to Qax"


def test_an_oddity(tmp_path: Path) -> None:
    path = supervision(tmp_path / "crc.db")
    with Database.open(path) as database:
        log = Log(database, ChainId("odd", 1), "INS-01")
        log.record("CS-2", *(AnswerGiven(prompt=f"2.2.3.{letter}", answer=Answer.NO) for letter in "abc"))
    found = lines(path, "CS-2")
    assert found[found.index("Looks odd") + 1].startswith("  2.2.3 is judged yes over 3 prompts answered no")


def test_an_unknown_case(path: Path) -> None:
    assert refused(asked("case", path, "B-99")).startswith("There is no case B-99")
