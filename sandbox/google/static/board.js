// Draws the calendars, lets a person move events by mouse, and asks for news every second.
"use strict";

const board = document.getElementById("board");
const dialog = document.getElementById("dialog");
const HOUR = 44, STEP = 15;
const hidden = new Set(JSON.parse(sessionStorage.getItem("hidden") || "[]"));
let state = null, drawn = "", drag = null;

const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};
const minutes = (text) => Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16));
const clock = (total) => [Math.floor(total / 60), total % 60].map((n) => String(n).padStart(2, "0")).join(":");
const calendarOf = (id) => state.calendars.find((calendar) => calendar.id === id) || {};
const formAddress = (parameters) => "/page/event?" + new URLSearchParams({ ...parameters, back: board.dataset.here });

function say(text) {
  const message = document.getElementById("message");
  message.textContent = text;
  message.hidden = !text;
}

async function ask(method, path, body) {
  const answer = await fetch(path, {
    method, body: body && JSON.stringify(body), headers: { "Content-Type": "application/json" },
  });
  if (answer.ok) return say("");
  const content = await answer.json().catch(() => null);
  say(content ? content.error.message : `Answer ${answer.status}`);
}
const eventPath = (calendar, id) => `/control/calendars/${encodeURIComponent(calendar)}/events/${encodeURIComponent(id)}`;

// --- drawing ---------------------------------------------------------------------------------------------

function columns() {
  const shown = state.calendars.filter((calendar) => !hidden.has(calendar.id));
  if (board.dataset.view === "day") {
    return shown.map((calendar) => ({ day: state.days[0], calendar: calendar.id, title: calendar.summary, sub: "" }));
  }
  return state.days.map((day) => {
    const date = new Date(day + "T12:00");
    const sub = date.toLocaleDateString("en-GB", { weekday: "short" });
    return { day, calendar: null, title: String(date.getDate()), sub, today: day === state.today };
  });
}

function draw() {
  const all = columns();
  const top = board.scrollTop, left = board.scrollLeft, first = !board.children.length;
  board.style.setProperty("--count", all.length);
  board.replaceChildren(element("div", { class: "head" }));
  for (const column of all) {
    const head = element("div", { class: column.today ? "head today" : "head" }, `${column.sub} `, element("b", {}, column.title));
    board.append(head);
  }
  board.append(element("div", { class: "allday" }));
  for (const column of all) {
    const cell = element("div", { class: "allday" });
    eventsOf(column).filter((event) => event.all_day).forEach((event) => cell.append(block(event, "event flat")));
    board.append(cell);
  }
  const hours = element("div", { class: "hours" });
  for (let hour = 1; hour < 24; hour += 1) hours.append(element("span", { style: `top:${hour * HOUR}px` }, `${hour}:00`));
  board.append(hours);
  for (const column of all) board.append(drawDay(column));
  board.scrollTop = first ? 7.5 * HOUR : top;
  const head = board.querySelector(".head.today");
  board.scrollLeft = first && head ? head.offsetLeft - 60 : left;
}

function eventsOf(column) {
  const next = new Date(column.day + "T12:00");
  next.setDate(next.getDate() + 1);
  const after = `${next.getFullYear()}-${String(next.getMonth() + 1).padStart(2, "0")}-${String(next.getDate()).padStart(2, "0")}`;
  return state.events.filter((event) =>
    !hidden.has(event.calendar) && (!column.calendar || event.calendar === column.calendar) &&
    event.start < after + "T00:00" && (event.end > column.day + "T00:00" || event.start.startsWith(column.day)));
}

function drawDay(column) {
  const cell = element("div", { class: "day", "data-day": column.day, "data-calendar": column.calendar || "" });
  const timed = eventsOf(column).filter((event) => !event.all_day).map((event) => ({
    event,
    from: event.start.startsWith(column.day) ? minutes(event.start) : 0,
    to: event.end.startsWith(column.day) ? Math.max(minutes(event.end), minutes(event.start) + 20) : 1440,
  })).sort((a, b) => a.from - b.from || b.to - a.to);
  let group = [], end = 0;
  const place = () => {
    const lanes = Math.max(0, ...group.map((item) => item.lane + 1));
    for (const item of group) {
      const made = block(item.event, "event");
      made.style.top = `${item.from / 60 * HOUR}px`;
      made.style.height = `${Math.max(18, (item.to - item.from) / 60 * HOUR - 2)}px`;
      made.style.left = `calc(${item.lane / lanes * 100}% + 2px)`;
      made.style.width = `calc(${100 / lanes}% - 5px)`;
      cell.append(made);
    }
    group = [];
  };
  for (const item of timed) {
    if (item.from >= end) place();
    const busy = new Set(group.filter((other) => other.to > item.from).map((other) => other.lane));
    for (item.lane = 0; busy.has(item.lane); item.lane += 1);
    group.push(item);
    end = Math.max(item.from >= end ? 0 : end, item.to);
  }
  place();
  cell.addEventListener("dblclick", (click) => {
    if (click.target !== cell) return;
    const from = Math.floor((click.clientY - cell.getBoundingClientRect().top) / HOUR * 60 / 30) * 30;
    const fallback = state.calendars.filter((calendar) => calendar.writable && !hidden.has(calendar.id));
    const calendar = column.calendar || (fallback[1] || fallback[0] || {}).id || "";
    open(formAddress({ calendar, start: `${column.day}T${clock(from)}` }));
  });
  return cell;
}

function block(event, kind) {
  const calendar = calendarOf(event.calendar);
  const marks = [event.copy && "copy", event.tentative && "tentative"].filter(Boolean).join(" ");
  const time = event.all_day ? "all day" : `${event.start.slice(11)}–${event.end.slice(11)}`;
  const signs = [event.series && "↻", event.guests && `${event.guests} ${event.guests === 1 ? "guest" : "guests"}`, event.meet && "Meet"].filter(Boolean).join(" · ");
  const made = element("a", {
    class: `${kind} ${marks}`, href: formAddress({ calendar: event.calendar, id: event.id }), draggable: "false",
    style: `--colour:${calendar.colour}`, "data-id": event.id, "data-calendar": event.calendar,
    title: `${event.title}, ${time}, ${calendar.summary}`, "aria-label": `${event.title}, ${event.start.replace("T", " ")}, ${calendar.summary}`,
  }, element("b", {}, event.title), event.all_day ? "" : element("time", {}, time), signs ? element("span", {}, ` ${signs}`) : "");
  made.addEventListener("click", (click) => { click.preventDefault(); if (!drag) open(made.href); });
  if (calendar.writable && !event.all_day) made.addEventListener("pointerdown", (down) => grab(down, made, event));
  return made;
}

// --- moving by mouse -------------------------------------------------------------------------------------

function grab(down, made, event) {
  if (down.button !== 0 || down.pointerType === "touch") return;
  down.preventDefault();
  const length = (new Date(event.end) - new Date(event.start)) / 60000;
  const grip = down.clientY - made.getBoundingClientRect().top;
  let moved = false, target = null;
  const move = (now) => {
    if (!moved && Math.hypot(now.clientX - down.clientX, now.clientY - down.clientY) < 5) return;
    moved = true; drag = made;
    made.classList.add("dragged");
    made.style.pointerEvents = "none";
    const cell = document.elementsFromPoint(now.clientX, now.clientY).find((e) => e.classList.contains("day"));
    if (!cell) return;
    const raw = (now.clientY - grip - cell.getBoundingClientRect().top) / HOUR * 60;
    const from = Math.max(0, Math.min(1440 - STEP, Math.round(raw / STEP) * STEP));
    target = { day: cell.dataset.day, calendar: cell.dataset.calendar || event.calendar, from };
    if (made.parentElement !== cell) cell.append(made);
    made.style.top = `${from / 60 * HOUR}px`;
    const time = made.querySelector("time");
    if (time) time.textContent = `${clock(from)}–${clock((from + length) % 1440)}`;
    made.style.left = "2px"; made.style.width = "calc(100% - 5px)";
    document.querySelectorAll(".day.over").forEach((e) => e.classList.remove("over"));
    cell.classList.add("over");
  };
  const finish = async (ended) => {
    document.removeEventListener("pointermove", move);
    document.removeEventListener("pointerup", finish);
    document.removeEventListener("keydown", cancel);
    if (moved && target && ended) await drop(event, target, length);
    // the click that follows the release must not open the form
    setTimeout(() => { drag = null; drawn = ""; refresh(); }, 0);
  };
  const cancel = (key) => { if (key.key === "Escape") finish(null); };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", finish);
  document.addEventListener("keydown", cancel);
}

async function drop(event, target, length) {
  let where = event.calendar;
  if (target.calendar !== where) {
    await ask("POST", `${eventPath(where, event.id)}/move`, { destination: target.calendar });
    if (!document.getElementById("message").hidden) return;
    where = target.calendar;
  }
  const start = `${target.day}T${clock(target.from)}`;
  if (start === event.start) return;
  const zone = calendarOf(where).zone;
  const later = new Date(new Date(start + "Z").getTime() + length * 60000).toISOString().slice(0, 16);
  const moment = (text) => ({ dateTime: `${text}:00`, timeZone: zone });
  await ask("PATCH", eventPath(where, event.id), { start: moment(start), end: moment(later) });
}

// --- the rest of the page --------------------------------------------------------------------------------

async function open(address) {
  const text = await (await fetch(address)).text();
  const main = new DOMParser().parseFromString(text, "text/html").querySelector("main");
  dialog.replaceChildren(main);
  main.querySelectorAll("a.button").forEach((link) => link.addEventListener("click", (click) => { click.preventDefault(); dialog.close(); }));
  dialog.showModal();
}

function fill(name, items, line) {
  document.getElementById(`${name}-count`).textContent = items.length ? `(${items.length})` : "";
  const list = document.getElementById(name);
  list.replaceChildren(...(items.length ? items.map(line) : [element("li", { class: "empty" }, "none yet")]));
}

function drawSide() {
  fill("bin", state.bin, (event) => {
    const link = element("a", { href: formAddress({ calendar: event.calendar, id: event.id }) }, event.title);
    link.addEventListener("click", (click) => { click.preventDefault(); open(link.href); });
    const button = element("button", { class: "plain", "aria-label": `Restore ${event.title}` }, "Restore");
    button.addEventListener("click", async () => { await ask("POST", `${eventPath(event.calendar, event.id)}/restore`); refresh(); });
    return element("li", {}, link, button);
  });
  fill("channels", state.channels, (channel) =>
    element("li", {}, `${channel.calendar}`, element("small", {}, `${channel.live ? "live" : "ended"}, message ${channel.number}`)));
  fill("mails", state.mails, (mail) => element("li", {}, mail.to, element("small", {}, mail.kind)));
}

function drawChips() {
  const chips = document.getElementById("chips");
  chips.querySelectorAll("label").forEach((label) => label.remove());
  for (const calendar of state.calendars) {
    const box = element("input", { type: "checkbox", style: `--colour:${calendar.colour}` });
    box.checked = !hidden.has(calendar.id);
    box.addEventListener("change", () => {
      if (box.checked) hidden.delete(calendar.id); else hidden.add(calendar.id);
      sessionStorage.setItem("hidden", JSON.stringify([...hidden]));
      draw();
    });
    chips.append(element("label", {}, box, calendar.summary));
  }
}

async function refresh() {
  if (drag) return;
  try {
    const query = new URLSearchParams({ view: board.dataset.view, from: board.dataset.from });
    if (state && drawn) query.set("seen", drawn);
    const news = await (await fetch(`/page/state?${query}`)).json();
    document.getElementById("clock").textContent = news.now;
    if (!news.calendars || drag) return;
    state = news;
  } catch { return; }
  drawn = String(state.version);
  drawChips(); draw(); drawSide();
}

document.getElementById("new").addEventListener("click", (click) => { click.preventDefault(); open(click.currentTarget.href); });
refresh();
setInterval(refresh, 1000);
