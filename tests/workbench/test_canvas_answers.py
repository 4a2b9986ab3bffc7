"""What the workbench makes of Kinbox's answers."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from app.sandbox import outgoing
from tests.workbench.small_workspace import Shop
from tests.workbench.stub_kinbox import Reply, StubKinbox, canvas

Ask = Callable[..., Any]

TEXT = {"type": "text", "text": "Hello"}


def test_a_good_answer_is_shown_with_both_sides_of_the_exchange(initialize: Ask, kinbox: StubKinbox) -> None:
    kinbox.answer(canvas(TEXT, view="home"))
    shown = initialize()
    assert shown["canvas"] == {"content": {"components": [TEXT]}, "stored_data": {"view": "home"}}
    assert (shown["problem"], shown["faults"], shown["first_canvas_faults"]) == (None, [], [])
    assert shown["request"]["body"] == kinbox.calls[0].json
    assert shown["request"]["headers"]["X-Body-Signature"] == kinbox.calls[0].headers["x-body-signature"]
    assert shown["response"]["status"] == 200
    assert shown["response"]["headers"]["Content-Type"] == "application/json"
    assert shown["response"]["body"]["canvas"] == shown["canvas"]
    assert shown["response"]["size_bytes"] == len(kinbox.reply(kinbox.calls[0]).body)


@pytest.mark.parametrize("status", [204, 302, 400, 404, 500, 503])
def test_a_canvas_with_another_status_is_not_shown(initialize: Ask, kinbox: StubKinbox, status: int) -> None:
    body = b"" if status == 204 else canvas(TEXT).body
    kinbox.answer(Reply(body, status=status))
    shown = initialize()
    assert shown["canvas"] is None
    assert str(status) in shown["problem"]
    assert shown["response"]["status"] == status


def test_a_refused_signature_says_which_setting_to_mend(initialize: Ask, kinbox: StubKinbox) -> None:
    kinbox.answer(Reply(b"", status=401))
    assert "INTERCOM_CLIENT_SECRET" in initialize()["problem"]


@pytest.mark.parametrize("body", [b"", b"oops", b"\xff\xfe", b"[]", b"{}", b'{"canvas": []}', b"[" * 5000])
def test_an_answer_without_a_canvas_is_named_as_such(initialize: Ask, kinbox: StubKinbox, body: bytes) -> None:
    kinbox.answer(Reply(body, content_type="text/plain"))
    shown = initialize()
    assert shown["canvas"] is None
    assert "JSON object with a canvas" in shown["problem"]


def test_a_canvas_that_breaks_a_rule_is_not_shown_and_the_rule_is_named(initialize: Ask, kinbox: StubKinbox) -> None:
    one_option = {"type": "dropdown", "id": "d", "options": [{"type": "option", "id": "a", "text": "A"}]}
    kinbox.answer(canvas(TEXT, one_option))
    shown = initialize()
    assert shown["canvas"] is None
    assert "breaks a Canvas Kit rule" in shown["problem"]
    [fault] = shown["faults"]
    assert fault["path"] == "canvas.content.components[1].options"
    assert fault["sentence"]


def test_rules_of_the_first_canvas_are_held_against_an_initialize_only(
    initialize: Ask, submit: Ask, kinbox: StubKinbox
) -> None:
    kinbox.answer(canvas({"type": "button", "id": "b", "label": "Merge", "action": {"type": "submit"}}))
    first, later = initialize(), submit()
    assert [fault["field"] for fault in first["first_canvas_faults"]] == ["style"]
    assert later["first_canvas_faults"] == []
    assert first["canvas"] is not None
    assert later["canvas"] == first["canvas"]


def test_a_kinbox_that_is_not_there_is_named_with_its_address(initialize: Ask, kinbox: StubKinbox) -> None:
    kinbox.stop()
    shown = initialize()
    assert f"{kinbox.url}/canvas/initialize" in shown["problem"]
    assert shown["response"]["status"] is None


def test_an_answer_that_drips_is_given_up_at_the_time_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/canvas/initialize"
        answer = outgoing.post(url, b"{}", {}, time_limit_s=0.2)
    assert answer.status is None
    assert "within 0.2 seconds" in (answer.failure or "")
    assert 200 <= answer.ms < 1500


def test_an_oversized_answer_is_refused(initialize: Ask, kinbox: StubKinbox) -> None:
    kinbox.answer(Reply(b" " * (outgoing.MAX_ANSWER_BYTES + 1)))
    assert "larger than" in initialize()["problem"]


def test_the_report_names_the_intercom_calls_of_this_click_only(
    initialize: Ask, kinbox: StubKinbox, shop: Shop
) -> None:
    call = {"method": "GET", "path": "/contacts/x", "status": 200, "ms": 3}
    shop.workspace.call_log.add(call)

    def reply(_call: object) -> Reply:
        shop.workspace.call_log.add({**call, "path": "/contacts/search", "method": "POST"})
        return canvas(TEXT)

    kinbox.reply = reply
    assert [(made["method"], made["path"]) for made in initialize()["calls"]] == [("POST", "/contacts/search")]
