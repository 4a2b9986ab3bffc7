"""REST API 2.16 of the sandbox, one blueprint a subject."""

from __future__ import annotations

from flask import Blueprint

from app.sandbox.api import account, app_install, attributes, contacts, conversations, tags

BLUEPRINTS: tuple[Blueprint, ...] = (
    account.account,
    app_install.app_install,
    attributes.attributes,
    contacts.contacts,
    conversations.conversations,
    tags.tags,
)
