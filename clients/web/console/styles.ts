// The console's look: dense, calm, one accent; light and dark by the system's setting.
import { css } from "lit";

export const styles = css`
  :host { --accent: #14614e; --on-accent: #fff; --paper: #fff; --ground: #f4f6f5; --ink: #16211d; --soft: #56635e; --line: #dde4e0; --edge: #87938e; --wash: #eef2f0;
    --tint: #e3f0ea; --bad: #a8201a; --bad-wash: #fdeceb; --warn: #7a5200; --warn-wash: #fff1cf; --good: #1c6b3a; --note: #fff6d8; --note-ink: #4c3a00; --human: #e6eaf7;
    color-scheme: light; display: block; block-size: 100dvh; font: 14px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; color: var(--ink); background: var(--ground); }
  @media (prefers-color-scheme: dark) { :host { --accent: #6fd3b1; --on-accent: #06251c; --paper: #161b19; --ground: #0e1311; --ink: #e7eeea; --soft: #a3b0aa; --line: #2a322f; --edge: #72807a; --wash: #202725;
    --tint: #17322a; --bad: #ff9d94; --bad-wash: #3a1d1b; --warn: #ffd479; --warn-wash: #3b300f; --good: #7fdba0; --note: #383012; --note-ink: #ffe9ad; --human: #252d4a; color-scheme: dark; } }
  *, *::before, *::after { box-sizing: border-box; }
  [hidden] { display: none !important; }
  button, input, textarea, select { font: inherit; color: inherit; }
  button { cursor: pointer; background: none; border: 0; padding: 0; }
  :focus-visible { outline: 2.5px solid var(--accent); outline-offset: 1px; }
  h1, h2, h3, p, ul, ol, dl, dd { margin: 0; padding: 0; }
  .hush { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .btn { display: inline-flex; align-items: center; gap: 7px; min-block-size: 34px; padding: 5px 13px; border-radius: 9px; border: 1px solid var(--edge); background: var(--paper); font-weight: 600; white-space: nowrap; }
  .btn:hover { background: var(--wash); }
  .btn.main { background: var(--accent); color: var(--on-accent); border-color: var(--accent); }
  .btn.main:hover { background: color-mix(in srgb, var(--accent) 88%, var(--ink)); }
  .btn.bad { color: var(--bad); border-color: var(--bad); }
  .btn[disabled] { opacity: .5; cursor: default; }
  kbd { font: 600 11px/1 ui-monospace, monospace; border: 1px solid currentColor; border-radius: 4px; padding: 2px 4px; opacity: .75; }
  input[type="text"], input[type="password"], input:not([type]), textarea, select { inline-size: 100%; border: 1px solid var(--edge); border-radius: 9px; background: var(--paper); padding: 7px 11px; min-block-size: 36px; }
  label.field { display: block; font-weight: 600; margin-block-end: 12px; }
  label.field > :is(input, textarea, select) { margin-block-start: 4px; font-weight: 400; }

  .gate { min-block-size: 100%; display: grid; place-items: center; padding: 24px; }
  .gate form { inline-size: min(420px, 100%); background: var(--paper); border: 1px solid var(--line); border-radius: 20px; padding: 32px; box-shadow: 0 12px 40px rgb(12 28 22 / 10%); }
  .gate h1 { font-size: 24px; letter-spacing: -.01em; }
  .gate .about { color: var(--soft); margin: 4px 0 22px; }
  .gate .btn { inline-size: 100%; justify-content: center; min-block-size: 44px; margin-block-start: 6px; }
  .fault { color: var(--bad); margin-block: 10px 0; }

  .app { block-size: 100%; display: grid; grid-template: auto 1fr / 330px minmax(0, 1fr) 340px; }
  .top { grid-column: 1 / -1; display: flex; align-items: center; gap: 10px 18px; padding: 9px 18px; background: var(--paper); border-block-end: 1px solid var(--line); flex-wrap: wrap; }
  .top h1 { font-size: 16px; font-weight: 700; letter-spacing: -.01em; }
  .tabs { display: flex; gap: 4px; }
  .tabs button { padding: 6px 12px; border-radius: 8px; font-weight: 600; color: var(--soft); min-block-size: 32px; }
  .tabs button[aria-pressed="true"] { background: var(--tint); color: var(--accent); }
  .top .right { margin-inline-start: auto; display: flex; align-items: center; gap: 12px; flex-wrap: wrap; }
  .light { inline-size: 9px; block-size: 9px; border-radius: 50%; background: #2e9e5b; display: inline-block; }
  .light.off { background: var(--edge); }
  .light.down { background: #c7372f; }

  .queue { background: var(--paper); border-inline-end: 1px solid var(--line); overflow-y: auto; display: flex; flex-direction: column; }
  .queue h2 { font-size: 12px; font-weight: 700; letter-spacing: .05em; text-transform: uppercase; color: var(--soft); padding: 14px 18px 6px; display: flex; justify-content: space-between; }
  .queue ul { list-style: none; }
  .entry { display: block; inline-size: 100%; text-align: start; padding: 11px 18px; border-inline-start: 3px solid transparent; border-block-end: 1px solid var(--line); }
  .entry:hover { background: var(--wash); }
  .entry[aria-current="true"] { background: var(--tint); border-inline-start-color: var(--accent); }
  .entry.offered { border-inline-start-color: #d39a1c; }
  .entry .line { display: flex; justify-content: space-between; gap: 8px; align-items: baseline; }
  .entry b { font-weight: 650; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .entry time, .entry .sla { font-variant-numeric: tabular-nums; font-size: 13px; color: var(--soft); white-space: nowrap; }
  .entry .sla.soon { color: var(--warn); font-weight: 650; }
  .entry .sla.over { color: var(--bad); font-weight: 700; }
  .entry .words { color: var(--soft); font-size: 13px; display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; overflow-wrap: anywhere; }
  .pills { display: flex; gap: 5px; flex-wrap: wrap; margin-block-start: 5px; }
  .pill { font-size: 12px; padding: 1px 8px; border-radius: 9px; background: var(--wash); color: var(--soft); line-height: 18px; }
  .pill.hot { background: var(--bad-wash); color: var(--bad); font-weight: 600; }
  .pill.gold { background: var(--warn-wash); color: var(--warn); font-weight: 600; }
  .pill.you { background: var(--tint); color: var(--accent); font-weight: 650; }
  .quiet { color: var(--soft); padding: 10px 18px 18px; }

  .talk { display: flex; flex-direction: column; min-block-size: 0; background: var(--ground); }
  .talk > header { display: flex; align-items: center; flex-wrap: wrap; gap: 8px 10px; padding: 10px 18px; background: var(--paper); border-block-end: 1px solid var(--line); }
  .talk > header h2 { font-size: 15px; margin-inline-end: auto; min-inline-size: 0; }
  .talk > header h2 small { display: block; font-weight: 400; color: var(--soft); font-size: 13px; }
  .log { flex: 1; min-block-size: 0; overflow-y: auto; padding: 18px 22px; display: flex; flex-direction: column; gap: 8px; }
  .log:focus-visible { outline-offset: -3px; }
  .msg { max-inline-size: min(620px, 82%); padding: 8px 13px; border-radius: 14px; background: var(--paper); border: 1px solid var(--line); overflow-wrap: anywhere; white-space: pre-wrap; align-self: flex-end; }
  .msg .by { display: block; font-size: 12px; color: var(--soft); font-weight: 600; white-space: normal; }
  .msg.customer { align-self: flex-start; background: var(--tint); border-color: transparent; }
  .msg.human { background: var(--human); border-color: transparent; }
  .msg.note { background: var(--note); color: var(--note-ink); border-color: transparent; }
  .msg.note .by { color: inherit; }
  .msg .cited { display: block; font-size: 12px; color: var(--soft); }
  .fact { align-self: center; font-size: 12.5px; color: var(--soft); text-align: center; max-inline-size: 90%; }
  .vault { display: inline-flex; align-items: center; gap: 4px; border-radius: 6px; padding: 0 7px; margin-inline: 1px; background: var(--ink); color: var(--paper); font-size: 12px; font-weight: 650; line-height: 20px; min-block-size: 24px; letter-spacing: .02em; }
  .vault.open { background: var(--warn-wash); color: var(--warn); letter-spacing: 0; user-select: all; }
  .write { background: var(--paper); border-block-start: 1px solid var(--line); padding: 12px 18px 14px; }
  .write textarea { min-block-size: 74px; resize: vertical; }
  .write .line { display: flex; align-items: center; gap: 8px; margin-block-start: 8px; flex-wrap: wrap; }
  .write .line .btn:last-child { margin-inline-start: auto; }
  .write.noting { background: var(--note); }
  .suggest { display: flex; gap: 8px; overflow-x: auto; padding-block-end: 10px; scrollbar-width: thin; }
  .suggest button { flex: 0 0 min(300px, 80%); text-align: start; border: 1px solid var(--line); border-radius: 11px; padding: 8px 12px; font-size: 13px; background: var(--ground); }
  .suggest button:hover { border-color: var(--accent); }
  .suggest button span { display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden; }
  .suggest button small { color: var(--soft); }
  .canned { position: absolute; inset-block-end: calc(100% + 4px); inset-inline: 0; background: var(--paper); border: 1px solid var(--edge); border-radius: 11px; box-shadow: 0 12px 30px rgb(0 0 0 / 18%); max-block-size: 260px; overflow-y: auto; z-index: 4; padding: 5px; }
  .canned button { display: block; inline-size: 100%; text-align: start; padding: 7px 10px; border-radius: 8px; }
  .canned button[aria-selected="true"], .canned button:hover { background: var(--tint); }
  .canned small { display: block; color: var(--soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .nothing { flex: 1; display: grid; place-items: center; color: var(--soft); text-align: center; padding: 30px; }
  .nothing b { display: block; font-size: 18px; color: var(--ink); margin-block-end: 4px; }

  .side { overflow-y: auto; background: var(--paper); border-inline-start: 1px solid var(--line); padding: 6px 18px 24px; }
  .side section { padding-block: 12px; border-block-end: 1px solid var(--line); }
  .side section:last-child { border: 0; }
  .side h3 { font-size: 12px; font-weight: 700; letter-spacing: .05em; text-transform: uppercase; color: var(--soft); margin-block-end: 6px; }
  .side dl { display: grid; grid-template-columns: auto 1fr; gap: 3px 12px; }
  .side dt { color: var(--soft); }
  .side dd { text-align: end; overflow-wrap: anywhere; }
  .side ul { list-style: none; }
  .side li { padding-block: 2px; overflow-wrap: anywhere; }
  .side .pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .side pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--ground); border-radius: 9px; padding: 9px 11px; font-size: 12px; margin: 8px 0 0; max-block-size: 240px; overflow-y: auto; }
  .side form.inline { display: flex; gap: 6px; margin-block-start: 8px; }

  dialog { border: 1px solid var(--edge); border-radius: 18px; padding: 24px; inline-size: min(460px, calc(100vw - 32px)); background: var(--paper); color: var(--ink); box-shadow: 0 20px 60px rgb(0 0 0 / 30%); }
  dialog::backdrop { background: rgb(8 16 13 / 45%); }
  dialog h2 { font-size: 18px; margin-block-end: 4px; }
  dialog .about { color: var(--soft); margin-block-end: 16px; }
  dialog .row { display: flex; gap: 8px; justify-content: flex-end; margin-block-start: 16px; flex-wrap: wrap; }
  dialog dl { display: grid; grid-template-columns: auto 1fr; gap: 7px 16px; align-items: baseline; }
  .toast { position: fixed; inset-block-end: 18px; inset-inline-start: 18px; background: var(--ink); color: var(--paper); padding: 11px 20px; border-radius: 12px; font-weight: 600; max-inline-size: min(296px, 92vw); z-index: 9; box-shadow: 0 12px 30px rgb(0 0 0 / 25%); }
  .toast.bad { background: #8f1812; color: #fff; }

  .stage { grid-column: 1 / -1; overflow-y: auto; }
  frontdesk-supervisor { block-size: auto; }
  .super { padding: 22px clamp(18px, 4vw, 48px) 48px; }
  .super .filters { display: flex; gap: 12px; flex-wrap: wrap; align-items: end; margin-block: 30px 6px; }
  .super .filters label { font-size: 13px; font-weight: 600; color: var(--soft); }
  .super .filters :is(select, input) { inline-size: auto; display: block; margin-block-start: 3px; color: var(--ink); }
  .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 14px; }
  .tile { text-align: start; background: var(--paper); border: 1px solid var(--line); border-radius: 16px; padding: 15px 17px; display: flex; flex-direction: column; gap: 3px; }
  button.tile:hover { border-color: var(--accent); }
  .tile[aria-pressed="true"] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
  .tile .name { font-size: 13px; color: var(--soft); font-weight: 600; }
  .tile .value { font-size: 27px; font-weight: 700; letter-spacing: -.02em; font-variant-numeric: tabular-nums; line-height: 1.2; }
  .tile .means { font-size: 12.5px; color: var(--soft); }
  .tile .means b { color: var(--ink); font-weight: 600; }
  .tile.alarm .value { color: var(--bad); }
  .tile .gauge { position: relative; block-size: 5px; border-radius: 3px; background: var(--wash); margin-block: 2px 4px; overflow: hidden; direction: ltr; }
  .tile .gauge .fill { position: absolute; inset-block: 0; left: 0; background: var(--accent); border-radius: 3px; }
  .tile .gauge .span { position: absolute; inset-block: 0; background: color-mix(in srgb, var(--accent) 30%, transparent); }
  .super h3 { font-size: 12px; font-weight: 700; letter-spacing: .05em; text-transform: uppercase; color: var(--soft); margin: 22px 0 8px; }
  .super .filters h2 { margin: 0 auto 0 0; }
  .cell { min-block-size: 24px; min-inline-size: 24px; font-variant-numeric: tabular-nums; }
  .cell:hover { color: var(--accent); text-decoration: underline; }
  .stage:has(frontdesk-quality) { overflow: hidden; }
  frontdesk-quality { block-size: 100%; }
  .app.review { grid-template: 1fr / 330px minmax(0, 1fr) 360px; min-block-size: 0; }
  .review .filters { padding: 12px 18px; border-block-end: 1px solid var(--line); }
  .review .filters label { font-size: 13px; font-weight: 600; color: var(--soft); }
  .review .filters select { margin-block-start: 3px; color: var(--ink); }
  .review .more { margin: 14px 18px; }
  .review .wide { grid-column: 2 / -1; }
  .question { border: 0; padding: 0; margin: 0 0 16px; }
  .question legend { font-weight: 600; padding: 0; margin-block-end: 6px; }
  .scale { display: flex; gap: 6px; flex-wrap: wrap; }
  .scale label { display: inline-flex; align-items: center; gap: 6px; border: 1px solid var(--edge); border-radius: 9px; padding: 4px 12px; min-block-size: 34px; cursor: pointer; }
  .scale label.on { background: var(--tint); border-color: var(--accent); color: var(--accent); font-weight: 650; }
  .scale input { accent-color: var(--accent); margin: 0; }
  .bars { display: flex; gap: 2px; min-inline-size: 240px; border-radius: 6px; overflow: hidden; }
  .bars span { font-size: 12px; padding: 2px 8px; min-inline-size: max-content; white-space: nowrap; }
  .bars .step-0 { background: var(--bad-wash); color: var(--bad); }
  .bars .step-1 { background: var(--warn-wash); color: var(--warn); }
  .bars .step-2 { background: var(--tint); color: var(--accent); }
  .good { color: var(--good); font-weight: 600; margin-block-end: 12px; }
  .super h2 { font-size: 17px; margin: 26px 0 10px; }
  table { border-collapse: collapse; inline-size: 100%; background: var(--paper); border: 1px solid var(--line); border-radius: 14px; overflow: hidden; }
  th, td { text-align: start; padding: 8px 14px; border-block-end: 1px solid var(--line); }
  th { font-size: 12.5px; color: var(--soft); }
  td.num, th.num { text-align: end; font-variant-numeric: tabular-nums; }
  .drill { list-style: none; display: grid; gap: 4px; }
  .drill button { color: var(--accent); font-weight: 600; text-decoration: underline; min-block-size: 24px; font-family: ui-monospace, monospace; font-size: 13px; }
  @media (max-width: 1100px) { .app { grid-template-columns: 280px minmax(0, 1fr); } .side { grid-column: 1 / -1; border-block-start: 1px solid var(--line); max-block-size: 40dvh; } }
  @media (max-width: 720px) { :host { block-size: auto; min-block-size: 100dvh; } .app { display: block; } .talk { min-block-size: 70dvh; } .queue { max-block-size: 40dvh; } }
  @media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
`;
