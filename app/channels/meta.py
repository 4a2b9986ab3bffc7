"""What WhatsApp, Messenger and Instagram share: the signature, the test of the URL, and walking through a batch."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, ClassVar

from app.channels.base import Adapter, BadSignature, Parsed, Poison, RawCall, Reply, Secret, UnreadableBody
from app.channels.hosts import https_at
from app.channels.reading import json_object, pairs, poison
from app.channels.signing import hmac_sha256, require_same
from app.domain.message import AliasChange, InboundMessage

GRAPH_HOST = "graph.facebook.com"
GRAPH_VERSION = "v25.0"
MEDIA_HOSTS = frozenset({".fbsbx.com", ".fbcdn.net", ".cdninstagram.com", ".whatsapp.net"})
"""Where Meta keeps what people send, and where its redirects lead."""

APP_SECRET = Secret(
    name="app_secret",
    hint="App Dashboard > App settings > Basic > App secret; several, comma separated, when more than one may sign",
)
VERIFY_TOKEN = Secret(
    name="verify_token",
    hint="a word of your own; type the same one under Webhooks > Verify token, or Meta cannot save the URL",
    required=False,
    missed="Meta cannot check the address, so it can be saved there neither now nor when it changes.",
)

_GRAPH_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")

Found = InboundMessage | AliasChange


class MetaAdapter(Adapter):
    """A channel whose calls Meta signs with the app secret and tests with `hub.challenge`."""

    object_name: ClassVar[str]
    """What `object` says in this channel's bodies."""

    def greet(self, call: RawCall) -> Reply | None:
        """The challenge back, when the token is ours. Every GET is such a test: Meta sends nothing else by GET."""
        if call.method != "GET":
            return None
        try:
            asked = pairs(call.query)
        except UnreadableBody as error:
            raise BadSignature("the test of the URL cannot be read") from error
        challenge = asked.get("hub.challenge", "")
        require_same(self.secret("verify_token"), asked.get("hub.verify_token", ""))
        if not challenge or asked.get("hub.mode") != "subscribe":
            raise BadSignature("the test of the URL lacks its mode or its challenge")
        return Reply(body=challenge.encode("utf-8", "replace"))

    def verify(self, call: RawCall) -> None:
        """HMAC-SHA256 over the raw bytes, as `sha256=` and lower hex. The old SHA-1 header is not looked at."""
        given = call.header("x-hub-signature-256")
        for secret in self.secret("app_secret").split(","):
            with suppress(BadSignature):
                require_same(f"sha256={hmac_sha256(secret.strip(), call.body).hex()}", given)
                return
        raise BadSignature("X-Hub-Signature-256 is missing or does not fit the body")

    def parse(self, call: RawCall) -> Parsed:
        body = json_object(call.body)
        gathered = Gathered()
        if body.get("object") != self.object_name:
            gathered.ignored += 1
            return gathered.parsed()
        for entry in gathered.objects(body.get("entry"), "entry"):
            self.walk(entry, gathered, call)
        return gathered.parsed()

    @abstractmethod
    def walk(self, entry: dict[str, Any], gathered: Gathered, call: RawCall) -> None:
        """Read every event of one entry into `gathered`."""


class Gathered:
    """What a call holds, gathered event by event, so that a bad one loses no other."""

    def __init__(self) -> None:
        self.ignored = 0
        self._found: list[Found] = []
        self._poison: list[Poison] = []

    def objects(self, listed: Any, name: str) -> Iterator[dict[str, Any]]:
        """The objects of a list. Whatever else is there is kept for an operator; a missing list is empty."""
        if listed is None:
            return
        if not isinstance(listed, list):
            self._poison.append(poison(listed, KeyError(f"list of {name}")))
            return
        for one in listed:
            if isinstance(one, dict):
                yield one
            else:
                self._poison.append(poison(one, KeyError(f"fields, though it is one of {name}")))

    def read(self, event: dict[str, Any], event_id: str | None, reader: Callable[[], Iterable[Found]]) -> None:
        """Keep what `reader` makes of an event: nothing means ignored, a KeyError names what it lacks."""
        try:
            found = tuple(reader())
        except KeyError as missing:
            self._poison.append(poison(event, missing, event_id=event_id))
            return
        self._found.extend(found)
        self.ignored += not found

    def parsed(self) -> Parsed:
        return Parsed(
            messages=tuple(one for one in self._found if isinstance(one, InboundMessage)),
            alias_changes=tuple(one for one in self._found if isinstance(one, AliasChange)),
            poison=tuple(self._poison),
            ignored=self.ignored,
        )


def count(listed: Any) -> int:
    """How many things a list holds, whatever they are; 0 for anything else."""
    return len(listed) if isinstance(listed, list) else 0


def graph_url(object_id: str, host: str = GRAPH_HOST) -> str | None:
    """Where the Graph API tells about this id. None for an id that would lead elsewhere."""
    return f"https://{host}/{GRAPH_VERSION}/{object_id}" if _GRAPH_ID.fullmatch(object_id) else None


def media_url(url: str | None) -> str | None:
    """The URL itself when it is https and on Meta's own media hosts, else None."""
    return url if https_at(url, MEDIA_HOSTS) else None
