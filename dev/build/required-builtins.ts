import { builtinModules } from "node:module";
import type { Plugin } from "esbuild";

const BUILTIN = new RegExp(`^(?:node:)?(?:${builtinModules.join("|")})$`);

/**
 * Lets bundles require Node's own modules. An ES import reads every export first, and some are getters that load far more: those of
 * node:http all of undici, those of node:crypto the web's cryptography.
 */
export const requiredBuiltins: Plugin = {
  name: "required-builtins",
  setup(build) {
    build.onResolve({ filter: BUILTIN }, ({ path, kind }) =>
      kind === "import-statement" || kind === "dynamic-import" ? { path, namespace: "builtin" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};
