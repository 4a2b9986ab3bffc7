"""Holds the README to the code."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest
from flask import Flask

from app.channels.base import Adapter
from app.channels.registry import adapters
from app.domain.identity import LinkedIdentity, Match
from app.domain.setting_table import FACTS, SETTINGS
from app.domain.workspace import Workspace
from app.domain.workspace_settings import BadSetting, WorkspaceSettings
from app.metrics import Metrics
from app.settings import BadSettings, Settings
from app.sidebar.reasons import why
from tests.test_imports import MAY_IMPORT

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", README)
"""Everything in backticks, but for whole blocks."""
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
LOCATIONS = {"/admin/", "/canvas/", "/channels/", "/intercom/"}
"""What a proxy lets through."""
EXAMPLE_PATHS = ("/var/lib/kinbox/", "/absolute/path/")


def section(title: str) -> str:
    """The text under a heading, up to the next one of its level."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.DOTALL | re.MULTILINE)
    assert found, f"there is no section {title}"
    return found[1]


def rows(text: str, first: str) -> dict[str, list[str]]:
    """The table whose head begins with `first`: its first cells, without backticks, and the cells after each."""
    table: dict[str, list[str]] = {}
    inside = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.strip().startswith("|"):
            inside = False
        elif cells[0] == first:
            inside = True
        elif inside and not cells[0].startswith("---"):
            table[cells[0].strip("`")] = cells[1:]
    assert table, f"there is no table of {first}"
    return table


class Listener(dict[str, str]):
    """An environment that remembers which variables were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, key: str, default: str = "") -> str:  # type: ignore[override]  # the one form that settings use
        self.asked.add(key)
        return default


def test_every_variable_is_in_the_settings_table_and_no_other() -> None:
    listener = Listener()
    with suppress(BadSettings):
        Settings.load(listener)
    assert set(rows(section("Settings"), "Variable")) == listener.asked


def test_the_variables_defaults_are_the_code_s(settings: Settings, environment: dict[str, str]) -> None:
    table = rows(section("Settings"), "Variable")
    environment.pop("DATABASE_URL")
    private = {"INTERCOM_ACCESS_TOKEN": "dG9r", "INTERCOM_WORKSPACE_ID": "abc12"}
    loaded = Settings.load(environment | private)
    assert loaded.private_app is not None
    assert table["KINBOX_LOG_LEVEL"][0] == f"`{settings.log_level}`"
    assert table["INTERCOM_REGION"][0] == f"`{loaded.private_app.region}`"
    assert loaded.database_url.endswith(table["DATABASE_URL"][0].strip("`"))
    required = {name for name, cells in table.items() if cells[0] == "required"}
    with pytest.raises(BadSettings) as refused:
        Settings.load({})
    assert {fault.partition(" ")[0] for fault in refused.value.faults} == required


def test_every_workspace_setting_is_there_with_its_default() -> None:
    table = rows(section("Settings"), "Key")
    with pytest.raises(BadSetting) as refused:
        Workspace(id="abc12", region="us").change("unheard of", "")
    known = str(refused.value).rpartition(": ")[2].rstrip(".").split(", ")
    assert set(table) == set(known)
    for key, default in WorkspaceSettings().told().items():
        assert table[key][0] == f"`{default}`"
    for setting in (*SETTINGS, *FACTS):
        assert table[setting.key][1] == setting.explanation


def test_every_make_target_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    scripts = "\n".join(text for language, text in BLOCKS if language == "sh")
    named = {name for text in [*CODE, scripts] for name in re.findall(r"^make ([a-z]+)", text, re.MULTILINE)}
    assert {"run", "test"} <= named <= targets


def commands(text: str) -> Iterator[list[str]]:
    """What follows `flask --app wsgi`, word for word."""
    for found in re.findall(r"flask --app wsgi ([^`\n#]+)", text):
        yield shlex.split(found)


def named_commands() -> list[list[str]]:
    bare = [
        shlex.split(text)
        for text in CODE
        if re.match(r"(?:workspaces|channels|links|merges|doctor|failed|match|privacy|reconcile|worker|db)\b", text)
    ]
    return [*commands(README), *bare]


@pytest.mark.parametrize("words", named_commands(), ids=" ".join)
def test_every_command_is_there_with_its_options(app: Flask, words: list[str]) -> None:
    command: click.Command = app.cli
    rest = list(words)
    while isinstance(command, click.Group):
        assert rest, f"{' '.join(words)} is no whole command"
        found = command.get_command(click.Context(command), rest.pop(0))
        assert found is not None, f"there is no command {' '.join(words)}"
        command = found
    options = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in rest if word.startswith("--")} <= options


def test_every_command_of_ours_is_named(app: Flask) -> None:
    named = {tuple(words[:2]) for words in named_commands()}
    ours: set[tuple[str, ...]] = set()
    for name, command in app.cli.commands.items():
        verbs = command.commands if isinstance(command, click.Group) else {}
        ours |= {(name, verb) for verb in verbs} or {(name,)}
    assert {words for words in ours if words[0] != "db"} <= named


def test_every_option_named_alone_is_one_of_ours(app: Flask) -> None:
    commands = [command for command in app.cli.commands.values() if not isinstance(command, click.Group)]
    for group in [command for command in app.cli.commands.values() if isinstance(command, click.Group)]:
        commands += group.commands.values()
    options = {name for command in commands for parameter in command.params for name in parameter.opts}
    assert {text for text in CODE if text.startswith("--")} <= options


def rules(app: Flask) -> set[tuple[str, str]]:
    own = [rule for rule in app.url_map.iter_rules() if rule.endpoint.rpartition(".")[2] != "static"]
    return {(method, rule.rule) for rule in own for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}


def test_every_route_is_in_the_table_and_no_other(app: Flask) -> None:
    cells = rows(section("Operations"), "Route")
    named = {(method, path) for cell in cells for method, path in re.findall(r"([A-Z]+) (/[\w/<>:-]+)", cell)}
    assert named == rules(app)


def test_every_path_is_a_route_or_an_example(app: Flask) -> None:
    """So no line speaks of a path of one machine."""
    text = README.replace("sqlite:///", "").replace(section("Channels"), "")  # it names paths of providers
    paths = {path.rstrip(".:") for path in re.findall(r"(?<![\w/:.<>*-])/[A-Za-z][\w./<>:-]*", text)}
    urls = [urlsplit(url) for url in re.findall(r"https?://[^\s`)|;,]+", README)]
    ours = {url.path for url in urls if url.hostname in {"kinbox.example.com", "127.0.0.1"}} - {"", "/"}
    known = {path for _, path in rules(app)}
    for path in paths | ours:
        assert path in known | LOCATIONS or path.startswith(EXAMPLE_PATHS), f"{path} is no route"
    assert str(ROOT) not in README


def test_the_channels_are_those_of_the_registry() -> None:
    table = rows(section("Channels"), "SLUG")
    assert table == {slug: channel_cells(adapter) for slug, adapter in adapters().items()}


def channel_cells(adapter: type[Adapter]) -> list[str]:
    required = [f"`{one.name}`" for one in adapter.secrets if one.required]
    optional = [f"`{one.name}`" for one in adapter.secrets if not one.required]
    secrets = ", ".join([*required, *([f"optional: {', '.join(optional)}"] if optional else [])])
    matched_by = "phone" if adapter.identified_by == "phone" else "id"
    return [adapter.provider, adapter.address_hint, secrets, matched_by]


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", README)
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ")).lower().replace(" ", "-")
        for line in README.splitlines()
        if line.startswith("#")
    }
    assert links
    for link in links:
        if link.startswith("#"):
            assert link[1:] in headings, f"there is no heading {link}"
        elif not link.startswith("https://"):
            assert (ROOT / link).is_file(), f"there is no file {link}"


def test_every_file_named_in_backticks_is_there() -> None:
    files = [text for text in CODE if re.fullmatch(r"\.?(?:app|tests|ci|migrations)/[\w./]+", text)]
    assert files
    for file in files:
        assert (ROOT / file).exists(), f"there is no {file}"


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[<>=~!; ]", one)[0] for one in wanted}
    told = {name.strip(" `") for cell in rows(section("Design"), "Dependency") for name in cell.split(",")}
    assert told == names


def test_the_tree_is_the_one_on_disk() -> None:
    [tree] = [text for language, text in BLOCKS if language == "text"]
    named = {line.split()[0] for line in tree.splitlines()}
    for path in named:
        assert (ROOT / path).is_dir() if path.endswith("/") else (ROOT / path).is_file(), f"there is no {path}"
    parts = {f"app/{path.name}/" for path in (ROOT / "app").iterdir() if any(path.glob("*.py"))}
    modules = {f"app/{path.name}" for path in (ROOT / "app").glob("*.py")}
    assert parts | modules <= named


def test_who_may_import_whom_is_told_as_it_is_held() -> None:
    table = rows(section("Design"), "Part")
    for part, cells in table.items():
        assert set(cells[0].split(", ")) == (MAY_IMPORT[part] or {"nothing"}), part
    assert {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")} <= set(table)


def identity(channel: str) -> LinkedIdentity:
    return LinkedIdentity(
        id=1,
        channel=channel,
        account_name="Shop line",
        sender_id="+35315550123",
        handle=None,
        display_name=None,
        last_message_at=None,
    )


MATCHES: Mapping[str, tuple[Match, str]] = {
    "phone": (Match("phone", "+35315550123", ("66a1f0c2d3e4f5a6b7c8d9e0",)), "twilio"),
    "channel_id": (Match("channel_id", "5012345678"), "telegram"),
    "known_contact": (Match("known_contact", "+35315550123"), "twilio"),
    "new_lead": (Match("new_lead"), "twilio"),
    "teammate": (Match("teammate", "Rosa Teammate"), "twilio"),
    "merged": (Match("merged", "Rosa Teammate"), "twilio"),
    "imported": (Match("imported", "Rosa Teammate"), "twilio"),
}


def test_the_reasons_are_told_in_the_sidebar_s_own_words() -> None:
    table = rows(section("What the sidebar shows"), "Rule")
    assert set(table) == set(MATCHES)
    for rule, (match, channel) in MATCHES.items():
        assert table[rule][0] == why(match, identity(channel))


def test_words_in_curly_quotes_are_on_a_screen() -> None:
    places = (ROOT / "app" / "sidebar", ROOT / "app" / "sandbox" / "workbench")
    sources = [path for place in places for kind in ("*.py", "*.js", "*.html") for path in place.rglob(kind)]
    screens = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    quoted = {" ".join(text.split()) for text in re.findall(r"“([^”]+)”", README)}
    assert quoted
    for text in quoted:
        assert text in screens, f"no screen says {text}"


def test_every_metric_is_there() -> None:
    metrics = Metrics()
    metrics.watch_inbox(lambda: {"waiting": 0.0, "oldest_waiting_s": 0.0})
    named = {text for text in CODE if re.fullmatch(r"kinbox_[a-z]+_[a-z_]*(?:seconds|total|events)", text)}
    assert named == set(
        re.findall(r"^# TYPE (kinbox_\w+) (?:counter|histogram|gauge)$", metrics.render().decode(), re.MULTILINE)
    )
