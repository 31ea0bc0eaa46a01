"""What the project says about itself: the README's two commands, and a lock file that names no place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def command(name: str) -> str:
    """The one line of shell after a marker in the README."""
    blocks = re.findall(rf"^<!-- command: {name} -->\n```sh\n(.*)\n```$", README, re.MULTILINE)
    assert len(blocks) == 1, (
        f"README.md: one block of one line after <!-- command: {name} -->, not {len(blocks)}"
    )
    return str(blocks[0])


def test_both_commands_of_the_readme_set_up_in_the_same_way() -> None:
    demo, test = command("demo").split(" && "), command("test").split(" && ")
    assert demo[:-1] == test[:-1]
    assert demo[-1] == ".venv/bin/fieldtool demo"
    assert test[-1].startswith(".venv/bin/python -m pytest")


def test_the_lock_names_no_index_and_no_path() -> None:
    named = [line for line in LOCK.splitlines() if re.search(r"://|index|find-links|(^|\s)(/|\.\.?/)", line)]
    assert named == []


@pytest.mark.parametrize(
    "wanted", [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
)
def test_the_lock_holds_every_dependency_with_hashes(wanted: str) -> None:
    name = re.split(r"[\[;<>=!~ ]", wanted)[0].lower()
    assert re.search(rf"^{re.escape(name)}==\S+ .*\\\n    --hash=sha256:", LOCK, re.MULTILINE)
