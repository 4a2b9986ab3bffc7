"""A clock that tests move, and a caller for the sandbox's REST API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

START_S = 1_795_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now_s = START_S

    def __call__(self) -> float:
        return self.now_s

    def pass_s(self, seconds: float) -> None:
        self.now_s += seconds


@dataclass
class Caller:
    """Calls the REST API as an app with a good token does."""

    client: FlaskClient
    headers: dict[str, str] = field(
        default_factory=lambda: {"Authorization": "Bearer sandbox-access-token", "Intercom-Version": "2.16"}
    )

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return self.client.open(path, method=method, json=body, headers={**self.headers, **named})

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.send("PUT", path, body, **headers)

    def delete(self, path: str, body: Any = None) -> TestResponse:
        return self.send("DELETE", path, body)

    def find(self, query: Any, **more: Any) -> list[str]:
        """The ids that a contact search finds."""
        answer = self.post("/contacts/search", {"query": query, **more})
        assert answer.status_code == 200, answer.json
        return [contact["id"] for contact in answer.json["data"]]  # type: ignore[index]  # checked above

    def make(self, **fields: Any) -> str:
        """The id of a new contact."""
        answer = self.post("/contacts", fields)
        assert answer.status_code == 200, answer.json
        return str(answer.json["id"])  # type: ignore[index]  # checked above


def error(answer: TestResponse) -> tuple[int, str, str]:
    """Status, code and message of a refusal."""
    body = answer.json
    assert body is not None
    assert body["type"] == "error.list"
    [only] = body["errors"]
    return answer.status_code, only["code"], only["message"]
