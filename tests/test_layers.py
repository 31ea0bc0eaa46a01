"""Who may import whom, as docs/architecture.md has it; and a few more rules of the house that a parser can hold."""

from __future__ import annotations

import ast
import graphlib
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from radon.visitors import ComplexityVisitor, Function

import fieldtool

LONGEST_FILE = 420
MOST_COMPLEX, MOST_PARAMETERS = 12, 7


TABLE = Path(__file__).parents[1] / "docs" / "architecture.md"
ROW = re.compile(r"^\| `(?P<room>[\w.]+)` \|(?P<rooms>[^|]*)\|(?P<packages>[^|]*)\|$", re.MULTILINE)


@dataclass(frozen=True)
class Room:
    """What the modules of one room may import, beside each other and the standard library."""

    rooms: frozenset[str]
    packages: frozenset[str]

    def admits(self, room: str) -> bool:
        """Whether another room, or the one that it is part of, stands in the row."""
        return any(room == name or room.startswith(f"{name}.") for name in self.rooms)


def rooms_of(page: str) -> dict[str, Room]:
    """The rows of the table in docs/architecture.md, from the ground up."""
    return {
        row["room"]: Room(frozenset(row["rooms"].split()), frozenset(row["packages"].split()))
        for row in ROW.finditer(page)
    }


ROOMS = rooms_of(TABLE.read_text(encoding="utf-8"))

# The domain has no clock, no file and no screen.
WORLD = frozenset(
    ["io", "logging", "os", "pathlib", "shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile", "time"]
)
CLOCKS = frozenset(["now", "today", "utcnow"])
CURSOR = frozenset(["execute", "executemany", "executescript"])
# The central store is another database, and speaks to it in SQL of its own.
POSTGRESQL = "fieldtool.sync.central."


@dataclass(frozen=True)
class Module:
    """One file of the package, parsed."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @property
    def room(self) -> str | None:
        """The longest row that this module falls under; None if it has none."""
        inner = self.name.partition(".")[2]
        if not inner or (
            self.path.name == "__init__.py" and any(name.startswith(f"{inner}.") for name in ROOMS)
        ):
            return ""  # the door sign of a house or of a room with rooms of its own
        fitting = [name for name in ROOMS if inner == name or inner.startswith(f"{name}.")]
        return max(fitting, key=len, default=None)

    @property
    def calls(self) -> Iterator[tuple[int, str]]:
        """Line and last name of every call of a method."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield node.lineno, node.func.attr


@dataclass(frozen=True)
class Import:
    """One import: from a module, on a line, of something by its whole dotted name."""

    module: Module
    line: int
    target: str

    @property
    def top(self) -> str:
        return self.target.partition(".")[0]

    def says(self, complaint: str) -> str:
        return f"{self.module.name}, line {self.line}: {complaint}"


class Tree:
    """All modules of a package and what they import, also inside functions and for the type checker alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules = {
            name: Module(name, path)
            for path in sorted(folder.rglob("*.py"))
            for name in [
                ".".join(path.relative_to(folder.parent).with_suffix("").parts).removesuffix(".__init__")
            ]
        }
        self.imports = [found for module in self.modules.values() for found in self._imports(module)]

    def owns(self, found: Import) -> bool:
        return found.top == self.folder.name

    def room_of(self, target: str) -> str | None:
        return self.modules[target].room if target in self.modules else Module(target, self.folder).room

    def _imports(self, module: Module) -> Iterator[Import]:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(module, node.lineno, alias.name)
            elif isinstance(node, ast.ImportFrom):
                source = self._source(module, node)
                for alias in node.names:
                    inner = f"{source}.{alias.name}"
                    yield Import(module, node.lineno, inner if inner in self.modules else source)
            elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__"}:
                name = node.args[0] if node.args else None
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    yield Import(module, node.lineno, name.value)

    def _source(self, module: Module, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = module.name.split(".")
        if module.path.name != "__init__.py":
            package = package[:-1]
        base = package[: len(package) - node.level + 1]
        return ".".join([*base, *([node.module] if node.module else [])])


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def every_module_has_a_room(tree: Tree) -> list[str]:
    return [
        f"{module.name}: no row of ROOMS is about it; give it a room, here and in the design"
        for module in tree.modules.values()
        if module.room is None
    ]


def rooms_import_only_what_they_may(tree: Tree) -> list[str]:
    return [
        found.says(f"a module of {found.module.room or 'the top'} may not import {found.target}")
        for found in tree.imports
        if tree.owns(found) and found.module.room is not None and not _may(tree, found)
    ]


def _may(tree: Tree, found: Import) -> bool:
    here = found.module.room
    there = tree.room_of(found.target)
    assert here is not None
    # `from fieldtool import __version__` is nobody's secret.
    return there in {here, ""} or (bool(here) and there is not None and ROOMS[here].admits(there))


def rooms_use_only_their_packages(tree: Tree) -> list[str]:
    return [
        found.says(f"a module of {found.module.room or 'the top'} may not import the package {found.top}")
        for found in tree.imports
        if not tree.owns(found)
        and found.top not in sys.stdlib_module_names
        and found.module.room is not None
        and (not found.module.room or found.top not in ROOMS[found.module.room].packages)
    ]


def there_are_no_circles(tree: Tree) -> list[str]:
    graph: dict[str, set[str]] = {name: set() for name in tree.modules}
    for found in tree.imports:
        if found.target in tree.modules:
            graph[found.module.name].add(found.target)
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return ["a circle of imports: " + " <- ".join(error.args[1])]
    return []


def files_are_short(tree: Tree) -> list[str]:
    files = [*tree.folder.rglob("*.py"), *tree.folder.rglob("*.tcss")]
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sorted(files)}
    return [
        f"{path.relative_to(tree.folder.parent)}: {length} lines; over {LONGEST_FILE} is more than one idea"
        for path, length in lengths.items()
        if length > LONGEST_FILE
    ]


def files_of_a_room_have_names_of_their_own(tree: Tree) -> list[str]:
    places: dict[tuple[str, str], list[str]] = {}
    for path in sorted(tree.folder.rglob("*.py")):
        inner = path.relative_to(tree.folder)
        if path.name != "__init__.py" and len(inner.parts) > 1:
            places.setdefault((inner.parts[0], path.name), []).append(str(inner.parent))
    return [
        f"{top}: {name} stands in {' and in '.join(folders)}; tell them apart"
        for (top, name), folders in places.items()
        if len(folders) > 1
    ]


def functions_are_plain(tree: Tree) -> list[str]:
    return [
        f"{module.name}, line {block.lineno}: {block.name}: complexity {block.complexity}; over {MOST_COMPLEX} "
        "hides a second idea"
        for module in tree.modules.values()
        for block in _functions(module.tree)
        if block.complexity > MOST_COMPLEX
    ]


def _functions(tree: ast.Module) -> Iterator[Function]:
    """Functions and methods, as radon counts them."""
    return (block for block in ComplexityVisitor.from_ast(tree).blocks if isinstance(block, Function))


def functions_take_few_parameters(tree: Tree) -> list[str]:
    return [
        f"{module.name}, line {node.lineno}: {node.name}: {_parameters(node)} parameters; over {MOST_PARAMETERS} "
        "want a name for what they are together"
        for module in tree.modules.values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and _parameters(node) > MOST_PARAMETERS
        and not any("click" in ast.unparse(decorator) for decorator in node.decorator_list)
    ]


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return len([each for each in given if each.arg not in {"self", "cls"}])


def modules_open_with_a_docstring(tree: Tree) -> list[str]:
    return [
        f"{module.name}: no docstring that says in one sentence what it owns"
        for module in tree.modules.values()
        if not ast.get_docstring(module.tree)
    ]


def folders_of_modules_are_packages(tree: Tree) -> list[str]:
    folders = {module.path.parent for module in tree.modules.values()}
    return [
        f"{folder.relative_to(tree.folder.parent)}: no __init__.py that says what the folder is for"
        for folder in sorted(folders)
        if not (folder / "__init__.py").exists()
    ]


def only_the_store_speaks_sql(tree: Tree) -> list[str]:
    outside = [
        module
        for module in tree.modules.values()
        if not (module.room or "").startswith("store") and not module.name.startswith(POSTGRESQL)
    ]
    return [
        f"{module.name}, line {line}: .{name}( is for store/ alone"
        for module in outside
        for line, name in module.calls
        if name in CURSOR
    ] + [
        found.says("sqlite3 is for store/ alone")
        for found in tree.imports
        if found.top == "sqlite3" and not (found.module.room or "").startswith("store")
    ]


def only_the_screens_know_textual(tree: Tree) -> list[str]:
    return [
        found.says("textual is for tui/ alone; commands that show no screen must start without it")
        for found in tree.imports
        if found.top == "textual" and not (found.module.room or "").startswith("tui")
    ]


def the_domain_is_pure(tree: Tree) -> list[str]:
    domain = [module for module in tree.modules.values() if (module.room or "").startswith("domain")]
    return [
        found.says(f"the domain may not import {found.top}: it has no clock, no file and no screen")
        for found in tree.imports
        if (found.module.room or "").startswith("domain") and found.top in WORLD
    ] + [
        f"{module.name}, line {line}: .{name}( reads the clock; the domain is told the time"
        for module in domain
        for line, name in module.calls
        if name in CLOCKS
    ]


RULES: list[Callable[[Tree], list[str]]] = [
    every_module_has_a_room,
    rooms_import_only_what_they_may,
    rooms_use_only_their_packages,
    there_are_no_circles,
    files_of_a_room_have_names_of_their_own,
    files_are_short,
    functions_are_plain,
    functions_take_few_parameters,
    modules_open_with_a_docstring,
    folders_of_modules_are_packages,
    only_the_store_speaks_sql,
    only_the_screens_know_textual,
    the_domain_is_pure,
]


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree(Path(fieldtool.__file__).parent)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house(tree: Tree, rule: Callable[[Tree], list[str]]) -> None:
    problems = rule(tree)
    assert not problems, "\n" + "\n".join(problems)


# The rules themselves, on a small house in which everything is right, and then one thing is not.

SOUND = {
    "__init__.py": "'''Top.'''\n__version__ = '1'",
    "__main__.py": "'''Start.'''\nfrom fieldtool.cli.main import main",
    "settings.py": "'''Settings.'''\nimport platformdirs",
    "domain/__init__.py": "'''Domain.'''",
    "domain/method/__init__.py": "'''Method.'''",
    "domain/method/case.py": "'''Case.'''\nimport datetime\nfrom pydantic import BaseModel",
    "domain/method/tally.py": "'''Tally.'''\nfrom fieldtool.domain.method.case import Case",
    "domain/log/__init__.py": "'''Log.'''",
    "domain/log/events.py": "'''Events.'''\nfrom fieldtool.domain.method.case import Case",
    "store/__init__.py": "'''Store.'''",
    "store/file/__init__.py": "'''File.'''",
    "store/file/database.py": "'''File.'''\nimport sqlite_utils\nsqlite_utils.db.execute('select 1')",
    "store/chain/__init__.py": "'''Chain.'''",
    "store/chain/reading.py": "'''Reading.'''\nfrom fieldtool.store.file.database import database",
    "store/views/__init__.py": "'''Views.'''",
    "store/views/queries.py": "'''Queries.'''\nfrom fieldtool.store.chain.reading import read",
    "work/__init__.py": "'''Services.'''",
    "work/inspection.py": "'''Service.'''\nfrom fieldtool.domain.method import case\n"
    "from fieldtool.store.views.queries import q",
    "tui/__init__.py": "'''Screens.'''",
    "tui/app.py": "'''App.'''\nfrom fieldtool import settings\nfrom fieldtool.work import inspection\n"
    "from textual.app import App",
    "tui/parts/__init__.py": "'''Parts.'''",
    "tui/parts/rows.py": "'''Rows.'''\nimport textual.widget\nfrom fieldtool.domain.method.case import Case",
    "tui/case/__init__.py": "'''Cases.'''",
    "tui/case/cases_screen.py": "'''Cases.'''\nfrom fieldtool.tui.parts.rows import Rows\nimport rich.text",
    "cli/__init__.py": "'''Commands.'''",
    "cli/main.py": "'''Main.'''\nimport click\nfrom fieldtool import __version__\n"
    "def main():\n    from fieldtool.tui.app import FieldtoolApp",
}


def house(folder: Path, **changes: str) -> Tree:
    """A package of SOUND with lines added or files put in; in their names two underscores stand for `/`."""
    top = folder / "fieldtool"
    for name, text in SOUND.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    for name, text in changes.items():
        path = top / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(before + text + "\n", encoding="utf-8")
    return Tree(top)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_sound_house_passes(tmp_path: Path, rule: Callable[[Tree], list[str]]) -> None:
    assert rule(house(tmp_path)) == []


TANGLED = "def f(a):\n" + "".join(f"    if a == {number}:\n        a += 1\n" for number in range(12))
CROWDED = "def f(a, b, c, d, *, e, f, g, h):\n    pass"
COMMAND = f"import click\n@click.command()\n@click.option('--h')\n{CROWDED}"

WRONG = [
    (every_module_has_a_room, "helpers", "'''Bits.'''", "fieldtool.helpers: no row"),
    (every_module_has_a_room, "domain__bits", "'''Bits.'''", "fieldtool.domain.bits: no row"),
    (
        rooms_import_only_what_they_may,
        "domain__method__case",
        "from fieldtool.store.file import database",
        "domain.method may not import",
    ),
    (
        rooms_import_only_what_they_may,
        "domain__method__case",
        "from fieldtool.domain.log import events",
        "domain.method may not import fieldtool.domain.log.events",
    ),
    (
        rooms_import_only_what_they_may,
        "store__file__database",
        "import fieldtool.work.inspection",
        "store.file may not import",
    ),
    (
        rooms_import_only_what_they_may,
        "store__file__database",
        "from fieldtool.store.views import queries",
        "store.file may not import fieldtool.store.views.queries",
    ),
    (
        rooms_import_only_what_they_may,
        "store__chain__reading",
        "from fieldtool.store.views import queries",
        "store.chain.reading may not import fieldtool.store.views.queries",
    ),
    (
        rooms_import_only_what_they_may,
        "store__file__database",
        "from ... import settings",
        "import fieldtool.settings",
    ),
    (
        rooms_import_only_what_they_may,
        "work__inspection",
        "def f():\n    from fieldtool.tui import app",
        "line 5",
    ),
    (
        rooms_import_only_what_they_may,
        "tui__parts__rows",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from fieldtool.tui.app import A",
        "tui.parts may not import fieldtool.tui.app",
    ),
    (
        rooms_import_only_what_they_may,
        "tui__case__cases_screen",
        "import fieldtool.store.views.queries",
        "store.views.queries",
    ),
    (rooms_import_only_what_they_may, "tui__app", "from fieldtool.cli.main import main", "cli.main"),
    (
        rooms_import_only_what_they_may,
        "tui__case__cases_screen",
        "import importlib\nimportlib.import_module('fieldtool.cli.main')",
        "cli.main",
    ),
    (rooms_use_only_their_packages, "domain__method__case", "import sqlite_utils", "package sqlite_utils"),
    (rooms_use_only_their_packages, "cli__main", "import requests", "package requests"),
    (
        there_are_no_circles,
        "domain__method__case",
        "def f():\n    from fieldtool.domain.method import tally",
        "circle",
    ),
    (files_of_a_room_have_names_of_their_own, "domain__log__case", "'''Case.'''", "domain: case.py"),
    (files_are_short, "domain__method__case", "x = 1\n" * LONGEST_FILE, "case.py: 424 lines"),
    (functions_are_plain, "domain__method__case", TANGLED, "f: complexity 13"),
    (functions_take_few_parameters, "domain__method__case", CROWDED, "f: 8 parameters"),
    (
        modules_open_with_a_docstring,
        "domain__method__walk",
        "x = 1",
        "fieldtool.domain.method.walk: no docstring",
    ),
    (folders_of_modules_are_packages, "sync__folder__bundles", "'''Bundles.'''", "folder: no __init__.py"),
    (only_the_store_speaks_sql, "work__inspection", "log.db.executemany('x', [])", "line 4: .executemany("),
    (only_the_store_speaks_sql, "cli__main", "import sqlite3", "sqlite3 is for store/ alone"),
    (only_the_screens_know_textual, "cli__main", "def g():\n    import textual", "textual is for tui/ alone"),
    (the_domain_is_pure, "domain__method__case", "import pathlib", "may not import pathlib"),
    (the_domain_is_pure, "domain__method__case", "datetime.datetime.now()", ".now( reads the clock"),
]


@pytest.mark.parametrize(("rule", "file", "line", "complaint"), WRONG)
def test_a_wrong_house_is_found(
    tmp_path: Path, rule: Callable[[Tree], list[str]], file: str, line: str, complaint: str
) -> None:
    problems = rule(house(tmp_path, **{file: line}))
    assert len(problems) == 1
    assert complaint in problems[0]


def test_every_rule_can_fail() -> None:
    assert {rule for rule, *_ in WRONG} == set(RULES)


def test_the_parameters_of_a_command_are_its_options(tmp_path: Path) -> None:
    assert functions_take_few_parameters(house(tmp_path, cli__main=COMMAND)) == []


def test_no_row_of_the_table_names_a_later_one() -> None:
    seen: set[str] = set()
    for name, room in ROOMS.items():
        below = {each for each in ROOMS if each in seen or any(each.startswith(f"{n}.") for n in seen)}
        wrong = [each for each in room.rooms if each not in below and not _whole(each, seen)]
        assert not wrong, (name, wrong)
        seen.add(name)


def _whole(name: str, seen: set[str]) -> bool:
    """Whether a name stands for a house of which every room is above."""
    rooms = {each for each in ROOMS if each.startswith(f"{name}.")}
    return bool(rooms) and rooms <= seen
