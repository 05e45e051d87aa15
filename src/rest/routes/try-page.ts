// The page to try the API on: at /swagger and /redoc, where clients of the reference look for one.
// It loads nothing from elsewhere, and runs no script that is not in its file.

import type { Hono } from "hono";
import css from "../pages/try.css" with { type: "text" };
import html from "../pages/try.html" with { type: "text" };
import script from "../pages/try.js" with { type: "text" };

const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const FILES: readonly (readonly [path: string, text: unknown, type: string])[] = [
  ["/swagger", html, "text/html;charset=utf-8"],
  ["/redoc", html, "text/html;charset=utf-8"],
  ["/swagger/try.css", css, "text/css;charset=utf-8"],
  ["/swagger/try.js", script, "text/javascript;charset=utf-8"],
];

/**
 * Page, style and script, each at its own path; the page runs under a policy that allows no others.
 */
export function tryPageRoutes(app: Hono): void {
  for (const [path, text, type] of FILES) {
    app.get(path, () => {
      const headers = {
        "Content-Type": type,
        "Content-Security-Policy": CONTENT_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
      };
      return new Response(String(text), { headers });
    });
  }
}
