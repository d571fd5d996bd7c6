import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { pythonTool } from "../../dev/python/tools.ts";

export interface Moto {
  readonly endpoint: string;
  /** What it said it does not know. */
  readonly complaints: ReadonlySet<string>;
  stop(): Promise<void>;
}

/** Moto's AWS, on a port of its own and with nothing in it. */
export async function startMoto(): Promise<Moto> {
  const server = spawn(await pythonTool("moto_server"), ["-H", "127.0.0.1", "-p", "0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(server, "exit");
  const complaints = new Set<string>();
  const listening = Promise.withResolvers<string>();
  exited.then(() => listening.reject(new Error("moto_server ended before it listened")));
  for (const output of [server.stdout, server.stderr])
    createInterface(output).on("line", (line) => {
      const [, endpoint] = / Running on (http:\S+)/.exec(line) ?? [];
      if (endpoint) listening.resolve(endpoint);
      const [, type] = /No Moto CloudFormation support for (\S+)/.exec(line) ?? [];
      if (type) complaints.add(type);
    });
  return {
    endpoint: await listening.promise,
    complaints,
    async stop() {
      server.kill();
      await exited;
    },
  };
}
