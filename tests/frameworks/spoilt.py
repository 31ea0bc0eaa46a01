"""A good framework file with one piece spoilt, and all that has to be said of it."""

from __future__ import annotations

from pathlib import Path

TINY = Path(__file__).with_name("tiny.toml").read_text(encoding="utf-8")


FORM = """
[[forms]]
id = "readers"
title = "Readers"
kind = "focus_group"

    [[forms.questions]]
    id = "opening"
    wording = "Is it open when you need it?"
    answers = [{ id = "yes", title = "Yes" }, { id = "no", title = "No" }]

    [[forms.questions]]
    id = "noise"
    wording = "Is it quiet?"
    answers = [{ id = "yes", title = "Yes" }, { id = "no", title = "No" }, { id = "deaf", title = "?", counts = false }]
"""
"""A good interview form, which can stand before the domains."""


class Spoilt:
    """A good file with one piece replaced, and the findings that have to follow, in order."""

    def __init__(self, name: str, old: str, new: str, *findings: str) -> None:
        assert old in TINY, f"{name}: tiny.toml no longer says {old!r}"
        self.name = name
        self.text = TINY.replace(old, new, 1)
        self.findings = tuple(
            f"spoilt.toml{', ' if finding.startswith(PLACES) else ': '}{finding}" for finding in findings
        )


def spoilt_form(name: str, old: str, new: str, *findings: str) -> Spoilt:
    """The same of a file with an interview form, one piece of which is spoilt."""
    assert old in FORM, f"{name}: the form no longer says {old!r}"
    before = '[[domains]]\nid = "Z"'
    return Spoilt(name, before, f"{FORM.replace(old, new, 1)}\n{before}", *findings)


PLACES = (
    "band ",
    "domain ",
    "draw_facts: ",
    "fact ",
    "form ",
    "line ",
    "list column ",
    "overall ",
    "sample type ",
    "standard ",
    "stratum ",
)
