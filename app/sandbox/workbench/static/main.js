// The workbench: which conversation, which contact and which teammate are shown, and what follows from a change.

import { showActs, noActs } from "./acts.js";
import { ApiFault, get } from "./api.js";
import { appCard } from "./app_card.js";
import { callsChanged, startCalls } from "./calls.js";
import { startContacts } from "./contacts.js";
import { detailsEmpty, detailsLoading, showDetails } from "./details.js";
import { byId, h, notice, replace } from "./dom.js";
import { startDrawer } from "./drawer.js";
import { faultsChanged, startFaults } from "./faults.js";
import { startHazards } from "./hazards.js";
import { loadInbox, refreshInbox, select, startInbox } from "./inbox.js";
import { startInstall } from "./install.js";
import { whileVisible } from "./news.js";
import { startPhone } from "./phone.js";
import { startQueue } from "./queue.js";
import { showThread, threadEmpty, threadFailed, threadLoading } from "./thread.js";
import { startTools } from "./tools.js";
import { startWebhooks } from "./webhooks.js";
import { notInstalled, showWorkspaces } from "./workspaces.js";

/** Intercom asks for the first five participants of a group conversation at once. */
const ASKED_AT_ONCE = 5;
const shown = { id: null, conversation: null, contactId: null, cards: new Map(), turn: 0 };
const slot = byId("app-slot");
const teammate = byId("teammate");

const adminId = () => teammate.value;
const view = (name) => { document.body.dataset.view = name; };

function openFromAddress() {
  const id = new URLSearchParams(location.search).get("conversation");
  if (id) return open(id);
  shown.turn += 1;
  shown.id = null;
  select(null);
  shown.conversation = null;
  threadEmpty();
  detailsEmpty();
  noActs();
  replace(slot);
  view("list");
  return undefined;
}

function navigate(id) {
  const address = new URL(location.href);
  address.searchParams.set("conversation", id);
  if (address.href !== location.href) history.pushState(null, "", address);
  return open(id);
}

/** Show a conversation from nothing: a fresh card and a fresh initialize, as Intercom does on every switch. */
async function open(id) {
  const turn = ++shown.turn;
  shown.id = id;
  shown.cards.clear();
  select(id);
  view("thread");
  threadLoading();
  detailsLoading();
  noActs();
  replace(slot);
  const conversation = await load(id, turn);
  if (!conversation) return;
  draw(conversation, conversation.contact.id);
  showCard();
  const others = conversation.participants.slice(0, ASKED_AT_ONCE).filter((person) => person.id !== shown.contactId);
  for (const person of notInstalled() ? [] : others) ensureCard(person.id);
}

async function load(id, turn) {
  try {
    const { conversation } = await get(`/conversations/${encodeURIComponent(id)}`);
    return turn === shown.turn ? conversation : null;
  } catch (fault) {
    if (!(fault instanceof ApiFault)) throw fault;
    if (turn !== shown.turn) return null;
    threadFailed(fault.message, h("button", { type: "button", class: "button", on: { click: () => open(id) } }, "Try again"));
    detailsEmpty();
    return null;
  }
}

function draw(conversation, contactId) {
  shown.conversation = conversation;
  shown.contactId = contactId;
  document.title = `${conversation.contact.label} · Kinbox workbench`;
  showThread(conversation);
  showDetails(conversation.participants, contactId, choose);
  showActs(conversation, conversation.participants.find((person) => person.id === contactId), adminId, afterAct);
}

/** Another participant: Intercom asks for a canvas anew. */
function choose(contactId) {
  shown.cards.delete(contactId);
  draw(shown.conversation, contactId);
  showCard();
}

/** Intercom has no app to show beside a conversation whose contact it does not serve. */
function showCard() {
  const person = shown.conversation.participants.find((each) => each.id === shown.contactId);
  const missing = notInstalled();
  if (missing) replace(slot, missing);
  else if (person && !person.gone) replace(slot, ensureCard(shown.contactId));
  else replace(slot, notice("Kinbox is not asked", "Intercom asks an app only about a contact that it still serves."));
}

function ensureCard(contactId) {
  if (!shown.cards.has(contactId)) {
    const card = appCard({ conversationId: shown.id, contactId, adminId, onAnswer: afterClick });
    shown.cards.set(contactId, card.node);
    card.initialize();
  }
  return shown.cards.get(contactId);
}

/** A click may have changed anything: read list, thread and details again, but leave the canvas that came back. */
async function afterClick() {
  callsChanged();
  faultsChanged();
  loadInbox();
  const conversation = await load(shown.id, shown.turn);
  if (!conversation) return;
  const still = conversation.participants.some((person) => person.id === shown.contactId);
  draw(conversation, still ? shown.contactId : conversation.contact.id);
}

/** Something was done in Intercom: the page follows, and the canvas stays until it is asked for again. */
async function afterAct(conversationIsGone) {
  if (!conversationIsGone) return afterClick();
  loadInbox();
  history.pushState(null, "", withoutConversation());
  return openFromAddress();
}

function withoutConversation() {
  const address = new URL(location.href);
  address.searchParams.delete("conversation");
  return address;
}

/** Somebody may have written: the list and the open thread follow, the canvas stays. */
async function lookForNews() {
  await refreshInbox();
  const { id, turn, conversation: before } = shown;
  if (!before || before.id !== id) return;
  const { conversation } = await get(`/conversations/${encodeURIComponent(id)}`);
  if (turn !== shown.turn || shown.conversation !== before || JSON.stringify(conversation) === JSON.stringify(before)) return;
  const still = conversation.participants.some((person) => person.id === shown.contactId);
  draw(conversation, still ? shown.contactId : conversation.contact.id);
}

async function loadWorkspace() {
  const workspace = await get("/workspace");
  showWorkspaces(workspace.workspaces, workspace.app_id);
  replace(teammate, workspace.admins.map((admin) => h("option", { value: admin.id }, admin.name)));
  return workspace;
}

async function startWorkspace() {
  const workspace = await loadWorkspace();
  if (workspace.phone) startPhone(lookForNews);
  if (workspace.queue) startQueue();
}

/** The app came or went. */
async function afterInstall() {
  const before = teammate.value;
  await loadWorkspace();
  teammate.value = before;
  if (shown.conversation) showCard();
}

async function start() {
  startDrawer();
  startCalls();
  startContacts();
  startFaults();
  startHazards();
  startInstall(afterInstall);
  startTools();
  startWebhooks();
  startInbox(navigate);
  teammate.addEventListener("change", () => shown.id && open(shown.id));
  byId("refresh").addEventListener("click", () => { loadInbox(); if (shown.id) open(shown.id); });
  byId("to-list").addEventListener("click", () => view("list"));
  byId("to-thread").addEventListener("click", () => view("thread"));
  byId("to-details").addEventListener("click", () => view("details"));
  addEventListener("popstate", openFromAddress);
  try {
    await startWorkspace();
  } catch (fault) {
    threadFailed(fault.message, h("button", { type: "button", class: "button", on: { click: () => location.reload() } }, "Try again"));
    return;
  }
  await Promise.all([loadInbox(), openFromAddress()]);
  whileVisible(lookForNews);
}

start();
