// The log of what went to Kinbox and came back, newest first, with the Canvas Kit rules that an answer broke.

import { callRow } from "./calls.js";
import { byId, h, replace } from "./dom.js";
import { openDrawer } from "./drawer.js";

const KEPT = 50;
const list = byId("exchanges");
const badge = byId("fault-count");
const entries = [];

/** Keep one exchange. Returns its id, for `showExchange`. */
export function record(kind, componentId, answer) {
  const id = `exchange-${performance.now()}-${entries.length}`;
  const faults = [...(answer.faults ?? []), ...(answer.first_canvas_faults ?? [])];
  const node = entry(id, kind, componentId, answer, faults);
  entries.unshift({ id, node, faults: faults.length + (answer.problem ? 1 : 0) });
  entries.splice(KEPT);
  replace(list, entries.map((each) => each.node));
  byId("exchanges-empty").hidden = true;
  badge.textContent = entries[0].faults ? String(entries[0].faults) : "";
  badge.hidden = entries[0].faults === 0;
  return id;
}

/** Open the drawer at one exchange. */
export function showExchange(id) {
  openDrawer("requests");
  const found = entries.find((each) => each.id === id);
  if (!found) return;
  found.node.open = true;
  found.node.querySelector("summary").focus();
}

function entry(id, kind, componentId, answer, faults) {
  const node = h("details", { class: `exchange${answer.problem ? " is-broken" : ""}`, id }, summary(kind, componentId, answer, faults));
  node.addEventListener("toggle", () => node.open && node.children.length === 1 && node.append(inside(answer, faults)));
  return node;
}

function summary(kind, componentId, answer, faults) {
  const { response } = answer;
  const facts = response && [`${response.ms} ms`, size(response.size_bytes)].join(" · ");
  return h("summary", {},
    h("span", { class: "exchange-kind" }, kind), componentId && h("code", { class: "exchange-id" }, componentId),
    h("span", { class: "exchange-facts" }, facts, faults.length > 0 && h("span", { class: "pill pill-warn" }, `${faults.length} ${faults.length === 1 ? "rule" : "rules"} broken`),
      h("span", { class: `pill ${answer.problem ? "pill-bad" : "pill-good"}` }, response?.status ?? "no answer")));
}

const size = (bytes) => (bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`);

function inside(answer, faults) {
  return h("div", { class: "exchange-inside" },
    answer.problem && h("p", { class: "problem" }, answer.problem),
    faults.length > 0 && h("ul", { class: "faults", "aria-label": "Broken Canvas Kit rules" }, faults.map(faultRow)),
    calls(answer.calls ?? []),
    answer.response && block("Answer", answer.response.headers, answer.response.body),
    answer.request && block(`Request to ${answer.request.url}`, answer.request.headers, answer.request.body));
}

const faultRow = (fault) => h("li", { class: fault.level }, h("span", { class: "fault-words" }, fault.sentence), h("code", {}, fault.path));

function calls(made) {
  const title = made.length ? `Intercom calls during this click (${made.length})` : "No Intercom call was made during this click";
  return h("section", {}, h("h3", {}, title), made.length > 0 && h("ul", { class: "calls" }, made.map(callRow)));
}

function block(title, headers, body) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join("\n");
  return h("section", {}, h("h3", {}, title), h("pre", { class: "headers", tabindex: "0" }, lines), h("pre", { tabindex: "0" }, pretty(body)));
}

const pretty = (body) => (typeof body === "string" ? body || "(empty)" : JSON.stringify(body, null, 2));
