"""The customer's phone: writes to the shop from any channel, through the stand-in of its provider."""

from __future__ import annotations

import re
import secrets as chance
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

import phonenumbers

from app.sandbox.outgoing import Answer, post
from app.sandbox.providers.base import Account, Json, Message, Person, Provider
from app.sandbox.providers.book import Book
from app.sandbox.providers.registry import PROVIDERS
from app.sandbox.workbench.refusals import Refused

MAX_TEXT = 4000
KEPT = 60
HOME = "US"
"""Where a number without a country code is from."""
_NAMES = ("Ava Lind", "Noah Feld", "Inés Robles", "Tariq Aziz", "Mei Tan", "Luka Horvat", "Ruth Adeyemi", "Piotr Zając")


@dataclass(frozen=True, kw_only=True)
class Writing:
    """What somebody types into the phone. Without a `person_id` a new person writes, of this name if one is given."""

    channel: str
    person_id: str = ""
    name: str = ""
    text: str = field(default="", repr=False)
    picture: bool = False
    forged: bool = False
    """Sign with secrets that are not the account's."""


@dataclass(frozen=True, kw_only=True)
class _Sent:
    id: str
    message: Message
    forged: bool
    times: int
    answer: Answer


class Phone:
    """Writes as any person of the book. Keeps the latest messages, so that they can be sent again. Thread-safe."""

    def __init__(self, book: Book, now: Callable[[], float] = time.time) -> None:
        self.book = book
        self._now = now
        self._lock = threading.Lock()
        self._sent: dict[str, _Sent] = {}

    def to_dict(self) -> Json:
        """The channels, the people and the latest messages, newest first."""
        with self._lock:
            sent = list(self._sent.values())[::-1]
        return {
            "channels": [_channel(provider, account) for provider, account in self._doors()],
            "people": [_person(one) for one in self.book.people() if one.channel in self.book.accounts],
            "sent": [_shown(one) for one in sent],
        }

    def write(self, writing: Writing) -> list[Json]:
        """Send, and tell how each message was answered. Raises Refused 400."""
        provider = self._provider(writing.channel)
        text = writing.text.strip()
        if not text and not writing.picture:
            raise Refused(400, "Write something, or add the picture.")
        if len(text) > MAX_TEXT:
            raise Refused(400, f"That is longer than {MAX_TEXT} characters.")
        if writing.picture and not provider.pictures:
            raise Refused(400, f"{provider.title} carries no pictures.")
        person = self._person(provider, writing)
        split = bool(text) and writing.picture and not provider.captions
        contents = [(text, False), ("", True)] if split else [(text, writing.picture)]
        messages = [self._message(person, one, with_picture=picture) for one, picture in contents]
        for message in messages if not writing.forged else ():
            self.book.wrote(person, message.picture_id)
        return [self._deliver(message, forged=writing.forged) for message in messages]

    def again(self, sent_id: str) -> Json:
        """Hand the same message over once more, as a provider does that heard no answer. Raises Refused 404."""
        with self._lock:
            sent = self._sent.get(sent_id)
        if sent is None:
            raise Refused(404, "This message is too old to be sent again.")
        return self._deliver(replace(sent.message, again=True), forged=sent.forged, times=sent.times + 1)

    def _doors(self) -> list[tuple[Provider, Account]]:
        return [(one, self.book.accounts[slug]) for slug, one in PROVIDERS.items() if slug in self.book.accounts]

    def _provider(self, channel: str) -> Provider:
        if channel not in self.book.accounts or channel not in PROVIDERS:
            raise Refused(400, "The shop has no account on this channel.")
        return PROVIDERS[channel]

    def _person(self, provider: Provider, writing: Writing) -> Person:
        given = writing.person_id.strip()
        known = self.book.person(provider.slug, given) if given else None
        if known is not None:
            return known
        person_id = _checked(provider, given) if given else provider.new_person_id()
        name = writing.name.strip()[:120] or None
        if name is None and provider.names == "always":
            name = chance.choice(_NAMES)
        phone = person_id if provider.known_by == "phone" else None
        made = Person(channel=provider.slug, id=person_id, name=name, phone=phone)
        return self.book.person(provider.slug, person_id) or made

    def _message(self, person: Person, text: str, *, with_picture: bool) -> Message:
        number = self.book.next_number(int(self._now()))
        picture_id = str(number) if with_picture else None
        return Message(number=number, person=person, text=text, picture_id=picture_id, at_s=int(self._now()))

    def _deliver(self, message: Message, *, forged: bool, times: int = 1) -> Json:
        account = self.book.accounts[message.person.channel]
        answer = _post(PROVIDERS[account.slug], account, message, forged=forged)
        sent = _Sent(id=str(message.number), message=message, forged=forged, times=times, answer=answer)
        with self._lock:
            self._sent[sent.id] = sent
            while len(self._sent) > KEPT:
                del self._sent[next(iter(self._sent))]
        return _shown(sent)


def _post(provider: Provider, account: Account, message: Message, *, forged: bool) -> Answer:
    """One call to Kinbox. A forged one is signed by somebody else, or knows a wrong address where nothing is signed."""
    draft = provider.write(account, message)
    url = account.webhook_url
    signer = account
    if forged and provider.signs:
        signer = replace(account, secrets=provider.new_secrets(account.address))
    elif forged:
        url = f"{url.rpartition('/')[0]}/{chance.token_urlsafe(24)}"
    proof = provider.prove(draft, signer, url)
    query = f"?{urlencode(proof.query)}" if proof.query else ""
    headers = {"Content-Type": draft.content_type, "User-Agent": f"{provider.slug}-stand-in", **proof.headers}
    return post(url + query, draft.body, headers, caller="The provider")


def _checked(provider: Provider, given: str) -> str:
    """A typed id as the provider would write it. Raises Refused 400."""
    if provider.known_by == "id":
        if not re.fullmatch(provider.id_shape, given):
            raise Refused(400, f"{provider.title} gives no such ids. One looks like {provider.new_person_id()}.")
        return given
    try:
        number = phonenumbers.parse(given, HOME)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise Refused(400, "That is no phone number. Write it like +353 1 555 0123 or (415) 555-0100.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _channel(provider: Provider, account: Account) -> Json:
    return {
        "slug": provider.slug,
        "title": provider.title,
        "account": account.name,
        "address": account.address,
        "known_by": provider.known_by,
        "names": provider.names,
        "pictures": provider.pictures,
    }


def _person(person: Person) -> Json:
    return {"channel": person.channel, "id": person.id, "name": person.name, "phone": person.phone}


def _shown(sent: _Sent) -> Json:
    message, answer = sent.message, sent.answer
    return {
        "id": sent.id,
        "channel": message.person.channel,
        "person_id": message.person.id,
        "text": message.text,
        "picture": message.picture_id is not None,
        "at": message.at_s,
        "forged": sent.forged,
        "times": sent.times,
        "status": answer.status,
        "ms": answer.ms,
        "words": _words(answer),
    }


def _words(answer: Answer) -> str:
    """What the provider makes of the answer."""
    if answer.status is None:
        return answer.failure or "No answer came."
    if answer.status < 300:
        return "Kinbox has it"
    if answer.status in {401, 403}:
        return "Kinbox refused it: the signature does not fit"
    if answer.status == 404:
        return "Kinbox knows no such address"
    return "Kinbox does not have it; the provider would send it again"
