"""What an admin does at WhatsApp Cloud API, step by step."""

from app.channels.base import Step

SETUP = (
    Step(
        "At developers.facebook.com open your app. It needs the product WhatsApp, and has to be live: in "
        "development mode most messages do not arrive.",
    ),
    Step(
        "Copy the app secret under App settings > Basic, and think of a verify token: any word of your own. "
        "Enter both here before the next step, or Meta cannot check the address.",
    ),
    Step(
        "Open WhatsApp > Configuration. Under Webhook press Edit, paste this address as the callback URL, and"
        " type the same verify token. Press Verify and save.",
        "{webhook}",
    ),
    Step(
        "Below, under Webhook fields, subscribe to messages. Nothing else is needed.",
    ),
    Step(
        "Subscribe the app to your WhatsApp Business account, if it is not yet. WABA_ID is on WhatsApp > API Setup.",
        'curl -X POST -H "Authorization: Bearer ACCESS_TOKEN" https://graph.facebook.com/v25.0/WABA_ID/subscribed_apps',
    ),
    Step(
        "For pictures and files: in Business settings > Users > System users make a system user with access "
        "to the app and the WhatsApp account, generate a token with whatsapp_business_messaging, and enter it"
        " here as the access token.",
    ),
    Step(
        "The address above is one number’s. With several numbers in one app, add each here: Kinbox sorts them"
        " by their phone number id, and any one address will do for all.",
    ),
)
