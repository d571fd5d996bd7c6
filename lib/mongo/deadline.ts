import { StorageTimeout } from "./errors.ts";

export interface Deadline {
  /** Milliseconds left, negative when passed. */
  remaining(): number;
}

export function deadlineIn(milliseconds: number): Deadline {
  const end = performance.now() + milliseconds;
  return { remaining: () => end - performance.now() };
}

/** Answers StorageTimeout when the work takes longer: the driver has no deadline of its own that covers all it waits for. */
export async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new StorageTimeout(`No answer from the database in ${milliseconds} ms`)),
    milliseconds,
  );
  work.catch(() => undefined); // an answer that comes after the timeout is nobody's
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}
