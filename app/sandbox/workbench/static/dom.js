// Building the page from nodes only. No string ever becomes markup here.

/** Make an element. `props`: `class`, `dataset`, `on` (listeners), attributes; null, undefined and false are left out. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
}

export function replace(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

export const byId = (id) => document.getElementById(id);

let lastId = 0;
/** An id for pairing a label with its field; ids of a canvas are not used, as they are not ours. */
export const freshId = (stem) => `${stem}-${++lastId}`;

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  back: "M10 3 5 8l5 5",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5 6.5 12 13 4.5",
  arrow: "M3 8h10M9 4l4 4-4 4",
  alert: "M8 3v6M8 12.2v.1",
  out: "M6 3H3v10h10v-3M9 3h4v4M13 3 7.5 8.5",
  refresh: "M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3",
  chevron: "M4 6l4 4 4-4",
  picture: "M2 3h12v10H2zM2 11l4-4 3 3 2-2 3 3",
};

/** A small line drawing, hidden from screen readers: the text beside it speaks. */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  drawing.append(path);
  return drawing;
}

export const spinner = () => h("span", { class: "spinner", "aria-hidden": "true" });

/** A round mark with one or two first letters, coloured by the id, so that one person looks the same everywhere. */
export function avatar(person, size = "m") {
  const hue = [...String(person.id ?? "")].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 8, 7);
  return h("span", { class: `avatar avatar-${size} hue-${hue}`, "aria-hidden": "true" }, initials(person.label ?? ""));
}

function initials(label) {
  const words = label.split(/\s+/).map((word) => word.match(/\p{L}\p{M}*/u)?.[0]).filter(Boolean);
  return (words.length > 1 ? words[0] + words.at(-1) : (words[0] ?? "#")).toUpperCase();
}

const TIME = { hour: "numeric", minute: "2-digit" };
const DAY = { month: "short", day: "numeric" };

/** Unix seconds as a time today, else as a day; the year is named when it is not this one. */
export function shortTime(seconds) {
  if (!seconds) return "";
  const at = new Date(seconds * 1000);
  const now = new Date();
  if (at.toDateString() === now.toDateString()) return at.toLocaleTimeString("en-US", TIME);
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
  return at.toLocaleDateString("en-US", { ...DAY, ...year });
}

export function longTime(seconds) {
  if (!seconds) return "";
  return new Date(seconds * 1000).toLocaleString("en-US", { ...DAY, year: "numeric", ...TIME });
}

/** An empty, failed or finished state in words, with an optional way on. */
export function notice(title, detail, ...actions) {
  return h("div", { class: "notice" }, h("p", { class: "notice-title" }, title), detail && h("p", {}, detail), actions);
}

/** Grey bars while something loads. */
export function skeleton(rows, label) {
  const bars = Array.from({ length: rows }, () => h("span", { class: "bone" }));
  return h("div", { class: "skeleton", role: "status" }, h("span", { class: "sr-only" }, label), bars);
}
