"""What a lead inspector presses: setting an inspection up, and the tasks of the desk one after the other."""

from __future__ import annotations

import re

from journeys.terminal import Terminal


def fill_in(terminal: Terminal, label: str, value: str) -> None:
    """Type a line of the form of a new inspection, and see it there."""
    terminal.type(value)
    terminal.wait_for(re.compile(rf"{label} +{re.escape(value)}"))
    terminal.press("enter")


def set_up(terminal: Terminal, title: str, provider: str, days: tuple[str, str], passphrase: str) -> None:
    """From the question what to do about a file that is not there to the new inspection of LEAD-1."""
    terminal.wait_for("There is no file")
    terminal.press("enter")
    terminal.wait_for("Fill in the lines")
    fill_in(terminal, "Title of the inspection", title)
    fill_in(terminal, "Provider inspected", provider)
    terminal.press("down")
    fill_in(terminal, "First day of fieldwork", days[0])
    fill_in(terminal, "Last day of fieldwork", days[1])
    fill_in(terminal, "Your id, as LEAD-1", "LEAD-1")
    fill_in(terminal, "Your name", "Lea Dee")
    terminal.type(f"{passphrase}\r")
    terminal.wait_for("Strength")
    terminal.type(f"{passphrase}\r")
    terminal.wait_for("Recovery code:", timeout=20)
    terminal.press("enter")
    terminal.wait_for(re.compile(rf"^ {re.escape(title)} · {re.escape(provider)}", re.MULTILINE))


def open_desk(terminal: Terminal) -> None:
    """From the list of cases to the lead's desk."""
    terminal.wait_for("f5 Desk")
    terminal.press("f5")
    terminal.wait_for("Lead's desk")


def back_to_desk(terminal: Terminal) -> None:
    """From a task to the lead's desk."""
    terminal.press("escape")
    terminal.wait_for("Lead's desk")


def add_person(terminal: Terminal, id: str, name: str, role: str = "Inspector") -> None:
    """Take somebody into the team, on the screen of the team."""
    terminal.press("a")
    terminal.wait_for("Their id, as INS-04")
    terminal.type(f"{id}\r")
    terminal.wait_for(f"Name of {id}")
    terminal.type(f"{name}\r")
    terminal.wait_for(f"What is {name} here?")
    terminal.press(*["down"] * ["Inspector", "Lead inspector", "Local assessor"].index(role), "enter")
    terminal.wait_for(f"{id} is on the team")
    terminal.wait_for(re.compile(rf"^▌ ?{id} ", re.MULTILINE))


def look_at_list(terminal: Terminal, begun: str, file: str, told: str | re.Pattern[str]) -> None:
    """Bring in the list of the sample type under the cursor, as far as what it comes to.

    Args:
        begun: what is typed of the name of the file, which is then completed.
        told: what must be said of it.
    """
    terminal.press("enter")
    terminal.wait_for("which file? CSV or XLSX")
    terminal.type(begun)
    terminal.wait_for(file)
    terminal.press("tab", "enter")
    terminal.wait_for(told, timeout=20)


def type_figure(terminal: Terminal, key: str, asked: str, figure: str) -> None:
    """Type one of the figures of a draw."""
    terminal.press(key)
    terminal.wait_for(re.compile(rf"{asked}.*enter: keep"))
    terminal.type(f"{figure}\r")
    terminal.wait_gone("enter: keep")


def type_reason(terminal: Terminal, question: str, why: str) -> None:
    """Say why, where it is asked."""
    terminal.wait_for(question)
    terminal.wait_for("enter: done")
    terminal.type(why)
    terminal.wait_for(why)
    terminal.press("enter")
    terminal.wait_gone("enter: done")
