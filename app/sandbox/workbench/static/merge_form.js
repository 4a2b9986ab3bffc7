// Choosing the user into whom Intercom merges a lead.

import { ApiFault, get } from "./api.js";
import { h, replace } from "./dom.js";

const SHOWN = 6;

/** Draw a search for users in `room`. `onPick(id)` is called with the one that was picked. */
export function mergeForm(room, lead, onPick) {
  const found = h("ul", { class: "act-found", "aria-label": "Users" });
  const search = h("input", { type: "search", placeholder: "Name, email, phone or id", "aria-label": `Merge ${lead.label} into which user?`, autocomplete: "off" });
  const cancel = h("button", { type: "button", class: "button", on: { click: () => replace(room) } }, "Cancel");
  let turn = 0;
  const load = async () => {
    const mine = ++turn;
    try {
      const { contacts } = await get("/contacts", { q: search.value.trim() });
      if (mine !== turn) return;
      const users = contacts.filter((each) => each.role === "user").slice(0, SHOWN);
      replace(found, users.length ? users.map(row) : h("li", { class: "act-none" }, "No such user."));
    } catch (fault) {
      if (!(fault instanceof ApiFault)) throw fault;
      replace(found, h("li", { class: "act-none" }, fault.message));
    }
  };
  const row = (user) => h("li", {}, h("button", { type: "button", class: "act-pick", on: { click: () => { replace(room); onPick(user.id); } } },
    h("strong", { dir: "auto" }, user.label), h("span", {}, [user.email, user.phone].filter(Boolean).join(" · "))));
  search.addEventListener("input", load);
  replace(room, h("p", {}, "Intercom merges a lead into a user, and nobody can undo it."), search, found, cancel);
  search.focus();
  load();
}
