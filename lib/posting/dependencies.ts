import type { ObjectId } from "mongodb";
import type { PlatformPosting } from "../platform-posting.ts";
import type { TokenDependencies } from "../tokens/dependencies.ts";
import type { Post } from "./post.ts";
import type { PostingServices } from "./services.ts";

/** Asks for a post's next turn, after at most 900 s. */
export type AskForTurn = (postId: ObjectId, turn: number, delaySeconds: number) => Promise<void>;

export interface PostingDependencies extends TokenDependencies {
  readonly services: PostingServices;
  readonly askForTurn: AskForTurn;
}

/** A post that this worker holds until its lease ends. */
export interface HeldPost extends Post {
  lease: NonNullable<Post["lease"]>;
}

export const serviceOf = ({ services }: PostingDependencies, { platform }: Post): PlatformPosting => services[platform];

/** What a turn came to: what changes, and in how many seconds the next one is due, if any. */
export interface TurnResult {
  readonly change: Partial<Post>;
  readonly nextInSeconds: number | null;
}
