// One-time codes as RFC 6238 and RFC 4648 (base32) describe them: what a person's phone shows.
import { createHmac } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP_SECONDS = 30;

/** The bytes of a base32 secret; spaces, case and padding do not matter. */
export function base32(text) {
  let bits = 0;
  let value = 0;
  const bytes = [];
  for (const letter of text.toUpperCase().replace(/[\s=]/g, "")) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0) throw new Error("not a base32 secret");
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
    }
  }
  return Buffer.from(bytes);
}

/** The code of one step: HMAC-SHA-1, truncated as RFC 4226 section 5.3 says. */
export function codeOfStep(secret, step, digits = 6) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", base32(secret)).update(counter).digest();
  const offset = mac[mac.length - 1] & 0x0f;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits).padStart(digits, "0");
}

/** The step of a time in milliseconds since 1970. */
export const stepAt = (ms) => Math.floor(ms / 1000 / STEP_SECONDS);

const lastStep = new Map();

/**
 * A code that was not used before. A server takes each step once and one step of drift, so a second
 * sign-in within a step uses the next one, and a third waits until the clock has moved on.
 */
export async function freshCode(secret, now = Date.now, sleep = (ms) => new Promise((r) => setTimeout(r, ms))) {
  const step = Math.max(stepAt(now()), (lastStep.get(secret) ?? -1) + 1);
  lastStep.set(secret, step);
  while (stepAt(now()) < step - 1) await sleep(250);
  return codeOfStep(secret, step);
}
