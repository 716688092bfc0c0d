// What every walk through the demo clinic does: people sit down at browsers of their own, see, press,
// follow and wait.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as chrome from "./browser.mjs";

/** How long a message can be taken back in the demo. */
export const HOLD_MS = 10_000;

/** The walks of one demo clinic in one browser, in a language: `sit`, `settle`, `leave`, `until` and `sound`. */
export function walks(browser, demo, language = "en") {
  /** A person at a browser of their own, signed in and on their first page. */
  async function sit(key, options = {}) {
    const { context, guard } = await chrome.openAs(browser, demo, key, { viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    await page.goto(demo.url);
    return { page, context, guard };
  }

  /** Somebody at a browser who has chosen the language of the walk. */
  async function settle(key, options) {
    const person = await sit(key, options);
    await person.page.goto(`${demo.url}/account`);
    await person.page.locator(`input[name=language][value=${language}]`).check();
    await person.page.locator("form[action$='/account/language'] button[type=submit]").click();
    await person.page.goto(demo.url);
    assert.equal(await person.page.evaluate(() => document.documentElement.lang), language);
    return person;
  }

  /** Everybody goes home, and no page has done what no page may. */
  async function leave(...people) {
    for (const { context, guard } of people) {
      guard.check();
      await context.close();
    }
  }

  /** Opens the address again and again until `look` finds what it waits for. */
  async function until(page, address, look, within = HOLD_MS + 40_000) {
    const end = Date.now() + within;
    for (;;) {
      await page.goto(new URL(address, demo.url).href);
      if (await look()) return;
      if (Date.now() > end) throw new Error(`${address} did not come to show it:\n${(await page.locator("main").innerText()).slice(0, 1500)}`);
      await page.waitForTimeout(250);
    }
  }

  /**
   * The page holds what it promises to everybody: nothing for axe to find in light and dark, nothing wider than the
   * window, none of the words of `blame`. It is photographed at each of `widths`, and stays as wide as the last.
   */
  async function sound(page, name, { widths = [page.viewportSize().width], blame = [] } = {}) {
    const faults = [];
    for (const colorScheme of chrome.SCHEMES) {
      await page.emulateMedia({ colorScheme });
      faults.push(...(await chrome.axe(page)).map((fault) => `${name} ${colorScheme}: ${fault}`));
      for (const width of widths) {
        if (width !== page.viewportSize().width) await page.setViewportSize({ width, height: width < 600 ? 844 : 900 });
        await chrome.shoot(page, `${name}-${language}-${colorScheme}-${width}`);
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
    const wide = await chrome.overflow(page);
    if (wide > 0) faults.push(`${name}: ${wide} px too wide`);
    const main = await page.locator("main").innerText();
    faults.push(...blame.filter((word) => word.test(main)).map((word) => `${name}: says ${word}`));
    assert.deepEqual(faults, []);
  }
  return { sit, settle, leave, until, sound };
}

export const heading = (page, name) => page.getByRole("heading", { name, exact: true });
export const sees = (page, text) => page.getByText(text).filter({ visible: true }).first().waitFor();
export const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
export const follow = (page, name) => page.getByRole("link", { name }).first().click();

/** The steps of a walk: when one fails, those after it have nothing to stand on. */
export function steps(t) {
  let broken = false;
  return (name, run) =>
    t.test(name, async (step) => {
      if (broken) return step.skip("a step before it failed");
      broken = true;
      await run();
      broken = false;
    });
}

/** What the program says in one language: every key of its catalogs with its text, which may hold places `{ $name }`. */
export async function catalog(language) {
  const folder = fileURLToPath(new URL(`../../../crates/web/locales/${language}/`, import.meta.url));
  const texts = new Map();
  for (const file of await readdir(folder)) {
    for (const line of (await readFile(folder + file, "utf8")).split("\n")) {
      const found = /^([a-z0-9_-]+) = (.+)$/.exec(line);
      if (found) texts.set(found[1], found[2].trim());
    }
  }
  return texts;
}

/**
 * A reader of one language's catalog: `say(key)` is the text itself when it has no places, and with places a
 * pattern in which the named ones (`say(key, { team: "Heart clinic" })`) stand and the others may be anything.
 */
export async function speaker(language) {
  const texts = await catalog(language);
  const plain = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return (key, places = {}) => {
    const text = texts.get(key);
    if (text === undefined) throw new Error(`the catalog of ${language} has no '${key}'`);
    if (!text.includes("{")) return text;
    // The program wraps what it puts in between in marks of direction.
    const parts = text.split(/(\{[^}]*\})/).map((part) => {
      const name = /^\{ \$([a-zA-Z_-]+)/.exec(part)?.[1];
      if (!name) return plain(part);
      return name in places ? `[\\u2066-\\u2069]?${plain(places[name])}[\\u2066-\\u2069]?` : ".*";
    });
    return new RegExp(parts.join(""));
  };
}
