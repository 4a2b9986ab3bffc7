"""All stand-ins by the channel's slug, in the order in which the page offers them."""

from __future__ import annotations

from collections.abc import Mapping

from app.sandbox.providers.base import Provider
from app.sandbox.providers.line import Line
from app.sandbox.providers.messagebird import MessageBird
from app.sandbox.providers.messaging import Instagram, Messenger
from app.sandbox.providers.telegram import Telegram
from app.sandbox.providers.twilio import Twilio
from app.sandbox.providers.unsigned import AfricasTalking, TextMagic
from app.sandbox.providers.viber import Viber
from app.sandbox.providers.vonage import Vonage
from app.sandbox.providers.wechat import WeChat
from app.sandbox.providers.whatsapp import WhatsApp

_ALL: tuple[Provider, ...] = (
    Telegram(),
    WhatsApp(),
    Twilio(),
    Messenger(),
    Instagram(),
    Line(),
    Viber(),
    WeChat(),
    Vonage(),
    MessageBird(),
    TextMagic(),
    AfricasTalking(),
)
PROVIDERS: Mapping[str, Provider] = {provider.slug: provider for provider in _ALL}
