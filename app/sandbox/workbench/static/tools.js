// The drawer's tools: how the next requests are sent.

import { byId } from "./dom.js";
import { settings } from "./settings.js";

export function startTools() {
  const twice = byId("tool-twice");
  twice.addEventListener("change", () => { settings.twice = twice.checked; });
  addEventListener("twice-used", () => { twice.checked = false; });
  byId("tool-contact-name").addEventListener("change", (event) => { settings.contactName = event.target.value; });
  byId("tool-blank").addEventListener("change", (event) => { settings.blank = event.target.value; });
  const pictures = byId("tool-pictures");
  pictures.checked = settings.pictures;
  pictures.addEventListener("change", () => {
    const address = new URL(location.href);
    if (pictures.checked) address.searchParams.set("pictures", "load");
    else address.searchParams.delete("pictures");
    location.assign(address);
  });
}
