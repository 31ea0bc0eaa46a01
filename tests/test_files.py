"""Paths as people type and paste them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fieldtool.files import typed_path


@pytest.mark.skipif(os.name != "posix", reason="the paths of other systems are escaped otherwise")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/stick/list.xlsx", "/stick/list.xlsx"),
        ("  /stick/list.xlsx ", "/stick/list.xlsx"),
        ('"/stick/long list.xlsx"', "/stick/long list.xlsx"),
        ("'/stick/long list.xlsx'", "/stick/long list.xlsx"),
        (r"/stick/long\ list\ \(1\).xlsx", "/stick/long list (1).xlsx"),
        ("file:///stick/long%20list.xlsx", "/stick/long list.xlsx"),
    ],
)
def test_a_path_however_it_was_copied(typed: str, meant: str) -> None:
    assert typed_path(typed) == Path(meant)
    assert typed_path("~/list.xlsx") == Path.home() / "list.xlsx"
