// The pages of a running demo, with the clinic's own data: nothing for axe to complain about in any
// language and light, nothing wider than a phone, nothing from elsewhere, and light on the line.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as chrome from "./lib/browser.mjs";
import { startDemo } from "./lib/demo.mjs";

const FIRST_VISIT_BYTES_MAX = 50_000;
const FIRST_VISIT_REQUESTS_MAX = 12;
const LATER_VISIT_BYTES_MAX = 10_000;

let browser;
let demo;
before(async () => {
  [browser, demo] = await Promise.all([chrome.launch(), startDemo()]);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** A page with the main part of every kind: heading in one language each, so that no error page passes. */
async function audit(as, pages, { both = true } = {}) {
  const faults = [];
  const seen = new Set();
  for (const locale of both ? chrome.LOCALES : ["en"]) {
    const options = { locale, viewport: { width: 320, height: 900 }, allow: [/status of 404/] };
    const { context, guard } = as ? await chrome.openAs(browser, demo, as, options) : await chrome.open(browser, demo.url, options);
    const page = await context.newPage();
    if (as) await setLanguage(page, locale);
    for (const [name, path, status = 200] of pages) {
      const response = await page.goto(new URL(path, demo.url).href);
      const where = `${name} ${locale}`;
      if (response.status() !== status) faults.push(`${where}: status ${response.status()}`);
      const lang = await page.evaluate(() => document.documentElement.lang);
      if (lang !== locale) faults.push(`${where}: <html lang> is '${lang}'`);
      const wide = await chrome.overflow(page);
      if (wide > 0) faults.push(`${where}: ${wide} px too wide`);
      for (const colorScheme of chrome.SCHEMES) {
        await page.emulateMedia({ colorScheme });
        const rules = colorScheme === "light" ? null : chrome.COLOUR_RULES;
        faults.push(...(await chrome.axe(page, rules)).map((fault) => `${where} ${colorScheme}: ${fault}`));
        await chrome.shoot(page, `live-${as ?? "anybody"}-${name.replaceAll(" ", "-")}-${locale}-${colorScheme}`);
      }
      seen.add(name);
    }
    if (as) await setLanguage(page, "en");
    faults.push(...guard.seen);
    await context.close();
  }
  assert.deepEqual(faults, []);
  assert.equal(seen.size, pages.length);
}

/** The person's own setting wins over the browser's: it is chosen on the account page, as a person does. */
async function setLanguage(page, locale) {
  await page.goto(`${demo.url}/account`);
  const choice = page.locator(`input[name=language][value=${locale}]`);
  if (await choice.isChecked()) return;
  await choice.check();
  await page.locator("form[action$='/language'] button[type=submit]").click();
  await page.waitForURL(/account/);
}

describe("pages with real data", () => {
  test("for anybody", () => audit(null, [["sign in", "/sign-in"], ["enrol", "/enrol"], ["signed out", "/signed-out"]]));

  test("for a patient", async () => {
    const { context, guard } = await chrome.openAs(browser, demo, "ana");
    const page = await context.newPage();
    // A draft and a search of her own: their addresses cannot be guessed.
    await page.goto(`${demo.url}/new`);
    await page.getByRole("radio", { name: /^Family medicine/ }).check();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL(/about/);
    const draft = new URL(page.url()).pathname.replace("/about", "");
    await page.getByRole("radio", { name: /Dora Feldman/ }).first().check();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("radio", { name: /^Advice/ }).check();
    await page.getByLabel("Your message", { exact: true }).fill("Do I take both in the morning?");
    await page.getByRole("button", { name: "Check my message" }).click();
    await page.waitForURL(/check/);
    await page.goto(`${demo.url}/search`);
    await page.getByLabel("Word to look for").fill("pill");
    await page.getByRole("button", { name: "Search" }).click();
    await page.waitForURL(/search\/./);
    const found = new URL(page.url()).pathname;
    guard.check();
    await context.close();
    await audit("ana", [
      ["inbox", "/"],
      ["closed", "/?show=closed"],
      ["conversation", `/threads/${demo.thread("ana-a1c-now")}`],
      ["old conversation", `/threads/${demo.thread("ana-eye-exam")}`],
      ["who", `${draft}/who`],
      ["about", `${draft}/about`],
      ["write", `${draft}/write`],
      ["check", `${draft}/check`],
      ["delete", `${draft}/delete`],
      ["drafts", "/drafts"],
      ["search", "/search"],
      ["results", found],
      ["account", "/account"],
      ["not there", "/not-here", 404],
    ]);
  });

  test("for a helper", async () => {
    const ana = demo.person("ana").patient_id;
    await audit("pia", [["helping", "/helping"], ["inbox of another", `/for/${ana}/`], ["conversation of another", `/for/${ana}/threads/${demo.thread("ana-a1c-now")}`]]);
  });

  test("for a nurse", () =>
    audit("nils", [
      ["queue", "/work"],
      ["conversation", `/work/threads/${demo.thread("ana-shingles")}`],
      ["closed conversation", `/work/threads/${demo.thread("ana-travel")}`],
      ["print", `/work/threads/${demo.thread("ana-travel")}/print`],
      ["patient", `/patients/${demo.person("ana").patient_id}`],
      ["keys", "/work/keys"],
      ["not there", "/work/threads/not-here", 404],
    ]));

  test("for the front desk", () => audit("fred", [["desk", "/work"]]));
});

describe("the weight of the inbox", () => {
  /** Bytes over the line and requests of one visit, as the browser counts them. */
  async function weigh(context, page, path) {
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    const sizes = new Map();
    session.on("Network.responseReceived", ({ requestId, type, response }) => {
      if (type !== "EventSource" && !response.fromDiskCache && !response.url.startsWith("data:")) sizes.set(requestId, 0);
    });
    session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      if (sizes.has(requestId)) sizes.set(requestId, encodedDataLength);
    });
    // The stream of news stays open, so the line is never idle: fonts are what comes last.
    await page.goto(demo.url + path, { waitUntil: "load" });
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    await session.detach();
    return { bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0), requests: sizes.size };
  }

  test("a first visit and a later one", async (t) => {
    const { context, guard } = await chrome.openAs(browser, demo, "ana", { viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    const first = await weigh(context, page, "/");
    const later = await weigh(context, page, "/");
    t.diagnostic(`first visit ${first.bytes} bytes in ${first.requests} requests; later ${later.bytes} in ${later.requests}`);
    assert.ok(first.requests > 3 && first.requests <= FIRST_VISIT_REQUESTS_MAX, `${first.requests} requests`);
    assert.ok(first.bytes > 10_000 && first.bytes <= FIRST_VISIT_BYTES_MAX, `${first.bytes} bytes`);
    assert.ok(later.bytes > 0 && later.bytes <= LATER_VISIT_BYTES_MAX, `${later.bytes} bytes at a later visit`);
    guard.check();
    await context.close();
  });
});
