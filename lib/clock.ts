/** The current time. Passed in wherever time matters, so that tests decide what time it is. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

/** A number in [0, 1), like Math.random. Passed in wherever jitter matters. */
export type Random = () => number;

export const after = (from: Date, milliseconds: number): Date => new Date(from.getTime() + milliseconds);
