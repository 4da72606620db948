import { describe, expect, it } from "vitest";
import { accessProblem, checkListenHost, isLoopback } from "./access.ts";
import { bearerToken, isToken, newToken } from "./token.ts";

const local = { host: "127.0.0.1", remote: false };

describe("who may reach the server", () => {
  it.each(["127.0.0.1", "127.8.9.1", "localhost", "::1"])("takes %s for loopback", (host) => {
    expect(isLoopback(host)).toBe(true);
    expect(() => checkListenHost(host, false)).not.toThrow();
  });

  it.each(["0.0.0.0", "::", "10.0.0.1", "example.com", "127.0.0.1.example.com"])(
    "does not listen on %s unless asked to",
    (host) => {
      expect(() => checkListenHost(host, false)).toThrow(/refusing to listen/);
      expect(() => checkListenHost(host, true)).not.toThrow();
    },
  );

  it.each(["127.0.0.1:80", "localhost", "[::1]:8080", "LOCALHOST:1"])(
    "knows itself as %s",
    (host) => {
      expect(accessProblem({ host }, local)).toBeNull();
      expect(accessProblem({ host, origin: `http://${host}` }, local)).toBeNull();
    },
  );

  it.each([
    undefined,
    "",
    "evil.example",
    "[::1",
    "127.0.0.1:80:80",
    "127.0.0.1/x",
    "user@127.0.0.1",
    "localhost.evil.example",
    "0x7f.1",
  ])("refuses the Host %j", (host) => {
    expect(accessProblem({ host }, local)).not.toBeNull();
  });

  it.each([
    "null",
    "",
    "http://evil.example",
    "http://localhost:80",
    "https://127.0.0.1:80",
    "http://127.0.0.1:81",
  ])("refuses the Origin %j", (origin) => {
    expect(accessProblem({ host: "127.0.0.1:80", origin }, local)).not.toBeNull();
  });

  it("takes any address, but no foreign name, when it listens for others", () => {
    const remote = { host: "0.0.0.0", remote: true };
    expect(accessProblem({ host: "192.168.1.5:4000" }, remote)).toBeNull();
    expect(accessProblem({ host: "evil.example:4000" }, remote)).not.toBeNull();
    expect(accessProblem({ host: "box.lan:4000" }, { host: "box.lan", remote: true })).toBeNull();
  });
});

describe("the token", () => {
  it("is new each time, and only itself", () => {
    const token = newToken();
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(newToken()).not.toBe(token);
    expect(isToken(token, token)).toBe(true);
    for (const other of [null, "", token.slice(1), `${token}a`, token.toUpperCase()]) {
      expect(isToken(other, token)).toBe(false);
    }
  });

  it.each([
    ["Bearer abc", "abc"],
    ["bearer   abc ", "abc"],
    ["Basic abc", null],
    ["Bearer", null],
    ["Bearer a b", null],
    [undefined, null],
  ])("of the header %j is %j", (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });
});
