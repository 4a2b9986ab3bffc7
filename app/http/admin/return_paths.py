"""Where a browser goes after it has signed in: a page of ours, whatever the address bar was made to say."""

from __future__ import annotations

import re

HOME = "/admin/"
_LONGEST = 200
_LOCAL = re.compile(r"/admin/(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]*")


def local_path(path: str | None) -> str | None:
    """`path` when it is one of the admin page's own, without a query; None for anything else.

    No host, backslash, dot, percent sign or second slash gets through, so no browser can read another site into it.
    """
    if path is None or len(path) > _LONGEST or not _LOCAL.fullmatch(path):
        return None
    return path
