"""The recovery code of an inspection: 160 random bits as letters and digits that can be read off paper."""

from __future__ import annotations

import hashlib
import unicodedata

from fieldtool.store.file.database import StoreError

CODE_BYTES = 20


class MistypedCode(StoreError):  # noqa: N818  # what was wrong says more than "error"
    """What was typed cannot be a recovery code: its checksum does not fit."""


_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O or U, which are mistaken for others."""

_CODE_SIGNS, _CHECK_SIGNS, _GROUP = CODE_BYTES * 8 // 5, 4, 4
_MEANT = str.maketrans("OIL", "011")


def as_text(code: bytes) -> str:
    """Write a code as it is printed: in groups, with its checksum."""
    number = int.from_bytes(code)
    signs = "".join(_SIGNS[number >> 5 * place & 31] for place in reversed(range(_CODE_SIGNS)))
    signs += _check(code)
    return "-".join(signs[start : start + _GROUP] for start in range(0, len(signs), _GROUP))


def as_bytes(text: str) -> bytes:
    """Read a code as it was typed, however it is spaced, whatever its case, with O for 0 and I or L for 1.

    Raises:
        MistypedCode: it is none, by its length, its characters or its checksum.
    """
    plain = unicodedata.normalize("NFKC", text).upper().translate(_MEANT)
    signs = "".join(sign for sign in plain if sign.isalnum())
    length = _CODE_SIGNS + _CHECK_SIGNS
    mistyped = MistypedCode(
        f"This is mistyped: a recovery code has {length} letters and digits, in groups of {_GROUP}; "
        "compare it with the paper, character by character."
    )
    if len(signs) != length or not set(signs) <= set(_SIGNS):
        raise mistyped
    number = 0
    for sign in signs[:_CODE_SIGNS]:
        number = number << 5 | _SIGNS.index(sign)
    code = number.to_bytes(CODE_BYTES)
    if signs[_CODE_SIGNS:] != _check(code):
        raise mistyped
    return code


def _check(code: bytes) -> str:
    digest = hashlib.blake2b(code, digest_size=_CHECK_SIGNS, person=b"fieldtool check").digest()
    return "".join(_SIGNS[byte & 31] for byte in digest)
