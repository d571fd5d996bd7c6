import { ObjectId } from "mongodb";
import * as z from "zod/mini";

/** Which turn of which post is due. */
export const TurnMessage = z.object({
  postId: z.pipe(
    z.string().check(z.regex(/^[0-9a-f]{24}$/)),
    z.transform((hex) => new ObjectId(hex)),
  ),
  turn: z.int().check(z.minimum(0)),
});

export const turnMessage = (postId: ObjectId, turn: number): string =>
  JSON.stringify({ postId: postId.toHexString(), turn });
