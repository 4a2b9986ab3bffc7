"""Regions and links."""

from __future__ import annotations

import pytest

from app.domain.reference import Interpretation, Reference, read_reference
from app.intercom.regions import Region, api_url, profile_url, read_region

ID = "5fb1c2d3e4f5a6b7c8d9e0f1"


@pytest.mark.parametrize(
    ("name", "region"),
    [("US", "us"), ("eu", "eu"), (" Au ", "au"), ("mars", None), ("", None), (None, None)],
)
def test_a_region_is_read_in_any_case(name: str | None, region: str | None) -> None:
    assert read_region(name) == region


@pytest.mark.parametrize(
    ("region", "api", "app"),
    [
        ("us", "https://api.intercom.io", "https://app.intercom.com"),
        ("eu", "https://api.eu.intercom.io", "https://app.eu.intercom.com"),
        ("au", "https://api.au.intercom.io", "https://app.au.intercom.com"),
    ],
)
def test_each_region_has_its_hosts_and_links(region: Region, api: str, app: str) -> None:
    assert api_url(region) == api
    assert profile_url(region, "ab12cd34", ID) == f"{app}/a/apps/ab12cd34/users/{ID}"


@pytest.mark.parametrize("region", ["us", "eu", "au"])
def test_our_own_profile_links_are_read_back(region: Region) -> None:
    link = profile_url(region, "ab12cd34", ID)
    read = read_reference(link, workspace_id="ab12cd34", region=None)
    assert read == Reference((Interpretation("contact_id", ID),))


def test_an_odd_id_cannot_leave_its_place_in_a_link() -> None:
    assert profile_url("us", "ab", "../x?y#z").endswith("/a/apps/ab/users/..%2Fx%3Fy%23z")
