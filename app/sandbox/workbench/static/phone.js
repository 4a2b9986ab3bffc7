// The customer's phone: write to the shop from any channel, as somebody new or as somebody known.

import { ApiFault, get, send } from "./api.js";
import { byId, h, icon, replace, shortTime } from "./dom.js";

const phone = byId("phone");
const toggle = byId("phone-toggle");
const channels = byId("phone-channel");
const people = byId("phone-person");
const text = byId("phone-text");
const picture = byId("phone-picture");
const forged = byId("phone-forged");
const log = byId("phone-log");
const problem = byId("phone-problem");
const NEW = "";
const state = { channels: [], people: [], sent: [] };
let afterSending = () => undefined;

/** Offer the phone. `onSent()` is called after each message that went out. */
export function startPhone(onSent) {
  afterSending = onSent;
  toggle.hidden = false;
  toggle.addEventListener("click", () => (phone.hidden ? open() : close()));
  byId("phone-close").addEventListener("click", close);
  phone.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  });
  channels.addEventListener("change", () => showPeople(NEW));
  people.addEventListener("change", showPerson);
  byId("phone-form").addEventListener("submit", (event) => { event.preventDefault(); write(); });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    write();
  });
}

async function open() {
  phone.hidden = false;
  document.body.classList.add("with-phone");
  toggle.setAttribute("aria-expanded", "true");
  await attempt(load);
  text.focus();
}

function close() {
  phone.hidden = true;
  document.body.classList.remove("with-phone");
  toggle.setAttribute("aria-expanded", "false");
  toggle.focus();
}

async function load() {
  Object.assign(state, await get("/phone"));
  const chosen = channels.value;
  const none = state.channels.length === 0;
  for (const field of phone.querySelectorAll("select, input, textarea, [type=submit]")) field.disabled = none;
  if (none) return replace(log, h("p", { class: "phone-hint" }, "No channel reaches this workspace yet. Add one on Kinbox's admin page, and open the phone again."));
  replace(channels, state.channels.map((each) => h("option", { value: each.slug }, `${each.title} to ${each.account}`)));
  if (chosen) channels.value = chosen;
  return showPeople(people.value);
}

const channel = () => state.channels.find((each) => each.slug === channels.value);

function showPeople(chosen) {
  const known = state.people.filter((person) => person.channel === channels.value);
  replace(people, h("option", { value: NEW }, "Somebody new"), known.map((person) => h("option", { value: person.id }, label(person))));
  people.value = known.some((person) => person.id === chosen) ? chosen : NEW;
  showPerson();
}

const label = (person) => (person.name && person.phone && !person.name.includes("(") ? `${person.name}, ${person.phone}` : person.name || person.phone || person.id);

/** What can be typed and sent depends on the channel and on whether the person is new. */
function showPerson() {
  const { known_by: knownBy, names, pictures } = channel();
  for (const node of phone.querySelectorAll(".phone-new")) node.hidden = people.value !== NEW;
  for (const node of phone.querySelectorAll(".phone-named")) node.hidden ||= names === "never";
  byId("phone-id-label").textContent = knownBy === "phone" ? "Number" : "User ID";
  byId("phone-id").placeholder = knownBy === "phone" ? "A new number" : "A new ID";
  byId("phone-id").inputMode = knownBy === "phone" ? "tel" : "text";
  picture.disabled = !pictures;
  if (!pictures) picture.checked = false;
  problem.hidden = true;
  showLog();
}

function showLog() {
  const sent = state.sent.filter((each) => each.channel === channels.value && writer(each) === people.value).reverse();
  replace(log, sent.length ? sent.map(bubble) : h("p", { class: "phone-hint" }, hint()));
  log.scrollTop = log.scrollHeight;
}

/** Whoever was only forged is nobody that Kinbox or the phone knows. */
const writer = (sent) => (state.people.some((each) => each.channel === sent.channel && each.id === sent.person_id) ? sent.person_id : NEW);

const hint = () => (people.value === NEW
  ? "Kinbox has never heard of this person. Their first message makes a lead, unless somebody in Intercom fits."
  : "What this person writes now lands where Kinbox has linked them.");

function bubble(sent) {
  const good = sent.status !== null && sent.status < 300;
  return h("div", { class: "sent" },
    h("div", { class: "sent-text", dir: "auto" }, sent.picture && h("span", { class: "sent-picture" }, icon("picture"), "Picture"), sent.text),
    h("div", { class: "sent-facts" }, h("time", {}, shortTime(sent.at)), sent.forged && " · forged", sent.times > 1 && ` · sent ${sent.times} times`),
    h("div", { class: "sent-facts" }, h("span", { class: `pill ${good ? "pill-good" : "pill-bad"}` }, sent.status ?? "lost"), ` ${sent.words} · ${sent.ms} ms`),
    h("button", { type: "button", class: "sent-again", dataset: { again: sent.id }, on: { click: () => again(sent) } }, "Send again"));
}

async function write() {
  const asked = { channel: channels.value, person_id: people.value || byId("phone-id").value, name: byId("phone-name").value,
    text: text.value, picture: picture.checked, forged: forged.checked };
  await attempt(async () => {
    const { sent } = await send("POST", "/phone/messages", asked);
    text.value = byId("phone-id").value = byId("phone-name").value = "";
    picture.checked = forged.checked = false;
    await load();
    showPeople(sent[0].person_id);
    afterSending();
  });
  text.focus();
}

async function again(sent) {
  await attempt(async () => {
    await send("POST", `/phone/messages/${encodeURIComponent(sent.id)}/again`, {});
    await load();
    afterSending();
  });
  log.querySelector(`[data-again="${CSS.escape(sent.id)}"]`)?.focus();
}

async function attempt(work) {
  problem.hidden = true;
  try {
    await work();
  } catch (fault) {
    if (!(fault instanceof ApiFault)) throw fault;
    problem.textContent = fault.message;
    problem.hidden = false;
  }
}
