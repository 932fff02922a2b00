import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clinoscope.records.passing import sealed, unsealed

VAULT = "ab" * 16


def test_only_the_owner_of_the_signing_key_reads_it() -> None:
    for _ in range(20):  # the map between the curves must hold for every key
        key = Ed25519PrivateKey.generate()
        message = sealed(b"s" * 32, key.public_key().public_bytes_raw().hex(), VAULT)
        assert unsealed(message, key.private_bytes_raw(), VAULT) == b"s" * 32
    with pytest.raises(InvalidTag):
        unsealed(message, Ed25519PrivateKey.generate().private_bytes_raw(), VAULT)
    with pytest.raises(InvalidTag):
        unsealed(message, key.private_bytes_raw(), "cd" * 16)
    with pytest.raises(InvalidTag):
        unsealed(message[:-1] + bytes([message[-1] ^ 1]), key.private_bytes_raw(), VAULT)


def test_the_same_secret_never_looks_the_same() -> None:
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    assert sealed(b"s" * 32, public, VAULT) != sealed(b"s" * 32, public, VAULT)
