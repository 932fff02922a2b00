"""Handing a secret to a user who is not there, by the public half of the key that the user signs with.

When the vault key is rotated, the passwords of the other users are not at hand. The new key is sealed for each user's
Ed25519 key, taken as an X25519 key by the map between the two curves (RFC 7748, section 4.1), with a key pair made for
this one message, HKDF-SHA256 and AES-256-GCM: what ECIES and libsodium's sealed boxes do.
"""

import hashlib
import os

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_P = 2**255 - 19


def sealed(secret: bytes, public_key: str, vault: str) -> bytes:
    """``secret`` so that only the owner of that Ed25519 key (hex) can read it: the message's key, nonce, ciphertext."""
    theirs = _exchange_public(bytes.fromhex(public_key))
    once = X25519PrivateKey.generate()
    ours = once.public_key().public_bytes_raw()
    key = _key(once.exchange(X25519PublicKey.from_public_bytes(theirs)), ours, theirs, vault)
    nonce = os.urandom(12)
    return ours + nonce + AESGCM(key).encrypt(nonce, secret, None)


def unsealed(message: bytes, signing_key: bytes, vault: str) -> bytes:
    """The secret, by the 32 bytes of the signing key. Raises InvalidTag."""
    mine = X25519PrivateKey.from_private_bytes(hashlib.sha512(signing_key).digest()[:32])
    shared = mine.exchange(X25519PublicKey.from_public_bytes(message[:32]))
    key = _key(shared, message[:32], mine.public_key().public_bytes_raw(), vault)
    return AESGCM(key).decrypt(message[32:44], message[44:], None)


def _exchange_public(signing_public: bytes) -> bytes:
    """The X25519 public key of an Ed25519 one: u = (1 + y) / (1 - y) modulo 2^255 - 19."""
    y = int.from_bytes(signing_public, "little") & (2**255 - 1)
    return ((1 + y) * pow(1 - y, -1, _P) % _P).to_bytes(32, "little")


def _key(shared: bytes, ours: bytes, theirs: bytes, vault: str) -> bytes:
    info = b"clinoscope passed key v1" + ours + theirs
    return HKDF(algorithm=SHA256(), length=32, salt=bytes.fromhex(vault), info=info).derive(shared)
