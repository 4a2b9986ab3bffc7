// What a teammate does in Intercom itself, beside the contact: Kinbox hears of it by webhook, or with its next look.

import { ApiFault, send } from "./api.js";
import { byId, h, replace } from "./dom.js";
import { mergeForm } from "./merge_form.js";

const slot = byId("acts");
const shown = { key: null, open: false };

/** Draw the buttons for a contact and its conversation. `onDone(deleted)` is called after each act. */
export function showActs(conversation, contact, adminId, onDone) {
  const key = JSON.stringify([conversation.id, conversation.state, contact?.id, contact?.state, contact?.role, contact?.label, contact?.phone, contact?.email]);
  if (key === shown.key && slot.childElementCount) return;
  shown.open = slot.querySelector("details")?.open ?? false;
  shown.key = key;
  const said = h("p", { class: "act-said", role: "status" });
  const room = h("div", { class: "act-room" });
  const run = async (about, body) => {
    try {
      const { done } = await send("POST", `${about}/acts`, body);
      shown.key = null;
      await onDone(body.act === "delete" && about.startsWith("/conversations/"));
      tell(done);
    } catch (fault) {
      if (!(fault instanceof ApiFault)) throw fault;
      tell(fault.message, true);
    }
  };
  const bench = { room, run };
  replace(slot, h("details", { class: "section acts", open: shown.open }, h("summary", {}, "Do it in Intercom"),
    h("div", { class: "acts-inside" }, contact && contactActs(contact, bench), conversationActs(conversation, adminId, bench), room, said)));
}

export function noActs() {
  shown.key = null;
  replace(slot);
}

/** The section may have been drawn anew by what the act changed. */
function tell(words, isFault = false) {
  const said = slot.querySelector(".act-said");
  if (!said) return;
  said.textContent = words;
  said.classList.toggle("is-fault", isFault);
}

function contactActs(contact, bench) {
  const about = `/contacts/${encodeURIComponent(contact.id)}`;
  const act = (name, more = {}) => bench.run(about, { act: name, ...more });
  const buttons = {
    active: [
      contact.role === "lead" && button("Merge into a user", () => mergeForm(bench.room, contact, (into) => act("merge", { into }))),
      button("Edit", () => editForm(bench.room, contact, (values) => act("edit", values))),
      button("Archive", () => act("archive")),
      button("Block", () => confirm(bench.room, `Block ${contact.label}?`, "Block", () => act("block"))),
      button("Delete", () => confirm(bench.room, `Delete ${contact.label} for good?`, "Delete", () => act("delete"))),
    ],
    archived: [button("Unarchive", () => act("unarchive")), button("Delete", () => confirm(bench.room, `Delete ${contact.label} for good?`, "Delete", () => act("delete")))],
  }[contact.state];
  return buttons && h("div", { class: "act-row", role: "group", "aria-label": "Contact" }, buttons);
}

function conversationActs(conversation, adminId, bench) {
  const about = `/conversations/${encodeURIComponent(conversation.id)}`;
  const act = (name) => bench.run(about, { act: name, admin_id: adminId() });
  return h("div", { class: "act-row", role: "group", "aria-label": "Conversation" },
    conversation.state === "closed" ? button("Reopen", () => act("open")) : button("Close", () => act("close")),
    conversation.state === "open" ? button("Snooze a day", () => act("snooze")) : conversation.state === "snoozed" && button("Unsnooze", () => act("open")),
    button("Delete conversation", () => confirm(bench.room, "Delete this conversation for good?", "Delete", () => act("delete"))));
}

const button = (label, click) => h("button", { type: "button", class: "button", on: { click } }, label);

/** Ask once more before what cannot be undone. */
function confirm(room, words, label, go) {
  const yes = button(label, () => { replace(room); go(); });
  replace(room, h("p", { dir: "auto" }, words), h("div", { class: "act-row" }, yes, button("Cancel", () => replace(room))));
  yes.focus();
}

function editForm(room, contact, save) {
  const field = (name, label, value, type) => h("label", { class: "act-field" }, label, h("input", { name, type, value: value ?? "", autocomplete: "off" }));
  const name = contact.name ?? "";
  const form = h("form", { on: { submit: (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form));
    replace(room);
    save(Object.fromEntries(Object.entries(values).filter(([key, value]) => value !== (contact[key] ?? ""))));
  } } }, field("name", "Name", name, "text"), field("email", "Email", contact.email, "text"), field("phone", "Phone", contact.phone, "tel"),
  h("div", { class: "act-row" }, h("button", { type: "submit", class: "button" }, "Save"), button("Cancel", () => replace(room))));
  replace(room, form);
  form.querySelector("input").focus();
}
