"""Instagram messaging, API v25.0, with a page's token or with Instagram Login. The calls are the same in both."""

from __future__ import annotations

from typing import ClassVar, Literal

from app.channels.base import ProfilePlan, Secret
from app.channels.instagram.setup import SETUP
from app.channels.meta import APP_SECRET, GRAPH_HOST, VERIFY_TOKEN
from app.channels.meta_messaging import MessagingAdapter

INSTAGRAM_HOST = "graph.instagram.com"


class InstagramAdapter(MessagingAdapter):
    """Direct messages to one professional account."""

    slug = "instagram"
    title = "Instagram"
    provider = "Instagram messaging"
    address_hint = "the id of the Instagram professional account, 17841..."
    setup = SETUP
    secrets: ClassVar[tuple[Secret, ...]] = (
        # An app with Instagram Login has two secrets, and it is not documented which of them signs.
        Secret(name=APP_SECRET.name, hint=f"{APP_SECRET.hint}; with Instagram Login give the Instagram app secret too"),
        VERIFY_TOKEN,
        Secret(name="access_token", hint="the page's or the Instagram user's token, to ask for names", required=False),
    )
    identified_by: ClassVar[Literal["phone", "id"]] = "id"
    keeps_id = True
    object_name = "instagram"

    def profile(self, sender_id: str) -> ProfilePlan | None:
        """Tokens of Instagram Login begin with IG and are good for Instagram's own host only."""
        host = INSTAGRAM_HOST if self.secret("access_token").strip().startswith("IG") else GRAPH_HOST
        return self.name_plan(sender_id, host, "name,username")
