"""What all errors have in common whose words are for the person who works here."""

from __future__ import annotations


class FieldtoolError(Exception):
    """Something cannot be done, in one sentence fit for an inspector."""


class Mistyped(FieldtoolError, ValueError):  # noqa: N818  # what somebody did says more than "error"
    """What somebody typed cannot be what it should be."""
