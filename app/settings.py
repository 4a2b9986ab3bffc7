"""Settings: read once at the start from a mapping, all faults told at once."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from cryptography.fernet import Fernet
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.errors import AppError

ROOT = Path(__file__).resolve().parent.parent
_INSTANCE = ROOT / "instance"
REGIONS = ("us", "eu", "au")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_WORKSPACE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""As commands take it, too."""
_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "sqlite": "sqlite"}
_MAKE_KEY = (
    'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
    " makes one; keep it safe, for stored tokens cannot be read without it"
)


class BadSettings(AppError):
    """Settings are missing or wrong. `faults` has a sentence for each, with its mend; no value is quoted."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        super().__init__(f"Kinbox cannot start with these settings:\n{lines}")
        self.faults = faults


@dataclass(frozen=True, kw_only=True)
class PrivateApp:
    """A private Intercom app in one workspace, given by the environment instead of `workspaces add`."""

    workspace_id: str
    token: str = field(repr=False)
    region: str = "us"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that the environment decides."""

    database_url: str = field(repr=False)
    client_secrets: tuple[str, ...] = field(repr=False)
    """Intercom signs with one of these; several while a secret is being changed."""
    encryption_keys: tuple[str, ...] = field(repr=False)
    """Fernet keys: the first encrypts, all decrypt."""
    client_id: str | None = None
    private_app: PrivateApp | None = None
    intercom_api_url: str | None = None
    intercom_app_url: str | None = None
    provider_url: str | None = None
    public_url: str | None = None
    log_level: str = "INFO"
    search_lag: timedelta = timedelta(minutes=10)
    """How long a contact may be missing from Intercom's search after it was made."""
    metrics_folder: str | None = None
    """Where several web processes share their metrics; None when there is one process."""

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Settings:
        """Build the settings from `environment`. Raises BadSettings, which lists every fault."""
        reader = _Reader(environment)
        settings = cls(
            database_url=reader.database_url(),
            client_secrets=reader.client_secrets(),
            encryption_keys=reader.encryption_keys(),
            client_id=reader.text("INTERCOM_CLIENT_ID"),
            private_app=reader.private_app(),
            intercom_api_url=reader.url("INTERCOM_API_URL"),
            intercom_app_url=reader.url("INTERCOM_APP_URL"),
            provider_url=reader.url("KINBOX_PROVIDER_URL"),
            public_url=reader.url("KINBOX_PUBLIC_URL"),
            log_level=reader.log_level(),
            search_lag=reader.search_lag(),
            metrics_folder=reader.metrics_folder(),
        )
        if reader.faults:
            raise BadSettings(tuple(reader.faults))
        return settings

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret here, for the log's last belt."""
        token = (self.private_app.token,) if self.private_app else ()
        password = make_url(self.database_url).password
        return (*self.client_secrets, *self.encryption_keys, *token, *((str(password),) if password else ()))


class _Reader:
    """Reads one variable after another and remembers what was wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.faults: list[str] = []

    def text(self, name: str) -> str | None:
        return self.environment.get(name, "").strip() or None

    def listed(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.environment.get(name, "").split(",") if part.strip())

    def database_url(self) -> str:
        text = self.text("DATABASE_URL") or f"sqlite:///{_INSTANCE / 'kinbox.db'}"
        try:
            url = make_url(text)
        except (ArgumentError, ValueError):
            return self._bad_database("is not a database URL")
        backend = url.drivername.partition("+")[0]
        if backend not in _DRIVERS:
            return self._bad_database("names a database that Kinbox does not work with")
        if backend == "sqlite" and (not url.database or ":memory:" in url.database or "uri" in url.query):
            return self._bad_database("must name a file: every connection to a memory database is a new one")
        url = url.set(drivername=_DRIVERS[backend])
        if not _has_good_options(url):
            return self._bad_database("has an option behind its ? that the database's driver does not take")
        if backend == "sqlite":
            file = _INSTANCE / (url.database or "")
            if not _can_be_kept(file):
                return self._bad_database("needs a file and a folder that whoever runs Kinbox may write to")
            url = url.set(database=str(file))
        return url.render_as_string(hide_password=False)

    def _bad_database(self, what: str) -> str:
        self.faults.append(
            f"DATABASE_URL {what}. Use sqlite:////absolute/path/kinbox.db or postgresql://user:password@host/name,"
            " or leave it out for a file in instance/."
        )
        return "sqlite://"

    def client_secrets(self) -> tuple[str, ...]:
        secrets = self.listed("INTERCOM_CLIENT_SECRET")
        if not secrets:
            self.faults.append(
                "INTERCOM_CLIENT_SECRET is missing. Copy it from your app's Basic information page"
                " in Intercom's Developer Hub (several, comma separated, while you change it)."
            )
        return secrets

    def encryption_keys(self) -> tuple[str, ...]:
        keys = self.listed("KINBOX_ENCRYPTION_KEYS")
        if not keys:
            self.faults.append(f"KINBOX_ENCRYPTION_KEYS is missing. {_MAKE_KEY}.")
        for position, key in enumerate(keys, 1):
            if not _is_fernet_key(key):
                self.faults.append(f"KINBOX_ENCRYPTION_KEYS: key {position} is not a Fernet key. {_MAKE_KEY}.")
        return keys

    def private_app(self) -> PrivateApp | None:
        token, workspace_id = self.text("INTERCOM_ACCESS_TOKEN"), self.text("INTERCOM_WORKSPACE_ID")
        region = (self.text("INTERCOM_REGION") or "us").lower()
        if region not in REGIONS:
            self.faults.append("INTERCOM_REGION is not a region. Use us, eu or au: where your workspace is hosted.")
        if workspace_id is not None and not _WORKSPACE_ID.fullmatch(workspace_id):
            self.faults.append(
                "INTERCOM_WORKSPACE_ID is no id of a workspace. It is the id in the address of your Inbox, behind"
                " /a/inbox/ or /a/apps/."
            )
        if token is None:
            return None
        if workspace_id is None:
            self.faults.append(
                "INTERCOM_ACCESS_TOKEN needs INTERCOM_WORKSPACE_ID. It is the id behind /a/inbox/ in the"
                " address of your Inbox."
            )
            return None
        return PrivateApp(workspace_id=workspace_id, token=token, region=region)

    def url(self, name: str) -> str | None:
        text = self.text(name)
        if text is None:
            return None
        if not _is_base_url(text):
            self.faults.append(f"{name} is not a base URL. Use one like https://kinbox.example.com, no query.")
        return text.rstrip("/")

    def search_lag(self) -> timedelta:
        text = self.text("KINBOX_SEARCH_LAG_S") or "600"
        if not re.fullmatch(r"[0-9]{1,4}", text) or int(text) > 3600:
            self.faults.append("KINBOX_SEARCH_LAG_S is not a number of seconds from 0 to 3600.")
            return timedelta(0)
        return timedelta(seconds=int(text))

    def log_level(self) -> str:
        level = (self.text("KINBOX_LOG_LEVEL") or "INFO").upper()
        if level not in LOG_LEVELS:
            self.faults.append(f"KINBOX_LOG_LEVEL is not a level. Use one of {', '.join(LOG_LEVELS)}.")
        return level

    def metrics_folder(self) -> str | None:
        """Made when only itself is missing, as in /run after a boot; a longer path that is not there is a slip."""
        text = self.text("PROMETHEUS_MULTIPROC_DIR")
        if text is not None and not _can_be_filled(Path(text)):
            self.faults.append(
                "PROMETHEUS_MULTIPROC_DIR is no folder that whoever runs Kinbox may write to, nor could it be made."
                " Make it and give it to them, or leave the setting out where one web process runs."
            )
        return text


def _is_fernet_key(text: str) -> bool:
    try:
        Fernet(text)
    except (ValueError, UnicodeError):
        return False
    return True


def _has_good_options(url: URL) -> bool:
    """Asks the driver itself, which would refuse them only once it connects."""
    try:
        _, options = url.get_dialect()().create_connect_args(url)
        if url.get_backend_name() == "sqlite":
            sqlite3.connect(":memory:", **options).close()
        else:
            psycopg.conninfo.make_conninfo(**options)
    except (ArgumentError, TypeError, ValueError, OverflowError, sqlite3.Error, psycopg.Error):
        return False
    return True


def _can_be_filled(folder: Path) -> bool:
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _can_be_kept(file: Path) -> bool:
    """Whether SQLite can work with `file`. Its folder is made: SQLite makes none, and writes further files there."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        is_free = not file.exists() or (file.is_file() and os.access(file, os.R_OK | os.W_OK))
    except (OSError, ValueError):
        return False
    return is_free and os.access(file.parent, os.W_OK | os.X_OK)


def _is_base_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port_is_readable = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and port_is_readable
    return is_whole and not (parts.query or parts.fragment or parts.username) and not re.search(r"\s", text)
