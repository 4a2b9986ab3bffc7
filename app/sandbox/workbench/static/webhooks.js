// Which notifications Intercom sent to Kinbox, newest first, and how they were answered.

import { ApiFault, get, send } from "./api.js";
import { byId, h, notice, replace, shortTime } from "./dom.js";
import { isShown, whenShown } from "./drawer.js";
import { whileVisible } from "./news.js";

const panel = byId("webhooks");
const PILLS = { delivered: "pill-good", failed: "pill-bad", lost: "pill-bad", repeating: "pill-warn", waiting: "pill-plain" };
let drawn = "";

export function startWebhooks() {
  whenShown("webhooks", () => load(() => get("/webhooks")));
  whileVisible(() => (isShown("webhooks") ? load(() => get("/webhooks")) : undefined));
  byId("webhooks-ping").addEventListener("click", () => load(() => send("POST", "/webhooks/ping", {})));
}

async function load(ask) {
  try {
    const told = await ask();
    const seen = JSON.stringify(told);
    if (seen === drawn) return;
    drawn = seen;
    show(told);
  } catch (fault) {
    if (!(fault instanceof ApiFault)) throw fault;
    drawn = "";
    replace(panel, notice("The notifications could not be loaded", fault.message));
  }
}

function show({ url, told_to_stop: stopped, deliveries }) {
  const open = new Set([...panel.querySelectorAll("details[open]")].map((node) => node.dataset.number));
  replace(panel, !url && h("p", { class: "panel-words" }, "No address is subscribed, so nothing is sent."),
    stopped && h("p", { class: "problem" }, "Kinbox answered 410, which ends a subscription for good."),
    deliveries.length ? h("ul", { class: "calls" }, deliveries.map((each) => row(each, open.has(String(each.number)))))
      : notice("Nothing was sent yet", "Change a contact or a conversation in Intercom, and its notification shows here."));
}

function row(each, open) {
  const facts = [each.tries > 1 && `${each.tries} tries`, each.answered && `${each.ms} ms`, shortTime(each.created_at)].filter(Boolean).join(" · ");
  return h("li", {}, h("details", { open, dataset: { number: each.number } },
    h("summary", {}, h("code", { class: "path topic" }, each.topic),
      h("span", { class: "exchange-facts" }, facts, h("span", { class: `pill ${PILLS[each.status]}` }, each.status))),
    (each.failure || each.faults.length > 0) && h("p", { class: "panel-words inset" }, [each.failure, each.faults.join(", ").replaceAll("_", " ")].filter(Boolean).join(" · ")),
    h("pre", { tabindex: "0" }, JSON.stringify(each.body, null, 2))));
}
