import { createRequire } from "node:module";

// required, because an import would read every export and so load undici, as the addon does not
const { Agent, request } = createRequire(import.meta.url)("node:http");

// What the runtime client's native addon does, without compiling it: three calls to the Lambda Runtime API.
// Plain JavaScript, since stripping types here would add 45 ms to every start.
const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let answered = Promise.resolve();

export function initializeClient() {}

export async function next() {
  await answered;
  return call("GET", "next");
}

export function done(id, body) {
  answered = call("POST", `${id}/response`, body);
}

export function error(id, body, cause) {
  answered = call("POST", `${id}/error`, body, { "lambda-runtime-function-xray-error-cause": cause });
}

function call(method, path, body = "", headers = {}) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const target = { hostname, port, agent, method, path: `/2018-06-01/runtime/invocation/${path}` };
  const length = Buffer.byteLength(body);
  const sent = request({ ...target, headers: { "content-length": length, ...headers } }, (response) => {
    let bodyJson = "";
    response.setEncoding("utf8").on("data", (chunk) => {
      bodyJson += chunk;
    });
    response.on("end", () => resolve({ bodyJson, headers: response.headers })).on("error", reject);
  });
  sent.on("error", reject).end(body);
  return promise;
}
