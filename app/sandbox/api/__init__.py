"""REST API 2.16 of the sandbox, one blueprint a subject."""

from __future__ import annotations

from flask import Blueprint

from app.sandbox.api import account, attributes, contacts, conversations, tags

BLUEPRINTS: tuple[Blueprint, ...] = (
    account.account,
    attributes.attributes,
    contacts.contacts,
    conversations.conversations,
    tags.tags,
)
