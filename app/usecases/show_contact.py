"""Show what Kinbox knows of the contact in the panel. Asks the database only, never Intercom."""

from __future__ import annotations

from app.domain.answers import Home, PastMerge
from app.domain.contact import Contact
from app.domain.merge_record import CLAIM_LASTS, LIVE, MergeState
from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.intercom.regions import profile_url
from app.storage.contact_facts import ContactFacts, contact_facts, screen_facts
from app.storage.database import transaction
from app.storage.workspaces import WorkspaceDirectory
from app.usecases.desk import utc_now


def open_contact(directory: WorkspaceDirectory, workspace_id: str, contact: Contact, teammate: Teammate) -> Home | None:
    """The first screen of `contact`, as the signed request describes it, in one query.

    None when Kinbox does not serve the workspace.
    """
    with transaction() as connection:
        facts, row = screen_facts(connection, workspace_id, contact.id)
    workspace = directory.of_row(workspace_id, row)
    return _home(workspace, contact, teammate, facts) if workspace else None


def show_contact(workspace: Workspace, contact: Contact, teammate: Teammate) -> Home:
    """The same, for a workspace that is known already."""
    with transaction() as connection:
        facts = contact_facts(connection, workspace.id, contact.id)
    return _home(workspace, contact, teammate, facts)


def _home(workspace: Workspace, contact: Contact, teammate: Teammate, facts: ContactFacts) -> Home:
    live = [merge for merge in facts.merges if MergeState(merge.state) in LIVE and not _is_abandoned(merge)]
    done = [merge for merge in facts.merges if merge.state == MergeState.DONE]
    survivor = facts.survivor_id
    return Home(
        contact=contact,
        profile_url=profile_url(workspace.region, workspace.id, contact.id),
        timezone=workspace.timezone,
        identities=facts.identities,
        history=tuple(done),
        open_merge=live[-1] if live else None,  # the oldest: the one that "Check again" looks at
        survivor_id=survivor,
        survivor_url=profile_url(workspace.region, workspace.id, survivor) if survivor else None,
        survivor_label=_survivor_label(done, contact.id) if survivor else None,
        may_merge=workspace.settings.allows_merge_by(teammate.id),
        connected=workspace.is_connected,
        has_channels=facts.has_channels,
        failed=facts.failed,
        gone=facts.gone,
    )


def _is_abandoned(merge: PastMerge) -> bool:
    """Asked for by a process that died before it sent anything: nobody waits for it, and the next merge drops it."""
    return merge.state == MergeState.ASKED and utc_now() - merge.at > CLAIM_LASTS


def _survivor_label(done: list[PastMerge], contact_id: str) -> str | None:
    return next((merge.user_label for merge in done if merge.lead_id == contact_id), None)
