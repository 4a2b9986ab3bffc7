"""Change settings of a workspace: all that were asked for or none, each recorded with who and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.workspace import Workspace
from app.domain.workspace_settings import BadSetting, BadSettings
from app.storage.database import transaction
from app.usecases.office import Office

SETTING_CHANGED = "setting_changed"


@dataclass(frozen=True)
class Change:
    """A setting that is another now; `old` and `new` as somebody types them."""

    key: str
    old: str
    new: str


@dataclass(frozen=True)
class SettingsChanged:
    """The workspace as it is now, and what was changed: not what has its value already."""

    workspace: Workspace
    changes: tuple[Change, ...]


def change_settings(office: Office, wanted: Mapping[str, str]) -> SettingsChanged:
    """Set these keys to what their texts say.

    Raises BadSettings, which has a sentence for each key that is wrong, and NoSuchWorkspace; nothing is changed then.
    """
    with transaction(write=True) as connection:
        before = office.workspace(connection, lock=True)
        after = _changed(office, before, wanted)
        old, new = before.told(), after.told()
        changes = tuple(Change(key, old[key], new[key]) for key in wanted if old[key] != new[key])
        office.workspaces.save(connection, after, office.now())  # also unchanged: its token is encrypted anew
        for one in changes:
            office.record(connection, SETTING_CHANGED, {"key": one.key, "old": one.old, "new": one.new})
    return SettingsChanged(after, changes)


def _changed(office: Office, workspace: Workspace, wanted: Mapping[str, str]) -> Workspace:
    faults: dict[str, str] = {}
    for key, text in wanted.items():
        try:
            workspace = workspace.change(key, text)
        except BadSetting as fault:
            faults[key] = str(fault)
    unknown = [slug for slug in workspace.settings.tag_names if slug not in office.kinds]
    if unknown and "tag_names" in wanted:
        faults["tag_names"] = (
            f"tag_names names a channel that there is not: {', '.join(unknown)}. The channels are:"
            f" {', '.join(office.kinds)}."
        )
    if faults:
        raise BadSettings(faults)
    return workspace
