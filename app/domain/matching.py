"""Which contact a sender is, by rules that anybody can follow, and what a new lead is called.

The stored link comes first, then contacts that we made or saw lately (Intercom's search lags behind by minutes), then
one search: by phone in E.164, or by the channel id in a custom attribute.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.channel import Channel
from app.domain.contact import Contact
from app.domain.identity import Match
from app.domain.phone import phone_matches, read_stored
from app.domain.suggesting import channel_ids

_PREFERRED = {"lead": "lead", "user": "user"}


@dataclass(frozen=True)
class Found:
    """The contact, and why. `role` is None where only the stored link is known."""

    contact_id: str
    match: Match
    role: str | None = None


@dataclass(frozen=True)
class Nobody:
    """No contact fits: a new lead is made. `why` says what was looked for."""

    why: str


def by_phone(phone: str, contacts: Iterable[Contact], *, country: str | None, priority: str, rule: str) -> Found | None:
    """The best of the contacts that really hold the number, the others as runners-up."""
    ranked = [match.contact for match in phone_matches(phone, contacts, region=country, priority=priority)]
    return _first(ranked, rule, phone)


def by_channel_id(
    attribute: str, sender_id: str, contacts: Iterable[Contact], *, priority: str, rule: str
) -> Found | None:
    """The best of the contacts whose attribute equals the sender's id."""
    holders = [one for one in contacts if str(one.custom_attributes.get(attribute, "")) == sender_id]
    return _first(sorted(holders, key=lambda one: _preference(one, priority)), rule, sender_id)


def _first(ranked: list[Contact], rule: str, value: str) -> Found | None:
    if not ranked:
        return None
    runners_up = tuple(contact.id for contact in ranked[1:])
    return Found(ranked[0].id, Match(rule, value, runners_up), ranked[0].role)


def _preference(contact: Contact, priority: str) -> tuple[bool, float, float, str]:
    """The team's choice first, then the latest update, the oldest creation, the id: never by chance."""
    preferred = _PREFERRED.get(priority)
    updated = contact.updated_at.timestamp() if contact.updated_at else 0.0
    created = contact.created_at.timestamp() if contact.created_at else 0.0
    return (preferred is not None and contact.role != preferred, -updated, created, contact.id)


def id_attribute(prefix: str, channel: str) -> str:
    """The custom attribute that keeps a channel's id: `kinbox_telegram_id`."""
    return f"{prefix}_{channel}_id"


def channel_attribute(prefix: str) -> str:
    """The custom attribute that keeps the last channel: `kinbox_channel`."""
    return f"{prefix}_channel"


def kept_attributes(prefix: str, channel: Channel, sender_id: str) -> Mapping[str, str]:
    """What Kinbox keeps on a contact: the last channel, and the id on channels that are found by it."""
    kept = {channel_attribute(prefix): channel.slug}
    if channel.keeps_id:
        kept[id_attribute(prefix, channel.slug)] = sender_id
    return kept


def fallback_name(channel_title: str, sender_id: str) -> str:
    """A neutral name for somebody who gave none: `Telegram user 1234`. Nobody could take it for a real one."""
    return f"{channel_title} user {sender_id[-4:]}"


def lead_fields(*, name: str, phone: str | None, attributes: Mapping[str, str]) -> dict[str, object]:
    """What a new lead is made of. Always a lead, never a user: nobody has proven who they are."""
    fields: dict[str, object] = {"role": "lead", "name": name, "custom_attributes": dict(attributes)}
    return {**fields, "phone": phone} if phone else fields


def found_by(contact: Contact, *, prefix: str, country: str | None) -> tuple[str | None, Mapping[str, str]]:
    """What a sender may be matched to this contact by: its first phone in E.164, and its channel ids by attribute."""
    phones = read_stored(contact.phone, region=country) if contact.phone else ()
    return (phones[0].e164 if phones else None), channel_ids(contact, prefix=prefix)
