"""Facebook Messenger, API v25.0. People are known by an id that belongs to one page; no name, no phone."""

from __future__ import annotations

from typing import ClassVar, Literal

from app.channels.base import ProfilePlan, Secret
from app.channels.messenger.setup import SETUP
from app.channels.meta import APP_SECRET, GRAPH_HOST, VERIFY_TOKEN
from app.channels.meta_messaging import MessagingAdapter


class MessengerAdapter(MessagingAdapter):
    """Messages to one Facebook page."""

    slug = "messenger"
    title = "Messenger"
    provider = "Facebook Messenger"
    address_hint = "the id of the Facebook page"
    setup = SETUP
    secrets: ClassVar[tuple[Secret, ...]] = (
        APP_SECRET,
        VERIFY_TOKEN,
        Secret(name="access_token", hint="the page's access token, to ask for people's names", required=False),
    )
    identified_by: ClassVar[Literal["phone", "id"]] = "id"
    keeps_id = True
    object_name = "page"

    def profile(self, sender_id: str) -> ProfilePlan | None:
        return self.name_plan(sender_id, GRAPH_HOST, "name,first_name,last_name")
