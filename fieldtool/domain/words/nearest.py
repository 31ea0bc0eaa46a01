"""A word that nothing is called, and what may have been meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

QUOTED = '"'
"""The mark about names that might have spaces."""

MOST = 8
"""So many names are told where none is near."""


def nearest(word: str, names: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The name that comes nearest to a word, in whatever letters; None if none is near.

    Args:
        cutoff: how near it must be, from 0 to 1.
    """
    by_fold = {name.casefold(): name for name in reversed(list(names))}
    near = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=cutoff)
    return by_fold[near[0]] if near else None


def did_you_mean(word: str, names: Iterable[str], otherwise: str | None = None, mark: str = "") -> str:
    """What to do about a word that nothing is called: the nearest name, or some of those that there are.

    Args:
        otherwise: what to say instead where none is near.
        mark: what stands before and behind the name.
    """
    known = list(names)
    near = nearest(word, known)
    if near is not None:
        return f"did you mean {mark}{near}{mark}?"
    if otherwise is not None:
        return otherwise
    if not known:
        return "there are none yet."
    return f"there are {', '.join(known[:MOST])}{' and more' if len(known) > MOST else ''}."
