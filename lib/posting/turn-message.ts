import { ObjectId } from "mongodb";
import * as z from "zod";

/** Which turn of which post is due. */
export const TurnMessage = z.object({
  postId: z
    .string()
    .regex(/^[0-9a-f]{24}$/)
    .transform((hex) => new ObjectId(hex)),
  turn: z.int().min(0),
});

export const turnMessage = (postId: ObjectId, turn: number): string =>
  JSON.stringify({ postId: postId.toHexString(), turn });
