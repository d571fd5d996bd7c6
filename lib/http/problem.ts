/** Every way a JSON route can refuse: one list for the answers and docs/errors.md. */
export const PROBLEMS = {
  unauthenticated: { status: 401, when: "Nobody is signed in, or a webhook's signature does not fit." },
  forbidden_origin: { status: 403, when: "A page of an origin that is not in ALLOWED_ORIGINS asked for a change." },
  not_found: { status: 404, when: "There is no such thing, it is somebody else's, or the id is none." },
  unsupported_media_type: { status: 415, when: "The body does not say that it is JSON." },
  invalid_request: {
    status: 400,
    when: "The body is none, too large, or asks for what is not allowed; the message names the field.",
  },
  unavailable: {
    status: 503,
    when: "The database or the platform does not answer. Nothing was changed, or the same request may be sent again.",
  },
} as const satisfies Record<string, { status: number; when: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** A refusal the caller may read: its message says what to do. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly code: ProblemCode;
  readonly statusCode: number;
  readonly expose = true;

  constructor(code: ProblemCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.statusCode = PROBLEMS[code].status;
  }
}
