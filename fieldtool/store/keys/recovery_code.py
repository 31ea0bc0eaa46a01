"""The recovery code of an inspection: 160 random bits as letters and digits that can be read off paper."""

from __future__ import annotations

import hashlib
import unicodedata

from fieldtool.store.file.database import StoreError

CODE_BYTES = 20


class MistypedCode(StoreError):  # noqa: N818  # what was wrong says more than "error"
    """What was typed cannot be a recovery code: its checksum does not fit."""


ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O or U, which are mistaken for others."""

GROUP = 4

_CODE_LENGTH, _CHECK_LENGTH = CODE_BYTES * 8 // 5, 4
_MEANT = str.maketrans("OIL", "011")


def as_text(code: bytes) -> str:
    """Write a code as it is printed: in groups, with its checksum."""
    number = int.from_bytes(code)
    characters = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(_CODE_LENGTH)))
    return grouped(characters + _check(code))


def grouped(characters: str) -> str:
    """The characters of a code in groups, as people read and tell it."""
    return "-".join(characters[start : start + GROUP] for start in range(0, len(characters), GROUP))


def characters_of(text: str) -> str:
    """The characters of a code as it was typed: however spaced, whatever its case, with O for 0 and I or L for 1."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_MEANT)
    return "".join(character for character in plain if character.isalnum())


def as_bytes(text: str) -> bytes:
    """Read a code as it was typed.

    Raises:
        MistypedCode: it is none, by its length, its characters or its checksum.
    """
    characters = characters_of(text)
    length = _CODE_LENGTH + _CHECK_LENGTH
    mistyped = MistypedCode(
        f"This is mistyped: a recovery code has {length} letters and digits, in groups of {GROUP}; "
        "compare it with the paper, character by character."
    )
    if len(characters) != length or not set(characters) <= set(ALPHABET):
        raise mistyped
    number = 0
    for character in characters[:_CODE_LENGTH]:
        number = number << 5 | ALPHABET.index(character)
    code = number.to_bytes(CODE_BYTES)
    if characters[_CODE_LENGTH:] != _check(code):
        raise mistyped
    return code


def _check(code: bytes) -> str:
    digest = hashlib.blake2b(code, digest_size=_CHECK_LENGTH, person=b"fieldtool check").digest()
    return "".join(ALPHABET[byte & 31] for byte in digest)
