from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from app.errors import AppError
from app.logs import MASK, JsonFormatter, JsonHandler, configure_logs, request_id

LOG = logging.getLogger("kinbox.tests")


@pytest.fixture
def stderr(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """Logs configured at INFO with one known secret."""
    root = logging.getLogger()
    level = root.level
    configure_logs("INFO", ['s3cret"of-client', "short"])
    yield capsys
    root.setLevel(level)
    for handler in [one for one in root.handlers if isinstance(one, JsonHandler)]:
        root.removeHandler(handler)


def the_line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    [line] = capsys.readouterr().err.splitlines()
    read: dict[str, Any] = json.loads(line)
    return read


def test_a_line_is_json_with_its_extras(stderr: pytest.CaptureFixture[str]) -> None:
    LOG.info("merge done", extra={"merge_id": "m1", "ms": 12.5})
    line = the_line(stderr)
    assert line["time"].endswith("+00:00")
    del line["time"]
    assert line == {
        "level": "INFO",
        "logger": "kinbox.tests",
        "message": "merge done",
        "merge_id": "m1",
        "ms": 12.5,
    }


def test_a_line_break_makes_no_second_line(stderr: pytest.CaptureFixture[str]) -> None:
    LOG.info("one\ntwo", extra={"by": "a\r\nb"})
    assert the_line(stderr)["message"] == "one\ntwo"


def test_the_level_decides_and_the_last_call_counts(stderr: pytest.CaptureFixture[str]) -> None:
    configure_logs("WARNING")
    LOG.info("not shown")
    LOG.warning("shown")
    assert the_line(stderr)["message"] == "shown"


def test_chatty_libraries_do_not_log_urls_even_at_debug(stderr: pytest.CaptureFixture[str]) -> None:
    configure_logs("DEBUG")
    logging.getLogger("urllib3.connectionpool").debug("GET /contacts/find?email=ann@example.com")
    assert stderr.readouterr().err == ""


@pytest.mark.parametrize(
    "text",
    [
        's3cret"of-client',
        "dG9rOjEyMzQ1Njc4OTBhYmNkZWY6MToxAA==",
        "Authorization: Bearer abc.def-ghi12345",
    ],
)
def test_secrets_are_masked_wherever_they_stand(stderr: pytest.CaptureFixture[str], text: str) -> None:
    LOG.info("before %s after", text, extra={"of": {"deep": [text]}})
    raw = stderr.readouterr().err
    secret = text.rsplit(" ", maxsplit=1)[-1]
    assert secret not in raw
    assert json.dumps(secret)[1:-1] not in raw
    assert raw.count(MASK) == 2


def test_short_values_tear_no_holes(stderr: pytest.CaptureFixture[str]) -> None:
    LOG.info("a short word")
    assert the_line(stderr)["message"] == "a short word"


class Refused(AppError):
    pass


def test_a_fault_shows_frames_and_only_texts_that_name_nobody(stderr: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        people: dict[str, str] = {}
        try:
            people["ann@example.com"]
        except KeyError as cause:
            raise Refused("Intercom refused the request.") from cause

    try:
        fail()
    except Refused:
        LOG.exception("failed")
    fault = the_line(stderr)["fault"]
    assert fault[0].endswith("test_logs.Refused: Intercom refused the request.")
    assert "builtins.KeyError" in fault
    assert any(" in fail" in frame for frame in fault)
    assert "ann@example.com" not in json.dumps(fault)


def test_what_is_wrong_with_the_machine_is_told(stderr: pytest.CaptureFixture[str]) -> None:
    fault = OperationalError("SELECT 1", {}, Exception("disk I/O error"))
    LOG.error("failed", exc_info=fault)
    assert "disk I/O error" in the_line(stderr)["fault"][0]


def test_an_object_is_named_by_its_type_only(stderr: pytest.CaptureFixture[str]) -> None:
    LOG.info("odd", extra={"value": object(), "error": ValueError("ann@example.com")})
    line = the_line(stderr)
    assert (line["value"], line["error"]) == ("<object>", "<ValueError>")


def test_the_request_is_named_on_every_line(stderr: pytest.CaptureFixture[str]) -> None:
    token = request_id.set("r-1")
    LOG.info("within")
    request_id.reset(token)
    assert the_line(stderr)["request_id"] == "r-1"


def test_a_loop_of_causes_ends() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    record = LOG.makeRecord("x", logging.ERROR, "f", 1, "looped", (), (ValueError, first, None))
    assert json.loads(JsonFormatter().format(record))["fault"] == ["builtins.ValueError"] * 2


def test_lines_go_to_the_stderr_of_the_moment(stderr: pytest.CaptureFixture[str]) -> None:
    [handler] = [one for one in logging.getLogger().handlers if isinstance(one, JsonHandler)]
    assert handler.stream is sys.stderr
