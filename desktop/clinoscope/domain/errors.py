"""Failures of the world, each told to the user in one plain sentence.

Everything else that goes wrong is a bug of ours: it is never caught broadly, and reported
with all that is needed to mend it.
"""


class KnownError(Exception):
    """The world failed: ``str(error)`` is one sentence that says what happened and what to do.

    The sentence never holds patient data, a password or a key.
    """


class PictureError(KnownError):
    """A picture cannot be used: cut off, too large, not a picture at all."""


class CameraError(KnownError):
    """A camera or stream is gone, busy or silent."""


class PackageError(KnownError):
    """A model package is missing, altered or not made for this program."""


class VaultError(KnownError):
    """The vault cannot be opened, read or written."""


class WrongPassword(VaultError):
    """Unknown user or wrong password: on purpose the same answer.

    ``retry_after`` is the number of seconds to wait before the next try is looked at.
    """

    def __init__(self, sentence: str, retry_after: float = 0.0) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class NotAllowed(KnownError):
    """The act breaks a rule of the record, such as editing a signed exam."""
