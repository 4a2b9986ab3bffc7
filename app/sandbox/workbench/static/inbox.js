// The conversations at the left: search, filter, and a list to walk by arrow keys.

import { ApiFault, get } from "./api.js";
import { avatar, byId, h, notice, replace, shortTime, skeleton } from "./dom.js";
import { arrows } from "./keys.js";

const list = byId("conversations");
const search = byId("search");
const filter = byId("filter");
let selected = null;
let asked = 0;
let drawn = "";

/** `onOpen(id)` is called when a teammate opens a conversation. */
export function startInbox(onOpen) {
  let typing;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(loadInbox, 150);
  });
  filter.addEventListener("change", loadInbox);
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-conversation]");
    if (row) onOpen(row.dataset.conversation);
  });
  list.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onOpen(document.activeElement.dataset.conversation);
  });
  arrows(list, rows);
}

const rows = () => [...list.querySelectorAll("[data-conversation]")];

/** Look for news without a word: nothing is drawn while nothing changed, and a failure waits for the next look. */
export async function refreshInbox() {
  const turn = ++asked;
  try {
    const { conversations } = await get("/conversations", { q: search.value.trim(), state: filter.value });
    if (turn === asked && JSON.stringify(conversations) !== drawn) show(conversations);
  } catch (fault) {
    if (!(fault instanceof ApiFault)) throw fault;
  }
}

/** Load the list again, keeping the focus on the row that had it. Late answers to older questions are dropped. */
export async function loadInbox() {
  const turn = ++asked;
  if (!rows().length) replace(list, skeleton(6, "Loading conversations"));
  try {
    const { conversations } = await get("/conversations", { q: search.value.trim(), state: filter.value });
    if (turn === asked) show(conversations);
  } catch (fault) {
    if (!(fault instanceof ApiFault)) throw fault;
    const again = h("button", { type: "button", class: "button", on: { click: loadInbox } }, "Try again");
    if (turn === asked) replace(list, notice("The conversations could not be loaded", fault.message, again));
  }
}

/** Mark one conversation as open. */
export function select(id) {
  selected = id;
  for (const row of rows()) row.setAttribute("aria-selected", String(row.dataset.conversation === id));
  roam();
}

function show(conversations) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.conversation : null;
  drawn = JSON.stringify(conversations);
  byId("count").textContent = String(conversations.length);
  if (!conversations.length) {
    replace(list, notice("No conversation found", "Try another word, or show all states."));
    return;
  }
  replace(list, conversations.map(row));
  select(selected);
  if (focused) rows().find((node) => node.dataset.conversation === focused)?.focus();
}

/** One row only is in the tab order: the open one, else the first. */
function roam() {
  const all = rows();
  const stop = all.find((row) => row.dataset.conversation === selected) ?? all[0];
  for (const row of all) row.tabIndex = row === stop ? 0 : -1;
}

function row(conversation) {
  const { contact, channel, state } = conversation;
  return h("div", { role: "option", class: "row", dataset: { conversation: conversation.id }, "aria-selected": "false" },
    avatar(contact),
    h("div", { class: "row-words" },
      h("div", { class: "row-top" }, h("span", { class: "row-name", dir: "auto" }, contact.label), h("time", {}, shortTime(conversation.updated_at))),
      h("div", { class: "row-snippet", dir: "auto" }, conversation.snippet || "No message yet"),
      h("div", { class: "row-tags" }, h("span", { class: "tag" }, channel), state !== "open" && h("span", { class: "tag tag-quiet" }, state),
        contact.role === "lead" && h("span", { class: "tag tag-lead" }, "Lead"))));
}
