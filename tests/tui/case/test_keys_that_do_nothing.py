"""A key that does nothing where the cursor stands says why, in a few words."""

from __future__ import annotations

import pytest

from builders.inspections import ME
from fieldtool.tui.app import FieldtoolApp
from fieldtool.work.inspection_file import InspectionFile
from tui.looking import card, lines, open_case, press


@pytest.mark.parametrize(
    ("ref", "page", "keys", "said"),
    [
        ("UW-01", 1, ("end", "y"), "y, n and x answer prompts: Y or N judges"),
        ("UW-01", 1, ("3",), "numbers choose case facts"),
        ("UW-01", 0, ("9",), "there is no such choice"),
        ("UW-01", 0, ("y",), "type the number of a choice"),
        ("UW-01", 0, ("Y",), "there is nothing to judge here"),
        ("UW-01", 1, ("k",), "nobody said different things in this case"),
        ("UW-01", 1, ("o",), "the case is not complete"),
        ("TG-02", 1, ("n",), "not changed: complete: reopen it to change it"),
        ("TG-02", 1, ("c",), "not changed: complete: reopen it to change it"),
        ("TG-02", 1, ("tab",), "nothing is missing"),
    ],
)
async def test_why_nothing_happens(
    crc: InspectionFile, ref: str, page: int, keys: tuple[str, ...], said: str
) -> None:
    app = FieldtoolApp(crc, ME)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_case(pilot, ref, page)
        before = screen._session.case
        await press(pilot, *keys)
        assert said in lines(app)[0]
        assert screen._session.case == before
        assert card(app).slot is not None
