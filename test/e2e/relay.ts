// Forwards TCP connections until it is told to fall silent: a network that loses everything without
// a word. Connections stay open meanwhile, and what is held back goes on afterwards.

import { connect, createServer, type Server, type Socket } from "node:net";

export class Relay {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, port: number, sockets: Set<Socket>) {
    this.#server = server;
    this.port = port;
    this.#sockets = sockets;
  }

  static async to(port: number): Promise<Relay> {
    const sockets = new Set<Socket>();
    const track = (socket: Socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => socket.destroy());
    };
    const server = createServer((incoming) => {
      const outgoing = connect(port, "127.0.0.1");
      track(incoming);
      track(outgoing);
      incoming.on("data", (bytes) => outgoing.write(bytes));
      outgoing.on("data", (bytes) => incoming.write(bytes));
      incoming.on("close", () => outgoing.destroy());
      outgoing.on("close", () => incoming.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the relay has no port");
    return new Relay(server, address.port, sockets);
  }

  silence(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  resume(): void {
    for (const socket of this.#sockets) socket.resume();
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
