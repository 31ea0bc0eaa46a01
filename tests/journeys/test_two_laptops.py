"""Two laptops and a lead over a folder, and over PostgreSQL: both answer the same, one settles it, all are equal."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from builders import inspections
from builders.inspections import LEAD, ME, OTHER, Planned
from builders.shared_inspections import Team
from fieldtool.domain.log.events import ChainId, Event
from fieldtool.domain.method.case import Answer
from fieldtool.store.chain.reading import inspection_id, read_ends, read_events
from fieldtool.store.file.database import Database
from fieldtool.sync.central.schema import Administration
from journeys.program import PROGRAM, SMALL, case_in, leave, open_case, start, until
from journeys.terminal import Terminal
from sync.server import NoServer, Server, running

PASSWORD = "it's a s3cret %/@:"  # noqa: S105  # of the tests' server alone
LOGINS = {LEAD: "lea", ME: "anna", OTHER: "ben"}
ALL_IS_THERE = "Everything that is on this laptop is there."
OURS = Planned("B-5", "branch", None, facts={"borough": "East", "stock": "tools"})
"""A case that nobody holds yet, so that two may begin with it without knowing of each other."""


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path, lambda path: inspections.tiny(path, OURS))


@pytest.fixture
def server() -> Iterator[Server]:
    with ExitStack() as stack:
        try:
            yield stack.enter_context(running())
        except NoServer as error:
            pytest.skip(str(error))


def conflicts(path: Path) -> list[dict[str, Any]]:
    """What `fieldtool conflicts --json` lists."""
    said = subprocess.run(
        [*PROGRAM, "conflicts", path, "--json"], capture_output=True, text=True, check=False
    )
    found: list[dict[str, Any]] = json.loads(said.stdout)["conflicts"]
    assert said.returncode == (1 if found else 0)
    return found


def people_say(path: Path) -> dict[ChainId, list[Event]]:
    """Every chain of a file, but for what nobody has sent yet: what the laptop noted when it was closed."""
    with Database.open_read_only(path) as database:
        events = [*read_events(database)]
        return {
            device: [event for event in events if event.id[:2] == device and event.subject]
            for device in read_ends(database)
        }


def answer(terminal: Terminal, key: str, box: str) -> None:
    """Answer the first prompt of the first page of the case, with a note."""
    open_case(terminal, "B-5")
    terminal.wait_for("│ Qa ")
    terminal.press("home", key)
    terminal.wait_for(f"[{box}] Qax")
    terminal.wait_for("saved ")


def send_and_take(terminal: Terminal, place: str, password: str) -> None:
    """Name the place, send and take, and come back to where one was."""
    terminal.press("f3")
    terminal.wait_for("All was sent")
    terminal.press("p")
    terminal.wait_for("Where to?")
    terminal.type(place)
    terminal.press("enter")
    terminal.wait_gone("Where to?")
    again(terminal, password)


def again(terminal: Terminal, password: str) -> None:
    """Send and take at the place that is known."""
    terminal.wait_gone("looking …")
    terminal.press("enter")
    if password:
        terminal.wait_for("Password of")
        terminal.type(password)
        terminal.wait_for("•" * len(password))
        terminal.press("enter")
    terminal.wait_for(ALL_IS_THERE, timeout=30)
    assert password == "" or password not in terminal.screen()
    terminal.press("escape")
    terminal.wait_gone("All was sent")


def once_more(terminal: Terminal, password: str) -> None:
    terminal.press("f3")
    terminal.wait_for("All was sent")
    again(terminal, password)


def play(team: Team, places: dict[str, str], password: str = "") -> None:
    with ExitStack() as stack:
        lead, anna, ben = (
            stack.enter_context(start(team.files[person], None, size=SMALL)) for person in (LEAD, ME, OTHER)
        )
        everybody = {LEAD: lead, ME: anna, OTHER: ben}
        for terminal in everybody.values():
            terminal.wait_for("Reference")
            terminal.press("tab")
        answer(anna, "y", "Y")
        answer(ben, "n", "N")
        send_and_take(lead, places[LEAD], password)
        send_and_take(anna, places[ME], password)
        send_and_take(ben, places[OTHER], password)
        ben.wait_for("≠")
        once_more(anna, password)
        anna.wait_for("≠")
        for person in (ME, OTHER):
            (conflict,) = conflicts(team.files[person])
            assert (conflict["case"], conflict["slot"]) == ("B-5", "answer:Qax")
            assert {side["value"]: side["who"] for side in conflict["sides"]} == {"yes": ME, "no": OTHER}
        settle(ben)
        once_more(ben, password)
        for _ in range(2):
            for terminal in (anna, lead, ben):
                once_more(terminal, password)
        anna.wait_gone("≠")
        lead.wait_for(re.compile(r"sent \d\d:\d\d"))
        until(lambda: not any(map(conflicts, team.files.values())), "no conflict left")
        for person in team.files:
            assert case_in(team.files[person], "B-5").answer("Qax") is Answer.YES
        for terminal in (anna, ben):
            terminal.press("escape")
        for terminal in everybody.values():
            leave(terminal)
    mine, *others = (people_say(path) for path in team.files.values())
    assert all({device: other.get(device) for device in mine} == mine for other in others)
    history = subprocess.run(
        [*PROGRAM, "history", team.files[LEAD], "B-5", "Qax"], capture_output=True, text=True, check=True
    ).stdout
    assert "settled as yes, from " in history
    assert ME in history


def settle(terminal: Terminal) -> None:
    """Look at both sides, and take what the other one said."""
    terminal.press("k")
    terminal.wait_for("1 to settle")
    terminal.wait_for(re.compile(r"1 no\n.*INS-02 .* shown"))
    terminal.wait_for(re.compile(r"2 yes\n.*INS-01 "))
    terminal.press("2")
    terminal.wait_for("There are no conflicts")
    terminal.press("escape")
    terminal.wait_for("[Y] Qax")
    terminal.wait_gone("≠")


def test_over_a_folder(team: Team) -> None:
    play(team, dict.fromkeys(team.files, str(team.stick)))


def test_over_postgresql(team: Team, server: Server) -> None:
    database = server.database()
    centre = Administration(server.address(database))
    centre.set_up()
    with Database.open_read_only(team.files[LEAD]) as opened:
        id = inspection_id(opened)
    for login in LOGINS.values():
        centre.add(id, login, password=PASSWORD)
    play(team, {person: server.address(database, login) for person, login in LOGINS.items()}, PASSWORD)
