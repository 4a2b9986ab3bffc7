// A whole canvas: its components in order, and the values that a submit sends.

import { h } from "../dom.js";
import { button, list } from "./actions.js";
import { checkbox, dropdown, input, singleSelect, textarea } from "./fields.js";
import { dataTable, divider, image, spacer, text } from "./presentation.js";

const SHOWN = { text, image, divider, spacer, button, list, "data-table": dataTable };
const HOLDING = { input, textarea, dropdown, checkbox, "single-select": singleSelect };

/**
 * Draw a canvas. `settings`: `pictures` (load images), `blank()` (how an empty value is sent: "text", "left-out", "null"),
 * `onSubmit(componentId, inputValues, node)`. Returns {node, lock, values}.
 */
export function renderCanvas(canvas, settings) {
  const readers = new Map();
  const values = () => inputValues(readers, settings.blank());
  const context = { pictures: settings.pictures, act: (component, node) => act(component, node) };
  const blocks = canvas.content.components.map((component) => block(component, context, readers));
  const node = h("div", { class: "k-canvas" }, blocks);

  function act(component, origin) {
    if (node.getAttribute("aria-busy") === "true") return;
    if (component.action?.type === "url") window.open(component.action.url, "_blank", "noopener,noreferrer");
    else if (component.action?.type === "submit") settings.onSubmit(component.id, values(), origin);
  }
  return { node, values, lock: (origin) => lock(node, origin) };
}

function block(component, context, readers) {
  const margin = component.bottom_margin === "none" ? " no-margin" : "";
  const props = { class: `k-block${margin}`, dataset: { component: component.id ?? "", type: component.type } };
  return h("div", props, drawn(component, context, readers));
}

function drawn(component, context, readers) {
  if (Object.hasOwn(HOLDING, component.type)) {
    const { node, value } = HOLDING[component.type](component, context);
    readers.set(component.id, value);
    return node;
  }
  return Object.hasOwn(SHOWN, component.type) ? SHOWN[component.type](component, context) : null;
}

function inputValues(readers, blank) {
  const entries = [...readers].map(([id, read]) => [id, read()]);
  if (blank === "left-out") return Object.fromEntries(entries.filter(([, value]) => value.length > 0));
  return Object.fromEntries(entries.map(([id, value]) => [id, value.length === 0 && blank === "null" ? null : value]));
}

/** Show that an answer is awaited: the clicked element turns, and nothing else can be clicked until the canvas is replaced. */
function lock(node, origin) {
  node.setAttribute("aria-busy", "true");
  origin?.classList.add("is-waiting");
}
