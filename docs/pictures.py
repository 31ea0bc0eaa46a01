"""Draw the pictures of the README: the program runs without a terminal and writes its own screens as SVG.

Run it as `python docs/pictures.py` after a change to the screens.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from fieldtool.tui.app import FieldtoolApp
from fieldtool.work.demo import MIDWAY, copy_sample
from fieldtool.work.inspection_file import InspectionFile

SIZE = (100, 30)
DOCS = Path(__file__).parent


async def draw(copy: Path) -> None:
    """Walk from the list of cases into the one that INS-04 has begun, and keep a picture of each."""
    with InspectionFile.open(copy, to_write=True) as file:
        app = FieldtoolApp(file, "INS-04")
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            app.save_screenshot("cases.svg", str(DOCS))
            await pilot.pause()
            await pilot.press("enter")
            await pilot.pause()
            await pilot.press("n", "y")
            await pilot.pause()
            app.save_screenshot("case.svg", str(DOCS))


def main() -> None:
    """Draw them all."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "demo.db"
        copy_sample(copy, "INS-04", MIDWAY)
        asyncio.run(draw(copy))


if __name__ == "__main__":
    main()
