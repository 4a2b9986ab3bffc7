"""What an admin does at Instagram messaging, step by step."""

from app.channels.base import Step

SETUP = (
    Step(
        "The Instagram account has to be a professional one. In its app open Settings > Messages and story "
        "replies > Message controls > Connected tools, and allow access to messages.",
    ),
    Step(
        "At developers.facebook.com open your app. It needs the product Instagram (or Messenger, where the "
        "account is linked to a page), and has to be live.",
    ),
    Step(
        "Copy the app secret under App settings > Basic; with Instagram Login there is an Instagram app "
        "secret too, so enter both with a comma between. Think of a verify token: any word of your own. Enter"
        " them here before the next step.",
    ),
    Step(
        "In the product’s webhook settings paste this address as the callback URL, and type the same verify "
        "token. Press Verify and save.",
        "{webhook}",
    ),
    Step(
        "Subscribe to messages and messaging_postbacks, for the object Instagram. Replies made elsewhere come"
        " with messages as well; Kinbox leaves them out.",
    ),
    Step(
        "For people’s names enter an access token here: the page’s, or with Instagram Login the Instagram account’s.",
    ),
    Step(
        "The dashboard’s Test button sends a made-up message that is not imported. Write from another "
        "Instagram account instead.",
    ),
)
