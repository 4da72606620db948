// Distribution over TLS, against a node started with `-proto_dist inet_tls` and certificates of its own.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, DistError, type ConnectOptions, type TlsOptions } from "@elixirscope/dist";
import { atom, binary, integer } from "@elixirscope/etf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { otpReleases, startNode, type BeamNode } from "../support/beam-node.ts";

let dir: string;
let tls: Required<Pick<TlsOptions, "ca" | "cert" | "key">>;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "es-tls-"));
  authority("ca");
  certificate("node", "ca");
  certificate("client", "ca");
  const read = (name: string): string => readFileSync(join(dir, name), "utf8");
  tls = { ca: read("ca.pem"), cert: read("client.pem"), key: read("client.key") };
});

afterAll(() => {
  rmSync(dir, { recursive: true });
});

function openssl(command: string): void {
  execFileSync("openssl", command.split(" "), { cwd: dir, stdio: "pipe" });
}

function authority(name: string): void {
  openssl(
    `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=${name} -keyout ${name}.key -out ${name}.pem`,
  );
}

function certificate(name: string, issuer: string): void {
  openssl(`req -newkey rsa:2048 -nodes -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`);
  writeFileSync(join(dir, "ext"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  const signed = `-CA ${issuer}.pem -CAkey ${issuer}.key -CAcreateserial -days 2 -extfile ext`;
  openssl(`x509 -req -in ${name}.csr ${signed} -out ${name}.pem`);
}

/** A node that demands a certificate of our authority. */
async function startTlsNode(root: string | undefined): Promise<BeamNode> {
  const file = (name: string): string => `"${join(dir, name)}"`;
  const server = `[{cacertfile, ${file("ca.pem")}}, {certfile, ${file("node.pem")}}, {keyfile, ${file("node.key")}}, {verify, verify_peer}, {fail_if_no_peer_cert, true}]`;
  const client = `[{cacertfile, ${file("ca.pem")}}, {verify, verify_peer}]`;
  writeFileSync(join(dir, "dist.conf"), `[{server, ${server}}, {client, ${client}}].\n`);
  const args = ["-proto_dist", "inet_tls", "-ssl_dist_optfile", join(dir, "dist.conf")];
  return await startNode({ args, ...(root === undefined ? {} : { root }) });
}

async function failure(options: ConnectOptions): Promise<DistError> {
  const outcome = await connect(options).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(outcome instanceof DistError)) throw new Error("no DistError", { cause: outcome });
  return outcome;
}

describe("distribution over TLS", () => {
  for (const { release, root } of otpReleases()) {
    it(`works with the ${release} release, with large replies and cancellation`, async () => {
      await using node = await startTlsNode(root);
      await using connection = await connect({ target: node.name, cookie: node.cookie, tls });
      expect(await connection.call("erlang", "node")).toEqual(atom(node.name));
      const blob = await connection.call("binary", "copy", [binary("x"), integer(30_000_000)]);
      expect(blob.kind === "binary" && blob.bytes.length).toBe(30_000_000);
      const sleep = connection.call("timer", "sleep", [atom("infinity")], { timeoutMs: 20 });
      await expect(sleep).rejects.toMatchObject({ code: "timeout" });
      await node.stop();
      expect(await connection.closed).toMatchObject({ code: "lost" });
    });
  }

  it("says why it failed", async () => {
    await using node = await startTlsNode(undefined);
    const base = { target: node.name, cookie: node.cookie };

    const plain = await failure(base);
    expect(["tls_failed", "closed"]).toContain(plain.code);
    expect(plain.message).toContain("TLS");

    authority("stranger");
    const stranger = readFileSync(join(dir, "stranger.pem"), "utf8");
    const untrusted = await failure({ ...base, tls: { ...tls, ca: stranger } });
    expect(untrusted.code).toBe("tls_failed");
    expect(untrusted.message).toContain("check the certificates");

    const anonymous = await failure({ ...base, tls: { ca: tls.ca } });
    expect(anonymous.code).toBe("tls_failed");

    const cookie = await failure({ ...base, tls, cookie: "wrong" });
    expect(cookie.code).toBe("cookie_rejected");

    await using plainNode = await startNode();
    const options = { target: plainNode.name, cookie: plainNode.cookie, tls, timeoutMs: 500 };
    const noTls = await failure(options);
    expect(["timeout", "tls_failed"]).toContain(noTls.code);
    expect(noTls.message).toContain("TLS");
  });
});
