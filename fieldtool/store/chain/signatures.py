"""The signatures of a device: its secret key, what it signs, and whether a signature is right."""

from __future__ import annotations

from fieldtool.domain.kinds.devices import ChainSigned
from fieldtool.domain.log.events import EventId
from fieldtool.store.file.database import Database
from fieldtool.store.file.local import local, set_locals_within

_NAME = "signing_key"


def secret_of(database: Database, device: str, incarnation: int) -> bytes | None:
    """The key with which this installation signs, if it was made for this device and incarnation.

    It is kept in `local`, inside the file, and never leaves it: a copy that goes on as another device, or as
    another incarnation, makes a key of its own.
    """
    owner, _, secret = (local(database, _NAME) or "").rpartition(" ")
    return bytes.fromhex(secret) if owner == f"{device}.{incarnation}" else None


def new_secret(database: Database, device: str, incarnation: int) -> bytes:
    """Make a key for a device, inside a transaction of the caller."""
    from nacl.signing import SigningKey  # late, because nothing but signing needs it

    secret = bytes(SigningKey.generate())
    set_locals_within(database, {_NAME: f"{device}.{incarnation} {secret.hex()}"})
    return secret


def public_key(secret: bytes) -> str:
    """What others check the signatures of a secret key with, in hexadecimal."""
    from nacl.signing import SigningKey

    return bytes(SigningKey(secret).verify_key).hex()


def signed(secret: bytes, inspection: str, id: EventId, chained: bytes) -> ChainSigned:
    """Sign the chain of a device as far as an event, which is given by its id and its hash."""
    body = ChainSigned(
        device=id.device,
        incarnation=id.incarnation,
        seq=id.seq,
        hash=chained.hex(),
        inspection=inspection,
        signature="",
    )
    return body.model_copy(update={"signature": sign(secret, message(body))})


def message(body: ChainSigned) -> bytes:
    """What is signed: five fields and what they are, a line each, so that no signature fits anything else."""
    fields = (body.inspection, body.device, body.incarnation, body.seq, body.hash)
    return "\n".join(["fieldtool chain 1", *map(str, fields)]).encode()


def is_right(body: ChainSigned, public_key: str) -> bool:
    """Whether a signature was made by the owner of a public key, over what the body says."""
    return is_signed(message(body), body.signature, public_key)


def sign(secret: bytes, message: bytes) -> str:
    """The Ed25519 signature of a message, in hexadecimal."""
    from nacl.signing import SigningKey

    return SigningKey(secret).sign(message).signature.hex()


def is_signed(message: bytes, signature: str, public_key: str) -> bool:
    """Whether a message was signed by the owner of a public key; key and signature are in hexadecimal."""
    from nacl.exceptions import CryptoError
    from nacl.signing import VerifyKey

    try:
        VerifyKey(bytes.fromhex(public_key)).verify(message, bytes.fromhex(signature))
    except (CryptoError, ValueError):
        return False
    return True
