"""The stand-ins of all providers against Kinbox as it runs in production, beside `make run`'s Intercom."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from app.sandbox.providers.picture import armchair
from app.sandbox.providers.registry import PROVIDERS
from tests.browser.running import Running

Json = dict[str, Any]
SETTLED_WITHIN_S = 60.0
EVERYWHERE = sorted(PROVIDERS)
WITH_PICTURES = sorted(slug for slug, provider in PROVIDERS.items() if provider.pictures)
WITH_NAMES = sorted(slug for slug, provider in PROVIDERS.items() if provider.names != "never")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    demo = Running(tmp_path_factory.mktemp("demo"))
    yield demo
    assert demo.stop() == 0


def write(shop: Running, channel: str, text: str, **more: Any) -> list[Json]:
    """How each message was answered."""
    sent: list[Json] = shop.post("/phone/messages", channel=channel, text=text, **more)["sent"]
    return sent


def soon(found: Callable[[], Any]) -> Any:
    """What `found` finds within a while."""
    until = time.monotonic() + SETTLED_WITHIN_S
    while not (seen := found()):
        assert time.monotonic() < until, "nothing came"
        time.sleep(0.05)
    return seen


def thread(shop: Running, text: str) -> Json:
    """The conversation in which these words are."""
    [found] = soon(lambda: shop.get("/conversations", q=text)["conversations"])
    conversation: Json = shop.get(f"/conversations/{found['id']}")["conversation"]
    return conversation


def settled(shop: Running) -> Json:
    """The queue once nothing waits in it."""
    queue: Json = soon(lambda: (seen := shop.get("/queue"))["waiting"] == seen["delayed"] == 0 and seen)
    return queue


@pytest.mark.parametrize("slug", EVERYWHERE)
def test_a_strangers_text_is_taken_and_makes_one_lead(shop: Running, slug: str) -> None:
    [sent] = write(shop, slug, f"Hello & good day from {slug} 🪑")
    assert (sent["status"], sent["words"]) == (200, "Kinbox has it")
    conversation = thread(shop, f"good day from {slug} ")
    [person] = conversation["participants"]
    assert (person["role"], person["custom_attributes"]["kinbox_channel"]) == ("lead", slug)
    if PROVIDERS[slug].known_by == "phone":
        assert person["phone"] == sent["person_id"]
    else:
        assert person["custom_attributes"][f"kinbox_{slug}_id"] == sent["person_id"]
    assert [part["text"] for part in conversation["parts"] if part["kind"] == "message"] == [sent["text"]]


@pytest.mark.parametrize("slug", WITH_NAMES)
def test_the_lead_has_the_name_that_the_provider_tells(shop: Running, slug: str) -> None:
    write(shop, slug, f"my name is known on {slug}", name="Zoë Ní Bhriain")
    assert thread(shop, f"known on {slug}")["contact"]["label"] == "Zoë Ní Bhriain"


@pytest.mark.parametrize("slug", WITH_PICTURES)
def test_a_picture_arrives_as_a_file_with_its_words(shop: Running, slug: str) -> None:
    sent = write(shop, slug, f"torn, see {slug}", picture=True)
    assert {one["status"] for one in sent} == {200}

    def pictures() -> list[str]:
        parts = thread(shop, f"torn, see {slug}")["parts"]
        return [one["picture"] for part in parts for one in part["attachments"]]

    [file_id] = soon(pictures)
    shown = requests.get(f"{shop.url}/workbench/api/pictures/{file_id}", timeout=5)
    assert (shown.content, shown.headers["Content-Type"]) == (armchair().content, "image/png")


@pytest.mark.parametrize("slug", EVERYWHERE)
def test_a_forged_call_is_refused_and_leaves_nothing(shop: Running, slug: str) -> None:
    before = settled(shop)["events"]
    [sent] = write(shop, slug, f"believe me, {slug}", forged=True)
    assert sent["status"] == (401 if PROVIDERS[slug].signs else 404)
    assert settled(shop)["events"] == before
    assert shop.get("/conversations", q=f"believe me, {slug}")["conversations"] == []
    assert sent["person_id"] not in {one["id"] for one in shop.get("/phone")["people"]}


@pytest.mark.parametrize("slug", EVERYWHERE)
def test_a_message_that_is_delivered_again_is_there_once(shop: Running, slug: str) -> None:
    [sent] = write(shop, slug, f"only once on {slug}")
    thread(shop, f"only once on {slug}")
    before = settled(shop)["events"]
    [again] = shop.post(f"/phone/messages/{sent['id']}/again")["sent"]
    assert (again["status"], again["times"]) == (200, 2)
    assert settled(shop)["events"] == before
    said = [part["text"] for part in thread(shop, f"only once on {slug}")["parts"] if part["kind"] == "message"]
    assert said == [f"only once on {slug}"]


def test_a_second_message_goes_on_in_the_same_conversation(shop: Running) -> None:
    [first] = write(shop, "telegram", "first of two")
    thread(shop, "first of two")
    write(shop, "telegram", "second of two", person_id=first["person_id"])
    said = [part["text"] for part in thread(shop, "second of two")["parts"] if part["kind"] == "message"]
    assert said == ["first of two", "second of two"]


def test_somebody_of_the_furnished_workspace_goes_on_in_their_thread(shop: Running) -> None:
    write(shop, "twilio", "Is Thursday still good?", person_id="+35315550123")
    conversation = thread(shop, "Is Thursday still good?")
    assert conversation["parts"][0]["text"] == "Hi, is my walnut sideboard still coming on Thursday?"


def test_a_restart_forgets_neither_people_nor_what_they_sent(shop: Running) -> None:
    [sent] = write(shop, "line", "remember me", name="Ines Falk")
    thread(shop, "remember me")
    settled(shop)
    shop.restart()
    assert sent["person_id"] in {one["id"] for one in shop.get("/phone")["people"]}
    write(shop, "line", "it is me again", person_id=sent["person_id"])
    assert thread(shop, "it is me again")["id"] == thread(shop, "remember me")["id"]
