// The console's page: one element that fills it.
import { FrontdeskConsole } from "./element";

customElements.define("frontdesk-console", FrontdeskConsole);
