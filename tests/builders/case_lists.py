"""Case lists made up for the tests, as tables without a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from builders.cases import CRC
from fieldtool.caselist.checking import Checked, check
from fieldtool.caselist.columns import Table, find
from fieldtool.caselist.said import Said
from fieldtool.caselist.tables import Cell, Row, Sheet

HEADINGS = (
    "Family Name", "First Names", "Date of Birth", "Gender", "Case Type", "CRN", "PNC", "RoSH",
    "Date of Sentence or Release", "Terminated", "Cluster", "LDU", "Responsible Officer",
)  # fmt: skip

USUAL: Mapping[str, Cell] = {
    "Gender": "M",
    "Case Type": "Community Order",
    "RoSH": "RMRH",
    "Date of Sentence or Release": "01/02/2019",
    "Terminated": "N",
    "Cluster": "East",
    "LDU": "Havant",
    "Responsible Officer": "RO-1",
}
TODAY = date(2020, 3, 2)


def person(number: int, **changes: Cell) -> tuple[Cell, ...]:
    """A row about a person; what is changed is named by its heading, with underscores for blanks."""
    own: dict[str, Cell] = {
        **USUAL,
        "Family Name": f"Family{number}",
        "First Names": f"First{number}",
        "Date of Birth": f"{number % 28 + 1:02}/03/1980",
        "CRN": f"X{number:06}",
        "PNC": f"2010/{number:07}A",
    }
    own |= {name.replace("_", " "): value for name, value in changes.items()}
    return tuple(own[heading] for heading in HEADINGS)


def sheet(*rows: tuple[Cell, ...], title: str = "") -> Sheet:
    """A table of these rows, blank ones left away as they are when read."""
    return Sheet(title, tuple(Row(number, row) for number, row in enumerate(rows, 1) if any(row)))


def table(*rows: tuple[Cell, ...], mapped: Mapping[str, str] | None = None) -> Table:
    """The table that these rows are, as of supervision cases."""
    return find([sheet(*rows)], CRC, "case_supervision", Said(mapped or {}), "list.csv")


def checked(*rows: tuple[Cell, ...], there: Mapping[str, str] | None = None) -> Checked:
    """What these rows below the usual headings come to."""
    return check(table(HEADINGS, *rows), CRC, "case_supervision", TODAY, there or {})
