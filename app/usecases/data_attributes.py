"""The data attributes that a workspace's contacts need before the first message comes."""

from __future__ import annotations

from app.domain.matching import channel_attribute
from app.intercom.client import Intercom

_CHANNEL = "The channel on which this person wrote last (Kinbox)."


def make_attributes(intercom: Intercom, prefix: str) -> bool:
    """Make what is missing: True when something was. Those of single channels come with their first message.

    Raises the IntercomError of a call that failed; Forbidden where the permission to write data attributes is missing.
    """
    return intercom.create_data_attribute(channel_attribute(prefix), _CHANNEL)
