const STATUS = {
  unauthenticated: 401,
  forbidden_origin: 403,
  not_found: 404,
  unsupported_media_type: 415,
  invalid_request: 400,
  unavailable: 503,
} as const;

export type ProblemCode = keyof typeof STATUS;

/** A refusal the caller may read: its message says what to do. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly code: ProblemCode;
  readonly statusCode: number;
  readonly expose = true;

  constructor(code: ProblemCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.statusCode = STATUS[code];
  }
}
