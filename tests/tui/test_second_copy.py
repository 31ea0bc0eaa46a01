"""The second copy from the screens: what is on this laptop alone is said, copied by itself, and caught up later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import App, ComposeResult

from builders import inspections
from builders.inspections import OTHER, PASSPHRASE
from fieldtool.domain.method.case_line import AtStake
from fieldtool.store.copies.second_copy import Copies
from fieldtool.tui import copier
from fieldtool.tui.app import FieldtoolApp
from fieldtool.tui.parts.bars import TitleBar
from fieldtool.tui.setup.unlock_screen import UnlockScreen
from fieldtool.work.access import Access
from fieldtool.work.inspection_file import InspectionFile
from tui import looking
from tui.looking import Pilots, open_case, press, settled, text


@pytest.fixture
def access(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Access]:
    # Nothing waits for the clock: what is to be looked after is, whenever a test looks.
    for name in ("QUIET", "COPY_AFTER", "CHECK_AFTER"):
        monkeypatch.setattr(copier, name, 0.0)
    path = inspections.locked(tmp_path / "locked.db", inspections.tiny)
    with Access(path, tmp_path / "state") as access:
        access.unlock(PASSPHRASE)
        yield access


@pytest.fixture
def app(access: Access) -> Iterator[FieldtoolApp]:
    app = FieldtoolApp(access.open(), OTHER, access=access)
    yield app
    app.close()


def begin(access: Access, stick: Path) -> None:
    with access.open() as file:
        Copies(file.database, access._key).begin(stick)


async def look(pilot: Pilots) -> str:
    """Look after the copy, wait until it is made, and read the first line."""
    app = pilot.app
    assert isinstance(app, FieldtoolApp)
    app.copier.look()
    await pilot.app.workers.wait_for_complete(w for w in pilot.app.workers if "second copy" in w.name)
    await settled(pilot)
    return looking.lines(app)[0]


def held_by(stick: Path, access: Access) -> set[str]:
    """Every text in the copy, as another laptop brings it back."""
    from fieldtool.store.copies.restore import restore

    target = stick.parent / f"back-{len(list(stick.parent.glob('back-*')))}.db"
    (own,) = stick.iterdir()
    restored = restore(own, target, state=stick.parent / "other state", key=access._key)
    with InspectionFile.open(restored.path, to_write=False, key=access._key) as file:
        rows = file.database.rows("SELECT value FROM head WHERE shown UNION SELECT text FROM draft")
    return {value for (value,) in rows if value}


async def test_what_is_new_is_copied_by_itself(app: FieldtoolApp, access: Access, stick: Path) -> None:
    begin(access, stick)
    async with app.run_test(size=(120, 24)) as pilot:
        await open_case(pilot, "B-4", 1)
        assert "0 to lose" in await look(pilot)
        await press(pilot, "m", *"seen by nobody else", "escape")
        file = app.file
        file.look_at_copy()
        assert file.at_stake == AtStake(1, copied=True, urgent=False)
        assert "0 to lose" in await look(pilot)
        assert "seen by nobody else" in held_by(stick, access)


async def test_a_pulled_stick_is_said_once_and_caught_up(
    app: FieldtoolApp, access: Access, stick: Path
) -> None:
    begin(access, stick)
    away = stick.rename(stick.with_name("elsewhere"))
    async with app.run_test(size=(120, 24), notifications=True) as pilot:
        await open_case(pilot, "B-4", 1)
        await press(pilot, "x")
        assert "if this laptop dies now you lose 1 answer" in await look(pilot)
        assert "No second copy now" in text(app)
        assert app.file.at_stake == AtStake(1, copied=True, urgent=True)
        app.clear_notifications()
        await press(pilot, "m", "a", "escape")
        assert "you lose 2 answers" in await look(pilot)
        assert "No second copy now" not in text(app)
        away.rename(stick)
        assert "0 to lose" in await look(pilot)
        assert "up to date again" in text(app)
        app.clear_notifications()
        stick.rename(away)
        await look(pilot)
        assert "No second copy now" in text(app)
        assert "0 to lose" in looking.lines(app)[0]


async def test_what_is_being_typed_counts(app: FieldtoolApp, access: Access, stick: Path) -> None:
    begin(access, stick)
    away = stick.rename(stick.with_name("elsewhere"))
    async with app.run_test(size=(120, 24)) as pilot:
        await open_case(pilot, "B-4", 1)
        await press(pilot, "m", *"abc")
        app.screen.query_one("Writing")._tell()  # type: ignore[attr-defined]  # instead of waiting for the clock
        await settled(pilot)
        assert "lose 1 answer" in await look(pilot)
        away.rename(stick)
        assert "0 to lose" in await look(pilot)
        assert "abc" in held_by(stick, access)


async def test_locking_copies_what_was_written_at_last(
    app: FieldtoolApp, access: Access, stick: Path
) -> None:
    begin(access, stick)
    async with app.run_test(size=(120, 24)) as pilot:
        await open_case(pilot, "B-4", 1)
        await look(pilot)
        await press(pilot, "m", *"at last", "ctrl+l")
        for _ in range(20):
            await settled(pilot)
        assert isinstance(app.screen, UnlockScreen)
        await pilot.app.workers.wait_for_complete(w for w in pilot.app.workers if "second copy" in w.name)
        access.unlock(PASSPHRASE)
        assert "at last" in held_by(stick, access)


async def test_leaving_copies_too_and_says_if_it_cannot(
    app: FieldtoolApp, access: Access, stick: Path
) -> None:
    begin(access, stick)
    async with app.run_test() as pilot:
        await open_case(pilot, "B-4", 1)
        await look(pilot)
        await press(pilot, "m", *"at last", "ctrl+q")
    app.close()
    away = stick.rename(stick.with_name("elsewhere"))
    last = app.copier._last
    assert str(stick) in app.copy_at_last()
    assert app.copy_at_last() == ""
    away.rename(stick)
    app.copier._last = last
    assert app.copy_at_last() == ""
    assert "at last" in held_by(stick, access)


async def test_a_folder_that_does_not_answer_keeps_nobody(
    app: FieldtoolApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    never = threading.Event()
    monkeypatch.setattr(copier, "PATIENCE", 0.01)
    app.copier._last = lambda: (never.wait(5), None)[1]
    assert "does not answer" in app.copy_at_last()
    never.set()


async def test_without_a_copy_it_says_so(app: FieldtoolApp, tiny: InspectionFile) -> None:
    async with app.run_test(size=(120, 24)) as pilot:
        assert "no second copy: if this laptop dies now you lose 0 answers" in await look(pilot)
        await open_case(pilot, "B-4", 1)
        await press(pilot, "x")
        assert "no second copy: if this laptop dies now you lose 1 answer" in await look(pilot)
        assert app.file.at_stake == AtStake(1, copied=False, urgent=True)
        await press(pilot, "f2")
        assert "no second copy" in looking.lines(app)[0]
    plain = FieldtoolApp(tiny, OTHER)
    async with plain.run_test(size=(60, 15)) as pilot:
        await open_case(pilot, "B-4", 1)
        await press(pilot, "x")
        assert "no second copy: 1" in await look(pilot)
        assert plain.file.at_stake == AtStake(1, copied=False, urgent=False)


async def test_no_key_asks_the_file(app: FieldtoolApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.run_test() as pilot:
        await open_case(pilot, "B-4", 1)
        await look(pilot)
        asked: list[bool] = []
        monkeypatch.setattr(InspectionFile, "look_at_copy", lambda *_, **__: asked.append(True))
        app.copier._looking.stop() if app.copier._looking else None
        await press(pilot, "x", "n", "up")
        assert asked == []


class Line(App[None]):
    """A title line alone."""

    def __init__(self, at_stake: AtStake | None, news: str) -> None:
        super().__init__()
        self.bar = TitleBar("CS-014 · Case supervision · North · INS-04", lambda: at_stake, news)

    def compose(self) -> ComposeResult:
        yield self.bar


FORMS = [
    (
        120,
        "saved 12:00:00",
        AtStake(12, True, False),
        "saved 12:00:00 · if this laptop dies now you lose 12 answers",
    ),
    (80, "saved 12:00:00", AtStake(12, True, False), "saved 12:00:00 · 12 not copied"),
    (80, "", AtStake(12, True, False), "12 answers not copied"),
    (80, "", AtStake(0, True, False), "0 to lose"),
    (60, "saved 12:00:00", AtStake(1234, True, True), "saved 12:00:00 · 1,234 not copied"),
    (60, "saved 12:00:00", AtStake(0, True, False), "saved 12:00:00 · 0 to lose"),
    (60, "saved 12:00:00", AtStake(1234, False, False), "saved 12:00:00 · no second copy: 1,234"),
    (60, "x" * 90, AtStake(3, False, False), "xxx · no second copy: 3"),
    (120, "", AtStake(1, False, False), "no second copy: if this laptop dies now you lose 1 answer"),
    (120, "", AtStake(2, False, False, sent=True), "if this laptop dies now you lose 2 answers"),
    (80, "saved 12:00:00", AtStake(2, False, True, sent=True), "saved 12:00:00 · 2 answers not sent"),
    (80, "saved 12:00:00", AtStake(0, False, False, sent=True), "saved 12:00:00 · 0 to lose"),
    (80, "", AtStake(2, True, False, sent=True), "2 answers not copied"),
    (80, "saved 12:00:00", None, "saved 12:00:00"),
]


@pytest.mark.parametrize(("width", "news", "at_stake", "said"), FORMS)
async def test_the_line_says_it_at_every_width(
    width: int, news: str, at_stake: AtStake | None, said: str
) -> None:
    app = Line(at_stake, news)
    async with app.run_test(size=(width, 3)):
        line = app.bar.render_line(0).text
        assert len(line) == width
        assert line.startswith(" CS-014 ·")
        assert line.endswith(f"{said} ")
