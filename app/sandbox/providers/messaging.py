"""Messenger and Instagram: one shape of calls. Source: Messenger Platform v25.0 and Instagram messaging webhooks."""

from __future__ import annotations

import secrets as chance
from typing import ClassVar

from app.sandbox.providers.base import (
    Account,
    Asked,
    Desk,
    Draft,
    Json,
    Message,
    Person,
    Served,
    digits,
    picture_in,
)
from app.sandbox.providers.meta import MetaProvider, as_meta_json, object_id, unauthorized, unknown


class _Messaging(MetaProvider):
    known_by = "id"
    id_shape = r"[0-9]{5,20}"
    names = "asked"
    captions = False
    object_name: ClassVar[str]
    graph_host: ClassVar[str]
    files_host: ClassVar[str]

    def write(self, account: Account, message: Message) -> Draft:
        said: Json = {"mid": f"{self.mid(message.number)}"}
        if message.picture_id:
            said["attachments"] = [{"type": "image", "payload": {"url": self._file(message.picture_id)}}]
        else:
            said["text"] = message.text
        at_ms = message.at_s * 1000
        event = {"sender": {"id": message.person.id}, "recipient": {"id": account.address}, "timestamp": at_ms}
        entry = {"time": at_ms + 210, "id": account.address, "messaging": [{**event, "message": said}]}
        return Draft(as_meta_json({"object": self.object_name, "entry": [entry]}))

    def mid(self, number: int) -> str:
        return f"m_5qXb3Hn0Wc2Rj7Ye1Kp9Zt4Lv8Sd6Gf0Aq-{number}"

    def _file(self, picture_id: str) -> str:
        return f"https://{self.files_host}/v/t1.15752-9/{picture_id}.png?oh=03_Q7c&oe=6B1F0A2C"

    def serve(self, asked: Asked, desk: Desk) -> Served | None:
        """A file's address needs no token; a profile does."""
        account = desk.account(self.slug)
        if account is None:
            return None
        if asked.host == self.files_host:
            return Served.picture(desk.picture(picture_in(asked.path)))
        person_id = object_id(asked)
        if person_id is None:
            return None
        if not asked.bears(account.secrets["access_token"]):
            return unauthorized()
        person = desk.person(self.slug, person_id)
        return Served.json(self.profile(person)) if person and person.name else unknown(person_id)

    def profile(self, person: Person) -> Json:
        """Only called for somebody with a name."""
        first, _blank, last = (person.name or "").partition(" ")
        return {"name": person.name, "first_name": first, "last_name": last, "id": person.id}


class Messenger(_Messaging):
    slug = "messenger"
    title = "Messenger"
    object_name = "page"
    graph_host = "graph.facebook.com"
    files_host = "scontent.xx.fbcdn.net"
    hosts = (graph_host, files_host)

    def new_person_id(self) -> str:
        return digits(16)


class Instagram(_Messaging):
    slug = "instagram"
    title = "Instagram"
    object_name = "instagram"
    graph_host = "graph.instagram.com"
    files_host = "scontent.cdninstagram.com"
    hosts = (graph_host, files_host)

    def new_secrets(self, address: str) -> dict[str, str]:
        """Tokens of Instagram Login begin with IG, and belong to Instagram's own host."""
        return {**super().new_secrets(address), "access_token": f"IGAA{chance.token_hex(40)}"}

    def new_person_id(self) -> str:
        return digits(15)

    def mid(self, number: int) -> str:
        return f"aWdfZAG1faXRlbToxOk{number}"

    def profile(self, person: Person) -> Json:
        return {"name": person.name, "username": (person.handle or "").lstrip("@") or None, "id": person.id}
