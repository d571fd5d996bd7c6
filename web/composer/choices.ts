import type { Account } from "../client.ts";
import { nameOf } from "../page/account-words.ts";
import type { Creator } from "../posts-client.ts";

export interface Asked {
  readonly account: Account;
  /** Undefined when the account could not be asked. */
  readonly creator: Creator | undefined;
}

export interface PrivacyChoice {
  readonly level: string;
  /** The chosen accounts that do not offer it: they would refuse. */
  readonly notFor: readonly string[];
}

/** Every privacy level that one of the accounts offers, in the order that they come. Of an account that could not be asked nothing is said. */
export function privacyChoices(asked: readonly Asked[]): PrivacyChoice[] {
  const answered = asked.filter(({ creator }) => creator);
  const levelsOf = ({ creator }: Asked) => creator?.options?.privacyLevels ?? [];
  const levels = [...new Set(asked.flatMap(levelsOf))];
  return levels.map((level) => ({
    level,
    notFor: answered.filter((each) => !levelsOf(each).includes(level)).map(({ account }) => nameOf(account)),
  }));
}

/** Whether one of the accounts lets people do this with its posts. */
export const isAllowed = (asked: readonly Asked[], what: "allowComment" | "allowDuet" | "allowStitch"): boolean =>
  asked.some(({ creator }) => creator?.options?.[what] === true);

/** Why nothing can be posted to some of them, or why there is nothing to choose. */
export const objections = (asked: readonly Asked[]): string[] =>
  asked.flatMap(({ account, creator }) => {
    if (!creator) return [`${nameOf(account)}: ${NOT_ASKED}`];
    return creator.problem ? [`${nameOf(account)}: ${creator.problem.message}`] : [];
  });

const NOT_ASKED = "TikTok cannot be asked what this account allows. Choose it again in a moment.";
