"""Somebody signed in to one workspace neither sees nor changes anything of another, whatever ids they type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
import responses
from flask import Flask

from tests.admin_driver import Browser
from tests.http.admin.conftest import ACME, BEKO
from tests.http.admin.scene import Furnished, furnish, rows_of


@dataclass(frozen=True)
class Visit:
    """How to call a route with ids of somebody else's workspace, and which answers are right.

    `fields` are what the form sends; `{account}` and the like in them stand for the other workspace's ids.
    """

    right: tuple[int, ...]
    fields: Mapping[str, str] = field(default_factory=dict)


NOT_THERE = Visit((404,))
OWN = Visit((200,))

VISITS: Mapping[tuple[str, str], Visit] = {
    ("GET", "/admin/"): OWN,
    ("GET", "/admin/channels"): OWN,
    ("GET", "/admin/channels/add"): OWN,
    ("GET", "/admin/channels/add/<slug>"): OWN,
    ("POST", "/admin/channels/add/<slug>"): Visit((422,)),
    ("GET", "/admin/channels/<int:account_id>"): NOT_THERE,
    ("POST", "/admin/channels/<int:account_id>/rename"): Visit((404,), {"name": "Taken over"}),
    ("POST", "/admin/channels/<int:account_id>/secrets"): Visit((404,), {"secret.secret_token": "taken-over"}),
    ("POST", "/admin/channels/<int:account_id>/pause"): NOT_THERE,
    ("POST", "/admin/channels/<int:account_id>/resume"): NOT_THERE,
    ("GET", "/admin/channels/<int:account_id>/remove"): NOT_THERE,
    ("POST", "/admin/channels/<int:account_id>/remove"): NOT_THERE,
    ("GET", "/admin/settings"): OWN,
    ("POST", "/admin/settings"): Visit((303,)),
    ("GET", "/admin/match"): OWN,
    ("POST", "/admin/match"): Visit((422,), {"channel": "{account}", "sender": "5201340987"}),
    ("GET", "/admin/failed"): OWN,
    ("POST", "/admin/failed/replay"): Visit((303,)),
    ("GET", "/admin/failed/<int:event_id>"): NOT_THERE,
    ("POST", "/admin/failed/<int:event_id>/replay"): NOT_THERE,
    ("POST", "/admin/failed/<int:event_id>/payload"): NOT_THERE,
    ("GET", "/admin/merges"): OWN,
    ("POST", "/admin/merges/export"): OWN,
    ("GET", "/admin/merges/<uuid:merge_id>"): NOT_THERE,
    ("GET", "/admin/merges/<uuid:merge_id>/json"): NOT_THERE,
    ("GET", "/admin/links"): OWN,
    ("POST", "/admin/links/export"): OWN,
    ("POST", "/admin/links/check"): Visit((422,)),
    ("POST", "/admin/links/import"): Visit((422,), {"sealed": "made-up"}),
    ("GET", "/admin/activity"): OWN,
}
"""Every route below /admin/. A new one has to be added here, with what it must answer to a stranger."""
LAST = ("POST", "/admin/sign-out")
"""Ends the session, so it cannot be tried between the others."""


def admin_routes(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("admin.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_admin_route_is_tried_by_a_stranger(app: Flask) -> None:
    assert {*VISITS, LAST} == admin_routes(app)


@pytest.fixture(autouse=True)
def _intercom_is_out_of_reach() -> Iterator[None]:
    with responses.RequestsMock():
        yield


@pytest.fixture
def theirs(kinbox: Flask) -> Furnished:
    furnish(kinbox, ACME)
    return furnish(kinbox, BEKO)


def path_of(rule: str, other: Furnished) -> str:
    return (
        rule.replace("<int:event_id>", str(other.event_id))
        .replace("<int:account_id>", str(other.account_id))
        .replace("<uuid:merge_id>", other.merge_id)
        .replace("<slug>", "telegram")
    )


def test_nothing_of_another_workspace_is_shown_or_changed(kinbox: Flask, theirs: Furnished) -> None:
    before = rows_of(kinbox, BEKO.id)
    browser = Browser(kinbox)
    browser.sign_in(ACME.id)
    for (method, rule), visit in VISITS.items():
        path = path_of(rule, theirs)
        if method == "GET":
            answer = browser.get(path)
        else:
            fields = {name: value.format(account=theirs.account_id) for name, value in visit.fields.items()}
            answer = browser.post(path, fields)
        assert answer.status_code in visit.right, f"{method} {rule} answered {answer.status_code}"
        assert theirs.mark not in answer.text, f"{method} {rule} shows something of another workspace"
        assert BEKO.name not in answer.text
        assert theirs.mark not in str(answer.headers)
    assert rows_of(kinbox, BEKO.id) == before


def test_the_same_ids_are_there_for_their_own_workspace(kinbox: Flask, theirs: Furnished) -> None:
    """So the test above does not pass because the ids are wrong."""
    browser = Browser(kinbox)
    browser.sign_in(BEKO.id)
    for (method, rule), visit in VISITS.items():
        if method == "GET" and visit is NOT_THERE:
            answer = browser.get(path_of(rule, theirs))
            assert answer.status_code == 200
            assert theirs.mark in answer.text, f"{rule} shows nothing of its own workspace"


def test_no_form_is_taken_without_its_token(kinbox: Flask, theirs: Furnished) -> None:
    before = rows_of(kinbox, BEKO.id)
    browser = Browser(kinbox)
    browser.sign_in(BEKO.id)
    for method, rule in [*VISITS, LAST]:
        if method == "POST":
            for token in ({}, {"csrf_token": ""}, {"csrf_token": "made-up"}):
                answer = browser.client.post(path_of(rule, theirs), data=token)
                assert answer.status_code == 400, f"{rule} took a form without its token"
    assert rows_of(kinbox, BEKO.id) == before
    assert browser.get("/admin/").status_code == 200


def test_nothing_is_there_for_those_who_are_not_signed_in(kinbox: Flask, theirs: Furnished) -> None:
    browser = Browser(kinbox)
    for method, rule in VISITS:
        answer = browser.client.open(path_of(rule, theirs), method=method)
        assert answer.status_code == 303, f"{method} {rule} answered {answer.status_code}"
        assert answer.location.partition("?")[0] == "/admin/sign-in"
        assert theirs.mark not in answer.text


@pytest.mark.parametrize("number", [2**31, 2**63 - 1, 2**63, 10**40])
def test_a_number_that_is_nobody_s_id_is_not_found(kinbox: Flask, number: int) -> None:
    browser = Browser(kinbox)
    browser.sign_in(ACME.id)
    for method, rule in VISITS:
        if "<int:" in rule and method == "GET":
            path = rule.replace("<int:event_id>", str(number)).replace("<int:account_id>", str(number))
            assert browser.get(path).status_code == 404
    for page in ("failed", "activity"):
        assert browser.get(f"/admin/{page}?before={number}").status_code == 200
        assert browser.get(f"/admin/{page}?before=-1").status_code == 200
        assert browser.get(f"/admin/{page}?before=abc").status_code == 200


def test_every_page_is_locked_down(kinbox: Flask, theirs: Furnished) -> None:
    """No script runs, nobody frames it, nothing is kept by the browser, and no address leaks to Intercom."""
    browser = Browser(kinbox)
    browser.sign_in(BEKO.id)
    for method, rule in VISITS:
        headers = browser.client.open(path_of(rule, theirs), method=method).headers
        assert "script-src" not in headers["Content-Security-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
