// One conversation as this browser holds it: opens it, sends, receives, and comes back
// after sleep, network loss, reload or a restart of the server.
//
// Nothing is lost and nothing comes twice, because of two numbers:
//  - events are applied by their sequence, and only the Subscribe stream applies them; a
//    new stream asks for what comes after the last one applied;
//  - a message keeps its request_id until its own event is seen, so that sending it
//    again is harmless. It is kept in local storage until then and outlives a reload.
// Events themselves are never stored in the browser.
import { Code, ConnectError, createClient, type Client } from "@connectrpc/connect";
import { backoff, judge, newRequestId, openTransport, pause, reasonOf } from "../wire/channel";
import { ChatService, type Assistant, type GetPassageResponse } from "../gen/frontdesk/v1/chat_pb";
import { ConversationState, type Citation, type ConversationEvent } from "../gen/frontdesk/v1/conversation_pb";

export type Delivery = "pending" | "sent" | "failed";

export interface Outgoing {
  requestId: string;
  text: string;
  delivery: Delivery;
  reason?: string; // of a failure
}

// idle: not opened yet; open: the stream is up; away: trying again; lost: the conversation is gone.
export type Link = "idle" | "connecting" | "open" | "away" | "lost";

interface Kept {
  conversation: string;
  token: string;
  expires: number;
  outbox: { requestId: string; text: string }[];
  rated?: boolean;
}

const SILENCE_MS = 60_000; // a stream that said nothing for so long is opened anew
const WAKE_SILENCE_MS = 20_000; // the same after the page was hidden or offline
const SEND_TRIES = 8;

export class Session {
  readonly events: ConversationEvent[] = [];
  readonly outbox: Outgoing[] = [];
  assistant: Assistant | undefined;
  link: Link = "idle";
  ended = false;
  rated = false;
  problem = "";

  private readonly client: Client<typeof ChatService>;
  private kept: Kept | undefined;
  private last = 0n;
  private heard = 0;
  private stop = new AbortController();
  private stream: AbortController | undefined;
  private pumping = false;
  private opening: Promise<void> | undefined;
  private failures = 0;

  constructor(
    private readonly server: string,
    private readonly place: string, // key in local storage
    private readonly language: () => string,
    private readonly identityToken: () => string,
    private readonly changed: () => void,
  ) {
    this.client = createClient(ChatService, openTransport(server, () => this.kept?.token));
    this.kept = this.read();
    addEventListener("online", this.wake);
    addEventListener("pageshow", this.wake);
    document.addEventListener("visibilitychange", this.wake);
  }

  // Whether a conversation from before waits to be taken up again.
  get resumable(): boolean {
    return this.kept !== undefined;
  }
  get conversation(): string {
    return this.kept?.conversation ?? "";
  }
  get serverUrl(): string {
    return this.server;
  }

  // Opens the conversation, or takes the one from before up again. Safe to call often.
  start(): Promise<void> {
    this.opening ??= this.open().finally(() => (this.opening = undefined));
    return this.opening;
  }

  send(text: string): void {
    this.outbox.push({ requestId: newRequestId(), text, delivery: "pending" });
    this.keep();
    this.changed();
    void this.pump();
  }

  resend(requestId: string): void {
    const item = this.outbox.find((one) => one.requestId === requestId);
    if (!item) return;
    item.delivery = "pending";
    item.reason = undefined;
    this.keep();
    this.changed();
    void this.pump();
  }

  discard(requestId: string): void {
    const at = this.outbox.findIndex((one) => one.requestId === requestId);
    if (at >= 0) this.outbox.splice(at, 1);
    this.keep();
    this.changed();
  }

  passage(citation: Citation): Promise<GetPassageResponse> {
    return this.client.getPassage(
      {
        conversation: this.conversation,
        passageHash: citation.passageHash,
        begin: citation.begin,
        end: citation.end,
      },
      { timeoutMs: 10_000 },
    );
  }

  async rate(rating: number, comment: string): Promise<void> {
    await this.client.submitFeedback(
      { conversation: this.conversation, requestId: newRequestId(), rating, comment },
      { timeoutMs: 10_000 },
    );
    this.rated = true;
    this.keep();
    this.changed();
  }

  async consent(purpose: string, granted: boolean, textVersion: string): Promise<void> {
    await this.client.updateConsent(
      { conversation: this.conversation, requestId: newRequestId(), purpose, granted, textVersion },
      { timeoutMs: 10_000 },
    );
  }

  async end(): Promise<void> {
    await this.client.endConversation(
      { conversation: this.conversation, requestId: newRequestId() },
      { timeoutMs: 10_000 },
    );
  }

  // Forgets this conversation and opens a new one.
  async renew(): Promise<void> {
    this.stream?.abort();
    this.stop.abort();
    this.stop = new AbortController();
    this.forget();
    this.opening = undefined;
    await this.start();
  }

  dispose(): void {
    this.stop.abort();
    this.stream?.abort();
    removeEventListener("online", this.wake);
    removeEventListener("pageshow", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
  }

  // ---- opening -------------------------------------------------------------------------------

  private async open(): Promise<void> {
    const stop = this.stop.signal;
    if (this.link !== "idle") return;
    this.set("connecting");
    const requestId = newRequestId();
    while (!stop.aborted) {
      try {
        if (!this.assistant) {
          this.assistant = (await this.client.getAssistant({}, { timeoutMs: 10_000 })).assistant;
          this.changed();
        }
        if (!this.kept) {
          const created = await this.client.createConversation(
            { requestId, languageCode: this.language(), identityToken: this.identityToken() },
            { timeoutMs: 15_000 },
          );
          if (stop.aborted) return;
          this.kept = {
            conversation: created.conversation!.name,
            token: created.conversationToken,
            expires: Number(created.expireTime?.seconds ?? 0n) * 1000,
            outbox: [],
          };
          this.keep();
        }
        break;
      } catch (error) {
        if (!(await this.later(error, stop))) return;
      }
    }
    void this.follow(stop);
    void this.pump();
  }

  // ---- receiving -----------------------------------------------------------------------------

  private async follow(stop: AbortSignal): Promise<void> {
    while (!stop.aborted && !this.ended) {
      const stream = new AbortController();
      this.stream = stream;
      this.heard = Date.now();
      const watch = setInterval(() => {
        if (document.visibilityState === "visible" && Date.now() - this.heard > SILENCE_MS) stream.abort();
      }, 5_000);
      // The server sends headers at once, the first event or sign of life may take long.
      const patience = setTimeout(() => this.link !== "open" && this.set("open"), 400);
      try {
        const responses = this.client.subscribe(
          { conversation: this.conversation, afterSequence: this.last },
          { signal: AbortSignal.any([stop, stream.signal]) },
        );
        for await (const response of responses) {
          this.heard = Date.now();
          this.failures = 0;
          if (this.link !== "open") this.set("open");
          if (response.event) this.apply(response.event);
        }
        clearTimeout(patience);
        if (this.ended) break;
        await pause(300, stop);
      } catch (error) {
        clearTimeout(patience);
        if (stop.aborted) return;
        if (stream.signal.aborted) continue; // ours: open anew at once
        if (judge(error) === "never" && ConnectError.from(error).code === Code.InvalidArgument) {
          this.events.length = 0; // the server knows less than we do: its log is the truth
          this.last = 0n;
        }
        if (!(await this.later(error, stop))) return;
      } finally {
        clearInterval(watch);
      }
    }
  }

  private apply(event: ConversationEvent): void {
    if (event.sequence <= this.last) return;
    this.last = event.sequence;
    this.events.push(event);
    if (event.kind.case === "customerMessage") {
      const requestId = event.kind.value.requestId;
      const at = this.outbox.findIndex((one) => one.requestId === requestId);
      if (at >= 0) {
        this.outbox.splice(at, 1);
        this.keep();
      }
    }
    if (event.kind.case === "conversationEnded") this.ended = true;
    this.changed();
  }

  private readonly wake = (): void => {
    if (document.visibilityState !== "visible") return;
    if (this.link === "open" && Date.now() - this.heard > WAKE_SILENCE_MS) this.stream?.abort();
    if (this.link !== "idle") void this.pump();
  };

  // ---- sending -------------------------------------------------------------------------------

  // Sends what waits, one after another. A message counts as sent once the server has taken it.
  private async pump(): Promise<void> {
    if (this.pumping || !this.kept) return;
    this.pumping = true;
    const stop = this.stop.signal;
    try {
      for (;;) {
        const item = this.outbox.find((one) => one.delivery === "pending");
        if (!item || stop.aborted) return;
        await this.deliver(item, stop);
        this.keep();
        this.changed();
      }
    } finally {
      this.pumping = false;
    }
  }

  private async deliver(item: Outgoing, stop: AbortSignal): Promise<void> {
    for (let tries = 1; !stop.aborted; tries++) {
      try {
        const responses = this.client.sendMessage(
          { conversation: this.conversation, requestId: item.requestId, text: item.text },
          { signal: stop },
        )[Symbol.asyncIterator]();
        const first = await responses.next();
        if (first.done) throw new ConnectError("the answer was cut off", Code.Unavailable);
        item.delivery = "sent";
        void this.drain(responses);
        return;
      } catch (error) {
        if (stop.aborted || !this.outbox.includes(item)) return; // its event came meanwhile
        const verdict = judge(error);
        if (verdict === "never" || verdict === "gone" || tries >= SEND_TRIES) {
          item.delivery = "failed";
          item.reason = verdict === "retry" ? "" : reasonOf(error);
          if (verdict === "gone") this.lose();
          return;
        }
        if (navigator.onLine === false) tries = 0; // being offline is no try
        await pause(backoff(Math.max(1, tries)), stop);
      }
    }
  }

  // The turn's decoder runs for as long as somebody reads; what it says comes by Subscribe.
  private async drain(responses: AsyncIterator<unknown>): Promise<void> {
    try {
      while (!(await responses.next()).done);
    } catch {
      // Subscribe tells the rest.
    }
  }

  // ---- state ---------------------------------------------------------------------------------

  // After a failure: waits and says whether to try again.
  private async later(error: unknown, stop: AbortSignal): Promise<boolean> {
    const verdict = judge(error);
    this.problem = reasonOf(error);
    if (verdict === "gone" && this.kept) {
      this.lose();
      return false;
    }
    this.failures++;
    this.set("away");
    await pause(backoff(this.failures), stop);
    return !stop.aborted;
  }

  private lose(): void {
    this.stream?.abort();
    this.stop.abort();
    this.stop = new AbortController();
    localStorage.removeItem(this.place);
    this.kept = undefined;
    this.ended = true;
    this.rated = true; // there is nothing left to rate
    this.set("lost");
  }

  private forget(): void {
    this.events.length = 0;
    this.outbox.length = 0;
    this.last = 0n;
    this.ended = false;
    this.rated = false;
    this.failures = 0;
    this.kept = undefined;
    localStorage.removeItem(this.place);
    this.link = "idle";
    this.changed();
  }

  private set(link: Link): void {
    this.link = link;
    this.changed();
  }

  private keep(): void {
    if (!this.kept) return;
    this.kept.rated = this.rated;
    this.kept.outbox = this.outbox.map(({ requestId, text }) => ({ requestId, text }));
    try {
      localStorage.setItem(this.place, JSON.stringify(this.kept));
    } catch {
      // Storage is full or forbidden: the conversation then lives as long as the page.
    }
  }

  private read(): Kept | undefined {
    try {
      const kept = JSON.parse(localStorage.getItem(this.place) ?? "null") as Kept | null;
      if (!kept?.conversation || !kept.token || kept.expires < Date.now()) return undefined;
      for (const one of kept.outbox ?? []) this.outbox.push({ ...one, delivery: "pending" });
      this.rated = kept.rated ?? false;
      return kept;
    } catch {
      return undefined;
    }
  }
}

export { ConversationState };
