"""An inspection opened only to look at it, and the argument by which commands are told which."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from fieldtool.work.inspection import Inspection

path_argument = click.argument("path", type=click.Path(readable=False, path_type=Path))
"""The file of the inspection."""

json_option = click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")

complete_only_option = click.option("--complete-only", is_flag=True, help="Count complete cases alone.")


@contextmanager
def looking_at(path: Path) -> Iterator[Inspection]:
    """Open an inspection to read it; of an encrypted one, the passphrase is asked for.

    Raises:
        Refused: it is encrypted, and nobody can be asked.
        StoreError: it cannot be opened, in one sentence that says why.
    """
    from fieldtool.cli.passphrase_prompt import opened
    from fieldtool.work.inspection import Inspection

    with opened(path, to_write=False) as file:
        yield Inspection(file)
