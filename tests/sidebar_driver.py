"""Uses the sidebar as Intercom does: signed requests in, canvases out, clicks with the echoed canvas.

Every canvas that comes back is held against the validator; a first canvas also against the Inbox rules.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from canvas_components import faults, first_canvas_faults

Json = dict[str, Any]
Post = Callable[[str, bytes, Mapping[str, str]], tuple[int, bytes]]

ADMIN: Json = {"type": "admin", "id": "4410021", "name": "Rosa Teammate", "email": "rosa@shop.example"}


def sign(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Shown:
    """A canvas, as a teammate reads it."""

    def __init__(self, canvas: Json) -> None:
        self.canvas = canvas
        self.components: list[Json] = canvas["content"]["components"]

    @property
    def text(self) -> str:
        """Everything that can be read on it, a line each."""
        return "\n".join(_texts(self.components))

    @property
    def title(self) -> str:
        return next(str(one["text"]) for one in self.components if one.get("style") == "header")

    @property
    def ids(self) -> list[str]:
        """What can be clicked or filled in."""
        return [found for one in self.components for found in _ids(one)]

    def button(self, label: str) -> str:
        """The id of the button or list item whose label or title contains `label`."""
        for one in self.components:
            if label in one.get("label", "") and one["type"] == "button":
                return str(one["id"])
            for item in one.get("items", ()):
                if label in item.get("title", ""):
                    return str(item["id"])
        raise AssertionError(f"no button {label!r} on:\n{self.text}")

    def table(self) -> dict[str, str]:
        rows = [item for one in self.components if one["type"] == "data-table" for item in one["items"]]
        return {row["field"]: row["value"] for row in rows}

    def component(self, component_id: str) -> Json:
        return next(one for one in self.components if one.get("id") == component_id)


@dataclass
class Sidebar:
    """One teammate looking at one contact."""

    post: Post
    secret: str
    workspace_id: str
    contact: Json
    admin: Json
    conversation: Json | None = None
    shown: Shown | None = None
    last_call: bytes = b""

    def open(self) -> Shown:
        self.shown = self._ask("/canvas/initialize", {}, first=True)
        return self.shown

    def click(self, component_id: str, **input_values: Any) -> Shown:
        """Click on the canvas that is shown now."""
        assert self.shown is not None, "open the sidebar first"
        assert component_id in self.shown.ids, f"{component_id} is not on the canvas:\n{self.shown.text}"
        return self.force(component_id, **input_values)

    def force(self, component_id: str, **input_values: Any) -> Shown:
        """Send a click whether or not it was offered, as somebody with a browser's tools could."""
        canvas = self.shown.canvas if self.shown else {}
        click = {"component_id": component_id, "input_values": input_values, "current_canvas": canvas}
        self.shown = self._ask("/canvas/submit", click, first=False)
        return self.shown

    def press(self, label: str, **input_values: Any) -> Shown:
        assert self.shown is not None
        return self.click(self.shown.button(label), **input_values)

    def body(self, **more: Any) -> bytes:
        call = {
            "workspace_id": self.workspace_id,
            "workspace_region": "US",
            "admin": self.admin,
            "contact": self.contact,
            **({"conversation": self.conversation} if self.conversation else {}),
            **more,
        }
        return json.dumps(call).encode()

    def _ask(self, path: str, more: Json, *, first: bool) -> Shown:
        self.last_call = self.body(**more)
        status, answer = self.post(path, self.last_call, {"X-Body-Signature": sign(self.last_call, self.secret)})
        assert status == 200, f"{path} answered {status}"
        return Shown(checked(answer, first=first))


def checked(answer: bytes, *, first: bool) -> Json:
    """The canvas of an answer, which breaks no rule."""
    whole = json.loads(answer)
    assert set(whole) == {"canvas"}
    canvas: Json = whole["canvas"]
    broken = [str(fault) for fault in faults(canvas)]
    if first:
        broken += [str(fault) for fault in first_canvas_faults(canvas)]
    assert not broken, f"{broken}\n{json.dumps(canvas, indent=1, ensure_ascii=False)}"
    return canvas


def _texts(components: list[Json]) -> Iterator[str]:
    for one in components:
        for key in ("text", "label", "placeholder", "value"):
            if isinstance(one.get(key), str):
                yield one[key]
        for item in (*one.get("items", ()), *one.get("options", ())):
            yield " | ".join(
                str(item[key])
                for key in ("title", "subtitle", "tertiary_text", "field", "value", "text")
                if item.get(key)
            )


def _ids(component: Json) -> Iterator[str]:
    if "id" in component:
        yield component["id"]
    for item in component.get("items", ()):
        if item.get("action"):
            yield item["id"]
