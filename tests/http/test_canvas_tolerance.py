"""P6: whatever Intercom spells in another way is understood, and what cannot be understood is said with a reference."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask

from app.domain.workspace import Workspace
from app.services import services
from app.storage.database import transaction
from tests.conftest import CLIENT_SECRET, MakeApp
from tests.sidebar.builders import AT
from tests.sidebar_driver import Shown, checked, sign

Json = dict[str, Any]
ROUTES = ("/canvas/initialize", "/canvas/submit")
LEAD = "aaaabbbbccccddddeeee0001"
CONTACT: Json = {"type": "contact", "id": LEAD, "role": "lead", "name": "Ivy Thornfield", "phone": "+35315550123"}


@pytest.fixture
def call(kinbox: Flask, workspace: Any) -> Json:
    return {
        "workspace_id": workspace.app_id,
        "workspace_region": "US",
        "admin": {"type": "admin", "id": "4410021", "name": "Rosa Teammate"},
        "conversation": {"type": "conversation", "id": "900100"},
        "contact": CONTACT,
    }


def ask(app: Flask, body: Json | bytes, route: str = ROUTES[0]) -> Shown:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = app.test_client().post(route, data=raw, headers={"X-Body-Signature": sign(raw, CLIENT_SECRET)})
    assert answer.status_code == 200
    return Shown(checked(answer.data, first=route == ROUTES[0]))


def without(call: Json, *names: str) -> Json:
    return {name: value for name, value in call.items() if name not in names}


def changed(call: Json, **more: Any) -> Json:
    return {**call, **more}


SPELLINGS = {
    "as documented": lambda call: call,
    "customer in place of contact": lambda call: changed(without(call, "contact"), customer=CONTACT),
    "customer beside an empty contact": lambda call: changed(call, contact=None, customer=CONTACT),
    "both names": lambda call: changed(call, customer={"id": "f" * 24, "name": "Somebody Else"}),
    "app_id in place of workspace_id": lambda call: changed(without(call, "workspace_id"), app_id=call["workspace_id"]),
    "a number for the teammate's id": lambda call: changed(call, admin={"id": 4410021, "name": "Rosa Teammate"}),
    "a teammate without a name": lambda call: changed(call, admin={"id": "4410021"}),
    "an odd name of the teammate": lambda call: changed(call, admin={"id": "4410021", "name": ["Rosa"]}),
    "a number for the conversation's id": lambda call: changed(call, conversation={"id": 900100}),
    "no conversation": lambda call: without(call, "conversation"),
    "an empty conversation": lambda call: changed(call, conversation={}),
    "a conversation that is null": lambda call: changed(call, conversation=None),
    "a conversation that is a list": lambda call: changed(call, conversation=[]),
    "no region": lambda call: without(call, "workspace_region"),
    "unknown fields everywhere": lambda call: changed(call, ticket={"id": 7}, context={"location": "home"}, user=None),
    "blanks around ids": lambda call: changed(call, workspace_id=f" {call['workspace_id']} "),
    "what only a submit carries": lambda call: changed(call, component_id=None, input_values=None, current_canvas=None),
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS.keys())
@pytest.mark.parametrize("route", ROUTES)
def test_every_known_spelling_shows_the_contact(kinbox: Flask, call: Json, spelling: Any, route: str) -> None:
    shown = ask(kinbox, spelling(call), route)
    assert shown.table() == {"Lead": "Ivy Thornfield", "Phone": "+35315550123", "Email": "None"}


NOBODY = {"Unknown role": "No name", "Phone": "None", "Email": "None"}
CONTACTS = {
    "only an id": ({"id": LEAD}, NOBODY),
    "a number for the id": ({"id": 900, "role": "user", "name": "Ivy"}, {"User": "Ivy"}),
    "nulls everywhere": (
        {"id": LEAD, "role": None, "name": None, "phone": None, "email": None, "custom_attributes": None, "tags": None},
        NOBODY,
    ),
    "blanks everywhere": ({"id": LEAD, "role": " ", "name": " ", "phone": "", "email": "\t"}, NOBODY),
    "hidden characters only": ({"id": LEAD, "name": "\u200b", "phone": "\u202e", "email": "\x00"}, NOBODY),
    "numbers for texts": (
        {"id": LEAD, "role": "lead", "name": 7, "phone": 15550100},
        {"Lead": "7", "Phone": "15550100"},
    ),
    "wrong kinds everywhere": (
        {"id": LEAD, "role": ["lead"], "name": {}, "phone": [], "email": True, "created_at": "x", "tags": [1]},
        NOBODY,
    ),
    "a visitor": ({"id": LEAD, "role": "visitor", "name": "Ivy"}, {"Unknown role": "Ivy"}),
}


@pytest.mark.parametrize(("contact", "rows"), CONTACTS.values(), ids=CONTACTS.keys())
@pytest.mark.parametrize("route", ROUTES)
def test_a_contact_may_lack_everything_but_its_id(
    kinbox: Flask, call: Json, contact: Json, rows: dict[str, str], route: str
) -> None:
    assert rows.items() <= ask(kinbox, changed(call, contact=contact), route).table().items()


def test_each_participant_of_a_group_conversation_is_shown_on_their_own(kinbox: Flask, call: Json) -> None:
    people = [{"id": f"{number:024x}", "role": "user", "name": f"Person {number}"} for number in range(1, 6)]
    conversation = {"id": "900100", "contacts": {"type": "contact.list", "contacts": people}}
    for person in people:
        shown = ask(kinbox, changed(call, contact=person, conversation=conversation))
        assert shown.table()["User"] == person["name"]


@pytest.mark.parametrize("component_id", ["no-such-button", "merge.pick", "move", 7, 0, None, "x" * 255])
def test_an_unknown_component_leads_home(kinbox: Flask, call: Json, component_id: Any) -> None:
    click = changed(call, component_id=component_id, input_values={}, current_canvas={})
    assert ask(kinbox, click, ROUTES[1]).table()["Lead"] == "Ivy Thornfield"


@pytest.mark.parametrize("values", [None, [], {}, "", 7, {"reference": None}, {"reference": 7}, {"reference": []}])
def test_a_field_that_was_not_touched_is_an_empty_one(kinbox: Flask, call: Json, values: Any) -> None:
    click = changed(call, component_id="reference", input_values=values, current_canvas={})
    shown = ask(kinbox, click, ROUTES[1])
    assert (shown.title, "Nothing was typed" in shown.text) == ("Who is this?", True)
    missing = ask(kinbox, without(click, "input_values"), ROUTES[1])
    assert missing.text == shown.text


def test_the_state_is_found_in_a_canvas_that_is_wrapped_twice(kinbox: Flask, call: Json, make_contact: Any) -> None:
    """Intercom's type description wraps `current_canvas` once more than its pages do."""
    lead = make_contact("lead", phone="+35315550123")
    user = make_contact("user", phone="+35315550123", email="ivy@shop.example")
    here = changed(call, contact={"id": lead, "role": "lead"})
    compare = ask(kinbox, changed(here, component_id="reference", input_values={"reference": user}), ROUTES[1])
    for canvas in (compare.canvas, {"current_canvas": compare.canvas}, {**compare.canvas, "content": None}):
        click = changed(here, component_id="merge.continue", input_values={}, current_canvas=canvas)
        assert ask(kinbox, click, ROUTES[1]).title == "Merge for good?"


def test_an_unknown_workspace_is_told_how_to_connect(kinbox: Flask, call: Json, log_lines: list[Json]) -> None:
    for route in ROUTES:
        shown = ask(kinbox, changed(call, workspace_id="another"), route)
        assert "not connected to this Intercom workspace" in shown.text
        assert reference_of(shown) in json.dumps(log_lines)


NESTED = b"[" * 100_000 + b"]" * 100_000
UNREADABLE: dict[str, Any] = {
    "nothing": b"",
    "no JSON": b"component_id=home",
    "half JSON": b'{"workspace_id": "hp7k2m9x",',
    "not UTF-8": b'{"workspace_id": "\xff\xfe"}',
    "a byte that is no text": b"\x00",
    "too deep": NESTED,
    "deep inside an object": b'{"contact":' + NESTED + b"}",
    "a number of 5000 digits": b'{"workspace_id": ' + b"9" * 5000 + b"}",
    "null": b"null",
    "a list": b"[]",
    "a text": b'"home"',
    "a number": b"7",
    "an empty object": b"{}",
}
BROKEN = {
    "no workspace": lambda call: without(call, "workspace_id"),
    "a workspace that is an object": lambda call: changed(call, workspace_id={}),
    "no teammate": lambda call: without(call, "admin"),
    "a teammate that is null": lambda call: changed(call, admin=None),
    "a teammate that is a list": lambda call: changed(call, admin=[{"id": "1"}]),
    "a teammate without an id": lambda call: changed(call, admin={"name": "Rosa Teammate"}),
    "no contact": lambda call: without(call, "contact"),
    "a contact that is null": lambda call: changed(call, contact=None),
    "a contact that is a list": lambda call: changed(call, contact=[CONTACT]),
    "a contact without an id": lambda call: changed(call, contact={"name": "Ivy Thornfield"}),
    "a contact whose id is true": lambda call: changed(call, contact={"id": True}),
    "a contact whose id is a fraction": lambda call: changed(call, contact={"id": 1.5}),
    "a contact whose id is endless": lambda call: changed(call, contact={"id": "a" * 256}),
    "a contact whose id holds a line break": lambda call: changed(call, contact={"id": "a\nb"}),
    "a contact whose id holds NUL": lambda call: changed(call, contact={"id": "a\x00b"}),
    "a contact whose id is no ASCII": lambda call: changed(call, contact={"id": "é"}),
}
BROKEN_CLICKS = {
    "a component that is a list": lambda call: changed(call, component_id=["home"]),
    "a component without a name": lambda call: changed(call, component_id=""),
    "a component that is endless": lambda call: changed(call, component_id="x" * 256),
    "a component with half a character": lambda call: changed(call, component_id="merge.pick:\ud800"),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
@pytest.mark.parametrize("route", ROUTES)
def test_what_is_no_request_at_all_gets_a_canvas_with_a_reference(
    kinbox: Flask, log_lines: list[Json], body: bytes, route: str
) -> None:
    assert_told(ask(kinbox, body, route), log_lines)


@pytest.mark.parametrize("broken", BROKEN_CLICKS.values(), ids=BROKEN_CLICKS.keys())
def test_a_click_on_something_odd_gets_a_canvas_with_a_reference(
    kinbox: Flask, call: Json, log_lines: list[Json], broken: Any
) -> None:
    assert_told(ask(kinbox, broken(call), "/canvas/submit"), log_lines)


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("route", ROUTES)
def test_what_lacks_a_needed_part_gets_a_canvas_with_a_reference(
    kinbox: Flask, call: Json, log_lines: list[Json], broken: Any, route: str
) -> None:
    assert_told(ask(kinbox, broken(call), route), log_lines)


def test_a_fault_of_our_own_gets_a_canvas_with_a_reference(
    kinbox: Flask, call: Json, log_lines: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise KeyError("Ivy Thornfield")

    monkeypatch.setattr("app.http.canvas.open_contact", fail)
    shown = ask(kinbox, call)
    assert "Something went wrong inside Kinbox" in shown.text
    assert_found(shown, log_lines, "KeyError")


@pytest.mark.parametrize("route", ROUTES)
def test_a_database_that_does_not_answer_is_told(
    make_app: MakeApp, tmp_path: Path, log_lines: list[Json], route: str
) -> None:
    call = {"workspace_id": "wk7test1", "admin": {"id": "4410021"}, "contact": CONTACT}
    folder = tmp_path / "lost"
    app = make_app(DATABASE_URL=f"sqlite:///{folder / 'kinbox.db'}")
    shutil.rmtree(folder)
    shown = ask(app, call, route)
    assert "database does not answer" in shown.text
    assert_found(shown, log_lines, "DatabaseUnavailable")


@pytest.mark.parametrize("route", ROUTES)
def test_a_token_that_no_key_opens_is_told(make_app: MakeApp, log_lines: list[Json], route: str) -> None:
    with make_app().app_context(), transaction(write=True) as connection:
        services().workspaces.save(connection, Workspace(id="wk7test1", region="us", token="token-of-the-tests"), AT)
    call = {"workspace_id": "wk7test1", "admin": {"id": "4410021"}, "contact": CONTACT}
    shown = ask(make_app(KINBOX_ENCRYPTION_KEYS=Fernet.generate_key().decode()), call, route)
    assert "cannot read its access token" in shown.text
    assert_found(shown, log_lines, "UnreadableSecret")


def assert_found(shown: Shown, log_lines: list[Json], fault: str) -> None:
    [line] = [line for line in log_lines if line["logger"] == "kinbox.canvas"]
    assert (line["level"], line["reference"], line["fault"]) == ("ERROR", reference_of(shown), fault)
    assert "home" in shown.ids
    assert "Ivy" not in json.dumps(log_lines)


def assert_told(shown: Shown, log_lines: list[Json]) -> None:
    """An honest sentence, a way back, and a log line to be found by its reference."""
    assert "Kinbox cannot read" in shown.text
    assert "nothing was changed" in shown.text
    assert "home" in shown.ids
    [line] = [line for line in log_lines if line["logger"] == "kinbox.canvas"]
    assert (line["level"], line["reference"]) == ("WARNING", reference_of(shown))
    assert "Ivy" not in json.dumps(log_lines)


def reference_of(shown: Shown) -> str:
    found = re.search(r"Reference ([0-9A-F]{8})\.", shown.text)
    assert found is not None, shown.text
    return found[1]
