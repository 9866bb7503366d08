// The console's small questions. Each is a modal <dialog>: Escape closes, Enter submits.
import { html, nothing, type TemplateResult } from "lit";

type Close = () => void;

function box(title: string, about: string, body: TemplateResult, submit: string, go: (form: FormData) => void, close: Close): TemplateResult {
  return html`<dialog aria-labelledby="dialog-title" @close=${close}>
    <form @submit=${(e: SubmitEvent) => { e.preventDefault(); go(new FormData(e.target as HTMLFormElement)); }}>
      <h2 id="dialog-title">${title}</h2><p class="about">${about}</p>${body}
      <div class="row"><button type="button" class="btn" @click=${close}>Cancel</button><button class="btn main">${submit}</button></div>
    </form></dialog>`;
}

export const revealDialog = (token: string, go: (purpose: string) => void, close: Close) =>
  box(`Reveal ${token}`, "The value is shown for a minute. Who revealed what and why is recorded.",
    html`<label class="field">What do you need it for?<input name="purpose" required maxlength="200" autofocus></label>`, "Reveal",
    (form) => go(String(form.get("purpose"))), close);

export const returnDialog = (go: (note: string) => void, close: Close) =>
  box("Return to the assistant", "It goes on where it stopped and reads everything again.",
    html`<label class="field">What should it, or the next colleague, know?<textarea name="note" rows="3" autofocus></textarea></label>`, "Return",
    (form) => go(String(form.get("note"))), close);

export const transferDialog = (teams: string[], go: (team: string, note: string) => void, close: Close) =>
  box("Transfer", "The conversation waits in the other team's queue; you no longer have it.",
    html`<label class="field">Team<select name="team" autofocus>${teams.map((t) => html`<option>${t}</option>`)}</select></label>
      <label class="field">What should they know?<textarea name="note" rows="3"></textarea></label>`, "Transfer",
    (form) => go(String(form.get("team")), String(form.get("note"))), close);

const OUTCOMES = [["solved", "Solved"], ["not_solved", "Not solved"], ["duplicate", "Duplicate"], ["spam", "Spam"]] as const;
export const resolveDialog = (go: (outcome: string) => void, close: Close) =>
  box("Resolve", "The conversation ends; the customer is asked how it was.",
    html`<label class="field">Outcome<select name="outcome" autofocus>${OUTCOMES.map(([value, name]) => html`<option value=${value}>${name}</option>`)}</select></label>`, "Resolve",
    (form) => go(String(form.get("outcome"))), close);

export const askDialog = (title: string, about: string, go: () => void, close: Close) =>
  box(title, about, html`${nothing}`, "Do it", go, close);

export const skillsDialog = (teams: string[], mine: string[], capacity: number, go: (teams: string[], capacity: number) => void, close: Close) =>
  box("What you take", "Conversations of these teams are offered to you, up to this many at once.",
    html`<fieldset style="border:0;padding:0;margin:0 0 12px"><legend><b>Teams</b> (none chosen: all)</legend>${teams.map((t) => html`<label style="display:block;min-height:28px"><input type="checkbox" name="team" value=${t} ?checked=${mine.includes(t)}> ${t}</label>`)}</fieldset>
      <label class="field">At once<input name="capacity" type="number" min="1" max="20" required value=${capacity} autofocus></label>`, "Save",
    (form) => go(form.getAll("team").map(String), Number(form.get("capacity"))), close);

const KEYS = [["J / K", "next, previous conversation"], ["C", "claim or take over"], ["R", "reply"], ["/", "canned texts"], ["N", "private note"],
  ["T", "transfer"], ["B", "return to the assistant"], ["E", "resolve"], ["A", "away or available"], ["S", "supervisor view"], ["Esc", "leave a field"], ["?", "this list"]];
export const keysDialog = (close: Close) => html`<dialog aria-labelledby="dialog-title" @close=${close}><h2 id="dialog-title">Keys</h2>
  <p class="about">They work while no field has the focus.</p><dl>${KEYS.map(([key, does]) => html`<dt><kbd>${key}</kbd></dt><dd>${does}</dd>`)}</dl>
  <div class="row"><button class="btn main" autofocus @click=${close}>Close</button></div></dialog>`;
