// The transcript as an agent sees it: personal values are pills that have to be revealed.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { UtteranceSource, type ConversationEvent } from "../gen/frontdesk/v1/conversation_pb";
import type { Front } from "./desk";
import { plainReason } from "./format";

const TOKEN = /(<[A-Z][A-Z0-9_]*_\d+>)/;

export function masked(text: string, front: Pick<Front, "revealed">, reveal: (token: string) => void): (TemplateResult | string)[] {
  return text.split(TOKEN).map((part) => {
    if (!TOKEN.test(part)) return part;
    const value = front.revealed.get(part);
    const name = part.slice(1, -1).replace(/_/g, " ");
    return value === undefined
      ? html`<button type="button" class="vault" aria-label="Reveal ${name}" @click=${() => reveal(part)}>${name}</button>`
      : html`<span class="vault open">${value}</span>`;
  });
}

const SOURCES: Record<number, string> = {
  [UtteranceSource.MODEL]: "Assistant, written and verified",
  [UtteranceSource.EXTRACTIVE]: "Assistant, quoted",
  [UtteranceSource.TEMPLATE]: "Assistant",
};

function handedOver(reason: string, ticket: string): string {
  if (ticket) return `Ticket ${ticket} was opened: ${plainReason(reason)}`;
  return reason === "requested" ? "The customer asked for a human" : reason === "transferred" ? "Passed on to another team" : `A human was asked for: ${plainReason(reason)}`;
}

function row(event: ConversationEvent, front: Pick<Front, "revealed">, reveal: (token: string) => void): TemplateResult | typeof nothing {
  const kind = event.kind;
  const text = (value: string) => masked(value, front, reveal);
  switch (kind.case) {
    case "customerMessage":
      return html`<div class="msg customer"><span class="by">Customer</span>${text(kind.value.text)}</div>`;
    case "utterance": {
      const human = kind.value.source === UtteranceSource.HUMAN;
      const titles = [...new Set(kind.value.citations.map((c) => c.title || c.documentId))];
      return html`<div class="msg ${human ? "human" : ""}"><span class="by">${human ? kind.value.agentDisplayName : SOURCES[kind.value.source] ?? "Assistant"}</span>${text(kind.value.text)}${titles.length > 0 ? html`<span class="cited">from ${titles.join(", ")}</span>` : nothing}</div>`;
    }
    case "agentNote":
      return html`<div class="msg note"><span class="by">Note by ${kind.value.agentDisplayName}</span>${text(kind.value.text)}</div>`;
    case "handoffRequested":
      return html`<p class="fact">${handedOver(kind.value.reason, kind.value.deferred ? kind.value.ticketId : "")}${kind.value.reason === "transferred" && kind.value.packet?.summary ? html`: ${text(kind.value.packet.summary)}` : nothing}</p>`;
    case "ownerChanged":
      return html`<p class="fact">${kind.value.agentDisplayName ? `${kind.value.agentDisplayName} took over` : "The assistant goes on"}</p>`;
    case "agentAction":
      return html`<p class="fact">${kind.value.agentDisplayName}: ${kind.value.action} ${kind.value.detail}</p>`;
    case "orderShown":
      return html`<p class="fact">Order ${kind.value.orderId}: ${kind.value.items}, ${kind.value.status}</p>`;
    case "consentUpdated":
      return html`<p class="fact">Consent for ${kind.value.purpose}: ${kind.value.granted ? "granted" : "withdrawn"}</p>`;
    case "conversationEnded":
      return html`<p class="fact">The conversation ended: ${kind.value.reason}</p>`;
    default:
      return nothing;
  }
}

export function transcript(front: Pick<Front, "events" | "revealed">, reveal: (token: string) => void) {
  return repeat(front.events, (event) => String(event.sequence), (event) => row(event, front, reveal));
}
