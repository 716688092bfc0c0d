// The main job, walked through as people do it: a patient asks, a nurse and a physician answer, the
// patient reads. Read it from the top: every step says who does what and what they see.
//
// The walks run beside each other on one demo clinic, since every message waits out its ten seconds.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as chrome from "./lib/browser.mjs";
import { startDemo } from "./lib/demo.mjs";
import { HOLD_MS, catalog, follow, heading, press, sees, steps, walks } from "./lib/walk.mjs";

let browser;
let demo;
let sit, leave, until;
before(async () => {
  [browser, demo] = await Promise.all([chrome.launch(), startDemo()]);
  ({ sit, leave, until } = walks(browser, demo));
  // Once each, before the walks begin: a one-time code is good for one sign-in.
  for (const key of ["nils", "dora"]) await (await chrome.openAs(browser, demo, key)).context.close();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** From the first page to the written message: who it is for, what it is about, what is needed. */
async function write(page, { team, about, ask, title, text }) {
  await follow(page, "Start a new message");
  await page.getByRole("radio", { name: team }).check();
  await press(page, "Continue");
  await page.getByRole("radio", { name: about }).first().check();
  await press(page, "Continue");
  await page.getByRole("radio", { name: ask }).check();
  if (title) await page.getByLabel("Title", { exact: true }).fill(title);
  await page.getByLabel("Your message", { exact: true }).fill(text);
}

describe("the walk", { concurrency: true }, () => {
  test("a question after a visit, from the first word to the outcome", async (t) => {
    const TITLE = "Two pills after my visit";
    const TEXT = "You gave me a second pill at the visit. Do I take both in the morning?";
    const NOTE = "Check potassium before the second pill, marker-4711.";
    // A browser notes the answer 409, with which she is shown the newer message.
    const { context: hers, guard: watch } = await chrome.open(browser, demo.url, { viewport: { width: 390, height: 844 }, allow: [/status of 409/] });
    const ana = { context: hers, guard: watch, page: await hers.newPage() };
    const nils = await sit("nils");
    const dora = await sit("dora");
    const step = steps(t);
    let thread;
    let desk;

    await step("Ana signs in and writes to family medicine about one of her visits", async () => {
      await chrome.signIn(ana.page, demo, "ana");
      await heading(ana.page, "Messages").waitFor();
      await write(ana.page, { team: /^Family medicine/, about: /Dora Feldman/, ask: /^Advice/, text: TEXT });
      assert.match(await ana.page.getByLabel("Title", { exact: true }).inputValue(), /^My visit on /);
      await ana.page.getByLabel("Title", { exact: true }).fill(TITLE);
    });

    await step("what she wrote is saved within five seconds, and survives a reload and signing out", async () => {
      await ana.page.getByText("Find it under Drafts").waitFor({ timeout: 5000 });
      await ana.page.reload();
      assert.equal(await ana.page.getByLabel("Your message", { exact: true }).inputValue(), TEXT);
      await ana.page.getByText("Menu", { exact: true }).click();
      await press(ana.page, "Sign out");
      await heading(ana.page, "You are signed out").waitFor();
      await chrome.signIn(ana.page, demo, "ana");
      await ana.page.goto(`${demo.url}/drafts`);
      await follow(ana.page, TITLE);
      assert.equal(await ana.page.getByLabel("Your message", { exact: true }).inputValue(), TEXT);
    });

    await step("she checks it, sends it, takes it back in time, and sends it again", async () => {
      await press(ana.page, "Check my message");
      await heading(ana.page, "Check your message").waitFor();
      await sees(ana.page, "Family medicine");
      await sees(ana.page, "This is free.");
      await press(ana.page, "Send");
      await heading(ana.page, "Your message is on its way").waitFor();
      await press(ana.page, "Take it back");
      await sees(ana.page, "We did not send it. It is a draft again.");
      await press(ana.page, "Check my message");
      await press(ana.page, "Send");
      await heading(ana.page, "Your message is on its way").waitFor();
    });

    await step("until it is sent, nobody else sees it; then it comes into Nils's open queue by itself", async () => {
      await nils.page.goto(`${demo.url}/work`);
      const row = nils.page.getByRole("link", { name: TITLE });
      assert.equal(await row.count(), 0);
      // Nobody reloads the page: the event stream says that the list changed.
      await nils.page.evaluate(() => (window.neverReloaded = true));
      await row.first().waitFor({ timeout: HOLD_MS + 15_000 });
      await sees(nils.page, /^[0-9]+ new/);
      assert.equal(await nils.page.evaluate(() => window.neverReloaded), true);
      await follow(nils.page, TITLE);
      desk = nils.page.url();
      thread = `/threads/${new URL(desk).pathname.split("/").pop()}`;
      await heading(nils.page, TITLE).waitFor();
      await sees(nils.page, TEXT);
      await sees(nils.page, /^Visit of /);
    });

    await step("Nils claims it, leaves a note for the team, and gives it to Dr. Feldman", async () => {
      await press(nils.page, "Claim");
      await sees(nils.page, "You have it");
      await nils.page.getByLabel(/^Note to team/).fill(NOTE);
      await nils.page.getByRole("button", { name: /^Save note/ }).click();
      await sees(nils.page, NOTE);
      await nils.page.locator("summary", { hasText: "Assign" }).click();
      await nils.page.getByLabel("Assign to").selectOption({ label: "Dr. Dora Feldman, MD, clinician" });
      await press(nils.page, "Assign");
      await sees(nils.page, /Dora Feldman, MD has it/);
    });

    await step("Ana sees that it is being handled", async () => {
      await ana.page.goto(demo.url + thread);
      await sees(ana.page, "Being handled");
    });

    await step("Dr. Feldman asks a question back; Ana's open page says so without a reload", async () => {
      await dora.page.goto(`${demo.url}/work?list=mine`);
      await dora.page.goto(desk);
      await sees(dora.page, NOTE);
      await dora.page.getByLabel(/^Reply to Ana Morales/).fill("Good that you ask. Which pills are in the box right now?");
      await press(dora.page, "Send and wait for patient");
      await sees(dora.page, "This goes out in a few seconds.");
      const released = Date.now() + HOLD_MS;
      await ana.page.getByText("There is a new message.").waitFor({ timeout: HOLD_MS + 5000 });
      assert.ok(Date.now() < released + 3000, `the line came ${Date.now() - released} ms after the release`);
    });

    await step("Ana writes before she looked, and is shown the newer message first", async () => {
      await ana.page.getByLabel("Your answer", { exact: true }).fill("Never mind, I found the paper.");
      await press(ana.page, "Send");
      await heading(ana.page, "New since you started writing").waitFor();
      await sees(ana.page, "Which pills are in the box right now?");
      assert.equal(await ana.page.locator("#body").inputValue(), "Never mind, I found the paper.");
      await ana.page.goto(demo.url);
      await sees(ana.page, "They asked you a question");
      await follow(ana.page, TITLE);
      await sees(ana.page, "They asked you a question. It is your turn to write.");
      await ana.page.getByLabel("Your answer", { exact: true }).fill("The round one and the long one.");
      await press(ana.page, "Send");
      await sees(ana.page, "Your message is on its way");
    });

    await step("Dr. Feldman answers and closes the conversation", async () => {
      await until(dora.page, desk, () => dora.page.getByText("The round one and the long one.").count());
      await dora.page.getByLabel(/^Reply to Ana Morales/).fill("Then take both with breakfast. All is well.");
      await press(dora.page, "Send and close");
      await until(dora.page, desk, () => dora.page.getByText(/Outcome: Answered here/).count());
    });

    await step("Ana sees the answer and that it is closed; the note is nowhere on her pages", async () => {
      await ana.page.goto(demo.url + thread);
      await sees(ana.page, "Then take both with breakfast. All is well.");
      await sees(ana.page, "Closed: your team answered. You can still write back.");
      const pages = ["/", "/?show=closed", thread, `${thread}?all=1`, "/drafts"];
      for (const path of pages) {
        await ana.page.goto(demo.url + path);
        assert.doesNotMatch(await ana.page.content(), /marker-4711|potassium before/, `a note stands at ${path}`);
      }
      await ana.page.goto(`${demo.url}/search`);
      await ana.page.getByLabel("Word to look for").fill("marker-4711");
      await press(ana.page, "Search");
      await sees(ana.page, /We found nothing|We are still looking/);
      assert.equal(await ana.page.getByText(NOTE).count(), 0);
    });

    await leave(ana, nils, dora);
  });

  test("without JavaScript: Ben asks and Nils answers", async () => {
    const TITLE = "A form for the warehouse";
    const ben = await sit("ben", { javaScriptEnabled: false });
    const nils = await sit("nils", { javaScriptEnabled: false });
    await write(ben.page, { team: /^Family medicine/, about: /A form or letter/, ask: /^Something to be done/, title: TITLE, text: "They want a paper that says I may lift again." });
    await press(ben.page, "Save draft");
    await sees(ben.page, "Your draft is saved.");
    if (!(await ben.page.getByRole("button", { name: "Check my message" }).count())) await follow(ben.page, TITLE);
    await press(ben.page, "Check my message");
    await press(ben.page, "Send");
    await sees(ben.page, "You can take it back for 10 seconds.");
    await until(nils.page, "/work", () => nils.page.getByRole("link", { name: TITLE }).count());
    await follow(nils.page, TITLE);
    const desk = nils.page.url();
    await nils.page.getByLabel(/^Reply to Ben Whitaker/).fill("It is ready at the desk.");
    await nils.page.getByRole("button", { name: /^Send Ctrl/ }).click();
    await sees(nils.page, "This goes out in a few seconds.");
    await until(ben.page, `/threads/${new URL(desk).pathname.split("/").pop()}`, () => ben.page.getByText("It is ready at the desk.").count());
    await sees(ben.page, "Answered");
    await leave(ben, nils);
  });

  test("with the keyboard alone: Vera asks, Nils handles it with single keys", async () => {
    const TITLE = "A spot after the mole";
    const vera = await sit("vera");
    const nils = await sit("nils");

    /** Presses Tab until the focus is on what has this name. */
    const tabTo = async (page, name) => {
      for (let presses = 0; presses < 80; presses += 1) {
        const focused = page.locator(":focus");
        if ((await focused.count()) && (await focused.and(page.getByRole("link", { name }).or(page.getByRole("button", { name })).or(page.getByRole("textbox", { name })).or(page.getByRole("radio", { name }))).count())) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`Tab does not lead to ${name}`);
    };
    /** Tab into the group, then arrows to the button of this name. */
    const choose = async (page, name) => {
      const inside = () => page.evaluate(() => document.activeElement?.type === "radio");
      for (let presses = 0; presses < 40 && !(await inside()); presses += 1) await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
      const wanted = page.getByRole("radio", { name }).first();
      for (let presses = 0; presses < 40 && !(await wanted.isChecked()); presses += 1) await page.keyboard.press("ArrowDown");
      assert.ok(await wanted.isChecked(), `the arrows lead to ${name}`);
    };
    const enter = async (page, name) => {
      await tabTo(page, name);
      await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    };

    await enter(vera.page, "Start a new message");
    await choose(vera.page, /^Family medicine/);
    await enter(vera.page, "Continue");
    await choose(vera.page, /^A new problem/);
    await enter(vera.page, "Continue");
    await choose(vera.page, /^Advice/);
    await tabTo(vera.page, "Title");
    await vera.page.keyboard.press("Control+A");
    await vera.page.keyboard.type(TITLE);
    await vera.page.keyboard.press("Tab");
    await vera.page.keyboard.type("There is a red spot where the mole was.");
    await enter(vera.page, "Check my message");
    await enter(vera.page, "Send");
    await heading(vera.page, "Your message is on its way").waitFor();

    await until(nils.page, "/work", () => nils.page.getByRole("link", { name: TITLE }).count());
    const focus = () => nils.page.evaluate(() => document.activeElement?.textContent.trim());
    for (let presses = 0; presses < 60 && (await focus()) !== TITLE; presses += 1) await nils.page.keyboard.press("j");
    assert.equal(await focus(), TITLE);
    await nils.page.keyboard.press("k");
    await nils.page.keyboard.press("j");
    await Promise.all([nils.page.waitForNavigation(), nils.page.keyboard.press("Enter")]);
    await heading(nils.page, TITLE).waitFor();

    await nils.page.keyboard.press("m");
    await nils.page.keyboard.type("Dr. Feldman took the mole off.");
    await Promise.all([nils.page.waitForNavigation(), nils.page.keyboard.press("Alt+Enter")]);
    await sees(nils.page, "Dr. Feldman took the mole off.");

    await nils.page.keyboard.press("a");
    await nils.page.keyboard.type("You");
    await Promise.all([nils.page.waitForNavigation(), (async () => {
      await tabTo(nils.page, /^Assign$/);
      await nils.page.keyboard.press("Enter");
    })()]);
    await sees(nils.page, "You have it");

    await nils.page.keyboard.press("r");
    await nils.page.keyboard.type("A red spot is part of healing. Write again if it grows.");
    await Promise.all([nils.page.waitForNavigation(), nils.page.keyboard.press("Control+Enter")]);
    await sees(nils.page, "This goes out in a few seconds.");
    const desk = nils.page.url();
    await until(nils.page, desk, async () => !(await nils.page.getByText("This goes out in a few seconds.").count()));

    await nils.page.keyboard.press("e");
    await tabTo(nils.page, /^Close$/);
    await Promise.all([nils.page.waitForNavigation(), nils.page.keyboard.press("Enter")]);
    await nils.page.goto(desk);
    await sees(nils.page, /Outcome: /);
    await leave(vera, nils);
  });

  test("in Spanish: Luz meets no English word of ours", async () => {
    const luz = await sit("luz", { locale: "es" });
    const english = await wordsOf("en");
    const spanish = await wordsOf("es");
    const inSpanish = async (what) => {
      assert.equal(await luz.page.evaluate(() => document.documentElement.lang), "es");
      const texts = await luz.page.evaluate(() => {
        const found = [document.title];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) found.push(walker.currentNode.textContent.trim());
        for (const one of document.querySelectorAll("[aria-label]")) found.push(one.getAttribute("aria-label"));
        return found;
      });
      const foreign = texts.filter((text) => english.has(text) && !spanish.has(text) && text !== "English");
      assert.deepEqual(foreign, [], `${what} is in English`);
    };
    await heading(luz.page, "Mensajes").waitFor();
    await inSpanish("the inbox");
    await luz.page.getByRole("link", { name: "Mareos por la mañana" }).click();
    await heading(luz.page, "Mareos por la mañana").waitFor();
    await inSpanish("a conversation");
    for (const path of ["/?show=closed", "/drafts", "/search", "/account", "/not-here"]) {
      await luz.page.goto(demo.url + path);
      await inSpanish(path);
    }
    await luz.page.goto(demo.url);
    await follow(luz.page, "Escribir un mensaje");
    await heading(luz.page, "¿Para quién es?").waitFor();
    await inSpanish("who it is for");
    await luz.page.getByRole("radio", { name: /^Family medicine/ }).check();
    await press(luz.page, "Continuar");
    await heading(luz.page, "¿De qué se trata?").waitFor();
    await inSpanish("what it is about");
    await luz.page.getByRole("radio", { name: /^Una cita/ }).check();
    await press(luz.page, "Continuar");
    await heading(luz.page, "Escriba su mensaje").waitFor();
    await inSpanish("the page to write on");
    await luz.page.getByRole("radio", { name: /^Que se haga algo/ }).check();
    await luz.page.getByLabel("Su mensaje", { exact: true }).fill("¿Puedo venir el lunes y no el martes?");
    await press(luz.page, "Revisar mi mensaje");
    await heading(luz.page, "Revise su mensaje").waitFor();
    await inSpanish("the check");
    await press(luz.page, "Enviar");
    await heading(luz.page, "Su mensaje va en camino").waitFor();
    await inSpanish("the receipt");
    await press(luz.page, "Cancelar el envío");
    await sees(luz.page, "No lo enviamos. Es un borrador otra vez.");
    // The guard counts the page that is not there.
    luz.guard.seen.splice(0, luz.guard.seen.length, ...luz.guard.seen.filter((fault) => !/status of 404/.test(fault)));
    await leave(luz);
  });

  test("a sister sets up her account: a paper code, an address that is proved, and Ana's messages to read", async () => {
    const made = await demo.admin("person", "add", "--name", "Rosa Morales", "--role", "helper", "--email", "rosa@example.org");
    await demo.admin("grant", "add", "--patient", demo.person("ana").patient_id, "--person", made.id, "--level", "read");
    const { code } = await demo.admin("enrol", "add", "--person", made.id);
    const opened = await chrome.open(browser, demo.url, { viewport: { width: 390, height: 844 } });
    const rosa = { ...opened, page: await opened.context.newPage() };

    await rosa.page.goto(demo.url);
    await follow(rosa.page, "I have a paper code from my clinic");
    await rosa.page.getByLabel("Code on the paper").fill(code);
    await rosa.page.getByLabel("User name").fill("rosa");
    await rosa.page.getByLabel("Password", { exact: true }).fill("three red roof tiles");
    await rosa.page.getByLabel("Password one more time").fill("three red roof tiles");
    await press(rosa.page, "Set up my account");
    await heading(rosa.page, "Add a second lock").waitFor();
    await follow(rosa.page, "Not now");

    // The desk typed her address; news goes there only once she has shown that it is hers.
    await heading(rosa.page, "Confirm your email address").waitFor();
    const mailed = /[0-9]{6}/.exec(await rosa.page.getByText("This is a demo and sends no mail.").innerText())[0];
    await rosa.page.getByLabel("Code from the email").fill(mailed);
    await press(rosa.page, "Confirm");
    await rosa.page.goto(`${demo.url}/account`);
    await sees(rosa.page, "r…@example.org");
    assert.equal(await rosa.page.getByText("Not confirmed yet").count(), 0);

    await rosa.page.goto(demo.url);
    await follow(rosa.page, "Ana Morales");
    await sees(rosa.page, "You are helping Ana Morales");
    await leave(rosa);
  });

  test("a wife prepares, the patient sends: Ben takes on what Lena has written", async () => {
    const TITLE = "My next blood pressure visit";
    const ben = await sit("ben");
    const nils = await sit("nils");
    await follow(ben.page, "Look at it");
    await sees(ben.page, "From Lena Whitaker");
    await follow(ben.page, TITLE);
    await heading(ben.page, "Prepared for you").waitFor();
    await press(ben.page, "Use this text");
    await sees(ben.page, "It is your draft now.");
    await ben.page.getByRole("radio", { name: /^Something to be done/ }).check();
    await press(ben.page, "Check my message");
    await press(ben.page, "Send");
    await until(nils.page, "/work", () => nils.page.getByRole("link", { name: TITLE }).count());
    await follow(nils.page, TITLE);
    await sees(nils.page, "prepared by Lena Whitaker");
    await leave(ben, nils);
  });

  test("a daughter helps: Pia writes for Ana, and everybody sees that she did", async () => {
    const TEXT = "Mom asked me to write: her pharmacy moved to Mill Lane.";
    const pia = await sit("pia");
    const ana = await sit("ana");
    await heading(pia.page, "Who do you want to help?").waitFor();
    await follow(pia.page, "Ana Morales");
    await sees(pia.page, "You are helping Ana Morales");
    await follow(pia.page, "Metformin refill please");
    await sees(pia.page, "You are helping Ana Morales");
    await pia.page.getByLabel("Your answer", { exact: true }).fill(TEXT);
    await press(pia.page, "Send");
    await sees(pia.page, "Your message is on its way");
    const thread = demo.thread("ana-metformin-refill");
    await until(ana.page, `/threads/${thread}`, () => ana.page.getByText(TEXT).count());
    await sees(ana.page, "Written by Pia Morales for Ana Morales");
    // A helper's address names the patient; without it there is nothing.
    const response = await pia.page.request.get(`${demo.url}/threads/${thread}`, { maxRedirects: 0 });
    assert.ok([303, 404].includes(response.status()), `without a patient: ${response.status()}`);
    await leave(pia, ana);
  });
});

/** The messages of a language that are plain words from end to end. */
async function wordsOf(language) {
  return new Set([...(await catalog(language)).values()].filter((text) => !/[{}]/.test(text)));
}
