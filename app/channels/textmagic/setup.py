"""What an admin does at TextMagic, step by step."""

from app.channels.base import Step

SETUP = (
    Step(
        "Sign in at my.textmagic.com and open Services > API > Settings, where the callback URLs are.",
    ),
    Step(
        "Paste this address as the callback URL for incoming messages. Any format (JSON, urlencoded, "
        "multipart) is read.",
        "{webhook}",
    ),
    Step(
        "Leave the callback URL for delivery notifications empty, or give it another address.",
    ),
    Step(
        "Save: TextMagic tests the address at once, and switches callbacks off where it does not answer. "
        "Kinbox answers.",
    ),
    Step(
        "TextMagic signs nothing. This address is the whole proof that a message is real: show it to nobody, "
        "and if it got out, remove the channel and add it again for a new one.",
    ),
)
