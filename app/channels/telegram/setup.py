"""What an admin does at Telegram Bot API, step by step."""

from app.channels.base import Step

SETUP = (
    Step(
        "In Telegram write to @BotFather: /newbot makes a bot, /mybots shows those that you have. Copy the "
        "token. The digits before its colon are the bot’s id, which is the account’s address here.",
    ),
    Step(
        "Make up a secret token of letters, digits, - and _ (at most 256), and enter it here, with the bot "
        "token for names and files.",
    ),
    Step(
        "Tell Telegram where to call, with both tokens in their places.",
        "curl https://api.telegram.org/botBOT_TOKEN/setWebhook \\\n"
        "  -d url={webhook} \\\n"
        "  -d secret_token=SECRET_TOKEN \\\n"
        '  --data-urlencode \'allowed_updates=["message","edited_message","callback_query","my_chat_member"]\'',
    ),
    Step(
        "Telegram answers “Webhook was set”. Any other program that fetches this bot’s messages (getUpdates) "
        "stops working from then on.",
    ),
    Step(
        "To see what Telegram thinks of the address, and its last error, run this.",
        "curl https://api.telegram.org/botBOT_TOKEN/getWebhookInfo",
    ),
)
