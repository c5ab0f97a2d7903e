// What the browser keeps: the key of the conversation and what was not sent yet. Technical storage
// only, removed when the citizen starts afresh.

import type { Outgoing } from './protocol'

const KEY = 'bussola-conversation'

export interface Kept {
  token: string
  unsent: Outgoing[]
  draft: string
}

export function recall(): Kept | null {
  try {
    const raw = localStorage.getItem(KEY)
    return raw === null ? null : (JSON.parse(raw) as Kept)
  } catch {
    return null
  }
}

export function keep(kept: Kept): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept))
  } catch {
    // A browser without storage still chats; it only forgets on reload.
  }
}

export function forget(): void {
  try {
    localStorage.removeItem(KEY)
  } catch {
    // Nothing was kept.
  }
}
