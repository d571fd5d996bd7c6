import { registerHooks } from "node:module";

// Loaded before aws-lambda-ric, whose addon needs a compiler to install: its one require finds our stand-in.
// Then the hook is gone, since every import of the function would pass through it, as none does in Lambda.
const hooks = registerHooks({
  resolve(specifier, context, resolveNext) {
    if (specifier !== "./rapid-client.node") return resolveNext(specifier, context);
    hooks.deregister();
    return { url: new URL("rapid-client.mjs", import.meta.url).href, format: "module", shortCircuit: true };
  },
});
