import { css } from 'lit'

export const style = css`
  :host { --blue: #06c; --ink: #17324d; --paper: #fff; --soft: #f0f4f8; --line: #5b6f82;
    font-family: 'Titillium Web', Geneva, Tahoma, sans-serif; font-size: 1rem; color: var(--ink); }
  * { box-sizing: border-box; }
  button { font: inherit; cursor: pointer; min-height: 44px; }
  button.small { min-height: 28px; padding: 2px 10px; border: 1px solid var(--blue); border-radius: 4px;
    background: var(--paper); color: var(--blue); }
  :focus-visible { outline: 3px solid #000; outline-offset: 2px; box-shadow: 0 0 0 2px #fff; }
  .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .launcher { position: fixed; right: 1rem; bottom: 1rem; z-index: 1000; padding: .75rem 1.25rem;
    border: 0; border-radius: 999px; background: var(--blue); color: #fff; font-weight: 600;
    box-shadow: 0 4px 16px rgb(0 0 0 / 30%); }
  .panel { position: fixed; right: 1rem; bottom: 1rem; z-index: 1001; width: min(420px, calc(100vw - 2rem));
    height: min(680px, calc(100dvh - 2rem)); display: flex; flex-direction: column; background: var(--paper);
    border: 1px solid var(--line); border-radius: 8px; box-shadow: 0 8px 32px rgb(0 0 0 / 30%); overflow: hidden; }
  header { display: flex; align-items: center; gap: .5rem; padding: .5rem .75rem; background: var(--blue); color: #fff; }
  header h2 { flex: 1; margin: 0; font-size: 1.05rem; line-height: 1.2; }
  header small { display: block; font-weight: 400; font-size: .85rem; }
  header button { background: transparent; color: #fff; border: 1px solid #fff; border-radius: 4px; padding: 0 .6rem; min-height: 36px; }
  header :focus-visible { outline-color: #fff; box-shadow: none; }
  .scroll { position: relative; flex: 1; overflow-y: auto; padding: .75rem; background: var(--soft); }
  ol { list-style: none; margin: 0; padding: 0; }
  .message { margin: 0 0 .9rem; display: flex; flex-direction: column; align-items: flex-start; }
  .message.citizen { align-items: flex-end; }
  .who { font-size: .8rem; margin: 0 .25rem .15rem; color: #455b71; }
  .bubble { max-width: 92%; padding: .6rem .8rem; border-radius: 8px; background: var(--paper); border: 1px solid #c5d1dd; overflow-wrap: anywhere; }
  .citizen .bubble { background: #dcebfa; border-color: #9dc3ea; }
  .expert .bubble { background: #e9f7ee; border-color: #008055; }
  .system .bubble { background: #fff8e6; border-color: #c9a227; }
  .emergency .bubble { background: #fdecee; border: 2px solid #a32638; font-weight: 600; }
  .bubble p { margin: 0 0 .5rem; white-space: pre-line; } .bubble p:last-child { margin: 0; }
  .wide { overflow-x: auto; margin-bottom: .5rem; } table { border-collapse: collapse; font-size: .9rem; width: 100%; }
  caption { text-align: left; font-weight: 600; padding-bottom: .3rem; } th, td { text-align: left; vertical-align: top; padding: .3rem .4rem; border-bottom: 1px solid #c5d1dd; }
  td { font-variant-numeric: tabular-nums; } tbody th { font-weight: 400; } td:nth-child(2):last-child { white-space: nowrap; } tbody td { font-weight: 600; }
  .pending .bubble { opacity: .75; border-style: dashed; }
  .links, .sources ul { margin: .4rem 0 0; padding-left: 1.1rem; font-size: .9rem; }
  .sources { font-size: .85rem; margin-top: .5rem; } summary { cursor: pointer; min-height: 24px; }
  a { color: #004d99; }
  .code { white-space: normal !important; display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-top: .5rem !important; }
  .code code { font-size: 1.1rem; font-weight: 700; letter-spacing: .04em; background: #fff; padding: .1rem .4rem; border: 1px solid var(--line); border-radius: 4px; color: var(--ink); }
  .official { white-space: normal !important; margin-top: .5rem !important; font-size: .85rem; }
  .choices { display: flex; flex-direction: column; gap: .4rem; margin-top: .5rem; width: 92%; }
  .choice { text-align: left; padding: .5rem .75rem; border-radius: 6px; border: 1px solid var(--blue); background: var(--blue); color: #fff; }
  .choice.quiet { background: var(--paper); color: #004d99; }
  .votes { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; margin-top: .4rem; font-size: .9rem; }
  .votes .choice { min-height: 32px; padding: .1rem .6rem; }
  .typing { font-size: .9rem; color: #455b71; min-height: 1.4rem; }
  .problem { margin: 0; padding: .5rem .75rem; background: #fdecee; color: #7a1020; }
  .line { margin: 0; padding: .35rem .75rem; background: #fff8e6; font-size: .9rem; }
  form { display: flex; gap: .5rem; padding: .6rem; border-top: 1px solid #c5d1dd; }
  textarea { flex: 1; resize: none; font: inherit; padding: .5rem; border: 1px solid var(--line); border-radius: 6px; color: inherit; background: var(--paper); }
  form button { border: 0; border-radius: 6px; background: var(--blue); color: #fff; padding: 0 1rem; font-weight: 600; }
  .count { font-size: .8rem; padding: 0 .75rem .3rem; margin: 0; color: #455b71; }
  .foot { font-size: .8rem; padding: 0 .75rem .5rem; margin: 0; }
  @media (max-width: 480px), (max-height: 480px) {
    .panel { right: 0; bottom: 0; width: 100vw; height: 100dvh; border: 0; border-radius: 0; }
    textarea { min-height: 44px; }
  }
  @media (max-height: 330px) { .panel { overflow-y: auto; display: block; } .scroll { max-height: none; } }
  @media (prefers-reduced-motion: no-preference) { .scroll { scroll-behavior: smooth; } }
`
