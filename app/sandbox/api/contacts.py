"""Contacts: create, read, find, list, update, search, merge, archive, block, notes, tags."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from app.sandbox.api.context import body, flag, paging, since, version, workspace
from app.sandbox.contact_records import CURRENT, render_contact
from app.sandbox.searching import page

Json = dict[str, Any]

contacts = Blueprint("contacts", __name__, url_prefix="/contacts")


def _served(record: Json) -> Json:
    return render_contact(record, version(), merges=flag("include_merge_history"))


@contacts.get("")
def list_contacts() -> Json:
    newest = sorted(workspace().directory.active(), key=lambda record: (-record["created_at"], record["id"]))
    listed = page(newest, paging(), usual=50)
    return {"type": "list", **listed, "data": [_served(record) for record in listed["data"]]}


@contacts.post("")
def create_contact() -> Json:
    return _served(workspace().directory.create(body()))


@contacts.get("/<contact_id>")
def read_contact(contact_id: str) -> Json:
    return _served(workspace().directory.served(contact_id, version()))


@contacts.get("/find_by_external_id/<path:external_id>")
def find_by_external_id(external_id: str) -> Json:
    return _served(workspace().directory.by_external_id(external_id))


@contacts.put("/<contact_id>")
def update_contact(contact_id: str) -> Json:
    return _served(workspace().directory.update(contact_id, body(), version()))


@contacts.post("/search")
def search_contacts() -> Json:
    found = workspace().searching.contacts(workspace().index.visible(), body(), version())
    return {"type": "list", **found, "data": [render_contact(record, version()) for record in found["data"]]}


@contacts.post("/merge")
def merge_contacts() -> Json:
    return _served(workspace().merging.merge(body(), version()))


@contacts.get("/<contact_id>/merge_history")
def merge_history(contact_id: str) -> Json:
    since(CURRENT)
    return workspace().merging.history(contact_id, request.args)


@contacts.post("/<contact_id>/archive")
def archive_contact(contact_id: str) -> Json:
    return workspace().lifecycle.archive(contact_id, version())


@contacts.post("/<contact_id>/unarchive")
def unarchive_contact(contact_id: str) -> Json:
    return workspace().lifecycle.unarchive(contact_id)


@contacts.delete("/<contact_id>")
def delete_contact(contact_id: str) -> Json:
    return workspace().lifecycle.delete(contact_id, version())


@contacts.post("/<contact_id>/block")
def block_contact(contact_id: str) -> Json:
    return workspace().lifecycle.block(contact_id, version())


@contacts.get("/<contact_id>/notes")
def list_notes(contact_id: str) -> Json:
    notes = workspace().tagging.notes_of(contact_id, version())
    listed = page(notes, paging(), usual=50)
    return {"type": "list", **listed}


@contacts.post("/<contact_id>/notes")
def create_note(contact_id: str) -> Json:
    return workspace().tagging.add_note(contact_id, body(), version())


@contacts.get("/<contact_id>/tags")
def list_tags(contact_id: str) -> Json:
    return {"type": "list", "data": workspace().tagging.of_contact(contact_id, version())}


@contacts.post("/<contact_id>/tags")
def attach_tag(contact_id: str) -> Json:
    return workspace().tagging.tag_contact(contact_id, body(), version())


@contacts.delete("/<contact_id>/tags/<tag_id>")
def detach_tag(contact_id: str, tag_id: str) -> Json:
    return workspace().tagging.untag_contact(contact_id, tag_id, version())


@contacts.get("/<contact_id>/companies")
def list_companies(contact_id: str) -> Json:
    companies = workspace().tagging.companies_of(contact_id, version())
    return {"type": "list", **page(companies, paging(), usual=50)}


@contacts.get("/<contact_id>/segments")
def list_segments(contact_id: str) -> Json:
    workspace().directory.served(contact_id, version())
    return {"type": "list", "data": []}
