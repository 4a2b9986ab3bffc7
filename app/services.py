"""What `create_app` wired together, for the edges to reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from app.settings import Settings
from app.storage.crypto import SecretBox
from app.storage.workspaces import WorkspaceDirectory

EXTENSION = "kinbox"


@dataclass(frozen=True)
class Services:
    """One app's objects, shared by all its threads."""

    settings: Settings
    box: SecretBox
    workspaces: WorkspaceDirectory


def services() -> Services:
    """The objects of the current app."""
    return cast("Services", current_app.extensions[EXTENSION])
