"""The sidebar says that a channel is paused, and what becomes of its messages meanwhile."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import update

from app.storage.database import transaction
from app.storage.models import ChannelAccount
from tests.http.linked_scene import AT, Scene
from tests.sidebar_driver import Shown, Sidebar


def shown(sidebar: Sidebar) -> Shown:
    assert sidebar.shown is not None
    return sidebar.shown


def test_a_paused_channel_is_told_wherever_it_is_shown(scene: Scene, kinbox: Flask) -> None:
    assert "paused" not in shown(scene.sidebar()).text
    with kinbox.app_context(), transaction(write=True) as connection:
        connection.execute(update(ChannelAccount).values(paused_at=AT))
    home = scene.sidebar()
    assert "Ivy S. · paused, messages wait" in shown(home).text
    listed = home.press("Linked channel")
    assert "last message Nov 22, 2026" in listed.text
    assert " · paused" in listed.text
    assert "An admin has paused this channel in Kinbox" in listed.text
    assert "An admin has paused this channel in Kinbox" in shown(scene.at_identity()).text
