/** What the page is served with: nothing inline, nothing from elsewhere but pictures. A copy of the page deserves the same. */
export const pageHeaders = (contentType: string): Record<string, string> => ({
  "content-type": contentType,
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' https: data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; "),
  "cache-control": "no-store",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
});
