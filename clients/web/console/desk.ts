// An agent's desk: who is signed in, the live queue, and the conversation in front.
//
// Both streams come back by themselves. The queue is listed whole on every new stream, the
// transcript goes on after the last sequence. What may be written is fenced by the epoch of
// the claim: the server refuses a reply that raced with another owner, and the desk says so.
import { Code, ConnectError, createClient, type Client } from "@connectrpc/connect";
import type { JsonObject } from "@bufbuild/protobuf";
import { backoff, newRequestId, openTransport, pause, reasonOf } from "../wire/channel";
import { AgentConsoleService, Presence, type CannedReply, type GetCustomerResponse, type QueueEntry, type RunToolResponse, type Suggestion, type Tool } from "../gen/frontdesk/v1/console_pb";
import { Owner, type ConversationEvent } from "../gen/frontdesk/v1/conversation_pb";
import { InsightService } from "../gen/frontdesk/v1/insight_pb";
import { QualityService } from "../gen/frontdesk/v1/quality_pb";

export interface Front {
  name: string; // "conversations/…"
  events: ConversationEvent[];
  last: bigint;
  epoch: bigint;
  owner: "assistant" | "queue" | "me" | "other";
  ownerName: string;
  ended: boolean;
  customer: GetCustomerResponse | undefined;
  reading: { owned: boolean; done: Promise<void> } | undefined; // of the customer's record
  suggestions: Suggestion[];
  canned: CannedReply[];
  tools: Tool[];
  revealed: Map<string, string>;
  stop: AbortController;
}

const ALIVE_MS = 25_000; // presence lapses after 60 s without a sign of life
const LEASE_MS = 60_000; // a claim holds 120 s and is renewed half-way

export class Desk {
  user = "";
  role = "";
  displayName = "";
  teams: string[] = [];
  myTeams: string[] = [];
  capacity = 3;
  available = true;
  availableAgents = 0;
  linked = false;
  problem = "";
  readonly queue = new Map<string, QueueEntry>();
  front: Front | undefined;

  private token = "";
  private stop = new AbortController();
  private readonly transport;
  private readonly client: Client<typeof AgentConsoleService>;
  readonly insight: Client<typeof InsightService>;
  readonly quality: Client<typeof QualityService>;
  private listed = false;

  constructor(
    server: string,
    private readonly changed: () => void,
    private readonly assigned: (entry: QueueEntry) => void,
    private readonly tell: (text: string, bad?: boolean) => void,
  ) {
    this.transport = openTransport(server, () => this.token || undefined);
    this.client = createClient(AgentConsoleService, this.transport);
    this.insight = createClient(InsightService, this.transport);
    this.quality = createClient(QualityService, this.transport);
  }

  // Errors are thrown: a wrong token is the caller's business.
  async signIn(token: string, displayName: string): Promise<void> {
    this.token = token.trim();
    this.displayName = displayName.trim();
    try {
      await this.present();
    } catch (error) {
      this.token = "";
      throw error;
    }
    this.stop = new AbortController();
    void this.follow(this.stop.signal);
    const alive = setInterval(() => void this.present().catch(() => undefined), ALIVE_MS);
    const lease = setInterval(() => void this.renew(), LEASE_MS);
    this.stop.signal.addEventListener("abort", () => {
      clearInterval(alive);
      clearInterval(lease);
    });
  }

  signOut(): void {
    this.available = false;
    void this.present().catch(() => undefined);
    this.leave();
    this.stop.abort();
    this.token = "";
    this.user = "";
    this.queue.clear();
    this.changed();
  }

  async present(): Promise<void> {
    const answer = await this.client.setPresence(
      {
        presence: this.available ? Presence.AVAILABLE : Presence.AWAY,
        displayName: this.displayName,
        teams: this.myTeams,
        capacity: this.capacity,
      },
      { timeoutMs: 10_000 },
    );
    this.user = answer.user;
    this.role = answer.role;
    this.teams = answer.teams;
    this.availableAgents = answer.availableAgents;
    this.changed();
  }

  mine(): QueueEntry[] {
    return [...this.queue.values()].filter((entry) => entry.claimedByUser === this.user);
  }
  waiting(): QueueEntry[] {
    return [...this.queue.values()]
      .filter((entry) => entry.claimedByUser === "")
      .sort((a, b) => Number(b.offeredTo === this.user) - Number(a.offeredTo === this.user) || b.priority - a.priority || Number((a.since?.seconds ?? 0n) - (b.since?.seconds ?? 0n)));
  }

  // ---- the queue -----------------------------------------------------------------------------

  private async follow(stop: AbortSignal): Promise<void> {
    for (let failures = 0; !stop.aborted; ) {
      try {
        const fresh = new Set<string>();
        this.listed = false;
        for await (const change of this.client.watchQueue({}, { signal: stop })) {
          failures = 0;
          this.linked = true;
          if (!change.entry) {
            if (!this.listed) for (const name of this.queue.keys()) if (!fresh.has(name)) this.queue.delete(name);
            this.listed = true;
          } else if (change.removed) {
            this.queue.delete(change.entry.conversation);
          } else {
            fresh.add(change.entry.conversation);
            this.take(change.entry);
          }
          this.changed();
        }
      } catch (error) {
        if (stop.aborted) return;
        this.linked = false;
        if (ConnectError.from(error).code === Code.Unauthenticated) {
          this.tell(`Signed out: ${reasonOf(error)}`, true);
          this.signOut();
          return;
        }
        this.problem = reasonOf(error);
        this.changed();
      }
      await pause(backoff(++failures), stop);
    }
  }

  private take(entry: QueueEntry): void {
    const before = this.queue.get(entry.conversation);
    this.queue.set(entry.conversation, entry);
    if (entry.offeredTo === this.user && before?.offeredTo !== this.user && entry.claimedByUser === "") this.assigned(entry);
    const front = this.front;
    if (front?.name === entry.conversation && front.owner === "me" && entry.claimedByUser !== this.user && this.listed) {
      this.tell(entry.claimedBy ? `${entry.claimedBy} has this conversation now.` : "Your claim has ended; the conversation is back in the queue.", true);
    }
  }

  // ---- the conversation in front ---------------------------------------------------------------

  open(name: string): void {
    if (this.front?.name === name) return;
    this.leave();
    const front: Front = {
      name, events: [], last: 0n, epoch: 1n, owner: "assistant", ownerName: "", ended: false, customer: undefined, reading: undefined,
      suggestions: [], canned: [], tools: [], revealed: new Map(), stop: new AbortController(),
    };
    this.front = front;
    this.changed();
    void this.read(front);
    void this.client.listTools({ conversation: name }).then((r) => { front.tools = r.tools; this.changed(); }).catch(() => undefined);
    void this.client.listCannedReplies({ conversation: name }).then((r) => { front.canned = r.replies; this.changed(); }).catch(() => undefined);
    void this.customer();
  }

  // A whole transcript, once: what a reviewer reads.
  transcript(conversation: string) {
    return this.client.getTranscript({ conversation });
  }

  leave(): void {
    this.front?.stop.abort();
    this.front = undefined;
  }

  private async read(front: Front): Promise<void> {
    const stop = front.stop.signal;
    for (let failures = 0; !stop.aborted && !front.ended; ) {
      try {
        for await (const { event } of this.client.watchTranscript({ conversation: front.name, afterSequence: front.last }, { signal: stop })) {
          failures = 0;
          if (!event || event.sequence <= front.last) continue;
          front.last = event.sequence;
          front.events.push(event);
          this.learn(front, event);
          this.changed();
        }
      } catch (error) {
        if (stop.aborted) return;
        this.problem = reasonOf(error);
      }
      await pause(backoff(++failures), stop);
    }
  }

  private learn(front: Front, event: ConversationEvent): void {
    const kind = event.kind;
    if (kind.case === "ownerChanged") {
      front.epoch = kind.value.ownerEpoch;
      front.ownerName = kind.value.agentDisplayName;
      const me = kind.value.owner === Owner.AGENT && this.queue.get(front.name)?.claimedByUser === this.user;
      front.owner = kind.value.owner === Owner.AGENT ? (me || kind.value.agentDisplayName === (this.displayName || this.user) ? "me" : "other") : "assistant";
      if (front.owner === "me" && (front.customer?.orders.length ?? 0) === 0) void this.customer(); // else the claim has read it
    }
    if (kind.case === "handoffRequested" && !kind.value.deferred) {
      front.owner = "queue";
      front.ownerName = "";
    }
    if (kind.case === "conversationEnded") front.ended = true;
    if (kind.case === "customerMessage") void this.suggest();
    if (kind.case === "agentAction" && kind.value.action === "tag") void this.customer();
  }

  // Reading the record runs the business's tools, which is put on record: calls that come while one
  // runs wait for it instead of running them again, unless that one was not the owner's yet.
  customer(): Promise<void> {
    const front = this.front;
    if (!front) return Promise.resolve();
    const owned = front.owner === "me";
    if (front.reading) return front.reading.owned === owned ? front.reading.done : front.reading.done.then(() => this.customer());
    const done = this.client.getCustomer({ conversation: front.name })
      .then((customer) => { front.customer = customer; this.changed(); }, () => undefined) // the panel then says that nothing is known
      .finally(() => { front.reading = undefined; });
    front.reading = { owned, done };
    return done;
  }

  async suggest(): Promise<void> {
    const front = this.front;
    if (!front) return;
    try {
      front.suggestions = (await this.client.suggestReplies({ conversation: front.name, limit: 3 })).suggestions;
      this.changed();
    } catch {
      front.suggestions = [];
    }
  }

  // ---- acting ----------------------------------------------------------------------------------

  // Runs one call; what went wrong is told in words, a lost race by name.
  private async act(what: string, call: (front: Front) => Promise<unknown>): Promise<boolean> {
    const front = this.front;
    if (!front) return false;
    try {
      await call(front);
      return true;
    } catch (error) {
      const raced = ConnectError.from(error).code === Code.Aborted;
      this.tell(raced ? `${what} was refused: another owner took the conversation over first.` : `${what} failed: ${reasonOf(error)}`, true);
      return false;
    }
  }

  claim(): Promise<boolean> {
    return this.act("Claiming", async (front) => {
      const answer = await this.client.claim({ conversation: front.name });
      front.epoch = answer.ownerEpoch;
      front.owner = "me";
      this.changed();
      await Promise.all([this.customer(), this.suggest()]);
    });
  }

  private async renew(): Promise<void> {
    for (const entry of this.mine()) await this.client.claim({ conversation: entry.conversation }).catch(() => undefined);
  }

  reply(text: string, requestId = newRequestId()): Promise<boolean> {
    return this.act("Your reply", (front) => this.client.reply({ conversation: front.name, requestId, ownerEpoch: front.epoch, text }));
  }
  whisper(text: string): Promise<boolean> {
    return this.act("The note", (front) => this.client.whisper({ conversation: front.name, requestId: newRequestId(), text }));
  }
  tag(tag: string): Promise<boolean> {
    return this.act("The tag", (front) => this.client.addTag({ conversation: front.name, requestId: newRequestId(), tag }));
  }
  giveBack(note: string): Promise<boolean> {
    return this.act("Returning", (front) => this.client.returnToAssistant({ conversation: front.name, ownerEpoch: front.epoch, note }));
  }
  transfer(team: string, note: string): Promise<boolean> {
    return this.act("The transfer", (front) => this.client.transfer({ conversation: front.name, ownerEpoch: front.epoch, team, note }));
  }
  resolve(outcome: string): Promise<boolean> {
    return this.act("Resolving", (front) => this.client.resolve({ conversation: front.name, ownerEpoch: front.epoch, outcome }));
  }
  reveal(token: string, purpose: string): Promise<boolean> {
    return this.act("Revealing", async (front) => {
      const { value } = await this.client.revealValue({ conversation: front.name, token, purpose });
      front.revealed.set(token, value);
      setTimeout(() => { front.revealed.delete(token); this.changed(); }, 60_000);
      this.changed();
    });
  }
  async runTool(tool: string, args: JsonObject, confirmed: boolean): Promise<RunToolResponse | undefined> {
    let result: RunToolResponse | undefined;
    await this.act("The tool", async (front) => {
      result = await this.client.runTool({ conversation: front.name, requestId: newRequestId(), ownerEpoch: front.epoch, tool, arguments: args, confirmed });
    });
    return result;
  }
}
