// The chat as one element: <bussola-chat>. State is what the gateway said; the browser adds nothing.

import { LitElement, html, nothing, type TemplateResult } from 'lit'
import { Connection, loadTexts, start } from './connection'
import { forget, keep, recall } from './memory'
import { authorName, messageView } from './message-view'
import type { ChatEvent, Choice, Frame, Outgoing } from './protocol'
import { style } from './style'

const LONGEST = 2000
const WARN_FROM = 1800

/** 128 random bits; `crypto.randomUUID` is missing on plain http. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')
}

export class BussolaChat extends LitElement {
  static override styles = style
  static override properties = {
    base: { type: String }, opened: { state: true }, texts: { state: true }, events: { state: true },
    unsent: { state: true }, online: { state: true }, speaker: { state: true }, problem: { state: true },
    draft: { state: true }, waitingFor: { state: true }, spoken: { state: true },
  }

  declare base: string
  declare opened: boolean
  declare texts: Record<string, string> | null
  declare events: ChatEvent[]
  declare unsent: Outgoing[]
  declare online: boolean
  declare speaker: 'bot' | 'desk'
  declare problem: string
  declare draft: string
  /** Event id of the last message of ours that has no answer yet; 0 when none. */
  declare waitingFor: number
  /** What a screen reader is told: each new message once, when it is complete. */
  declare spoken: string
  private connection: Connection | null = null
  private token = ''
  private caughtUp = false

  constructor() {
    super()
    Object.assign(this, {
      base: location.origin, opened: false, texts: null, events: [], unsent: [], online: true,
      speaker: 'bot', problem: '', draft: '', waitingFor: 0, spoken: '',
    })
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void loadTexts(this.base).then((texts) => { this.texts = texts })
  }

  override disconnectedCallback(): void {
    this.connection?.close()
    super.disconnectedCallback()
  }

  async open(): Promise<void> {
    this.opened = true
    await this.updateComplete
    this.field?.focus()
    if (this.connection) return
    const kept = recall()
    if (kept?.token) {
      this.token = kept.token
      this.unsent = kept.unsent
      this.draft = kept.draft
    } else {
      await this.begin()
    }
    if (this.token) this.connect()
  }

  close(): void {
    this.opened = false
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.launcher')?.focus())
  }

  private get field(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea')
  }

  private async begin(): Promise<void> {
    try {
      const started = await start(this.base)
      this.token = started.token
      this.problem = ''
      this.remember()
      for (const event of started.events) this.take(event)
    } catch {
      this.problem = this.texts?.['widget_cannot_start'] ?? ''
    }
  }

  private connect(): void {
    this.connection = new Connection(
      this.base, this.token, () => this.events.at(-1)?.id ?? 0, () => this.unsent,
      {
        frame: (frame) => this.hear(frame),
        online: (online) => { this.online = online },
        lost: () => void this.lost(),
      },
    )
    this.connection.open()
    window.setTimeout(() => { this.caughtUp = true }, 1500)
  }

  /** The gateway does not know this conversation any more: what was not sent is kept to be sent. */
  private async lost(): Promise<void> {
    const kept = [...this.unsent.map((m) => m.text ?? ''), this.draft].filter(Boolean).join('\n')
    await this.afresh()
    this.draft = kept
    this.problem = this.texts?.['widget_lost'] ?? ''
  }

  private async afresh(): Promise<void> {
    this.connection?.close()
    this.connection = null
    forget()
    Object.assign(this, { events: [], unsent: [], token: '', waitingFor: 0, speaker: 'bot', caughtUp: true })
    await this.begin()
    if (this.token) this.connect()
    this.field?.focus()
  }

  private hear(frame: Frame): void {
    if (frame.type === 'event') this.take(frame.event)
    else if (frame.type === 'speaker') this.speaker = frame.speaker
    else if (frame.type === 'accepted') {
      this.unsent = this.unsent.filter((m) => m.client_id !== frame.client_id)
      if (this.speaker === 'bot' && !this.answered(frame.event_id)) this.waitingFor = frame.event_id
      this.remember()
    } else this.refused(frame)
  }

  private answered(eventId: number): boolean {
    return this.events.some((event) => event.in_reply_to === eventId)
  }

  private refused(frame: Extract<Frame, { type: 'refused' }>): void {
    this.problem = frame.text
    const mine = this.unsent.find((m) => m.client_id === frame.client_id)
    this.unsent = this.unsent.filter((m) => m !== mine)
    if (mine?.text) this.draft = this.draft ? `${this.draft}\n${mine.text}` : mine.text
    this.remember()
  }

  private take(event: ChatEvent): void {
    if (event.id <= (this.events.at(-1)?.id ?? 0)) return
    // Nothing said before is shown or kept any longer, here as on the server.
    const forgotten = event.kind === 'forgotten'
    if (forgotten) {
      this.unsent = []
      this.waitingFor = 0
      this.remember()
    }
    this.events = forgotten ? [event] : [...this.events, event]
    if (event.in_reply_to !== null && event.in_reply_to >= this.waitingFor) this.waitingFor = 0
    if (event.author !== 'citizen' && this.texts && (this.caughtUp || event.kind === 'welcome')) {
      this.spoken = `${authorName(event, this.texts)}: ${event.text}`
    }
    void this.updateComplete.then(() => this.showFromStart(event))
  }

  /** A long answer is shown from its first sentence, not from its end. */
  private showFromStart(event: ChatEvent): void {
    const shown = this.renderRoot.querySelectorAll<HTMLElement>('li.message:not(.pending)')
    const last = shown[shown.length - 1]
    const scroll = this.renderRoot.querySelector('.scroll')
    if (event.author === 'citizen' || !last || !scroll) return this.scrollToEnd()
    scroll.scrollTo(0, last.offsetTop - scroll.clientHeight / 4)
  }

  private scrollToEnd(): void {
    const scroll = this.renderRoot.querySelector('.scroll')
    scroll?.scrollTo(0, scroll.scrollHeight)
  }

  private remember(): void {
    keep({ token: this.token, unsent: this.unsent, draft: this.draft })
  }

  private send(message: Omit<Outgoing, 'client_id'>): void {
    const outgoing: Outgoing = { client_id: newId(), ...message }
    this.unsent = [...this.unsent, outgoing]
    this.problem = ''
    this.remember()
    this.connection?.send(outgoing)
    void this.updateComplete.then(() => this.scrollToEnd())
  }

  private submit(event: Event): void {
    event.preventDefault()
    const text = this.draft.trim()
    if (!text) return
    if (text.length > LONGEST) {
      this.problem = this.texts?.['widget_too_long'] ?? ''
      return
    }
    this.send({ text })
    this.draft = ''
    this.remember()
    this.field?.focus()
  }

  private press(choice: Choice): void {
    this.send({ button: choice.id, label: choice.label })
    this.field?.focus()
  }

  private copy(code: string): void {
    void navigator.clipboard?.writeText(code).then(() => { this.spoken = this.texts?.['widget_copied'] ?? '' })
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.close()
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing
      && event.target instanceof HTMLTextAreaElement) this.submit(event)
  }

  override render(): TemplateResult | typeof nothing {
    const texts = this.texts
    if (!texts) return nothing
    if (!this.opened) {
      return html`<button class="launcher" type="button" @click=${() => void this.open()}>${texts['widget_open']}</button>`
    }
    return html`<section class="panel" aria-label=${texts['widget_title'] ?? ''} @keydown=${(e: KeyboardEvent) => this.key(e)}>
      ${this.head(texts)}
      <div class="scroll" tabindex="0" role="region" aria-label=${texts['widget_messages'] ?? ''}>
        <ol>${this.events.map((event) => messageView(event, {
          texts, base: this.base, press: (choice) => this.press(choice), copy: (code) => this.copy(code) }))}
          ${this.unsent.map((message) => html`<li class="message citizen pending"><span class="who">${texts['widget_sending']}</span>
            <div class="bubble"><p>${message.text ?? message.label}</p></div></li>`)}</ol>
        <div class="typing">${this.waitingFor ? texts['widget_typing'] : ''}</div>
      </div>
      <div class="hidden" role="status" aria-live="polite">${this.spoken}</div>
      ${this.online ? nothing : html`<p class="line" role="status">${texts['widget_offline']}</p>`}
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      ${this.composer(texts)}
    </section>`
  }

  private head(texts: Record<string, string>): TemplateResult {
    const who = this.speaker === 'desk' ? texts['widget_speaks_person'] : texts['widget_speaks_bot']
    return html`<header><h2>${texts['widget_title']}<small>${who}</small></h2>
      <button type="button" @click=${() => void this.afresh()}>${texts['widget_new']}</button>
      <button type="button" @click=${() => this.close()}>${texts['widget_close']}</button></header>`
  }

  private composer(texts: Record<string, string>): TemplateResult {
    const left = LONGEST - this.draft.length
    return html`<form @submit=${(e: Event) => this.submit(e)}>
        <label class="hidden" for="message">${texts['widget_label']}</label>
        <textarea id="message" rows="2" placeholder=${texts['widget_placeholder'] ?? ''} .value=${this.draft}
          @input=${(e: InputEvent) => { this.draft = (e.target as HTMLTextAreaElement).value; this.remember() }}></textarea>
        <button>${texts['widget_send']}</button>
      </form>
      ${this.draft.length > WARN_FROM
        ? html`<p class="count" role="status">${texts['widget_left']} ${left}</p>`
        : nothing}
      <p class="foot"><a href="${this.base}/privacy" target="_blank" rel="noopener">${texts['widget_privacy']}</a></p>`
  }
}
