"""Whether a URL that a provider sent leads to the provider."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

_HOST = re.compile(r"[a-z0-9.-]+")
"""Nothing else: readers of URLs disagree on where a host with a backslash ends."""


def https_at(url: str | None, hosts: Iterable[str]) -> bool:
    """Whether it is an https URL at one of the hosts, without user and port. `.host` stands for its subdomains."""
    try:
        read = urlsplit(url or "")
        plain = read.scheme == "https" and read.port is None and "@" not in read.netloc
        host = (read.hostname or "").lower()
    except ValueError:
        return False
    if not plain or not _HOST.fullmatch(host):
        return False
    return any(host.endswith(one) if one.startswith(".") else host == one for one in hosts)
