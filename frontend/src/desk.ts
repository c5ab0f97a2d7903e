// Two small helps for experts: insert a curated answer, and keep a reply that was not sent yet.

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

const form = reply?.form
const key = form?.dataset['draft']
if (reply && form && key) {
  // Only the page after a stored reply forgets it: a cut connection loses nothing.
  if (new URLSearchParams(location.search).has('inviata')) {
    sessionStorage.removeItem(key)
    history.replaceState(null, '', location.pathname)
  }
  if (!reply.value) reply.value = sessionStorage.getItem(key) ?? ''
  reply.addEventListener('input', () => sessionStorage.setItem(key, reply.value))
}

export {}
