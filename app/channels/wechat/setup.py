"""What an admin does at WeChat Official Account, step by step."""

from app.channels.base import Step

SETUP = (
    Step(
        "Sign in at mp.weixin.qq.com and open Settings and development > Basic configuration. The original id"
        " (gh_ and 12 characters) is under Account details: it is the account’s address here.",
    ),
    Step(
        "Think of a token (3 to 32 letters and digits), let WeChat make an EncodingAESKey, and choose safe "
        "mode: only there is the message itself protected. Enter token, EncodingAESKey and AppID here first, "
        "or WeChat cannot check the address.",
    ),
    Step(
        "Under Server configuration paste this address as the URL, with the same token, EncodingAESKey and "
        "mode. Submit, then enable it.",
        "{webhook}",
    ),
    Step(
        "Enabling it switches off the automatic replies and the menu made in the console.",
    ),
    Step(
        "For voice and video enter the AppSecret here, and put Kinbox’s own IP address on the list of allowed"
        " ones. Leave it out if another system uses this account’s API: each fetch takes a new access token, "
        "which ends the other’s.",
    ),
)
