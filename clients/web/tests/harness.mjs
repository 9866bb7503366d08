// What the browser tests share: a server with the demo shop whose humans are always on
// duty, gateways, Chromium, and pictures.
import { spawn, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
export const program = resolve(process.env.FRONTDESK_PROGRAM ?? join(root, "build/release/frontdesk"));
const web = join(root, "build/web");
// Trained artefacts and indexes, kept between runs.
export const testCache = join(dirname(program), "web-test-cache");
const pictures = process.env.FRONTDESK_PICTURES ?? join(dirname(program), "web-pictures");

const cleanups = [];
// Ends everything that was started, newest first. Call it from after().
export async function cleanUp() {
  while (cleanups.length > 0) await cleanups.pop()();
}

export function folder() {
  const path = mkdtempSync(join(tmpdir(), "frontdesk-web-"));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

// A copy of the demo bundle whose team never sleeps.
export function openBundle(into, name = "bundle") {
  const target = join(into, name);
  cpSync(join(root, "demo/bundle"), target, { recursive: true });
  const file = join(target, "assistant.yaml");
  const text = readFileSync(file, "utf8")
    .replace(/^ {2}(mon|tue|wed|thu|fri|sat|sun): .*/gm, '  $1: "00:00-24:00"')
    .replace(/^holidays:\n( {2}- .*\n)+/m, "holidays: []\n");
  writeFileSync(file, text);
  return target;
}

export function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

const waitFor = (child, look, what) =>
  new Promise((done, fail) => {
    let seen = "";
    const take = (chunk) => {
      seen += chunk;
      const found = look(seen);
      if (found) done(found);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("exit", (code) => fail(new Error(`${what} ended with ${code}:\n${seen.slice(-2000)}`)));
  });

// Starts `frontdesk serve`. kill() is kill -9; start() again uses the same ports and data.
export class Server {
  constructor({ data = folder(), args = [], rateBurst = 0 } = {}) {
    this.data = data;
    this.args = [...args, "--rate-burst", String(rateBurst)];
    this.bundle = existsSync(join(data, "bundle")) ? join(data, "bundle") : openBundle(data);
    cleanups.push(() => this.stop());
  }

  async start() {
    this.port ??= await freePort();
    this.webPort ??= await freePort();
    this.child = spawn(
      program,
      ["serve", "--data", this.data, "--bundle", this.bundle, "--cache", testCache, "--listen", `127.0.0.1:${this.port}`,
        "--metrics-listen", "none", "--web-listen", `127.0.0.1:${this.webPort}`, "--web-root", web,
        "--drain-seconds", "2", ...this.args],
      { cwd: root },
    );
    this.gone = new Promise((done) => this.child.on("exit", done));
    await waitFor(this.child, (text) => /^serving on/m.test(text), "the server");
    return this;
  }

  get url() {
    return `http://127.0.0.1:${this.webPort}`;
  }

  async kill() {
    this.child.kill("SIGKILL");
    await this.gone;
  }

  async stop() {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill("SIGTERM");
    await this.gone;
  }

  token(user, role) {
    return execFileSync(program, ["user", "add", user, "--role", role, "--data", this.data], { encoding: "utf8" }).trim();
  }

  run(...args) {
    return execFileSync(program, args, { encoding: "utf8", cwd: root });
  }
}

let browser;
export async function launch() {
  browser ??= await chromium.launch({
    executablePath: process.env.FRONTDESK_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--disable-quic"],
  });
  cleanups.unshift(async () => {
    await browser?.close();
    browser = undefined;
  });
  return browser;
}

// A page in a profile of its own. The page's content security policy stands in the way of tests
// that evaluate code in it; those that do not, keep it (bypassCSP: false). Errors of the page fail the test that asks for them.
export async function newPage(options = {}) {
  const context = await (await launch()).newContext({ locale: "en-GB", timezoneId: "Europe/Dublin", reducedMotion: "reduce", bypassCSP: true, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.setDefaultTimeout(20_000);
  return page;
}

// A picture for people. Those with a name in FRONTDESK_KEEP_PICTURES' folder go into the docs.
export async function picture(page, name, options = {}) {
  mkdirSync(pictures, { recursive: true });
  const path = join(pictures, `${name}.png`);
  await page.screenshot({ path, animations: "disabled", ...options });
  return path;
}

// WCAG 2.2 A and AA by axe-core; returns one line for each violation.
export async function accessibilityFaults(page) {
  await page.evaluate(readFileSync(join(root, "clients/web/node_modules/axe-core/axe.min.js"), "utf8"));
  return page.evaluate(async () => {
    const result = await globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${v.help} (${n.target.flat().join(" ")}) ${n.failureSummary ?? ""}`));
  });
}

// Envoy with the project's own configuration, its ports replaced.
export async function startEnvoy(server) {
  const envoy = execFileSync(join(root, "scripts/fetch_envoy.sh"), { encoding: "utf8" }).trim();
  const port = await freePort();
  const text = readFileSync(join(root, "clients/web/envoy/envoy.yaml"), "utf8")
    .replace("port_value: 8080", `port_value: ${port}`)
    .replace("port_value: 7600", `port_value: ${server.port}`)
    .replace("port_value: 7602", `port_value: ${server.webPort}`);
  const config = join(folder(), "envoy.yaml");
  writeFileSync(config, text);
  const child = spawn(envoy, ["-c", config, "--concurrency", "1", "--use-dynamic-base-id", "--log-level", "info"]);
  const gone = new Promise((done) => child.on("exit", done));
  cleanups.push(async () => {
    child.kill("SIGTERM");
    await gone;
  });
  await waitFor(child, (seen) => /starting main dispatch loop/.test(seen), "envoy");
  return `http://127.0.0.1:${port}`;
}
