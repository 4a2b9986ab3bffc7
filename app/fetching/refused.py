"""Why something was not fetched."""

from __future__ import annotations

from typing import Literal

from app.errors import AppError

Reason = Literal[
    "too_big", "not_allowed_host", "not_https", "expired", "forbidden", "timeout", "unavailable", "unreadable"
]
"""`expired`: the provider does not have it any more. `forbidden`: it does not accept our credentials, or the request.
`unavailable`: it cannot be reached, is busy or broken. `unreadable`: it answers, but not as it documents."""

_WORDS: dict[Reason, str] = {
    "too_big": "it is larger than Kinbox fetches",
    "not_allowed_host": "its address is not one of the provider's",
    "not_https": "its address is not https",
    "expired": "the provider does not have it any more",
    "forbidden": "the provider does not let us have it; check the account's secrets",
    "timeout": "the provider took too long",
    "unavailable": "the provider cannot be reached or is busy",
    "unreadable": "the provider's answer cannot be read",
}
_PASSING: frozenset[Reason] = frozenset({"timeout", "unavailable"})


class Refused(AppError):
    """Nothing was fetched. `reason` is a code for logs, the text a sentence for people; neither names the address."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"Not fetched: {_WORDS[reason]}.")
        self.reason = reason
        self.retryable = reason in _PASSING
