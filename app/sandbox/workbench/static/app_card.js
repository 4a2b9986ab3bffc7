// Kinbox's card: asks for a canvas as Intercom would, draws it, and sends each click.

import { ApiFault, send } from "./api.js";
import { renderCanvas } from "./canvas/canvas.js";
import { h, icon, replace, skeleton } from "./dom.js";
import { record, showExchange } from "./requests.js";
import { settings } from "./settings.js";

/** A card for one contact of one conversation. `onAnswer()` is called after each answer to a click. */
export function appCard({ conversationId, contactId, adminId, onAnswer }) {
  const body = h("div", { class: "app-body" });
  const status = h("span", { class: "sr-only", role: "status" });
  const reload = h("button", { type: "button", class: "icon-button", "aria-label": "Ask Kinbox again", title: "Ask Kinbox again" }, icon("refresh"));
  const node = h("section", { class: "app-card", "aria-label": "Kinbox", tabindex: "-1" },
    h("header", { class: "app-head" }, h("span", { class: "app-mark", "aria-hidden": "true" }, "K"), h("h2", {}, "Kinbox"), reload), body, status);
  let current = null;
  let turn = 0;
  reload.addEventListener("click", () => initialize());

  const ask = (fields) => send("POST", "/canvas", {
    conversation_id: conversationId, contact_id: contactId, admin_id: adminId(), contact_name: settings.contactName, ...fields,
  });

  async function initialize() {
    const mine = ++turn;
    replace(body, skeleton(4, "Kinbox is loading"));
    const answer = await exchange("initialize", null, () => ask({ kind: "initialize" }));
    if (mine === turn) show(answer, null);
  }

  async function submit(componentId, inputValues, origin) {
    const mine = ++turn;
    view.lock(origin);
    status.textContent = "Waiting for Kinbox";
    const times = settings.takeTwice() ? 2 : 1;
    const fields = { kind: "submit", component_id: componentId, input_values: inputValues, current_canvas: current };
    await Promise.all(Array.from({ length: times }, async () => {
      const answer = await exchange("submit", componentId, () => ask(fields));
      if (mine === turn) show(answer, componentId);
    }));
    onAnswer();
  }

  let view = null;
  function show(answer, clicked) {
    const focused = node.contains(document.activeElement);
    current = answer.canvas;
    status.textContent = current ? "Kinbox answered" : "";
    if (current) {
      view = renderCanvas(current, { pictures: settings.pictures, blank: () => settings.blank, onSubmit: submit });
      replace(body, view.node);
    } else replace(body, wentWrong(answer.exchangeId, initialize));
    if (focused) refocus(node, clicked);
  }
  return { node, initialize };
}

/** Keep the keyboard where it was: on the same component if it is still there, else on the card. */
function refocus(node, clicked) {
  const same = clicked && node.querySelector(`[data-component="${CSS.escape(clicked)}"]`);
  const target = same?.querySelector("button:not(:disabled), a, input:not(:disabled), select:not(:disabled)");
  (target ?? node).focus({ preventScroll: target === undefined || target === null });
}

/** Run one exchange and record it, whatever comes of it. */
async function exchange(kind, componentId, run) {
  try {
    const answer = await run();
    return { ...answer, exchangeId: record(kind, componentId, answer) };
  } catch (fault) {
    if (!(fault instanceof ApiFault)) throw fault;
    return { canvas: null, exchangeId: record(kind, componentId, { problem: fault.message }) };
  }
}

function wentWrong(exchangeId, again) {
  return h("div", { class: "went-wrong", role: "alert" },
    h("p", { class: "notice-title" }, "Something went wrong"),
    h("p", {}, "Intercom shows no more than this when it cannot use an app's answer."),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "button", on: { click: () => showExchange(exchangeId) } }, "See why"),
      h("button", { type: "button", class: "button button-quiet", on: { click: again } }, "Ask again")));
}
