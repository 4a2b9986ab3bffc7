from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click import BadParameter, Command, Context, Option
from sqlalchemy.engine import make_url

from app.cli.output import workspace_id
from app.domain import workspace
from app.settings import REGIONS, ROOT, BadSettings, Settings


def test_the_least_environment_is_enough(environment: dict[str, str]) -> None:
    settings = Settings.load(environment)
    assert settings.database_url == environment["DATABASE_URL"]
    assert settings.client_secrets == (environment["INTERCOM_CLIENT_SECRET"],)
    assert (settings.private_app, settings.public_url, settings.log_level) == (None, None, "INFO")


def test_without_a_database_url_a_file_in_instance_is_used(environment: dict[str, str]) -> None:
    del environment["DATABASE_URL"]
    assert Settings.load(environment).database_url == f"sqlite:///{ROOT}/instance/kinbox.db"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_every_postgres_spelling_gets_the_one_driver(environment: dict[str, str], scheme: str) -> None:
    settings = Settings.load(environment | {"DATABASE_URL": f"{scheme}://kin:p%40ss@db.example/kinbox"})
    assert settings.database_url == "postgresql+psycopg://kin:p%40ss@db.example/kinbox"
    assert "p@ss" in settings.secrets


def test_several_secrets_and_keys_are_comma_separated(environment: dict[str, str]) -> None:
    settings = Settings.load(environment | {"INTERCOM_CLIENT_SECRET": " new-one , old-one,"})
    assert settings.client_secrets == ("new-one", "old-one")


def test_a_private_app_is_token_and_workspace_together(environment: dict[str, str]) -> None:
    private = {"INTERCOM_ACCESS_TOKEN": "dG9rOmE", "INTERCOM_WORKSPACE_ID": "abc12", "INTERCOM_REGION": "EU"}
    settings = Settings.load(environment | private)
    assert settings.private_app is not None
    assert (settings.private_app.workspace_id, settings.private_app.region) == ("abc12", "eu")
    del private["INTERCOM_REGION"]
    by_default = Settings.load(environment | private).private_app
    assert by_default is not None
    assert by_default.region == "us"


@pytest.mark.parametrize("given", ["a b c", "abc12/inbox", "\u0661", "x" * 65])
def test_a_workspace_id_that_no_command_takes_is_refused(environment: dict[str, str], given: str) -> None:
    private = {"INTERCOM_ACCESS_TOKEN": "dG9rOmE", "INTERCOM_WORKSPACE_ID": given}
    with pytest.raises(BadSettings, match="INTERCOM_WORKSPACE_ID is no id of a workspace"):
        Settings.load(environment | private)
    with pytest.raises(BadParameter):
        workspace_id(Context(Command("any")), Option(["--workspace"]), given)


@pytest.mark.parametrize("given", ["3601", "-1", "1.5", "ten", "\u0661", "9" * 5000])
def test_a_search_lag_that_is_no_number_of_seconds_is_refused(environment: dict[str, str], given: str) -> None:
    with pytest.raises(BadSettings, match="KINBOX_SEARCH_LAG_S is not a number of seconds from 0 to 3600"):
        Settings.load(environment | {"KINBOX_SEARCH_LAG_S": given})


@pytest.mark.parametrize("given", ["0", "3600"])
def test_a_search_lag_is_a_number_of_seconds(environment: dict[str, str], given: str) -> None:
    assert Settings.load(environment | {"KINBOX_SEARCH_LAG_S": given}).search_lag == timedelta(seconds=int(given))


def test_every_fault_is_told_at_once_and_no_value_is_quoted() -> None:
    with pytest.raises(BadSettings) as caught:
        Settings.load(
            {
                "DATABASE_URL": "mysql://root:hunter22@db/kinbox",
                "KINBOX_ENCRYPTION_KEYS": "not-a-key",
                "INTERCOM_ACCESS_TOKEN": "dG9rOmsecret",
                "INTERCOM_REGION": "mars",
                "KINBOX_PUBLIC_URL": "kinbox.example.com",
                "KINBOX_PROVIDER_URL": "https://kin:hunter22@providers.example",
                "INTERCOM_API_URL": "http://[broken",
                "KINBOX_LOG_LEVEL": "loud",
            }
        )
    message = str(caught.value)
    for name in (
        "DATABASE_URL",
        "INTERCOM_CLIENT_SECRET",
        "KINBOX_ENCRYPTION_KEYS",
        "INTERCOM_WORKSPACE_ID",
        "INTERCOM_REGION",
        "KINBOX_PUBLIC_URL",
        "KINBOX_PROVIDER_URL",
        "INTERCOM_API_URL",
        "KINBOX_LOG_LEVEL",
    ):
        assert name in message
    assert len(caught.value.faults) == 9
    assert "Fernet.generate_key()" in message
    for value in ("hunter22", "not-a-key", "dG9rOmsecret"):
        assert value not in message


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"])
def test_a_database_in_memory_is_refused(environment: dict[str, str], url: str) -> None:
    with pytest.raises(BadSettings, match="must name a file"):
        Settings.load(environment | {"DATABASE_URL": url})


@pytest.mark.parametrize("place", ["a-file/x/kinbox.db", "a-file/kinbox.db", "a-folder", f"{'x' * 300}/kinbox.db"])
def test_a_file_that_cannot_be_kept_there_is_refused(environment: dict[str, str], tmp_path: Path, place: str) -> None:
    (tmp_path / "a-file").touch()
    (tmp_path / "a-folder").mkdir()
    with pytest.raises(BadSettings, match="DATABASE_URL needs a file and a folder that whoever runs Kinbox"):
        Settings.load(environment | {"DATABASE_URL": f"sqlite:///{tmp_path}/{place}"})


def test_a_folder_without_permission_is_refused(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _mode: path != tmp_path)  # root, who may run this, may all
    with pytest.raises(BadSettings, match="DATABASE_URL needs a file and a folder"):
        Settings.load(environment)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////tmp/kinbox.db?timeout=abc",
        "sqlite:////tmp/kinbox.db?check_same_thread=perhaps",
        "postgresql://kin@db.example/kinbox?color=blue",
    ],
)
def test_an_option_that_the_driver_does_not_take_is_refused(environment: dict[str, str], url: str) -> None:
    with pytest.raises(BadSettings, match="DATABASE_URL has an option"):
        Settings.load(environment | {"DATABASE_URL": url})


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////tmp/kinbox.db?timeout=5",
        "postgresql+psycopg://kin@db.example/kinbox?application_name=kinbox&sslmode=require",
        "postgresql+psycopg://kin@/kinbox?host=/var/run/postgresql",
        "postgresql+psycopg://kin@/kinbox?host=a.example%3A5432&host=b.example%3A5433",
    ],
)
def test_options_that_the_driver_takes_are_kept(environment: dict[str, str], url: str) -> None:
    assert make_url(Settings.load(environment | {"DATABASE_URL": url}).database_url) == make_url(url)


def test_a_metrics_folder_that_is_missing_is_made(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    for _ in ("missing", "there"):
        settings = Settings.load(environment | {"PROMETHEUS_MULTIPROC_DIR": f" {folder} "})
        assert settings.metrics_folder == str(folder)
        assert folder.is_dir()


@pytest.mark.parametrize("place", ["missing/metrics", "a-file", "a-file/metrics", "locked"])
def test_a_metrics_folder_that_cannot_be_filled_is_refused(
    environment: dict[str, str], tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a-file").touch()
    monkeypatch.setattr(os, "access", lambda path, _mode: path != tmp_path / "locked")
    with pytest.raises(BadSettings, match="PROMETHEUS_MULTIPROC_DIR is no folder that"):
        Settings.load(environment | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path / place)})
    assert not (tmp_path / "missing").exists()


@pytest.mark.parametrize("url", ["ftp://x.example", "https://", "https://x.example?a=b", "https://x:99999"])
def test_a_url_that_is_no_base_url_is_refused(environment: dict[str, str], url: str) -> None:
    with pytest.raises(BadSettings, match="KINBOX_PUBLIC_URL is not a base URL"):
        Settings.load(environment | {"KINBOX_PUBLIC_URL": url})


def test_a_base_url_loses_its_last_slash(environment: dict[str, str]) -> None:
    settings = Settings.load(environment | {"KINBOX_PUBLIC_URL": "https://kin.example/box/"})
    assert settings.public_url == "https://kin.example/box"


def test_no_secret_shows_in_a_repr(environment: dict[str, str]) -> None:
    private = {"INTERCOM_ACCESS_TOKEN": "dG9rOmsecret", "INTERCOM_WORKSPACE_ID": "abc12"}
    settings = Settings.load(environment | private)
    for secret in settings.secrets:
        assert secret not in repr(settings)
    assert "dG9rOmsecret" in settings.secrets


def test_settings_and_domain_know_the_same_regions() -> None:
    assert REGIONS == workspace.REGIONS


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["-m", "flask", "--app", "wsgi", "routes"], 1),
        (["-m", "gunicorn", "--bind", "127.0.0.1:0", "wsgi:app"], 4),
    ],
)
def test_bad_settings_stop_the_start_with_one_message(command: list[str], code: int, tmp_path: Path) -> None:
    without = {name: value for name, value in os.environ.items() if not name.startswith(("KINBOX", "INTERCOM"))}
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=without | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == code
    assert ended.stderr.count("Kinbox cannot start with these settings:") == 1
    assert "INTERCOM_CLIENT_SECRET is missing." in ended.stderr
    assert "Traceback" not in ended.stderr
