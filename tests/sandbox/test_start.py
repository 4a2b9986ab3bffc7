"""`python -m app.sandbox` that cannot start says why in one sentence."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.sandbox.__main__ import main
from app.sandbox.seed import furnished
from app.sandbox.server import PortTaken, create_sandbox, serve


def start(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def taken() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def test_a_taken_port_is_said_with_another_to_take(taken: socket.socket, tmp_path: Path) -> None:
    with taken:
        port = taken.getsockname()[1]
        ended = start("--port", str(port), "--folder", str(tmp_path))
    assert ended.exit_code == 1
    assert ended.output.startswith(f"Error: Port {port} cannot be used on this machine: address already in use.")
    assert "Choose another: make run PORT=" in ended.output


def test_a_server_on_a_taken_port_leaves_the_process_alive(taken: socket.socket) -> None:
    with taken, pytest.raises(PortTaken):
        serve(create_sandbox(furnished()), port=taken.getsockname()[1])


@pytest.mark.parametrize("port", ["99999", "-1", "0"])
def test_a_port_that_there_is_not_is_misuse(port: str, tmp_path: Path) -> None:
    ended = start("--port", port, "--folder", str(tmp_path))
    assert ended.exit_code == 2
    assert "1<=x<=65535" in ended.output


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = start("--folder", str(tmp_path / "file" / "sandbox"))
    assert ended.exit_code == 1
    assert ended.output.startswith("Error: The sandbox cannot keep what it knows in")
    assert "--folder PATH" in ended.output


@pytest.mark.parametrize("kept", ["", "{", "[]", "\xff", '{"token": 5}', '{"channels": []}'])
def test_damaged_secrets_are_said(kept: str, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_bytes(kept.encode("latin-1"))
    ended = start("--folder", str(tmp_path))
    assert ended.exit_code == 1
    assert "keys.json is damaged" in ended.output
    assert "start afresh" in ended.output.replace("\n", " ")


def test_secrets_that_kinbox_does_not_take_are_said_by_kinbox(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text('{"encryption_key": "none"}')
    ended = start("--folder", str(tmp_path))
    assert ended.exit_code == 1
    assert "KINBOX_ENCRYPTION_KEYS: key 1 is not a Fernet key" in ended.output
