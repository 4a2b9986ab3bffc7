"""WhatsApp. Source: WhatsApp Cloud API v25.0, messages webhook, media."""

from __future__ import annotations

import hashlib
from base64 import b64encode

from app.sandbox.providers.base import (
    Account,
    Asked,
    Desk,
    Draft,
    Json,
    Message,
    Person,
    Picture,
    Served,
    new_phone,
)
from app.sandbox.providers.meta import MetaProvider, as_meta_json, object_id, unauthorized

_FILES_HOST = "lookaside.fbsbx.com"
_FILES_PATH = "whatsapp_business/attachments/"
_MEDIA_ID = "118442"
"""How the id of a file begins."""


class WhatsApp(MetaProvider):
    slug = "whatsapp"
    title = "WhatsApp"
    hosts = ("graph.facebook.com", _FILES_HOST)
    known_by = "phone"
    names = "always"

    def new_person_id(self) -> str:
        return new_phone()

    def write(self, account: Account, message: Message) -> Draft:
        content: Json = {"type": "text", "text": {"body": message.text}}
        if message.picture_id:
            caption = {"caption": message.text} if message.text else {}
            media_id = f"{_MEDIA_ID}{message.picture_id}"
            image = {"mime_type": "image/png", "id": media_id, "url": _address(media_id), **caption}
            content = {"type": "image", "image": image}
        ids = _ids(message.person)
        said = {**ids["message"], "id": f"wamid.HBgL{message.number}", "timestamp": str(message.at_s), **content}
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "35315550100", "phone_number_id": account.address},
            "contacts": [{"profile": _profile(message.person), **ids["contact"]}],
            "messages": [said],
        }
        change = {"value": value, "field": "messages"}
        entry = {"id": "318840927715526", "changes": [change]}
        return Draft(as_meta_json({"object": "whatsapp_business_account", "entry": [entry]}))

    def serve(self, asked: Asked, desk: Desk) -> Served | None:
        account = desk.account(self.slug)
        is_file = asked.host == _FILES_HOST and asked.path.startswith(_FILES_PATH)
        media_id = (asked.query.get("mid") if is_file else object_id(asked)) or ""
        picture = desk.picture(media_id.removeprefix(_MEDIA_ID)) if media_id.startswith(_MEDIA_ID) else None
        if account is None or picture is None:
            return None
        if not asked.bears(account.secrets["access_token"]):
            return unauthorized()
        return Served.picture(picture) if is_file else Served.json(_told(media_id, picture))


def bsuid(person: Person) -> str:
    """The id that WhatsApp gives a person for one business. It stays when the phone is hidden."""
    if person.phone is None:
        return person.id
    return "US." + str(int(hashlib.sha256(person.phone.encode()).hexdigest(), 16))[:20]


def _ids(person: Person) -> dict[str, Json]:
    """People with a user name may hide their phone; then only the BSUID is told."""
    number = (person.phone or "").lstrip("+")
    return {
        "message": ({"from": number} if number else {}) | {"from_user_id": bsuid(person)},
        "contact": ({"wa_id": number} if number else {}) | {"user_id": bsuid(person)},
    }


def _profile(person: Person) -> Json:
    return {"name": person.name or "~"} | ({"username": person.handle} if person.handle else {})


def _address(media_id: str) -> str:
    return f"https://{_FILES_HOST}/{_FILES_PATH}?mid={media_id}&source=webhook&hash=ARkq0"


def _told(media_id: str, picture: Picture) -> Json:
    digest = b64encode(hashlib.sha256(picture.content).digest()).decode()
    facts = {"mime_type": picture.content_type, "sha256": digest, "file_size": len(picture.content)}
    return {"url": _address(media_id), **facts, "id": media_id, "messaging_product": "whatsapp"}
