// Chromium as a person's browser: signed in, watched for what must never happen, and audited.
import { accessSync, constants } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { freshCode } from "./totp.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Where screenshots go: a folder that git ignores. */
export const shots = process.env.TIDINGS_SHOTS ?? join(here, "..", "..", "..", "target", "shots");

const FLAGS = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

export const LOCALES = ["en", "es"];
export const SCHEMES = ["light", "dark"];

function chromiumPath() {
  const names = process.env.CHROMIUM ? [process.env.CHROMIUM] : ["chromium", "chromium-browser", "google-chrome"];
  for (const name of names) {
    for (const dir of name.includes("/") ? [""] : (process.env.PATH ?? "").split(delimiter)) {
      const path = join(dir, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here: the next folder.
      }
    }
  }
  throw new Error("no Chromium on PATH: run ./test browser, or name one in CHROMIUM");
}

/** Debian's Chromium with the flags that keep it off the network. */
export const launch = () => chromium.launch({ executablePath: chromiumPath(), args: FLAGS });

/**
 * Watches a context for what no page of ours may do: a request to another origin, a console error,
 * an uncaught exception, a violation of the content security policy. `check()` throws a list of
 * them; `allow` holds patterns of those a test causes on purpose.
 */
export async function guard(context, origin, { allow = [] } = {}) {
  const seen = [];
  const note = (text) => {
    if (!allow.some((pattern) => pattern.test(text))) seen.push(text);
  };
  context.on("request", (request) => {
    const url = request.url();
    if (/^(data|blob|about):/.test(url) || new URL(url).origin === origin) return;
    note(`request to a third party: ${url}`);
  });
  context.on("console", (message) => {
    if (message.type() === "error") note(`console error: ${message.text()}`);
  });
  context.on("weberror", (error) => note(`uncaught exception: ${error.error().message}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy violation: ${event.effectiveDirective} refused ${event.blockedURI}`);
    });
  });
  return {
    seen,
    check() {
      if (seen.length > 0) throw new Error(`the page did what no page may:\n  ${seen.splice(0).join("\n  ")}`);
    },
  };
}

/** A guarded context of one browser. `options` are Playwright's (locale, colorScheme, viewport…). */
export async function open(browser, origin, { allow, ...options } = {}) {
  const context = await browser.newContext({ locale: "en-US", ...options });
  context.setDefaultTimeout(30_000);
  return { context, guard: await guard(context, origin, { allow }) };
}

/** Signs a person of the demo in on a page, as she does: name, password, then the code if she has one. */
export async function signIn(page, demo, key) {
  const person = demo.person(key);
  await page.goto(demo.url);
  await page.locator("input[name=username]").fill(person.username);
  await page.locator("input[name=password]").fill(person.password);
  await page.locator("input[name=password]").press("Enter");
  if (person.totp_secret) {
    await page.locator("input[name=code]").fill(await freshCode(person.totp_secret));
    await page.locator("input[name=code]").press("Enter");
  }
  await page.locator("input[name=username], input[name=code]").first().waitFor({ state: "detached" });
}

const sessions = new WeakMap();

/**
 * A guarded context in which a person is signed in already. Signs in once per person and demo and
 * keeps the cookies: a code is good for one sign-in, so twenty pages would take ten minutes.
 */
export async function openAs(browser, demo, key, options = {}) {
  let states = sessions.get(demo);
  if (!states) sessions.set(demo, (states = new Map()));
  if (!states.has(key)) {
    const { context, guard: watch } = await open(browser, demo.url);
    await signIn(await context.newPage(), demo, key);
    watch.check();
    states.set(key, await context.storageState());
    await context.close();
  }
  return open(browser, demo.url, { ...options, storageState: states.get(key) });
}

/** Waits until the page is drawn and every transition has ended: half-way colours have no contrast. */
export const settle = (page) =>
  page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
    const ending = document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime));
    await Promise.allSettled(ending.map((one) => one.finished));
  });

/** The rules of axe whose answer depends on colours: what a second colour scheme has to be asked. */
export const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/**
 * What axe finds on the page as it stands: one line per rule and element, none when all is well.
 * Every rule, or only those named.
 */
export async function axe(page, rules = null) {
  await settle(page);
  // Evaluated by the debugger, so that the page's own security policy stays as it is shipped.
  await page.evaluate(axeSource);
  const options = { resultTypes: ["violations"], ...(rules && { runOnly: rules }) };
  const { violations } = await page.evaluate((how) => window.axe.run(document, how), options);
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${rule.help} at ${node.target.join(" ")}`));
}

/** By how many CSS pixels the page is wider than its window; 0 is what WCAG 1.4.10 asks at 320. */
export const overflow = (page) => page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));

/** Saves the whole page as `NAME.png` among the screenshots and returns its path. */
export async function shoot(page, name) {
  await mkdir(shots, { recursive: true });
  const path = join(shots, `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  return path;
}

/**
 * Audits one address in both languages, light and dark, at the width of a phone: axe, overflow, the
 * language of <html>, and the guard. Returns every fault as a line; saves a screenshot of each when
 * `name` is given. `as` is a person's key, or null for somebody who is not signed in.
 */
export async function audit(browser, demo, path, { as = null, name, width = 320, allow } = {}) {
  const faults = [];
  for (const locale of LOCALES) {
    for (const colorScheme of SCHEMES) {
      const where = `${path} ${locale} ${colorScheme}`;
      const options = { locale, colorScheme, viewport: { width, height: 900 }, allow };
      const { context, guard: watch } = as ? await openAs(browser, demo, as, options) : await open(browser, demo.url, options);
      const page = await context.newPage();
      await page.goto(new URL(path, demo.url).href);
      const lang = await page.evaluate(() => document.documentElement.lang);
      if (lang.split("-")[0] !== locale) faults.push(`${where}: <html lang> is '${lang}'`);
      const wide = await overflow(page);
      if (wide > 0) faults.push(`${where}: ${wide} px too wide at ${width}`);
      faults.push(...(await axe(page)).map((fault) => `${where}: ${fault}`));
      if (name) await shoot(page, `${name}-${locale}-${colorScheme}`);
      faults.push(...watch.seen.map((fault) => `${where}: ${fault}`));
      await context.close();
    }
  }
  return faults;
}
