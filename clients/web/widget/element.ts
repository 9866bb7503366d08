// <frontdesk-chat>: the chat as a web component.
//
//   <script src="https://chat.shop.example/frontdesk-chat.js" defer></script>
//   <frontdesk-chat server="https://chat.shop.example" lang="en"></frontdesk-chat>
//
// Attributes: server (default: where the script came from), lang, theme (auto, light,
// dark), open, identity-token, place (name of the conversation in local storage).
// Events: frontdesk-open, frontdesk-close, frontdesk-message. Looks: --fd-… in styles.ts.
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Citation, SlotAsked } from "../gen/frontdesk/v1/conversation_pb";
import { faultOf, lookOf } from "./forms";
import { icons } from "./icons";
import { cutQuote, isAllowed } from "./links";
import { transcriptOf, viewOf, type Item, type Offer, type View } from "./model";
import { face, linked, noticeText, orderCard, sourcesOf, typingDots } from "./parts";
import { Session } from "./session";
import { styles } from "./styles";
import { isRightToLeft, wordsOf, type Words } from "./words";

const MOST_CHARACTERS = 4000;

interface Source {
  citation: Citation;
  title: string;
  path: string;
  text: [string, string, string] | undefined;
  url: string;
  gone: boolean;
}

export class FrontdeskChat extends LitElement {
  static override styles = styles;
  static override properties = {
    server: { type: String },
    lang: { type: String },
    theme: { type: String },
    open: { type: Boolean, reflect: true },
    identityToken: { type: String, attribute: "identity-token" },
    place: { type: String },
    draft: { state: true }, menu: { state: true }, source: { state: true }, fault: { state: true },
    confirmEnd: { state: true }, score: { state: true }, tick: { state: true }, answered: { state: true },
  };
  static defaultServer = location.origin;

  declare server: string;
  declare theme: string;
  declare open: boolean;
  declare identityToken: string;
  declare place: string;
  declare draft: string;
  declare menu: boolean;
  declare source: Source | undefined;
  declare fault: keyof Words | undefined;
  declare confirmEnd: boolean;
  declare score: number;
  declare tick: number;
  declare answered: Set<string>;

  private session: Session | undefined;
  private view: View = viewOf([]);
  private seen = 0;
  private stick = true;
  private readonly dark = matchMedia("(prefers-color-scheme: dark)");

  constructor() {
    super();
    this.server = FrontdeskChat.defaultServer;
    this.lang = "";
    this.theme = "auto";
    this.open = false;
    this.identityToken = "";
    this.place = "";
    this.draft = "";
    this.menu = false;
    this.confirmEnd = false;
    this.score = 0;
    this.tick = 0;
    this.answered = new Set();
  }

  private get language(): string {
    return this.lang || document.documentElement.lang || navigator.language || "en";
  }
  private get words(): Words {
    return wordsOf(this.language);
  }
  private get storage(): string {
    return `frontdesk:${this.place || this.server}`;
  }
  private get name(): string {
    return this.session?.assistant?.displayName ?? "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.dark.addEventListener("change", this.paint);
    this.session = new Session(this.server, this.storage, () => this.lang || document.documentElement.lang, () => this.identityToken, () => this.refresh());
    try {
      this.draft = localStorage.getItem(this.storage + ":draft") ?? "";
    } catch {
      this.draft = "";
    }
    if (this.session.resumable || this.open) void this.session.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.dark.removeEventListener("change", this.paint);
    this.session?.dispose();
  }

  show(): void {
    this.open = true;
    void this.session?.start();
    this.stick = true;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("textarea, .over .go")?.focus());
    this.dispatchEvent(new CustomEvent("frontdesk-open", { bubbles: true, composed: true }));
  }

  hide(): void {
    this.open = false;
    this.menu = false;
    this.source = undefined;
    this.seen = this.spoken();
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(".launcher")?.focus());
    this.dispatchEvent(new CustomEvent("frontdesk-close", { bubbles: true, composed: true }));
  }

  private readonly paint = (): void => {
    const dark = this.theme === "dark" || (this.theme !== "light" && this.dark.matches);
    this.dataset["scheme"] = dark ? "dark" : "light";
    if (!this.hasAttribute("dir") || this.dataset["ownDir"]) {
      const rtl = this.lang ? isRightToLeft(this.lang) : getComputedStyle(document.documentElement).direction === "rtl";
      this.dataset["ownDir"] = "1";
      this.dir = rtl ? "rtl" : "ltr";
    }
  };

  private refresh(): void {
    if (!this.session) return;
    const before = this.view.items.length;
    this.view = viewOf(this.session.events);
    if (this.view.items.length !== before) {
      this.fault = undefined;
      this.dispatchEvent(new CustomEvent("frontdesk-message", { bubbles: true, composed: true }));
    }
    const log = this.renderRoot.querySelector(".log");
    if (log) this.stick = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    this.tick++;
  }

  private spoken(): number {
    return this.view.items.filter((item) => item.kind === "assistant").length;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("theme") || changed.has("lang")) this.paint();
    if (this.open) this.seen = this.spoken();
  }

  protected override updated(): void {
    const log = this.renderRoot.querySelector(".log");
    if (log && this.stick) log.scrollTop = log.scrollHeight;
    const box = this.renderRoot.querySelector<HTMLTextAreaElement>(".composer textarea");
    if (box) {
      box.style.height = "auto";
      box.style.height = `${Math.min(box.scrollHeight, 132)}px`;
    }
  }

  // ---- acting --------------------------------------------------------------------------------

  private write(text: string): void {
    this.draft = text;
    try {
      if (text) localStorage.setItem(this.storage + ":draft", text);
      else localStorage.removeItem(this.storage + ":draft");
    } catch {
      // The draft then lives as long as the page.
    }
  }

  private say(text: string): void {
    const trimmed = text.trim();
    if (!trimmed || trimmed.length > MOST_CHARACTERS || !this.session) return;
    this.stick = true;
    this.session.send(trimmed);
  }

  private submit(): void {
    if (!this.draft.trim() || this.draft.length > MOST_CHARACTERS) return;
    this.say(this.draft);
    this.write("");
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.submit();
    }
  };

  private readonly escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    if (this.source) this.closeSource();
    else if (this.confirmEnd) this.confirmEnd = false;
    else if (this.menu) this.menu = false;
    else this.hide();
  };

  private pick(reply: string): void {
    this.say(reply);
    this.renderRoot.querySelector<HTMLElement>("textarea")?.focus();
  }

  private fill(asked: SlotAsked, form: HTMLFormElement): void {
    const value = (form.elements.namedItem("value") as HTMLInputElement).value;
    this.fault = faultOf(asked, value);
    if (this.fault) {
      (form.elements.namedItem("value") as HTMLInputElement).focus();
      return;
    }
    form.reset();
    this.pick(value);
  }

  private openSource(number: number): void {
    for (const item of this.view.items) {
      if (item.kind !== "assistant") continue;
      for (const sentence of item.sentences) {
        const found = sentence.citations.find((c) => c.number === number);
        if (found) return void this.load(found.citation);
      }
    }
  }

  private async load(citation: Citation): Promise<void> {
    const source: Source = {
      citation, title: citation.title || citation.documentId, path: citation.headings.join(" › "), text: undefined, url: "", gone: false,
    };
    this.source = source;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(".cover .tool")?.focus());
    try {
      const answer = await this.session!.passage(citation);
      if (this.source !== source) return; // closed meanwhile: a late answer opens nothing
      const url = answer.passage?.url ?? "";
      const allowed = url !== "" && URL.canParse(url) && isAllowed(new URL(url), this.session?.assistant?.linkDomains ?? []);
      this.source = {
        ...source,
        path: answer.passage?.headings.join(" › ") || source.path,
        text: cutQuote(answer.passage?.text ?? "", Number(answer.quoteBegin), Number(answer.quoteEnd)),
        url: allowed ? url : "",
      };
      await this.updateComplete;
      this.renderRoot.querySelector(".cover mark")?.scrollIntoView({ block: "center" });
    } catch {
      if (this.source === source) this.source = { ...source, gone: true };
    }
  }

  private closeSource(): void {
    // Before the cover goes: with it the focus would fall out of the chat, and the next key too.
    this.renderRoot.querySelector<HTMLElement>("textarea")?.focus();
    this.source = undefined;
  }

  private download(): void {
    const words = this.words;
    const text = transcriptOf(this.view, { assistant: this.name, customer: words.customer }, (n, name) => noticeText(words, n, name));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    link.download = `chat-${new Date().toISOString().slice(0, 10)}.txt`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    this.menu = false;
  }

  private async agree(purpose: string, granted: boolean, version: string): Promise<void> {
    this.answered = new Set(this.answered).add(purpose);
    try {
      await this.session?.consent(purpose, granted, version);
    } catch {
      const back = new Set(this.answered);
      back.delete(purpose);
      this.answered = back; // not recorded: the question stays
    }
  }

  private async finish(): Promise<void> {
    this.confirmEnd = false;
    this.menu = false;
    try {
      await this.session?.end();
    } catch {
      this.confirmEnd = true; // still there: ask again
    }
  }

  private async rate(form: HTMLFormElement): Promise<void> {
    if (this.score === 0) return;
    const comment = (form.elements.namedItem("comment") as HTMLTextAreaElement).value;
    try {
      await this.session?.rate(this.score, comment);
    } catch {
      this.requestUpdate();
    }
  }

  private async again(): Promise<void> {
    this.score = 0;
    this.answered = new Set();
    this.seen = 0;
    await this.session?.renew();
    this.show();
  }

  // ---- showing -------------------------------------------------------------------------------

  protected override render(): TemplateResult {
    const words = this.words;
    if (!this.open) {
      const unread = Math.max(0, this.spoken() - this.seen);
      return html`<div role="region" aria-label=${words.title}><button class="launcher" part="launcher" aria-label=${unread ? `${words.open}, ${unread} ${words.unread}` : words.open} aria-expanded="false" @click=${() => this.show()}>
        ${icons.chat}${unread ? html`<span class="badge" aria-hidden="true">${unread}</span>` : nothing}</button></div>`;
    }
    const session = this.session!;
    const over = this.view.ended || session.link === "lost";
    return html`<section class="panel" part="panel" role="dialog" aria-labelledby="title" lang=${this.language} @keydown=${this.escape}>
      ${this.header(words)}
      ${this.menu ? this.menuBox(words) : nothing}
      ${this.linkBar(words)}
      <div class="log" role="log" aria-label=${words.log} aria-live="polite" tabindex="0">
        <span class="first"></span>${this.items(words)}
        ${this.consentBox(words)}
        ${this.view.typing || session.outbox.some((o) => o.delivery === "sent") && !this.view.agent && !this.view.waiting ? typingDots(words, this.name) : nothing}
        ${this.view.waiting ? html`<p class="notice"><span>${words.waiting}</span></p>` : nothing}
      </div>
      ${over ? this.epilogue(words) : html`${this.offer(words)}${this.composer(words)}`}
      ${this.confirmEnd ? this.endBox(words) : nothing}
      ${this.source ? this.sourceSheet(words, this.source) : nothing}
    </section>`;
  }

  private header(words: Words): TemplateResult {
    const agent = this.view.agent;
    const business = this.session?.assistant?.business ?? "";
    const up = this.session?.link === "open";
    const name = agent || this.name || words.title;
    return html`<div class="head" part="header">
      ${face(name, agent !== "", html`<span class="dot ${up ? "" : "away"}"></span>`)}
      <div class="who"><h2 id="title">${name}</h2><p>${agent ? words.agentRole : words.assistantRole}${business ? ` · ${business}` : ""}</p></div>
      <button class="tool" aria-label=${words.menu} aria-expanded=${this.menu ? "true" : "false"} @click=${() => (this.menu = !this.menu)}>${icons.more}</button>
      <button class="tool" aria-label=${words.close} @click=${() => this.hide()}>${icons.down}</button>
    </div>`;
  }

  private menuBox(words: Words): TemplateResult {
    const prompts = this.session?.assistant?.consentPrompts ?? [];
    const over = this.view.ended || this.session?.link === "lost";
    return html`<div class="menu">
      <button type="button" @click=${() => this.download()}>${icons.save}${words.download}</button>
      ${over ? nothing : html`<button type="button" class="end" @click=${() => { this.confirmEnd = true; this.menu = false; }}>${icons.stop}${words.endChat}</button>`}
      ${prompts.length === 0 || over ? nothing : html`<div class="consent" role="group" aria-label=${words.privacy}>
        ${prompts.map((p) => html`<label><input type="checkbox" .checked=${this.view.consents.get(p.purpose) ?? false}
            @change=${(e: Event) => void this.agree(p.purpose, (e.target as HTMLInputElement).checked, p.textVersion)}><span>${p.text}</span></label>`)}
      </div>`}
    </div>`;
  }

  private linkBar(words: Words): TemplateResult | typeof nothing {
    const link = this.session!.link;
    if (link === "away")
      return html`<div class="bar" role="status"><span>${words.away}…</span><button type="button" @click=${() => dispatchEvent(new Event("online"))}>${words.retry}</button></div>`;
    if (link === "connecting" && this.view.items.length === 0) return html`<div class="hush" role="status">${words.connecting}</div>`;
    return nothing;
  }

  private items(words: Words): TemplateResult {
    const all = this.view.items;
    const first = all.find((item): item is Item & { time: Date } => "time" in item);
    const pending = this.session!.outbox;
    return html`
      ${first ? html`<p class="day">${first.time.toLocaleDateString(this.language, { weekday: "long", day: "numeric", month: "long" })}</p>` : nothing}
      ${repeat(all, (item) => item.key, (item, i) => this.item(item, all[i - 1], all[i + 1], words))}
      ${repeat(pending, (one) => one.requestId, (one) => html`
        <div class="row mine ${one.delivery}"><div class="bubble" dir="auto">${one.text}</div></div>
        ${one.delivery === "failed"
          ? html`<p class="state failed" role="alert"><span>${words.failed}${one.reason ? `: ${one.reason}` : ""}</span>
              <button type="button" @click=${() => this.session!.resend(one.requestId)}>${words.resend}</button>
              <button type="button" @click=${() => this.session!.discard(one.requestId)}>${words.discard}</button></p>`
          : html`<p class="state">${one.delivery === "sent" ? words.sent : `${words.sending}…`}</p>`}`)}`;
  }

  private item(item: Item, before: Item | undefined, after: Item | undefined, words: Words): TemplateResult {
    const domains = this.session?.assistant?.linkDomains ?? [];
    switch (item.kind) {
      case "customer":
        return html`<div class="row mine ${before?.kind === "customer" ? "joined" : ""}"><div class="bubble" title=${item.time.toLocaleTimeString(this.language, { timeStyle: "short" })}><span class="hush">${words.customer}: </span><span dir="auto">${linked(item.text, domains)}</span></div></div>`;
      case "order":
        return orderCard(item.order, words, this.language);
      case "notice":
        return html`<p class="notice"><span>${noticeText(words, item.notice, item.name)}</span></p>`;
      case "assistant": {
        const name = item.agent || this.name;
        const joined = before?.kind === "assistant" && before.agent === item.agent;
        const last = !(after?.kind === "assistant" && after.agent === item.agent);
        return html`
          ${item.agent && !joined ? html`<p class="byline" aria-hidden="true">${item.agent}</p>` : nothing}
          <div class="row ${item.agent ? "human" : ""} ${joined ? "joined" : ""}">
            ${last ? face(name, item.agent !== "") : html`<span class="face ghost" aria-hidden="true"></span>`}
            <div class="bubble" title=${item.time.toLocaleTimeString(this.language, { timeStyle: "short" })}><span class="hush">${name}: </span><span dir="auto">${item.sentences.map((sentence, i) => html`${i > 0 ? " " : ""}<span class="sentence">${linked(sentence.text, domains)}${sentence.citations.map(({ number, citation }) =>
              html`<button type="button" class="cite" aria-label="${words.source} ${number}: ${citation.title}" @click=${() => void this.load(citation)}>${number}</button>`)}</span>`)}</span></div>
          </div>
          ${sourcesOf(item, words, (number) => this.openSource(number))}`;
      }
    }
  }

  private consentBox(words: Words): TemplateResult | typeof nothing {
    // Never beside another question.
    if (!this.view.spoke || this.view.ended || this.view.typing || this.view.offer) return nothing;
    const prompt = this.session?.assistant?.consentPrompts.find((p) => !this.view.consents.has(p.purpose) && !this.answered.has(p.purpose));
    if (!prompt) return nothing;
    return html`<div class="ask-box" role="group" aria-label=${words.privacy}><p>${prompt.text}</p><div class="pair">
      <button type="button" class="chip solid" @click=${() => void this.agree(prompt.purpose, true, prompt.textVersion)}>${words.allow}</button>
      <button type="button" class="chip plain" @click=${() => void this.agree(prompt.purpose, false, prompt.textVersion)}>${words.decline}</button></div></div>`;
  }

  private offer(words: Words): TemplateResult | typeof nothing {
    const offer: Offer | undefined = this.session!.outbox.length > 0 ? undefined : this.view.offer;
    if (!offer || this.view.typing) return nothing;
    if (offer.kind === "choices") {
      const shown = (reply: string) => (offer.confirmation ? (reply === "yes" ? words.yes : reply === "no" ? words.no : reply) : reply);
      return html`<div class="ask" role="group" aria-label=${words.suggestions}>
        ${offer.replies.map((reply, i) => html`<button type="button" class="chip ${offer.confirmation && i === 0 ? "solid" : ""}" @click=${() => this.pick(reply)}>${shown(reply)}</button>`)}
        ${offer.skip ? html`<button type="button" class="chip plain" @click=${() => this.pick("skip")}>${words.skip}</button>` : nothing}</div>`;
    }
    const asked = offer.asked;
    const look = lookOf(asked.kind);
    return html`<form class="sheet-form" novalidate @submit=${(e: SubmitEvent) => { e.preventDefault(); this.fill(asked, e.target as HTMLFormElement); }}>
      <label for="value">${words[look.label]}</label>
      <div class="line">
        <input id="value" name="value" type=${look.type} inputmode=${look.inputmode} autocomplete=${look.autocomplete} required
          aria-invalid=${this.fault ? "true" : "false"} aria-describedby="about" @input=${() => (this.fault = undefined)}>
        <button class="go">${words.use}</button>
      </div>
      ${this.fault ? html`<p class="fault" id="about" role="alert">${words[this.fault]}</p>`
        : asked.example ? html`<p class="hint" id="about">${words.example} ${asked.example}</p>` : html`<p class="hush" id="about"></p>`}
      ${asked.optional ? html`<button type="button" class="chip plain" @click=${() => this.pick("skip")}>${words.skip}</button>` : nothing}
    </form>`;
  }

  private composer(words: Words): TemplateResult {
    const long = this.draft.length > MOST_CHARACTERS;
    const empty = this.draft.trim() === "";
    return html`<div class="base"><div class="composer">
      <textarea rows="1" dir=${this.draft ? "auto" : nothing} aria-label=${words.placeholder} placeholder=${words.placeholder} .value=${this.draft} aria-invalid=${long ? "true" : "false"}
        @input=${(e: Event) => this.write((e.target as HTMLTextAreaElement).value)} @keydown=${this.key}></textarea>
      <button class="send" aria-label=${words.send} aria-disabled=${empty || long ? "true" : "false"} @click=${() => this.submit()}>${icons.send}</button>
    </div>${long ? html`<p class="long" role="alert">${words.tooLong} ${this.draft.length} / ${MOST_CHARACTERS}</p>` : nothing}</div>`;
  }

  private endBox(words: Words): TemplateResult {
    return html`<div class="rate" role="alertdialog" aria-label=${words.endConfirm}><h3>${words.endConfirm}</h3><p class="hint"></p>
      <div class="ask-box pair" style="padding:0;background:none;display:flex;gap:8px">
        <button type="button" class="chip solid" @click=${() => void this.finish()}>${words.endYes}</button>
        <button type="button" class="chip plain" @click=${() => (this.confirmEnd = false)}>${words.endNo}</button></div></div>`;
  }

  private epilogue(words: Words): TemplateResult {
    const lost = this.session?.link === "lost";
    const scores = [words.rate1, words.rate2, words.rate3, words.rate4, words.rate5];
    return html`
      ${lost || this.session?.rated ? nothing : html`<form class="rate" @submit=${(e: SubmitEvent) => { e.preventDefault(); void this.rate(e.target as HTMLFormElement); }}>
        <fieldset><legend><h3>${words.rateTitle}</h3></legend><p class="hint">${words.rateHint}</p>
        <div class="faces">${scores.map((name, i) => html`<label><input type="radio" name="score" value=${i + 1} aria-label="${i + 1}: ${name}" .checked=${this.score === i + 1} @change=${() => (this.score = i + 1)}><span aria-hidden="true">${i + 1}</span></label>`)}</div></fieldset>
        <textarea name="comment" maxlength="1000" aria-label=${words.rateComment} placeholder=${words.rateComment}></textarea>
        <button class="go" ?disabled=${this.score === 0}>${words.rateSend}</button></form>`}
      <div class="base over"><span role="status">${lost ? words.lost : this.session?.rated ? words.rateThanks : words.endedNote}</span>
        <button type="button" class="go" @click=${() => void this.again()}>${words.startNew}</button></div>`;
  }

  private sourceSheet(words: Words, source: Source): TemplateResult {
    return html`<div class="cover" role="dialog" aria-labelledby="source-title">
      <div class="head"><div class="who"><h2 id="source-title">${source.title}</h2>${source.path ? html`<p class="path">${source.path}</p>` : nothing}</div>
        <button class="tool" aria-label=${words.back} @click=${() => this.closeSource()}>${icons.close}</button></div>
      <p class="text" dir="auto" tabindex="0">${source.gone ? words.passageGone : source.text ? html`${source.text[0]}${source.text[1] ? html`<mark>${source.text[1]}</mark>` : nothing}${source.text[2]}` : `${words.loading}…`}</p>
      ${source.url ? html`<p class="foot"><a href=${source.url} target="_blank" rel="noopener noreferrer">${words.openPage}</a></p>` : nothing}
    </div>`;
  }
}
