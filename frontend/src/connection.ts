// The live line to the gateway. It reconnects by itself, asks for what it missed, and sends again
// whatever was not acknowledged: the same client_id never counts twice.

import type { Frame, Outgoing, Started } from './protocol'

export interface Listener {
  frame(frame: Frame): void
  online(online: boolean): void
  lost(): void
}

const FIRST_PAUSE = 500
const LONGEST_PAUSE = 15_000
const CONVERSATION_UNKNOWN = 1008

export class Connection {
  private socket: WebSocket | null = null
  private pause = FIRST_PAUSE
  private closed = false
  private timer: number | undefined

  constructor(
    private readonly base: string,
    private readonly token: string,
    private readonly lastEvent: () => number,
    private readonly waiting: () => Outgoing[],
    private readonly listener: Listener,
  ) {}

  open(): void {
    const url = new URL('/api/v1/socket', this.base)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(url)
    this.socket = socket
    socket.onopen = () => {
      this.pause = FIRST_PAUSE
      socket.send(JSON.stringify({ token: this.token, last_event_id: this.lastEvent() }))
      this.listener.online(true)
      for (const message of this.waiting()) this.send(message)
    }
    socket.onmessage = (message) => {
      this.listener.frame(JSON.parse(String(message.data)) as Frame)
    }
    socket.onclose = (event) => {
      this.listener.online(false)
      if (this.closed) return
      if (event.code === CONVERSATION_UNKNOWN) return this.listener.lost()
      this.timer = window.setTimeout(() => this.open(), this.pause * (0.75 + Math.random() / 2))
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE)
    }
  }

  send(message: Outgoing): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return
    const { label: _label, ...frame } = message
    this.socket.send(JSON.stringify(frame))
  }

  close(): void {
    this.closed = true
    window.clearTimeout(this.timer)
    this.socket?.close()
  }
}

export async function start(base: string): Promise<Started> {
  const answer = await fetch(new URL('/api/v1/conversations', base), { method: 'POST' })
  if (!answer.ok) throw new Error(String(answer.status))
  return (await answer.json()) as Started
}

export async function loadTexts(base: string): Promise<Record<string, string>> {
  const answer = await fetch(new URL('/api/v1/texts', base))
  if (!answer.ok) throw new Error(String(answer.status))
  return (await answer.json()) as Record<string, string>
}
