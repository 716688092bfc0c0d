// What every walk through the demo clinic does: people sit down at browsers of their own, see, press,
// follow and wait.
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as chrome from "./browser.mjs";

/** How long a message can be taken back in the demo. */
export const HOLD_MS = 10_000;

/** The walks of one demo clinic in one browser: `sit`, `leave` and `until`. */
export function walks(browser, demo) {
  /** A person at a browser of their own, signed in and on their first page. */
  async function sit(key, options = {}) {
    const { context, guard } = await chrome.openAs(browser, demo, key, { viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    await page.goto(demo.url);
    return { page, context, guard };
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
  return { sit, leave, until };
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
