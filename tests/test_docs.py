"""The pages say nothing that is not there: every file, function and link that they name exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("docs/*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])
HOP = re.compile(r"`(?P<file>[\w/]+\.(?:py|sql|tcss|toml))(?::(?P<name>[\w.]+))?`")
"""As `store/chain/log.py:Log.record`: from fieldtool/, or from the top of the repository."""


def named_in(page: Path) -> list[tuple[str, str | None]]:
    """The files that a page names, each with what it names in it."""
    return [(hop["file"], hop["name"]) for hop in HOP.finditer(page.read_text(encoding="utf-8"))]


def place_of(file: str) -> Path | None:
    return next((path for top in (ROOT / "fieldtool", ROOT) if (path := top / file).is_file()), None)


def names_in(path: Path) -> set[str]:
    """Functions, classes, constants, and what classes hold, by their dotted names."""
    found: set[str] = set()

    def walk(body: list[ast.stmt], before: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(before + node.name)
                if isinstance(node, ast.ClassDef):
                    walk(node.body, f"{before}{node.name}.")
            elif isinstance(node, ast.Assign):
                found.update(before + each.id for each in node.targets if isinstance(each, ast.Name))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.add(before + node.target.id)

    walk(ast.parse(path.read_text(encoding="utf-8")).body, "")
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    missing = []
    for file, name in named_in(page):
        path = place_of(file)
        if path is None:
            missing.append(file)
        elif name is not None and name not in names_in(path):
            missing.append(f"{file}:{name}")
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_where_a_page_leads_is_there(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_check_can_fail(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "`store/chain/log.py:Log.nothing` and `store/nowhere.py` and `store/chain/log.py:Log.record`"
    )
    hops = named_in(page)
    assert hops == [
        ("store/chain/log.py", "Log.nothing"),
        ("store/nowhere.py", None),
        ("store/chain/log.py", "Log.record"),
    ]
    log = place_of("store/chain/log.py")
    assert log is not None
    assert "Log.record" in names_in(log)
    assert "Log.nothing" not in names_in(log)
    assert place_of("store/nowhere.py") is None
