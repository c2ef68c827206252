// Live refresh about once a second, and moving bookings by mouse. Everything also works without it.
"use strict";
let drag = null;

async function refresh() {
  for (const part of document.querySelectorAll("[data-live]")) {
    if (drag || document.hidden || part.contains(document.activeElement)) continue;
    try {
      const answer = await fetch(part.dataset.live);
      const text = answer.ok ? await answer.text() : null;
      if (text === null || drag || text === part.seen) continue;
      const box = part.querySelector(".roster");
      const place = box ? [box.scrollLeft, box.scrollTop] : null;
      part.seen = text;
      part.innerHTML = text;
      if (place) part.querySelector(".roster").scrollTo(...place);
    } catch { /* the sandbox is restarting; the next second tries again */ }
  }
}
setInterval(refresh, 1000);

document.addEventListener("pointerdown", (event) => {
  const block = event.target.closest(".block.movable");
  if (!block || event.button !== 0 || event.pointerType === "touch") return;
  const roster = block.closest(".roster");
  drag = {
    block, roster, y: event.clientY, x: event.clientX, moved: false, lane: block.closest(".lane"),
    size: event.target.classList.contains("grip"),
    perMinute: block.closest(".lane").clientHeight / (roster.dataset.hours * 60),
    minute: Number(block.dataset.minute), length: Number(block.dataset.length),
  };
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 5) return;
  drag.moved = true;
  drag.block.classList.add("dragged");
  const step = Math.round((event.clientY - drag.y) / drag.perMinute / 15) * 15;
  if (drag.size) {
    drag.newLength = Math.max(15, drag.length + step);
    drag.block.style.height = `${drag.newLength * drag.perMinute}px`;
    return;
  }
  const first = drag.roster.dataset.first * 60;
  const last = first + drag.roster.dataset.hours * 60 - drag.length;
  drag.newMinute = Math.min(Math.max(drag.minute + step, first), Math.max(first, last));
  drag.block.style.top = `${(drag.newMinute - first) * drag.perMinute}px`;
  const lane = [...drag.roster.querySelectorAll('.lane[data-mode="time"]')].find((each) => {
    const box = each.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX < box.right;
  });
  if (lane && lane !== drag.lane) {
    drag.lane = lane;
    lane.append(drag.block);
    Object.assign(drag.block.style, { left: 0, width: "100%" });
  }
});

document.addEventListener("pointerup", async () => {
  if (!drag) return;
  const done = drag;
  drag = null;
  if (!done.moved) return;
  document.addEventListener("click", (event) => event.preventDefault(), { once: true, capture: true });
  await move(done.block.dataset.id, {
    day: done.roster.dataset.day, object_id: done.lane.dataset.object,
    minute: done.newMinute ?? done.minute, length: done.newLength ?? done.length,
  });
});

async function move(id, form) {
  const answer = await fetch(`/bookings/${id}/move`, { method: "POST", body: new URLSearchParams(form) });
  const result = answer.ok ? await answer.json() : { moved: false, messages: ["The move failed"] };
  const notice = document.getElementById("notice");
  notice.hidden = result.moved;
  notice.textContent = result.moved ? "" : `Conflicting bookings: ${result.messages.join("; ")}. `;
  if (!result.moved && !form.override) {
    const button = document.createElement("button");
    button.textContent = "Override conflict";
    button.onclick = () => move(id, { ...form, override: 1 });
    notice.append(button);
  }
  for (const part of document.querySelectorAll("[data-live]")) part.seen = undefined;
  document.activeElement?.blur();
  refresh();
}
