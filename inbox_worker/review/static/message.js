// The message page: what would change, more people, search, attachments.
"use strict";
const form = document.getElementById("form");
const change = document.getElementById("change");
const PAUSE = 350; // milliseconds after the last key
let timer = 0;
let asked = 0;
let touched = false;

async function rehearse() {
  if (!form.dataset.try) return;
  const number = ++asked;
  const answer = await fetch(form.dataset.try, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (number === asked && answer.ok) change.innerHTML = await answer.text(); // escaped by our server
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(() => rehearse().catch(() => {}), PAUSE);
}

function morePeople(field) {
  const list = field.closest(".people");
  const last = list.lastElementChild;
  if (![...last.querySelectorAll("input")].some((one) => one.value)) return;
  const next = last.cloneNode(true);
  const number = list.querySelectorAll(".person").length + 1;
  for (const one of next.querySelectorAll("input")) {
    one.value = "";
    one.setAttribute("aria-label", one.getAttribute("aria-label").replace(/\d+$/, number));
  }
  list.append(next);
}

async function suggest(field) {
  const answer = await fetch(`${field.dataset.search}?q=${encodeURIComponent(field.value)}`);
  if (!answer.ok) return;
  const list = document.getElementById(field.getAttribute("list"));
  list.replaceChildren(...(await answer.json()).map((words) => Object.assign(document.createElement("option"), { value: words })));
}

form.addEventListener("input", (event) => {
  touched = true;
  if (event.target.closest(".people")) morePeople(event.target);
  if (event.target.dataset.search) suggest(event.target).catch(() => {});
  later();
});
form.addEventListener("submit", () => {
  touched = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(document.getElementById("save"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (link) {
    event.preventDefault();
    location.assign(link.href);
  }
});
window.addEventListener("beforeunload", (event) => {
  if (touched) event.preventDefault();
});

for (const name of ["organisation", "partstat", "delegates", "people"]) {
  for (const field of document.querySelectorAll(`.field-${name}`)) {
    const mark = (on) => document.querySelectorAll(`mark.${name}`).forEach((one) => one.classList.toggle("lit", on));
    field.addEventListener("focusin", () => mark(true));
    field.addEventListener("focusout", () => mark(false));
  }
}

async function load(place) {
  const answer = await fetch(place.dataset.load);
  if (answer.ok) place.innerHTML = await answer.text(); // escaped by our server
}
const attachments = document.getElementById("attachments");
if (attachments && attachments.dataset.load) load(attachments).catch(() => {});
rehearse().catch(() => {});
