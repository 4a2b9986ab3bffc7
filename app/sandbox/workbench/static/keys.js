// Moving about by arrow keys.

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** Let arrow keys, Home and End move the focus among the elements that `items` gives at that moment. */
export function arrows(container, items) {
  container.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement);
    const to = target(event.key, at, all.length);
    if (at < 0 || to === null) return;
    event.preventDefault();
    for (const item of all) item.tabIndex = -1;
    all[to].tabIndex = 0;
    all[to].focus();
  });
}

function target(key, at, count) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return key in STEPS ? (at + STEPS[key] + count) % count : null;
}
