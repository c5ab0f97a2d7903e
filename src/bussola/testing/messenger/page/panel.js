// The side panel: people, clock, window, faults, the log of deliveries.
import { element } from "./thread.js";

const WINDOWS = {
  never: "Questa persona non ha ancora scritto: la Pagina non può scrivere per prima.",
  open: "Finestra aperta: il servizio può rispondere.",
  human_agent: "Oltre 24 ore: può scrivere solo una persona, fino a 7 giorni.",
  closed: "Oltre 7 giorni: la Pagina non può più scrivere.",
};
const OUTCOMES = {
  accepted: "accettata", refused: "rifiutata", timeout: "nessuna risposta in tempo",
  unreachable: "servizio spento", lost: "conferma persa", given_up: "abbandonata",
};
const FAULTS = { 429: "troppi invii (429)", 500: "errore 500", timeout_after: "risposta persa", 190: "token scaduto (190)" };

export function showPanel(state) {
  people(state);
  text("#window", WINDOWS[state.window] + ends(state));
  const ahead = state.ahead_hours ? ` (avanti di ${Math.round(state.ahead_hours)} ore)` : "";
  text("#clock", `Sono le ${when(state.now)}${ahead}.`);
  text("#block", state.blocked ? "Sblocca la Pagina" : "Blocca la Pagina");
  const faults = state.faults.map((one) => FAULTS[one] || one).join(", ");
  text("#faults", faults ? `In attesa: ${faults}.` : "");
  text("#subscription", state.subscribed ? "" : "Il servizio è stato scollegato dalla Pagina: deve iscriversi di nuovo.");
  rows("#comments", state.comments, (one) =>
    element("li", `${one.author}: ${one.text}${one.hidden ? " (nascosto)" : ""}`));
  rows("#deliveries", state.deliveries, delivery);
}

function people(state) {
  const select = document.querySelector("#person");
  rows("#person", state.people, (one) => {
    const option = element("option", one.name);
    option.value = one.psid;
    return option;
  });
  if (select.value !== state.psid && document.activeElement !== select) select.value = state.psid;
}

function ends(state) {
  return state.window === "open" ? ` Si chiude: ${when(state.window_ends)}.` : "";
}

function delivery(one) {
  const row = element("tr");
  const number = one.number > 1 ? `${one.delivery}, tentativo ${one.number}` : `${one.delivery}`;
  const outcome = element("td", `${one.status ?? "—"} ${OUTCOMES[one.outcome]}`,
    one.outcome === "accepted" ? "" : "bad");
  row.append(element("td", when(one.at)), element("td", number), outcome, element("td", `${one.ms} ms`));
  return row;
}

function when(iso) {
  return new Date(iso).toLocaleString("it-IT", {
    day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
  });
}

function rows(where, list, draw) {
  const box = document.querySelector(where);
  const looks = JSON.stringify(list);
  if (box.dataset.looks === looks) return;
  box.dataset.looks = looks;
  box.replaceChildren(...list.map(draw));
}

function text(where, content) {
  const box = document.querySelector(where);
  if (box.textContent !== content) box.textContent = content;
}
