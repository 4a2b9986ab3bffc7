"""Custom attributes that may not exist yet: made when Intercom refuses a write because of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from app.intercom.client import Intercom
from app.intercom.errors import Refused

Answer = TypeVar("Answer")
DESCRIPTION = "Written by Kinbox"
_UNKNOWN_ATTRIBUTE = frozenset({400, 422})
"""Which of the two Intercom answers is not documented."""


def with_attributes(intercom: Intercom, fields: Mapping[str, Any], write: Callable[[], Answer]) -> Answer:
    """Do `write`; when it is refused, make sure that the attributes in `fields` exist and do it once more.

    Also when none is missing any more: somebody else may have made them since the refusal. Raises the IntercomError of
    the second try, or the refusal itself when `fields` has no attributes.
    """
    names = fields.get("custom_attributes") or {}
    try:
        return write()
    except Refused as refusal:
        if refusal.status not in _UNKNOWN_ATTRIBUTE or not names:
            raise
    _make_missing(intercom, names)
    return write()


def _make_missing(intercom: Intercom, names: Iterable[str]) -> None:
    existing = {attribute.name for attribute in intercom.data_attributes()}
    for name in names:
        if name not in existing:
            intercom.create_data_attribute(name, DESCRIPTION)
