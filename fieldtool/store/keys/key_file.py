"""The key file beside an encrypted inspection: the key of the database, wrapped for those who may open it.

A new passphrase rewrites this small file alone; the database, its key and the ways of recovery stay.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fieldtool import files
from fieldtool.store.file.database import StoreError, key_file_of
from fieldtool.store.keys.recovery_code import CODE_BYTES, as_bytes, as_text
from fieldtool.store.keys.sealing import KEY_BYTES, NONCE_BYTES, TAG_BYTES, Cost, seal, stretched, unseal

_FORMAT, _VERSION = "fieldtool key file", 1
_SALT_BYTES = 16
_LARGEST = 64 * 1024
"""No key file is longer: one that is was not written here."""


class WrongPassphrase(StoreError):  # noqa: N818  # what was wrong says more than "error"
    """The passphrase does not open the key file; a damaged one may look the same."""


class WrongRecovery(StoreError):  # noqa: N818  # the same
    """The recovery code or the recovery key does not open the key file."""


class KeyFileError(StoreError):
    """The key file is missing, damaged, of a newer program, or cannot be written."""


COST = Cost(operations=3, memory=256 * 1024 * 1024)
"""Of every key file that is made; nothing outside the program can make it less."""

_LEAST, _MOST = Cost(operations=1, memory=8192), Cost(operations=16, memory=1024 * 1024 * 1024)
"""What a key file may ask for: a forged one must not bring the laptop to a standstill."""


def create_key(
    path: Path, passphrase: str, recipients: Sequence[str] = (), *, cost: Cost | None = None
) -> tuple[bytes, str]:
    """Make the key of a new inspection, and its key file.

    Args:
        path: the file of the inspection, not of its key.
        recipients: public keys of age, as "age1…": whoever holds the secret one can open it.
        cost: less than usual, for tests.

    Returns:
        The key, and the recovery code, which is kept nowhere else.

    Raises:
        StoreError: there is a key file already, a recipient is none, or the folder cannot be written.
    """
    file = key_file_of(path)
    if file.exists():
        raise KeyFileError(f"{file} exists already, and may be all that opens an inspection: move it first.")
    id, key, code = secrets.token_bytes(16), secrets.token_bytes(KEY_BYTES), secrets.token_bytes(CODE_BYTES)
    content: dict[str, object] = {"format": _FORMAT, "version": _VERSION, "id": _text(id)}
    content["passphrase"] = _wrap_by_passphrase(path, id, key, passphrase, cost or COST)
    content["code"] = _wrapped(key, _code_key(id, code), id, b"code")
    if recipients:
        content["recovery"] = {"recipients": list(recipients), "age": _text(_sealed(key, recipients))}
    _write(file, content)
    return key, as_text(code)


def unlock(path: Path, passphrase: str) -> bytes:
    """Take the key of an inspection out of its key file; slow on purpose.

    Raises:
        WrongPassphrase: it does not open it.
        StoreError: the key file is missing or damaged, or there is not enough memory.
    """
    content = _read(path)
    part, id = content.part("passphrase"), content.data("id", 16)
    memory = part.number("memory", _LEAST.memory, _MOST.memory)
    cost = Cost(part.number("operations", _LEAST.operations, _MOST.operations), memory)
    salt, wrap = (
        part.data("salt", _SALT_BYTES),
        part.wrap(),
    )  # before the work, which a damaged file is not worth
    key = unseal(wrap, _about(id, b"passphrase"), _stretched(path, passphrase, salt, cost))
    if key is None:
        raise WrongPassphrase(f"This passphrase does not open {path}.")
    return key


def unlock_with_code(path: Path, code: str) -> bytes:
    """Take the key out by the recovery code, however it is spaced and whatever its case.

    Raises:
        MistypedCode: it is not a recovery code at all.
        WrongRecovery: it is one, but not of this inspection.
        StoreError: the key file is missing or damaged.
    """
    content = _read(path)
    id = content.data("id", 16)
    key = unseal(content.part("code").wrap(), _about(id, b"code"), _code_key(id, as_bytes(code)))
    if key is None:
        raise WrongRecovery(f"This recovery code is written correctly, but does not open {path}.")
    return key


def unlock_with_identity(path: Path, identity_file: Path) -> bytes:
    """Take the key out by a recovery key: a file with the secret keys of age.

    Raises:
        WrongRecovery: no key in it opens this inspection, or it holds none.
        StoreError: the key file is missing or damaged, or the file cannot be read.
    """
    import pyrage

    content = _read(path)
    identities = _identities(identity_file)
    if "recovery" not in content.values:
        raise WrongRecovery(f"{path} was made without recovery keys: use its recovery code.")
    try:
        key = bytes(pyrage.decrypt(content.part("recovery").data("age"), identities))
    except pyrage.DecryptError:
        key = b""
    if len(key) != KEY_BYTES:
        raise WrongRecovery(f"No key in {identity_file} opens {path}.")
    return key


def change_passphrase(path: Path, key: bytes, passphrase: str, *, cost: Cost | None = None) -> None:
    """Let another passphrase open the inspection from now on, and the one before no more.

    Args:
        key: the key of the database, from one of the ways to unlock it.
        cost: less than usual, for tests.

    Raises:
        StoreError: the key file is missing or damaged, or cannot be written; then nothing has changed.
    """
    content = _read(path)
    wrap = _wrap_by_passphrase(path, content.data("id", 16), key, passphrase, cost or COST)
    _write(key_file_of(path), {**content.values, "passphrase": wrap})


def derived(key: bytes, purpose: bytes) -> bytes:
    """A key of its own for one purpose, as copies; it tells nothing of the key that it comes from."""
    return hashlib.blake2b(purpose, digest_size=KEY_BYTES, key=key, person=b"fieldtool").digest()


# ---------------------------------------------------------------------- what is in the file


class _Part:
    """A table in a key file, whose values are what they should be or the file is damaged."""

    def __init__(self, file: Path, values: Mapping[str, object]) -> None:
        self.file = file
        self.values = values

    def part(self, name: str) -> _Part:
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise self.damaged()
        return _Part(self.file, value)

    def number(self, name: str, least: int, most: int) -> int:
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.damaged()
        return value

    def data(self, name: str, length: int | None = None) -> bytes:
        value = self.values.get(name)
        if not isinstance(value, str):
            raise self.damaged()
        try:
            data = b64decode(value, validate=True)
        except ValueError:
            raise self.damaged() from None
        if length is not None and len(data) != length:
            raise self.damaged()
        return data

    def wrap(self) -> bytes:
        """The key of the database, sealed with another key."""
        return self.data("nonce", NONCE_BYTES) + self.data("wrapped", KEY_BYTES + TAG_BYTES)

    def damaged(self) -> KeyFileError:
        return KeyFileError(f"The key file {self.file} is damaged: put it back from your copy of it.")


def _read(path: Path) -> _Part:
    file = key_file_of(path)
    try:
        data = files.read_at_most(file, _LARGEST)
    except FileNotFoundError:
        raise KeyFileError(f"There is no key file {file}: put it back beside {path.name}.") from None
    except OSError as error:
        raise KeyFileError(f"The key file {file} cannot be read: {files.why(error)}.") from error
    part = _Part(file, {})
    try:
        values = json.loads(data) if len(data) <= _LARGEST else None
    except (ValueError, RecursionError):
        raise part.damaged() from None
    if not isinstance(values, dict) or values.get("format") != _FORMAT:
        raise part.damaged()
    part = _Part(file, values)
    if part.number("version", 1, 2**31) > _VERSION:
        raise KeyFileError(
            f"The key file {file} was written by a newer fieldtool: update this one to open it."
        )
    return part


def _write(file: Path, content: Mapping[str, object]) -> None:
    """Put the file in place whole or not at all, whatever happens on the way."""
    try:
        files.write_whole(file, (json.dumps(content, indent=1) + "\n").encode())
    except OSError as error:
        raise KeyFileError(f"The key file {file} could not be written: {files.why(error)}.") from error


def _text(data: bytes) -> str:
    return b64encode(data).decode()


# ---------------------------------------------------------------------- wrapping


def _wrap_by_passphrase(path: Path, id: bytes, key: bytes, passphrase: str, cost: Cost) -> dict[str, object]:
    salt = secrets.token_bytes(_SALT_BYTES)
    return {
        "kdf": "argon2id",
        **cost._asdict(),
        "salt": _text(salt),
        **_wrapped(key, _stretched(path, passphrase, salt, cost), id, b"passphrase"),
    }


def _stretched(path: Path, passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """The passphrase as a key: the same however a keyboard composes its accents."""
    typed = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return stretched(typed, salt, cost, f"to unlock {path}")


def _wrapped(key: bytes, kek: bytes, id: bytes, way: bytes) -> dict[str, object]:
    sealed = seal(key, _about(id, way), kek)
    return {"nonce": _text(sealed[:NONCE_BYTES]), "wrapped": _text(sealed[NONCE_BYTES:])}


def _about(id: bytes, way: bytes) -> bytes:
    """What a wrap is sealed together with: none can be moved to another file or another way."""
    return b"fieldtool key 1 " + way + b" " + id


def _code_key(id: bytes, code: bytes) -> bytes:
    # 160 random bits need no stretching.
    return hashlib.blake2b(id, digest_size=KEY_BYTES, key=code, person=b"fieldtool code").digest()


def recipient_of(text: str) -> Any:
    """A public key of age, from its text.

    Raises:
        StoreError: it is none.
    """
    import pyrage

    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise StoreError(
            f'"{text}" is not a recovery key: a public key of age begins with "age1".'
        ) from error


def _sealed(key: bytes, recipients: Sequence[str]) -> bytes:
    import pyrage

    return bytes(pyrage.encrypt(key, [recipient_of(recipient) for recipient in recipients]))


def _identities(file: Path) -> list[object]:
    import pyrage

    try:
        text = file.read_bytes()[:_LARGEST].decode("utf-8", "replace")
    except OSError as error:
        raise StoreError(f"{file} cannot be read: {files.why(error)}.") from error
    lines = [line.strip() for line in text.splitlines()]
    try:
        identities = [
            pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-SECRET-KEY-1")
        ]
    except pyrage.IdentityError as error:
        raise WrongRecovery(
            f"The secret key in {file} is damaged: put it back from your copy of it."
        ) from error
    if not identities:
        raise WrongRecovery(f'{file} holds no secret key of age: one begins with "AGE-SECRET-KEY-1".')
    return identities
