"""`match`: who would a message come to? Asked of a sandbox, in which nothing may change."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.storage.database import transaction
from app.storage.models import Base
from tests.bridge.conftest import SMS, Bridge, bridged
from tests.bridge.providers import connect

__all__ = ["bridged"]

Json = dict[str, Any]
Ask = Callable[..., tuple[int, Json]]


@pytest.fixture
def ask(bridged: Bridge) -> Ask:
    """Runs `match ... --json`, and makes sure that it wrote nothing, neither here nor in Intercom."""

    def run(*args: str, workspace: str | None = None) -> tuple[int, Json]:
        before = everything(bridged)
        bridged.workspace.call_log.clear()
        app_id = workspace or bridged.workspace.app_id
        result = bridged.app.test_cli_runner().invoke(args=["match", *args, "--workspace", app_id, "--json"])
        assert everything(bridged) == before
        for method, path in bridged.calls():
            assert method == "GET" or (method, path) == ("POST", "/contacts/search")
        return result.exit_code, json.loads(result.stdout)

    return run


def everything(bridged: Bridge) -> tuple[Json, list[Json]]:
    """Every row of the database, and every contact and conversation of the workspace."""
    with bridged.app.app_context(), transaction() as connection:
        rows = {table.name: [*map(tuple, connection.execute(select(table)))] for table in Base.metadata.sorted_tables}
    return rows, [*bridged.workspace.contacts(), *bridged.workspace.list_conversations()]


def in_words(bridged: Bridge, *args: str) -> tuple[int, str]:
    result = bridged.app.test_cli_runner().invoke(args=["match", *args])
    return result.exit_code, result.output


def user(bridged: Bridge, number: int, **fields: Any) -> str:
    return bridged.intercom.create_contact({"role": "user", "external_id": f"u{number}", **fields}).id


def test_a_number_matches_the_contact_that_holds_it(bridged: Bridge, ask: Ask) -> None:
    bridged.app.test_cli_runner().invoke(args=["workspaces", "set", bridged.workspace.app_id, "country=US"])
    wanted = user(bridged, 1, phone="(415) 555-0100")
    other = user(bridged, 2, phone="415-555-0100 x42")
    code, answer = ask("africastalking", "+14155550100")
    assert code == 0
    assert (answer["contact_id"], answer["rule"], answer["value"]) == (wanted, "phone", "+14155550100")
    assert (answer["role"], answer["runners_up"]) == ("user", [other])
    code, words = in_words(bridged, "africastalking", "+14155550100")
    assert code == 0
    assert f"Contact {wanted} (user): https://" in words
    assert "Rule: phone. The contact has the phone +14155550100." in words
    assert f"Runners-up, which would do as well: {other}" in words


def test_the_options_say_the_same_as_the_words(bridged: Bridge, ask: Ask) -> None:
    user(bridged, 1, phone="+14155550100")
    by_options = ask("--channel", "africastalking", "--sender", "+14155550100")
    assert by_options == ask("africastalking", "+14155550100") == ask("--channel", "africastalking", "+14155550100")
    assert by_options[0] == 0


def test_the_only_workspace_need_not_be_named(bridged: Bridge) -> None:
    user(bridged, 1, phone="+14155550100")
    assert in_words(bridged, "africastalking", "+14155550100")[0] == 0


def test_a_channel_id_matches_the_contact_that_carries_it(bridged: Bridge, ask: Ask) -> None:
    bridged.telegram("makes the attributes", sender=1)
    bridged.work()
    wanted = user(bridged, 1, custom_attributes={"kinbox_telegram_id": "77"})
    code, answer = ask("telegram", "77")
    assert (code, answer["contact_id"], answer["rule"], answer["value"]) == (0, wanted, "channel_id", "77")
    assert "The contact has the Telegram id 77." in in_words(bridged, "telegram", "77")[1]


def test_it_tells_what_the_next_message_then_does(bridged: Bridge, ask: Ask) -> None:
    holder = user(bridged, 1, phone="+14155550100")
    assert ask("africastalking", "+14155550100")[1]["contact_id"] == holder
    bridged.sms("Hello", "+14155550100")
    bridged.work()
    assert [contact_id for _, contact_id, _ in bridged.linked()] == [holder]


def test_a_known_sender_is_told_by_their_link(bridged: Bridge, ask: Ask) -> None:
    bridged.telegram("Hello", sender=77)
    bridged.work()
    [lead] = bridged.workspace.contacts()
    code, answer = ask("telegram", "77")
    assert (code, answer["contact_id"], answer["rule"]) == (0, lead["id"], "stored_link")
    assert (answer["linked_by"], answer["role"]) == ("new_lead", "lead")
    assert [path for _, path in bridged.calls()] == [f"/contacts/{lead['id']}"]
    assert "linked to the contact already (rule then: new_lead)" in in_words(bridged, "telegram", "77")[1]


def test_a_contact_that_was_just_made_is_told_before_the_search_shows_it(bridged: Bridge, ask: Ask) -> None:
    bridged.workspace.faults.index_lag_s = 60.0
    bridged.sms("Hello", "+14155550100")
    bridged.work()
    [lead] = bridged.workspace.contacts()
    connect(bridged, "textmagic")
    code, answer = ask("textmagic", "14155550100")
    assert (code, answer["contact_id"], answer["rule"]) == (0, lead["id"], "known_contact")
    assert (
        "Kinbox made or saw a contact with the phone +14155550100" in in_words(bridged, "textmagic", "14155550100")[1]
    )


def test_a_phone_that_was_edited_since_is_told_as_the_next_message_would_find_it(bridged: Bridge, ask: Ask) -> None:
    bridged.workspace.faults.index_lag_s = 60.0
    bridged.sms("Hello", "+14155550100")
    bridged.work()
    [lead] = bridged.workspace.contacts()
    bridged.intercom.update_contact(lead["id"], {"phone": "+14155550199"})
    connect(bridged, "textmagic")
    code, answer = ask("textmagic", "14155550100")
    assert (code, answer["contact_id"]) == (1, None)


def test_a_merge_inside_intercom_is_followed(bridged: Bridge, ask: Ask) -> None:
    bridged.telegram("Hello", sender=77)
    bridged.work()
    [lead] = bridged.workspace.contacts()
    survivor = user(bridged, 1)
    bridged.intercom.merge(lead["id"], survivor, skip_duplicate_validation=True)
    code, answer = ask("telegram", "77")
    assert (code, answer["contact_id"], answer["role"]) == (0, survivor, "user")


def test_a_link_to_a_contact_that_is_gone_is_told_with_what_comes_instead(bridged: Bridge, ask: Ask) -> None:
    bridged.telegram("Hello", sender=77)
    bridged.work()
    [lead] = bridged.workspace.contacts()
    bridged.workspace.lifecycle.block(lead["id"])
    code, answer = ask("telegram", "77")
    assert (code, answer["contact_id"], answer["no_longer_served"]) == (1, None, lead["id"])
    assert f"Intercom no longer serves contact {lead['id']}" in in_words(bridged, "telegram", "77")[1]


@pytest.mark.parametrize(
    ("slug", "sender", "why"),
    [
        ("telegram", "77", "no contact carries this Telegram id"),
        ("africastalking", "+14155550100", "no contact has this phone number"),
        ("africastalking", "AcmeInc", "this sender has no phone number to look for"),
    ],
)
def test_nobody_is_told_with_what_was_looked_for(slug: str, sender: str, why: str, bridged: Bridge, ask: Ask) -> None:
    code, answer = ask(slug, sender)
    assert (code, answer["contact_id"], answer["rule"], answer["why"]) == (1, None, "new_lead", why)
    assert in_words(bridged, slug, sender) == (
        1,
        f"Nobody matches: {why}. A message of this sender would make a new lead.\n",
    )


@pytest.mark.parametrize(
    ("slug", "sender", "phone"),
    [
        ("twilio", "whatsapp:+14155550100", "+14155550100"),
        ("twilio", "087 123 4567", "+353871234567"),
        ("vonage", "447700900123", "+447700900123"),
        ("whatsapp", "5215512345678", "+5215512345678"),
        ("whatsapp", "US.13491208655302741918", None),
        ("line", "U0f1e2d3c4b5a69788796a5b4c3d2e1f0", None),
    ],
)
def test_a_sender_is_read_as_the_channel_reads_it(
    slug: str, sender: str, phone: str | None, bridged: Bridge, ask: Ask
) -> None:
    """The country is the account's, or else the workspace's; before a first account is there, too."""
    bridged.app.test_cli_runner().invoke(args=["workspaces", "set", bridged.workspace.app_id, "country=IE"])
    answer = ask(slug, sender)[1]
    assert (answer["phone"], answer["account_id"]) == (phone, None)
    assert "No " + slug + " account is connected yet" in in_words(bridged, slug, sender)[1]


def test_the_country_of_the_account_goes_before_the_workspace_s(bridged: Bridge, ask: Ask) -> None:
    bridged.app.test_cli_runner().invoke(args=["workspaces", "set", bridged.workspace.app_id, "country=US"])
    add = [
        "channels",
        "add",
        "twilio",
        "--workspace",
        bridged.workspace.app_id,
        "--name",
        "x",
        "--address",
        "+15005550006",
    ]
    bridged.app.test_cli_runner().invoke(args=[*add, "--country", "IE", "--set", "auth_token=t"])
    assert ask("twilio", "087 123 4567")[1]["phone"] == "+353871234567"


def test_a_person_may_be_named_by_phone_and_alias_too(bridged: Bridge, ask: Ask) -> None:
    holder = user(bridged, 1, phone="+14155550100")
    bsuid = "US.13491208655302741918"
    assert ask("whatsapp", bsuid, "--phone", "+1 415 555 0100")[1]["contact_id"] == holder
    assert ask("whatsapp", bsuid, "--alias", "14155550100")[1]["contact_id"] == holder
    assert ask("whatsapp", bsuid)[0] == 1


def test_an_account_is_named_by_id_or_address_where_there_are_several(bridged: Bridge, ask: Ask) -> None:
    user(bridged, 1, phone="+14155550100")
    add = ["channels", "add", "africastalking", "--workspace", bridged.workspace.app_id, "--name", "Second"]
    bridged.app.test_cli_runner().invoke(args=[*add, "--address", "22384"])
    code, answer = ask("africastalking", "+14155550100")
    assert (code, "--account" in answer["error"], "22384" in answer["error"]) == (2, True, True)
    code, answer = ask("africastalking", "+14155550100", "--account", "22384")
    assert (code, answer["rule"]) == (0, "phone")
    assert ask("africastalking", "+14155550100", "--account", str(answer["account_id"]))[1] == answer
    spelt_otherwise = str(SMS["address"]).lstrip("+")
    assert ask("africastalking", "+14155550100", "--account", spelt_otherwise)[0] == 0
    code, answer = ask("africastalking", "+14155550100", "--account", "999")
    assert (code, "22384" in answer["error"]) == (1, True)


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("telegram",),
        ("telegram", "77", "88"),
        ("telegram", "77", "--channel", "telegram"),
        ("carrier-pigeon", "77"),
        ("telegram", " "),
        ("telegram", "7" * 201),
        ("telegram", "a\tb"),
        ("telegram", "77", "--alias", ""),
        ("telegram", "77", "--phone", "+14155550100"),
        ("africastalking", "+14155550100", "--phone", "soon"),
    ],
)
def test_a_wrong_command_ends_with_2_and_a_sentence(args: tuple[str, ...], ask: Ask) -> None:
    code, answer = ask(*args)
    assert (code, answer["error"].endswith(".")) == (2, True)


def test_an_unknown_workspace_is_told(ask: Ask) -> None:
    code, answer = ask("telegram", "77", workspace="nowhere")
    assert (code, answer["error"].startswith("There is no workspace nowhere.")) == (1, True)


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        ({"status": 503}, "Ask again in a minute."),
        ({"status": 429, "reset_s": 60}, "Ask again after "),
        ({"status": 403}, "`flask --app wsgi doctor` says more."),
    ],
)
def test_what_cannot_be_told_now_is_said_so(fault: Json, advice: str, bridged: Bridge, ask: Ask) -> None:
    bridged.workspace.faults.add("status", path="/contacts/search", **fault)
    code, answer = ask("africastalking", "+14155550100")
    assert code == 1
    assert answer["error"].startswith("It cannot be told now who would match. Intercom")
    assert advice in answer["error"]


def test_a_workspace_that_is_no_longer_connected_is_told(bridged: Bridge, ask: Ask) -> None:
    bridged.workspace.faults.access = "revoked"
    code, answer = ask("africastalking", "+14155550100")
    assert (code, "Connect the workspace again." in answer["error"]) == (1, True)
