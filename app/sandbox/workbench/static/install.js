// The drawer's tab about the app in this workspace: how it is, and what an admin can do to it in Intercom.

import { ApiFault, get, send } from "./api.js";
import { byId, h, longTime, notice, replace } from "./dom.js";
import { whenShown } from "./drawer.js";
import { adminLink, connectLink } from "./workspaces.js";

const panel = byId("install");
const STATES = { OK: "pill-good", UNHEALTHY: "pill-bad", UNKNOWN: "pill-warn" };

/** `onChange()` is called after the app lost its access. */
export function startInstall(onChange) {
  whenShown("install", () => attempt(() => get("/installation")));
  panel.addEventListener("click", async (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (!act) return;
    await attempt(() => send("POST", `/installation/${act}`, {}));
    if (act !== "health") await onChange();
    panel.querySelector(`[data-act="${act}"]:not(:disabled)`)?.focus();
  });
}

async function attempt(ask) {
  try {
    show(await ask());
  } catch (fault) {
    if (!(fault instanceof ApiFault)) throw fault;
    replace(panel, notice("That could not be done", fault.message));
  }
}

function show(install) {
  const { installed, ended } = install;
  const words = installed ? (ended === "revoked" ? "Kinbox is installed, but its token was revoked." : "Kinbox is installed in this workspace.")
    : ended === "uninstalled" ? "Kinbox was uninstalled from this workspace." : "Kinbox was never installed in this workspace.";
  const act = (name, title, explained, off) => h("div", { class: "tool" },
    h("span", {}, h("strong", {}, title), explained), h("button", { type: "button", class: "button", dataset: { act: name }, disabled: off }, title));
  replace(panel, h("p", { class: "panel-words" }, words, " ", !installed || ended ? connectLink() : adminLink()),
    health("Health check", "Intercom asks each installed app once a day how it is.", install.asked,
      h("button", { type: "button", class: "button", dataset: { act: "health" }, disabled: !installed || !install.health }, "Check health")),
    health("Told by Kinbox itself", "Kinbox tells Intercom at once when its state changes.", install.pushed),
    act("revoke", "Revoke the token", "Kinbox's calls are answered 401 until an admin connects it again.", !installed || ended === "revoked"),
    act("uninstall", "Uninstall", "The token ends, and Intercom tells Kinbox.", !installed));
}

function health(title, words, seen, ...more) {
  const state = seen && (seen.state ?? "no answer");
  return h("div", { class: "tool health" }, h("span", {}, h("strong", {}, title),
    seen ? [seen.fault ?? seen.message ?? "All is well.", " ", h("time", {}, longTime(seen.at))] : words,
    seen?.cta_type && h("span", {}, ` ${seen.cta_label ?? "Reinstall"}${seen.cta_url ? `: ${seen.cta_url}` : ""}`)),
  state && h("span", { class: `pill ${STATES[state] ?? "pill-bad"}` }, state), more);
}
