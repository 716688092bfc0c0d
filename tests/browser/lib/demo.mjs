// Starts the demo clinic for one test file, and knows its people as DIR/demo.json names them.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const START_SECONDS_MAX = 120;

/** A loopback port that nobody listens on at this moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Whether the whole note of the demo's people is there: it comes a moment after the first answer. */
async function written(note) {
  try {
    JSON.parse(await readFile(note, "utf8"));
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs `tidings demo` (the binary named by TIDINGS_BIN) with an empty data folder on a free port.
 * Resolves once /readyz answers 200 and demo.json is written; rejects with the program's own output
 * otherwise. The result has `url` (on 127.0.0.1), `dir`, `json`, `person(key)`, `thread(key)`,
 * `admin(...words)`, which runs `tidings admin` and resolves to what it prints, and `stop()`.
 */
export async function startDemo({ bin = process.env.TIDINGS_BIN, args = [], env = {} } = {}) {
  if (!bin) throw new Error("TIDINGS_BIN names no binary: run ./test browser");
  const dir = await mkdtemp(join(tmpdir(), "tidings-demo-"));
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(bin, ["demo", "--data", dir, "--listen", url.slice("http://".length), ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output = (output + chunk).slice(-20_000)));
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? code)));
  child.once("error", (error) => (output += error.message));

  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    const status = await ended;
    clearTimeout(timer);
    await rm(dir, { recursive: true, force: true });
    return status;
  };

  const deadline = Date.now() + START_SECONDS_MAX * 1000;
  const note = join(dir, "demo.json");
  while (!(await answers(`${url}/readyz`)) || !(await written(note))) {
    const over = await Promise.race([ended.then((status) => ({ status })), new Promise((r) => setTimeout(r, 100))]);
    if (over || Date.now() > deadline) {
      if (!over) await stop();
      await rm(dir, { recursive: true, force: true });
      throw new Error(`the demo did not start (${over ? over.status : "timed out"}):\n${output}`);
    }
  }
  const json = JSON.parse(await readFile(note, "utf8"));
  const admin = async (...words) => JSON.parse((await promisify(execFile)(bin, ["admin", "--data", dir, "--json", ...words])).stdout);
  return { ...clinic(json), url, dir, admin, stop, output: () => output, pid: child.pid };
}

/** Finds people and threads in a parsed demo.json, and says which keys exist when one does not. */
export function clinic(json) {
  const find = (key) => {
    const found = json.people.find((one) => one.key === key);
    if (!found) throw new Error(`demo.json has no person '${key}', only ${json.people.map((one) => one.key).join(", ")}`);
    return found;
  };
  const thread = (key) => {
    if (!Object.hasOwn(json.threads, key)) throw new Error(`demo.json has no thread '${key}', only ${Object.keys(json.threads).join(", ")}`);
    return json.threads[key];
  };
  return { json, person: find, thread };
}
