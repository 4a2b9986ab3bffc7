"""A workspace: one Intercom account that Kinbox serves, and what its team has chosen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, get_args

from app.domain.setting_readers import BadSetting
from app.domain.setting_table import FACT_READERS, READERS
from app.domain.workspace_settings import WorkspaceSettings

Region = Literal["us", "eu", "au"]
REGIONS: tuple[Region, ...] = get_args(Region)


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """One Intercom workspace. `id` is Intercom's app id; `timezone` an IANA name."""

    id: str
    region: Region
    name: str = ""
    timezone: str = "UTC"
    token: str | None = field(default=None, repr=False)
    admin_id: str | None = None
    """The admin in whose name notes and tags are written."""
    settings: WorkspaceSettings = field(default_factory=WorkspaceSettings)
    revoked_at: datetime | None = None
    """Since when Intercom refuses the token; None while it works."""
    uninstalled_at: datetime | None = None

    @property
    def is_connected(self) -> bool:
        """Whether there is a token that Intercom accepts, as far as we know."""
        return self.token is not None and self.revoked_at is None

    @property
    def is_bare(self) -> bool:
        """Whether nobody has chosen anything for it: it is new, or was forgotten after an uninstall."""
        return self.told() == Workspace(id=self.id, region=self.region).told()

    def change(self, key: str, text: str) -> Workspace:
        """This workspace with its name, timezone, admin_id or one of its settings read from `text`.

        Raises BadSetting.
        """
        if key in FACT_READERS:
            return replace(self, **{key: FACT_READERS[key](text.strip())})
        if key not in READERS:
            raise BadSetting(f"There is no setting {key!r}. The settings are: {', '.join([*READERS, *FACT_READERS])}.")
        return replace(self, settings=self.settings.change(key, text))

    def told(self) -> dict[str, str]:
        """Everything that `change` may change, as an operator would type it."""
        facts = {"name": self.name, "timezone": self.timezone, "admin_id": self.admin_id or "none"}
        return self.settings.told() | facts


def read_region(text: str) -> Region:
    """Raises BadSetting."""
    for region in REGIONS:
        if region == text.strip().lower():
            return region
    raise BadSetting("The region is us, eu or au: where Intercom hosts the workspace.")
