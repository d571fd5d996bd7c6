import * as z from "zod/mini";
import type { AccountMetadata } from "../platform.ts";
import type { TikTokApp } from "./app.ts";
import { askForData } from "./data-request.ts";
import { OptionalText } from "./fields.ts";

const FIELDS_BY_SCOPE: Readonly<Record<string, readonly string[]>> = {
  "user.info.basic": ["open_id", "union_id", "avatar_url", "display_name"],
  "user.info.profile": ["username"],
};

const User = z.object({
  user: z.object({
    open_id: OptionalText,
    union_id: OptionalText,
    avatar_url: OptionalText,
    display_name: OptionalText,
    username: OptionalText,
  }),
});

export interface Profile {
  readonly platformAccountId: string | undefined;
  readonly metadata: AccountMetadata;
}

/** The person's profile, as far as the granted scopes cover it: one field beyond them would fail the whole request. */
export async function fetchProfile(
  app: TikTokApp,
  accessToken: string,
  scopes: readonly string[],
  deadlineMs: number,
): Promise<Profile | undefined> {
  const fields = scopes.flatMap((scope) => FIELDS_BY_SCOPE[scope] ?? []);
  if (fields.length === 0) return undefined;
  const { user } = await askForData(app, {
    operation: "the profile",
    path: `/v2/user/info/?fields=${fields.join(",")}`,
    accessToken,
    deadlineMs,
    data: User,
  });
  return {
    platformAccountId: user.open_id,
    metadata: {
      displayName: user.display_name,
      username: user.username,
      avatarUrl: user.avatar_url,
      unionId: user.union_id,
    },
  };
}
