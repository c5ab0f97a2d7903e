// One tag embeds the chat anywhere: <script src="https://.../widget.js" async></script>

import { BussolaChat } from './bussola-chat'

const script = document.currentScript as HTMLScriptElement | null
const base = script?.src ? new URL(script.src).origin : location.origin

if (!customElements.get('bussola-chat')) {
  customElements.define('bussola-chat', BussolaChat)
  const mount = () => {
    const chat = document.querySelector<BussolaChat>('bussola-chat') ?? new BussolaChat()
    chat.base = base
    if (!chat.isConnected) document.body.append(chat)
    for (const opener of document.querySelectorAll('[data-bussola-open]')) {
      opener.addEventListener('click', (event) => { event.preventDefault(); void chat.open() })
    }
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', mount)
  else mount()
}
