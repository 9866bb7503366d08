// The widget as a customer has it, through the built-in gateway and through Envoy: a cited
// answer by sentence, a flow with forms and a confirmation, a lost network, a server that is
// killed in the middle of a turn, and what assistive technology sees. Pictures are kept.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { accessibilityFaults, cleanUp, newPage, picture, root, Server, startEnvoy } from "./harness.mjs";

const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1 };
const DESKTOP = { viewport: { width: 1280, height: 800 } };
let server;
const gateways = {};

before(async () => {
  server = await new Server({ args: ["--decoder", "none"] }).start();
  gateways["the built-in gateway"] = server.url;
  gateways["Envoy"] = await startEnvoy(server);
});
after(cleanUp);

const chat = (page) => page.locator("frontdesk-chat");
const said = (page) => chat(page).locator(".row:not(.mine) .bubble:not(:has(.typing))");

async function open(url, options = DESKTOP) {
  const page = await newPage(options);
  await page.goto(`${url}/index.html`);
  await chat(page).locator(".launcher").click();
  await said(page).first().waitFor();
  return page;
}

async function say(page, text) {
  await chat(page).locator("textarea").fill(text);
  await chat(page).locator("textarea").press("Enter");
}

// Waits for the assistant's next words after `say`.
async function answered(page, before, pattern) {
  await page.waitForFunction(
    ([count, source]) => {
      const bubbles = [...document.querySelector("frontdesk-chat").shadowRoot.querySelectorAll(".row:not(.mine) .bubble:not(:has(.typing))")];
      return bubbles.slice(count).some((b) => new RegExp(source).test(b.textContent));
    },
    [before, pattern.source],
  );
}

// Everything shown, in order, without what hangs on time.
const everything = (page) =>
  chat(page).evaluate((el) => [...el.shadowRoot.querySelectorAll(".bubble, .notice, .card")].map((n) => n.textContent.replace(/\s+/g, " ").trim()));

function noFaults(page) {
  assert.deepEqual(page.faults, []);
}

test("the script is small and asks nobody else", () => {
  const script = readFileSync(join(root, "build/web/frontdesk-chat.js"));
  const kilobytes = gzipSync(script, { level: 9 }).length / 1024;
  console.log(`frontdesk-chat.js: ${kilobytes.toFixed(1)} KB gzipped (limit 60)`);
  assert.ok(kilobytes < 60, `${kilobytes} KB`);
  const hosts = new Set([...script.toString().matchAll(/https?:\/\/([a-z0-9.-]+)/gi)].map((m) => m[1]));
  for (const host of ["www.w3.org"]) hosts.delete(host); // a name space, never fetched
  assert.deepEqual([...hosts], []);
});

for (const name of ["the built-in gateway", "Envoy"]) {
  test(`a cited answer comes sentence by sentence and opens its source, through ${name}`, async () => {
    const page = await open(gateways[name]);
    // How many cited sentences stood there each time the page changed.
    await chat(page).evaluate((el) => {
      window.counts = [];
      window.typed = false;
      new MutationObserver(() => {
        window.counts.push(el.shadowRoot.querySelectorAll(".cite").length);
        window.typed ||= el.shadowRoot.querySelector(".typing") !== null;
      }).observe(el.shadowRoot, { childList: true, subtree: true });
    });
    await say(page, "how many days do I have to return something?");
    await chat(page).locator(".cite").nth(1).waitFor();
    await page.waitForFunction(() => !document.querySelector("frontdesk-chat").shadowRoot.querySelector(".typing"));
    const { counts, typed } = await page.evaluate(() => ({ counts: window.counts, typed: window.typed }));
    assert.ok(typed, "typing was shown before the words");
    assert.ok(counts.includes(1), `the first sentence stood there before the second: ${counts}`);
    if (name === "Envoy") await picture(page, "widget-desktop-light");

    await chat(page).locator(".cite").first().click();
    const mark = chat(page).locator(".cover mark");
    await mark.waitFor();
    const sentence = (await chat(page).locator(".sentence:has(.cite)").first().textContent()).replace(/\d+$/, "").trim();
    const quote = (await mark.textContent()).trim();
    assert.ok(sentence.includes(quote) || quote.includes(sentence), `"${quote}" is highlighted for "${sentence}"`);
    await picture(page, "widget-source");
    await page.keyboard.press("Escape");
    await chat(page).locator(".cover").waitFor({ state: "detached" });
    noFaults(page);
    await page.context().close();
  });

  test(`a flow asks by forms, shows the order, confirms and acts, through ${name}`, async () => {
    const page = await open(gateways[name], PHONE);
    const [order, email] = name === "Envoy" ? ["48502", "dev.lindqvist@post.example"] : ["48470", "orla.finch@post.example"];
    await say(page, "I would like to cancel an order");
    const field = chat(page).locator(".sheet-form input");
    await field.waitFor();
    await field.fill("12");
    await field.press("Enter");
    await chat(page).locator(".sheet-form .fault").waitFor(); // a wrong value is not sent
    assert.equal(await chat(page).locator(".row.mine").count(), 1);
    await field.fill(order);
    await field.press("Enter");
    await chat(page).locator(".sheet-form input[type=email]").waitFor();
    if (name === "Envoy") await picture(page, "widget-form");
    await chat(page).locator(".sheet-form input").fill(email);
    await chat(page).locator(".sheet-form .go").click();
    await chat(page).locator(".card").waitFor();
    assert.match(await chat(page).locator(".card").textContent(), new RegExp(order));
    await chat(page).locator(".ask .chip", { hasText: "no longer needed" }).click();
    const yes = chat(page).locator(".ask .chip.solid");
    await yes.waitFor();
    if (name === "Envoy") await picture(page, "widget-phone-light");
    await yes.click();
    await answered(page, 0, /is cancelled/);
    noFaults(page);
    await page.context().close();
  });

  test(`a lost network loses and doubles nothing, through ${name}`, async () => {
    const page = await open(gateways[name]);
    await say(page, "how many days do I have to return something?");
    await chat(page).locator(".cite").first().waitFor();
    await page.context().setOffline(true);
    await page.evaluate(() => document.querySelector("frontdesk-chat").session.stream.abort()); // as a dead link does, sooner
    await say(page, "how do I wash a down jacket?");
    await chat(page).locator(".row.mine.pending").waitFor();
    await chat(page).locator("textarea").fill("a draft that is not sent");
    await chat(page).locator(".bar").waitFor();
    await page.context().setOffline(false);
    await answered(page, 2, /./);
    await chat(page).locator(".row.mine.pending").waitFor({ state: "detached" });
    const shown = await everything(page);
    assert.equal(shown.filter((t) => t.includes("how do I wash a down jacket?")).length, 1);
    // A reload shows the log again: the same, word for word, and the draft is still there.
    await page.reload();
    await chat(page).locator(".launcher").click();
    await page.waitForFunction((n) => document.querySelector("frontdesk-chat").shadowRoot.querySelectorAll(".bubble, .notice, .card").length >= n, shown.length);
    assert.deepEqual(await everything(page), shown);
    assert.equal(await chat(page).locator("textarea").inputValue(), "a draft that is not sent");
    noFaults(page);
    await page.context().close();
  });

  test(`a server killed in the middle of a turn goes on without loss or doubles, through ${name}`, async () => {
    const page = await open(gateways[name]);
    const cases = ["what is the warranty on a headlamp?", "where is my order 48213? my email is ada.quill@post.example"];
    for (const [i, text] of cases.entries()) {
      // Killed once the server has the message: its typing dots are there, the answer is not yet.
      const sent = page.waitForFunction(
        (t) => [...document.querySelector("frontdesk-chat").shadowRoot.querySelectorAll(".row.mine")].some((r) => r.textContent.includes(t)), text);
      await say(page, text);
      await sent;
      await new Promise((done) => setTimeout(done, i * 40));
      await server.kill();
      await chat(page).locator(".bar").waitFor();
      await server.start();
      await chat(page).locator(".bar button").click({ timeout: 2000 }).catch(() => undefined); // or it was back by itself
      await chat(page).locator(".bar").waitFor({ state: "detached" });
      await page.waitForFunction(
        ([t]) => {
          const rows = [...document.querySelector("frontdesk-chat").shadowRoot.querySelectorAll(".row, .card")];
          const at = rows.findIndex((r) => r.classList.contains("mine") && r.textContent.includes(t));
          return at >= 0 && rows.slice(at + 1).some((r) => !r.classList.contains("mine") && !r.querySelector(".typing"));
        },
        [text],
      );
      await page.waitForFunction(() => !document.querySelector("frontdesk-chat").shadowRoot.querySelector(".typing, .pending"));
    }
    const shown = await everything(page);
    for (const text of cases) assert.equal(shown.filter((t) => t.includes(text)).length, 1, text);
    const sequences = await page.evaluate(() => document.querySelector("frontdesk-chat").session.events.map((e) => Number(e.sequence)));
    assert.deepEqual(sequences, [...new Set(sequences)].sort((a, b) => a - b), "each event once, in order");
    const turns = await page.evaluate(() => document.querySelector("frontdesk-chat").session.events.map((e) => e.kind.case));
    assert.equal(turns.filter((k) => k === "customerMessage").length, cases.length);
    assert.equal(turns.filter((k) => k === "turnCompleted").length, cases.length);
    await page.reload();
    await chat(page).locator(".launcher").click();
    await page.waitForFunction((n) => document.querySelector("frontdesk-chat").shadowRoot.querySelectorAll(".bubble, .notice, .card").length >= n, shown.length);
    assert.deepEqual(await everything(page), shown, "the log says what was shown");
    noFaults(page);
    await page.context().close();
  });
}

test("what customers and documents write is text, and only allowed hosts become links", async () => {
  const page = await open(server.url);
  await say(page, '<img src=x onerror="window.hacked=1"><b>hi</b> https://evil.example/ https://shop.larkfield.example/x https://larkfield.example.evil.example/');
  await chat(page).locator(".row.mine").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("frontdesk-chat").shadowRoot.querySelector(".typing, .pending"));
  const mine = chat(page).locator(".row.mine .bubble").first();
  assert.match(await mine.textContent(), /<img src=x onerror=/);
  assert.equal(await mine.locator("img, b").count(), 0);
  const links = await mine.locator("a").evaluateAll((all) => all.map((a) => a.href));
  assert.deepEqual(links, ["https://shop.larkfield.example/x"]);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  noFaults(page);
  await page.context().close();
});

test("ending asks, then for a rating; the transcript can be downloaded; a new chat begins", async () => {
  const page = await open(server.url, { ...DESKTOP, colorScheme: "dark" });
  await say(page, "how many days do I have to return something?");
  await chat(page).locator(".cite").first().waitFor();
  await chat(page).locator(".ask-box .chip.solid").click(); // consent, asked once
  await chat(page).locator(".ask-box").waitFor({ state: "detached" });
  await picture(page, "widget-desktop-dark");
  await chat(page).getByRole("button", { name: "More" }).click();
  const download = page.waitForEvent("download");
  await chat(page).getByRole("button", { name: "Download transcript" }).click();
  const text = readFileSync(await (await download).path(), "utf8");
  assert.match(text, /You: how many days/);
  assert.match(text, /\[1\] Return policy/);
  await chat(page).getByRole("button", { name: "More" }).click();
  await chat(page).getByRole("button", { name: "End chat" }).click();
  await chat(page).getByRole("button", { name: "End it" }).click();
  await chat(page).locator(".rate .faces").waitFor();
  await picture(page, "widget-rating");
  assert.deepEqual(await accessibilityFaults(page), []);
  await chat(page).locator('.faces input[value="4"]').check();
  await chat(page).locator(".rate textarea").fill("quick and friendly");
  await chat(page).locator(".rate .go").click();
  await chat(page).getByText("Thank you for telling us.").waitFor();
  await chat(page).getByRole("button", { name: "Start a new chat" }).click();
  await said(page).first().waitFor();
  assert.equal(await chat(page).locator(".row.mine").count(), 0);
  noFaults(page);
  await page.context().close();
});

test("axe finds nothing: light and dark, phone, right to left, source, form", async () => {
  for (const options of [{ ...PHONE, colorScheme: "light" }, { ...PHONE, colorScheme: "dark" }]) {
    const page = await newPage(options);
    await page.goto(`${server.url}/index.html`);
    assert.deepEqual(await accessibilityFaults(page), [], "closed");
    await chat(page).locator(".launcher").click();
    await said(page).first().waitFor();
    await say(page, "how many days do I have to return something?");
    await chat(page).locator(".cite").first().waitFor();
    await page.waitForFunction(() => !document.querySelector("frontdesk-chat").shadowRoot.querySelector(".typing"));
    assert.deepEqual(await accessibilityFaults(page), [], "answer");
    if (options.colorScheme === "dark") await picture(page, "widget-phone-dark");
    await chat(page).locator(".cite").first().click();
    await chat(page).locator(".cover mark").waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], "source");
    await page.keyboard.press("Escape");
    await say(page, "where is my order?");
    await chat(page).locator(".sheet-form").waitFor();
    await chat(page).locator(".sheet-form .go").click();
    await chat(page).locator(".sheet-form .fault").waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], "form with a fault");
    await chat(page).getByRole("button", { name: "More" }).click();
    assert.deepEqual(await accessibilityFaults(page), [], "menu");
    noFaults(page);
    await page.context().close();
  }
  const page = await newPage(DESKTOP);
  await page.goto(`${server.url}/index.html`);
  await chat(page).evaluate((el) => el.setAttribute("lang", "ar"));
  await chat(page).locator(".launcher").click();
  await said(page).first().waitFor();
  assert.equal(await chat(page).evaluate((el) => getComputedStyle(el).direction), "rtl");
  // English words among Arabic ones keep their own direction: the question mark stays at their end.
  assert.equal(await said(page).first().locator("[dir=auto]").evaluate((el) => getComputedStyle(el).direction), "ltr");
  assert.deepEqual(await accessibilityFaults(page), [], "right to left");
  await picture(page, "widget-rtl");
  await page.context().close();
});

test("a narrow page at 200 % zoom shows everything without scrolling sideways", async () => {
  const page = await open(server.url, { viewport: { width: 320, height: 400 } });
  await say(page, "where is my order?");
  await chat(page).locator(".sheet-form input").waitFor();
  const wide = await chat(page).evaluate((el) => [...el.shadowRoot.querySelectorAll("*")].filter((n) => n.clientWidth > 0 && n.getBoundingClientRect().right > innerWidth + 1).map((n) => n.className));
  assert.deepEqual(wide, []);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  for (const control of [".sheet-form input", ".sheet-form .go"]) {
    await chat(page).locator(control).scrollIntoViewIfNeeded();
    assert.ok(await chat(page).locator(control).isVisible(), control);
  }
  noFaults(page);
  await page.context().close();
});

test("keyboard alone: open, write, send, open the source, close", async () => {
  const page = await newPage({ ...DESKTOP, bypassCSP: false });
  await page.goto(`${server.url}/index.html`);
  await chat(page).locator(".launcher").focus();
  await page.keyboard.press("Enter");
  await said(page).first().waitFor();
  await page.keyboard.type("how many days do I have to return something?");
  await page.keyboard.press("Enter");
  await chat(page).locator(".cite").first().waitFor();
  await chat(page).locator(".log").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await chat(page).locator(".cover").waitFor();
  await page.keyboard.press("Escape");
  await chat(page).locator(".cover").waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await chat(page).locator(".launcher:focus").waitFor(); // the focus is back where it was
  await page.context().close();
});

// One CreateConversation as a browser sends it, from an address of this machine; the grpc-status.
function openFrom(url, localAddress, forged) {
  const id = `r-${Math.random().toString(36).slice(2)}`;
  const message = Buffer.concat([Buffer.from([0x0a, id.length]), Buffer.from(id)]);
  const body = Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
  return new Promise((done, fail) => {
    const call = request(`${url}/frontdesk.v1.ChatService/CreateConversation`, { method: "POST", localAddress,
      headers: { "content-type": "application/grpc-web+proto", "x-grpc-web": "1", "x-forwarded-for": forged } }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => done(Number(answer.headers["grpc-status"] ?? /grpc-status: ?(\d+)/.exec(Buffer.concat(parts).toString("latin1"))?.[1])));
    });
    call.on("error", fail);
    call.end(body);
  });
}

test("behind Envoy each browser has a rate limit of its own, and a forged address buys none", async () => {
  const limited = await new Server({ args: ["--decoder", "none", "--encoder", "none", "--trusted-proxy", "127.0.0.1", "--rate-per-second", "0.01"], rateBurst: 3 }).start();
  const envoy = await startEnvoy(limited);
  const burst = async (address) => {
    const seen = [];
    for (let i = 0; i < 5; i++) seen.push(await openFrom(envoy, address, `203.0.113.${i}`));
    return seen;
  };
  const [ok, exhausted] = [0, 8];
  assert.deepEqual(await burst("127.0.0.2"), [ok, ok, ok, exhausted, exhausted]);
  assert.deepEqual(await burst("127.0.0.3"), [ok, ok, ok, exhausted, exhausted]);
  await limited.stop();
});
