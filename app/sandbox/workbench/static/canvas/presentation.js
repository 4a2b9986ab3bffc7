// Components that only show: text, image, divider, spacer, data-table.

import { h, icon } from "../dom.js";
import { marked, newTab } from "./markdown.js";

const known = (value, values, otherwise) => (values.includes(value) ? value : otherwise);

export function text(component) {
  const style = known(component.style, ["header", "paragraph", "muted", "error"], "paragraph");
  const align = known(component.align, ["left", "center", "right"], "left");
  const tag = style === "header" ? "h3" : "p";
  return h(tag, { class: `k-text k-${style} align-${align}` }, marked(String(component.text ?? "")));
}

export function divider() {
  return h("hr", { class: "k-divider" });
}

export function spacer(component) {
  return h("div", { class: `k-spacer k-spacer-${known(component.size, ["xs", "s", "m", "l", "xl"], "s")}` });
}

export function image(component, canvas) {
  const align = known(component.align, ["left", "center", "right", "full_width"], "left");
  const shape = picture(component.url, component.width, component.height, component.rounded === true, canvas);
  const linked = component.action?.type === "url";
  const shown = linked ? newTab(component.action.url, { "aria-label": "Picture, opens a new tab" }, shape) : shape;
  return h("div", { class: `k-image align-${align}` }, shown);
}

/** A picture in its true size. Off the internet (the default) its place is drawn and its host named instead. */
export function picture(url, width, height, rounded, canvas) {
  const shape = canvas.pictures ? h("img", { src: url, alt: "", width, height }) : placeholder(url);
  shape.classList.add("k-picture");
  shape.classList.toggle("rounded", rounded);
  shape.style.width = `${Number(width) || 40}px`;
  shape.style.aspectRatio = `${Number(width) || 1} / ${Number(height) || 1}`;
  return shape;
}

function placeholder(url) {
  const words = `Picture from ${host(url)}, not loaded`;
  return h("span", { class: "k-placeholder", role: "img", "aria-label": words, title: words }, icon("picture"));
}

function host(url) {
  return URL.canParse(url) ? new URL(url).host : "an unreadable address";
}

export function dataTable(component) {
  const rows = (component.items ?? []).map((item) => [
    h("dt", { title: item.field }, String(item.field ?? "")),
    tableValue(String(item.value ?? "")),
  ]);
  return h("dl", { class: "k-table" }, rows);
}

/** The Inbox cuts a long value and shows all of it on hover; the keyboard gets the same by focus. */
function tableValue(value) {
  const cell = h("dd", { title: value }, value);
  requestAnimationFrame(() => {
    if (cell.scrollWidth > cell.clientWidth) cell.tabIndex = 0;
  });
  return cell;
}
