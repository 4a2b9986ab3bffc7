// The drawer: a panel with tabs that opens beside the app card and closes by Escape.

import { byId } from "./dom.js";
import { arrows } from "./keys.js";

const drawer = byId("drawer");
const toggle = byId("drawer-toggle");
const tabs = [...drawer.querySelectorAll("[role=tab]")];
let openedFrom = null;

export function startDrawer() {
  toggle.addEventListener("click", () => (drawer.hidden ? openDrawer() : closeDrawer()));
  byId("drawer-close").addEventListener("click", closeDrawer);
  for (const tab of tabs) tab.addEventListener("click", () => choose(tab));
  arrows(byId("drawer-tabs"), () => tabs);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !drawer.hidden) closeDrawer();
  });
}

/** Open the drawer, at a tab if one is named, and move the focus there. */
export function openDrawer(name) {
  if (drawer.hidden) openedFrom = document.activeElement;
  drawer.hidden = false;
  document.body.classList.add("with-drawer");
  toggle.setAttribute("aria-expanded", "true");
  const tab = tabs.find((each) => each.dataset.tab === name) ?? tabs.find((each) => each.ariaSelected === "true");
  choose(tab);
  tab.focus();
}

export function closeDrawer() {
  drawer.hidden = true;
  document.body.classList.remove("with-drawer");
  toggle.setAttribute("aria-expanded", "false");
  (openedFrom?.isConnected ? openedFrom : toggle).focus();
}

/** Call `load` each time the tab `name` comes into view. */
export function whenShown(name, load) {
  drawer.addEventListener("tab-shown", (event) => event.detail === name && load());
}

export const isShown = (name) => !drawer.hidden && !byId(`panel-${name}`).hidden;

function choose(chosen) {
  for (const tab of tabs) {
    tab.setAttribute("aria-selected", String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
    byId(`panel-${tab.dataset.tab}`).hidden = tab !== chosen;
  }
  drawer.dispatchEvent(new CustomEvent("tab-shown", { detail: chosen.dataset.tab }));
}
