import { basename } from "node:path";
import { deflateRawSync } from "node:zlib";
import type { OutputFile } from "esbuild";

/** Bytes of the zip that these files make: each deflated, with its local header and directory record. */
export function zippedSize(files: readonly Pick<OutputFile, "path" | "contents">[]): number {
  const records = files.map(
    ({ path, contents }) => 30 + 46 + 2 * basename(path).length + deflateRawSync(contents, { level: 9 }).length,
  );
  return records.reduce((sum, bytes) => sum + bytes, 22);
}
