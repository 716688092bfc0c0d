// Answers about suicide in an imported record. Item 9 of the PHQ-9: on top of its team's list, read and closed by the call with the keyboard;
// the next one is taken back and raised again. The desk reads a level, the patient and who helps find nothing. The screener
// of the C-SSRS, as a form: what was asked, and by when to call.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import * as chrome from "./lib/browser.mjs";
import { startDemo } from "./lib/demo.mjs";
import { press, sees, speaker, walks } from "./lib/walk.mjs";

const DAY_MS = 24 * 60 * 60 * 1000;
/** What only this may say on a page. */
const WORDS = /PHQ|44260|hurting oneself|lastimarse|better off dead/i;

/** A date as the record holds it, and as people read it. */
function daysAgo(days, language) {
  const at = new Date(Date.now() - days * DAY_MS);
  const how = { dateStyle: "long", timeZone: "UTC" };
  return { iso: at.toISOString().slice(0, 10), words: new Intl.DateTimeFormat(language, how).format(at) };
}

/** One answer of a patient of the demo, as the practice's record system sends it. */
const answer = (id, who, code, on) => ({
  resourceType: "Observation",
  id,
  status: "final",
  code: { coding: [{ system: "http://loinc.org", code: "44260-8" }] },
  subject: { reference: `Patient/${who}` },
  effectiveDateTime: on,
  valueCodeableConcept: { coding: [{ system: "http://loinc.org", code }] },
});

for (const language of chrome.LOCALES) {
  describe(`item 9 (${language})`, () => {
    const given = daysAgo(2, language);
    let browser, demo, say, settle, leave, checked;
    before(async () => {
      [browser, demo, say] = await Promise.all([chrome.launch(), startDemo(), speaker(language)]);
      ({ settle, leave, sound: checked } = walks(browser, demo, language));
      await bring(answer("phq-ana", "ana", "LA6570-1", given.iso), answer("phq-ben", "ben", "LA6568-5", given.iso));
    });
    after(async () => {
      await browser?.close();
      await demo?.stop();
    });

    /** Imports what the record system of the demo says. */
    async function bring(...resources) {
      const file = join(demo.dir, "record.ndjson");
      await writeFile(file, resources.map((one) => JSON.stringify(one)).join("\n"));
      const words = ["import", "--data", demo.dir, "--source", "demo", "--json", file];
      const { stdout } = await promisify(execFile)(process.env.TIDINGS_BIN, words);
      assert.deepEqual(JSON.parse(stdout).rejected, []);
    }

    const sound = (page, name) => checked(page, `phq9-${name}`, { widths: [1280, 390] });
    const rows = (page) => page.locator("table.queue tbody tr");
    const main = (page) => page.locator("main").innerText();
    /** Without the marks of direction that the program puts around what it fills in. */
    const plain = (text) => text.replace(/[\u2066-\u2069]/g, "");

    async function top(page) {
      await page.goto(`${demo.url}/work`);
      const first = rows(page).first();
      assert.match(await first.innerText(), /PHQ-9, item 9/);
      assert.ok((await first.locator(".row-level").innerText()).includes(say("staff-level-1")));
      return new URL(await first.locator("a").first().getAttribute("href"), demo.url).pathname;
    }

    test("it stands on top, is read, and is closed by the call, with the keyboard alone", async () => {
      const nils = await settle("nils");
      const { page } = nils;
      const address = await top(page);
      assert.equal(await rows(page).filter({ hasText: "PHQ-9" }).count(), 1, "an answer of zero is nobody's work");
      assert.ok(!(await main(page)).includes(given.iso), "no date as programs write it");
      await sound(page, "row");
      await rows(page).first().locator("a").first().focus();
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.pathname === address);
      const text = plain(await main(page));
      for (const key of ["record-sign", "record-answer-2", "record-do", "record-close"]) assert.ok(text.includes(say(key)), key);
      assert.match(text, say("record-date", { date: given.words }));
      assert.ok(text.includes(`(LOINC 44260-8): 2 / 3. ${given.words}`));
      assert.ok(!text.includes(given.iso));
      await sound(page, "open");
      const claim = page.getByRole("button", { name: say("staff-act-claim") }).first();
      await claim.focus();
      await page.keyboard.press("Enter");
      const close = page.locator("details", { has: page.locator("form[action$='/close']") }).last();
      await close.locator("summary").first().focus();
      await page.keyboard.press("Enter");
      await sound(page, "closing");
      await page.locator("select[name=outcome]").selectOption("callback");
      await page.locator("[name=remark]").fill("Safe today, seen tomorrow at 9.");
      await page.locator("form[action$='/close'] button[type=submit]").focus();
      await page.keyboard.press("Enter");
      await sees(page, say("staff-outcome-callback"));
      await sees(page, "Safe today, seen tomorrow at 9.");
      assert.ok(!(await main(page)).includes(say("record-do")), "nobody is to call any more");
      await sound(page, "closed");
      await page.goto(`${demo.url}/work`);
      assert.equal(await rows(page).filter({ hasText: "PHQ-9" }).count(), 0);
      await leave(nils);
    });

    test("the next answer is taken back and raised again; the desk reads a level, the patient and who helps nothing", async () => {
      await bring(answer("phq-ana-2", "ana", "LA6571-9", daysAgo(1, language).iso));
      const fred = await settle("fred");
      await fred.page.goto(`${demo.url}/work`);
      assert.doesNotMatch(await main(fred.page), WORDS);
      const dora = await settle("dora");
      const { page } = dora;
      const address = await top(page);
      const refused = await fred.page.goto(demo.url + address);
      assert.ok([403, 404].includes(refused.status()), `${refused.status()}`);
      assert.doesNotMatch(await main(fred.page), WORDS);
      fred.guard.seen.length = 0;
      await leave(fred);
      for (const key of ["ana", "pia"]) {
        const theirs = await settle(key, { viewport: { width: 390, height: 844 } });
        const side = key === "pia" ? `/for/${demo.person("ana").patient_id}` : "";
        const path = address.replace("/work/threads/", `${side}/threads/`);
        for (const where of [`${side}/`, `${side}/drafts`, "/access-log", path]) {
          const gone = await theirs.page.goto(demo.url + where);
          if (where === path) assert.equal(gone.status(), 404, `${key} ${theirs.page.url()}`);
          assert.doesNotMatch(await main(theirs.page), WORDS, `${key} ${where}`);
        }
        theirs.guard.seen.length = 0;
        await leave(theirs);
      }
      await page.goto(demo.url + address);
      const record = page.locator(".recognised").first();
      if ((await record.getAttribute("open")) === null) await record.locator("summary").click();
      await record.getByRole("link", { name: say("flag-take") }).click();
      await page.getByLabel(say("flag-reason"), { exact: true }).selectOption("known");
      await page.getByLabel(say("flag-words"), { exact: true }).fill("Spoke with her this morning.");
      await press(page, say("flag-go"));
      await sees(page, say("staff-done-flag-back"));
      assert.ok(!(await main(page)).includes(say("record-do")), "nothing urges any more");
      await sound(page, "back");
      const back = page.locator(".recognised").filter({ hasText: say("flag-tag-back") }).first();
      await back.locator("summary").click();
      await back.getByRole("button", { name: say("flag-raise") }).click();
      await sees(page, say("staff-done-flag-again"));
      assert.equal(await top(page), address);
      await leave(dora);
    });

    test("a yes in the screener is work at once, behavior of long ago work of today", async () => {
      const codes = ["93246-7", "93247-5", "93248-3", "93249-1", "93250-9", "93267-3", "93269-9"];
      const screener = (id, days, yes) => ({
        resourceType: "QuestionnaireResponse",
        id,
        status: "completed",
        subject: { reference: "Patient/ana" },
        authored: daysAgo(days, language).iso,
        item: codes.map((code) => ({
          linkId: `/${code}`,
          answer: [{ valueCoding: { system: "http://loinc.org", code: yes.includes(code) ? "LA33-6" : "LA32-8" } }],
        })),
      });
      await bring(screener("c-1", 3, ["93267-3"]));
      await bring(screener("c-2", 2, ["93246-7", "93249-1", "93267-3"]), screener("c-3", 1, []));
      for (const [name, code, level, act] of [
        ["C-SSRS, item 4", "93249-1", 1, "record-do"],
        ["C-SSRS, item 6", "93267-3", 2, "record-do-today"],
      ]) {
        const staff = await settle(level === 1 ? "nils" : "dora");
        const { page } = staff;
        await page.goto(`${demo.url}/work`);
        const row = rows(page).filter({ hasText: name });
        assert.equal(await row.count(), 1, name);
        assert.ok((await row.locator(".row-level").innerText()).includes(say(`staff-level-${level}`)), name);
        await row.locator("a").first().click();
        const text = plain(await main(page));
        for (const key of [`record-asks-${code}`, "record-answer-yes", act]) assert.ok(text.includes(say(key)), key);
        await sound(page, `screener-${level}`);
        await leave(staff);
      }
    });
  });
}
