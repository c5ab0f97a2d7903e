// The thread as on a phone. Texts become text nodes, never markup.
const ATTACHMENTS = {
  sticker: "Sticker", image: "Immagine", audio: "Messaggio vocale", video: "Video",
  file: "Documento", location: "Posizione", fallback: "Link condiviso",
};
const AUTHORS = { person: "Tu", app: "Pagina (automatico)", inbox: "Pagina (una persona)" };
const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]/g;

const scroll = document.querySelector("#scroll");
const thread = document.querySelector("#thread");
const announcer = document.querySelector("#announcer");
let shownPsid = "";

// Choices and menu take room from the thread: its end stays in sight.
new ResizeObserver(() => { scroll.scrollTop = scroll.scrollHeight; }).observe(scroll);

export function showThread(state, act) {
  if (shownPsid !== state.psid) thread.replaceChildren();
  const first = shownPsid !== state.psid;
  shownPsid = state.psid;
  const added = showBubbles(state.thread, act);
  if (!first) announce(added);
  fill("#greeting", state.greeting);
  buttons("#choices", state.choices.map((one) => [one.title, "tap", one.payload]), act);
  buttons("#starts", starts(state), act);
  document.querySelector("#typing").hidden = !state.typing;
  document.querySelector("#seen").textContent = mark(state);
  menuItems(state.menu, act);
  if (added.length) scroll.scrollTop = scroll.scrollHeight;
}

function showBubbles(bubbles, act) {
  const added = [];
  bubbles.forEach((bubble, place) => {
    const looks = JSON.stringify(bubble);
    const there = thread.children[place];
    if (there && there.dataset.looks === looks) return;
    const item = drawn(bubble, act);
    item.dataset.looks = looks;
    if (there) there.replaceWith(item);
    else {
      thread.append(item);
      added.push(bubble);
    }
  });
  while (thread.children.length > bubbles.length) thread.lastChild.remove();
  return added;
}

// Each new bubble of the Page is read out once, in a region of its own.
function announce(added) {
  const news = added.filter((one) => one.author !== "person");
  if (news.length) announcer.textContent = news.map((one) => one.text || "Nuovo messaggio").join(" ");
}

function drawn(bubble, act) {
  const item = element("li", "", `bubble ${bubble.author}${bubble.deleted ? " gone" : ""}`);
  item.append(element("span", `${AUTHORS[bubble.author]}: `, "away"));
  if (bubble.deleted) item.append("Messaggio cancellato");
  else linked(item, bubble.text);
  if (bubble.attachment && !bubble.deleted) {
    item.append(element("em", ATTACHMENTS[bubble.attachment] || "Allegato"));
  }
  bubble.buttons.forEach((one) => item.append(button(one, act)));
  bubble.cards.forEach((one) => item.append(card(one, act)));
  item.append(element("span", about(bubble), "about"));
  return item;
}

function about(bubble) {
  const time = new Date(bubble.at).toLocaleTimeString("it-IT", { hour: "2-digit", minute: "2-digit" });
  const staff = bubble.author === "inbox" ? "scritto da una persona · " : "";
  return `${staff}${time}${bubble.edited ? " · modificato" : ""}${bubble.reaction ? " · ❤" : ""}`;
}

function linked(item, text) {
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    item.append(text.slice(from, found.index), anchor(found[0], found[0]));
    from = found.index + found[0].length;
  }
  item.append(text.slice(from));
}

function card(one, act) {
  const box = element("div", "", "card");
  box.append(element("strong", one.title), element("span", one.subtitle || ""));
  (one.buttons || []).forEach((each) => box.append(button(each, act)));
  return box;
}

function button(one, act) {
  if (one.type === "web_url") return anchor(one.url, one.title, "press");
  const made = element("button", one.title, "press");
  made.type = "button";
  made.addEventListener("click", () => act("press", one.payload));
  return made;
}

function anchor(url, title, kind = "") {
  const made = element("a", title, kind);
  if (/^https?:\/\//.test(url)) made.href = url;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  return made;
}

function buttons(where, rows, act, more = []) {
  const box = document.querySelector(where);
  const looks = JSON.stringify([shownPsid, rows, more]);
  if (box.dataset.looks === looks) return;
  const hadFocus = box.contains(document.activeElement);
  box.dataset.looks = looks;
  box.replaceChildren(...rows.map(([title, name, value]) => {
    const made = element("button", title);
    made.type = "button";
    made.addEventListener("click", () => act(name, value));
    return made;
  }), ...more.map((one) => anchor(one.url, one.title, "press")));
  if (where !== "#menu-items") box.hidden = rows.length === 0;
  if (hadFocus) document.querySelector("#text").focus();
}

function starts(state) {
  const asked = state.ice_breakers.map((one) => [one.question, "ice_breaker", one.payload]);
  // The platform shows one or the other; some of its apps know no first questions.
  const start = asked.length ? "Inizia (app senza prime domande)" : "Inizia";
  return state.start ? [...asked, [start, "start", ""]] : asked;
}

function menuItems(items, act) {
  const rows = items.filter((one) => one.type === "postback");
  const links = items.filter((one) => one.type === "web_url");
  buttons("#menu-items", rows.map((one) => [one.title, "menu", one.payload]), act, links);
}

function mark(state) {
  const last = state.thread.at(-1);
  if (!last || last.author !== "person") return "";
  if (state.seen) return "Visualizzato";
  return last.delivered ? "Consegnato" : "Inviato";
}

function fill(where, text) {
  const box = document.querySelector(where);
  box.textContent = text;
  box.hidden = !text;
}

export function element(tag, text = "", kind = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}
