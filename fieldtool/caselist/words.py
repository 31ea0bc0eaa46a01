"""What services write in the cells of case lists: words for nothing, for people whom few may see, no numbers."""

from __future__ import annotations

import re
import unicodedata


def plain(text: str) -> str:
    """A text in small letters without accents and punctuation, for comparing."""
    if not text.isascii():
        text = "".join(s for s in unicodedata.normalize("NFKD", text) if not unicodedata.combining(s))
    return " ".join(re.sub(r"[^\w*]+|_+", " ", text.casefold()).split())


_NOTHING = frozenset(
    ["", "0", "00", "n a", "na", "nan", "nat", "nil", "nk", "none", "not applicable", "not available", "not known",
     "not provided", "not recorded", "not stated", "null", "pending", "tba", "tbc", "to be advised",
     "to be confirmed", "unassigned", "unk", "unknown"]
)  # fmt: skip
"""Plain words that mean that there is nothing in a cell, in every column where they are no answer of its own."""

_NOT_ENDED = _NOTHING | {
    "active", "current", "false", "live", "n", "no", "not ended", "not terminated", "not yet", "ongoing", "open",
}  # fmt: skip
"""What stands in the column of an end that has not come; noughts are Excel's empty date."""

_FEW_MAY_SEE = re.compile(
    r"\b(?:restricted|redacted|withheld|anonymi[sz]ed|limited access|access limited|excluded person)\b"
)
_LIMITED = re.compile(r"\bLAO\b")

_NO_PERSON = re.compile(r"0*/0*[A-Z]?|(?:19)?00/0*1?[A-Z]")
"""Numbers that forms are filled with: noughts, and the first number of the year 1900."""


def nothing(text: str) -> bool:
    """Whether a cell says that there is nothing in it."""
    return plain(text) in _NOTHING


def not_ended(text: str) -> bool:
    """Whether the column of an end says that it has not come."""
    words = plain(text)
    return words in _NOT_ENDED or not words.strip("0 ") or "9999" in words


def why_restricted(*names: str) -> str:
    """Why the names of a person say that few may see their case; empty if they do not."""
    if any("*" in name for name in names):
        return "restricted: asterisks in the name"
    if any(_FEW_MAY_SEE.search(plain(name)) or _LIMITED.search(name) for name in names):
        return "restricted"
    # A name that somebody put there in place of the real one, and not merely a cell that was left blank.
    if any(names) and all(nothing(name) for name in names):
        return "restricted: no name is given"
    return ""


def pnc_of(text: str) -> str:
    """A PNC number without what is written in different ways; empty if it is none."""
    closed = "".join(text.split()).upper()
    if _NO_PERSON.fullmatch(closed):
        return ""
    pnc = re.search(r"(?:19|20)?(\d\d)/?0*(\d{1,7})([A-Z])", closed)
    return "/".join(pnc.groups()) if pnc and int(pnc[2]) else ""
