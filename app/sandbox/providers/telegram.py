"""Telegram. Source: Bot API 10.1, Update, Message, getFile."""

from __future__ import annotations

import secrets as chance
from urllib.parse import unquote

from app.sandbox.providers.base import (
    Account,
    Asked,
    Desk,
    Draft,
    Json,
    Message,
    Proof,
    Provider,
    Served,
    as_json,
    digits,
    picture_in,
)

_FILE_ID = "AgACAgQAAxkBAAIPsm"


class Telegram(Provider):
    slug = "telegram"
    title = "Telegram"
    hosts = ("api.telegram.org",)
    known_by = "id"
    id_shape = r"[1-9][0-9]{4,15}"
    names = "always"

    def new_secrets(self, address: str) -> dict[str, str]:
        return {"bot_token": f"{address}:{chance.token_urlsafe(26)}", "secret_token": chance.token_urlsafe(24)}

    def new_person_id(self) -> str:
        return f"5{digits(9)}"

    def write(self, account: Account, message: Message) -> Draft:  # noqa: ARG002 - nothing in the call names the bot
        person = message.person
        names: Json = dict(zip(("first_name", "last_name"), (person.name or "").split(maxsplit=1), strict=False))
        names |= {"username": person.handle.removeprefix("@")} if person.handle else {}
        said: Json = {
            "message_id": message.number % 1_000_000,
            "from": {"id": int(person.id), "is_bot": False, **names, "language_code": "en"},
            "chat": {"id": int(person.id), **names, "type": "private"},
            "date": message.at_s,
        }
        if message.picture_id:
            said["photo"] = [_size(message.picture_id, "9", 90, 67), _size(message.picture_id, "8", 128, 96)]
            said |= {"caption": message.text} if message.text else {}
        else:
            said["text"] = message.text
        return Draft(as_json({"update_id": message.number, "message": said}))

    def prove(self, draft: Draft, account: Account, url: str) -> Proof:  # noqa: ARG002
        """The secret that was given to setWebhook, in clear: Telegram signs nothing."""
        return Proof({"X-Telegram-Bot-Api-Secret-Token": account.secrets["secret_token"]})

    def serve(self, asked: Asked, desk: Desk) -> Served | None:
        account = desk.account(self.slug)
        if account is None:
            return None
        bot = f"bot{account.secrets['bot_token']}/"
        path = unquote(asked.path)
        if path.startswith(f"file/{bot}"):
            return Served.picture(desk.picture(picture_in(path)), "application/octet-stream")
        if path == f"{bot}getFile":
            return _place(asked.query.get("file_id", ""), desk)
        return _refusal(401, "Unauthorized") if path.startswith(("bot", "file/bot")) else None


def _size(picture_id: str, mark: str, width: int, height: int) -> Json:
    ids = {"file_id": f"{_FILE_ID}{mark}x{picture_id}", "file_unique_id": f"AQAD{mark}"}
    return {**ids, "file_size": width * height // 8, "width": width, "height": height}


def _place(file_id: str, desk: Desk) -> Served:
    picture_id = file_id.rpartition("x")[2]
    picture = desk.picture(picture_id)
    if picture is None:
        return _refusal(400, "Bad Request: invalid file_id")
    found = {"file_id": file_id, "file_unique_id": "AQAD8", "file_size": len(picture.content)}
    return Served.json({"ok": True, "result": {**found, "file_path": f"photos/file_{picture_id}.png"}})


def _refusal(status: int, words: str) -> Served:
    return Served.json({"ok": False, "error_code": status, "description": words}, status)
