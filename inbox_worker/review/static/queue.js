// The queue: keys, ruling without leaving the page, and rows that come and go by themselves.
"use strict";
const rows = document.getElementById("rows");
const said = document.getElementById("said");
const help = document.getElementById("help");
const EVERY = 4000; // milliseconds between looks
let tag = "";
let current = null; // id of the row the keys act on
let busy = false;

const all = () => [...rows.querySelectorAll("li.row")];
const row = () => (current && document.getElementById(current)) || null;
const undoable = () => JSON.parse(sessionStorage.getItem("undo") || "[]");
const remember = (list) => sessionStorage.setItem("undo", JSON.stringify(list.slice(-100)));

function say(words, bad) {
  said.textContent = words;
  said.classList.toggle("bad", Boolean(bad));
}

function choose(next, focus = true) {
  for (const one of all()) one.classList.toggle("here", one === next);
  current = next ? next.id : null;
  if (!next) return;
  if (focus) next.querySelector("a.open").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const list = all();
  const at = list.indexOf(row());
  choose(list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + by))]);
}

async function look(force) {
  const headers = tag && !force ? { "If-None-Match": tag } : {};
  const answer = await fetch(rows.dataset.rows, { headers, cache: "no-store" });
  if (answer.status === 304 || busy) return;
  if (!answer.ok) {
    say(answer.status === 403 ? "You are signed out; sign in again." : "The server does not answer as it should.", true);
    return;
  }
  const fresh = answer.headers.get("ETag");
  const text = await answer.text();
  if (fresh === tag && !force) return;
  tag = fresh;
  const list = all();
  const at = list.indexOf(row());
  const selected = new Set(list.filter((one) => one.querySelector("input").checked).map((one) => one.id));
  const focused = rows.contains(document.activeElement) || document.activeElement === document.body;
  rows.innerHTML = text; // made by our server, which escapes what people wrote
  for (const one of all()) one.querySelector("input").checked = selected.has(one.id);
  const now = all();
  choose(row() || now[Math.min(Math.max(at, 0), now.length - 1)] || null, focused && at >= 0);
  const counted = now.length ? rows.querySelector(".counts b").textContent : "0";
  document.title = `${counted} waiting · Review`;
}

async function post(fields) {
  const body = new URLSearchParams(fields);
  const answer = await fetch(rows.dataset.rule, { method: "POST", body, headers: { Accept: "application/json" } });
  return answer.json().catch(() => ({ ok: false, error: `the server answered ${answer.status}` }));
}

async function rule(act, list) {
  if (busy || !list.length) return;
  busy = true;
  const fields = [["act", act]];
  for (const one of list) fields.push(["item", one.dataset.item], ["revision", one.dataset.revision]);
  const result = await post(fields).catch(() => ({ ok: false, error: "the server cannot be reached; nothing was ruled" }));
  busy = false;
  const done = result.done || [];
  if (done.length) remember([...undoable(), done.flatMap((one) => one.rulings)]);
  const names = { accept: "accepted", dismiss: "dismissed", close: "marked as dealt with" };
  const words = done.length ? `${done.map((one) => one.item).join(", ")} ${names[act]}; u takes it back. ` : "";
  const refused = (result.refused || []).map((one) => `${one.item}: ${one.error}`).join("; ");
  const waits = done.filter((one) => one.waits.length).map((one) => `${one.item} still waits: ${one.waits.join(", ")}. `);
  say(words + waits.join("") + refused + (result.error || ""), Boolean(refused || result.error));
  await look(true);
}

async function undo() {
  const list = undoable();
  const last = list.pop();
  if (!last) return say("There is nothing of yours to undo; a message's page has its whole history.");
  if (busy) return;
  busy = true;
  const result = await post([["act", "undo"], ...[...last].reverse().map((id) => ["item", id])]);
  busy = false;
  remember(list);
  const refused = (result.refused || []).map((one) => `${one.item}: ${one.error}`).join("; ");
  say(refused || result.error || `${last.join(", ")} taken back.`, Boolean(refused || result.error));
  await look(true);
}

function chosen() {
  const selected = all().filter((one) => one.querySelector("input").checked);
  return selected.length ? selected : [row()].filter(Boolean);
}

function accept(list) {
  const stuck = list.find((one) => !one.dataset.act);
  if (stuck) return say(`${stuck.dataset.item} cannot be accepted as it was read: ${stuck.dataset.hindrance}. e opens it.`, true);
  const acts = new Set(list.map((one) => one.dataset.act));
  if (acts.size > 1) return say("Some of these are questions and some are answers; select alike ones.", true);
  return rule([...acts][0], list);
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  a: () => accept(chosen()),
  d: () => rule("dismiss", chosen()),
  u: undo,
  e: () => row() && location.assign(row().querySelector("a.open").href),
  x: () => {
    const box = row() && row().querySelector("input");
    if (box) box.checked = !box.checked;
  },
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
  const act = KEYS[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

rows.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.batch) return accept(all().filter((one) => one.dataset.alike === button.dataset.batch));
  choose(button.closest("li.row"), false);
  if (button.dataset.do === "dismiss") rule("dismiss", [row()]);
  else if (button.dataset.do) accept([row()]);
});
rows.addEventListener("focusin", (event) => {
  const one = event.target.closest("li.row");
  if (one && one.id !== current) choose(one, false);
});
document.querySelector("[data-help]").addEventListener("click", () => help.showModal());

const search = document.querySelector("[data-search]");
search.addEventListener("input", async () => {
  const answer = await fetch(`${search.dataset.search}?q=${encodeURIComponent(search.value)}`);
  if (!answer.ok) return;
  const found = (await answer.json()).map((words) => Object.assign(document.createElement("option"), { value: words }));
  document.getElementById(search.getAttribute("list")).replaceChildren(...found);
});

function arrive() {
  const asked = new URLSearchParams(location.search);
  const place = location.hash.slice(1);
  if (asked.get("ruled")) {
    remember([...undoable(), asked.get("ruled").split(",")]);
    say(`${asked.get("done")} saved; u takes it back.`);
    asked.delete("ruled");
    asked.delete("done");
    history.replaceState(null, "", `${location.pathname}${asked.size ? `?${asked}` : ""}`);
  }
  choose(document.getElementById(place) || all()[0] || null);
}
arrive();
setInterval(() => document.hidden || look(false).catch(() => say("The server cannot be reached.", true)), EVERY);
