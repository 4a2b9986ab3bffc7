// Components that act: button and list.

import { h, icon } from "../dom.js";
import { newTab } from "./markdown.js";
import { picture } from "./presentation.js";

/** The style left out is `primary`, as in Intercom. */
export function button(component, canvas) {
  const style = ["secondary", "link"].includes(component.style) ? component.style : "primary";
  const look = `k-button k-button-${style}`;
  if (component.action?.type === "url" && component.disabled !== true) {
    return newTab(component.action.url, { class: look, role: "button" }, component.label, icon("out"));
  }
  const node = h("button", { type: "button", class: look, disabled: component.disabled === true }, component.label);
  node.addEventListener("click", () => canvas.act(component, node));
  return node;
}

export function list(component, canvas) {
  const items = (component.items ?? []).map((item) => h("li", {}, listItem(item, component.disabled === true, canvas)));
  return h("ul", { class: "k-list" }, items);
}

function listItem(item, listDisabled, canvas) {
  const disabled = listDisabled || item.disabled === true;
  const parts = [item.image && itemPicture(item, canvas), itemWords(item)];
  if (!item.action) return h("div", { class: `k-item${disabled ? " is-disabled" : ""}` }, parts);
  if (item.action.type === "url" && !disabled) {
    return newTab(item.action.url, { class: "k-item" }, parts, icon("out"));
  }
  const node = h("button", { type: "button", class: "k-item", disabled }, parts, icon("chevron"));
  node.addEventListener("click", () => canvas.act(item, node));
  return node;
}

const itemPicture = (item, canvas) =>
  picture(item.image, item.image_width ?? 36, item.image_height ?? 36, item.rounded_image === true, canvas);

function itemWords(item) {
  const under = [item.subtitle, item.tertiary_text].filter(Boolean).join(" • ");
  return h("span", { class: "k-words" }, h("span", { class: "k-title" }, item.title), under && h("span", { class: "k-under" }, under));
}
