// The practice page: asks for the state, shows it, posts what the person does.
import { showPanel } from "./panel.js";
import { showThread } from "./thread.js";

const EVERY_MS = 700;
const sorry = document.querySelector("#sorry");
const menu = document.querySelector("#menu");
const menuItems = document.querySelector("#menu-items");
let psid = "";

export async function act(name, value = "") {
  sorry.textContent = "";
  try {
    const answer = await fetch("/simulator/act", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ act: name, psid, value }),
    });
    const content = await answer.json();
    if (answer.ok) show(content);
    else sorry.textContent = content.error;
    return answer.ok;
  } catch {
    sorry.textContent = "Il simulatore non risponde: è ancora acceso?";
    return false;
  }
}

function show(state) {
  psid = state.psid;
  showThread(state, act);
  showPanel(state);
  menu.hidden = state.menu.length === 0;
  if (menu.hidden) openMenu(false);
}

function openMenu(open) {
  menu.setAttribute("aria-expanded", String(open));
  menuItems.hidden = !open;
}

async function look() {
  const asked = psid;
  try {
    const answer = await fetch("/simulator/state?" + new URLSearchParams({ psid }));
    const state = await answer.json();
    // Another person was chosen while this answer was on its way.
    if (asked === psid) show(state);
  } catch {
    sorry.textContent = "Il simulatore non risponde: è ancora acceso?";
  }
  setTimeout(look, EVERY_MS);
}

document.querySelector("#composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = event.target.elements.value;
  if (field.value.trim() && (await act("say", field.value))) field.value = "";
  field.focus();
});

for (const form of document.querySelectorAll("form[data-act]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await act(form.dataset.act, form.elements.value.value)) form.reset();
  });
}

for (const button of document.querySelectorAll("button[data-act]")) {
  button.addEventListener("click", () => act(button.dataset.act, button.dataset.value));
}

document.querySelector("#person").addEventListener("change", (event) => {
  psid = event.target.value;
  act("open");
});

menu.addEventListener("click", () => openMenu(menuItems.hidden));
menuItems.addEventListener("click", () => openMenu(false));
document.querySelector("#phone").addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !menuItems.hidden) {
    openMenu(false);
    menu.focus();
  }
});

await act("open");
look();
