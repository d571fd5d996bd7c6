import { TikTokRefused } from "../tiktok/errors.ts";

/** The platform does not accept the token, so that it has done nothing with the request. */
export const isTokenRefused = (error: unknown): boolean =>
  error instanceof TikTokRefused && error.code === "access_token_invalid";
