"""What an admin does at Vonage, step by step."""

from app.channels.base import Step

SETUP = (
    Step(
        "Find out which API your number uses. The SMS API: Dashboard > API settings. The Messages API: "
        "Dashboard > Applications, the application to which the number is linked.",
    ),
    Step(
        "SMS API: under SMS settings paste this address as the inbound SMS webhook, and choose POST as the "
        "HTTP method. For one number only, enter it at the number, under Numbers > Your numbers.",
        "{webhook}",
    ),
    Step(
        "Messages API: in the application switch Messages on, and paste the same address as the inbound URL. "
        "It wants a status URL too: the same address will do, receipts are left out.",
    ),
    Step(
        "Switch signing on: for the SMS API it is off by default, and unsigned calls are refused here. Note "
        "the signature method beside the signature secret in the API settings, and enter both here.",
    ),
    Step(
        "Messages of the Messages API are signed by default, with the same signature secret.",
    ),
)
