import { randomInt, randomUUID } from "node:crypto";

/** A TikTok account as the fake knows it. May be altered at any time, as people do. */
export interface FakeAccount {
  readonly openId: string;
  readonly unionId: string;
  displayName: string;
  username: string;
  avatarUrl: string;
  privacyLevels: string[];
  commentDisabled: boolean;
  duetDisabled: boolean;
  stitchDisabled: boolean;
  maxVideoSeconds: number;
  /** Why this person cannot post now, e.g. `spam_risk_too_many_posts`. The token is fine all the same. */
  postingRefusal: string | undefined;
}

export function fakeAccount(known: Partial<FakeAccount>, ordinal: number): FakeAccount {
  const username = known.username ?? `creator.${ordinal}`;
  return {
    openId: `-000${randomUUID()}`,
    unionId: randomUUID(),
    displayName: `Creator ${ordinal}`,
    username,
    avatarUrl: `https://p00-sign.tiktokcdn.example/avt/${username}~168x168.jpeg?x-expires=1795600000&x-signature=Ab%2B${randomInt(1e6)}%3D`,
    privacyLevels: ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
    commentDisabled: false,
    duetDisabled: false,
    stitchDisabled: false,
    maxVideoSeconds: 600,
    postingRefusal: undefined,
    ...known,
  };
}
