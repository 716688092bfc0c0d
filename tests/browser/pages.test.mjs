// Every page sample: valid HTML, no axe violation in light and dark, no overflow on a narrow phone
// (also with the text spacing of WCAG 1.4.12), no request to elsewhere, no console error.
// The folder comes in TIDINGS_GALLERY (`./test pages` writes it). TIDINGS_SHOTS=DIR saves pictures.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { axe, COLOUR_RULES, LOCALES, launch, open, overflow, SCHEMES, shoot } from "./lib/browser.mjs";
import { galleryPages, serveGallery } from "./lib/gallery.mjs";
import { htmlFaults } from "./lib/html.mjs";

assert.ok(process.env.TIDINGS_GALLERY, "TIDINGS_GALLERY names no folder: run ./test pages");
const folder = resolve(process.env.TIDINGS_GALLERY);
const pages = await galleryPages(folder);

const SPACING = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }";

test("the gallery has pages in every language", () => {
  const names = (locale) => pages.filter((page) => page.locale === locale).map((page) => page.name);
  assert.ok(names("en").length > 0);
  for (const locale of new Set(pages.map((page) => page.locale))) assert.deepEqual(names(locale), names("en"));
  for (const locale of LOCALES) assert.ok(names(locale).length > 0, locale);
});

describe("valid HTML", () => {
  for (const { path, file } of pages) {
    test(path, async () => assert.deepEqual(await htmlFaults(await readFile(file, "utf8"), path), []));
  }
});

// The languages run beside each other, the pages of one language in one tab after another.
describe("in Chromium", { concurrency: 2 }, () => {
  let browser;
  let site;
  before(async () => {
    site = await serveGallery(folder);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  for (const locale of new Set(pages.map((page) => page.locale))) {
    describe(locale, { concurrency: 1 }, () => {
      let page;
      let guard;
      before(async () => {
        const opened = await open(browser, site.url, { locale, viewport: { width: 320, height: 800 } });
        guard = opened.guard;
        page = await opened.context.newPage();
      });
      after(() => page?.context().close());
      for (const { name, path } of pages.filter((one) => one.locale === locale)) {
        test(path, async () => {
          guard.seen.length = 0;
          await page.emulateMedia({ colorScheme: "light" });
          await page.goto(site.url + path);
          assert.deepEqual(await faultsOf(page, locale, name, guard), []);
        });
      }
    });
  }
});

/** Everything that is wrong with one page; the page's style is changed at the end. */
async function faultsOf(page, locale, name, guard) {
  const faults = [];
  const { lang, dir } = await page.evaluate(() => ({ lang: document.documentElement.lang, dir: document.documentElement.dir }));
  if (lang.split("-")[0] !== locale.split("-")[0]) faults.push(`<html lang> is '${lang}'`);
  if (dir !== (locale.startsWith("ar") ? "rtl" : "ltr")) faults.push(`<html dir> is '${dir}'`);
  const wide = await overflow(page);
  if (wide > 0) faults.push(`${wide} px too wide at 320`);
  // Pseudo-languages show layout; their words are not for axe.
  for (const colorScheme of LOCALES.includes(locale) ? SCHEMES : []) {
    await page.emulateMedia({ colorScheme });
    const found = await axe(page, colorScheme === SCHEMES[0] ? null : COLOUR_RULES);
    faults.push(...found.map((fault) => `${colorScheme}: ${fault}`));
    if (process.env.TIDINGS_SHOTS) await shoot(page, `${locale}-${name}-${colorScheme}`);
  }
  faults.push(...guard.seen);
  await page.evaluate((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets.push(sheet);
  }, SPACING);
  const spaced = await overflow(page);
  if (spaced > 0) faults.push(`${spaced} px too wide at 320 with text spacing`);
  return faults;
}
