// Kinbox's inbox: how much waits, and what became of the latest events.

import { ApiFault, get } from "./api.js";
import { byId, h, notice, replace, shortTime } from "./dom.js";
import { isShown, whenShown } from "./drawer.js";
import { whileVisible } from "./news.js";

const panel = byId("queue");
const PILLS = { done: "pill-good", dead: "pill-bad", delayed: "pill-warn", part: "pill-warn" };
const REASONS = {
  rate_limited: "Intercom's rate limit is reached",
  in_doubt: "looking whether an earlier call took effect",
  disconnected: "Intercom refuses the token",
  media_not_ready: "the file is not ready at the provider",
  Unavailable: "Intercom does not answer",
  TimedOut: "Intercom answers too late",
  Unreadable: "Intercom's answer cannot be read",
};
let drawn = "";

export function startQueue() {
  byId("tab-queue").hidden = false;
  whenShown("queue", load);
  whileVisible(() => (isShown("queue") ? load() : undefined));
}

async function load() {
  try {
    const queue = await get("/queue");
    if (JSON.stringify(queue) === drawn) return;
    drawn = JSON.stringify(queue);
    replace(panel, depth(queue), queue.events.length ? h("ul", { class: "events", "aria-label": "Latest events" }, queue.events.map(row))
      : notice("Nothing came yet", "Write something from the customer's phone, and it shows here."));
  } catch (fault) {
    if (!(fault instanceof ApiFault)) throw fault;
    drawn = "";
    replace(panel, notice("The queue could not be read", fault.message));
  }
}

function depth(queue) {
  const figure = (name, value) => h("div", { class: value && name !== "Waiting" ? "is-warn" : null }, h("dt", {}, name), h("dd", {}, value));
  return h("dl", { class: "figures", "aria-label": "Depth of the queue" },
    figure("Waiting", queue.waiting), figure("Delayed", queue.delayed), figure("Dead", queue.dead));
}

function row(event) {
  const facts = [event.took_s !== null && `after ${event.took_s} s`, event.next_try_in_s !== null && `again in ${event.next_try_in_s} s`,
    event.attempts > 0 && `${event.attempts} failed ${event.attempts === 1 ? "try" : "tries"}`].filter(Boolean);
  const reason = event.state !== "done" && event.reason && (REASONS[event.reason] ?? event.reason.replaceAll("_", " "));
  return h("li", {},
    h("span", { class: `pill ${PILLS[event.state] ?? "pill-plain"}` }, event.state),
    h("span", { class: "event-words" }, h("strong", {}, event.channel ?? "intercom"), " ", h("code", { title: event.event_id }, event.event_id),
      reason && h("span", { class: "event-reason" }, reason)),
    h("span", { class: "event-facts" }, h("time", {}, shortTime(event.received_at)), facts.length > 0 && h("span", {}, facts.join(", "))));
}
