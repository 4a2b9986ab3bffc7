"""Which kind of attachment a file is, by its content type or its name."""

from __future__ import annotations

from mimetypes import guess_type
from urllib.parse import urlsplit

from app.domain.message import Kind

_BY_MAIN_TYPE = {"image": Kind.IMAGE, "video": Kind.VIDEO, "audio": Kind.AUDIO}


def kind_of(content_type: str | None) -> Kind:
    """image, video or audio; everything else, contact cards too, is a file."""
    main = (content_type or "").strip().lower().partition("/")[0]
    return _BY_MAIN_TYPE.get(main, Kind.FILE)


def kind_of_url(url: str) -> Kind:
    """The kind that the ending of the URL's path tells, else a file."""
    try:
        return kind_of(guess_type(urlsplit(url).path)[0])
    except ValueError:
        return Kind.FILE
