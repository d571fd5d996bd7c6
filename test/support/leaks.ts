/** Which of these secrets can be read in the text, plainly or as a URL or a form would carry them. */
export function leaked(secrets: Iterable<string>, text: string): string[] {
  const readable = (secret: string) => [secret, encodeURIComponent(secret)].some((form) => text.includes(form));
  return [...new Set(secrets)].filter((secret) => secret.length >= 8 && readable(secret));
}
