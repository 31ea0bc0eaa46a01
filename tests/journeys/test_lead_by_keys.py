"""A lead's way by keys alone in one small terminal: import, draw, explain, share out, watch, replace, hand over."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from builders.populations import draw_of
from fieldtool.domain.method.case_line import CaseFilter
from fieldtool.store.views.assignments import planned_days
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead import replacements
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.share_out import working_days
from journeys.desk import add_person, back_to_desk, look_at_list, open_desk, type_figure, type_reason
from journeys.program import PROGRAM, leave, told
from journeys.terminal import Terminal

KNOWN = {
    "women": 454,
    "men_community_low": 138,
    "men_community": 327,
    "men_custody_low": 129,
    "men_custody": 169,
}
"""The strata of the worked example of the methodology."""

HEADLINE = "0 of 148 done; fieldwork ended Friday 20 March 2020 with 148 open."

HEADINGS = (
    "Surname",
    "Forenames",
    "DOB",
    "Gender",
    "CRN",
    "Case Type",
    "RoSH",
    "Start date",
    "Cluster",
    "LDU",
    "Officer",
)


def person(stratum: str, number: int) -> list[str]:
    women, custody = stratum == "women", "custody" in stratum
    return [
        f"Surname{stratum}{number}", "Ann", f"{number % 28 + 1}/02/1985", "F" if women else "M",
        f"X{[*KNOWN].index(stratum)}{number:04}", "Licence" if custody else "Community Order",
        "RLRH" if stratum.endswith("low") else "RHRH", "03/02/2019", ("East", "West")[number % 2],
        f"Unit {number % 6}", f"RO-{number % 40:02}",
    ]  # fmt: skip


def sent() -> list[list[str]]:
    """Cases in those numbers, and three that cannot be taken."""
    found = [person(stratum, number) for stratum, size in KNOWN.items() for number in range(size)]
    restricted, future, twice = (found[place].copy() for place in (0, 1, 2))
    restricted[0], restricted[4] = "****", "X90000"
    future[0], future[4], future[7] = "Later", "X90001", "03/02/2119"
    return [*found, restricted, future, twice]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A new inspection, and beside it the list that the service has sent."""
    file = tmp_path / "trial.db"
    lead = ["--id", "LEAD-1", "--name", "Lea Dee", "--role", "lead_inspector"]
    days = ["--fieldwork-from", "2020-03-02", "--fieldwork-to", "2020-03-20"]
    said = ["--no-passphrase", "--confirm", "whoever finds this file may read it"]
    of = ["--provider", "Provider", "--title", "Trial", "--framework", "crc_2019"]
    told("new", file, *of, *days, *lead, *said)
    with (tmp_path / "supervision.csv").open("w", encoding="cp1252", newline="") as to:
        csv.writer(to).writerows([HEADINGS, *sent()])
    return file


def test_a_lead_brings_in_draws_shares_out_watches_replaces_and_hands_over(
    path: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copy(path, tmp_path / "other.db"))
    with Terminal([*PROGRAM, path, "--as", "LEAD-1"], cwd=tmp_path) as terminal:
        open_desk(terminal)
        take_people_in(terminal)
        bring_in(terminal)
        draw(terminal)
        explain(terminal)
        share_out(terminal)
        watch(terminal, "148 untouched")
        out, came = replace(terminal)
        hand_over(terminal, came)
        begin(terminal, came)
        watch(terminal, "1 in progress, 147 untouched")
        leave(terminal)
    assert "unaltered and without a gap" in told("verify", path)
    assert told("progress", path).splitlines()[0] == HEADLINE
    assert b"Surnamewomen" not in path.read_bytes()
    # With the same list, size, buffer and seed, the commands draw the same cases.
    told("cases", "import", other, tmp_path / "supervision.csv", "--sample", "case_supervision")
    drawn = json.loads(
        told("sample", "draw", other, "--size", "148", "--buffer", "20", "--seed", "7", "--json")
    )
    assert [s["drawn"] for s in drawn["strata"]] == [66, 20, 48, 19, 25]
    with InspectionFile.open(other, to_write=False) as inspection_file:
        before = inspection_file.refs(CaseFilter())
    with InspectionFile.open(path, to_write=False) as inspection_file:
        assert set(inspection_file.refs(CaseFilter())) == {*before, came} - {out}
        see_what_was_recorded(Lead(Inspection(inspection_file)), out, came)


# ---------------------------------------------------------------------- what is pressed, and what is seen


def take_people_in(terminal: Terminal) -> None:
    terminal.wait_for(re.compile(r"3  Set up and team +1 person, no inspector yet"))
    terminal.wait_for("There are no cases yet: bring in a case list.")
    terminal.press("3")
    terminal.wait_for("The team: 1 person")
    for number, name in enumerate(("Ines", "Ino", "Isa"), 1):
        add_person(terminal, f"INS-0{number}", name)
    back_to_desk(terminal)
    terminal.wait_for(re.compile(r"3  Set up and team +4 people"))


def bring_in(terminal: Terminal) -> None:
    terminal.press("4")
    terminal.wait_for("No list yet.")
    counts = re.compile(r"1,220 rows: 1,217 taken, 3 left out\.")
    look_at_list(terminal, "superv", "supervision.csv", counts)
    terminal.press("tab", "tab", "tab")
    terminal.wait_for(re.compile(r"row 1,219 +Surname +restricted: asterisks in the name"))
    terminal.wait_for(re.compile(r"row 1,220 +Start date +starts in the future"))
    terminal.wait_for(re.compile(r"row 1,221 +CRN +duplicate: the same CRN as row 4"))
    assert "Surnamewomen" not in terminal.screen()
    terminal.press("t")
    terminal.wait_for("Keep the list of 1,217 cases")
    terminal.press("enter")
    terminal.wait_for("A list of 1,217 cases, imported on")
    back_to_desk(terminal)
    terminal.wait_for("There are no cases yet: draw the sample.")
    terminal.wait_for(re.compile(r"4  Case lists +1 list, 1,217 cases"))


def draw(terminal: Terminal) -> None:
    terminal.press("5")
    terminal.wait_for("145 cases of 1,217: a share within 5 points")
    terminal.wait_for("to draw")
    for key, asked, typed in (("s", "Size", "148"), ("b", "Reserve", "20"), ("e", "Seed", "7")):
        type_figure(terminal, key, asked, typed)
    terminal.wait_for(re.compile(r"Women +454 +37\.3% +54 +66 +54"))
    terminal.wait_for(re.compile(r"Together +1,217 +100\.0% +148 +178 +148"))
    terminal.wait_for("148 cases of 1,217 show a share within 4.94 points")
    terminal.press("d")
    terminal.wait_for("Draw 148 cases and 30 reserve cases with seed 7")
    terminal.press("enter")
    terminal.wait_for("148 cases drawn · saved")
    terminal.wait_for(re.compile(r"seed\s+7:\s+148\s+cases\s+and\s+30\s+in\s+reserve"))


def explain(terminal: Terminal) -> None:
    terminal.press("x")
    terminal.wait_for("Women: 454 / 1,217 × 148 = 55.21, rounded 55; one fewer, makes 54.")
    terminal.press("tab", "tab")
    terminal.wait_for("54 main cases of 454, and 12 reserve cases.")
    terminal.press("end")
    terminal.wait_for("in reserve: X4")
    terminal.press("escape")
    terminal.wait_for("drawn · saved")
    back_to_desk(terminal)
    terminal.wait_for(re.compile(r"5  Draw the sample +148 drawn, 30 in reserve"))


def share_out(terminal: Terminal) -> None:
    terminal.wait_for(re.compile(r"6  Share out +148 cases nobody holds"))
    terminal.press("6")
    terminal.wait_for("148 of 148 without a holder")
    terminal.press("d")
    terminal.wait_for("148 cases that nobody has go to 3 people")
    terminal.wait_for("148 cases get a day, from Mon 2 Mar 2020 to Fri 20 Mar 2020: 9 to 10")
    terminal.wait_for("on each of 15 days")
    terminal.press("enter")
    terminal.wait_for("148 cases shared out · saved")
    terminal.wait_for("all 148 have")
    terminal.wait_for(re.compile(r"^ INS-01  Ines +(49|50) +0 ", re.MULTILINE))
    terminal.press("v")
    terminal.wait_for(re.compile(r"Cases +Done +2 Mar +3 Mar"))
    back_to_desk(terminal)
    terminal.wait_for(re.compile(r"6  Share out +all 148 have a holder"))


def watch(terminal: Terminal, stands: str) -> None:
    """See in one line how far it is, then by inspector and stratum."""
    terminal.wait_for(HEADLINE)
    terminal.wait_for(re.compile(rf"1  Progress +{stands}"))
    terminal.press("1")
    terminal.wait_for("Cases done  █ so far  ━ needed")
    terminal.wait_for(HEADLINE)
    terminal.wait_for(re.compile(r"All +0/148 +148"))
    terminal.press("tab")
    terminal.wait_for(re.compile(r"^ INS-01, Ines +0/(48|49|50) ", re.MULTILINE))
    terminal.press("tab", "tab", "tab")
    terminal.wait_for(re.compile(r"^▌Women +54 +54 +0 +0 +yes", re.MULTILINE))
    terminal.wait_for(re.compile(r"post-custody, not low risk +21 +21 +0 +0 +yes"))
    back_to_desk(terminal)


def replace(terminal: Terminal) -> tuple[str, str]:
    """Let the third woman of the list drop out.

    Returns:
        The case that dropped out, and the one that came for it.
    """
    terminal.wait_for("no case dropped out")
    terminal.press("7")
    terminal.wait_for("Which case drops out?")
    terminal.wait_for(re.compile(r"^▌X0\d{4} ", re.MULTILINE))
    terminal.press("down", "down")
    terminal.wait_for(re.compile(r"(^ X0\d{4} .*\n){2}^▌X0\d{4} ", re.MULTILINE))
    out = found(r"^▌(X0\d{4}) ", terminal)
    terminal.press("enter")
    terminal.wait_for(f"Why does {out} drop out?")
    terminal.press("down", "enter")
    type_reason(terminal, f"{out}: has died.", "in May")
    terminal.wait_for("comes for it, the next reserve case of Women; left after it:")
    terminal.wait_for("holds it, on ")
    came = found(rf"Replace {out} by (X0\d{{4}})", terminal)
    terminal.press("enter")
    terminal.wait_for(f"{came} came for {out} · saved")
    terminal.wait_for(re.compile(rf"^▌{out} +{came} +LEAD-1, .*Has died: in May", re.MULTILINE))
    terminal.wait_for("148 of 148")
    back_to_desk(terminal)
    terminal.wait_for(re.compile(r"7  Replace a case +1 dropped out"))
    return out, came


def hand_over(terminal: Terminal, ref: str) -> None:
    """Give a case of somebody else to the lead, with the reason."""
    terminal.press("6")
    terminal.wait_for("all 148 have a holder")
    terminal.press("tab")
    terminal.wait_for("type to filter")
    terminal.type(ref)
    terminal.wait_for(re.compile(rf"^▌  {ref} .* INS-0\d", re.MULTILINE))
    terminal.press("f6")
    terminal.wait_for(f"Who gets {ref}?")
    terminal.press("end", "enter")
    type_reason(terminal, f"{ref} taken from INS-0", "is ill")
    terminal.wait_for("1 case given to LEAD-1 · saved")
    terminal.wait_for(re.compile(rf"^▌  {ref} .* LEAD-1", re.MULTILINE))
    terminal.press("escape")
    terminal.wait_gone("filter: ")
    back_to_desk(terminal)


def begin(terminal: Terminal, ref: str) -> None:
    """Answer the first prompt of a case, from the list of cases, and come back to the desk."""
    terminal.press("escape")
    terminal.wait_gone("Lead's desk")
    terminal.type(ref)
    terminal.wait_for(re.compile(rf"^▌{ref} ", re.MULTILINE))
    terminal.press("enter")
    terminal.wait_for(re.compile(rf"^ {ref} · "))
    terminal.wait_for("across the sample")
    terminal.press("right")
    terminal.wait_for("│ 2.1.1 ")
    terminal.press("y")
    terminal.wait_for("[Y] a")
    terminal.press("escape")
    terminal.wait_for(re.compile(rf"^▌{ref} .*◐ in progress", re.MULTILINE))
    terminal.press("escape")
    terminal.wait_gone("filter: ")
    open_desk(terminal)


def found(pattern: str, terminal: Terminal) -> str:
    match = re.search(pattern, terminal.screen(), re.MULTILINE)
    assert match, terminal.screen()
    return match.group(1)


# ---------------------------------------------------------------------- what the file says of it


def see_what_was_recorded(lead: Lead, out: str, came: str) -> None:
    drawn = draw_of(lead, "case_supervision")
    assert drawn is not None
    assert (drawn.size, drawn.buffer, drawn.seed, len(drawn.cases), len(drawn.reserve)) == (
        148,
        20,
        7,
        148,
        30,
    )
    sizes = Counter([*KNOWN][int(ref[1])] for ref in drawn.cases)
    assert sizes == dict(zip(KNOWN, (54, 17, 40, 16, 21), strict=True))

    lines = {line.ref: line for line in lead.inspection.file.all_lines(CaseFilter())}
    (dropped,) = replacements.eliminated(lead)
    assert (dropped.ref, dropped.criterion, dropped.why, dropped.replaced_by) == (
        out,
        "deceased",
        "in May",
        came,
    )
    assert came == next_in_reserve(drawn.reserve, drawn.cases, out)

    held = Counter(line.holder for line in lines.values())
    assert held.pop("LEAD-1") == 1
    assert lines[came].holder == "LEAD-1"
    assert sorted(held.values()) in ([48, 49, 50], [49, 49, 49])
    history = [change for change in lead.inspection.whole_history(lead.inspection.case(came)) if change.why]
    assert [change.why for change in history] == ["is ill"]

    days = planned_days(lead.database)
    assert days.keys() == lines.keys()
    numbers = Counter(days.values())
    assert set(numbers) == set(working_days(lead, date(2020, 3, 1)))
    assert len(numbers) == 15
    assert {*numbers.values()} == {9, 10}


def next_in_reserve(reserve: tuple[str, ...], drawn: tuple[str, ...], out: str) -> str:
    """The reserve case that must come: the first of the same stratum whose officer gives fewer than six."""
    officers = {row[4]: row[10] for row in sent()}
    numbers = Counter(officers[ref] for ref in drawn if ref != out)
    return next(ref for ref in reserve if ref[:2] == out[:2] and numbers[officers[ref]] < 6)
