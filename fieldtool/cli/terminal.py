"""The guards of the terminal app: whether there is a terminal that it can draw on, and else what to do."""

from __future__ import annotations

import os
import sys
from typing import TextIO


def why_no_screen() -> str | None:
    """Say why the app cannot be shown here; None if it can."""
    if not _is_terminal(sys.__stdin__):
        return "The screens need keys, and the input does not come from a terminal"
    if not _is_terminal(sys.__stdout__):
        return "The screens need a terminal, and the output goes somewhere else"
    if not _is_terminal(sys.__stderr__):
        # Textual draws on it, so that what is drawn would land in a file.
        return "The screens need a terminal, and the error output goes somewhere else"
    if os.environ.get("TERM") == "dumb":
        return "The screens need a terminal that can move its cursor, and TERM=dumb says that this one cannot"
    return None


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False
