"""Uploaded files: kept beside the state file, or in memory, and served for half an hour per address."""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app.sandbox.problems import ApiError, invalid
from app.sandbox.store import Store

Json = dict[str, Any]

ADDRESS_LIFE_S = 30 * 60
"""How long the address of an upload works; reading the conversation again gives a fresh one."""
MAX_FILES = 10


class Files:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._memory: dict[str, bytes] = {}
        self.public_url = ""

    def read_uploads(self, given: object) -> list[tuple[Json, bytes]]:
        """Decode `attachment_files` of a reply. Raises ApiError 400 for a file that is not as documented."""
        if given is None:
            return []
        if not isinstance(given, list) or len(given) > MAX_FILES:
            raise invalid(f"attachment_files takes at most {MAX_FILES} files", "attachment_files")
        return [self._decode(item) for item in given]

    def _decode(self, item: object) -> tuple[Json, bytes]:
        if not isinstance(item, dict) or not all(
            isinstance(item.get(key), str) and item[key] for key in ("content_type", "name", "data")
        ):
            raise invalid("A file needs content_type, name and data", "attachment_files")
        try:
            data = base64.b64decode(item["data"], validate=True)
        except (binascii.Error, ValueError):
            raise invalid("data must be base64", "attachment_files") from None
        if len(data) > self._store.unconfirmed.max_attachment_bytes:
            raise invalid("The file is too large", "attachment_files")
        return {"name": item["name"], "content_type": item["content_type"]}, data

    def keep(self, meta: Json, data: bytes) -> Json:
        """Store an upload and return its attachment, whose url is made when it is served."""
        file_id = self._store.ids.number("file")
        self._store.state["files"][file_id] = meta
        folder = self._folder()
        if folder is None:
            self._memory[file_id] = data
        else:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / file_id).write_bytes(data)
        size = {"filesize": len(data), "width": None, "height": None}
        return {"type": "upload", **meta, **size, "url": None, "_file": file_id}

    def address(self, attachment: Json) -> Json:
        """The attachment with an address that works for half an hour."""
        served = {key: value for key, value in attachment.items() if key != "_file"}
        if "_file" in attachment:
            name = quote(re.sub(r"[^\w.\-]+", "_", attachment["name"]))
            expires = self._store.clock_s() + ADDRESS_LIFE_S
            served["url"] = f"{self.public_url}/_sandbox/files/{attachment['_file']}/{name}?expires={expires}"
        return served

    def read(self, file_id: str, expires_s: int) -> tuple[Json, bytes]:
        """The file behind an address. Raises ApiError 404, or 403 when the address is too old."""
        meta = self._store.state["files"].get(file_id)
        if meta is None:
            raise ApiError(404, "not_found", "Resource Not Found")
        if expires_s < self._store.now():
            raise ApiError(403, "forbidden", "The address of this file has expired")
        folder = self._folder()
        data = self._memory.get(file_id, b"") if folder is None else (folder / file_id).read_bytes()
        return meta, data

    def _folder(self) -> Path | None:
        path = self._store.path
        return path.with_name(path.name + ".files") if path else None
