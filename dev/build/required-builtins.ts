import { relative } from "node:path";
import type { Plugin } from "esbuild";
import { repository } from "./entries.ts";

const REQUIRED = /^(?:node:)?(?:https?|crypto|timers|timers\/promises|console|querystring)$/;

/**
 * Lets bundles require these of Node's own modules. An ES import is a module more to link, and reads every export first: some are getters
 * that load far more, those of node:http all of undici, those of node:crypto the web's cryptography.
 */
export const requiredBuiltins: Plugin = {
  name: "required-builtins",
  setup(build) {
    // one of its own for each importer: shared, it would become a chunk, and so one more file to load
    build.onResolve({ filter: REQUIRED }, ({ path, kind, importer }) =>
      kind === "import-statement" || kind === "dynamic-import"
        ? { path: `${path} for ${relative(repository, importer)}`, namespace: "builtin", pluginData: path }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "builtin" }, ({ pluginData }) => ({
      contents: `module.exports = require(${JSON.stringify(pluginData)});`,
    }));
  },
};
