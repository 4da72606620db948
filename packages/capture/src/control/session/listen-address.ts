// The address at which the target reaches us: loopback for a node on this machine, else the address of
// the interface that leads to it. Nothing ever listens on all interfaces.

import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";

const ANY_PORT = 9;

export async function listenAddress(targetHost: string): Promise<string> {
  const { address, family } = await lookup(targetHost);
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const local = address.startsWith("127.") || own.some((entry) => entry.address === address);
  if (local) return family === 6 ? "::1" : "127.0.0.1";
  return await addressTowards(address, family === 6 ? "udp6" : "udp4");
}

/** Connecting a datagram socket sends nothing; it only asks the system for the route. */
async function addressTowards(address: string, type: "udp4" | "udp6"): Promise<string> {
  const socket = createSocket(type);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.connect(ANY_PORT, address, resolve);
    });
    return socket.address().address;
  } finally {
    socket.close();
  }
}
