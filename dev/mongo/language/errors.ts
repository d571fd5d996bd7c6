const names = new Map(
  `1 InternalError, 2 BadValue, 6 HostUnreachable, 7 HostNotFound, 8 UnknownError, 9 FailedToParse, 13 Unauthorized,
  14 TypeMismatch, 18 AuthenticationFailed, 20 IllegalOperation, 24 LockTimeout, 26 NamespaceNotFound, 27 IndexNotFound,
  28 PathNotViable, 40 ConflictingUpdateOperators, 43 CursorNotFound, 50 MaxTimeMSExpired, 53 InvalidIdField,
  56 EmptyFieldName, 59 CommandNotFound, 64 WriteConcernFailed, 66 ImmutableField, 67 CannotCreateIndex,
  72 InvalidOptions, 73 InvalidNamespace, 85 IndexOptionsConflict, 86 IndexKeySpecsConflict, 89 NetworkTimeout,
  91 ShutdownInProgress, 100 UnsatisfiableWriteConcern, 112 WriteConflict, 115 CommandNotSupported,
  117 ConflictingOperationInProgress, 168 InvalidPipelineOperator, 171 CannotIndexParallelArrays,
  189 PrimarySteppedDown, 225 TransactionTooOld, 246 SnapshotUnavailable, 251 NoSuchTransaction,
  256 TransactionCommitted, 262 ExceededTimeLimit, 263 OperationNotSupportedInTransaction, 9001 SocketException,
  10107 NotWritablePrimary, 10334 BSONObjectTooLarge, 11000 DuplicateKey, 11600 InterruptedAtShutdown,
  11602 InterruptedDueToReplStateChange, 13435 NotPrimaryNoSecondaryOk, 13436 NotPrimaryOrSecondary`
    .split(/,\s+/)
    .map((entry): [number, string] => [Number.parseInt(entry, 10), entry.replace(/^\d+ /, "")]),
);
const retryable = new Set([6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);
const transient = new Set([24, 112, 246, 251, 267]);

export const codeName = (code: number): string => names.get(code) ?? `Location${code}`;

/** An answer with ok: 0, or one entry of writeErrors; fields are what the answer carries beside code and message. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly code: number;
  readonly fields: Record<string, unknown>;

  constructor(code: number, message: string, fields: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.fields = fields;
  }
}

export const unsupported = (what: string) =>
  new CommandError(115, `The embedded engine does not support ${what}; a real MongoDB does`);

/** The labels mongod puts on an error with this code. */
export function labelsFor(code: number, { name, body }: { name: string; body: Record<string, unknown> }): string[] {
  const isEnd = name === "commitTransaction" || name === "abortTransaction";
  const isTransient = transient.has(code) || (retryable.has(code) && !isEnd);
  if (body.autocommit === false && isTransient) return ["TransientTransactionError"];
  return body.txnNumber !== undefined && retryable.has(code) ? ["RetryableWriteError"] : [];
}
