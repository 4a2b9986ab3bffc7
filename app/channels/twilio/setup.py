"""What an admin does at Twilio, step by step."""

from app.channels.base import Step

SETUP = (
    Step(
        "Sign in at console.twilio.com and open Phone Numbers > Manage > Active numbers. Choose the number "
        "that you entered here.",
    ),
    Step(
        "Under Messaging Configuration, at “A message comes in”, choose Webhook and HTTP POST, and paste this"
        " address. What stands behind the # makes Twilio try again when a call fails; without it a message is"
        " dropped after one failure.",
        "{webhook}#rc=3&rp=all",
    ),
    Step(
        "Does the number belong to a Messaging Service? Then paste the address in that service instead, under"
        " Integration > Send a webhook: the service wins over the number. For a WhatsApp sender it is "
        "Messaging > Senders > WhatsApp senders, in the sender’s endpoint configuration.",
    ),
    Step(
        "Save. A status callback needs no address: Kinbox imports customers’ messages only.",
    ),
    Step(
        "The auth token is on the Console’s first page, under Account Info. A number of a subaccount is "
        "signed with that subaccount’s own token. Webhook shared keys (a public beta) cannot be checked here:"
        " leave them off.",
    ),
)
