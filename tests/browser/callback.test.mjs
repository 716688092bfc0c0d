// "I'm not sure": the message goes out with a request for a call. Staff see it on top and say that they call; the
// patient sees each step and can say that no call is needed any more. For a helper, and with the keyboard alone
// without JavaScript.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as chrome from "./lib/browser.mjs";
import { startDemo } from "./lib/demo.mjs";
import { follow, heading, press, sees, speaker, walks } from "./lib/walk.mjs";

const TEXTS = {
  en: { cut: "My cut looks a bit odd.  Is that\nall right?", again: "It itches, too.", mom: "Her cut looks a bit odd.", said: "Keep it dry. Call again when it turns red." },
  es: { cut: "Mi corte se ve un poco raro.  ¿Está\nbien así?", again: "También me pica.", mom: "Su corte se ve un poco raro.", said: "Manténgalo seco. Llame otra vez si se pone rojo." },
};
const PHONE = { viewport: { width: 390, height: 844 } };
const NUMBER = "555-0177";
const DESK = "Front desk and nurse line";
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const hours = (days, times) => days.map((day) => `${day} ${times}`).join("; ");
/** Hours in which the desk is open at any moment, and those of one day only, three days from now. */
const OPEN = hours(DAYS, "00:00-24:00");
const closedNow = () => hours([DAYS[(new Date().getDay() + 2) % 7]], "08:00-17:00");

for (const language of chrome.LOCALES) {
  describe(`I'm not sure (${language})`, () => {
    const texts = TEXTS[language];
    let browser, demo, say, settle, leave, until, checked;
    before(async () => {
      [browser, demo, say] = await Promise.all([chrome.launch(), startDemo(), speaker(language)]);
      ({ settle, leave, until, sound: checked } = walks(browser, demo, language));
      await demo.admin("team", "set", DESK, "--week", OPEN);
    });
    after(async () => {
      await browser?.close();
      await demo?.stop();
    });

    const sound = (page, name) => checked(page, `call-${name}`, { widths: [1280, 390] });
    const card = (page) => page.locator("#call");
    /** The addresses of the numbers in a part of the page. */
    const numbers = (part) => part.locator("a[href^='tel:']").evaluateAll((all) => all.map((one) => one.getAttribute("href")));

    /** Types a new message to whoever fits, as far as the page where it is written. */
    async function writes(page, root, title, body) {
      await page.goto(`${demo.url}${root}/new`);
      await page.getByRole("radio", { name: say("compose-unsure") }).check();
      await press(page, say("compose-continue"));
      await page.getByRole("radio", { name: say("category-symptom") }).check();
      await press(page, say("compose-continue"));
      await page.getByLabel(say("compose-headline"), { exact: true }).fill(title);
      await page.getByLabel(say("compose-body"), { exact: true }).fill(body);
    }

    test("from the button to the record of the call, each side sees each step", async () => {
      // A number that is none is refused, on purpose.
      const ana = await settle("ana", { ...PHONE, allow: [/status of 422/] });
      const marta = await settle("marta");
      const { page } = ana;
      await writes(page, "", "A cut 1", texts.cut);
      await press(page, say("call-button"));
      await heading(page, say("call-page")).waitFor();
      await sees(page, say("call-when-now", { team: DESK }));
      assert.equal((await numbers(page.locator(".gate")))[0], "tel:911", "whom to call meanwhile");
      await sound(page, "page");
      const phone = page.locator("#phone");
      await phone.fill("call me");
      await press(page, say("call-go"));
      await sees(page, say("problem-number"));
      await phone.fill(NUMBER);
      await press(page, say("call-go"));
      await heading(card(page), say("call-card-by")).waitFor();
      await sees(card(page), say("call-card-number", { phone: NUMBER }));
      assert.ok((await numbers(card(page))).includes("tel:911"));
      assert.ok((await page.locator("main").innerText()).includes(texts.cut.split("\n")[0].split(".")[0]), "word for word");
      await sound(page, "waiting");
      const conversation = new URL(page.url()).pathname;
      await follow(card(page), say("call-change"));
      await sound(page, "number");
      await page.locator("#phone").fill("555-0178");
      await press(page, say("call-save"));
      await sees(card(page), say("call-card-number", { phone: "555-0178" }));
      await page.goto(demo.url);
      const row = page.locator("li.item").filter({ hasText: "A cut 1" });
      await sees(row, say("inbox-call-by"));
      await sound(page, "inbox");

      await marta.page.goto(`${demo.url}/work`);
      const list = await marta.page.getByRole("link", { name: /^Front desk and nurse line/ }).first().getAttribute("href");
      const first = marta.page.locator("table.queue tbody tr").first();
      await until(marta.page, list, async () => (await first.innerText()).includes("A cut 1"));
      assert.match(await first.innerText(), say("staff-call-mark"));
      assert.ok((await first.locator(".row-level").innerText()).includes(say("staff-level-1")), "it is level 1");
      await first.getByRole("link", { name: "A cut 1" }).first().click();
      const block = marta.page.locator(".staff-call").first();
      await sees(block, "555-0178");
      await sound(marta.page, "staff");
      await press(marta.page, say("staff-call-go"));
      await sees(marta.page, say("staff-call-calling"));
      await page.goto(demo.url + conversation);
      await heading(card(page), say("call-card-calling")).waitFor();
      await sound(page, "calling");
      await page.goto(demo.url);
      await sees(row, say("call-card-calling"));

      await follow(block, say("staff-contact"));
      await marta.page.getByRole("radio", { name: say("staff-contact-spoke") }).check();
      await marta.page.getByRole("radio", { name: "Ana Morales" }).check();
      await marta.page.locator("#said").fill(texts.said);
      await press(marta.page, say("staff-contact-go"));
      await sees(marta.page, say("staff-done-called"));
      await page.goto(demo.url + conversation);
      await sees(page, texts.said);
      assert.equal(await card(page).count(), 0, "the call was made");
      await sound(page, "called");
      await page.goto(demo.url);
      assert.equal(await row.locator(".call").count(), 0);
      await leave(ana, marta);
    });

    test("with the keyboard alone and without JavaScript; the call is not needed any more", async () => {
      const ana = await settle("ana", { ...PHONE, javaScriptEnabled: false });
      const { page } = ana;
      const enter = async (one) => {
        await one.focus();
        await page.keyboard.press("Enter");
      };
      await writes(page, "", "A cut 2", texts.cut);
      await enter(page.getByRole("button", { name: say("call-button"), exact: true }));
      await heading(page, say("call-page")).waitFor();
      await page.locator("#phone").focus();
      await page.keyboard.type(NUMBER);
      await page.keyboard.press("Enter");
      await heading(card(page), say("call-card-by")).waitFor();
      await page.locator("#body").fill(texts.again);
      await enter(page.getByRole("button", { name: say("call-button"), exact: true }));
      await sees(page, say("call-joins"));
      await enter(page.getByRole("button", { name: say("call-go"), exact: true }));
      await heading(card(page), say("call-card-by")).waitFor();
      await enter(card(page).getByRole("button", { name: say("call-off"), exact: true }));
      await sees(page, say("call-line-off"));
      assert.equal(await card(page).count(), 0);
      assert.ok((await page.locator("main").innerText()).includes(texts.again), "the messages stay");
      await leave(ana);
    });

    test("a helper asks for a call; who did not ask reads no number", async () => {
      const pia = await settle("pia", PHONE);
      const { page } = pia;
      await writes(page, `/for/${demo.person("ana").patient_id}`, "A cut 3", texts.mom);
      await press(page, say("call-button-of"));
      await page.getByRole("heading", { level: 1, name: say("call-page-of", { name: "Ana Morales" }) }).waitFor();
      await sound(page, "helper-page");
      await page.locator("#phone").fill(NUMBER);
      await press(page, say("call-go"));
      await heading(card(page), say("call-card-by")).waitFor();
      await sees(card(page), say("call-card-number", { phone: NUMBER }));
      await sound(page, "helper-waiting");
      const ana = await settle("ana", PHONE);
      await ana.page.goto(demo.url);
      await follow(ana.page, "A cut 3");
      await heading(card(ana.page), say("inbox-call-by")).waitFor();
      assert.ok(!(await card(ana.page).innerText()).includes(NUMBER));
      await press(ana.page, say("call-off"));
      await page.reload();
      assert.equal(await card(page).count(), 0);
      await leave(pia, ana);
    });

    test("while the desk is closed it says that nobody is there, and whom to call", async () => {
      await demo.admin("team", "set", DESK, "--week", closedNow());
      const ana = await settle("ana", PHONE);
      const { page } = ana;
      await writes(page, "", "A cut 4", texts.cut);
      await press(page, say("call-button"));
      await heading(page, say("call-page")).waitFor();
      await sees(page, say("call-when-later", { team: DESK }));
      assert.ok((await numbers(page.locator(".gate"))).includes("tel:911"), "whom to call meanwhile");
      await sound(page, "closed-page");
      await page.locator("#phone").fill(NUMBER);
      await press(page, say("call-go"));
      await heading(card(page), say("call-card-later")).waitFor();
      assert.ok((await numbers(card(page))).includes("tel:911"));
      await sound(page, "closed-card");
      await leave(ana);
    });
  });
}
