"""A few pictures of the main screens, compared line by line with those that somebody has looked at."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from textual.worker import WorkerCancelled

from builders import inspections
from builders.cases import CRC
from builders.inspections import LEAD
from builders.populations import population
from fieldtool.tui.app import FieldtoolApp
from fieldtool.tui.lead import draw_screen
from fieldtool.work.demo import MIDWAY, copy_sample
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead import list_import
from fieldtool.work.lead.lead import Lead
from tui.looking import Pilots, press, settled

Compare = Callable[..., bool]
SIZES = [(80, 24), (120, 40)]


@pytest.fixture(scope="module")
def midway(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample inspection in its second week, which no test changes."""
    path = tmp_path_factory.mktemp("midway") / "demo.db"
    copy_sample(path, "INS-04", MIDWAY)
    return path


def ready(*keys: str) -> Callable[[Pilots], object]:
    """Press keys, and wait until the last of them has come to its end."""

    async def walk(pilot: Pilots) -> None:
        await settled(pilot)
        await press(pilot, *keys)
        while busy := [each for each in pilot.app.workers if each.group == "try"]:
            with suppress(WorkerCancelled):  # a later look takes its place
                await pilot.app.workers.wait_for_complete(busy)
            await settled(pilot)
        await settled(pilot)

    return walk


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("person", "keys"),
    [("INS-04", ()), ("INS-04", ("enter",)), ("INS-04", ("f2",)), (LEAD, ("f5",)), (LEAD, ("f5", "1"))],
    ids=["cases", "case", "ratings", "desk", "progress"],
)
def test_screen(
    midway: Path,
    tmp_path: Path,
    snap_compare: Compare,
    size: tuple[int, int],
    person: str,
    keys: tuple[str, ...],
) -> None:
    with InspectionFile.open(Path(shutil.copy(midway, tmp_path)), to_write=True) as file:
        assert snap_compare(FieldtoolApp(file, person), run_before=ready(*keys), terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_draw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snap_compare: Compare, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(draw_screen, "_some_seed", lambda: 7)
    with InspectionFile.open(inspections.make(tmp_path / "new.db", CRC, []), to_write=True) as file:
        list_import.propose(Lead(Inspection(file, LEAD)), "case_supervision", population(1217)).carry_out()
        assert snap_compare(FieldtoolApp(file, LEAD), run_before=ready("f5", "5"), terminal_size=size)
