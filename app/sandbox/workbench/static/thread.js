// The thread in the middle: who wrote what, oldest first.

import { address } from "./api.js";
import { avatar, byId, h, longTime, notice, replace, shortTime, skeleton } from "./dom.js";

const head = byId("thread-head");
const body = byId("thread-body");

export function threadEmpty() {
  head.hidden = true;
  replace(body, notice("Pick a conversation", "Choose one at the left to see its thread and what Kinbox says about it."));
}

export function threadLoading() {
  head.hidden = true;
  replace(body, skeleton(5, "Loading the conversation"));
}

export function threadFailed(message, ...actions) {
  head.hidden = true;
  replace(body, notice("This conversation cannot be shown", message, actions));
}

/** Draw a conversation; the view stays where it was when the same one is drawn again, unless it was at the end. */
export function showThread(conversation) {
  const again = body.dataset.conversation === conversation.id;
  const atEnd = body.scrollHeight - body.scrollTop - body.clientHeight < 40;
  head.hidden = false;
  byId("thread-title").textContent = conversation.contact.label;
  const facts = [conversation.channel, conversation.state, conversation.assignee && `assigned to ${conversation.assignee}`];
  byId("thread-facts").textContent = facts.filter(Boolean).join(" · ");
  const parts = conversation.parts.map(part);
  replace(body, parts.length ? h("ol", { class: "parts" }, parts) : notice("No message yet", "This conversation is empty."));
  body.dataset.conversation = conversation.id;
  if (!again || atEnd) body.scrollTop = body.scrollHeight;
}

function part(entry) {
  if (entry.kind === "event") return h("li", { class: "event" }, `${entry.author.label} ${entry.text}`, " · ", stamp(entry));
  const who = h("span", { class: "bubble-who", dir: "auto" }, entry.author.label, entry.kind === "note" && " · internal note");
  return h("li", { class: `part from-${entry.from}${entry.kind === "note" ? " is-note" : ""}` },
    avatar(entry.author, "s"),
    h("div", { class: "bubble" }, h("div", { class: "bubble-top" }, who, stamp(entry)),
      h("div", { class: "bubble-text", dir: "auto" }, entry.text || "(no text)"),
      entry.attachments.map(attachment)));
}

function attachment({ name, picture }) {
  const words = h("span", { dir: "auto" }, `Attachment: ${name}`);
  return h("div", { class: "attachment" }, picture && h("img", { class: "attached", src: address(`/pictures/${encodeURIComponent(picture)}`), alt: "" }), words);
}

const stamp = (entry) => h("time", { title: longTime(entry.at) }, shortTime(entry.at));
