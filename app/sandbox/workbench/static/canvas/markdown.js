// The two marks that Canvas Kit text knows: [label](url) and **bold**. Everything else stays as typed.

import { h } from "../dom.js";

const MARK = /\[([^[\]]+)\]\((https?:\/\/[^\s()]+)\)|\*\*(?!\s)([^*]+?)\*\*/g;

/** Turn text into nodes: text, links that open a new tab, and bold, which may hold links. */
export function marked(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(MARK)) {
    nodes.push(text.slice(end, found.index));
    const [whole, label, url, bold] = found;
    nodes.push(bold === undefined ? newTab(url, {}, label) : h("strong", {}, marked(bold)));
    end = found.index + whole.length;
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== "");
}

/** A link that tells the page it opens nothing about us. Anything but http and https is shown, never linked. */
export function newTab(url, props, ...children) {
  if (!/^https?:\/\//i.test(url)) return h("span", props, ...children);
  return h("a", { ...props, href: url, target: "_blank", rel: "noopener noreferrer" }, ...children);
}
