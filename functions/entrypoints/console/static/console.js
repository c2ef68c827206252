// Nothing here is needed: every action works without it too. It copies, inserts placeholders, marks unknown ones, and
// keeps the live parts of a page up to date.
"use strict";
document.documentElement.classList.add("js");

function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  const before = button.textContent;
  const done = () => {
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = before; }, 2000);
  };
  if (navigator.clipboard) { navigator.clipboard.writeText(field.value).then(done, () => field.select()); return; }
  field.select();
  if (document.execCommand("copy")) done();
}

let lastTemplate = document.querySelector("[data-template]");

function insert(code) {
  if (!lastTemplate) return;
  lastTemplate.setRangeText(code, lastTemplate.selectionStart, lastTemplate.selectionEnd, "end");
  lastTemplate.focus();
  lastTemplate.dispatchEvent(new Event("input", { bubbles: true }));
}

function markUnknown(field) {
  const palette = document.querySelector(".palette");
  const known = new Set(palette.dataset.known.split(" "));
  const names = [...field.value.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1]);
  const unknown = [...new Set(names.filter((name) => !known.has(name) && !/^RES_CUSTOM\d{1,3}$/.test(name)))];
  let line = document.getElementById(field.id + "-unknown");
  if (!line) {
    line = document.createElement("p");
    line.id = field.id + "-unknown";
    line.className = "unknown";
    line.setAttribute("role", "status");
    field.closest(".field").append(line);
  }
  line.textContent = unknown.length ? palette.dataset.unknown + " " + unknown.map((name) => "{" + name + "}").join(", ") : "";
}

// What a person opened or folded stays that way after a refresh.
function keepChosen(here, page) {
  for (const chosen of here.querySelectorAll("details[data-chosen]")) {
    const next = page.getElementById(chosen.id);
    if (!next) continue;
    next.dataset.chosen = "yes";
    next.open = chosen.open;
  }
}

async function refresh(id) {
  const here = document.getElementById(id);
  if (!here || document.hidden || here.contains(document.activeElement)) return;
  const answer = await fetch(location.href, { headers: { "X-Live": "1" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(id);
  if (fresh) keepChosen(here, page);
  if (fresh && here.innerHTML !== fresh.innerHTML) here.replaceWith(fresh);
}

document.addEventListener("click", (event) => {
  const folded = event.target.closest("details[id] > summary");
  if (folded) folded.parentElement.dataset.chosen = "yes";
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.copy) copy(button);
  if (button.dataset.insert) insert(button.dataset.insert);
});
document.addEventListener("keydown", (event) => {
  const target = event.key === "Enter" && event.target.matches("input") && event.target.closest("[data-enter]");
  if (!target) return;
  event.preventDefault();
  document.getElementById(target.dataset.enter).click();
});
document.addEventListener("focusin", (event) => { if (event.target.matches("[data-template]")) lastTemplate = event.target; });
document.addEventListener("input", (event) => { if (event.target.matches("[data-template]")) markUnknown(event.target); });
document.querySelectorAll("[data-template]").forEach(markUnknown);

// Each live part of the page refreshes at its own pace. What was done (`said`) is taken out of the address, so that a
// reload does not say it again.
for (const place of document.querySelectorAll("[data-live]")) {
  if (place.id === "banner" && document.querySelector("[data-live]:not(#banner)")) continue;
  setInterval(() => { refresh(place.id).catch(() => {}); if (place.id !== "banner") refresh("banner").catch(() => {}); }, 1000 * place.dataset.live);
}
const address = new URL(location.href);
if (address.searchParams.has("said")) {
  for (const name of ["said", "undo"]) address.searchParams.delete(name);
  history.replaceState(null, "", address);
}
