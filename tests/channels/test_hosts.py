"""Which URLs may be fetched: https at the provider's own hosts."""

from __future__ import annotations

import pytest

from app.channels.hosts import https_at

HOSTS = ("api.example.com", ".cdn.example.net")


@pytest.mark.parametrize(
    "url", ["https://api.example.com/a", "https://x.cdn.example.net/a?b=c", "https://API.example.com"]
)
def test_https_at_the_providers_hosts_may_be_fetched(url: str) -> None:
    assert https_at(url, HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "http://api.example.com/a",
        "https://x.api.example.com/a",
        "https://api.example.com.evil.example/a",
        "https://evilcdn.example.net/a",
        "https://evil.example\\.cdn.example.net/a",
        "https://evil.example%2f.cdn.example.net/a",
        "https://evil.example#.cdn.example.net",
        "https://api.example.com@evil.example/a",
        "https://user@api.example.com/a",
        "https://api.example.com:8443/a",
        "https://[::1",
        "//api.example.com/a",
    ],
)
def test_nothing_else_may_be_fetched(url: str | None) -> None:
    assert not https_at(url, HOSTS)
