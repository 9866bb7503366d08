// The one script of the widget: defines <frontdesk-chat>, and puts one on the page when the
// page has none. data-server, data-lang, data-theme and data-identity-token of the script tag
// become the element's attributes.
import { FrontdeskChat } from "./element";

const script = document.currentScript as HTMLScriptElement | null;
if (script?.src) FrontdeskChat.defaultServer = new URL(script.src).origin;
if (!customElements.get("frontdesk-chat")) customElements.define("frontdesk-chat", FrontdeskChat);

function place(): void {
  if (document.querySelector("frontdesk-chat")) return;
  const chat = document.createElement("frontdesk-chat");
  for (const name of ["server", "lang", "theme", "identity-token"]) {
    const value = script?.getAttribute(`data-${name}`);
    if (value) chat.setAttribute(name, value);
  }
  document.body.append(chat);
}
if (document.readyState === "loading") addEventListener("DOMContentLoaded", place);
else place();
