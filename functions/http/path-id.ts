import { ObjectId } from "mongodb";
import type { HttpEvent } from "../../lib/http/request.ts";

/** The id in the request's path; undefined when it can be no document's. */
export function idInPath(event: HttpEvent, name: string): ObjectId | undefined {
  const id = event.pathParameters?.[name] ?? "";
  return /^[0-9a-f]{24}$/i.test(id) ? new ObjectId(id) : undefined;
}
