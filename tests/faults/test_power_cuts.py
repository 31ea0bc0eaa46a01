"""The power goes at every point of a small day: what was acknowledged is there. The large ones: docs/faults.md."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from faults import power
from faults.day import NAME, scratch
from faults.disk import Disk
from faults.layer import Layer
from faults.power import Point, Recording, Save, put, record, try_day, try_point
from fieldtool.store.audit import file_check
from fieldtool.store.file import database
from fieldtool.store.file.database import SCHEMA_VERSION, Row
from fieldtool.work.inspection_file import InspectionFile

SMALL, ENCRYPTED, SHIPPED = Point(1, 0, 0), Point(1, 1, 0), Point(1, 4, 0)
FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.mark.parametrize("day", [SMALL, ENCRYPTED, SHIPPED], ids=["plain", "encrypted", "shipped"])
def test_power_cuts_lose_nothing(day: Point) -> None:
    figures = try_day(day, steps=8, every=25)
    assert figures.losses == []
    assert figures.points > 200
    assert figures.disks > 120
    assert figures.whole > 5
    assert figures.twice > 10


def test_a_point_is_the_same_again() -> None:
    with scratch() as folder, scratch() as other:
        once, again = (record(each, ENCRYPTED, steps=5) for each in (folder, other))
    assert [operation[:3] for operation in once.operations] == [
        operation[:3] for operation in again.operations
    ]
    assert [save.position for save in once.saves] == [save.position for save in again.saves]
    assert try_point(ENCRYPTED._replace(position=len(once.operations)), steps=5).losses == []


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_a_cut_while_an_older_file_is_brought_up_to_date(version: int) -> None:
    recording = Recording({NAME: (FIXTURES / f"schema_{version}.db").read_bytes()})
    with scratch() as folder:
        path = put(folder, recording.base, Random(0))
        with Layer(recording.operations.append), InspectionFile.open(path, to_write=True) as file:
            whole = kept(file), sorted(file_check.findings(file.database))
        assert len(recording.operations) > 20
        disk = Disk(recording.base)
        for position, operation in enumerate(recording.operations):
            disk.do(operation)
            random = Random(position)
            with InspectionFile.open(put(folder, disk.after_cut(random), random), to_write=True) as file:
                assert (kept(file), sorted(file_check.findings(file.database))) == whole


def kept(file: InspectionFile) -> dict[str, list[Row]]:
    """What there is no second record of."""
    tables = ("event", "draft", "local")
    return {table: file.database.rows(f"SELECT * FROM {table}") for table in tables}  # noqa: S608  # names of our own


# ---------------------------------------------------------------------- all of this can fail


@pytest.mark.parametrize("setting", ["OFF", "NORMAL"])
def test_a_save_that_is_not_flushed_is_found_out(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    careless = tuple(
        f"synchronous = {setting}" if "synchronous" in each else each for each in database._WRITING
    )
    monkeypatch.setattr(database, "_WRITING", careless)
    losses = try_day(SMALL, steps=8, every=1000).losses
    assert any("acknowledged" in loss for loss in losses)


def test_no_log_to_go_back_by_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    careless = tuple(each.replace("WAL", "OFF") for each in database._WRITING)
    monkeypatch.setattr(database, "_WRITING", careless)
    losses = try_day(SMALL, steps=8, every=1000).losses
    assert any("damaged" in loss or "acknowledged" in loss for loss in losses)


def test_saying_saved_too_early_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def early(folder: Path, day: Point, steps: int) -> Recording:
        recording = record(folder, day, steps)
        before = [0, *(save.position for save in recording.saves)]
        recording.saves = [Save(at, save.state) for at, save in zip(before, recording.saves, strict=False)]
        return recording

    monkeypatch.setattr(power, "record", early)
    assert any("acknowledged" in loss for loss in try_day(SMALL, steps=8, every=1000).losses)


def test_a_file_that_is_lost_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(folder: Path, *_: object) -> Path:
        shutil.rmtree(folder)
        folder.mkdir()
        return folder / NAME

    monkeypatch.setattr(power, "put", without)
    assert any("does not open" in loss for loss in try_day(SMALL, steps=2, every=1000).losses)
