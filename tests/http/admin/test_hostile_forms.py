"""Whatever is put into a form, the answer is a page in words, and what was put in stays text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses
from flask import Flask

from tests.admin_driver import Browser
from tests.http.admin.conftest import ACME
from tests.http.admin.scene import furnish

HOSTILE = (
    "a\x00b",
    "\ufffe\u202e\u0007",
    "'\"><script>alert(1)</script>{{ 7 * 7 }}{% raw %}' OR 1=1 --",
    "x" * 5_000,
    "=1\r\nSet-Cookie: a=b",
)
FORMS = {
    "/admin/settings": (
        "country",
        "cda_prefix",
        "mergers",
        "tag_names.telegram",
        "assign_to",
        "redact_fields",
        "name",
        "timezone",
        "admin_id",
    ),
    "/admin/match": ("channel", "sender", "phone", "alias"),
    "/admin/channels/add/twilio": ("name", "address", "country", "secret.auth_token", "secret.unheard_of"),
    "/admin/channels/{account}/rename": ("name",),
    "/admin/channels/{account}/secrets": ("secret.secret_token", "secret.unheard_of"),
    "/admin/links/check": ("replace", "file"),
    "/admin/links/import": ("sealed",),
}
GOOD = {
    "/admin/channels/add/twilio": {"address": "+35315550100", "country": "IE", "secret.auth_token": "s3cret"},
    "/admin/match": {"channel": "telegram", "sender": "5201340987"},
}


@pytest.fixture(autouse=True)
def _intercom_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("app.intercom.transport.time.sleep", lambda _s: None)  # between two tries
    with responses.RequestsMock():
        yield


@pytest.mark.parametrize("form", FORMS)
def test_no_form_fails_and_none_lets_markup_through(kinbox: Flask, browser: Browser, form: str) -> None:
    browser.sign_in(ACME.id)
    path = form.format(account=furnish(kinbox, ACME).account_id)
    token = browser.token()
    for field in FORMS[form]:
        for hostile in HOSTILE:
            fields = {**GOOD.get(form, {}), field: hostile, "csrf_token": token}
            answer = browser.client.post(path, data=fields)
            assert answer.status_code < 500 or answer.status_code == 503, f"{field}={hostile[:20]!r}"
            assert "<script" not in answer.text, f"{field} lets markup through"
            assert "Set-Cookie: a=b" not in str(answer.headers)
            assert "49{%" not in answer.text
    for page in ("", "channels", "settings", "match", "activity"):
        answer = browser.get(f"/admin/{page}")
        assert answer.status_code == 200
        assert "<script" not in answer.text


@pytest.mark.parametrize("query", ["before=%00", "before=%ff%fe", "before=1e9", "before=-0", "before=1&before=2"])
@pytest.mark.parametrize("page", ["failed", "merges", "activity", "settings"])
def test_no_query_fails(kinbox: Flask, browser: Browser, page: str, query: str) -> None:
    browser.sign_in(ACME.id)
    assert browser.get(f"/admin/{page}?{query}").status_code == 200


@pytest.mark.parametrize("path", ["channels/add/%00", "channels/-1", "failed/0", "merges/%00", "%3Cscript%3E"])
def test_no_path_fails(kinbox: Flask, browser: Browser, path: str) -> None:
    browser.sign_in(ACME.id)
    answer = browser.get(f"/admin/{path}")
    assert answer.status_code == 404
    assert "<script" not in answer.text
