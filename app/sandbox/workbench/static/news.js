// Looking for news: every two seconds, and only while somebody can see the page.

import { ApiFault } from "./api.js";

const EVERY_MS = 2000;

/** Call `look` again and again, never twice at once. What the API refuses is left for the next look. */
export function whileVisible(look) {
  let looking = false;
  const tick = async () => {
    if (looking || document.visibilityState !== "visible") return;
    looking = true;
    try {
      await look();
    } catch (fault) {
      if (!(fault instanceof ApiFault)) throw fault;
    } finally {
      looking = false;
    }
  };
  setInterval(tick, EVERY_MS);
  document.addEventListener("visibilitychange", tick);
}
