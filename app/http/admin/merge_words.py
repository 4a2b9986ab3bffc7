"""A merge in words, and both contacts side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.merge_record import MergeRecord, MergeState
from app.domain.merging import Consent
from app.http.admin.badges import State

_STATES = {
    MergeState.ASKED: State("Asked for", "none"),
    MergeState.SENT: State("Sent, no answer yet", "warn"),
    MergeState.IN_DOUBT: State("In doubt", "warn"),
    MergeState.DONE: State("Done", "good"),
    MergeState.FAILED: State("Not merged", "bad"),
}
_CONSENTS = {
    Consent.IRREVERSIBLE: "that it cannot be undone",
    Consent.NOTHING_SHARED: "that both share no email and no phone",
    Consent.PROMOTION: "that a lead becomes a user first",
}
_FIRST = ("name", "email", "phone", "role", "external_id", "id")
"""What people look for comes first; the rest follows in the alphabet."""


@dataclass(frozen=True)
class Row:
    """A field of the contacts: of both before, and of the user after."""

    name: str
    lead_before: str
    user_before: str
    user_after: str


def state_told(merge: MergeRecord) -> State:
    return _STATES[merge.state]


def consents_told(merge: MergeRecord) -> tuple[str, ...]:
    known = {consent.value: words for consent, words in _CONSENTS.items()}
    return tuple(known.get(one, one) for one in merge.consents)


def snapshots_side_by_side(merge: MergeRecord) -> tuple[Row, ...]:
    """Every field that any of the contacts had. What was not kept, or not any more, is empty."""
    snapshots = [_flat(one) for one in (merge.lead_before, merge.user_before, merge.user_after)]
    names = {name for one in snapshots for name, value in one.items() if value}
    order = sorted(names, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name))
    return tuple(Row(name, *(one.get(name, "") for one in snapshots)) for name in order)


def _flat(contact: Mapping[str, Any]) -> dict[str, str]:
    """The fields as texts, custom attributes each by its own name."""
    custom = contact.get("custom_attributes")
    attributes = custom if isinstance(custom, Mapping) else {}
    plain = {name: value for name, value in contact.items() if name not in {"custom_attributes", "type"}}
    return {name: _text(value) for name, value in {**plain, **attributes}.items()}


def _text(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
