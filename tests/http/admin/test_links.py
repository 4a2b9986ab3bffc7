"""Links in the browser: away as a file, in after a look at what would happen, by the one who looked."""

from __future__ import annotations

import csv
import io
import random
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.domain.teammate import Teammate
from app.storage import audit
from app.storage.database import transaction
from app.storage.models import Identity
from tests.admin_driver import ROSA, Browser
from tests.http.admin.conftest import ACME, BEKO, OpenBrowser
from tests.http.admin.scene import Furnished, furnish

SEALED = re.compile(r'name="sealed" value="([^"]+)"')
HEAD = "channel,account,sender_id,contact_id,name\n"


@pytest.fixture
def scene(kinbox: Flask, browser: Browser) -> Furnished:
    browser.sign_in(ACME.id)
    return furnish(kinbox, ACME)


def row(scene: Furnished, sender: str, contact: str, name: str = "") -> str:
    return f"telegram,50123{scene.mark},{sender},{contact},{name}\n"


def check(browser: Browser, text: str | bytes, **fields: str) -> TestResponse:
    data = text if isinstance(text, bytes) else text.encode()
    return send(browser, "/admin/links/check", file=FileStorage(io.BytesIO(data), "links.csv"), **fields)


def send(browser: Browser, path: str, **fields: Any) -> TestResponse:
    """As one body: what Werkzeug would make of longer fields are files that nobody closes."""
    boundary, body = encode_multipart({"csrf_token": browser.token(), **fields})
    return browser.client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def confirm(browser: Browser, page: str) -> TestResponse:
    found = SEALED.search(page)
    assert found, "there is nothing to confirm"
    return send(browser, "/admin/links/import", sealed=found[1])


def links(app: Flask, workspace_id: str = ACME.id) -> dict[str, str | None]:
    with app.app_context(), transaction() as connection:
        rows = connection.execute(
            select(Identity.sender_id, Identity.contact_id).where(Identity.workspace_id == workspace_id)
        )
        return {one.sender_id: one.contact_id for one in rows}


def test_links_are_taken_away_on_record(kinbox: Flask, browser: Browser, scene: Furnished) -> None:
    answer = browser.post("/admin/links/export")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="kinbox-links.csv"'
    [link] = csv.DictReader(io.StringIO(answer.text))
    assert (link["sender_id"], link["contact_id"]) == (f"sender-{scene.mark}", scene.contact_id)
    with kinbox.app_context(), transaction() as connection:
        assert audit.of_workspace(connection, ACME.id)[0].action == "links_exported"


def test_a_file_is_looked_at_first_and_then_imported(kinbox: Flask, browser: Browser, scene: Furnished) -> None:
    before = links(kinbox)
    looked = check(browser, HEAD + row(scene, "771", "c771") + row(scene, "772", "c772"))
    assert looked.status_code == 200
    assert "The file is in order" in looked.text
    assert links(kinbox) == before
    done = confirm(browser, looked.text)
    assert (done.status_code, done.headers["Location"]) == (303, "/admin/links")
    assert links(kinbox) == {**before, "771": "c771", "772": "c772"}
    assert "Imported 2 rows: 2 new" in browser.get("/admin/links").text
    assert "imported links: 2 rows, 2 new" in browser.get("/admin/activity").text


def test_wrong_rows_are_told_by_their_lines_and_nothing_can_be_imported(
    kinbox: Flask, browser: Browser, scene: Furnished
) -> None:
    before = links(kinbox)
    looked = check(browser, HEAD + row(scene, "771", "c771") + row(scene, "772", "<script>") + "fax,1,2,c3,\n")
    assert looked.status_code == 422
    assert "2 rows are wrong" in looked.text
    assert "Line 3: " in looked.text
    assert "Line 4: " in looked.text
    assert "<script" not in looked.text
    assert not SEALED.search(looked.text)
    assert links(kinbox) == before


def test_who_is_linked_already_is_replaced_only_when_asked(kinbox: Flask, browser: Browser, scene: Furnished) -> None:
    text = HEAD + row(scene, f"sender-{scene.mark}", "c9")
    refused = check(browser, text)
    assert refused.status_code == 422
    assert "is linked to contact" in refused.text
    confirm(browser, check(browser, text, replace="yes").text)
    assert links(kinbox)[f"sender-{scene.mark}"] == "c9"


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "no column"), (b"\xff\xfe\x00", "UTF-8"), (b"a,b\n1,2\n", "no column"), (b'channel,"', "cannot be read")],
)
def test_a_file_that_is_none_is_told(browser: Browser, scene: Furnished, data: bytes, words: str) -> None:
    answer = check(browser, data)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'id="file-fault"' in answer.text


def test_no_file_is_told(browser: Browser, scene: Furnished) -> None:
    answer = browser.post("/admin/links/check")
    assert answer.status_code == 422
    assert "Choose a CSV file." in answer.text


def test_only_the_one_who_looked_imports_and_only_in_that_workspace(
    kinbox: Flask, browser: Browser, open_browser: OpenBrowser, scene: Furnished
) -> None:
    furnish(kinbox, BEKO)
    before = links(kinbox), links(kinbox, BEKO.id)
    looked = check(browser, HEAD + row(scene, "771", "c771")).text
    for workspace_id, teammate in ((BEKO.id, ROSA), (ACME.id, Teammate("4410022", "Bo Ek"))):
        other = open_browser()
        other.sign_in(workspace_id, teammate)
        answer = confirm(other, looked)
        assert answer.status_code == 422
        assert "not yours" in answer.text
    assert (links(kinbox), links(kinbox, BEKO.id)) == before


def test_what_was_sealed_cannot_be_changed(kinbox: Flask, browser: Browser, scene: Furnished) -> None:
    before = links(kinbox)
    looked = check(browser, HEAD + row(scene, "771", "c771")).text
    found = SEALED.search(looked)
    assert found
    for sealed in (found[1][:-2] + "xx", "x" + found[1], "", "..", "\x00"):
        assert browser.post("/admin/links/import", {"sealed": sealed}).status_code == 422
    assert links(kinbox) == before


def test_more_than_five_megabytes_are_refused_in_words(kinbox: Flask, browser: Browser, scene: Furnished) -> None:
    answer = check(browser, b"x" * (5 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert "That is too large" in answer.text
    assert "Nothing was changed" in answer.text


def test_a_long_file_goes_through_the_page_and_back(kinbox: Flask, browser: Browser, scene: Furnished) -> None:
    """Longer than the 500 kB that other forms may have, also packed."""
    chance = random.Random(7)
    rows = "".join(row(scene, f"{chance.getrandbits(120):x}", f"c{chance.getrandbits(120):x}") for _ in range(14_000))
    looked = check(browser, HEAD + rows)
    assert looked.status_code == 200
    found = SEALED.search(looked.text)
    assert found
    assert len(found[1]) > 500_000
    assert confirm(browser, looked.text).status_code == 303
    assert len(links(kinbox)) == 14_001
