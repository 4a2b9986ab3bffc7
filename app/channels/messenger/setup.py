"""What an admin does at Facebook Messenger, step by step."""

from app.channels.base import Step

SETUP = (
    Step(
        "At developers.facebook.com open your app. It needs the product Messenger, and the permissions "
        "pages_messaging and pages_manage_metadata.",
    ),
    Step(
        "Copy the app secret under App settings > Basic, and think of a verify token: any word of your own. "
        "Enter both here before the next step, or Meta cannot check the address.",
    ),
    Step(
        "Open Messenger > Messenger API settings. Under Configure webhooks paste this address as the callback"
        " URL, and type the same verify token. Press Verify and save.",
        "{webhook}",
    ),
    Step(
        "Add your page there and, at the page, subscribe to messages and messaging_postbacks. Each page has "
        "to be subscribed on its own.",
    ),
    Step(
        "For people’s names: generate the page’s access token there and enter it here. Business apps need the"
        " feature “Business Asset User Profile Access” too; without it people keep a neutral name.",
    ),
    Step(
        "If Kinbox was not reachable for an hour, Meta ends the page’s subscription: press Subscribe again, "
        "or run this.",
        "curl -X POST "
        '"https://graph.facebook.com/v25.0/PAGE_ID/subscribed_apps?subscribed_fields=messages,messaging_postbacks&access_token=PAGE_ACCESS_TOKEN"',
    ),
)
