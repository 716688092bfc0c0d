// The gallery: every page sample in every language, written by `web`'s example of that name and
// served here as the program serves pages, so that they can be checked without a demo.
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".png": "image/png",
};

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

/** The pages of a gallery folder: [{locale, name, path (its address), file}], sorted. */
export async function galleryPages(folder) {
  const pages = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === "assets") continue;
    for (const file of (await readdir(join(folder, entry.name))).sort()) {
      if (file.endsWith(".html")) {
        pages.push({ locale: entry.name, name: file.slice(0, -".html".length), path: `/${entry.name}/${file}`, file: join(folder, entry.name, file) });
      }
    }
  }
  return pages;
}

/** Serves a folder on loopback under the program's own policy; gives `url` and `stop()`. */
export async function serveGallery(folder) {
  const server = createServer(async (request, response) => {
    const path = normalize(join(folder, decodeURIComponent(new URL(request.url, "http://x").pathname)));
    // The pages' live-update stream and the like exist in the running program only.
    if (!path.startsWith(folder + sep) || !(extname(path) in TYPES)) return response.writeHead(204).end();
    try {
      const body = await readFile(path);
      response.writeHead(200, { "content-type": TYPES[extname(path)], "content-security-policy": POLICY }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
