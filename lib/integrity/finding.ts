import type { ClientSession } from "mongodb";

/** What can be wrong between users and accounts. */
export type FindingKind =
  | "reference_without_account"
  | "reference_to_foreign_account"
  | "account_without_user"
  | "account_without_reference"
  | "duplicate_account"
  | "token_unreadable"
  | "account_overdue"
  | "account_not_adopted";

export interface Finding {
  readonly kind: FindingKind;
  readonly userId: string;
  readonly accountId: string;
  readonly detail?: string;
}

/** Something that looked wrong outside of a transaction, where a link or an unlink under way looks wrong too. */
export interface Suspect {
  readonly finding: Finding;
  /** Looks again, inside a transaction. */
  stillHolds(session: ClientSession): Promise<boolean>;
  /** Absent: nothing that a program should decide. */
  repair?(session: ClientSession): Promise<void>;
}

/** Vanished: it was a change under way, or somebody else has repaired it. */
export type Settlement = "found" | "repaired" | "vanished" | "failed";

export interface SettledFinding extends Finding {
  readonly settlement: Exclude<Settlement, "vanished">;
}
