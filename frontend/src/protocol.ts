// What travels between the browser and the gateway: see channels/webchat/README.md.

export interface Choice {
  id: string
  label: string
  quiet: boolean
  action: string
}

export interface Source {
  title: string
  date: string
  url: string | null
}

export interface Link {
  label: string
  url: string
}

export interface ChatEvent {
  id: number
  author: 'citizen' | 'bot' | 'expert' | 'system'
  kind: string
  text: string
  at: string
  in_reply_to: number | null
  data: {
    sources?: Source[]
    links?: Link[]
    valid_at?: string
    case_code?: string
    official?: string
    name?: string
    language?: string
    table?: { title: string; columns: string[]; rows: string[][] }
    words?: string[]
  }
  buttons: Choice[]
}

export type Frame =
  | { type: 'event'; event: ChatEvent }
  | { type: 'accepted'; client_id: string; event_id: number; repeated: boolean }
  | { type: 'refused'; client_id: string | null; reason: string; text: string }
  | { type: 'speaker'; speaker: 'bot' | 'desk' }

export interface Started {
  conversation_id: string
  token: string
  events: ChatEvent[]
}

export interface Outgoing {
  client_id: string
  text?: string
  button?: string
  label?: string
}
