import type { RescueQueue } from "../../lib/tokens/rescue-message.ts";

/** A rescue queue that keeps what is sent, as the text it would be. */
export function heldQueue() {
  const bodies: string[] = [];
  let down = false;
  return {
    async send(message) {
      if (down) throw new Error("The queue cannot be reached");
      bodies.push(JSON.stringify(message));
    },
    async isWaiting() {
      if (down) throw new Error("The queue cannot be reached");
      return bodies.length > 0;
    },
    bodies,
    goDown(): void {
      down = true;
    },
    comeBack(): void {
      down = false;
    },
  } satisfies RescueQueue & Record<string, unknown>;
}
