"""Who wrote: the business-scoped user id (BSUID), the phone, and the name beside them.

Since 2026 a person has a BSUID, and a phone only as long as it is not hidden behind a user name. So the same person may
come with a phone today and without one next month: whichever id is not the `sender_id` is an alias where it is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.channels.reading import obj, objects, text_of
from app.domain.message import AliasChange
from app.domain.phone import read_sender

_SAME_ID = {"from": "wa_id", "from_user_id": "user_id", "from_parent_user_id": "parent_user_id"}
"""What a message calls an id, and what `contacts` and `system` call it."""
_CHANGES = {"user_changed_number", "user_changed_user_id", "customer_changed_number"}


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who wrote a message. `phone` only where the provider gave the number, never made from another id."""

    id: str
    aliases: tuple[str, ...]
    phone: str | None = field(repr=False)
    name: str | None = field(repr=False)
    handle: str | None = field(repr=False)


class People:
    """The `contacts` of one `value`, to be found by any of their ids."""

    def __init__(self, value: Mapping[str, Any]) -> None:
        contacts = objects(value.get("contacts"))
        self._by_id = {
            (name, known): contact
            for contact in contacts
            for name in _SAME_ID.values()
            if (known := _id(contact, name))
        }
        writers = {_sender_id(message) for message in objects(value.get("messages"))}
        self._only = contacts[0] if len(contacts) == 1 and len(writers) == 1 else {}

    def sender_of(self, message: Mapping[str, Any]) -> Sender:
        """Raises KeyError when the message names nobody."""
        sender_id, phone_id = _sender_id(message), _id(message, "from")
        if sender_id is None:
            raise KeyError("from")
        matched = self._matched(message)
        contact = matched or self._alone(message)
        user_id = _id(message, "from_user_id") or _id(matched, "user_id")
        aliases = _present(phone_id, _id(matched, "wa_id"), user_id)
        return Sender(
            id=sender_id,
            aliases=tuple(one for one in aliases if one != sender_id),
            phone=phone_of(phone_id),
            name=_name(contact),
            handle=(text_of(obj(contact.get("profile")), "username") or "").removeprefix("@") or None,
        )

    def _matched(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        """The contact with one of this sender's ids; a user id says more than a phone."""
        for ours in ("from_user_id", "from", "from_parent_user_id"):
            contact = self._by_id.get((_SAME_ID[ours], _id(message, ours) or ""))
            if contact is not None:
                return contact
        return {}

    def _alone(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        """The only contact of the only sender: `from` and `wa_id` may differ in Brazil, Mexico and Argentina."""
        ours, theirs = _id(message, "from_user_id"), _id(self._only, "user_id")
        return {} if ours and theirs else self._only


def alias_changes(message: Mapping[str, Any], event_id: str) -> list[AliasChange]:
    """What a `system` message says about new ids: each old one with each new one. Empty for any other notice."""
    told = obj(message.get("system"))
    if text_of(told, "type") not in _CHANGES:
        return []
    new = _present(_id(told, "user_id"), _id(told, "wa_id"))
    old = [one for one in _present(_id(message, "from_user_id"), _id(message, "from")) if one not in new]
    phone = phone_of(_id(told, "wa_id"))
    pairs = [(was, becomes) for was in old for becomes in new]
    return [
        AliasChange(old_id=was, new_id=becomes, phone=phone, event_id=f"{event_id}:{number}" if number else event_id)
        for number, (was, becomes) in enumerate(pairs)
    ]


def phone_of(wa_id: str | None) -> str | None:
    """E.164 of an id that is international digits; None for anything else."""
    return read_sender(wa_id, region=None, international_digits=True) if wa_id else None


def _sender_id(message: Mapping[str, Any]) -> str | None:
    return _id(message, "from_user_id") or _id(message, "from")


def _id(source: Mapping[str, Any], name: str) -> str | None:
    """An id that says something; blanks do not."""
    value = text_of(source, name)
    return value if value and value.strip() else None


def _present(*ids: str | None) -> list[str]:
    return list(dict.fromkeys(one for one in ids if one))


def _name(contact: Mapping[str, Any]) -> str | None:
    """WhatsApp sends `~` for people without a name."""
    name = text_of(obj(contact.get("profile")), "name")
    return name if name and name.strip(" ~") else None
