"""The way to Intercom's consent page and back, for an install and for a sign-in."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from flask import Response, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.domain.workspace import REGIONS, Region
from app.http.admin.told import Way, told
from app.intercom.oauth import OauthApp
from app.services import Services
from app.usecases.authorize import Begun, NotBegun, Purpose, begin, come_back

REGION_NAMES: dict[Region, str] = {"us": "the United States", "eu": "Europe", "au": "Australia"}
_BROWSER = "browser"
"""What the cookie holds so that the same browser has to come back."""

_NOT_BEGUN = {
    NotBegun.UNKNOWN: "This link was used already, or it was not made by Kinbox. Each works once.",
    NotBegun.EXPIRED: "More than ten minutes passed since this was begun, so it is not valid any more.",
    NotBegun.OTHER_BROWSER: "This was begun in another browser, or this browser kept no cookie from Kinbox.",
}


def send_to_intercom(oauth: OauthApp, purpose: Purpose, region: Region) -> AnyResponse:
    """Begin, and bind it to this browser."""
    session.setdefault(_BROWSER, secrets.token_urlsafe(32))
    state = begin(purpose, region, session[_BROWSER], datetime.now(UTC))
    return redirect(oauth.authorize_url(region, state), 303)


def came_back() -> Begun | NotBegun:
    """What the browser brings back: used up by this, whatever it is."""
    browser = session.get(_BROWSER)
    state = request.args.get("state", "")
    return come_back(state, browser if isinstance(browser, str) else None, datetime.now(UTC))


def not_begun(why: NotBegun) -> Response:
    """The page of somebody who came back in a way that we did not send them."""
    return told(
        "Please begin again",
        f"{_NOT_BEGUN[why]} Nothing was changed.",
        status=400,
        ways=(Way("Sign in", url_for("admin_door.sign_in")), Way("Install Kinbox", url_for("install.install"))),
    )


def asked_region() -> Region | None:
    """The region in the address; None when it names none of the three."""
    given = request.args.get("region", "").lower()
    return next((region for region in REGIONS if region == given), None)


def not_set_up(objects: Services) -> Response:
    """The page of an operator who has not told Kinbox which app it is."""
    settings = objects.settings
    missing = [
        sentence
        for value, sentence in (
            (
                settings.client_id,
                "INTERCOM_CLIENT_ID is not set. Copy the client id from your app's Basic information page in Intercom's"
                " Developer Hub.",
            ),
            (
                settings.public_url,
                "KINBOX_PUBLIC_URL is not set. It is the address under which the internet reaches Kinbox, such as"
                " https://kinbox.example.com; enter that address with /intercom/callback behind it as a redirect URL"
                " on your app's Authentication page.",
            ),
        )
        if value is None
    ]
    return told(
        "Installing and signing in are not set up",
        "This needs a setting that Kinbox was started without. Everything else works as before.",
        *missing,
        "Whoever runs Kinbox sets this in its environment and starts it again.",
        status=503,
    )
