// The right column: participants, the contact, and the app card of whoever is shown.

import { avatar, byId, h, longTime, notice, replace, skeleton } from "./dom.js";
import { arrows } from "./keys.js";

const people = byId("participants");
const card = byId("contact");
const more = byId("contact-more");

export function detailsLoading() {
  replace(people);
  replace(card, skeleton(2, "Loading the contact"));
  replace(more);
}

export function detailsEmpty() {
  replace(people);
  replace(card, notice("No contact yet", "Contact details show here once a conversation is open."));
  replace(more);
}

/** Draw participants and the chosen one. `onChoose(contactId)` is called when another participant is picked. */
export function showDetails(participants, chosen, onChoose) {
  replace(people, participants.length > 1 && participantTabs(participants, chosen, onChoose));
  const contact = participants.find((person) => person.id === chosen);
  if (!contact) return detailsEmpty();
  replace(card, contact.gone ? gone(contact) : [heading(contact), facts(contact)]);
  replace(more, !contact.gone && [attributes(contact)]);
}

function participantTabs(participants, chosen, onChoose) {
  const buttons = participants.map((person) => h("button", {
    type: "button", class: "person", "aria-pressed": String(person.id === chosen), on: { click: () => onChoose(person.id) },
  }, avatar(person, "s"), h("span", { dir: "auto" }, person.label)));
  const group = h("div", { class: "people", role: "group", "aria-label": "Participants" }, buttons);
  arrows(group, () => buttons);
  return group;
}

function heading(contact) {
  const role = contact.role === "user" ? "User" : "Lead";
  return h("div", { class: "contact-head" }, avatar(contact, "l"),
    h("div", { class: "contact-name" }, h("h2", { dir: "auto" }, contact.label),
      h("span", { class: `tag tag-${contact.role}` }, role)));
}

function gone(contact) {
  return notice("This contact is no longer served", contact.gone);
}

function facts(contact) {
  const rows = [["Email", contact.email], ["Phone", contact.phone], ["Contact ID", contact.id], ["External ID", contact.external_id]];
  return table(rows);
}

function attributes(contact) {
  const times = [["Created", contact.created_at], ["Updated", contact.updated_at], ["Last seen", contact.last_seen_at]];
  const own = Object.entries(contact.custom_attributes).map(([name, value]) => [name, value === null ? null : String(value)]);
  return h("details", { class: "section" }, h("summary", {}, "Contact attributes"),
    table([["Owner", contact.owner], ...times.map(([name, at]) => [name, longTime(at)]), ...own]));
}

function table(rows) {
  return h("dl", { class: "facts" }, rows.map(([name, value]) => [
    h("dt", { title: name }, name), h("dd", { title: value || null, dir: "auto", class: value ? null : "unknown" }, value || "Unknown")]));
}
