"""From a service's case list to a sample, in a real terminal by keys alone; the same as by commands."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from fieldtool.domain.listing import CaseFilter
from fieldtool.roll import Roll
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
    said = ["--no-passphrase", "--confirm", "whoever finds this file may read it"]
    told("new", file, "--provider", "Provider", "--title", "Trial", "--framework", "crc_2019", *lead, *said)
    with (tmp_path / "supervision.csv").open("w", encoding="cp1252", newline="") as to:
        csv.writer(to).writerows([HEADINGS, *sent()])
    return file


def bring_in(terminal: Terminal) -> None:
    """From the list of cases to the draw, with the list taken on the way."""
    terminal.wait_for("f5 Desk")
    terminal.press("f5")
    terminal.wait_for("Draw the sample")
    terminal.press("4")
    terminal.wait_for("No list yet.")
    terminal.press("enter")
    terminal.wait_for("which file? CSV or XLSX")
    terminal.type("superv")
    terminal.wait_for("supervision.csv")
    terminal.press("tab")
    terminal.press("enter")
    terminal.wait_for(re.compile(r"1,220 rows: 1,217 taken, 3 left out\."), timeout=20)
    terminal.press("tab", "tab", "tab")
    terminal.wait_for(re.compile(r"row 1,219 +Surname +restricted: asterisks in the name"))
    terminal.wait_for(re.compile(r"row 1,220 +Start date +starts in the future"))
    terminal.wait_for(re.compile(r"row 1,221 +CRN +duplicate: the same CRN as row 4"))
    assert "Surnamewomen" not in terminal.screen()
    terminal.press("t")
    terminal.wait_for("Keep the list of 1,217 cases")
    terminal.press("enter")
    terminal.wait_for("A list of 1,217 cases, imported on")
    terminal.press("escape")
    terminal.wait_gone("A list of 1,217 cases")
    terminal.press("5")
    terminal.wait_for("145 cases of 1,217: a share within 5 points")


def test_a_list_is_brought_in_and_the_sample_drawn_and_explained(path: Path, tmp_path: Path) -> None:
    other = Path(shutil.copy(path, tmp_path / "other.db"))
    with Terminal([*PROGRAM, path, "--as", "LEAD-1"], cwd=tmp_path) as terminal:
        bring_in(terminal)
        for key, asked, typed in (("s", "Size", "148"), ("b", "Reserve", "20"), ("e", "Seed", "7")):
            terminal.press(key)
            terminal.wait_for(f"{asked}")
            terminal.wait_for("enter: keep")
            terminal.type(typed)
            terminal.press("enter")
            terminal.wait_gone("enter: keep")
        terminal.wait_for(re.compile(r"Women +454 +37\.3% +54 +66 +66"))
        terminal.wait_for(re.compile(r"Together +1,217 +100\.0% +148 +178 +178"))
        terminal.wait_for("148 cases of 1,217 show a share within 4.94 points")
        terminal.press("d")
        terminal.wait_for("Draw 148 cases and 30 reserve cases with seed 7")
        terminal.press("enter")
        terminal.wait_for("drawn · saved")
        terminal.wait_for(re.compile(r"seed\s+7:\s+148\s+cases\s+and\s+30\s+in\s+reserve"))
        terminal.press("x")
        terminal.wait_for("Women: 454 / 1,217 × 148 = 55.21, rounded 55; one fewer, makes 54.")
        terminal.press("tab", "tab")
        terminal.wait_for("66 cases to be drawn of 454, 12 of them in reserve.")
        terminal.press("end")
        terminal.wait_for("in reserve: X4")
        terminal.press("escape")
        terminal.wait_for("drawn · saved")
        leave(terminal)
    assert told("progress", path).count("148 ") >= 1
    assert "unaltered and without a gap" in told("verify", path)
    assert b"Surnamewomen" not in path.read_bytes()
    # With the same list, size, buffer and seed, the commands draw the same cases.
    told("cases", "import", other, tmp_path / "supervision.csv", "--sample", "case_supervision")
    drawn = json.loads(
        told("sample", "draw", other, "--size", "148", "--buffer", "20", "--seed", "7", "--json")
    )
    assert [s["drawn"] for s in drawn["strata"]] == [66, 20, 48, 19, 25]
    assert cases(path) == cases(other)


def cases(path: Path) -> list[str]:
    with Roll.open(path, to_write=False) as roll:
        return roll.refs(CaseFilter())
