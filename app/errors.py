"""The one root of every error that Kinbox raises on purpose."""

from __future__ import annotations


class AppError(Exception):
    """A fault whose flags tell the caller what to do next.

    Callers read the flags, never the class name or the message.
    """

    retryable: bool = False
    """The same call may succeed later, and repeating it does no harm."""
