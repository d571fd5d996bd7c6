import { setTimeout as sleep } from "node:timers/promises";
import type { SocialAccount } from "../accounts/social-account.ts";
import { storeMetadata } from "../accounts/token-writes.ts";
import { type Deadline, deadlineIn } from "../mongo/deadline.ts";
import { describeError } from "../observability/describe-error.ts";
import type { TokenGrant } from "../platform.ts";
import { fetchDecoration } from "../tokens/decoration.ts";
import type { TokenDependencies } from "../tokens/dependencies.ts";

export interface StaleProfiles {
  /** Takes the account if its profile is older than a day. Its new tokens are stored already. */
  offer(account: SocialAccount, grant: TokenGrant): void;
  /** Waits a little for what was taken, and tells how many profiles were fetched. The rest is taken again with its next refresh. */
  finish(): Promise<number>;
}

const DAY_MS = 24 * 3_600_000;
/** TikTok allows 600 a minute for the whole app; two runs may overlap, and people connect meanwhile. */
const PAUSE_MS = 250;
const RESERVED_MS = 10_000;
/** A function that waits for decoration costs as much as one that works. */
const GRACE_MS = 15_000;

/** Brings names and pictures up to date, once a day and account, slowly, after everything that matters more. */
export function staleProfiles(deps: TokenDependencies): StaleProfiles {
  const { database, clock, deadline } = deps;
  const waiting: { account: SocialAccount; grant: TokenGrant }[] = [];
  let fetched = 0;
  let grace: Deadline | undefined;
  let working: Promise<void> | undefined;

  const isTimeLeft = () => deadline.remaining() > RESERVED_MS && (grace?.remaining() ?? GRACE_MS) > 0;

  async function work(): Promise<void> {
    for (let next = waiting.shift(); next && isTimeLeft(); next = waiting.shift()) {
      const { account, grant } = next;
      const metadata = await fetchDecoration(grant, deps);
      // also when TikTok told nothing: not again before tomorrow
      await storeMetadata(database.db, account, { ...metadata, profileFetchedAt: clock() });
      fetched += metadata.profileFetchedAt ? 1 : 0;
      await sleep(PAUSE_MS);
    }
  }

  return {
    offer(account, grant) {
      const at = account.metadata?.profileFetchedAt;
      if (at && clock().getTime() - at.getTime() < DAY_MS) return;
      waiting.push({ account, grant });
      working ??= work()
        .catch((error: unknown) => deps.log.warn("profiles not refreshed", { error: describeError(error) }))
        .finally(() => {
          working = undefined;
        });
    },
    async finish() {
      grace = deadlineIn(GRACE_MS);
      await working;
      return fetched;
    },
  };
}
