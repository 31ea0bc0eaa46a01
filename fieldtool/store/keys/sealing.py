"""Sealing under a secret key, and stretching what people can remember or type to such a key."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from fieldtool.store.file.database import StoreError

KEY_BYTES, NONCE_BYTES, TAG_BYTES = 32, 24, 16


class Cost(NamedTuple):
    """What one guess costs whoever guesses, and each unlocking the inspector."""

    operations: int
    memory: int
    """In bytes."""


def seal(content: bytes, about: bytes, key: bytes) -> bytes:
    """Seal bytes by XChaCha20-Poly1305: a nonce, then what is sealed, which opens with the same `about` alone."""
    from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as encrypt

    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + encrypt(content, about, nonce, key)


def unseal(sealed: bytes, about: bytes, key: bytes) -> bytes | None:
    """Open what was sealed; None if it is damaged, or was sealed under another key or about something else."""
    from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as decrypt
    from nacl.exceptions import CryptoError

    try:
        return decrypt(sealed[NONCE_BYTES:], about, sealed[:NONCE_BYTES], key)
    except CryptoError:
        return None


def is_cut_short(sealed: bytes) -> bool:
    """Whether it is too short to be anything that was sealed."""
    return len(sealed) < NONCE_BYTES + TAG_BYTES


def stretched(text: bytes, salt: bytes, cost: Cost, what: str) -> bytes:
    """A key of what people can remember or type, by Argon2id.

    Args:
        what: what it is for, as a sentence says it.

    Raises:
        StoreError: there is not enough memory.
    """
    from nacl.exceptions import CryptoError
    from nacl.pwhash import argon2id

    try:
        return argon2id.kdf(KEY_BYTES, text, salt, opslimit=cost.operations, memlimit=cost.memory)
    except (CryptoError, MemoryError) as error:
        raise StoreError(
            f"There is not enough memory {what}: close other programs until {cost.memory >> 20} MiB are free."
        ) from error
