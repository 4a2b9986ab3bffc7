"""Pages that say what went wrong, and what to do next."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]  # it has no types

from app.http.admin.told import Way, told
from app.storage.crypto import UnreadableSecret
from app.storage.database import DatabaseUnavailable
from app.usecases.office import NoSuchChannel


def tell_faults(blueprint: Blueprint) -> None:
    """Answer each fault that a view of `blueprint` may meet with a page of its own."""
    blueprint.register_error_handler(404, _not_here)
    blueprint.register_error_handler(NoSuchChannel, _not_here)
    blueprint.register_error_handler(413, _too_large)
    blueprint.register_error_handler(CSRFError, _form_refused)
    tell_outages(blueprint)


def tell_outages(blueprint: Blueprint) -> None:
    """The faults that are nobody's at the page, also where nobody is signed in yet."""
    blueprint.register_error_handler(UnreadableSecret, _unreadable)
    blueprint.register_error_handler(DatabaseUnavailable, _no_database)


def _home() -> tuple[Way, ...]:
    return (Way("To the overview", url_for("admin.home")),)


def _not_here(_error: Exception) -> ResponseReturnValue:
    return told(
        "There is no such page in this workspace",
        "It may have been removed, it may be over by now, or it may be another workspace's.",
        status=404,
        ways=_home(),
    )


def _unreadable(_error: UnreadableSecret) -> ResponseReturnValue:
    return told(
        "A stored secret cannot be read",
        "The key with which it was encrypted is not among those that Kinbox was started with. Nothing was changed.",
        "Whoever runs Kinbox has to put that key back into KINBOX_ENCRYPTION_KEYS, or the workspace has to be connected"
        " again.",
        status=503,
        ways=_home(),
    )


def _too_large(_error: Exception) -> ResponseReturnValue:
    return told(
        "That is too large",
        "What you sent has more than 5 MB, which is the most that Kinbox reads at once. Nothing was changed.",
        "Send a file in parts of at most 5 MB each.",
        status=413,
        ways=_home(),
    )


def _form_refused(_error: CSRFError) -> ResponseReturnValue:
    return told(
        "Please send that again",
        "Nothing was changed. The page was opened under another sign-in, or it has been open for too long, so Kinbox"
        " cannot be sure that it was you who sent it.",
        "Go back, load the page anew, and send it again.",
        status=400,
        ways=_home(),
    )


def _no_database(_error: DatabaseUnavailable) -> ResponseReturnValue:
    return told(
        "Kinbox's database does not answer",
        "Please try again in a minute; what you see next shows whether anything was changed.",
        status=503,
    )
