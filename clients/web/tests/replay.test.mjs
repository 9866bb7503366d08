// The replay report as people open it: simulated customers, a bundle with two changes for the
// worse, and the one HTML file that `frontdesk replay` writes about them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { accessibilityFaults, cleanUp, folder, newPage, openBundle, picture, program, testCache } from "./harness.mjs";

after(cleanUp);

function change(file, from, to) {
  const text = readFileSync(file, "utf8");
  assert.ok(text.includes(from), `${file} holds ${from}`);
  writeFileSync(file, text.replace(from, to));
}

test("the report names what each change broke, side by side, without a script", async () => {
  const place = folder();
  const run = (...args) => execFileSync(program, args, { cwd: place, encoding: "utf8" }); // the report names the folders as they are given
  openBundle(place);
  run("simulate", "--bundle", "bundle", "--encoder", "none", "--conversations", "150", "--seed", "7", "--data", "data", "--threads", "8", "--cache", testCache);
  const candidate = openBundle(place, "candidate");
  change(join(candidate, "policies/policy.yaml"), "answer: 0.60", "answer: 0.90");
  change(join(candidate, "flows/order_status.yaml"), 'parcel.status == \\"delivered\\"', 'parcel.status == \\"never\\"');
  const report = join(place, "report.html");
  let differs = false;
  try {
    run("replay", "data", "--against", "candidate", "--decoder", "none", "--encoder", "none", "--cache", testCache, "--html", report);
  } catch (error) {
    assert.equal(error.status, 1, error.stderr);
    differs = true;
  }
  assert.ok(differs, "a changed bundle answers otherwise");
  assert.ok(!/<script/i.test(readFileSync(report, "utf8")));

  const page = await newPage({ viewport: { width: 1280, height: 1300 } });
  await page.goto(`file://${report}`);
  const causes = await page.locator("table a code").allTextContents();
  for (const file of ["policies/policy.yaml", "flows/order_status.yaml"])
    assert.ok(causes.slice(0, 10).includes(file), `${file} among ${causes.join(", ")}`);
  assert.ok((await page.locator(".pair").count()) > 0);
  assert.deepEqual(await accessibilityFaults(page), []);
  await picture(page, "replay-report");
  await page.emulateMedia({ colorScheme: "dark" });
  assert.deepEqual(await accessibilityFaults(page), []);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
