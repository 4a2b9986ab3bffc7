"""Snapshots of contacts without the fields that a team does not want to be kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

NOT_KEPT = "[not kept]"
"""Stands in a snapshot for a value that was there."""
CUSTOM = "custom_attributes"
_SAID_AGAIN: Mapping[str, tuple[str, ...]] = {
    "email": ("email_domain",),
    "phone": ("formatted_phone",),
    "external_id": ("user_id",),
    "location": ("location_data",),
}
"""Fields in which Intercom says the same once more."""


def redacted(record: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """A contact's record in which `fields` (its own and `custom_attributes.NAME`) hold NOT_KEPT in place of a value.

    What was empty stays empty, so that it can be told that there was nothing. The id and the role always stay.
    """
    own = {each for one in fields for each in (one, *_SAID_AGAIN.get(one, ()))} - {"id", "role", CUSTOM}
    kept = {name: _marked(value) if name in own else value for name, value in record.items()}
    custom = record.get(CUSTOM)
    if isinstance(custom, Mapping):
        names = {one.removeprefix(f"{CUSTOM}.") for one in fields if one.startswith(f"{CUSTOM}.")}
        kept[CUSTOM] = {name: _marked(value) if name in names else value for name, value in custom.items()}
    return kept


def readable(record: Mapping[str, Any]) -> dict[str, Any]:
    """A stored record as if what was not kept had never been there: a marker is nobody's name."""
    kept = {name: value for name, value in record.items() if value != NOT_KEPT}
    custom = kept.get(CUSTOM)
    if isinstance(custom, Mapping):
        kept[CUSTOM] = {name: value for name, value in custom.items() if value != NOT_KEPT}
    return kept


def not_kept(record: Mapping[str, Any]) -> frozenset[str]:
    """The fields that had a value which was not kept; custom attributes by their bare name."""
    custom = record.get(CUSTOM)
    attributes = custom if isinstance(custom, Mapping) else {}
    return frozenset(name for part in (record, attributes) for name, value in part.items() if value == NOT_KEPT)


def _marked(value: Any) -> Any:
    return value if value is None or value in ("", [], {}) else NOT_KEPT
