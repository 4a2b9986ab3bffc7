from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import flask_migrate  # type: ignore[import-untyped]  # it has no types
import pytest
from flask import Flask, request

from app.intercom.transport import Transport

MakeApp = Callable[..., Flask]
Serve = Callable[[Mapping[str, str]], Flask]


def test_a_process_that_answers_is_alive(app: Flask) -> None:
    answer = app.test_client().get("/health/live")
    assert (answer.status_code, answer.json) == (200, {"alive": True})


def test_a_migrated_database_is_ready(database: Flask) -> None:
    answer = database.test_client().get("/health/ready")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "faults": []})


def test_a_database_without_tables_is_not_ready_and_says_how_to_mend_it(
    serve: Serve, environment: dict[str, str]
) -> None:
    answer = serve(environment).test_client().get("/health/ready")
    assert answer.status_code == 503
    [fault] = (answer.json or {})["faults"]
    assert fault["what"] == "The database has no tables yet."
    assert "db upgrade" in fault["mend"]


def test_a_database_of_another_version_is_not_ready(database: Flask) -> None:
    flask_migrate.stamp(revision="base")
    try:
        assert database.test_client().get("/health/ready").status_code == 503
    finally:
        flask_migrate.stamp()


def test_a_database_that_is_down_is_not_ready(serve: Serve, environment: dict[str, str]) -> None:
    down = environment | {"DATABASE_URL": "postgresql://kin:hunter22@127.0.0.1:1/kinbox"}
    answer = serve(down).test_client().get("/health/ready")
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    assert "hunter22" not in answer.text


def test_a_request_leaves_one_line_without_its_raw_path(app: Flask, log_lines: list[dict[str, Any]]) -> None:
    client = app.test_client()
    client.get("/health/live?email=ann@example.com", headers={"X-Request-Id": "from-the-proxy"})
    client.get("/nobody/knows/ann@example.com")
    known, unknown = log_lines
    assert (known["method"], known["route"], known["status"]) == ("GET", "/health/live", 200)
    assert known["request_id"] == "from-the-proxy"
    assert known["ms"] >= 0
    assert (unknown["route"], unknown["status"]) == ("none", 404)
    assert "ann@example.com" not in str(log_lines)


@pytest.mark.parametrize("given", ["", "two words", "x" * 65, "<script>"])
def test_an_odd_request_id_is_replaced(app: Flask, given: str) -> None:
    answer = app.test_client().get("/health/live", headers={"X-Request-Id": given})
    assert len(answer.headers["X-Request-Id"]) == 32


def test_a_fault_is_logged_with_its_route_and_answered_with_500(app: Flask, log_lines: list[dict[str, Any]]) -> None:
    def fail(key: str) -> str:
        raise ValueError(key)

    app.add_url_rule("/fails/<key>", view_func=fail)
    answer = app.test_client().get("/fails/webhook-key")
    fault, line = log_lines
    assert answer.status_code == 500
    assert (fault["level"], fault["route"]) == ("ERROR", "/fails/<key>")
    assert fault["fault"][0] == "builtins.ValueError"
    assert line["status"] == 500
    assert "webhook-key" not in str(log_lines) + answer.text


def test_a_body_over_five_megabytes_is_refused(app: Flask) -> None:
    def read() -> str:
        return str(len(request.get_data()))

    app.add_url_rule("/read", view_func=read, methods=["POST"])
    client = app.test_client()
    assert client.post("/read", data=b"x" * 5 * 1024 * 1024).status_code == 200
    assert client.post("/read", data=b"x" * (5 * 1024 * 1024 + 1)).status_code == 413


def test_metrics_count_requests_by_route_and_status(app: Flask) -> None:
    client = app.test_client()
    client.get("/health/live")
    client.get("/health/live")
    client.open("/anything", method="BREW")
    text = client.get("/metrics").text
    assert 'kinbox_http_requests_total{method="GET",route="/health/live",status="200"} 2.0' in text
    assert 'kinbox_http_requests_total{method="other",route="none",status="404"} 1.0' in text
    assert 'kinbox_http_request_seconds_count{method="GET",route="/health/live"} 2.0' in text


def test_metrics_count_calls_to_intercom(app: Flask) -> None:
    assert Transport.on_call is not None
    Transport.on_call("GET", "/contacts/{contact_id}", 200, 0.03)
    Transport.on_call("GET", "/contacts/{contact_id}", None, 1.5)
    text = app.test_client().get("/metrics").text
    name = 'kinbox_intercom_call_seconds_count{method="GET",path="/contacts/{contact_id}"'
    assert f'{name},status="200"}} 1.0' in text
    assert f'{name},status="none"}} 1.0' in text


def test_metrics_of_several_processes_come_from_their_folder(make_app: MakeApp, tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    answer = make_app(PROMETHEUS_MULTIPROC_DIR=str(folder)).test_client().get("/metrics")
    assert answer.status_code == 200
    assert "kinbox_inbox" in answer.text
