"""What an admin does at LINE Messaging API, step by step."""

from app.channels.base import Step

SETUP = (
    Step(
        "At developers.line.biz open your provider and its Messaging API channel. Copy the channel secret on "
        "the tab Basic settings, and issue a long-lived channel access token on the tab Messaging API.",
    ),
    Step(
        "The account’s address here is the bot’s own user id. This shows it as userId.",
        'curl -H "Authorization: Bearer CHANNEL_ACCESS_TOKEN" https://api.line.me/v2/bot/info',
    ),
    Step(
        "On the tab Messaging API paste this address as the webhook URL, and press Update, then Verify. It "
        "should say Success.",
        "{webhook}",
    ),
    Step(
        "Switch on “Use webhook” and “Webhook redelivery” (off by default: without it LINE drops what it "
        "could not deliver), and the error statistics, which show failed deliveries.",
    ),
    Step(
        "In the LINE Official Account Manager switch auto-reply and greeting messages off, or customers get "
        "answers from both.",
    ),
)
