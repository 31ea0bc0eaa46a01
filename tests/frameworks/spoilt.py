"""A good framework file with one piece spoilt, and all that has to be said of it."""

from __future__ import annotations

from pathlib import Path

TINY = Path(__file__).with_name("tiny.toml").read_text(encoding="utf-8")


class Spoilt:
    """A good file with one piece replaced, and the findings that have to follow, in order."""

    def __init__(self, name: str, old: str, new: str, *findings: str) -> None:
        assert old in TINY, f"{name}: tiny.toml no longer says {old!r}"
        self.name = name
        self.text = TINY.replace(old, new, 1)
        self.findings = tuple(
            f"spoilt.toml{', ' if finding.startswith(PLACES) else ': '}{finding}" for finding in findings
        )


PLACES = (
    "band ",
    "domain ",
    "fact ",
    "line ",
    "list column ",
    "overall ",
    "sample type ",
    "standard ",
    "stratum ",
)
