/** Calls of services that this product has no SDK client for. Moto reads the service's name from the signature and checks nothing else of it. */
export function awsCalls(endpoint: string) {
  async function send(service: string, path: string, init: RequestInit): Promise<string> {
    const credential = `local/20260101/eu-central-1/${service}/aws4_request`;
    const response = await fetch(new URL(path, endpoint), {
      ...init,
      headers: {
        ...Object.fromEntries(new Headers(init.headers)),
        authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
      },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${service} answered ${response.status}: ${text.slice(0, 1_000)}`);
    return text;
  }

  return {
    endpoint,
    /** The XML that the older services answer. */
    query: (service: string, version: string, action: string, parameters: Record<string, string>) =>
      send(service, "/", {
        method: "POST",
        body: new URLSearchParams({ Action: action, Version: version, ...parameters }),
      }),
    async target(service: string, target: string, input: object): Promise<unknown> {
      const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
      return JSON.parse(await send(service, "/", { method: "POST", headers, body: JSON.stringify(input) }));
    },
    async rest(service: string, method: string, path: string, input?: object): Promise<unknown> {
      const headers = { "content-type": "application/json" };
      return JSON.parse(await send(service, path, { method, headers, ...(input && { body: JSON.stringify(input) }) }));
    },
  };
}

export type AwsCalls = ReturnType<typeof awsCalls>;

/** The texts of an element, wherever it is in the answer. */
export const elements = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, text = ""]) => text);
