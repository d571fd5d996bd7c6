import type { Plugin } from "esbuild";

const COSTLY = /^(?:node:)?(?:https?|crypto)$/;

/**
 * Lets bundles require these of Node's own modules. An ES import reads every export first, and some are getters that load far more: those
 * of node:http all of undici, those of node:crypto the web's cryptography.
 */
export const requiredBuiltins: Plugin = {
  name: "required-builtins",
  setup(build) {
    build.onResolve({ filter: COSTLY }, ({ path, kind }) =>
      kind === "import-statement" || kind === "dynamic-import" ? { path, namespace: "builtin" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};
