"""Telegram: one update a call, told to be Telegram's by the secret that was given to setWebhook."""

from __future__ import annotations

from app.channels.base import Adapter, MediaPlan, Parsed, RawCall, Secret
from app.channels.reading import json_object
from app.channels.signing import require_same
from app.channels.telegram.files import plan_download
from app.channels.telegram.setup import SETUP
from app.channels.telegram.updates import read_update
from app.domain.message import Attachment


class TelegramAdapter(Adapter):
    slug = "telegram"
    title = "Telegram"
    provider = "Telegram Bot API"
    address_hint = "the bot's id: the digits before the colon of its token"
    setup = SETUP
    secrets = (
        Secret(name="secret_token", hint="the secret_token that you give to setWebhook"),
        Secret(name="bot_token", hint="from @BotFather; needed to fetch files", required=False),
    )
    identified_by = "id"
    keeps_id = True

    def verify(self, call: RawCall) -> None:
        """Nothing signs the body: the header is the whole proof."""
        require_same(self.secret("secret_token"), call.header("x-telegram-bot-api-secret-token"))

    def parse(self, call: RawCall) -> Parsed:
        return read_update(json_object(call.body), account_id=self.account.address, received_at=call.received_at)

    def media(self, attachment: Attachment) -> MediaPlan | None:
        return plan_download(attachment, self.secret("bot_token"))
