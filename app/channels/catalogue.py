"""The channels as one who connects accounts needs them, made from their adapters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from app.channels.base import Account, Adapter
from app.channels.registry import adapters
from app.domain.channel import ChannelKind


@cache
def channel_kinds() -> Mapping[str, ChannelKind]:
    """What an account of each channel needs, by its slug, in alphabetical order."""
    return {slug: _kind(adapter) for slug, adapter in adapters().items()}


def _kind(adapter: type[Adapter]) -> ChannelKind:
    def same_address(address: str, country: str | None, other: str) -> bool:
        return adapter(Account(address=address, country=country)).is_ours(other)

    return ChannelKind(
        slug=adapter.slug,
        title=adapter.title,
        provider=adapter.provider,
        address_hint=adapter.address_hint,
        secrets=adapter.secrets,
        identified_by=adapter.identified_by,
        same_address=same_address,
        phone_reader=lambda country: adapter(Account(address="", country=country)).phone_of,
    )
