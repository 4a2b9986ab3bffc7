// Which of Intercom's workspaces the page is at, and the way to connect one that has no Kinbox yet.

import { byId, h, notice, replace } from "./dom.js";

const select = byId("workspace");
const offer = byId("connect-offer");
let here = null;

/** Draw the switcher. `workspaces` are all there are, `appId` the one that is shown. */
export function showWorkspaces(workspaces, appId) {
  here = workspaces.find((each) => each.app_id === appId);
  replace(select, workspaces.map((each) => h("option", { value: each.app_id, selected: each.app_id === appId }, `${each.name} (${each.region})`)));
  select.onchange = () => location.assign(`/?${new URLSearchParams({ workspace: select.value })}`);
  byId("workspaces").hidden = workspaces.length < 2 && isConnected();
  replace(offer, !isConnected() && [h("span", {}, here.installed ? "Kinbox has lost its access." : "Kinbox is not installed here."), connectLink()]);
}

/** Whether Kinbox has a token for this workspace. */
export const isConnected = () => here?.connected !== false;

/** What stands in the place of Kinbox's card while it cannot be asked; nothing when it can. */
export const notInstalled = () => (here && !here.installed
  ? notice("Kinbox is not installed here", `An admin of ${here.name} connects it once.`, connectLink()) : null);

/** The way to Kinbox's admin page, where it has one. */
export const adminLink = () => here?.admin && h("a", { href: here.admin }, "Open Kinbox's admin page");

/** The link with which an admin begins to install, or to install again; nothing while the app has no address. */
export function connectLink() {
  return here?.connect && h("a", { class: "button button-primary connect", href: here.connect }, here.installed && !here.connected ? "Reconnect" : "Connect");
}
