// Components that hold a value: input, textarea, dropdown, single-select, checkbox.
// Each returns {node, value}: the element, and a function that reads what the teammate chose.

import { freshId, h, icon } from "../dom.js";
import { arrows } from "../keys.js";

const saved = (component) => component.save_state === "saved";
const failed = (component) => component.save_state === "failed" || component.error === true;
const locked = (component) => saved(component) || component.disabled === true;

function field(component, control, id, ...beside) {
  const label = component.label && h("label", { class: "k-label", for: id }, component.label);
  return h("div", { class: `k-field${stateClass(component)}` }, label, h("div", { class: "k-control" }, control, mark(component), beside));
}

const stateClass = (component) => (saved(component) ? " is-saved" : failed(component) ? " is-failed" : "");

/** The look of save_state has words for those who do not see it. */
function mark(component) {
  if (saved(component)) return h("span", { class: "k-mark" }, icon("check"), h("span", { class: "sr-only" }, "Saved"));
  if (failed(component)) return h("span", { class: "k-mark" }, icon("alert"), h("span", { class: "sr-only" }, "Not saved"));
  return null;
}

const common = (component, id) => ({
  id,
  disabled: locked(component),
  "aria-label": component.label ? null : component.placeholder || component.id,
  "aria-invalid": failed(component) ? "true" : null,
});

export function input(component, canvas) {
  const id = freshId("input");
  const box = h("input", {
    ...common(component, id), type: "text", autocomplete: "off", value: component.value ?? "",
    placeholder: component.placeholder, class: component.action ? "has-action" : null,
    on: { keydown: (event) => { if (event.key === "Enter" && act) act.click(); } },
  });
  const act = component.action && !saved(component) ? inlineButton(component, canvas) : null;
  return { node: field(component, box, id, act), value: () => box.value };
}

function inlineButton(component, canvas) {
  const words = `Send ${component.label || component.placeholder || component.id}`;
  const button = h("button", { type: "button", class: "k-inline", disabled: locked(component), "aria-label": words }, icon("arrow"));
  button.addEventListener("click", () => canvas.act(component, button));
  return button;
}

export function textarea(component) {
  const id = freshId("textarea");
  const box = h("textarea", { ...common(component, id), rows: 3, placeholder: component.placeholder, value: component.value ?? "" });
  return { node: field(component, box, id), value: () => box.value };
}

export function dropdown(component, canvas) {
  const id = freshId("dropdown");
  const options = (component.options ?? []).map((option) =>
    h("option", { value: option.id, disabled: option.disabled === true, selected: option.id === component.value }, option.text));
  const blank = h("option", { value: "", disabled: true, selected: !component.value, hidden: true }, "Choose…");
  const box = h("select", common(component, id), blank, options);
  if (component.action) box.addEventListener("change", () => canvas.act(component, box));
  return { node: field(component, box, id, h("span", { class: "k-chevron" }, icon("chevron"))), value: () => box.value };
}

export function singleSelect(component, canvas) {
  let chosen = component.value ?? "";
  const name = freshId("choice");
  const buttons = (component.options ?? []).map((option) => h("button", {
    type: "button", role: "radio", dataset: { id: option.id }, class: "k-choice",
    disabled: locked(component) || option.disabled === true, on: { click: (event) => choose(event.currentTarget) },
  }, option.text));
  const show = () => {
    const stop = buttons.find((button) => button.dataset.id === chosen) ?? buttons.find((button) => !button.disabled);
    for (const button of buttons) {
      button.setAttribute("aria-checked", String(button.dataset.id === chosen));
      button.tabIndex = button === stop ? 0 : -1;
    }
  };
  const choose = (button) => {
    chosen = button.dataset.id;
    show();
    if (component.action) canvas.act(component, button);
  };
  show();
  const group = h("div", { class: "k-choices", role: "radiogroup", "aria-labelledby": component.label && name, "aria-label": component.label ? null : component.id }, buttons);
  arrows(group, () => buttons.filter((button) => !button.disabled));
  const label = component.label && h("span", { class: "k-label", id: name }, component.label);
  return { node: h("div", { class: `k-field${stateClass(component)}` }, label, group, mark(component)), value: () => chosen };
}

export function checkbox(component) {
  const chosen = component.value ?? [];
  const boxes = (component.options ?? component.option ?? []).map((option) => h("input", {
    type: "checkbox", value: option.id, checked: chosen.includes(option.id), disabled: locked(component) || option.disabled === true,
    dataset: { text: option.text },
  }));
  const rows = boxes.map((box) => h("label", { class: "k-check" }, box, h("span", {}, box.dataset.text)));
  const legend = component.label && h("legend", { class: "k-label" }, component.label);
  const node = h("fieldset", { class: `k-field k-checks${stateClass(component)}` }, legend, rows, mark(component));
  return { node, value: () => boxes.filter((box) => box.checked).map((box) => box.value) };
}
