// Beside the conversation: what was learnt and tried, who the customer is, what may be done.
import { html, nothing, type TemplateResult } from "lit";
import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import type { Tool } from "../gen/frontdesk/v1/console_pb";
import type { Desk, Front } from "./desk";
import { money, plainReason } from "./format";
import { masked } from "./transcript";

// What the panel asks of the element that shows it.
export interface SideHost {
  toolName: string;
  toolResult: string;
  askReveal(front: Front, token: string): void;
  confirm(title: string, about: string, go: () => void): void;
}

const NAMES: Record<string, string> = { given_name: "Name", family_name: "Surname", email: "Email", phone: "Phone", city: "City", country: "Country", language: "Language",
  customer_since: "Customer since", tier: "Tier", order_count: "Orders", spent: "Spent", open_tickets: "Open tickets", opted_out: "No marketing by" };

function packetOf(desk: Desk, front: Front) {
  const handoff = [...front.events].reverse().find((e) => e.kind.case === "handoffRequested" && (e.kind.value.packet?.tried.length ?? 0) + (e.kind.value.packet?.slots.length ?? 0) > 0);
  return handoff?.kind.case === "handoffRequested" ? handoff.kind.value.packet : desk.queue.get(front.name)?.packet;
}

const plain = (value: JsonValue | undefined): string => (value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));

export function sidePanel(desk: Desk, front: Front, host: SideHost): TemplateResult {
  const text = (value: string) => masked(value, front, (token) => host.askReveal(front, token));
  const packet = packetOf(desk, front);
  const entry = desk.queue.get(front.name);
  const customer = (front.customer?.customer ?? {}) as JsonObject;
  const known = Object.keys(NAMES).filter((key) => customer[key] !== undefined && customer[key] !== "");
  return html`<aside class="side" aria-label="Details">
    <section><h3>Handoff</h3>
      ${entry ? html`<p><b>${plainReason(entry.reason)}</b> for ${entry.team}</p>` : nothing}
      ${packet ? html`<p class="pre">${text(packet.summary)}</p>
        ${packet.slots.length ? html`<dl>${packet.slots.map((s) => html`<dt>${s.slot}</dt><dd>${text(s.value)}</dd>`)}</dl>` : nothing}` : html`<p class="quiet" style="padding:0">Nothing was handed over.</p>`}
    </section>
    ${packet?.tried.length ? html`<section><h3>Tried</h3><ul>${packet.tried.map((line) => html`<li>${text(line)}</li>`)}</ul></section>` : nothing}
    ${packet?.citations.length ? html`<section><h3>Cited</h3><ul>${[...new Set(packet.citations.map((c) => c.title || c.documentId))].map((t) => html`<li>${t}</li>`)}</ul></section>` : nothing}
    ${packet?.lastFailedRule ? html`<section><h3>Failed rule</h3><p>${packet.lastFailedRule}</p></section>` : nothing}
    <section><h3>Customer</h3>
      ${!front.customer?.verified ? html`<p class="quiet" style="padding:0">Not verified.</p>`
        : known.length === 0 ? html`<p class="quiet" style="padding:0">Verified. ${front.owner === "me" ? "The record could not be read." : "Claim the conversation to see the record."}</p>`
        : html`<dl>${known.map((key) => html`<dt>${NAMES[key]}</dt><dd>${key === "spent" ? money(Number(customer[key])) : text(plain(customer[key]))}</dd>`)}</dl>`}
      ${front.customer?.consents.length ? html`<p>${front.customer.consents.map((c) => html`<span class="pill">${c.purpose}: ${c.granted ? "yes" : "no"}</span> `)}</p>` : nothing}
    </section>
    ${front.customer?.orders.length ? html`<section><h3>Orders</h3><ul>${front.customer.orders.map((o) => html`<li><b>${plain(o["order_id"])}</b> ${plain(o["items"])}, ${plain(o["status"])}, ${money(Number(o["total"] ?? 0))}</li>`)}</ul></section>` : nothing}
    <section><h3>Tags</h3>
      <div class="pills">${front.customer?.tags.map((t) => html`<span class="pill you">${t}</span>`)}</div>
      <form class="inline" @submit=${(e: SubmitEvent) => { e.preventDefault(); const f = e.target as HTMLFormElement; void desk.tag(String(new FormData(f).get("tag"))); f.reset(); }}>
        <input name="tag" aria-label="New tag" placeholder="late-delivery" required pattern="[a-z0-9_\\-]{1,40}" title="a-z, 0-9, - and _"><button class="btn">Add</button></form>
    </section>
    ${front.owner === "me" && !front.ended ? toolBox(desk, front, host, text) : nothing}
  </aside>`;
}

function toolBox(desk: Desk, front: Front, host: SideHost, text: (value: string) => unknown): TemplateResult {
  const tool = front.tools.find((t) => t.name === host.toolName);
  return html`<section><h3>Run a tool</h3>
    <select aria-label="Tool" @change=${(e: Event) => { host.toolName = (e.target as HTMLSelectElement).value; host.toolResult = ""; }}>
      <option value="">Choose a tool</option>${front.tools.map((t) => html`<option value=${t.name} ?selected=${t.name === host.toolName}>${t.name}${t.writes ? " (changes)" : ""}</option>`)}</select>
    ${tool ? html`<p class="quiet" style="padding:6px 0">${tool.about}</p>
      <form @submit=${(e: SubmitEvent) => { e.preventDefault(); submit(tool, new FormData(e.target as HTMLFormElement), desk, host); }}>
        ${tool.parameters.map((p) => html`<label class="field">${p.name}${p.required ? "" : " (optional)"}
          ${p.choices.length ? html`<select name=${p.name}>${p.required ? nothing : html`<option></option>`}${p.choices.map((c) => html`<option>${c}</option>`)}</select>` : html`<input name=${p.name} ?required=${p.required}>`}</label>`)}
        <button class="btn ${tool.writes ? "bad" : ""}">Run ${tool.name}</button></form>` : nothing}
    ${host.toolResult ? html`<pre tabindex="0" aria-label="Result">${text(host.toolResult)}</pre>` : nothing}
  </section>`;
}

const WHOLE = new Set(["integer", "amount", "quantity"]);

function submit(tool: Tool, form: FormData, desk: Desk, host: SideHost): void {
  const args: JsonObject = {};
  for (const p of tool.parameters) {
    const value = String(form.get(p.name) ?? "").trim();
    if (value === "") continue;
    args[p.name] = WHOLE.has(p.type) ? Number(value) : p.type === "boolean" ? value === "true" : value;
  }
  const run = async () => {
    const result = await desk.runTool(tool.name, args, true);
    if (result) host.toolResult = `${result.outcome}\n${JSON.stringify(result.result ?? {}, null, 2)}`;
  };
  if (!tool.writes) return void run();
  const about = Object.entries(args).map(([k, v]) => `${k}: ${plain(v)}`).join(", ");
  host.confirm(`Run ${tool.name}?`, `It changes something in the business's systems. ${about}`, () => void run());
}
