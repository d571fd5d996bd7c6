import { HttpProblem } from "../../lib/http/problem.ts";
import { bodyBytes, type HttpEvent, headerOf } from "../../lib/http/request.ts";

const MAX_BYTES = 64 * 1024;

/** The request's JSON, undefined when there is no body. A form's content types are refused: another site's page could send those. */
export function jsonBody(event: HttpEvent): unknown {
  const bytes = bodyBytes(event);
  if (bytes.length === 0) return undefined;
  if (!/^application\/json\s*(?:;|$)/i.test(headerOf(event, "content-type") ?? ""))
    throw new HttpProblem("unsupported_media_type", "Send JSON, and say so in the Content-Type.");
  if (bytes.length > MAX_BYTES) throw new HttpProblem("invalid_request", "The body is too large.");
  try {
    return JSON.parse(bytes.toString());
  } catch (cause) {
    throw new HttpProblem("invalid_request", "The body is not JSON.", { cause });
  }
}
