"""Secrets at rest: encrypted with the first key, readable with every key."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.errors import AppError


class UnreadableSecret(AppError):
    """A stored secret opens with none of our keys."""

    def __init__(self) -> None:
        super().__init__(
            "A stored secret cannot be read with KINBOX_ENCRYPTION_KEYS. Put back the key that it was stored"
            " with, or store the secret anew."
        )


class SecretBox:
    """Encrypts and decrypts text. Keys are Fernet keys, the newest first."""

    __slots__ = ("_fernet", "_opened")

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        # A workspace's token is read with every request; opening it costs more than the query.
        self._opened = lru_cache(maxsize=1024)(self._open)

    def __repr__(self) -> str:
        return "SecretBox()"

    def encrypt(self, secret: str) -> str:
        return self._fernet.encrypt(secret.encode()).decode()

    def decrypt(self, stored: str) -> str:
        """Raises UnreadableSecret."""
        return self._opened(stored)

    def _open(self, stored: str) -> str:
        try:
            return self._fernet.decrypt(stored).decode()
        except InvalidToken:
            raise UnreadableSecret from None

    def rotate(self, stored: str) -> str:
        """The same secret, encrypted anew with the first key. Raises UnreadableSecret."""
        try:
            return self._fernet.rotate(stored).decode()
        except InvalidToken:
            raise UnreadableSecret from None
