"""A few pictures of the main screens, compared line by line with those that somebody has looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fieldtool.roll import Roll
from fieldtool.sample import MIDWAY, copy_sample
from fieldtool.tui.app import FieldtoolApp

Compare = Callable[..., bool]
SMALL, LARGE = (80, 24), (120, 40)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FieldtoolApp]:
    copy_sample(tmp_path / "demo.db", "INS-04", MIDWAY)
    with Roll.open(tmp_path / "demo.db", to_write=True) as roll:
        yield FieldtoolApp(roll, "INS-04")


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("keys", [[], ["enter"], ["f2"]], ids=["cases", "case", "ratings"])
def test_screen(app: FieldtoolApp, snap_compare: Compare, size: tuple[int, int], keys: list[str]) -> None:
    assert snap_compare(app, press=keys, terminal_size=size)
