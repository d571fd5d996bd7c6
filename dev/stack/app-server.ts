import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { answerAuth } from "./auth-routes.ts";
import type { Gateway } from "./gateway.ts";
import { requestLine } from "./lines.ts";
import type { PageFiles } from "./page-files.ts";
import { pageHeaders } from "./page-headers.ts";
import { sampleVideo } from "./sample-media.ts";
import { picture } from "./tiktok-people.ts";

export const API_BASE = "/api";

export interface AppServerParts {
  readonly origin: string;
  readonly gateway: Gateway;
  readonly page: PageFiles;
  readonly sessionSecret: string;
  readonly say: (line: string) => void;
}

/** Takes the port at once, before anything else is started; answers once it is told with what. */
export async function listenAsApp(
  port: number,
): Promise<{ server: Server; origin: string; serve(parts: AppServerParts): void }> {
  const parts = Promise.withResolvers<AppServerParts>();
  const server = createServer((incoming, response) => {
    parts.promise
      .then((ready) => answer(incoming, response, ready))
      .catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
        response.end(error instanceof Error ? error.message : "The local stack itself failed");
      });
  });
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject).listen(port, "localhost", listening.resolve);
  await listening.promise.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    throw new Error(`Port ${port} is taken: choose another with --port, or end what is using it`);
  });
  const address = server.address();
  const origin = `http://localhost:${typeof address === "object" ? address?.port : port}`;
  return { server, origin, serve: parts.resolve };
}

async function answer(incoming: IncomingMessage, response: ServerResponse, parts: AppServerParts): Promise<void> {
  const url = new URL(incoming.url ?? "/", parts.origin);
  if (url.pathname.startsWith(`${API_BASE}/auth/`) && (await answerAuth(url, incoming, response, parts.sessionSecret)))
    return;
  if (url.pathname.startsWith(`${API_BASE}/`)) return answerApi(url, incoming, response, parts);
  const svg = picture(url.pathname);
  if (svg !== undefined) return void response.writeHead(200, { "content-type": "image/svg+xml" }).end(svg);
  const video = sampleVideo(url.pathname);
  if (video) return void response.setHeader("content-type", "video/mp4").end(video);
  const file = await parts.page.get(url.pathname);
  if (file) response.writeHead(200, pageHeaders(file.contentType)).end(file.content);
  else response.writeHead(404, pageHeaders("text/plain")).end("Nothing here");
}

async function answerApi(
  url: URL,
  incoming: IncomingMessage,
  response: ServerResponse,
  { gateway, say }: AppServerParts,
): Promise<void> {
  const startedAt = performance.now();
  const functionName = await gateway.answer(
    url.pathname.slice(API_BASE.length),
    url.search.slice(1),
    incoming,
    response,
  );
  say(
    requestLine({
      method: incoming.method ?? "GET",
      path: url.pathname,
      status: response.statusCode,
      location: response.getHeader("location")?.toString(),
      functionName,
      milliseconds: performance.now() - startedAt,
    }),
  );
}
