// Stands in for the package of this name, which the MongoDB driver bundles with 270 kB of IDNA tables that Node already has.
const { URL: NodeURL, URLSearchParams: NodeURLSearchParams } = globalThis;

export { NodeURL as URL, NodeURLSearchParams as URLSearchParams };
