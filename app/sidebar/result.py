"""How a merge ended: done, still open, or not done. Told as it is."""

from __future__ import annotations

from app.domain.answers import Merged, MergeFailed, MergeInDoubt, MergeUnderWay
from app.sidebar import ids
from app.sidebar.parts import back_home, date_time, footer, header, muted, name, open_link, strong, submit
from app.sidebar.screen import Screen
from canvas_components import Component, Text

_FAILURES = {
    "abandoned": "The merge was asked for but never sent, because Kinbox was restarted in between.",
    "changed": "The merge was changed by somebody else meanwhile.",
    "disconnected": "Intercom no longer accepts Kinbox's access token. An admin has to connect the workspace again.",
    "external_lead": "Intercom does not let apps merge leads of its own channels. Merge them in Intercom itself.",
    "facebook_contact": "Intercom does not merge contacts of its Facebook channel.",
    "failing": "Intercom reported an error.",
    "forbidden": "Kinbox lacks the permission to merge. An admin can add “Write users and companies” to the app.",
    "invalid_merge_other": "Intercom refuses to merge these two contacts, and does not say why.",
    "erased": "One of the two was erased from Kinbox at the same moment, so the merge was not sent.",
    "invalid_merge_roles": "Intercom merges a lead into a user only, and their roles have changed.",
    "not_merged": "Intercom did not confirm the merge, and both contacts are still there.",
    "not_served": "Intercom does not serve the lead any more, and the user did not take it over.",
    "rate_limited": "Intercom's rate limit is reached.",
    "refused": "Intercom refused the merge.",
    "roles_changed": "The roles of the two contacts have changed since you compared them.",
    "slow": "Intercom is too slow right now, so the merge was not sent.",
    "unreadable": "Intercom's answer could not be read.",
}


def merged_screen(merged: Merged, timezone: str) -> Screen:
    lead, user = strong(merged.lead_label), strong(merged.user_label)
    when = f"{name(merged.by)} on {date_time(merged.at, timezone)}"
    text = f"{lead} is part of {user} now. Merged by {when}."
    shown: list[Component] = [header("✓ Already merged" if merged.already else "✓ Merged"), Text(text=text)]
    if not merged.verified:
        shown.append(
            muted("Intercom confirmed it, but could not be asked again yet whether phone and channel ids came along.")
        )
    elif merged.repaired:
        fields = ", ".join(name(field) for field in merged.repaired)
        shown.append(muted(f"Intercom had left out {fields}: Kinbox wrote it on the user."))
    if merged.unchecked:
        fields = ", ".join(name(field) for field in merged.unchecked)
        shown.append(
            muted(
                f"The lead had {fields}, which this workspace has chosen not to keep, and the user has none. Look in"
                " Intercom whether it is missed."
            )
        )
    shown.append(muted("New messages of this person now land on the user."))
    check = [] if merged.verified else [submit(ids.MERGE_CHECK, "Check again")]
    ways_on = footer(*check, open_link("survivor", "Open the user", merged.user_url), back_home("Done"))
    return Screen([*shown, *ways_on])


def under_way_screen(under_way: MergeUnderWay) -> Screen:
    pair = "this merge" if under_way.same_pair else "a merge of this lead into another user"
    shown = [
        header("Merge under way"),
        Text(text=f"{name(under_way.by)} is sending {pair} right now. Nothing was sent a second time."),
    ]
    return Screen([*shown, *footer(submit(ids.MERGE_CHECK, "Check again"), back_home())])


def in_doubt_screen(doubt: MergeInDoubt, timezone: str) -> Screen:
    shown = [
        header("Not confirmed yet"),
        Text(
            text=f"{name(doubt.by)} sent the merge on {date_time(doubt.since, timezone)}, and Intercom has not said "
            "whether it happened. Kinbox does not send it again before that is known."
        ),
        muted("Check again in half a minute."),
    ]
    return Screen([*shown, *footer(submit(ids.MERGE_CHECK, "Check again"), back_home())])


def failed_screen(failed: MergeFailed, timezone: str) -> Screen:
    sentence = _FAILURES.get(failed.code, "The merge did not go through.")
    shown: list[Component] = [header("Not merged"), Text(text=f"{sentence} Nothing was merged.")]
    if failed.wait_until:
        shown.append(muted(f"Try again after {date_time(failed.wait_until, timezone)}."))
    elif failed.retryable:
        shown.append(muted("You can try again: both contacts are read anew first."))
    retry = [submit(ids.MERGE_START, "Try again")] if failed.retryable else []
    return Screen([*shown, *footer(*retry, back_home())])
