// Switches that make the sandbox's Intercom misbehave.

import { ApiFault, get, send } from "./api.js";
import { byId, h, notice, replace } from "./dom.js";
import { isShown, whenShown } from "./drawer.js";
import { whileVisible } from "./news.js";

const panel = byId("faults");
const mark = byId("faults-on");
const SCOPES = [["all", "every call"], ["next", "the next call"], ["merge", "the next merge"]];

export function startFaults() {
  whenShown("faults", load);
  whileVisible(() => (isShown("faults") ? loadNow() : undefined));
  load();
}

/** A counted fault is used up by a call, so the switches are read again after each click. */
export const faultsChanged = () => (isShown("faults") && panel.contains(document.activeElement) ? undefined : load());

async function load() {
  await Promise.all([attempt(() => get("/faults")), loadNow()]);
}

async function attempt(ask) {
  try {
    const { troubles } = await ask();
    const focused = document.activeElement?.dataset.control;
    replace(panel, troubles.map(row));
    mark.hidden = !troubles.some((trouble) => trouble.on);
    if (focused) panel.querySelector(`[data-control="${CSS.escape(focused)}"]`)?.focus();
  } catch (fault) {
    if (!(fault instanceof ApiFault)) throw fault;
    const again = h("button", { type: "button", class: "button", on: { click: load } }, "Show the switches");
    replace(panel, notice("The fault could not be switched", fault.message, again));
  }
}

/** How Intercom is at this moment, whatever is switched on; nothing while that cannot be told. */
async function loadNow() {
  try {
    const now = await get("/intercom");
    const lag = now.index_lag_s ? `${now.index_lag_s} s behind` : "up to date";
    replace(byId("faults-now"), figure("Search", lag),
      figure(`Calls left in these ${now.window_s} s`, `${now.rate_remaining} of ${now.rate_limit}`));
  } catch (fault) {
    if (!(fault instanceof ApiFault)) throw fault;
    replace(byId("faults-now"));
  }
}

const figure = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

function row(trouble) {
  const name = (part) => ({ control: `${trouble.id}-${part}` });
  const on = h("input", { type: "checkbox", checked: trouble.on, dataset: name("on") });
  const scope = trouble.scope && h("select", { "aria-label": `${trouble.title}: which calls`, dataset: name("scope") },
    SCOPES.map(([value, words]) => h("option", { value, selected: value === trouble.scope }, words)));
  const seconds = trouble.value !== null && h("input", { type: "number", min: 1, max: 600, step: 1, value: trouble.value, "aria-label": `${trouble.title}: ${trouble.unit === "s" ? "seconds" : trouble.unit}`, dataset: name("seconds") });
  const change = async () => {
    await attempt(() => send("PUT", "/faults", {
      id: trouble.id, on: on.checked, scope: scope ? scope.value : "all", ...(seconds && { value: Number(seconds.value) }) }));
    await loadNow();
  };
  for (const control of [on, scope, seconds]) control?.addEventListener?.("change", change);
  return h("div", { class: `tool${trouble.on ? " is-on" : ""}` },
    h("label", { class: "tool-label" }, on, h("span", {}, h("strong", {}, trouble.title), trouble.words)),
    h("div", { class: "tool-settings" }, scope, seconds && [seconds, ` ${trouble.unit}`]));
}
