// What a clinician makes of a flag of the urgency check: it stands on the row and at the message, one press says
// whether it was right, with the keyboard and without JavaScript; it is taken back with a reason and raised again.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as chrome from "./lib/browser.mjs";
import { startDemo } from "./lib/demo.mjs";
import { press, sees, speaker, walks } from "./lib/walk.mjs";

const TEXTS = {
  en: "Since 4 this morning a heavy feeling in my chest.",
  es: "Desde las 4 de la mañana siento un peso en el pecho.",
};
const PHONE = { viewport: { width: 390, height: 844 } };

for (const language of chrome.LOCALES) {
  describe(`a flag (${language})`, () => {
    let browser, demo, say, settle, leave, until, checked, address;
    before(async () => {
      [browser, demo, say] = await Promise.all([chrome.launch(), startDemo(), speaker(language)]);
      ({ settle, leave, until, sound: checked } = walks(browser, demo, language));
      const ana = await settle("ana", PHONE);
      const { page } = ana;
      address = `/work/threads/${demo.thread("ana-a1c-now")}`;
      await page.goto(`${demo.url}/threads/${demo.thread("ana-a1c-now")}`);
      await page.locator("#body").fill(TEXTS[language]);
      await press(page, say("check-send"));
      await press(page, say("urgent-answer-send"));
      await sees(page, say("urgent-top"));
      await leave(ana);
    });
    after(async () => {
      await browser?.close();
      await demo?.stop();
    });

    const sound = (page, name) => checked(page, `flag-${name}`, { widths: [1280, 390] });
    const flag = (page) => page.locator(".recognised[open]").first();

    test("it stands on the row and at the message; a press of a key says whether it was right", async () => {
      const okafor = await settle("okafor", { javaScriptEnabled: false });
      const { page } = okafor;
      await page.goto(`${demo.url}/work`);
      const mark = say("flag-row-answer-send", { flag: say("flag-row-emergency") });
      const row = page.locator("table.queue tbody tr").filter({ hasText: mark });
      assert.equal(await row.count(), 1);
      assert.ok((await row.locator(".row-level").innerText()).includes(say("staff-level-1")));
      assert.ok(!(await row.innerText()).includes("RF"), "no rule is named");
      await page.goto(demo.url + address);
      const right = flag(page).getByRole("button", { name: say("flag-rating-right"), exact: true });
      assert.equal(await right.getAttribute("aria-pressed"), "false");
      await right.focus();
      await page.keyboard.press("Enter");
      await sees(page, say("staff-done-flag-rated"));
      assert.equal(await right.getAttribute("aria-pressed"), "true");
      await leave(okafor);
    });

    test("it is taken back with a reason, and raised again", async () => {
      const okafor = await settle("okafor");
      const { page } = okafor;
      await page.goto(`${demo.url}/work`);
      await sound(page, "row");
      await page.goto(demo.url + address);
      await sound(page, "message");
      await flag(page).getByRole("link", { name: say("flag-take") }).click();
      await page.getByLabel(say("flag-reason"), { exact: true }).selectOption("known");
      await page.getByLabel(say("flag-words"), { exact: true }).fill("Costochondritis since spring.");
      await sound(page, "why");
      await press(page, say("flag-go"));
      await sees(page, say("staff-done-flag-back"));
      const back = page.locator(".recognised").filter({ hasText: say("flag-tag-back") }).first();
      await back.locator("summary").click();
      await sees(page, say("flag-back", { name: "Dr. Chidi Okafor, MD" }));
      await sound(page, "back");
      await back.getByRole("button", { name: say("flag-raise") }).click();
      await sees(page, say("staff-done-flag-again"));
      await leave(okafor);
    });

    test("who leads the team reads how the rules do", async () => {
      const okafor = await settle("okafor");
      const { page } = okafor;
      await page.goto(`${demo.url}/work/overview`);
      await page.getByRole("link", { name: say("precision-link") }).click();
      // The first count comes within a minute of the beginning.
      const counted = () => page.getByRole("columnheader", { name: say("precision-rule"), exact: true }).count();
      await until(page, "/work/urgency", counted, 100_000);
      assert.ok(!(await page.locator("main").innerText()).includes(TEXTS[language]), "nobody's words");
      await sound(page, "precision");
      await leave(okafor);
    });
  });
}
