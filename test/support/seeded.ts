import type { Random } from "../../lib/clock.ts";

/** The same numbers every time (a linear congruential generator). */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
