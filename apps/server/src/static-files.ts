// The built page. Everything it needs comes from here: the policy allows no other origin and no code or
// style inside the HTML, so that a printed term can never become a script.

import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { pipeline } from "node:stream/promises";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
};

export function securityHeaders(host: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    // some browsers do not take the WebSocket of the same host for 'self'
    `connect-src 'self' ws://${host}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    "Content-Security-Policy": policy.join("; "),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
  };
}

export async function serveFile(
  root: string,
  request: IncomingMessage,
  pathname: string,
  response: ServerResponse,
): Promise<void> {
  const file = await findFile(root, pathname);
  if (file === null) {
    const isPage = pathname === "/";
    const text = isPage
      ? "The page is not built. Run `npm run build` and open this address again.\n"
      : "Not found\n";
    response
      .writeHead(isPage ? 503 : 404, { "Content-Type": "text/plain; charset=utf-8" })
      .end(text);
    return;
  }
  const extension = path.extname(file.path);
  response.writeHead(200, {
    "Content-Type": TYPES[extension] ?? "application/octet-stream",
    "Content-Length": file.size,
    // built assets have their hash in their name
    "Cache-Control": pathname.startsWith("/assets/") ? "max-age=31536000, immutable" : "no-cache",
  });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  await pipeline(createReadStream(file.path), response);
}

type Found = { readonly path: string; readonly size: number };

/** Only files that really lie below `root`, whatever dots, escapes or links say. */
async function findFile(root: string, pathname: string): Promise<Found | null> {
  try {
    const decoded = decodeURIComponent(pathname === "/" ? "/index.html" : pathname);
    if (decoded.includes("\0")) return null;
    const realRoot = await realpath(root);
    const real = await realpath(path.join(realRoot, decoded));
    if (!real.startsWith(realRoot + path.sep)) return null;
    const { size } = await stat(real).then((facts) => (facts.isFile() ? facts : { size: -1 }));
    return size < 0 ? null : { path: real, size };
  } catch {
    // not there, not readable, or not a path at all: for the browser all of that is "not found"
    return null;
  }
}
