// A patient gives a second address, which only hears that an answer stays unopened: it is proved by its code, replaced
// and taken away, with the keyboard alone and without JavaScript.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as chrome from "./lib/browser.mjs";
import { startDemo } from "./lib/demo.mjs";
import { follow, heading, press, sees, speaker, walks } from "./lib/walk.mjs";

const PHONE = { viewport: { width: 390, height: 844 } };

for (const language of chrome.LOCALES) {
  describe(`a second address (${language})`, () => {
    let browser, demo, say, settle, leave, checked;
    before(async () => {
      [browser, demo, say] = await Promise.all([chrome.launch(), startDemo(), speaker(language)]);
      ({ settle, leave, sound: checked } = walks(browser, demo, language));
    });
    after(async () => {
      await browser?.close();
      await demo?.stop();
    });

    const sound = (page, name) => checked(page, `second-${name}`, { widths: [1280, 390] });
    const secret = () => demo.person("ana").password;
    const code = (page) => page.locator("main strong").filter({ hasText: /^\d{6}$/ }).innerText();

    test("it is added, proved and taken away", async () => {
      // An address in use and a wrong code are refused, on purpose.
      const ana = await settle("ana", { ...PHONE, allow: [/status of 422/] });
      const { page } = ana;
      await page.goto(`${demo.url}/account`);
      await sound(page, "none");
      await follow(page, say("email-second-add"));
      await heading(page, say("email-second-title")).waitFor();
      await page.locator("#email").fill("not an address");
      await page.locator("#current_password").fill(secret());
      await press(page, say("email-send"));
      await sees(page, say("problem-email"));
      await sound(page, "wrong");
      await page.locator("#email").fill("rosa@example.org");
      await page.locator("#current_password").fill(secret());
      await press(page, say("email-send"));
      const mailed = await code(page);
      await page.locator("#code").fill(mailed === "000000" ? "111111" : "000000");
      await press(page, say("email-code-button"));
      await sees(page, say("problem-address-code"));
      await page.locator("#code").fill(mailed);
      await press(page, say("email-code-button"));
      await sees(page, "r…@example.org");
      await sound(page, "two");
      await follow(page, say("email-second-remove"));
      await sound(page, "remove");
      await page.locator("#current_password").fill(secret());
      await press(page, say("email-second-remove-button"));
      await page.getByRole("link", { name: say("email-second-add") }).waitFor();
      await leave(ana);
    });

    test("with the keyboard alone, without JavaScript", async () => {
      const ana = await settle("ana", { ...PHONE, javaScriptEnabled: false });
      const { page } = ana;
      /** Goes on with Tab until what has the focus is `wanted`. */
      async function reach(wanted) {
        for (let n = 0; n < 80; n += 1) {
          await page.keyboard.press("Tab");
          if ((await page.locator(":focus").count()) && (await wanted(page.locator(":focus")))) return;
        }
        assert.fail("the keyboard does not reach it");
      }
      const link = (key) => reach(async (at) => (await at.innerText()) === say(key));
      const field = (id) => reach(async (at) => (await at.getAttribute("id")) === id);
      await page.goto(`${demo.url}/account`);
      await link("email-second-add");
      await page.keyboard.press("Enter");
      await heading(page, say("email-second-title")).waitFor();
      await field("email");
      await page.keyboard.type("luz@example.org");
      await field("current_password");
      await page.keyboard.type(secret());
      await page.keyboard.press("Enter");
      const mailed = await code(page);
      await field("code");
      await page.keyboard.type(mailed);
      await page.keyboard.press("Enter");
      await sees(page, "l…@example.org");
      await link("email-second-remove");
      await page.keyboard.press("Enter");
      await field("current_password");
      await page.keyboard.type(secret());
      await page.keyboard.press("Enter");
      await page.getByRole("link", { name: say("email-second-add") }).waitFor();
      await leave(ana);
    });
  });
}
