import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

// client-side encryption needs a native addon that no function has, and nothing here stores files
const NEVER_REACHED = /mongodb\/lib\/(?:gridfs\/\w+|client-side-encryption\/(?:auto_encrypter|client_encryption))\.js$/;
const MANIFEST = /mongodb\/package\.json$/;

/** Leaves out of the MongoDB driver what no function reaches: every byte is read at each cold start. */
export const leanMongodb: Plugin = {
  name: "lean-mongodb",
  setup(build) {
    build.onLoad({ filter: NEVER_REACHED }, () => ({ contents: "module.exports = {};" }));
    build.onLoad({ filter: MANIFEST }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};
