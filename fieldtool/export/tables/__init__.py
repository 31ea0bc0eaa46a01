"""The tables of the report: each a function that `table` registers, whichever file of this room it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from fieldtool.export.table import TABLES, Maker, Table

if TYPE_CHECKING:
    from fieldtool.export.contents import Contents

# All of them, whichever is asked for: a table is known once its file is there.
for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def registered() -> Mapping[str, Maker]:
    """What makes the tables, by id in the order of the ids."""
    return dict(sorted(TABLES.items()))


def tables(contents: Contents) -> tuple[Table, ...]:
    """All tables of an inspection that have something to say, by id."""
    made = (make(contents) for make in registered().values())
    return tuple(table for table in made if table is not None)
