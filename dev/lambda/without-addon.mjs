import { registerHooks } from "node:module";

// Loaded before aws-lambda-ric, whose addon needs a compiler to install: its one require finds our stand-in.
registerHooks({
  resolve: (specifier, context, resolveNext) =>
    specifier === "./rapid-client.node"
      ? { url: new URL("rapid-client.mjs", import.meta.url).href, format: "module", shortCircuit: true }
      : resolveNext(specifier, context),
});
