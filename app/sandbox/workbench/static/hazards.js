// Switches for what goes wrong with webhooks on their way to Kinbox.

import { ApiFault, get, send } from "./api.js";
import { byId, h, notice, replace } from "./dom.js";
import { whenShown } from "./drawer.js";

const panel = byId("hazards");

export function startHazards() {
  whenShown("faults", () => attempt(() => get("/webhooks/faults")));
}

async function attempt(ask) {
  try {
    const { faults } = await ask();
    const focused = document.activeElement?.dataset.hazard;
    replace(panel, faults.map(row));
    if (focused) panel.querySelector(`[data-hazard="${CSS.escape(focused)}"]`)?.focus();
  } catch (fault) {
    if (!(fault instanceof ApiFault)) throw fault;
    const again = h("button", { type: "button", class: "button", on: { click: () => attempt(() => get("/webhooks/faults")) } }, "Show the switches");
    replace(panel, notice("The fault could not be switched", fault.message, again));
  }
}

function row(fault) {
  const on = h("input", { type: "checkbox", checked: fault.on, dataset: { hazard: fault.id } });
  const seconds = fault.value !== null && h("input", { type: "number", min: 1, max: 600, step: 1, value: fault.value,
    "aria-label": `${fault.title}: seconds`, dataset: { hazard: `${fault.id}-seconds` } });
  const change = () => attempt(() => send("PUT", "/webhooks/faults", { id: fault.id, on: on.checked, ...(seconds && { value: Number(seconds.value) }) }));
  for (const control of [on, seconds]) control?.addEventListener?.("change", change);
  return h("div", { class: `tool${fault.on ? " is-on" : ""}` },
    h("label", { class: "tool-label" }, on, h("span", {}, h("strong", {}, fault.title), fault.words)),
    seconds && h("div", { class: "tool-settings" }, seconds, " s"));
}
