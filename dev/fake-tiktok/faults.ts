import type { Random } from "../../lib/clock.ts";

/** What goes wrong with one request. With a status or body and no `when`, TikTok answers that instead of acting. */
export interface Fault {
  status?: number;
  body?: string | object;
  headers?: Record<string, string>;
  /** Waits this long before acting, or after it with `when: "after"`. */
  delayMs?: number;
  /** Cuts the connection before or after acting. */
  drop?: "before" | "after";
  when?: "before" | "after";
}

export interface FaultOptions {
  /** How many requests it meets: 1, or all of them when a probability is given. */
  times?: number;
  openId?: string;
  probability?: number;
}

export type FaultPoint =
  | "authorize"
  | "consent"
  | "token"
  | "token:authorization_code"
  | "token:refresh_token"
  | "revoke"
  | "user_info"
  | "creator_info"
  | "video_init"
  | "inbox_init"
  | "content_init"
  | "upload"
  | "status"
  | "cancel";

export interface Faults {
  add(point: FaultPoint, fault: Fault, options?: FaultOptions): void;
  /** Takes the first fault scripted for this request, if any. */
  next(endpoint: string, openId: string | undefined): Fault | undefined;
  clear(): void;
}

export function scriptedFaults(random: Random): Faults {
  const scripted: { point: FaultPoint; fault: Fault; options: FaultOptions; left: number }[] = [];
  return {
    add(point, fault, options = {}) {
      const left = options.times ?? (options.probability === undefined ? 1 : Number.POSITIVE_INFINITY);
      scripted.push({ point, fault, options, left });
    },
    next(endpoint, openId) {
      const met = scripted.find(
        ({ point, options, left }) =>
          left > 0 &&
          (point === endpoint || endpoint.startsWith(`${point}:`)) &&
          (options.openId ?? openId) === openId &&
          random() < (options.probability ?? 1),
      );
      if (met) met.left -= 1;
      return met?.fault;
    },
    clear() {
      scripted.length = 0;
    },
  };
}
