// Two small helps for experts: insert a curated answer, and say that somebody is at the page.

const LOOK_MS = 15_000
const AWAY_MS = 5 * 60_000

const reply = document.querySelector<HTMLTextAreaElement>('#reply')

for (const button of document.querySelectorAll<HTMLElement>('[data-insert]')) {
  button.addEventListener('click', () => {
    const text = document.getElementById(button.dataset['insert'] ?? '')?.textContent?.trim()
    if (!reply || !text) return
    reply.setRangeText(text, reply.selectionStart, reply.selectionEnd, 'end')
    reply.focus()
    reply.dispatchEvent(new Event('input'))
  })
}

const presence = document.querySelector<HTMLElement>('[data-presence]')
if (presence) {
  // A page forgotten open must not keep its person signed in, nor a case from colleagues.
  let active = Date.now()
  for (const kind of ['pointermove', 'pointerdown', 'keydown', 'scroll', 'focus'])
    window.addEventListener(kind, () => { active = Date.now() }, { passive: true })
  window.setInterval(() => {
    if (Date.now() - active < AWAY_MS) presence.dispatchEvent(new Event('here'))
  }, LOOK_MS)
}

export {}
