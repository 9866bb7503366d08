// Line icons, 24 by 24, drawn with the text's colour.
import { svg, html, type TemplateResult } from "lit";

const icon = (paths: TemplateResult) =>
  html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${paths}</svg>`;

export const icons = {
  chat: icon(svg`<path d="M21 11.5a8.4 8.4 0 0 1-8.6 8.2 9 9 0 0 1-3.6-.7L3.5 20.5l1.4-4.4A7.9 7.9 0 0 1 3.8 11.5a8.4 8.4 0 0 1 8.6-8.2A8.4 8.4 0 0 1 21 11.5Z"/><path d="M8.6 11.6h.01M12.4 11.6h.01M16.2 11.6h.01" stroke-width="2.6"/>`),
  down: icon(svg`<path d="m6 9 6 6 6-6"/>`),
  more: icon(svg`<path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="3"/>`),
  send: icon(svg`<path d="M5 12h13M12.5 6l6 6-6 6"/>`),
  close: icon(svg`<path d="M6 6l12 12M18 6 6 18"/>`),
  page: icon(svg`<path d="M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8Z"/><path d="M14 3v5h5M9 13h6M9 17h4"/>`),
  save: icon(svg`<path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14"/>`),
  stop: icon(svg`<circle cx="12" cy="12" r="8.5"/><path d="m9 9 6 6M15 9l-6 6"/>`),
};
