// Pieces of the panel that only show what they are given.
import { html, nothing, type TemplateResult } from "lit";
import type { OrderShown } from "../gen/frontdesk/v1/conversation_pb";
import { icons } from "./icons";
import { piecesOf } from "./links";
import type { Item, Notice } from "./model";
import type { Words } from "./words";

// Text whose allowed addresses are links. Everything is set as text.
export function linked(text: string, domains: readonly string[]): (TemplateResult | string)[] {
  return piecesOf(text, domains).map((piece) =>
    piece.href ? html`<a href=${piece.href} target="_blank" rel="noopener noreferrer">${piece.text}</a>` : piece.text,
  );
}

export function face(name: string, human: boolean, extra: unknown = nothing): TemplateResult {
  return html`<span class="face ${human ? "human" : ""}" aria-hidden="true">${[...name][0]?.toUpperCase() ?? ""}${extra}</span>`;
}

export function noticeText(words: Words, notice: Notice, name: string): string {
  switch (notice) {
    case "human_asked": return words.humanAsked;
    case "transferred": return words.transferred;
    case "ticket": return name ? `${words.ticket} ${name}` : words.humanAsked;
    case "joined": return `${name} ${words.joined}`;
    case "returned": return words.returned;
    case "ended": return words.ended;
  }
}

const STAGES = ["processing", "packed", "shipped", "delivered"] as const;

export function orderCard(order: OrderShown, words: Words, language: string): TemplateResult {
  const stage = STAGES.indexOf(order.status as (typeof STAGES)[number]);
  const off = order.status === "cancelled";
  const name = off ? words.cancelled : stage < 0 ? order.status : words[STAGES[stage]!];
  const day = (iso: string) =>
    new Date(`${iso}T12:00:00Z`).toLocaleDateString(language, { day: "numeric", month: "short", year: "numeric" });
  const when = off || stage < 0 ? "" : order.deliveredOn ? day(order.deliveredOn) : order.promisedOn ? `${words.onTheWay} ${day(order.promisedOn)}` : "";
  let total = "";
  if (order.totalCents > 0n && order.currency) {
    total = new Intl.NumberFormat(language, { style: "currency", currency: order.currency }).format(Number(order.totalCents) / 100);
  }
  return html`<article class="card ${off ? "off" : ""}" aria-label="${words.order} ${order.orderId}">
    <h3><span>${words.order} <b>${order.orderId}</b></span><span>${total}</span></h3>
    <p class="what">${order.items}</p>
    <ul class="steps" aria-hidden="true">${STAGES.map((_, i) => html`<li class=${i <= stage ? "on" : ""}></li>`)}</ul>
    <p class="stand"><b>${name}</b><span>${when}</span></p>
  </article>`;
}

export const typingDots = (words: Words, name: string) =>
  html`<div class="row">${face(name, false)}<div class="bubble"><span class="typing"><i></i><i></i><i></i><span class="hush">${name} ${words.typing}</span></span></div></div>`;

// What an answer rests on, one chip per document.
export function sourcesOf(item: Item & { kind: "assistant" }, words: Words, open: (number: number) => void): TemplateResult | typeof nothing {
  const seen = new Map<string, { number: number; title: string }>();
  for (const sentence of item.sentences) {
    for (const { number, citation } of sentence.citations) {
      if (!seen.has(citation.documentId)) seen.set(citation.documentId, { number, title: citation.title || citation.documentId });
    }
  }
  if (seen.size === 0) return nothing;
  return html`<div class="sources" role="group" aria-label=${words.sources}>
    ${[...seen.values()].map((s) => html`<button type="button" data-source=${s.number} @click=${() => open(s.number)}>${icons.page}<span>${s.title}</span></button>`)}
  </div>`;
}
