import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { answer, type Connection } from "./dispatch.ts";
import { Engine } from "./engine.ts";
import { encodedReply, type Message, takeMessages } from "./wire.ts";

/** An in-memory MongoDB for development: a one-member replica set on a free port of this machine. */
export async function startEmbedded(): Promise<{ uri: string; stop(): Promise<void> }> {
  const engine = new Engine();
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket.once("close", () => sockets.delete(socket)));
    serve(engine, socket, { id: ++connections, appName: undefined }).catch(() => socket.destroy());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  engine.port = typeof address === "object" && address ? address.port : 0;
  const expiry = setInterval(() => engine.expire(Date.now()), 60_000).unref();
  const stop = async () => {
    clearInterval(expiry);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { uri: `mongodb://127.0.0.1:${engine.port}/?replicaSet=rs0`, stop };
}

async function serve(engine: Engine, socket: Socket, connection: Connection): Promise<void> {
  let received: Buffer = Buffer.alloc(0);
  for await (const chunk of socket) {
    const { messages, rest } = takeMessages(Buffer.concat([received, chunk]));
    received = rest;
    for (const message of messages) await respond(engine, socket, connection, message);
  }
}

async function respond(engine: Engine, socket: Socket, connection: Connection, message: Message): Promise<void> {
  const reply = await answer(engine, message.body, connection);
  if (reply === "close") socket.destroy();
  else if (message.wantsReply && !socket.destroyed) socket.write(encodedReply(reply, message));
}
