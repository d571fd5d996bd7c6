import { MongoError, MongoServerError } from "mongodb";

/** The database did not answer within the time this operation is given. */
export class StorageTimeout extends Error {
  override readonly name = "StorageTimeout";
}

export const isStorageFailure = (error: unknown): boolean =>
  error instanceof MongoError || error instanceof StorageTimeout;

export const isDuplicateKey = (error: unknown): boolean => error instanceof MongoServerError && error.code === 11000;

const UNFIT = new Set<unknown>([2, 28]); // BadValue, PathNotViable

/** An operator met a value that it cannot be applied to, as $addToSet does on null. */
export const isUnfitForUpdate = (error: unknown): boolean => error instanceof MongoServerError && UNFIT.has(error.code);

const LOGIN_REFUSED = new Set<unknown>([18, 8000]); // AuthenticationFailed, AtlasError

/** The password is no longer good: the secret was rotated. A failed connect carries it as a cause. */
export function isLoginRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error instanceof MongoServerError && LOGIN_REFUSED.has(error.code)) || isLoginRefused(error.cause);
}
