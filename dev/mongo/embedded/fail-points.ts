import { CommandError } from "./errors.ts";
import { type Doc, isDoc } from "./paths.ts";

const known =
  /^(failCommands|errorCode|errorLabels|closeConnection|blockConnection|blockTimeMS|writeConcernError|appName)$/;

/** configureFailPoint failCommand: what to do to the commands that match. */
export class FailPoints {
  #data: Doc | undefined;
  #times = 0;
  #skip = 0;

  configure({ configureFailPoint: name, mode, data }: Doc): void {
    if (name !== "failCommand") throw new CommandError(2, `unknown fail point ${name}: there is failCommand`);
    const unknown = Object.keys(isDoc(data) ? data : {}).find((key) => !known.test(key));
    if (unknown) throw new CommandError(9, `failCommand does not know ${unknown}`);
    const counts = isDoc(mode) ? mode : {};
    if (mode !== "off" && mode !== "alwaysOn" && !("times" in counts) && !("skip" in counts))
      throw new CommandError(2, "a fail point's mode is off, alwaysOn, {times} or {skip}");
    this.#data = mode !== "off" && isDoc(data) ? data : undefined;
    this.#times = Number(counts.times ?? Number.POSITIVE_INFINITY);
    this.#skip = Number(counts.skip ?? 0);
  }

  /** What to do to this command, if anything; each asking counts. */
  take(command: string, appName: unknown): Doc | undefined {
    const { failCommands, appName: wanted } = this.#data ?? {};
    if (!Array.isArray(failCommands) || !failCommands.includes(command)) return undefined;
    if (wanted !== undefined && wanted !== appName) return undefined;
    if (this.#skip > 0) {
      this.#skip--;
      return undefined;
    }
    return this.#times-- > 0 ? this.#data : undefined;
  }
}
