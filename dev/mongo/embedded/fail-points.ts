import { CommandError } from "../language/errors.ts";
import { type Doc, docOr } from "../language/paths.ts";
import type { Engine } from "./engine.ts";

const known =
  /^(failCommands|errorCode|errorLabels|closeConnection|blockConnection|blockTimeMS|writeConcernError|appName)$/;

export function configureFailPoint(engine: Engine, { configureFailPoint: name, mode, data }: Doc): undefined {
  const { times, skip, ...others } = docOr(mode);
  const unknown = [...Object.keys(others), ...Object.keys(docOr(data)).filter((key) => !known.test(key))];
  if (name !== "failCommand" || unknown.length > 0)
    throw new CommandError(2, `The fail point is failCommand, and knows no ${unknown}`);
  const counts = { times: Number(times ?? Number.POSITIVE_INFINITY), skip: Number(skip ?? 0) };
  engine.failPoint = mode === "off" ? undefined : { data: docOr(data), ...counts };
}

/** What the fail point wants done to this command; each asking counts. */
export function faultFor({ failPoint }: Engine, command: string, appName: unknown): Doc {
  if (!failPoint || ![failPoint.data.failCommands].flat().includes(command)) return {};
  if (failPoint.data.appName !== undefined && failPoint.data.appName !== appName) return {};
  if (failPoint.skip-- > 0) return {};
  return failPoint.times-- > 0 ? failPoint.data : {};
}
