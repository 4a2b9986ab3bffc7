"""A page that tells one thing and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, make_response, render_template


@dataclass(frozen=True)
class Way:
    """A link to go on with. `url` is one of ours."""

    label: str
    url: str


def told(title: str, *sentences: str, status: int = 200, ways: tuple[Way, ...] = ()) -> Response:
    """The page. Its sentences are for people: what happened, why, what to do next."""
    page = render_template("admin/told.html", title=title, sentences=sentences, ways=ways)
    return make_response(page, status)
