// What is shown, computed from the events: a pure function of the log.
import { Owner, SlotKind, type Citation, type ConversationEvent, type OrderShown, type SlotAsked } from "../gen/frontdesk/v1/conversation_pb";

export interface Sentence {
  text: string;
  citations: { number: number; citation: Citation }[];
}

export type Item =
  | { kind: "assistant"; key: string; time: Date; sentences: Sentence[]; agent: string }
  | { kind: "customer"; key: string; time: Date; text: string; requestId: string }
  | { kind: "order"; key: string; order: OrderShown }
  | { kind: "notice"; key: string; notice: Notice; name: string };

// human_asked: somebody was called; ticket: nobody is there; joined, left: an agent.
export type Notice = "human_asked" | "transferred" | "ticket" | "joined" | "returned" | "ended";

// What the customer may pick or fill in now.
export type Offer =
  | { kind: "choices"; replies: string[]; confirmation: boolean; skip: boolean }
  | { kind: "form"; asked: SlotAsked };

export interface View {
  items: Item[];
  offer: Offer | undefined;
  typing: boolean;
  waiting: boolean; // for a human
  agent: string; // shown name of the human who speaks; empty: the assistant
  ended: boolean;
  endReason: string;
  consents: Map<string, boolean>;
  spoke: boolean; // the customer has written something
}

const FORM_KINDS = new Set([
  SlotKind.ORDER_NUMBER,
  SlotKind.EMAIL,
  SlotKind.PHONE,
  SlotKind.DATE,
  SlotKind.QUANTITY,
  SlotKind.AMOUNT,
  SlotKind.POSTCODE,
]);

export function offerOf(asked: SlotAsked): Offer | undefined {
  if (asked.choices.length > 0)
    return { kind: "choices", replies: asked.choices, confirmation: false, skip: asked.optional };
  if (asked.kind === SlotKind.BOOLEAN)
    return { kind: "choices", replies: ["yes", "no"], confirmation: true, skip: asked.optional };
  return FORM_KINDS.has(asked.kind) ? { kind: "form", asked } : undefined;
}

export function viewOf(events: readonly ConversationEvent[]): View {
  const view: View = {
    items: [],
    offer: undefined,
    typing: false,
    waiting: false,
    agent: "",
    ended: false,
    endReason: "",
    consents: new Map(),
    spoke: false,
  };
  let citations = 0;
  let shownOrder = "";
  for (const event of events) {
    const key = String(event.sequence);
    const time = new Date(Number(event.time?.seconds ?? 0n) * 1000 + Math.floor((event.time?.nanos ?? 0) / 1e6));
    const notice = (what: Notice, name = "") => view.items.push({ kind: "notice", key, notice: what, name });
    const kind = event.kind;
    switch (kind.case) {
      case "customerMessage":
        view.items.push({ kind: "customer", key, time, text: kind.value.text, requestId: kind.value.requestId });
        view.offer = undefined;
        view.typing = view.agent === "" && !view.waiting;
        view.spoke = true;
        break;
      case "turnStarted":
        view.typing = true;
        break;
      case "turnCompleted":
        view.typing = false;
        break;
      case "utterance": {
        const sentence: Sentence = {
          text: kind.value.text,
          citations: kind.value.citations.map((citation) => ({ number: ++citations, citation })),
        };
        const before = view.items.at(-1);
        const agent = kind.value.agentDisplayName;
        // Sentences of one answer share a bubble; templates and agents speak in whole ones.
        if (before?.kind === "assistant" && before.agent === agent && agent === "" && sentence.citations.length > 0 &&
            before.sentences.at(-1)!.citations.length > 0) {
          before.sentences.push(sentence);
        } else {
          view.items.push({ kind: "assistant", key, time, sentences: [sentence], agent });
        }
        break;
      }
      case "choicesOffered":
        view.offer = { kind: "choices", replies: kind.value.replies, confirmation: kind.value.confirmation, skip: false };
        break;
      case "slotAsked":
        view.offer = offerOf(kind.value) ?? view.offer;
        break;
      case "orderShown": {
        const look = JSON.stringify([kind.value.orderId, kind.value.status, kind.value.promisedOn]);
        if (look !== shownOrder) view.items.push({ kind: "order", key, order: kind.value });
        shownOrder = look;
        break;
      }
      case "handoffRequested":
        view.offer = undefined;
        if (kind.value.deferred) {
          notice("ticket", kind.value.ticketId);
        } else {
          notice(kind.value.reason === "transferred" ? "transferred" : "human_asked");
          view.waiting = true;
          view.typing = false;
          view.agent = "";
        }
        break;
      case "ownerChanged":
        view.waiting = false;
        if (kind.value.owner === Owner.AGENT) {
          view.agent = kind.value.agentDisplayName;
          view.typing = false;
          view.offer = undefined;
          notice("joined", view.agent);
        } else {
          notice("returned", view.agent);
          view.agent = "";
        }
        break;
      case "consentUpdated":
        view.consents.set(kind.value.purpose, kind.value.granted);
        break;
      case "conversationEnded":
        view.ended = true;
        view.endReason = kind.value.reason;
        view.offer = undefined;
        view.typing = false;
        view.waiting = false;
        notice("ended");
        break;
      default:
        break;
    }
  }
  return view;
}

// The conversation as a text file.
export function transcriptOf(view: View, names: { assistant: string; customer: string }, notice: (n: Notice, name: string) => string): string {
  const lines: string[] = [];
  for (const item of view.items) {
    if (item.kind === "customer") lines.push(`[${item.time.toISOString()}] ${names.customer}: ${item.text}`);
    if (item.kind === "notice") lines.push(`-- ${notice(item.notice, item.name)}`);
    if (item.kind === "order") lines.push(`-- ${item.order.orderId}: ${item.order.items} (${item.order.status})`);
    if (item.kind === "assistant") {
      const text = item.sentences.map((s) => s.text + s.citations.map((c) => ` [${c.number}]`).join("")).join(" ");
      lines.push(`[${item.time.toISOString()}] ${item.agent || names.assistant}: ${text}`);
      for (const s of item.sentences) for (const c of s.citations) lines.push(`    [${c.number}] ${c.citation.title} (${c.citation.documentId})`);
    }
  }
  return lines.join("\n") + "\n";
}
