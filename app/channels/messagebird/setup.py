"""What an admin does at MessageBird / Bird, step by step."""

from app.channels.base import Step

SETUP = (
    Step(
        "Find out which generation your account is: the classic MessageBird dashboard, a workspace at "
        "app.bird.com, or the developer platform whose keys begin with bk_eu1_ or bk_us1_. Kinbox reads all "
        "three.",
    ),
    Step(
        "Classic: open Numbers, choose the number, and add a flow in Flow Builder that forwards incoming SMS "
        "to a URL. Paste this address, with POST.",
        "{webhook}",
    ),
    Step(
        "At app.bird.com: make a webhook subscription for the channel with the event sms.inbound, paste the "
        "same address as its URL, and choose a signing key for it.",
    ),
    Step(
        "On the developer platform: make a webhook with the event sms.received and the same address. Its "
        "secret begins with whsec_ and is shown once only.",
    ),
    Step(
        "Enter that key here: for the classic account the signing key under Developers > Settings (not the "
        "API key), else the key or secret of the webhook.",
    ),
)
