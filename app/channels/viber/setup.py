"""What an admin does at Viber bot, step by step."""

from app.channels.base import Step

SETUP = (
    Step(
        "The bot’s token is in its settings at partners.viber.com (new bots are on commercial terms only). "
        "Enter it here first: Viber tests the address at once, and refuses one that cannot answer.",
    ),
    Step(
        "The account’s address here is the bot’s id. This shows it as id.",
        'curl -H "X-Viber-Auth-Token: AUTH_TOKEN" -d "{}" https://chatapi.viber.com/pa/get_account_info',
    ),
    Step(
        "Tell Viber where to call. It answers status 0 when all is well.",
        'curl -H "X-Viber-Auth-Token: AUTH_TOKEN" https://chatapi.viber.com/pa/set_webhook -d \'{"url": "{webhook}",\n'
        '  "event_types": ["failed", "subscribed", "unsubscribed", "conversation_started", "message"],\n'
        '  "send_name": true, "send_photo": true}\'',
    ),
    Step(
        "One address serves one bot: nothing in Viber’s calls names the bot.",
    ),
)
