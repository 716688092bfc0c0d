// The helpers must be able to notice: each one is shown something bad here and has to say so.
import assert from "node:assert/strict";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import * as chrome from "./lib/browser.mjs";
import { clinic, freePort, startDemo } from "./lib/demo.mjs";
import { htmlFaults } from "./lib/html.mjs";
import { base32, codeOfStep, freshCode, stepAt } from "./lib/totp.mjs";

describe("one-time codes", () => {
  // RFC 6238 appendix B, SHA-1: the secret is the ASCII of "12345678901234567890".
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  for (const [seconds, code] of [
    [59, "94287082"],
    [1111111109, "07081804"],
    [1111111111, "14050471"],
    [1234567890, "89005924"],
    [2000000000, "69279037"],
    [20000000000, "65353130"],
  ]) {
    test(`RFC 6238 at ${seconds} s`, () => assert.equal(codeOfStep(secret, stepAt(seconds * 1000), 8), code));
  }
  test("base32 ignores case, spaces and padding", () => assert.equal(base32("mzxw 6yt boi======").toString(), "foobar"));
  test("a secret that is not base32 is refused", () => assert.throws(() => base32("01890"), /base32/));
  test("no step is used twice, and the third sign-in waits", async () => {
    let now = 1_000_000_000_000;
    let waited = 0;
    const sleep = async (ms) => {
      now += ms;
      waited += ms;
    };
    const codes = [];
    for (let n = 0; n < 3; n += 1) codes.push(await freshCode("MFRGGZDF", () => now, sleep));
    assert.equal(new Set(codes).size, 3);
    assert.ok(waited > 0 && waited <= 30_000, `waited ${waited} ms`);
  });
});

describe("demo.json", () => {
  const known = clinic({ people: [{ key: "ana", username: "ana" }], threads: { refill: "t1" } });
  test("people and threads are found by key", () => {
    assert.equal(known.person("ana").username, "ana");
    assert.equal(known.thread("refill"), "t1");
  });
  test("an unknown key names those that exist", () => {
    assert.throws(() => known.person("zoe"), /zoe.*only ana/);
    assert.throws(() => known.thread("toString"), /only refill/);
  });
  test("a binary that ends at once is reported with what it said", async () => {
    const dir = await mkdtemp(join(tmpdir(), "tidings-helper-"));
    const bin = join(dir, "broken");
    await writeFile(bin, "#!/bin/sh\necho the store is locked >&2\nexit 1\n", { mode: 0o755 });
    await assert.rejects(startDemo({ bin }), /did not start \(1\)[^]*the store is locked/);
    await rm(dir, { recursive: true });
  });
});

describe("html", () => {
  const page = (body) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title></head><body>${body}</body></html>`;
  test("a sound page has no faults", async () => assert.deepEqual(await htmlFaults(page('<main><h1>Messages</h1><p><a href="/threads/1">One</a></p></main>')), []));
  for (const [what, body, rule] of [
    ["a block inside a paragraph", "<main><h1>A</h1><p><span><div>b</div></span></p></main>", /element-permitted-content|no-implicit-close|close-order/],
    ["two elements with one id", '<main><h1 id="a">A</h1><p id="a">b</p></main>', /no-dup-id/],
    ["a picture without words", '<main><h1>A</h1><p><img src="/a.png"></p></main>', /wcag\/h37/],
    ["a style that the security policy refuses", '<main><h1 style="color: red">A</h1></main>', /no-inline-style/],
    ["a stray end tag", "<main><h1>A</h1></section></main>", /close-order/],
  ]) {
    test(`${what} is found`, async () => assert.match((await htmlFaults(page(body))).join("\n"), rule));
  }
});

describe("the browser", () => {
  const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'";
  const frame = (body, head = "") => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="/icon">${head}</head><body><main><h1>A page</h1>${body}</main></body></html>`;
  let server;
  let browser;
  let demo;
  let elsewhere;
  const pages = {
    "/": () => frame('<form method="post" action="/"><label>User <input name="username"></label><label>Password <input name="password" type="password"></label><button>Go</button></form>'),
    "/code": () => frame('<form method="post" action="/code"><label>Code <input name="code"></label><button>Go</button></form>'),
    "/sound": () => frame("<p>All is well.</p>"),
    "/inline": () => frame("<p>x</p>", "<script>document.title = 'run'</script>"),
    "/third": () => frame(`<p><img alt="A far away picture" src="${elsewhere}/picture"></p>`),
    "/throws": () => frame("<p>x</p>", '<script src="/throws.js"></script>'),
    "/faint": () => frame('<p><img src="/icon"></p><p><input name="q"></p>'),
    "/wide": () => frame('<table><tr><th>Head</th></tr><tr><td>Oneverylongwordwithoutanyplacetobreakitthatisfarwiderthananyphonecouldeverbe_and_more</td></tr></table>'),
  };
  before(async () => {
    elsewhere = `http://127.0.0.1:${await freePort()}`;
    const codes = new Set();
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => {
        const path = new URL(request.url, "http://x").pathname;
        if (path === "/throws.js") return response.writeHead(200, { "content-type": "text/javascript" }).end("throw new Error('broken script')");
        if (path === "/icon") return response.writeHead(200, { "content-type": "image/svg+xml" }).end('<svg xmlns="http://www.w3.org/2000/svg"/>');
        if (request.method === "POST" && path === "/") return response.writeHead(303, { location: body === "username=nils&password=pw" ? "/code" : "/" }).end();
        if (request.method === "POST" && path === "/code") {
          const fresh = /^code=\d{6}$/.test(body) && !codes.has(body);
          codes.add(body);
          return response.writeHead(303, { location: fresh ? "/sound" : "/code", "set-cookie": "session=1; HttpOnly" }).end();
        }
        const html = pages[path]?.().replace('lang="en"', request.headers["accept-language"]?.startsWith("es") ? 'lang="es"' : 'lang="en"');
        response.writeHead(html ? 200 : 404, { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY }).end(html ?? "gone");
      });
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    demo = { ...clinic({ people: [{ key: "nils", username: "nils", password: "pw", totp_secret: "GEZDGNBVGY3TQOJQ" }], threads: {} }), url: `http://127.0.0.1:${server.address().port}` };
    browser = await chrome.launch();
  });
  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const visit = async (path) => {
    const { context, guard } = await chrome.open(browser, demo.url, { viewport: { width: 320, height: 700 } });
    const page = await context.newPage();
    await page.goto(demo.url + path);
    await page.waitForTimeout(100);
    return { context, guard, page };
  };

  test("a sound page passes guard, axe and audit", async () => {
    const { context, guard, page } = await visit("/sound");
    guard.check();
    assert.deepEqual(await chrome.axe(page), []);
    assert.equal(await chrome.overflow(page), 0);
    await context.close();
    assert.deepEqual(await chrome.audit(browser, demo, "/sound"), []);
  });
  for (const [path, fault] of [
    ["/inline", /policy violation: script-src/],
    ["/third", /request to a third party|policy violation: img-src/],
    ["/throws", /broken script/],
    ["/nowhere", /console error: .*404/],
  ]) {
    test(`the guard notices ${path}`, async () => {
      const { context, guard } = await visit(path);
      assert.throws(() => guard.check(), fault);
      await context.close();
    });
  }
  test("a request that leaves for another origin is noticed", async () => {
    const { context, guard, page } = await visit("/sound");
    await page.goto(elsewhere).catch(() => {});
    assert.throws(() => guard.check(), /request to a third party/);
    await context.close();
  });
  test("axe notices a picture and a field without a name", async () => {
    const { context, page } = await visit("/faint");
    const faults = (await chrome.axe(page)).join("\n");
    assert.match(faults, /image-alt/);
    assert.match(faults, /label/);
    await context.close();
  });
  test("the audit notices a page that is too wide", async () => assert.match((await chrome.audit(browser, demo, "/wide")).join("\n"), /px too wide/));
  test("signing in fills name, password and code, once for two contexts", async () => {
    for (const colorScheme of ["light", "dark"]) {
      const { context, guard } = await chrome.openAs(browser, demo, "nils", { colorScheme });
      const page = await context.newPage();
      await page.goto(`${demo.url}/sound`);
      assert.equal((await context.cookies()).length, 1);
      guard.check();
      await context.close();
    }
  });
  test("a screenshot lands in the ignored folder", async () => {
    const { context, page } = await visit("/sound");
    assert.ok((await stat(await chrome.shoot(page, "helper-test"))).size > 500);
    await context.close();
  });
});
