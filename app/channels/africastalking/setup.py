"""What an admin does at Africa's Talking, step by step."""

from app.channels.base import Step

SETUP = (
    Step(
        "Sign in at account.africastalking.com and open the app (or Sandbox) to which the short code or "
        "number belongs.",
    ),
    Step(
        "Open SMS > SMS Callback URLs > Incoming Messages, paste this address, and save.",
        "{webhook}",
    ),
    Step(
        "Delivery reports, opt-outs and subscriptions have callback URLs of their own: leave them empty.",
    ),
    Step(
        "The number here must be written as Africa’s Talking sends it in “to”: a short code as it is, a long "
        "number with plus and country code.",
    ),
    Step(
        "Africa’s Talking signs nothing. This address is the whole proof that a message is real: show it to "
        "nobody, and if it got out, remove the channel and add it again for a new one.",
    ),
)
