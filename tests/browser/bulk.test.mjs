// Several conversations at once and back again: with the keyboard only, and without a script. Looked at on
// a phone and a desktop, in both languages, light and dark.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as chrome from "./lib/browser.mjs";
import { startDemo } from "./lib/demo.mjs";

let browser;
let demo;
before(async () => {
  [browser, demo] = await Promise.all([chrome.launch(), startDemo()]);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const rows = (page) => page.locator("#list tbody tr");
const chosen = (page) => page.locator("#list input[name=chosen]:checked").count();

test("with the keyboard only", async () => {
  const { context, guard } = await chrome.openAs(browser, demo, "nils", { viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${demo.url}/work`);
  const all = await rows(page).count();
  assert.ok(all >= 3, `${all} rows`);
  const bar = page.locator("#bulk");
  assert.equal(await bar.isVisible(), false, "no bar until something is chosen");
  const headline = (n) => rows(page).nth(n).locator(".row-link").textContent();
  const [first, second] = [await headline(0), await headline(1)];
  for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
  assert.equal(await chosen(page), 2);
  await bar.waitFor({ state: "visible" });
  assert.match(await page.locator("#bulk-count").textContent(), /^2 chosen/);
  await page.keyboard.press("*");
  assert.equal(await chosen(page), all);
  await page.keyboard.press("Escape");
  assert.equal(await chosen(page), 0);
  assert.equal(await bar.isVisible(), false);
  // A range with the mouse.
  await rows(page).nth(0).locator("input[name=chosen]").click();
  await rows(page).nth(2).locator("input[name=chosen]").click({ modifiers: ["Shift"] });
  assert.equal(await chosen(page), 3);
  assert.equal((await page.locator("#list [data-all]").count()), 1);
  await page.keyboard.press("Escape");
  // Two are put off, from the keyboard alone, and come back with z.
  for (const key of ["k", "k", "k", "x", "j", "x", "h"]) await page.keyboard.press(key);
  assert.equal(await page.evaluate(() => document.activeElement.id), "snooze");
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  assert.equal(await page.locator("#snooze").inputValue(), "monday");
  await chrome.shoot(page, "bulk-panel");
  assert.deepEqual(await chrome.axe(page), []);
  await page.locator("#snooze").selectOption("today");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  while (!(await page.evaluate(() => document.activeElement.value === "snooze"))) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText(/snoozed\.|Nothing was done/).first().waitFor();
  await chrome.shoot(page, "bulk-snoozed");
  const undo = page.locator("form[data-undo] button");
  if (await undo.count()) {
    assert.equal(new URL(page.url()).searchParams.has("act"), false, "it is said once");
    await page.keyboard.press("z");
    await page.getByText("Taken back").first().waitFor();
  }
  assert.deepEqual([await headline(0), await headline(1)], [first, second], "in their places again");
  // Claimed, and the time to take it back runs out on the page.
  for (const key of ["j", "j", "j", "x"]) await page.keyboard.press(key);
  await page.locator("#act").focus();
  await page.keyboard.press("Enter");
  await page.locator("form[data-undo]").waitFor();
  await page.locator("form[data-undo]").waitFor({ state: "hidden", timeout: 15_000 });
  guard.check();
  await context.close();
});

test("without a script", async () => {
  const options = { viewport: { width: 390, height: 844 }, javaScriptEnabled: false };
  const { context, guard } = await chrome.openAs(browser, demo, "nils", options);
  const page = await context.newPage();
  await page.goto(`${demo.url}/work?list=team`);
  assert.equal(await page.locator("#bulk").isVisible(), true, "the bar is there");
  const box = rows(page).last().locator("input[name=chosen]");
  const headline = await rows(page).last().locator(".row-link").textContent();
  await box.check();
  await page.locator("#bulk summary", { hasText: "Level" }).click();
  await page.locator("#level").selectOption("2");
  await page.screenshot({ path: `${chrome.shots}/bulk-no-script.png`, fullPage: true });
  await page.locator("#bulk button[value=level]").click();
  await page.getByText("The level of 1 is set.").waitFor();
  await page.getByRole("button", { name: /^Undo/ }).click();
  await page.getByText("Taken back: 1 is as it was.").waitFor();
  assert.equal(await rows(page).last().locator(".row-link").textContent(), headline);
  // Nothing chosen is said at the top, and nothing happens.
  await page.locator("#act").click();
  await page.getByText("Choose at least one conversation.").first().waitFor();
  guard.seen.splice(0);
  await context.close();
});

test("on a phone and a desktop, in both languages, light and dark", async () => {
  const faults = [];
  for (const locale of chrome.LOCALES) {
    for (const width of [320, 1280]) {
      const options = { locale, viewport: { width, height: 844 } };
      const { context, guard } = await chrome.openAs(browser, demo, "nils", options);
      const page = await context.newPage();
      await setLanguage(page, locale);
      await page.goto(`${demo.url}/work`);
      await rows(page).nth(0).locator("input[name=chosen]").check();
      await rows(page).nth(1).locator("input[name=chosen]").check();
      for (const colorScheme of chrome.SCHEMES) {
        await page.emulateMedia({ colorScheme });
        const where = `${locale} ${width} ${colorScheme}`;
        const rules = colorScheme === "light" ? null : chrome.COLOUR_RULES;
        faults.push(...(await chrome.axe(page, rules)).map((fault) => `${where}: ${fault}`));
        const wide = await chrome.overflow(page);
        if (wide > 0) faults.push(`${where}: ${wide} px too wide`);
        await page.screenshot({ path: `${chrome.shots}/bulk-${locale}-${width}-${colorScheme}.png` });
      }
      faults.push(...guard.seen);
      await setLanguage(page, "en");
      await context.close();
    }
  }
  assert.deepEqual(faults, []);
});

/** The person's own setting, as they choose it on the account page. */
async function setLanguage(page, locale) {
  await page.goto(`${demo.url}/account`);
  const choice = page.locator(`input[name=language][value=${locale}]`);
  if (await choice.isChecked()) return;
  await choice.check();
  await page.locator("form[action$='/language'] button[type=submit]").click();
  await page.waitForURL(/account/);
}

test("the desk says who does several envelopes, with the keyboard only", async () => {
  const { context, guard } = await chrome.openAs(browser, demo, "fred", { viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${demo.url}/work`);
  await page.locator("a[href*='list=team']").first().click();
  await page.locator("#list tbody tr").first().waitFor();
  const states = () => rows(page).locator("td[data-label='State']").allTextContents();
  const before = await states();
  assert.ok(before.length >= 2, `${before.length} envelopes`);
  for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
  assert.equal(await chosen(page), 2);
  const acts = page.locator("#bulk button[name=act]").evaluateAll((all) => all.map((one) => one.value).filter(Boolean));
  assert.deepEqual(await acts, ["assign", "pass"], "no more than a desk may");
  await page.keyboard.press("a");
  assert.equal(await page.evaluate(() => document.activeElement.id), "person");
  assert.deepEqual(await chrome.axe(page), []);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("2 assigned.").waitFor();
  await chrome.shoot(page, "bulk-desk");
  assert.deepEqual((await states()).slice(0, 2), ["Being handled", "Being handled"]);
  await page.keyboard.press("z");
  await page.getByText("are as they were").waitFor();
  assert.deepEqual(await states(), before);
  guard.check();
  await context.close();
});
