// The reviewer's view: the sample on the left; the transcript of one conversation and its score
// card, or what all reviews say so far. Others' scores are not shown before one's own.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { newRequestId, reasonOf } from "../wire/channel";
import type { ConversationEvent } from "../gen/frontdesk/v1/conversation_pb";
import type { GetQualityResponse, GetScoreCardResponse, SampledConversation } from "../gen/frontdesk/v1/quality_pb";
import type { Desk } from "./desk";
import { figureName, percent, plainReason, timeOf } from "./format";
import { styles } from "./styles";
import { transcript } from "./transcript";

const PERIODS = [["7", "Last 7 days"], ["30", "Last 30 days"], ["0", "Everything"]] as const;
const PAGE = 200;

class Quality extends LitElement {
  static override styles = styles;
  static override properties = {
    desk: { attribute: false }, card: { state: true }, sample: { state: true }, more: { state: true }, results: { state: true }, picked: { state: true },
    events: { state: true }, scores: { state: true }, fault: { state: true }, days: { state: true }, saved: { state: true },
  };
  declare desk: Desk;
  declare card: GetScoreCardResponse | undefined;
  declare sample: SampledConversation[];
  declare more: string;
  declare results: GetQualityResponse | undefined;
  declare picked: SampledConversation | undefined;
  declare events: ConversationEvent[];
  declare scores: Record<string, number>;
  declare fault: string;
  declare days: number;
  declare saved: string;

  constructor() {
    super();
    this.sample = [];
    this.more = "";
    this.events = [];
    this.scores = {};
    this.fault = "";
    this.days = 7;
    this.saved = "";
  }
  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private period() {
    return this.days === 0 ? {} : { startTime: timestampFromDate(new Date(Date.now() - this.days * 86_400_000)) };
  }

  // Runs one step; what goes wrong is told in words.
  private async run(step: () => Promise<void>): Promise<void> {
    try {
      await step();
      this.fault = "";
    } catch (error) {
      this.fault = reasonOf(error);
    }
  }

  private load(): Promise<void> {
    return this.run(async () => {
      const quality = this.desk.quality;
      const [card, sample, results] = await Promise.all([
        quality.getScoreCard({}), quality.listSample({ ...this.period(), pageSize: PAGE }), quality.getQuality(this.period())]);
      this.card = card;
      this.sample = sample.conversations;
      this.more = sample.nextPageToken;
      this.results = results;
    });
  }

  private next(): Promise<void> {
    return this.run(async () => {
      const page = await this.desk.quality.listSample({ ...this.period(), pageSize: PAGE, pageToken: this.more });
      this.sample = [...this.sample, ...page.conversations];
      this.more = page.nextPageToken;
    });
  }

  private pick(one: SampledConversation | undefined): Promise<void> {
    this.picked = one;
    this.scores = {};
    this.events = [];
    this.saved = "";
    if (!one) return this.load();
    return this.run(async () => {
      const { events } = await this.desk.transcript(one.conversation);
      if (this.picked === one) this.events = events;
    });
  }

  private submit(form: HTMLFormElement): Promise<void> {
    const one = this.picked!;
    return this.run(async () => {
      const comment = String(new FormData(form).get("comment") ?? "");
      await this.desk.quality.submitReview({ conversation: one.conversation, requestId: newRequestId(), scores: this.scores, comment });
      form.reset();
      await this.load();
      const left = this.sample.find((s) => !s.scored && s.conversation !== one.conversation);
      await this.pick(left);
      this.saved = left ? "Saved. This is the next one." : "Saved. You have scored the whole sample.";
    });
  }

  protected override render(): TemplateResult {
    const open = this.sample.filter((s) => !s.scored);
    const done = this.sample.filter((s) => s.scored);
    return html`<div class="app review">
      <nav class="queue" aria-label="Sample">
        <div class="filters"><label>Period<select @change=${(e: Event) => { this.days = Number((e.target as HTMLSelectElement).value); void this.load(); }}>${PERIODS.map(([d, n]) => html`<option value=${d} ?selected=${Number(d) === this.days}>${n}</option>`)}</select></label></div>
        <button class="entry" aria-current=${this.picked ? "false" : "true"} @click=${() => void this.pick(undefined)}><b>Results</b><span class="line"><span class="words">${this.results ? `${this.results.reviewed} of ${this.results.sampled} conversations scored` : ""}</span></span></button>
        ${([["To score", open], ["Scored by you", done]] as const).map(([name, list]) => html`<h2><span>${name}</span><span>${list.length}</span></h2>
          ${list.length === 0 ? html`<p class="quiet">${name === "To score" ? "Nothing is left to score." : "None yet."}</p>` : html`<ul>${list.map((one) => html`<li>${this.entry(one)}</li>`)}</ul>`}`)}
        ${this.more ? html`<button class="btn more" @click=${() => void this.next()}>More</button>` : nothing}
      </nav>
      ${this.picked ? html`<main class="talk">
          <header><h2>${plainReason(this.picked.intent || "conversation")} <small>${this.picked.conversation.slice(14, 22)} · chosen by ${this.picked.chosenBy.map(figureName).join(", ")}</small></h2></header>
          <div class="log" role="log" aria-label="Transcript" tabindex="0">${transcript({ events: this.events, revealed: new Map() }, () => undefined)}</div></main>${this.form()}`
        : html`<main class="stage wide">${this.report()}</main>`}
    </div>`;
  }

  private entry(one: SampledConversation): TemplateResult {
    return html`<button class="entry" data-conversation=${one.conversation} aria-current=${this.picked?.conversation === one.conversation ? "true" : "false"} @click=${() => void this.pick(one)}>
      <span class="line"><b>${plainReason(one.intent || "no wish understood")}</b><time>${new Date(timeOf(one.beginTime)).toLocaleDateString()}</time></span>
      <span class="pills">${one.chosenBy.map((rule) => html`<span class="pill ${rule === "random" ? "" : "hot"}">${figureName(rule)}</span>`)}${one.reviews > 0 ? html`<span class="pill">${one.reviews === 1 ? "1 review" : `${one.reviews} reviews`}</span>` : nothing}</span></button>`;
  }

  private form(): TemplateResult {
    const answered = Object.keys(this.scores).length;
    return html`<aside class="side" aria-label="Score card">
      ${this.saved ? html`<p class="good" role="status">${this.saved}</p>` : nothing}
      <form @submit=${(e: SubmitEvent) => { e.preventDefault(); void this.submit(e.target as HTMLFormElement); }}>
        ${this.card?.questions.map((q) => html`<fieldset class="question"><legend>${q.ask}</legend>
          <div class="scale">${[...q.answers.keys()].map((i) => html`<label class=${this.scores[q.name] === i ? "on" : ""}><input type="radio" name=${q.name} .checked=${this.scores[q.name] === i} @change=${() => { this.scores = { ...this.scores, [q.name]: i }; }}>${q.answers[i]}</label>`)}</div></fieldset>`)}
        <label class="field">Comment<textarea name="comment" rows="3" maxlength="500" placeholder="What was good, what was missing"></textarea></label>
        ${this.fault ? html`<p class="fault" role="alert">${this.fault}</p>` : nothing}
        <button class="btn main" ?disabled=${answered === 0}>Save ${answered} of ${this.card?.questions.length ?? 0} answers</button>
        <p class="quiet" style="padding:8px 0 0">A question that does not apply stays open. Scoring again takes the place of your earlier answers.</p>
      </form></aside>`;
  }

  private report(): TemplateResult {
    const results = this.results;
    return html`<div class="super">${this.saved ? html`<p class="good" role="status">${this.saved}</p>` : nothing}
      ${this.fault ? html`<p class="fault" role="alert">${this.fault}</p>` : nothing}
      <h2 style="margin-top:0">What reviewers say</h2>
      ${!results ? nothing : html`<div class="tiles">
        <div class="tile"><span class="name">Scored</span><span class="value">${String(results.reviewed)}</span><span class="means">of ${String(results.sampled)} conversations of the sample</span></div>
        <div class="tile"><span class="name">Mean score</span><span class="value">${results.reviewed > 0n ? percent(results.mean) : "–"}</span><span class="means">Over all answers; 100 % is always the best one</span></div>
        <div class="tile"><span class="name">Drawn</span><span class="value">${this.card ? percent(this.card.randomShare) : ""}</span><span class="means">At random, with seed ${String(this.card?.seed ?? "")}, and all of: ${this.card?.rules.map(figureName).join(", ") || "no rule"}</span></div></div>
        <h2>By question</h2>
        <div style="overflow-x:auto" tabindex="0"><table><thead><tr><th scope="col">Question</th><th scope="col">Answers, worst first</th><th class="num" scope="col">Mean</th><th class="num" scope="col">Agreement</th></tr></thead>
        <tbody>${results.questions.map((q) => this.questionRow(q))}</tbody></table></div>
        <p class="quiet" style="padding:8px 0">Agreement is Krippendorff's alpha over conversations that two or more people scored: 1 always the same, 0 as if by chance.</p>
        ${results.disputed.length ? html`<h2>Reviewers differ most</h2><ul class="drill">${results.disputed.map((name) => html`<li><button @click=${() => this.dispatchEvent(new CustomEvent("open-conversation", { detail: name, bubbles: true, composed: true }))}>${name.replace("conversations/", "")}</button></li>`)}</ul>` : nothing}`}</div>`;
  }

  private questionRow(q: GetQualityResponse["questions"][number]): TemplateResult {
    const answers = this.card?.questions.find((c) => c.name === q.name)?.answers ?? [];
    const all = q.given.reduce((sum, n) => sum + Number(n), 0);
    return html`<tr><th scope="row">${q.ask}</th>
      <td>${all === 0 ? "–" : html`<div class="bars" role="img" aria-label=${answers.map((a, i) => `${a}: ${q.given[i]}`).join(", ")}>${q.given.map((n, i) => (n === 0n ? nothing : html`<span class="step-${Math.round((i * 2) / Math.max(1, answers.length - 1))}" style="flex:${Number(n)}">${answers[i]} ${String(n)}</span>`))}</div>`}</td>
      <td class="num">${all === 0 ? "–" : percent(q.mean)}</td>
      <td class="num">${q.agreement === undefined ? "–" : q.agreement.toFixed(2)}${q.scoredTwice > 0n ? html` <small>of ${String(q.scoredTwice)}</small>` : nothing}</td></tr>`;
  }
}

customElements.define("frontdesk-quality", Quality);
