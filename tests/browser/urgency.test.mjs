// What an urgent text meets: a page that says whom to call, a card, or one question; and whatever is answered, the
// text is sent and stands on top of the team's list. With and without JavaScript, with the keyboard, for a helper.
//
// Each language has a clinic of its own; what people press and read is taken from the program's own catalogs.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as chrome from "./lib/browser.mjs";
import { startDemo } from "./lib/demo.mjs";
import { heading, press, sees, speaker, walks } from "./lib/walk.mjs";

const TEXTS = {
  en: {
    chest: "Refill please. Also since 4 this morning a heavy feeling in my chest.",
    words: "heavy feeling in my chest",
    crisis: "I do not want to live anymore.",
    today: "It burns when I pee and I have had a fever since yesterday.",
    ask: "I have had a headache since Monday.",
    helper: "My mom says her chest feels heavy since this morning and she is sweating.",
    plain: "Please sign the form for my school.",
    blame: [/not urgent/i, /diagnos/i, /score/i],
  },
  es: {
    chest: "Necesito mi receta, por favor. Además, desde las 4 de la mañana siento un peso en el pecho.",
    words: "peso en el pecho",
    crisis: "Ya no quiero vivir.",
    today: "Me arde al orinar y tengo fiebre desde ayer.",
    ask: "Tengo dolor de cabeza desde el lunes.",
    helper: "Mi mamá dice que desde esta mañana siente el pecho muy apretado y está sudando.",
    plain: "Por favor firmen el formulario de mi escuela.",
    blame: [/no es urgente/i, /diagn[oó]s/i, /puntuaci/i],
  },
};
const PHONE = { viewport: { width: 390, height: 844 } };

for (const language of chrome.LOCALES) {
  describe(`an urgent text (${language})`, () => {
    const texts = TEXTS[language];
    let browser;
    let demo;
    let say;
    let settle, leave, until, checked;
    before(async () => {
      [browser, demo, say] = await Promise.all([chrome.launch(), startDemo(), speaker(language)]);
      ({ settle, leave, until, sound: checked } = walks(browser, demo, language));
    });
    after(async () => {
      await browser?.close();
      await demo?.stop();
    });

    /** The page is sound on a desktop and a phone, and says no word that hurts. */
    const sound = (page, name) => checked(page, `urgency-${name}`, { widths: [1280, 390], blame: texts.blame });

    /** Types a new message to whoever fits and goes on; `root` is the address of the patient whom it is about. */
    async function writes(page, root, title, body) {
      await page.goto(`${demo.url}${root}/new`);
      await page.getByRole("radio", { name: say("compose-unsure") }).check();
      await press(page, say("compose-continue"));
      await page.getByRole("radio", { name: say("category-symptom") }).check();
      await press(page, say("compose-continue"));
      await page.getByRole("radio", { name: say("ask-opinion") }).check();
      await page.getByLabel(say("compose-headline"), { exact: true }).fill(title);
      await page.getByLabel(say("compose-body"), { exact: true }).fill(body);
      await press(page, say("compose-to-check"));
    }

    const gate = (page) => page.locator(".gate").first();
    /** The addresses of the numbers to call, in the order of the page. */
    const numbers = (page) => gate(page).locator("a[href^='tel:'], a[href^='sms:']").evaluateAll((all) => all.map((one) => one.getAttribute("href")));

    test("an emergency: one number, the draft is kept, the answer sends it to the top of the list", async () => {
      const ana = await settle("ana", PHONE);
      const marta = await settle("marta");
      const { page } = ana;
      await writes(page, "", "Refill 1", texts.chest);
      await page.getByRole("heading", { level: 1, name: say("urgent-call", { phone: "911" }) }).waitFor();
      assert.deepEqual(await numbers(page), ["tel:911"]);
      await sees(page, texts.words);
      await sound(page, "emergency");
      const here = page.url();
      await page.goto(`${demo.url}/drafts`);
      await page.getByRole("link", { name: "Refill 1", exact: true }).click();
      assert.equal(page.url(), here, "opening the draft shows the page again");
      await page.getByRole("link", { name: say("urgent-edit") }).click();
      assert.equal(await page.getByLabel(say("compose-body"), { exact: true }).inputValue(), texts.chest);
      await press(page, say("compose-to-check"));
      await press(page, say("urgent-answer-not-now"));
      await sees(page, say("urgent-top"));
      await sound(page, "sent");
      await marta.page.goto(`${demo.url}/work`);
      const list = await marta.page.getByRole("link", { name: /^Front desk and nurse line/ }).first().getAttribute("href");
      const first = marta.page.locator("table.queue tbody tr").first();
      await until(marta.page, list, async () => (await first.innerText()).includes("Refill 1"));
      assert.ok((await first.locator(".row-level").innerText()).includes(say("staff-level-1")), "it is level 1");
      await leave(ana, marta);
    });

    test("a crisis: a person speaks first, then the crisis line, then the emergency number", async () => {
      const ana = await settle("ana", PHONE);
      const { page } = ana;
      await writes(page, "", "Refill 2", texts.crisis);
      await heading(page, say("urgent-crisis")).waitFor();
      const called = await numbers(page);
      assert.deepEqual(called.slice(0, 2), ["tel:988", "tel:911"]);
      await sound(page, "crisis");
      await press(page, say("urgent-answer-had-care"));
      await sees(page, say("urgent-top"));
      await sound(page, "crisis-sent");
      await leave(ana);
    });

    test("today: a card with the nurse line, and sending goes on", async () => {
      const ana = await settle("ana", PHONE);
      const { page } = ana;
      await writes(page, "", "Refill 3", texts.today);
      await heading(page, say("compose-check-title")).waitFor();
      await heading(page, say("urgent-today")).waitFor();
      await sound(page, "today");
      await press(page, say("check-send"));
      await sees(page, say("sent-title"));
      await leave(ana);
    });

    test("a symptom: one question before a message is sent, and yes leads to the page", async () => {
      const ana = await settle("ana", PHONE);
      const { page } = ana;
      await writes(page, "", "Refill 4", texts.ask);
      await heading(page, say("compose-check-title")).waitFor();
      await heading(page, say("urgent-ask")).waitFor();
      await sound(page, "ask");
      await press(page, say("urgent-ask-link"));
      await sees(page, say("urgent-said-yes"));
      await sound(page, "asked");
      // Away without an answer and back: the page is there again, on another device too.
      const here = page.url();
      await page.goto(`${demo.url}/drafts`);
      await page.getByRole("link", { name: "Refill 4", exact: true }).click();
      assert.equal(page.url(), here, "opening the draft shows the page again");
      await sees(page, say("urgent-said-yes"));
      const other = await settle("ana");
      await other.page.goto(`${demo.url}/drafts`);
      await other.page.getByRole("link", { name: "Refill 4", exact: true }).click();
      await other.page.getByRole("heading", { level: 1, name: say("urgent-call", { phone: "911" }) }).waitFor();
      await leave(other);
      await press(page, say("urgent-answer-call"));
      await sees(page, say("urgent-top"));
      await leave(ana);
    });

    test("thoughts of harm: the crisis line comes first, with the keyboard and without JavaScript", async () => {
      const ana = await settle("ana", { ...PHONE, javaScriptEnabled: false });
      const { page } = ana;
      await writes(page, "", "Refill 7", texts.ask);
      await heading(page, say("urgent-ask")).waitFor();
      await page.getByRole("button", { name: say("urgent-ask-harm") }).focus();
      await page.keyboard.press("Enter");
      await heading(page, say("urgent-crisis")).waitFor();
      await page.goto(`${demo.url}/drafts`);
      await page.getByRole("link", { name: "Refill 7", exact: true }).click();
      await heading(page, say("urgent-crisis")).waitFor();
      assert.deepEqual((await numbers(page)).slice(0, 2), ["tel:988", "tel:911"]);
      await chrome.shoot(page, `urgency-asked-harm-${language}`);
      await page.getByRole("button", { name: say("urgent-answer-call") }).focus();
      await page.keyboard.press("Enter");
      await sees(page, say("urgent-top"));
      await leave(ana);
    });

    test("a symptom in a reply: the question comes once, in front of the reply", async () => {
      const ana = await settle("ana", PHONE);
      const { page } = ana;
      await page.goto(`${demo.url}/threads/${demo.thread("ana-a1c-now")}`);
      await page.locator("#body").fill(texts.ask);
      await press(page, say("check-send"));
      await heading(page, say("urgent-ask")).waitFor();
      assert.equal(await page.locator("#body").inputValue(), texts.ask);
      await sound(page, "ask-reply");
      await press(page, say("check-send"));
      await heading(page, say("held-title")).waitFor();
      await leave(ana);
    });

    test("a helper reads it in the third person, with the keyboard and without JavaScript", async () => {
      const pia = await settle("pia", { ...PHONE, javaScriptEnabled: false });
      const { page } = pia;
      const root = `/for/${demo.person("ana").patient_id}`;
      await writes(page, root, "Refill 5", texts.helper);
      const name = "Ana Morales";
      await page.getByRole("heading", { level: 1, name: say("urgent-call-of", { phone: "911", name }) }).waitFor();
      await chrome.shoot(page, `urgency-helper-${language}`);
      await page.getByRole("button", { name: say("urgent-answer-send") }).focus();
      await page.keyboard.press("Enter");
      await sees(page, say("urgent-top"));
      await leave(pia);
    });

    test("while writing: the card stands beside the field and takes nothing from who writes", async () => {
      const ana = await settle("ana", PHONE);
      const { page } = ana;
      const beside = page.locator("[data-beside]");
      // The reply of an earlier walk may still be held.
      await until(page, `/threads/${demo.thread("ana-a1c-now")}`, () => beside.count());
      const field = page.locator("#body");
      assert.equal(await beside.getAttribute("aria-live"), "polite");
      await field.fill(texts.plain);
      const top = await field.evaluate((one) => one.getBoundingClientRect().top + scrollY);
      await field.fill(texts.today);
      await heading(beside, say("urgent-today")).waitFor();
      await field.fill(texts.chest);
      await beside.getByRole("heading", { name: say("urgent-call", { phone: "911" }) }).waitFor();
      assert.equal(await field.evaluate((one) => one.getBoundingClientRect().top + scrollY), top, "the field stays where it is");
      assert.ok(await field.evaluate((one) => one === document.activeElement), "the focus stays in the field");
      await sound(page, "beside");
      await field.fill(texts.plain);
      await beside.locator("section").waitFor({ state: "detached" });
      await leave(ana);
    });

    test("while writing: a server that asks for a pause leaves the card, and the end of the text is looked at after it", async () => {
      const ana = await settle("ana", { ...PHONE, allow: [/status of (429|503)/] });
      const { page } = ana;
      await page.goto(`${demo.url}/threads/${demo.thread("ana-a1c-now")}`);
      const beside = page.locator("[data-beside]");
      const field = page.locator("#body");
      await field.fill(texts.today);
      await heading(beside, say("urgent-today")).waitFor();
      const address = `${demo.url}${await beside.getAttribute("data-beside")}`;
      const pauses = [
        { status: 429, headers: { "retry-after": "1" }, body: "" },
        { status: 503, headers: { "retry-after": "1" }, contentType: "text/html", body: "<section>no card</section>" },
      ];
      const shown = [];
      await page.route(address, async (route) => {
        shown.push(await beside.getByRole("heading").innerText());
        const pause = pauses.shift();
        await (pause ? route.fulfill(pause) : route.continue());
      });
      await field.fill(texts.chest);
      await beside.getByRole("heading", { name: say("urgent-call", { phone: "911" }) }).waitFor();
      assert.deepEqual(shown, Array(3).fill(say("urgent-today")), "the card stays until the server answers");
      await page.unroute(address);
      await field.fill(texts.plain);
      await beside.locator("section").waitFor({ state: "detached" });
      await leave(ana);
    });

    test("a yes before a reply waits in the conversation until it is answered", async () => {
      const ana = await settle("ana", PHONE);
      const { page } = ana;
      const thread = `/threads/${demo.thread("ana-a1c-now")}`;
      // The reply of an earlier walk may still be held.
      await until(page, thread, () => page.locator("[data-beside]").count());
      await page.locator("#body").fill(texts.ask);
      await press(page, say("check-send"));
      await heading(page, say("urgent-ask")).waitFor();
      await press(page, say("urgent-ask-harm"));
      await heading(page, say("urgent-crisis")).waitFor();
      await page.goto(`${demo.url}/`);
      await page.goto(`${demo.url}${thread}`);
      await heading(page, say("urgent-crisis")).waitFor();
      assert.deepEqual((await numbers(page)).slice(0, 2), ["tel:988", "tel:911"]);
      await sound(page, "said-waits");
      await page.getByRole("link", { name: say("urgent-go-on") }).click();
      await press(page, say("urgent-answer-had-care"));
      await sees(page, say("urgent-top"));
      await leave(ana);
    });

    test("what is not recognised meets no card", async () => {
      const ana = await settle("ana", PHONE);
      const { page } = ana;
      await writes(page, "", "Refill 6", texts.plain);
      await heading(page, say("compose-check-title")).waitFor();
      assert.equal(await page.locator(".gate").count(), 0);
      await leave(ana);
    });
  });
}
