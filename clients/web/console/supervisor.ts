// The supervisor's view: live load from the queue, and the figures of InsightService over a
// period, by intent, flow, version or day. Each figure shows its definition and opens the
// conversations behind it. Nothing is computed here: the server's numbers are shown as they are.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { reasonOf } from "../wire/channel";
import { OutcomeGrouping, type Figure, type GetOutcomesResponse } from "../gen/frontdesk/v1/insight_pb";
import type { Desk } from "./desk";
import { clock, plainReason, timeOf } from "./format";
import { styles } from "./styles";

const PERIODS = [["1", "Last 24 hours"], ["7", "Last 7 days"], ["30", "Last 30 days"], ["0", "Everything"]] as const;
const GROUPS = [[OutcomeGrouping.UNSPECIFIED, "No groups"], [OutcomeGrouping.INTENT, "By intent"], [OutcomeGrouping.FLOW, "By flow"],
  [OutcomeGrouping.BUNDLE_VERSION, "By bundle version"], [OutcomeGrouping.DAY, "By day"]] as const;

// A figure as people read it: a share as percent, seconds as a clock.
export function readable(figure: Figure): string {
  switch (figure.unit) {
    case "share": return figure.base === 0n ? "–" : `${(figure.value * 100).toFixed(1)} %`;
    case "score": return figure.base === 0n ? "–" : figure.value.toFixed(2);
    case "seconds": return figure.base === 0n ? "–" : clock(figure.value * 1000);
    case "turns": case "tokens": return figure.base === 0n ? "–" : figure.value.toFixed(1);
    default: return String(figure.count);
  }
}

const nameOf = (figure: string) => plainReason(figure.replace(/\./g, ": "));

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
  declare picked: string;
  declare behind: string[];
  declare more: string;
  declare tick: number;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.fault = "";
    this.days = 7;
    this.group = OutcomeGrouping.UNSPECIFIED;
    this.picked = "";
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

  private period() {
    return this.days === 0 ? {} : { startTime: timestampFromDate(new Date(Date.now() - this.days * 86_400_000)) };
  }

  private async load(): Promise<void> {
    try {
      this.answer = await this.desk.insight.getOutcomes({ ...this.period(), groupBy: this.group }, { timeoutMs: 15_000 });
      this.fault = "";
    } catch (error) {
      this.fault = reasonOf(error);
    }
  }

  private async open(figure: string, token = ""): Promise<void> {
    this.picked = figure;
    try {
      const page = await this.desk.insight.listConversations({ figure, ...this.period(), pageSize: 50, pageToken: token });
      this.behind = token === "" ? page.conversations : [...this.behind, ...page.conversations];
      this.more = page.nextPageToken;
    } catch (error) {
      this.behind = [];
      this.fault = reasonOf(error);
    }
  }

  protected override render(): TemplateResult {
    const waiting = this.desk.waiting();
    const oldest = waiting.reduce((most, entry) => Math.max(most, Date.now() - timeOf(entry.since)), 0);
    const overdue = waiting.filter((entry) => timeOf(entry.dueTime) < Date.now()).length;
    const live: [string, string, string][] = [
      ["Waiting now", String(waiting.length), "Conversations that wait for a human."],
      ["Longest wait", clock(oldest), "Since its handoff, of those that wait."],
      ["Overdue", String(overdue), "Waiting beyond the target time of their priority."],
      ["With agents", String(this.desk.queue.size - waiting.length), "Claimed conversations."],
      ["Agents available", String(this.desk.availableAgents), "Signed in, not away, seen within a minute."],
    ];
    return html`<div class="super"><h2 style="margin-top:0">Now</h2>
      <div class="tiles">${live.map(([name, value, means]) => html`<div class="tile"><span class="name">${name}</span><span class="value">${value}</span><span class="means">${means}</span></div>`)}</div>
      <h2>Outcomes</h2>
      <div class="filters">
        <label>Period<select @change=${(e: Event) => { this.days = Number((e.target as HTMLSelectElement).value); void this.load(); }}>${PERIODS.map(([d, n]) => html`<option value=${d} ?selected=${Number(d) === this.days}>${n}</option>`)}</select></label>
        <label>Groups<select @change=${(e: Event) => { this.group = Number((e.target as HTMLSelectElement).value); void this.load(); }}>${GROUPS.map(([g, n]) => html`<option value=${g} ?selected=${g === this.group}>${n}</option>`)}</select></label>
      </div>
      ${this.fault ? html`<p class="fault" role="alert">${this.fault}</p>` : nothing}
      <div class="tiles">${this.answer?.figures.map((figure) => html`
        <button class="tile" data-figure=${figure.name} data-count=${String(figure.count)} aria-pressed=${this.picked === figure.name} @click=${() => void this.open(figure.name)}>
          <span class="name">${nameOf(figure.name)}</span>
          <span class="value">${readable(figure)}</span>
          <span class="means">${figure.unit === "share" && figure.base > 0n ? html`${String(figure.count)} of ${String(figure.base)}; 95 %: ${(figure.low * 100).toFixed(0)} to ${(figure.high * 100).toFixed(0)} %. ` : nothing}${figure.definition}</span>
        </button>`)}</div>
      ${this.picked ? html`<h2>Conversations behind “${nameOf(this.picked)}”</h2>
        ${this.behind.length === 0 ? html`<p class="quiet" style="padding:0">None.</p>` : html`<ul class="drill">${this.behind.map((name) => html`<li><button @click=${() => this.dispatchEvent(new CustomEvent("open-conversation", { detail: name, bubbles: true, composed: true }))}>${name.replace("conversations/", "")}</button></li>`)}</ul>`}
        ${this.more ? html`<button class="btn" @click=${() => void this.open(this.picked, this.more)}>More</button>` : nothing}` : nothing}
      ${this.answer?.groups.length ? this.table(this.answer) : nothing}</div>`;
  }

  private table(answer: GetOutcomesResponse): TemplateResult {
    const columns = answer.figures.map((figure) => figure.name);
    return html`<h2>${GROUPS.find(([g]) => g === this.group)?.[1]}</h2><div style="overflow-x:auto" tabindex="0"><table>
      <thead><tr><th scope="col">Group</th>${columns.map((c) => html`<th class="num" scope="col">${nameOf(c)}</th>`)}</tr></thead>
      <tbody>${answer.groups.map((group) => html`<tr><th scope="row">${group.key}</th>${columns.map((c) => {
        const figure = group.figures.find((f) => f.name === c);
        return html`<td class="num">${figure ? readable(figure) : ""}</td>`;
      })}</tr>`)}</tbody></table></div>`;
  }
}

customElements.define("frontdesk-supervisor", Supervisor);
