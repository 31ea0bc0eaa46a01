"""What commands say: plain lines or JSON on the standard output, without what could steer a terminal."""

from __future__ import annotations

import json
import os
import shlex
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool import files
from fieldtool.cli.dispatch import Refused

if TYPE_CHECKING:
    from pydantic import BaseModel


def say(lines: Iterable[str]) -> None:
    """Write lines, each with its line breaks and other control characters made visible or blank.

    Raises:
        Refused: they cannot be written, as on a full disk.
    """
    _write("".join(f"{clean(line)}\n" for line in lines))


def say_json(shape: BaseModel) -> None:
    """Write an object as JSON, in ASCII so that no shell on the way can spoil it; keys that were not said are left out.

    Raises:
        Refused: it cannot be written, as on a full disk.
    """
    _write(json.dumps(shape.model_dump(mode="json", by_alias=True, exclude_unset=True), indent=2) + "\n")


def clean(line: str) -> str:
    """The line with spaces for line breaks, and signs in place of whatever else could steer a terminal."""
    if line.isprintable():
        return line
    return "".join(_shown(sign) for sign in line)


def columns(rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> list[str]:
    """Rows set in columns two spaces apart, without spaces at the ends of the lines.

    Args:
        right: the columns that are set to the right, as numbers are.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    aligned = frozenset(right)
    return [
        "  ".join(
            cell.rjust(width) if place in aligned else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def quoted(path: Path) -> str:
    """A path as it can be typed into a shell."""
    return shlex.quote(str(path)) if os.name == "posix" else f'"{path}"'


def _shown(sign: str) -> str:
    if sign.isprintable():
        return sign
    if sign.isspace() and sign != "\x1c":
        return " "
    return "" if unicodedata.category(sign) == "Cf" else "\N{REPLACEMENT CHARACTER}"


def _write(text: str) -> None:
    stream = sys.stdout
    # A terminal or a pipe that cannot show a sign gets a question mark for it, not a crash.
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        click.echo(text.encode(encoding, "replace").decode(encoding), nl=False)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Refused(f"The output could not be written: {files.why(error)}.") from error
