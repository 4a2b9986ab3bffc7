"""What a team chose for its workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import timedelta
from typing import Any, Literal

from app.domain.setting_readers import NEVER, PRIORITIES, BadSetting, BadSettings, is_timezone
from app.domain.setting_table import READERS, SETTINGS, Setting

__all__ = [
    "PRIORITIES",
    "SETTINGS",
    "Assignee",
    "BadSetting",
    "BadSettings",
    "Setting",
    "WorkspaceSettings",
    "is_timezone",
]


@dataclass(frozen=True)
class Assignee:
    """A teammate or a team in Intercom."""

    kind: Literal["admin", "team"]
    id: str


@dataclass(frozen=True, kw_only=True)
class WorkspaceSettings:
    """What a team chose for its workspace. `app/domain/setting_table.py` has the words for each."""

    priority: str = "latest"
    """Who wins among several hits: the `latest` updated, a `lead` or a `user`."""
    country: str | None = None
    """ISO 3166 region in which phones without a country code are read."""
    cda_prefix: str = "kinbox"
    mergers: tuple[str, ...] | None = None
    """Ids of the admins who may merge; None is everyone."""
    note_after_merge: bool = True
    tag_conversations: bool = True
    tag_names: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Names of tags by channel slug, where they are not the channel's title."""
    new_conversation_after_hours: int = 336
    """A message this long after the last one, or after the conversation was closed, starts a new conversation."""
    mark_as_seen: bool = False
    assign_to: str | None = None
    """`admin:ID` or `team:ID`; see `assignee`."""
    message_retention_days: int = 30
    snapshot_retention_days: int = 365
    """0 keeps snapshots for ever; see `snapshot_retention`."""
    link_retention_days: int = 90
    """After an uninstall. 0 removes links at once."""
    redact_fields: tuple[str, ...] = ()
    """Top-level fields of a contact, and `custom_attributes.NAME`, that snapshots leave out."""

    def change(self, key: str, text: str) -> WorkspaceSettings:
        """These settings with one of them read from `text`, as an operator types it.

        Raises BadSetting, which lists the valid keys or values.
        """
        read = READERS.get(key)
        if read is None:
            raise BadSetting(f"There is no setting {key!r}. The settings are: {', '.join(READERS)}.")
        return replace(self, **{key: read(text.strip())})

    @property
    def new_conversation_after(self) -> timedelta:
        return timedelta(hours=self.new_conversation_after_hours)

    @property
    def message_retention(self) -> timedelta:
        return timedelta(days=self.message_retention_days)

    @property
    def snapshot_retention(self) -> timedelta | None:
        """None keeps them for ever."""
        return None if self.snapshot_retention_days == NEVER else timedelta(days=self.snapshot_retention_days)

    @property
    def link_retention(self) -> timedelta:
        return timedelta(days=self.link_retention_days)

    @property
    def assignee(self) -> Assignee | None:
        """To whom a new conversation goes; None is nobody."""
        if self.assign_to is None:
            return None
        kind, _, number = self.assign_to.partition(":")
        return Assignee("team" if kind == "team" else "admin", number)

    def tag_of(self, slug: str, title: str) -> str:
        """The name of a channel's tag; `title` is its usual one."""
        return self.tag_names.get(slug, title)

    def allows_merge_by(self, admin_id: str | None) -> bool:
        """Whether this teammate may merge here."""
        return self.mergers is None or admin_id in self.mergers

    def told(self) -> dict[str, str]:
        """Each setting as an operator would type it for `change`."""
        told = {key: _told(getattr(self, key)) for key in READERS}
        told["mergers"] = "everyone" if self.mergers is None else ",".join(self.mergers) or "nobody"
        if self.snapshot_retention_days == NEVER:
            told["snapshot_retention_days"] = "never"
        return told

    def to_json(self) -> dict[str, Any]:
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> WorkspaceSettings:
        """Read what `to_json` wrote, perhaps in another version: unknown keys are ignored, missing ones usual."""
        known = {one.name: stored[one.name] for one in fields(cls) if one.name in stored}
        for key, value in known.items():
            if isinstance(value, list):
                known[key] = tuple(str(one) for one in value)
        return cls(**known)


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return ",".join(value) or "none"
    if isinstance(value, Mapping):
        return ",".join(f"{slug}={name}" for slug, name in value.items()) or "none"
    return str(value or "none")
