"""What a team may choose, as it is typed, told and stored."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.setting_readers import REDACTABLE
from app.domain.setting_table import FACTS, SETTINGS
from app.domain.workspace import Workspace
from app.domain.workspace_settings import Assignee, BadSetting, Setting, WorkspaceSettings

USUAL = WorkspaceSettings()

CHANGES = [
    ("mark_as_seen", "yes", True, "yes"),
    ("assign_to", "admin:814860", "admin:814860", "admin:814860"),
    ("assign_to", "team:7001", "team:7001", "team:7001"),
    ("assign_to", "none", None, "none"),
    ("tag_names", "telegram=TG, twilio=Text messages", {"telegram": "TG", "twilio": "Text messages"}, None),
    ("tag_names", "none", {}, "none"),
    ("message_retention_days", "365", 365, "365"),
    ("snapshot_retention_days", "never", 0, "never"),
    ("snapshot_retention_days", "1", 1, "1"),
    ("link_retention_days", "0", 0, "0"),
    ("redact_fields", "email, custom_attributes.VAT number,email", ("email", "custom_attributes.VAT number"), None),
    ("mergers", "everyone", None, "everyone"),
    ("mergers", "nobody", (), "nobody"),
]


@pytest.mark.parametrize(("key", "text", "value", "told"), CHANGES)
def test_a_setting_is_read_and_told_and_stored(key: str, text: str, value: object, told: str | None) -> None:
    changed = USUAL.change(key, text)
    assert getattr(changed, key) == value
    assert told is None or changed.told()[key] == told
    assert USUAL.change(key, changed.told()[key]) == changed
    assert WorkspaceSettings.from_json(changed.to_json()) == changed


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("mark_as_seen", "perhaps"),
        ("assign_to", "7001"),
        ("assign_to", "team:"),
        ("assign_to", "bot:1"),
        ("tag_names", "telegram"),
        ("tag_names", "telegram="),
        ("tag_names", "telegram=A,telegram=B"),
        ("tag_names", "telegram=" + "x" * 101),
        ("tag_names", "telegram=a\x07b"),
        ("message_retention_days", "0"),
        ("message_retention_days", "366"),
        ("message_retention_days", "never"),
        ("message_retention_days", "٣"),
        ("message_retention_days", "1" * 5000),
        ("snapshot_retention_days", "0"),
        ("link_retention_days", "-1"),
        ("link_retention_days", "366"),
        ("redact_fields", "id"),
        ("redact_fields", "custom_attributes."),
        ("redact_fields", "custom_attributes.\udcff"),
        ("redact_fields", "custom_attributes.a.b"),
    ],
)
def test_what_is_no_value_is_refused_in_words_that_begin_with_the_key(key: str, text: str) -> None:
    with pytest.raises(BadSetting, match=f"^{key} "):
        USUAL.change(key, text)


@given(st.sampled_from([one.key for one in (*SETTINGS, *FACTS)]), st.text(max_size=60))
def test_any_text_is_read_or_refused_in_a_sentence(key: str, text: str) -> None:
    workspace = Workspace(id="abc12", region="us")
    try:
        workspace = workspace.change(key, text)
    except BadSetting as refused:
        sentence = str(refused)
    else:
        sentence = "read."
    assert sentence.endswith(".")
    assert WorkspaceSettings.from_json(workspace.settings.to_json()) == workspace.settings


def test_what_was_stored_before_a_setting_was_there_reads_as_usual() -> None:
    old = {"priority": "lead", "country": "IE", "cda_prefix": "kinbox", "mergers": None, "note_after_merge": True}
    assert WorkspaceSettings.from_json(old) == WorkspaceSettings(priority="lead", country="IE")


def test_every_setting_has_its_words_and_no_other() -> None:
    assert {one.key for one in SETTINGS} == set(USUAL.to_json())
    assert len({one.title for one in (*SETTINGS, *FACTS)}) == len(SETTINGS) + len(FACTS)
    for one in (*SETTINGS, *FACTS):
        assert not one.explanation.endswith(".")
        assert one.kind != "choice" or one.choices
        assert one.kind != "number" or (one.least is not None and one.most is not None)


@pytest.mark.parametrize("setting", [one for one in SETTINGS if one.kind == "number"], ids=lambda one: one.key)
def test_the_bounds_that_are_told_are_those_that_hold(setting: Setting) -> None:
    assert setting.least is not None
    assert setting.most is not None
    for within in (setting.least, setting.most):
        assert getattr(USUAL.change(setting.key, str(within)), setting.key) == within
    for beyond in (setting.least - 1, setting.most + 1):
        with pytest.raises(BadSetting):
            USUAL.change(setting.key, str(beyond))


def test_what_the_bridge_and_the_purge_read() -> None:
    chosen = USUAL.change("assign_to", "team:7001").change("tag_names", "twilio=Texts")
    assert chosen.assignee == Assignee("team", "7001")
    assert (USUAL.assignee, USUAL.change("assign_to", "admin:1").assignee) == (None, Assignee("admin", "1"))
    assert (chosen.tag_of("twilio", "SMS"), chosen.tag_of("line", "LINE")) == ("Texts", "LINE")
    assert (USUAL.message_retention, USUAL.link_retention) == (timedelta(days=30), timedelta(days=90))
    assert USUAL.snapshot_retention == timedelta(days=365)
    assert USUAL.change("snapshot_retention_days", "never").snapshot_retention is None
    assert {"id", "role"}.isdisjoint(REDACTABLE)
