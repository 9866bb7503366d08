// <frontdesk-console>: the agents' console. Keyboard first: every act has a key, and "?"
// shows them. All text of customers and tools is set as text.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { QueueEntry } from "../gen/frontdesk/v1/console_pb";
import { chime } from "./chime";
import { Desk, type Front } from "./desk";
import { askDialog, keysDialog, resolveDialog, revealDialog, returnDialog, skillsDialog, transferDialog } from "./dialogs";
import { clock, money, plainReason, timeOf } from "./format";
import "./quality";
import { sidePanel } from "./side";
import { styles } from "./styles";
import "./supervisor";
import { transcript } from "./transcript";

export class FrontdeskConsole extends LitElement {
  static override styles = styles;
  static override properties = {
    server: { type: String }, tick: { state: true }, noting: { state: true }, toast: { state: true },
    fault: { state: true }, tab: { state: true }, dialog: { state: true }, picked: { state: true }, toolName: { state: true }, toolResult: { state: true },
  };
  declare server: string;
  declare tick: number;
  declare noting: boolean;
  declare toast: { text: string; bad: boolean } | undefined;
  declare fault: string;
  declare tab: "queue" | "quality" | "supervisor";
  declare dialog: TemplateResult | undefined;
  declare picked: number;
  declare toolName: string;
  declare toolResult: string;

  readonly desk: Desk;
  private readonly drafts = new Map<string, string>(); // by conversation: what was typed for one is never sent to another
  private seconds: ReturnType<typeof setInterval> | undefined;
  private toastTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.server = location.origin;
    this.tick = 0;
    this.noting = false;
    this.fault = "";
    this.tab = "queue";
    this.picked = 0;
    this.toolName = "";
    this.toolResult = "";
    this.desk = new Desk(this.server, () => this.tick++, (entry) => this.announce(entry), (text, bad) => this.tell(text, bad));
  }

  get draft(): string {
    return this.drafts.get(this.desk.front?.name ?? "") ?? "";
  }
  set draft(text: string) {
    this.drafts.set(this.desk.front?.name ?? "", text);
    this.requestUpdate();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.seconds = setInterval(() => this.tick++, 1000); // clocks of waiting and SLA
    document.addEventListener("keydown", this.key);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.seconds);
    document.removeEventListener("keydown", this.key);
  }

  protected override updated(changed: Map<string, unknown>): void {
    const dialog = this.renderRoot.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
    const log = this.renderRoot.querySelector<HTMLElement>(".talk .log");
    const front = this.desk.front;
    const mark = front ? `${front.name} ${front.last}` : "";
    if (log && log.dataset["mark"] !== mark) {
      log.dataset["mark"] = mark;
      log.scrollTop = log.scrollHeight;
    }
    const waiting = this.desk.waiting().length;
    document.title = this.desk.user === "" || waiting === 0 ? "Agent console" : `(${waiting}) Agent console`;
    if (changed.has("dialog") && dialog) dialog.querySelector<HTMLElement>("[autofocus]")?.focus();
  }

  private tell(text: string, bad = false): void {
    clearTimeout(this.toastTimer);
    this.toast = { text, bad };
    this.toastTimer = setTimeout(() => (this.toast = undefined), bad ? 8000 : 4000);
  }

  // A conversation is offered to this agent: sound, a notification, a mark in the queue.
  private announce(entry: QueueEntry): void {
    chime();
    this.tell(`A conversation is offered to you: ${plainReason(entry.reason)}`);
    if ("Notification" in window && Notification.permission === "granted" && document.visibilityState !== "visible") {
      const note = new Notification("A conversation is offered to you", { body: plainReason(entry.reason), tag: entry.conversation });
      note.onclick = () => {
        focus();
        this.desk.open(entry.conversation);
      };
    }
  }

  private async signIn(form: HTMLFormElement): Promise<void> {
    const field = (name: string) => (form.elements.namedItem(name) as HTMLInputElement).value;
    this.fault = "";
    try {
      await this.desk.signIn(field("token"), field("name"));
      if ("Notification" in window && Notification.permission === "default") void Notification.requestPermission();
    } catch (error) {
      this.fault = error instanceof Error ? error.message : String(error);
    }
  }

  // ---- keys ------------------------------------------------------------------------------------

  private readonly key = (event: KeyboardEvent): void => {
    if (this.desk.user === "" || this.dialog) return;
    const target = event.composedPath()[0] as HTMLElement;
    const typing = ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
    if (event.key === "Escape" && typing) return target.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = this.acts()[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  };

  private acts(): Record<string, () => void> {
    const front = this.desk.front;
    const always: Record<string, () => void> = {
      j: () => this.step(1), k: () => this.step(-1), "?": () => this.show(keysDialog(() => this.close())),
      a: () => void this.away(), s: () => (this.tab = this.tab === "queue" ? "supervisor" : "queue"),
    };
    if (!front || front.ended) return always;
    if (front.owner !== "me") return { ...always, c: () => void this.claim() };
    return {
      ...always,
      r: () => this.focusReply(false), n: () => this.focusReply(true), "/": () => { this.focusReply(false); this.draft = "/"; },
      b: () => this.show(returnDialog((note) => void this.giveBack(note), () => this.close())),
      t: () => this.show(transferDialog(this.desk.teams, (team, note) => void this.transfer(team, note), () => this.close())),
      e: () => this.show(resolveDialog((outcome) => void this.resolve(outcome), () => this.close())),
    };
  }

  private step(by: number): void {
    const names = [...this.desk.waiting(), ...this.desk.mine()].map((entry) => entry.conversation);
    if (names.length === 0) return;
    const at = names.indexOf(this.desk.front?.name ?? "");
    this.desk.open(names[(at + by + names.length) % names.length]!);
    this.renderRoot.querySelector<HTMLElement>(".entry[aria-current=true]")?.scrollIntoView({ block: "nearest" });
  }

  private focusReply(noting: boolean): void {
    this.noting = noting;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(".write textarea")?.focus());
  }
  private show(dialog: TemplateResult): void {
    this.dialog = dialog;
  }
  private close(): void {
    this.dialog = undefined;
  }

  // ---- acts --------------------------------------------------------------------------------------

  private async claim(): Promise<void> {
    if (await this.desk.claim()) this.focusReply(false);
  }
  private async away(): Promise<void> {
    this.desk.available = !this.desk.available;
    await this.desk.present().catch((error: unknown) => this.tell(String(error), true));
  }
  private async skills(teams: string[], capacity: number): Promise<void> {
    this.close();
    this.desk.myTeams = teams;
    this.desk.capacity = capacity;
    await this.desk.present().catch((error: unknown) => this.tell(String(error), true));
  }
  private async giveBack(note: string): Promise<void> {
    this.close();
    if (await this.desk.giveBack(note)) this.tell("The assistant has the conversation again.");
  }
  private async transfer(team: string, note: string): Promise<void> {
    this.close();
    if (await this.desk.transfer(team, note)) this.tell(`Passed on to ${team}.`);
  }
  private async resolve(outcome: string): Promise<void> {
    this.close();
    if (await this.desk.resolve(outcome)) this.tell("Resolved.");
  }
  private async submit(): Promise<void> {
    const text = this.draft.trim();
    if (!text) return;
    const done = this.noting ? await this.desk.whisper(text) : await this.desk.reply(text);
    if (done) {
      this.draft = "";
      this.noting = false;
    }
  }
  private readonly writeKey = (event: KeyboardEvent): void => {
    const canned = this.cannedNow();
    if (canned.length > 0 && ["ArrowDown", "ArrowUp", "Enter", "Tab"].includes(event.key)) {
      event.preventDefault();
      if (event.key === "ArrowDown") this.picked = (this.picked + 1) % canned.length;
      else if (event.key === "ArrowUp") this.picked = (this.picked - 1 + canned.length) % canned.length;
      else this.draft = canned[Math.min(this.picked, canned.length - 1)]!.text;
      return;
    }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      void this.submit();
    }
  };
  private cannedNow() {
    if (!this.draft.startsWith("/") || this.noting) return [];
    const typed = this.draft.slice(1).toLowerCase();
    return (this.desk.front?.canned ?? []).filter((c) => c.name.startsWith(typed));
  }

  // ---- showing -------------------------------------------------------------------------------------

  protected override render(): TemplateResult {
    return html`${this.desk.user === "" ? this.gate() : this.app()}
      ${this.dialog ?? nothing}
      ${this.toast ? html`<div class="toast ${this.toast.bad ? "bad" : ""}" role=${this.toast.bad ? "alert" : "status"}>${this.toast.text}</div>` : nothing}`;
  }

  private gate(): TemplateResult {
    return html`<main class="gate"><form @submit=${(e: SubmitEvent) => { e.preventDefault(); void this.signIn(e.target as HTMLFormElement); }}>
      <h1>Agent console</h1><p class="about">Sign in with the token that <code>frontdesk user add</code> printed.</p>
      <label class="field">Token<input name="token" type="password" required autocomplete="current-password"></label>
      <label class="field">Name customers see<input name="name" type="text" required maxlength="60" autocomplete="name"></label>
      <button class="btn main">Sign in</button>
      ${this.fault ? html`<p class="fault" role="alert">${this.fault}</p>` : nothing}
    </form></main>`;
  }

  private app(): TemplateResult {
    const desk = this.desk;
    const supervisor = desk.role === "supervisor";
    return html`<div class="app">
      <header class="top"><h1>Agent console</h1>
        <div class="tabs" role="group" aria-label="Views">
          <button aria-pressed=${this.tab === "queue"} @click=${() => (this.tab = "queue")}>Conversations</button>
          ${supervisor ? html`<button aria-pressed=${this.tab === "quality"} @click=${() => (this.tab = "quality")}>Quality</button>
          <button aria-pressed=${this.tab === "supervisor"} @click=${() => (this.tab = "supervisor")}>Supervisor</button>` : nothing}
        </div>
        <div class="right">
          <span role="status"><span class="light ${desk.linked ? "" : "down"}"></span> ${desk.linked ? `${desk.availableAgents} available` : "No connection. Trying again…"}</span>
          <button class="btn" aria-pressed=${!desk.available} @click=${() => void this.away()}><span class="light ${desk.available ? "" : "off"}"></span>${desk.available ? "Available" : "Away"} <kbd>A</kbd></button>
          <button class="btn" @click=${() => this.show(skillsDialog(desk.teams, desk.myTeams, desk.capacity, (teams, capacity) => void this.skills(teams, capacity), () => this.close()))}>Skills</button>
          <button class="btn" aria-label="Keyboard shortcuts" @click=${() => this.show(keysDialog(() => this.close()))}><kbd>?</kbd></button>
          <span>${desk.displayName || desk.user}</span>
          <button class="btn" @click=${() => desk.signOut()}>Sign out</button>
        </div>
      </header>
      ${this.tab === "supervisor" && supervisor
        ? html`<main class="stage"><frontdesk-supervisor .desk=${desk} @open-conversation=${(e: CustomEvent<string>) => { this.tab = "queue"; desk.open(e.detail); }}></frontdesk-supervisor></main>`
        : this.tab === "quality" && supervisor
        ? html`<div class="stage"><frontdesk-quality .desk=${desk} @open-conversation=${(e: CustomEvent<string>) => { this.tab = "queue"; desk.open(e.detail); }}></frontdesk-quality></div>`
        : html`${this.queueList()}${this.talk()}${desk.front ? sidePanel(desk, desk.front, this) : html`<aside class="side" aria-label="Details"></aside>`}`}
    </div>`;
  }

  private queueList(): TemplateResult {
    const groups = [["Waiting", this.desk.waiting()], ["Mine", this.desk.mine()],
      ["With colleagues", [...this.desk.queue.values()].filter((e) => e.claimedByUser !== "" && e.claimedByUser !== this.desk.user)]] as const;
    return html`<nav class="queue" aria-label="Queue">${groups.map(([name, entries]) => html`
      <h2><span>${name}</span><span>${entries.length}</span></h2>
      ${entries.length === 0 ? html`<p class="quiet">${name === "Waiting" ? "Nobody is waiting." : name === "Mine" ? "You have no conversation." : "None."}</p>`
        : html`<ul>${repeat(entries, (entry) => entry.conversation, (entry) => html`<li>${this.entry(entry)}</li>`)}</ul>`}`)}</nav>`;
  }

  private entry(entry: QueueEntry): TemplateResult {
    const now = Date.now();
    const since = timeOf(entry.since);
    const left = timeOf(entry.dueTime) - now;
    const offered = entry.offeredTo !== "" && entry.offeredTo === this.desk.user && entry.claimedByUser === "";
    const claimed = entry.claimedByUser !== "";
    const sla = left < 0 ? "over" : left < 60_000 ? "soon" : "";
    return html`<button class="entry ${offered ? "offered" : ""}" data-conversation=${entry.conversation} aria-current=${this.desk.front?.name === entry.conversation ? "true" : "false"} @click=${() => this.desk.open(entry.conversation)}>
      <span class="line"><b>${plainReason(entry.reason)}</b><time title="waiting since">${clock(now - since)}</time></span>
      <span class="line"><span class="words">${entry.packet?.summary ?? ""}</span></span>
      <span class="pills">
        ${offered ? html`<span class="pill you">offered to you</span>` : nothing}
        ${claimed ? nothing : html`<span class="sla ${sla}">${left < 0 ? `overdue ${clock(-left)}` : `answer within ${clock(left)}`}</span>`}
        <span class="pill">${entry.team}</span>
        ${entry.priority > 0 ? html`<span class="pill hot">${entry.priority > 1 ? "urgent" : "high"}</span>` : nothing}
        ${entry.sentiment < -250 ? html`<span class="pill hot">upset</span>` : entry.sentiment > 250 ? html`<span class="pill">friendly</span>` : nothing}
        ${entry.customerValueCents > 0n ? html`<span class="pill gold">spent ${money(entry.customerValueCents)}</span>` : nothing}
        ${claimed && entry.claimedByUser !== this.desk.user ? html`<span class="pill">${entry.claimedBy}</span>` : nothing}
      </span></button>`;
  }

  private talk(): TemplateResult {
    const front = this.desk.front;
    if (!front) return html`<main class="talk"><div class="nothing"><p><b>Pick a conversation</b>${this.desk.waiting().length} waiting. <kbd>J</kbd> and <kbd>K</kbd> move, <kbd>C</kbd> claims, <kbd>?</kbd> shows all keys.</p></div></main>`;
    const state = front.ended ? "ended" : front.owner === "me" ? "yours" : front.owner === "other" ? `with ${front.ownerName}` : front.owner === "queue" ? "waiting for a human" : "with the assistant";
    return html`<main class="talk">
      <header><h2>Conversation <small>${front.name.slice(14, 22)} · ${state}</small></h2>
        ${front.ended ? nothing : front.owner === "me" ? html`
          <button class="btn" @click=${() => this.acts()["b"]?.()}>Return to assistant <kbd>B</kbd></button>
          <button class="btn" @click=${() => this.acts()["t"]?.()}>Transfer <kbd>T</kbd></button>
          <button class="btn main" @click=${() => this.acts()["e"]?.()}>Resolve <kbd>E</kbd></button>`
        : html`<button class="btn main" @click=${() => void this.claim()}>${front.owner === "assistant" ? "Take over" : "Claim"} <kbd>C</kbd></button>`}
      </header>
      <div class="log" role="log" aria-label="Transcript" tabindex="0">${transcript(front, (token) => this.askReveal(front, token))}</div>
      ${front.owner === "me" && !front.ended ? this.writer(front) : nothing}
    </main>`;
  }

  askReveal(front: Front, token: string): void {
    if (front.owner !== "me") return this.tell("Claim the conversation before you reveal a value of it.", true);
    this.show(revealDialog(token, (purpose) => { this.close(); void this.desk.reveal(token, purpose); }, () => this.close()));
  }

  // Tools that change something ask first.
  confirm(title: string, about: string, go: () => void): void {
    this.show(askDialog(title, about, () => { this.close(); go(); }, () => this.close()));
  }

  private writer(front: Front): TemplateResult {
    const canned = this.cannedNow();
    return html`<div class="write ${this.noting ? "noting" : ""}">
      ${front.suggestions.length > 0 && !this.noting && this.draft === "" ? html`<div class="suggest" role="group" aria-label="Suggested answers">${front.suggestions.map((s) =>
        html`<button type="button" @click=${() => { this.draft = s.text; this.focusReply(false); }}><span>${s.text}</span><small>${s.citations[0]?.title ?? "answered before"}</small></button>`)}</div>` : nothing}
      <div style="position:relative">
        ${canned.length > 0 ? html`<div class="canned" role="listbox" aria-label="Canned texts">${canned.map((c, i) =>
          html`<button type="button" role="option" aria-selected=${i === Math.min(this.picked, canned.length - 1)} @click=${() => { this.draft = c.text; this.focusReply(false); }}><b>/${c.name}</b><small>${c.text}</small></button>`)}</div>` : nothing}
        <textarea aria-label=${this.noting ? "Private note" : "Reply to the customer"} placeholder=${this.noting ? "A note that only colleagues see" : "Write to the customer; / for canned texts"} .value=${this.draft}
          @input=${(e: Event) => { this.draft = (e.target as HTMLTextAreaElement).value; this.picked = 0; }} @keydown=${this.writeKey}></textarea>
      </div>
      <div class="line">
        <button type="button" class="btn" aria-pressed=${this.noting} @click=${() => this.focusReply(!this.noting)}>${this.noting ? "Back to the reply" : "Private note"} <kbd>N</kbd></button>
        <button type="button" class="btn" @click=${() => { this.focusReply(false); this.draft = "/"; }}>Canned texts <kbd>/</kbd></button>
        <button type="button" class="btn main" @click=${() => void this.submit()}>${this.noting ? "Save note" : "Send"}</button>
      </div></div>`;
  }
}
