// The supervisor's view: live load from the queue, and the figures of InsightService over a
// period, by intent, flow, version or day. Each figure shows its definition, and each number opens
// the conversations behind it. Nothing is computed here: the server's numbers are shown as they are.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { timestampFromDate, type Timestamp } from "@bufbuild/protobuf/wkt";
import { reasonOf } from "../wire/channel";
import { OutcomeGrouping, type Figure, type GetOutcomesResponse } from "../gen/frontdesk/v1/insight_pb";
import type { QueueEntry } from "../gen/frontdesk/v1/console_pb";
import type { Desk } from "./desk";
import { clock, figureName, percent, timeOf } from "./format";
import { styles } from "./styles";

const PERIODS = [["1", "Last 24 hours"], ["7", "Last 7 days"], ["30", "Last 30 days"], ["0", "Everything"]] as const;
const GROUPS = [[OutcomeGrouping.UNSPECIFIED, "No groups"], [OutcomeGrouping.INTENT, "By intent"], [OutcomeGrouping.FLOW, "By flow"],
  [OutcomeGrouping.BUNDLE_VERSION, "By bundle version"], [OutcomeGrouping.DAY, "By day"]] as const;
// What belongs together; a figure that no section names comes under the last.
const SECTIONS: [string, (name: string) => boolean][] = [
  ["Resolution", (n) => ["contained", "escalated", "deflected_confirmed", "deflected_assumed", "abandoned", "first_contact_resolution", "reopened"].includes(n)],
  ["Why humans were asked for", (n) => n.startsWith("escalated.")],
  ["Satisfaction and quality", (n) => ["rated", "csat", "negative_feedback", "rating", "reviewed"].includes(n)],
  ["Humans", (n) => ["first_response", "handle_time"].includes(n)],
  ["Cost of a conversation", (n) => ["cpu_seconds", "prompt_tokens", "output_tokens"].includes(n)],
  ["Volume", () => true],
];

// A figure as people read it: a share as percent, seconds as a clock.
export function readable(figure: Figure): string {
  if (figure.unit !== "conversations" && figure.base === 0n) return "–";
  switch (figure.unit) {
    case "share": return percent(figure.value);
    case "score": return figure.value.toFixed(2);
    case "seconds": return clock(figure.value * 1000);
    case "cpu seconds": return figure.value < 1 ? `${(figure.value * 1000).toFixed(0)} ms` : `${figure.value.toFixed(2)} s`;
    case "turns": return figure.value.toFixed(1);
    case "tokens": return figure.value.toFixed(0);
    default: return String(figure.count);
  }
}

const sentence = (text: string) => (text === "" ? "" : `${text[0]!.toUpperCase()}${text.slice(1)}.`);

// What ListConversations is asked besides the figure.
interface Scope {
  startTime?: Timestamp;
  endTime?: Timestamp;
  intent?: string;
  flow?: string;
  bundleVersion?: string;
}

class Supervisor extends LitElement {
  static override styles = styles;
  static override properties = {
    desk: { attribute: false }, answer: { state: true }, fault: { state: true }, days: { state: true }, group: { state: true },
    picked: { state: true }, behind: { state: true }, more: { state: true }, tick: { state: true },
  };
  declare desk: Desk;
  declare answer: GetOutcomesResponse | undefined;
  declare fault: string;
  declare days: number;
  declare group: OutcomeGrouping;
  declare picked: { title: string; figure: string; scope: Scope } | undefined;
  declare behind: string[];
  declare more: string;
  declare tick: number;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.fault = "";
    this.days = 7;
    this.group = OutcomeGrouping.UNSPECIFIED;
    this.behind = [];
    this.more = "";
    this.tick = 0;
  }
  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.timer = setInterval(() => { this.tick++; if (this.tick % 10 === 0) void this.load(); }, 1000);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  private period(): Scope {
    return this.days === 0 ? {} : { startTime: timestampFromDate(new Date(Date.now() - this.days * 86_400_000)) };
  }

  // The period, narrowed to one group.
  private within(key: string): Scope {
    switch (this.group) {
      case OutcomeGrouping.INTENT: return { ...this.period(), intent: key };
      case OutcomeGrouping.FLOW: return { ...this.period(), flow: key };
      case OutcomeGrouping.BUNDLE_VERSION: return { ...this.period(), bundleVersion: key };
      case OutcomeGrouping.DAY: {
        const begin = Date.parse(`${key}T00:00:00Z`);
        const from = this.days === 0 ? begin : Math.max(begin, Date.now() - this.days * 86_400_000);
        return { startTime: timestampFromDate(new Date(from)), endTime: timestampFromDate(new Date(begin + 86_400_000)) };
      }
      default: return this.period();
    }
  }

  private async load(): Promise<void> {
    try {
      this.answer = await this.desk.insight.getOutcomes({ ...this.period(), groupBy: this.group }, { timeoutMs: 15_000 });
      this.fault = "";
    } catch (error) {
      this.fault = reasonOf(error);
    }
  }

  private async open(title: string, figure: string, scope: Scope, token = ""): Promise<void> {
    this.picked = { title, figure, scope };
    try {
      const page = await this.desk.insight.listConversations({ figure, ...scope, pageSize: 50, pageToken: token });
      this.behind = token === "" ? page.conversations : [...this.behind, ...page.conversations];
      this.more = page.nextPageToken;
    } catch (error) {
      this.behind = [];
      this.fault = reasonOf(error);
    }
    if (token === "") void this.updateComplete.then(() => this.renderRoot.querySelector(".behind")?.scrollIntoView({ block: "nearest" }));
  }

  private openLive(title: string, entries: QueueEntry[]): void {
    this.picked = { title, figure: "", scope: {} };
    this.behind = entries.map((entry) => entry.conversation);
    this.more = "";
  }

  protected override render(): TemplateResult {
    const waiting = this.desk.waiting();
    const oldest = waiting.reduce((most, entry) => Math.max(most, Date.now() - timeOf(entry.since)), 0);
    const overdue = waiting.filter((entry) => timeOf(entry.dueTime) < Date.now());
    const claimed = [...this.desk.queue.values()].filter((entry) => entry.claimedByUser !== "");
    const longest = [...waiting].sort((a, b) => timeOf(a.since) - timeOf(b.since)).slice(0, 1);
    const live: [string, string, string, QueueEntry[] | undefined][] = [
      ["Waiting now", String(waiting.length), "Conversations that wait for a human.", waiting],
      ["Longest wait", waiting.length ? clock(oldest) : "–", "Since its handoff, of those that wait.", longest],
      ["Overdue", String(overdue.length), "Waiting beyond the target time of their priority.", overdue],
      ["With agents", String(claimed.length), "Claimed conversations.", claimed],
      ["Agents available", String(this.desk.availableAgents), "Signed in, not away, seen within a minute.", undefined],
    ];
    return html`<div class="super"><h2 style="margin-top:0">Now</h2>
      <div class="tiles">${live.map(([name, value, means, entries]) => {
        const inside = html`<span class="name">${name}</span><span class="value">${value}</span><span class="means">${means}</span>`;
        return entries ? html`<button class="tile ${name === "Overdue" && overdue.length > 0 ? "alarm" : ""}" aria-pressed=${this.picked?.title === name} @click=${() => this.openLive(name, entries)}>${inside}</button>` : html`<div class="tile">${inside}</div>`;
      })}</div>
      <div class="filters">
        <h2>Outcomes</h2>
        <label>Period<select @change=${(e: Event) => { this.days = Number((e.target as HTMLSelectElement).value); void this.load(); }}>${PERIODS.map(([d, n]) => html`<option value=${d} ?selected=${Number(d) === this.days}>${n}</option>`)}</select></label>
        <label>Groups<select @change=${(e: Event) => { this.group = Number((e.target as HTMLSelectElement).value); void this.load(); }}>${GROUPS.map(([g, n]) => html`<option value=${g} ?selected=${g === this.group}>${n}</option>`)}</select></label>
      </div>
      ${this.fault ? html`<p class="fault" role="alert">${this.fault}</p>` : nothing}
      ${this.answer ? this.sections(this.answer.figures) : nothing}
      ${this.answer?.groups.length ? this.table(this.answer) : nothing}
      ${this.picked ? this.drill(this.picked) : nothing}</div>`;
  }

  private sections(figures: Figure[]): TemplateResult[] {
    const taken = new Set<string>();
    return SECTIONS.map(([title, takes]) => {
      const own = figures.filter((f) => !taken.has(f.name) && takes(f.name));
      for (const f of own) taken.add(f.name);
      return own.length === 0 ? html`` : html`<h3>${title}</h3><div class="tiles">${own.map((f) => this.tile(f))}</div>`;
    });
  }

  private tile(figure: Figure): TemplateResult {
    const name = figureName(figure.name);
    const share = figure.unit === "share" && figure.base > 0n;
    return html`<button class="tile" data-figure=${figure.name} data-count=${String(figure.count)} aria-pressed=${this.picked?.title === name} @click=${() => void this.open(name, figure.name, this.period())}>
      <span class="name">${name}</span><span class="value">${readable(figure)}</span>
      ${share ? html`<span class="gauge" aria-hidden="true"><span class="span" style="left:${figure.low * 100}%;right:${100 - figure.high * 100}%"></span><span class="fill" style="inline-size:${figure.value * 100}%"></span></span>
        <span class="means"><b>${String(figure.count)} of ${String(figure.base)}</b>, 95 % interval ${(figure.low * 100).toFixed(0)} to ${(figure.high * 100).toFixed(0)} %</span>` : nothing}
      <span class="means">${sentence(figure.definition)}</span></button>`;
  }

  private drill(picked: { title: string; figure: string; scope: Scope }): TemplateResult {
    return html`<section class="behind"><h2>Conversations behind “${picked.title}”</h2>
      ${this.behind.length === 0 ? html`<p class="quiet" style="padding:0">None.</p>` : html`<ul class="drill">${this.behind.map((name) => html`<li><button @click=${() => this.dispatchEvent(new CustomEvent("open-conversation", { detail: name, bubbles: true, composed: true }))}>${name.replace("conversations/", "")}</button></li>`)}</ul>`}
      ${this.more ? html`<button class="btn" @click=${() => void this.open(picked.title, picked.figure, picked.scope, this.more)}>More</button>` : nothing}</section>`;
  }

  private table(answer: GetOutcomesResponse): TemplateResult {
    const columns = answer.figures.map((figure) => figure.name);
    return html`<h3>${GROUPS.find(([g]) => g === this.group)?.[1]}</h3><div style="overflow-x:auto" tabindex="0"><table>
      <thead><tr><th scope="col">Group</th>${columns.map((c) => html`<th class="num" scope="col">${figureName(c)}</th>`)}</tr></thead>
      <tbody>${answer.groups.map((group) => html`<tr><th scope="row">${group.key}</th>${columns.map((c) => {
        const figure = group.figures.find((f) => f.name === c);
        return html`<td class="num">${figure ? html`<button class="cell" @click=${() => void this.open(`${figureName(c)}, ${group.key}`, c, this.within(group.key))}>${readable(figure)}</button>` : ""}</td>`;
      })}</tr>`)}</tbody></table></div>`;
  }
}

customElements.define("frontdesk-supervisor", Supervisor);
