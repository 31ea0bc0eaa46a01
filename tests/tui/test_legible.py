"""Every screen can be read: text and ground differ in every theme that is offered, and without colours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.color import Color

from builders import inspections
from builders.cases import CRC
from builders.inspections import LEAD
from fieldtool.tui.app import FieldtoolApp
from fieldtool.tui.parts.paint import contrast
from fieldtool.work.demo import MIDWAY, copy_sample
from fieldtool.work.inspection_file import InspectionFile
from tui.looking import Pilots, press, settled

LEAST = 3.0
"""The contrast of any text; what the program paints itself has more. Frames and separators may be fainter."""

FRAMES = frozenset("│─┃▏▕▔▁▎▊▌╭╮╰╯┊·░▒▓█▍▋▉▅▂▃▄▆▇ ")
WAYS = ((), ("enter",), ("c",), ("escape", "escape", "f2"), ("escape", "f5"), ("1",), ("escape", "2"))
"""The keys from each screen to the next that is looked at."""


@pytest.fixture(scope="module")
def midway(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample inspection in its second week."""
    path = tmp_path_factory.mktemp("legible") / "demo.db"
    copy_sample(path, "INS-04", MIDWAY)
    return path


def texts(app: FieldtoolApp) -> Iterator[Segment]:
    """The pieces of text of the screen on top, without frames."""
    for strip in app.screen._compositor.render_strips():
        yield from (segment for segment in strip if set(segment.text) - FRAMES)


def illegible(app: FieldtoolApp) -> list[tuple[str, str, float]]:
    """The texts that can hardly be told from their ground."""
    found = []
    for text, style, _ in texts(app):
        if style is None or style.color is None or style.bgcolor is None:
            continue
        fore, ground = (style.bgcolor, style.color) if style.reverse else (style.color, style.bgcolor)
        if fore.triplet is None or ground.triplet is None:
            if not fore.is_default and fore == ground:
                found.append((app.theme, text.strip(), 1.0))
            continue
        seen = contrast(Color(*fore.triplet), Color(*ground.triplet))
        if seen < LEAST:
            found.append((app.theme, text.strip(), round(seen, 2)))
    return found


@pytest.mark.slow
async def test_text_and_ground_differ_on_every_screen_in_every_theme(midway: Path, tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    path.write_bytes(midway.read_bytes())
    with InspectionFile.open(path, to_write=True) as file:
        app = FieldtoolApp(file, LEAD)
        async with app.run_test(size=(120, 40)) as pilot:
            await settled(pilot)
            for keys in WAYS:
                await press(pilot, *keys)
                await in_every_theme(app, pilot)


async def in_every_theme(app: FieldtoolApp, pilot: Pilots) -> None:
    found = []
    for theme in sorted(app.available_themes):
        app.theme = theme
        await settled(pilot)
        found += illegible(app)
    assert found == [], app.screen.title


async def test_without_colours_there_are_none_but_those_of_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with InspectionFile.open(inspections.make(tmp_path / "new.db", CRC, []), to_write=True) as file:
        app = FieldtoolApp(file, LEAD)
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            assert app.no_color
            assert app.native_ansi_color
