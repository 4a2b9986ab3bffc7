"""What nobody could confirm about the real Intercom, as switches. Each default is what is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from app.sandbox.problems import invalid


@dataclass(frozen=True, kw_only=True)
class Unconfirmed:
    """One field per open question. Change them while running with `PUT /_sandbox/unconfirmed`."""

    merge_fills_phone: bool = True
    """The lead's phone is taken over when the user has none."""
    merge_fills_email: bool = True
    """The lead's email is taken over when the user has none."""
    merge_lead_external_id: str = "dropped"
    """`dropped`, or `fills_empty`: the lead's UUID becomes the external id of a user that has none."""
    merge_fills_cdas: bool = True
    """The lead's custom attributes are taken over where the user's are empty."""
    merge_rewrites_authors: bool = True
    """Parts that the lead wrote name the user as their author afterwards."""
    merge_of_merged_status: int = 404
    """Merging an id that is merged already: 404 or 410."""
    merge_external_leads: bool = False
    """Leads of Intercom's own WhatsApp, Facebook and Twitter channels can be merged."""
    merge_user_into_user: bool = False
    """The user-to-user merge that Intercom rolls out workspace by workspace."""
    merge_phone_compare: str = "formatted"
    """The duplicate check compares phones `formatted` (E.164 if there is a country code) or `exact`."""
    merge_settles_after_s: float = 0.0
    """Seconds until conversations, notes, tags and companies have moved after the merge was answered."""
    merged_read_status: int = 410
    """Reading a merged contact: 410 with a Link, or 404. Versions below 2.16 always answer 404."""
    merged_write_status: int = 410
    """The same for writing to it."""
    blocked_is_served: bool = False
    """A blocked contact is still served by id."""
    unknown_cda_status: int = 400
    """Writing a custom attribute that does not exist: 400 or 422."""
    put_keeps_other_cdas: bool = True
    """Custom attributes that an update leaves out keep their values."""
    list_values_checked: bool = False
    """A value outside the options of a list attribute is refused."""
    phone_conflicts: bool = False
    """A user with the phone of another user is refused with a 409."""
    email_conflicts: str = "unless_external_ids_differ"
    """Which equal emails of users are a 409: `always`, `unless_external_ids_differ` or `never`."""
    phone_rewritten: bool = False
    """`phone` is stored in E.164 when it has a country code, instead of as sent."""
    invalid_phone_refused: bool = False
    """Text that is no phone number is refused with a 400 instead of being kept."""
    search_tilde: str = "characters"
    """`~`, `^` and `$` look at `characters`, or at whole `words`."""
    equals_ignores_case: bool = False
    """`=` and `IN` ignore upper and lower case."""
    search_unknown_cda_refused: bool = True
    """Searching by a custom attribute that does not exist is a 400; otherwise nothing is found."""
    formatted_phone_searchable: bool = True
    """`formatted_phone` can be searched; otherwise it is a 400."""
    wrong_from_type_refused: bool = True
    """Starting a conversation with `from.type` user for a lead, or the reverse, is a 404."""
    empty_body_with_files: bool = False
    """A reply with files needs no body."""
    webhook_parts: str = "new"
    """A notification about a conversation carries its `new` parts only, or `all`."""
    reinstall_ends_old_tokens: bool = False
    """Consenting again ends the tokens that were given before."""
    uninstall_signature: str = "none"
    """How the call to the uninstall address is signed: `none`, `body` (as canvas requests) or `hub` (as webhooks)."""
    max_attachment_bytes: int = 20 * 1024 * 1024
    """Largest decoded attachment file."""

    def changed(self, values: Mapping[str, Any]) -> Unconfirmed:
        """A copy with these values. Raises ApiError (400) for an unknown name or a value of another type."""
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise invalid(f"There is no switch {name!r}. Switches: {', '.join(known)}", name)
            wanted = float if isinstance(known[name], float) else type(known[name])
            if wanted is float and type(value) is int:
                continue
            if type(value) is not wanted:
                raise invalid(f"{name} takes a {wanted.__name__}", name)
        return replace(self, **values)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
