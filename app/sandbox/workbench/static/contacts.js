// The drawer's address book: find any contact and copy what a teammate would type into the merge form.

import { ApiFault, get } from "./api.js";
import { avatar, byId, h, notice, replace } from "./dom.js";
import { whenShown } from "./drawer.js";

const panel = byId("contacts");
const search = byId("contact-search");
let asked = 0;

export function startContacts() {
  let typing;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(load, 150);
  });
  whenShown("contacts", load);
}

async function load() {
  const turn = ++asked;
  try {
    const { contacts } = await get("/contacts", { q: search.value.trim() });
    if (turn !== asked) return;
    replace(panel, contacts.length ? h("ul", { class: "people-list" }, contacts.map(person)) : notice("Nobody found", "Search by name, email, phone or id."));
  } catch (fault) {
    if (!(fault instanceof ApiFault)) throw fault;
    replace(panel, notice("The contacts could not be loaded", fault.message));
  }
}

function person(contact) {
  const reach = [contact.email, contact.phone].filter(Boolean).join(" · ");
  return h("li", {}, avatar(contact, "s"),
    h("div", { class: "person-words" },
      h("span", { class: "person-name", dir: "auto" }, contact.label, h("span", { class: `tag tag-${contact.role}` }, contact.role === "user" ? "User" : "Lead")),
      reach && h("span", { class: "person-reach" }, reach), h("code", {}, contact.id)),
    copyButton(contact.id));
}

function copyButton(text) {
  const button = h("button", { type: "button", class: "button button-quiet", "aria-label": `Copy the id ${text}` }, "Copy ID");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy ID"; }, 1500);
  });
  return button;
}
