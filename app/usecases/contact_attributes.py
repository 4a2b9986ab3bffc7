"""Write on a contact what Kinbox keeps there, and go with the contact when it was merged meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from app.intercom.attributes import with_attributes
from app.intercom.client import Intercom
from app.intercom.errors import ContactMerged, Forbidden, IntercomError, NotServed, Refused

MOST_MERGES = 5
"""How long a chain of merges is followed."""


@dataclass(frozen=True)
class Written:
    """Who has the attributes now: None when Intercom serves neither the contact nor a survivor.

    `refused` is Intercom's refusal to write them: an attribute that was archived, or that may not be made.
    """

    contact_id: str | None
    refused: IntercomError | None = None


def write_attributes(
    intercom: Intercom,
    contact_id: str,
    attributes: Mapping[str, str],
    *,
    check: Callable[[], None],
    follow: Callable[[str, str], None],
) -> Written:
    """Write `attributes` on the contact, or on the one that it was merged into.

    `check` is called before each write, `follow` with each merge that shows (who went, into whom). Raises the
    IntercomError of a call that could not be made.
    """
    fields = {"custom_attributes": dict(attributes)}
    for _ in range(MOST_MERGES):
        check()
        try:
            write = partial(intercom.update_contact, contact_id, fields)
            return Written(with_attributes(intercom, fields, write).id)
        except NotServed:
            return Written(None)
        except ContactMerged as merged:
            if merged.survivor_id is None:
                return Written(None)
            follow(contact_id, merged.survivor_id)
            contact_id = merged.survivor_id
        except (Refused, Forbidden) as refusal:
            return Written(contact_id, refusal)
    return Written(None)
