// Which REST calls Kinbox made to Intercom.

import { ApiFault, get } from "./api.js";
import { byId, h, notice, replace } from "./dom.js";
import { isShown, whenShown } from "./drawer.js";

const panel = byId("calls");

export function startCalls() {
  whenShown("calls", load);
  byId("calls-refresh").addEventListener("click", load);
}

/** Load again if the list is in view. */
export const callsChanged = () => (isShown("calls") ? load() : undefined);

async function load() {
  try {
    const { calls } = await get("/calls");
    replace(panel, calls.length ? h("ul", { class: "calls" }, calls.map(callRow)) : notice("No call yet", "Calls that Kinbox makes to the sandbox's REST API show here, newest first."));
  } catch (fault) {
    if (!(fault instanceof ApiFault)) throw fault;
    replace(panel, notice("The calls could not be loaded", fault.message));
  }
}

/** One call: method, path, status, time; its bodies open below. */
export function callRow(call) {
  const good = call.status !== null && call.status < 400;
  const head = [h("span", { class: "method" }, call.method), h("code", { class: "path" }, call.path),
    h("span", { class: "exchange-facts" }, `${call.ms} ms`, h("span", { class: `pill ${good ? "pill-good" : "pill-bad"}` }, call.status ?? "lost"))];
  const node = h("details", {}, h("summary", {}, head));
  node.addEventListener("toggle", () => node.open && node.children.length === 1 && node.append(...bodies(call)));
  return h("li", {}, node);
}

function bodies(call) {
  const shown = [["Sent", call.request], ["Answered", call.response]].filter(([, body]) => body !== null && body !== undefined);
  return shown.flatMap(([title, body]) => [h("h4", {}, title), h("pre", { tabindex: "0" }, typeof body === "string" ? body : JSON.stringify(body, null, 2))]);
}
