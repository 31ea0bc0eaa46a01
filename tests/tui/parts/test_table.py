"""How wide columns are, which of them are left out, and that the cursor stays on its row."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual.app import App, ComposeResult

from fieldtool.tui.parts.table import Cell, Column, Heading, Table, fitting, in_columns, widths

COLUMNS = (Column("Name", 10, grows=6), Column("Cases", 7, right=True), Column("Role", 8, grows=100))


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (8, [8]),
        (16, [16]),
        (17, [10, 7]),
        (24, [16, 7]),
        (25, [10, 7, 8]),
        (31, [16, 7, 8]),
        (40, [16, 7, 17]),
    ],
)
def test_columns_grow_from_the_left_and_go_from_the_right(room: int, expected: list[int]) -> None:
    assert widths(COLUMNS, room) == expected


def test_numbers_stand_at_the_right() -> None:
    cells = [("Ann", ""), ("12", ""), ("lead", "")]
    assert [text for text, _ in in_columns(COLUMNS, cells, 25)] == ["Ann       ", "     12", "lead    "]


def test_columns_fit_what_stands_in_them() -> None:
    rows = [[("A name of twenty-five cells", ""), ("1", "")], [("B", ""), ("1,000", "")]]
    columns = fitting(("Name", "Done"), rows, 60)
    assert widths(columns, 60) == [27, 7]
    assert widths(fitting(("Name", "Done"), rows, 30), 30) == [24, 6]


class Names(Table[str]):
    """Names alone."""

    COLUMNS = (Column("Name", 10),)

    def cells(self, row: str) -> Sequence[Cell]:
        """One cell."""
        return [(row, "")]


class Showing(App[None]):
    """An app with one table."""

    def compose(self) -> ComposeResult:
        """Only the table."""
        yield Names(empty="nobody")


async def test_the_cursor_stays_on_its_row_and_off_headings() -> None:
    app = Showing()
    async with app.run_test() as pilot:
        table = app.query_one(Names)
        assert not table.may_stop(0)
        assert table.row_count == 1
        table.show([Heading("Team"), "Ann", "Ben"])
        assert table.row == "Ann"
        await pilot.press("down")
        assert table.row == "Ben"
        table.show([Heading("Team"), "Aaron", "Ann", "Ben", Heading(), "Zoe"])
        assert table.row == "Ben"
        await pilot.press("down")
        assert table.row == "Zoe"
        table.stand_on("Ann")
        assert table.row == "Ann"
