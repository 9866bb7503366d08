// The look. Everything a host page may change is a --fd-… variable with a default; colours
// are defined once for light and once for dark. Logical properties only, so that right-to-left
// needs no rules of its own.
import { css } from "lit";

export const styles = css`
  :host {
    --accent: var(--fd-accent, #14614e);
    --on-accent: var(--fd-on-accent, #ffffff);
    --font: var(--fd-font, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif);
    --radius: var(--fd-radius, 20px);
    --z: var(--fd-z-index, 2147483000);
    --inset: var(--fd-inset, 24px);
    color-scheme: light;
    --paper: var(--fd-paper, #ffffff);
    --ink: var(--fd-ink, #16211d);
    --soft: #5a6763;
    --wash: #f1f4f2;
    --line: #dfe5e2;
    --edge: #84918b;
    --mark: #ffe9a3;
    --mark-ink: #3b2e00;
    --tint: color-mix(in srgb, var(--accent) 9%, var(--paper));
    --link: color-mix(in srgb, var(--accent) 88%, black);
    --bad: #a8201a;
    --bad-wash: #fdeceb;
    --shadow: 0 1px 2px rgb(12 28 22 / 8%), 0 12px 40px rgb(12 28 22 / 20%);
    font: 15px/1.5 var(--font);
    color: var(--ink);
  }
  :host([data-scheme="dark"]) {
    color-scheme: dark;
    --accent: var(--fd-accent-dark, #6fd3b1);
    --on-accent: var(--fd-on-accent-dark, #06251c);
    --paper: var(--fd-paper-dark, #151a18);
    --ink: var(--fd-ink-dark, #e9efec);
    --soft: #a5b2ac;
    --wash: #202725;
    --line: #2d3633;
    --edge: #75837d;
    --mark: #5b4a10;
    --mark-ink: #fff2c4;
    --tint: color-mix(in srgb, var(--accent) 12%, var(--paper));
    --link: var(--accent);
    --bad: #ff9d94;
    --bad-wash: #3a1d1b;
    --shadow: 0 1px 2px rgb(0 0 0 / 40%), 0 16px 48px rgb(0 0 0 / 60%);
  }
  *, *::before, *::after { box-sizing: border-box; }
  [hidden] { display: none !important; }
  button, input, textarea { font: inherit; color: inherit; }
  button { cursor: pointer; background: none; border: 0; padding: 0; }
  :focus-visible { outline: 2.5px solid var(--accent); outline-offset: 2px; }
  .hush { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

  /* The button that opens the chat. */
  .launcher {
    position: fixed; inset-block-end: var(--inset); inset-inline-end: var(--inset); z-index: var(--z);
    inline-size: 60px; block-size: 60px; border-radius: 50%; display: grid; place-items: center;
    background: var(--accent); color: var(--on-accent); box-shadow: var(--shadow); transition: transform .18s ease;
  }
  .launcher:hover { transform: translateY(-2px) scale(1.03); }
  .launcher:focus-visible { outline-color: var(--ink); outline-offset: 3px; }
  .launcher svg { inline-size: 28px; block-size: 28px; }
  .badge {
    position: absolute; inset-block-start: -2px; inset-inline-end: -2px; min-inline-size: 22px; block-size: 22px; padding-inline: 6px;
    border-radius: 11px; background: #b3261e; color: #fff; font-size: 12px; font-weight: 700; line-height: 22px; text-align: center;
    border: 2px solid var(--paper); box-sizing: content-box;
  }

  .panel {
    position: fixed; inset-block-end: var(--inset); inset-inline-end: var(--inset); z-index: var(--z);
    inline-size: min(404px, calc(100vw - 2 * var(--inset))); block-size: min(680px, calc(100dvh - 2 * var(--inset)));
    display: flex; flex-direction: column; overflow: hidden; background: var(--paper); border-radius: var(--radius);
    box-shadow: var(--shadow); border: 1px solid var(--line); animation: rise .22s cubic-bezier(.2, .8, .3, 1);
  }
  @keyframes rise { from { opacity: 0; transform: translateY(14px) scale(.985); } }

  .head { display: flex; align-items: center; gap: 10px; padding: 14px 10px 12px 16px; border-block-end: 1px solid var(--line); flex: none; }
  :host([dir="rtl"]) .head { padding: 14px 16px 12px 10px; }
  .face {
    flex: none; inline-size: 40px; block-size: 40px; border-radius: 50%; display: grid; place-items: center; position: relative;
    background: var(--accent); color: var(--on-accent); font-weight: 650; font-size: 16px; letter-spacing: .02em;
  }
  .face.human { background: #3d4f8f; color: #fff; }
  .face .dot { position: absolute; inset-block-end: -1px; inset-inline-end: -1px; inline-size: 13px; block-size: 13px; border-radius: 50%; background: #2e9e5b; border: 2.5px solid var(--paper); }
  .face .dot.away { background: #b98900; }
  .who { flex: 1; min-inline-size: 0; }
  .who h2 { margin: 0; font-size: 16px; line-height: 1.25; font-weight: 650; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .who p { margin: 1px 0 0; font-size: 12.5px; line-height: 1.3; color: var(--soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .tool { inline-size: 36px; block-size: 40px; border-radius: 12px; display: grid; place-items: center; color: var(--soft); flex: none; }
  .tool + .tool { margin-inline-start: -8px; }
  .tool:hover { background: var(--wash); color: var(--ink); }
  .tool svg { inline-size: 20px; block-size: 20px; }

  .menu {
    position: absolute; inset-block-start: 62px; inset-inline-end: 12px; z-index: 3; min-inline-size: 236px; padding: 6px;
    background: var(--paper); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shadow);
  }
  .menu button { display: flex; gap: 10px; align-items: center; inline-size: 100%; min-block-size: 44px; padding: 8px 12px; border-radius: 9px; text-align: start; }
  .menu button:hover, .menu button:focus-visible { background: var(--wash); }
  .menu svg { inline-size: 18px; block-size: 18px; color: var(--soft); flex: none; }
  .menu .end { color: var(--bad); }
  .menu .end svg { color: inherit; }
  .menu .consent { display: block; padding: 8px 12px 10px; border-block-start: 1px solid var(--line); margin-block-start: 6px; font-size: 13px; color: var(--soft); }
  .menu .consent label { display: flex; gap: 10px; align-items: flex-start; cursor: pointer; min-block-size: 24px; padding-block: 4px; }
  .menu .consent input { margin: 2px 0 0; inline-size: 18px; block-size: 18px; accent-color: var(--accent); flex: none; }

  .bar { flex: none; display: flex; align-items: center; gap: 10px; padding: 8px 18px; font-size: 13px; background: #fff4d6; color: #5b4200; }
  :host([data-scheme="dark"]) .bar { background: #3b300f; color: #ffe7ac; }
  .bar button { font-weight: 650; text-decoration: underline; min-block-size: 24px; margin-inline-start: auto; }

  .log { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 18px 16px 8px; display: flex; flex-direction: column; gap: 4px; scrollbar-width: thin; scrollbar-color: var(--edge) transparent; }
  .log:focus-visible { outline-offset: -3px; }
  .log > .first { margin-block-start: auto; }
  .day { align-self: center; font-size: 12px; color: var(--soft); margin: 4px 0 10px; }
  .row { display: flex; gap: 8px; max-inline-size: 100%; margin-block-start: 8px; }
  .row.joined { margin-block-start: 2px; }
  .row .face { inline-size: 28px; block-size: 28px; font-size: 12px; align-self: flex-end; }
  .row .face.ghost { visibility: hidden; }
  .bubble {
    position: relative; min-inline-size: 0; max-inline-size: min(300px, 84%); padding: 10px 14px; border-radius: 18px; background: var(--wash);
    overflow-wrap: anywhere; white-space: pre-wrap; border-end-start-radius: 6px;
  }
  .row.mine { justify-content: flex-end; }
  .mine .bubble { background: var(--accent); color: var(--on-accent); border-end-start-radius: 18px; border-end-end-radius: 6px; }
  .mine.pending .bubble { opacity: .75; }
  .mine.failed .bubble { background: var(--bad-wash); color: var(--ink); box-shadow: inset 0 0 0 1.5px var(--bad); }
  .human .bubble { background: color-mix(in srgb, #3d4f8f 12%, var(--paper)); }
  :host([data-scheme="dark"]) .human .bubble { background: #262e4d; }
  .byline { font-size: 12px; font-weight: 650; color: var(--soft); margin: 6px 0 2px 36px; }
  :host([dir="rtl"]) .byline { margin: 6px 36px 2px 0; }
  .sentence { animation: appear .3s ease both; }
  @keyframes appear { from { opacity: 0; } }
  .bubble a { color: var(--link); font-weight: 550; text-underline-offset: 2px; }
  .mine .bubble a { color: inherit; }
  .cite {
    display: inline-block; min-inline-size: 24px; block-size: 24px; line-height: 22px; text-align: center; border-radius: 8px; margin-inline-start: 4px; padding-inline: 5px;
    font-size: 12px; font-weight: 650; color: var(--link); background: var(--paper); border: 1px solid var(--line); vertical-align: 1px; font-variant-numeric: tabular-nums;
  }
  .cite:hover { border-color: var(--accent); background: var(--tint); }
  .sources { display: flex; flex-wrap: wrap; gap: 6px; margin: 4px 0 2px 36px; }
  :host([dir="rtl"]) .sources { margin: 4px 36px 2px 0; }
  .sources button { display: inline-flex; gap: 6px; align-items: center; min-block-size: 28px; padding: 3px 10px; font-size: 13px; color: var(--soft); border: 1px solid var(--line); border-radius: 14px; max-inline-size: 260px; text-align: start; }
  .sources button span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .sources button:hover { color: var(--ink); border-color: var(--accent); }
  .sources svg { inline-size: 13px; block-size: 13px; flex: none; }
  .state { align-self: flex-end; display: flex; gap: 10px; align-items: center; font-size: 12px; color: var(--soft); min-block-size: 20px; margin: 2px 4px 0; }
  .state.failed { color: var(--bad); }
  .state button { font-weight: 650; text-decoration: underline; min-block-size: 24px; padding-inline: 2px; }
  .notice { display: flex; align-items: center; gap: 10px; margin: 14px 4px 8px; font-size: 13px; color: var(--soft); text-align: center; }
  .notice::before, .notice::after { content: ""; flex: 1; block-size: 1px; background: var(--line); min-inline-size: 12px; }
  .typing { display: inline-flex; gap: 5px; align-items: center; block-size: 22px; }
  .typing i { inline-size: 7px; block-size: 7px; border-radius: 50%; background: var(--soft); animation: hop 1.1s infinite ease-in-out; }
  .typing i:nth-child(2) { animation-delay: .15s; }
  .typing i:nth-child(3) { animation-delay: .3s; }
  @keyframes hop { 0%, 60%, 100% { opacity: .35; transform: none; } 30% { opacity: 1; transform: translateY(-3px); } }

  .card { margin: 10px 0 4px 36px; border: 1px solid var(--line); border-radius: 16px; padding: 14px 16px; max-inline-size: 300px; background: var(--paper); }
  :host([dir="rtl"]) .card { margin: 10px 36px 4px 0; }
  .card h3 { margin: 0; font-size: 14px; display: flex; justify-content: space-between; gap: 8px; font-weight: 650; }
  .card h3 b { font-variant-numeric: tabular-nums; }
  .card .what { margin: 2px 0 12px; color: var(--soft); font-size: 14px; }
  .steps { display: grid; grid-template-columns: repeat(4, 1fr); gap: 4px; margin: 0 0 6px; padding: 0; list-style: none; }
  .steps li { block-size: 5px; border-radius: 3px; background: var(--line); }
  .steps li.on { background: var(--accent); }
  .card.off .steps li.on { background: var(--edge); }
  .card .stand { display: flex; justify-content: space-between; gap: 8px; font-size: 13px; margin: 0; }
  .card .stand b { font-weight: 650; }
  .card .stand span { color: var(--soft); text-align: end; }

  .ask { flex: none; padding: 8px 16px 2px; display: flex; flex-wrap: wrap; gap: 8px; justify-content: flex-end; max-block-size: 40%; overflow-y: auto; }
  .chip { min-block-size: 40px; padding: 7px 16px; border-radius: 20px; border: 1.5px solid var(--accent); color: var(--link); font-weight: 600; background: var(--paper); text-align: start; }
  .chip:hover { background: var(--tint); }
  .chip.solid { background: var(--accent); color: var(--on-accent); }
  .chip.solid:hover { background: color-mix(in srgb, var(--accent) 88%, var(--ink)); }
  .chip.plain { border-color: var(--edge); color: var(--soft); font-weight: 500; }
  .sheet-form { flex: none; margin: 8px 16px 2px; padding: 12px 14px; border-radius: 16px; background: var(--tint); }
  .sheet-form label { display: block; font-size: 13px; font-weight: 650; margin-block-end: 6px; }
  .sheet-form .line { display: flex; gap: 8px; }
  .sheet-form input { flex: 1; min-inline-size: 0; block-size: 44px; padding: 0 12px; border-radius: 11px; border: 1.5px solid var(--edge); background: var(--paper); }
  .sheet-form input[aria-invalid="true"] { border-color: var(--bad); }
  .sheet-form .hint { margin: 6px 0 0; font-size: 13px; color: var(--soft); }
  .sheet-form .fault { margin: 6px 0 0; font-size: 13px; color: var(--bad); }
  .go { min-block-size: 44px; padding: 0 18px; border-radius: 11px; background: var(--accent); color: var(--on-accent); font-weight: 650; flex: none; }
  .go:hover { background: color-mix(in srgb, var(--accent) 88%, var(--ink)); }
  .go[disabled] { opacity: .5; cursor: default; }

  .base { flex: none; padding: 10px 14px 14px; }
  .composer { display: flex; align-items: flex-end; gap: 6px; border: 1.5px solid var(--edge); border-radius: 24px; padding: 4px 4px 4px 16px; background: var(--paper); }
  :host([dir="rtl"]) .composer { padding: 4px 16px 4px 4px; }
  .composer:focus-within { border-color: var(--accent); box-shadow: 0 0 0 3px color-mix(in srgb, var(--accent) 22%, transparent); }
  .composer textarea { flex: 1; min-inline-size: 0; resize: none; border: 0; background: none; padding: 8px 0; max-block-size: 132px; min-block-size: 40px; line-height: 1.5; outline: none; }
  .composer textarea::placeholder { color: var(--soft); opacity: 1; }
  .send { inline-size: 40px; block-size: 40px; border-radius: 50%; background: var(--accent); color: var(--on-accent); display: grid; place-items: center; flex: none; }
  .send[aria-disabled="true"] { background: var(--wash); color: var(--soft); cursor: default; }
  .send svg { inline-size: 20px; block-size: 20px; }
  :host([dir="rtl"]) .send svg { transform: scaleX(-1); }
  .long { font-size: 12px; color: var(--bad); margin: 6px 12px 0; }

  .cover { position: absolute; inset: 0; z-index: 4; background: var(--paper); display: flex; flex-direction: column; animation: slide .22s cubic-bezier(.2, .8, .3, 1); }
  @keyframes slide { from { transform: translateY(24px); opacity: 0; } }
  .cover .head h2 { margin: 0; font-size: 16px; font-weight: 650; flex: 1; min-inline-size: 0; overflow-wrap: anywhere; line-height: 1.3; }
  .cover .path { margin: 0; font-size: 13px; color: var(--soft); }
  .cover .text { flex: 1; overflow-y: auto; padding: 18px 22px; line-height: 1.65; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
  .cover .text:focus-visible { outline-offset: -3px; }
  .cover mark { background: var(--mark); color: var(--mark-ink); border-radius: 3px; padding: 1px 2px; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
  .cover .foot { padding: 12px 22px 18px; border-block-start: 1px solid var(--line); font-size: 14px; }
  .cover .foot a { color: var(--link); font-weight: 600; display: inline-block; padding-block: 6px; }

  .ask-box { margin: 10px 0 4px; padding: 14px 16px; border-radius: 16px; background: var(--tint); }
  .ask-box p { margin: 0 0 10px; }
  .ask-box .pair { display: flex; gap: 8px; flex-wrap: wrap; }
  .rate { margin: 12px 16px 4px; padding: 14px 16px; border-radius: 16px; background: var(--tint); flex: none; }
  .rate h3 { margin: 0 0 2px; font-size: 15px; font-weight: 650; }
  .rate .hint { margin: 0 0 10px; font-size: 13px; color: var(--soft); }
  .rate fieldset { border: 0; margin: 0; padding: 0; min-inline-size: 0; }
  .faces { display: grid; grid-template-columns: repeat(5, 1fr); gap: 6px; }
  .faces label { position: relative; display: grid; place-items: center; block-size: 48px; border-radius: 12px; background: var(--paper); border: 1.5px solid var(--line); font-weight: 650; cursor: pointer; font-variant-numeric: tabular-nums; }
  .faces label:hover { border-color: var(--accent); }
  .faces input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; }
  .faces label:has(:checked) { background: var(--accent); color: var(--on-accent); border-color: var(--accent); }
  .faces label:has(:focus-visible) { outline: 2.5px solid var(--accent); outline-offset: 2px; }
  .rate textarea { inline-size: 100%; margin-block: 10px; min-block-size: 60px; border: 1.5px solid var(--edge); border-radius: 11px; padding: 8px 12px; background: var(--paper); resize: vertical; }
  .over { padding: 6px 0 2px; text-align: center; color: var(--soft); font-size: 14px; }
  .over .go { margin-block-start: 10px; inline-size: 100%; }

  @media (max-width: 480px) {
    .panel { inset: 0; inline-size: 100vw; block-size: 100dvh; border-radius: 0; border: 0; }
    .bubble { max-inline-size: 84%; }
    .composer textarea, .sheet-form input, .rate textarea { font-size: 16px; } /* smaller makes iOS zoom */
    .base { padding-block-end: max(14px, env(safe-area-inset-bottom)); }
  }
  @media (max-height: 480px) {
    .panel { inset-block: 4px; block-size: calc(100dvh - 8px); }
    .head { padding-block: 6px; }
  }
  @media (prefers-reduced-motion: reduce) {
    *, *::before, *::after { animation-duration: .01ms !important; animation-iteration-count: 1 !important; transition-duration: .01ms !important; }
  }
  @media (forced-colors: active) {
    .bubble, .chip, .go, .send, .launcher, .panel, .steps li.on { border: 1px solid CanvasText; }
  }
`;
