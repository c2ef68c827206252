// Asks for the decisions every second and marks the new ones; only a changed list touches the page.
const list = document.getElementById("decisions");
let last = list.innerHTML;

function keys() {
  return new Set([...list.querySelectorAll("[data-key]")].map((each) => each.dataset.key));
}

async function look() {
  try {
    const answer = await fetch(list.dataset.live, { cache: "no-store" });
    const text = await answer.text();
    if (text !== last) {
      const before = keys();
      list.innerHTML = text;
      last = text;
      for (const each of list.querySelectorAll("[data-key]")) {
        each.classList.toggle("new", !before.has(each.dataset.key));
      }
    }
  } catch {
    last = "";
    list.innerHTML = '<li class="trouble">The sandbox was stopped.</li>';
  }
  setTimeout(look, document.hidden ? 5000 : 1000);
}

setTimeout(look, 1000);
