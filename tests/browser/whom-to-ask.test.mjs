// Ana does not know whom to ask: not sure → triage desk → moved to the right team → the nurse who took it is
// away → somebody stands in → answered before the promised time, and at every step she can see who has it.
//
// Each language has a clinic of its own, since an absence would change the walks beside it. What people press
// and read is taken from the program's own catalogs, so the walk is the same in both.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as chrome from "./lib/browser.mjs";
import { startDemo } from "./lib/demo.mjs";
import { heading, press, sees, speaker, steps, walks } from "./lib/walk.mjs";

const TEXTS = {
  en: {
    title: "My ankles, and a letter",
    body: "My ankles are a bit thicker in the evening since the new pill. Is that for my heart doctor or for you?",
    reason: "They know your pills and your heart best.",
    answer: "Thank you for writing. Put your feet up, and weigh yourself tomorrow morning.",
  },
  es: {
    title: "Mis tobillos y una carta",
    body: "Desde la pastilla nueva tengo los tobillos algo hinchados por la tarde. ¿Le pregunto al cardiólogo o a ustedes?",
    reason: "Ellos conocen mejor sus pastillas y su corazón.",
    answer: "Gracias por escribir. Ponga los pies en alto y pésese mañana por la mañana.",
  },
};

/** The clinic's own date, `days` from today, as a date field takes it. */
function clinicDay(days) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York" }).format(Date.now() + days * 86_400_000);
}

for (const language of chrome.LOCALES) {
  describe(`Ana does not know whom to ask (${language})`, () => {
    const { title, body, reason, answer } = TEXTS[language];
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

    const sound = (page, name) => checked(page, `whom-${name}`);

    test("from not being sure to an answer in time", async (t) => {
      const step = steps(t);
      const ana = await settle("ana", { viewport: { width: 390, height: 844 } });
      const marta = await settle("marta");
      const nils = await settle("nils");
      const dora = await settle("dora");
      let thread;
      let desk;
      let promised;

      await step("she says that she is not sure, and is told who will read it and when she hears", async () => {
        await ana.page.getByRole("link", { name: say("inbox-new") }).first().click();
        await sound(ana.page, "who");
        await ana.page.getByRole("radio", { name: say("compose-unsure") }).check();
        await press(ana.page, say("compose-continue"));
        await ana.page.getByRole("radio", { name: say("category-symptom") }).check();
        await press(ana.page, say("compose-continue"));
        await ana.page.getByRole("radio", { name: say("ask-opinion") }).check();
        await ana.page.getByLabel(say("compose-headline"), { exact: true }).fill(title);
        await ana.page.getByLabel(say("compose-body"), { exact: true }).fill(body);
        await press(ana.page, say("compose-to-check"));
        await heading(ana.page, say("compose-check-title")).waitFor();
        await sees(ana.page, "Front desk and nurse line");
        promised = new Date(await ana.page.locator(".facts time").last().getAttribute("datetime"));
        assert.ok(promised > new Date(), `she is promised ${promised.toISOString()}`);
        await sound(ana.page, "check");
        await press(ana.page, say("check-send"));
        await sees(ana.page, say("sent-title"));
      });

      await step("the triage desk reads it and moves it to family medicine, with a reason", async () => {
        await marta.page.goto(`${demo.url}/work`);
        const list = await marta.page.getByRole("link", { name: /^Front desk and nurse line/ }).first().getAttribute("href");
        await until(marta.page, list, () => marta.page.getByRole("link", { name: title }).count());
        await marta.page.getByRole("link", { name: title }).first().click();
        desk = marta.page.url();
        thread = `/threads/${new URL(desk).pathname.split("/").pop()}`;
        await sound(marta.page, "triage");
        await marta.page.locator("summary", { hasText: say("staff-act-pass") }).click();
        await marta.page.locator("#to").selectOption({ label: "Family medicine" });
        await marta.page.locator("#reason").fill(reason);
        await press(marta.page, say("staff-act-pass-go"));
      });

      await step("she sees which team has it now, and why", async () => {
        await until(ana.page, thread, () => ana.page.getByText(reason).count());
        await sees(ana.page, say("line-moved-because", { team: "Family medicine", reason }));
        await sound(ana.page, "moved");
      });

      await step("Nils takes it, and she sees that", async () => {
        await nils.page.goto(desk);
        await press(nils.page, say("staff-act-claim"));
        await sees(nils.page, say("staff-yours"));
        await ana.page.goto(demo.url + thread);
        await sees(ana.page, /Nils/);
        await sound(ana.page, "taken");
      });

      await step("Nils falls ill: he is away from today, and Dr. Feldman stands in", async () => {
        await nils.page.goto(`${demo.url}/work/away`);
        await nils.page.locator("#away_from").fill(clinicDay(0));
        await nils.page.locator("#until").fill(clinicDay(2));
        const label = await nils.page.locator("#cover option", { hasText: "Dora Feldman" }).innerText();
        await nils.page.locator("#cover").selectOption({ label });
        await press(nils.page, say("staff-away-save"));
        await sees(nils.page, say("staff-away-saved"));
        await sound(nils.page, "away");
      });

      await step("she sees that he is away and who has it instead", async () => {
        await until(ana.page, thread, () => ana.page.getByText(say("custody-away-until")).count());
        await sees(ana.page, say("custody-away-until"));
        await sees(ana.page, say("custody-taken", { who: "Dr. Dora Feldman, MD" }));
        await sound(ana.page, "covered");
      });

      await step("Dr. Feldman finds it on her list and answers", async () => {
        await until(dora.page, "/work?list=mine", () => dora.page.getByRole("link", { name: title }).count());
        await dora.page.goto(desk);
        await sound(dora.page, "stands-in");
        await dora.page.locator("#body").fill(answer);
        await dora.page.locator("button[name=then][value=close]").click();
      });

      await step("she reads the answer before the promised time, and who gave it", async () => {
        await until(ana.page, thread, () => ana.page.getByText(answer).count());
        const came = new Date(await ana.page.locator("article", { hasText: answer }).locator("time").first().getAttribute("datetime"));
        assert.ok(came <= promised, `answered ${came.toISOString()}, promised by ${promised.toISOString()}`);
        await sees(ana.page, /Dora Feldman/);
        await sound(ana.page, "answered");
        await ana.page.setViewportSize({ width: 1280, height: 900 });
        await sound(ana.page, "answered");
      });

      await leave(ana, marta, nils, dora);
    });
  });
}
