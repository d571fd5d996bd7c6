/** A refusal as the AWS JSON protocols carry it. SQS clients read their older query code from a header. */
export class AwsRefusal extends Error {
  override readonly name = "AwsRefusal";
  readonly code: string;
  readonly status: number;
  readonly queryCode: string | undefined;

  constructor(
    code: string,
    message: string,
    { status = 400, queryCode }: { status?: number; queryCode?: string } = {},
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.queryCode = queryCode;
  }
}

/** One action of a service: the request's JSON in, the answer's JSON out. */
export type Action = (input: unknown, signal: AbortSignal) => object | Promise<object>;

export type Service = Readonly<Record<string, Action>>;
