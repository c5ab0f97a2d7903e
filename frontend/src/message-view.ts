// One message as a citizen sees it. All text goes in as text nodes: nothing is ever HTML.

import { html, nothing, type TemplateResult } from 'lit'
import type { ChatEvent, Choice } from './protocol'

export interface MessageActions {
  texts: Record<string, string>
  base: string
  press(choice: Choice): void
  copy(code: string): void
}

const NAMES = { citizen: 'widget_you', bot: 'widget_bot', system: 'widget_title' } as const

export function authorName(event: ChatEvent, texts: Record<string, string>): string {
  if (event.author === 'expert') return `${texts['widget_expert']} – ${event.data.name ?? ''}`
  return texts[NAMES[event.author]] ?? ''
}

export function messageView(event: ChatEvent, actions: MessageActions): TemplateResult {
  const { texts } = actions
  return html`<li class="message ${event.author} ${event.kind}">
    <span class="who">${authorName(event, texts)}</span>
    <div class="bubble" lang=${event.data.language ?? 'it'}>${body(event)}
      ${caseCode(event, actions)} ${links(event, actions)} ${sources(event, actions)}
      ${official(event, actions)}
    </div>
    ${choices(event, actions)}
  </li>`
}

/** A table is drawn; its text form is for channels that cannot. */
function body(event: ChatEvent): TemplateResult {
  const { table, words } = event.data
  if (!table) return html`${event.text.split('\n\n').map((part) => html`<p>${part}</p>`)}`
  const head = table.columns.length
    ? html`<thead><tr>${table.columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>`
    : nothing
  return html`<div class="wide" role="region" tabindex="0" aria-label=${table.title}><table>
      <caption>${table.title}</caption>${head}
      <tbody>${table.rows.map((row) => html`<tr>${row.map((cell, i) =>
        i === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`)}</tr>`)}</tbody>
    </table></div>
    ${(words ?? []).map((line) => html`<p>${line}</p>`)}`
}

function caseCode(event: ChatEvent, actions: MessageActions): TemplateResult | typeof nothing {
  const code = event.data.case_code
  if (!code) return nothing
  return html`<p class="code"><code>${code}</code>
    <button type="button" class="small" @click=${() => actions.copy(code)}>
      ${actions.texts['widget_copy']}</button>
    <a href="${actions.base}/pratica/${code}" target="_blank" rel="noopener">${actions.texts['widget_case_page']}</a>
  </p>`
}

/** The mark of an expert's reply, and where anybody can check it. */
function official(event: ChatEvent, { texts, base }: MessageActions): TemplateResult | typeof nothing {
  const code = event.data.official
  if (!code) return nothing
  return html`<p class="official">${texts['widget_official']} · ${texts['widget_official_code']} ${code} ·
    <a href="${base}/verifica/${code}" target="_blank" rel="noopener">${texts['widget_official_check']}
      <span class="hidden">${texts['widget_new_tab']}</span></a></p>`
}

/** Institutions over https, and our own pages. */
function safe(url: string, base: string): boolean {
  return url.startsWith('https://') || url.startsWith(`${base}/`)
}

function links(event: ChatEvent, { texts, base }: MessageActions): TemplateResult | typeof nothing {
  const shown = (event.data.links ?? []).filter((link) => safe(link.url, base))
  if (shown.length === 0) return nothing
  return html`<ul class="links">${shown.map(
    (link) => html`<li><a href=${link.url} target="_blank" rel="noopener nofollow">${link.label}
      <span class="hidden">${texts['widget_new_tab']}</span></a></li>`,
  )}</ul>`
}

function sources(event: ChatEvent, { texts, base }: MessageActions): TemplateResult | typeof nothing {
  const shown = event.data.sources ?? []
  if (shown.length === 0) return nothing
  return html`<details class="sources">
    <summary>${texts['widget_sources']} ${event.data.valid_at}</summary>
    <ul>${shown.map(
      (source) => html`<li>${source.url && safe(source.url, base)
        ? html`<a href=${source.url} target="_blank" rel="noopener nofollow">${source.title}</a>`
        : source.title} (${source.date})</li>`,
    )}</ul>
  </details>`
}

function choices(event: ChatEvent, actions: MessageActions): TemplateResult | typeof nothing {
  const votes = event.buttons.filter((b) => b.action === 'useful' || b.action === 'not_useful')
  const others = event.buttons.filter((b) => !votes.includes(b))
  const button = (choice: Choice) => html`<button type="button"
    class=${choice.quiet ? 'choice quiet' : 'choice'}
    @click=${() => actions.press(choice)}>${choice.label}</button>`
  return html`${others.length ? html`<div class="choices">${others.map(button)}</div>` : nothing}
    ${votes.length
      ? html`<div class="votes" role="group" aria-label=${actions.texts['widget_useful'] ?? ''}>
          <span>${actions.texts['widget_useful']}</span>${votes.map(button)}</div>`
      : nothing}`
}
