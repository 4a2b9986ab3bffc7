"""Intercom's three regions: hosts, and links that a teammate can follow."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal
from urllib.parse import quote

Region = Literal["us", "eu", "au"]

API_HOSTS: Final[dict[Region, str]] = {
    "us": "https://api.intercom.io",
    "eu": "https://api.eu.intercom.io",
    "au": "https://api.au.intercom.io",
}
APP_HOSTS: Final[dict[Region, str]] = {
    "us": "https://app.intercom.com",
    "eu": "https://app.eu.intercom.com",
    "au": "https://app.au.intercom.com",
}
APP_WIDE_HOST: Final = API_HOSTS["us"]
"""Where Intercom takes what concerns an app's install, for workspaces of every region."""
_NAMES: Final[dict[str, Region]] = {region: region for region in API_HOSTS}


def read_region(name: str | None) -> Region | None:
    """The region by any spelling of its case (`US`, `eu`); None when it is not one of the three."""
    return _NAMES.get((name or "").strip().lower())


def api_url(region: Region) -> str:
    return API_HOSTS[region]


def profile_url(region: Region, workspace_id: str, contact_id: str) -> str:
    """A contact's page in Intercom. Not in its documentation: the format is that of links in use."""
    return f"{APP_HOSTS[region]}/a/apps/{_segment(workspace_id)}/users/{_segment(contact_id)}"


@lru_cache(maxsize=4096)
def _segment(text: str) -> str:
    return quote(text, safe="", errors="replace")
