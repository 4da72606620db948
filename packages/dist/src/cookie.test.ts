import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Cookie, findCookie } from "./cookie.ts";

const SECRET = "QZXSECRETCOOKIE";
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "es-cookie-"));
});

afterAll(async () => {
  await rm(home, { recursive: true });
});

function digestOf(cookie: string): Buffer {
  return createHash("md5").update(`${cookie}7`).digest();
}

describe("Cookie", () => {
  it("shows itself nowhere", () => {
    const cookie = new Cookie(SECRET);
    const shown = [
      inspect(cookie, { showHidden: true, depth: 9 }),
      JSON.stringify({ cookie }),
      inspect({ cookie }),
      Object.values(cookie).join(),
      new Error("with cause", { cause: cookie }).stack ?? "",
    ];
    for (const text of shown) expect(text).not.toContain(SECRET);
  });

  it("answers a challenge with the MD5 of cookie and decimal challenge", () => {
    expect(new Cookie(SECRET).digest(7)).toEqual(digestOf(SECRET));
  });
});

describe("findCookie", () => {
  it("prefers the flag, then the file, then the home folder, then the configuration folder", async () => {
    const file = join(home, "own");
    const config = join(home, "xdg");
    const env = { HOME: home, XDG_CONFIG_HOME: config };
    await writeFile(file, "from_file\n");
    await mkdir(join(config, "erlang"), { recursive: true });
    await writeFile(join(config, "erlang", ".erlang.cookie"), "from_config");

    const found = async (sources: object): Promise<Uint8Array> =>
      (await findCookie({ env, ...sources })).digest(7);
    expect(await found({})).toEqual(digestOf("from_config"));
    await writeFile(join(home, ".erlang.cookie"), "from_home\n");
    expect(await found({})).toEqual(digestOf("from_home"));
    expect(await found({ file })).toEqual(digestOf("from_file"));
    expect(await found({ flag: "from_flag", file })).toEqual(digestOf("from_flag"));
  });

  it("says where it looked when there is none", async () => {
    const env = { HOME: join(home, "nobody") };
    await expect(findCookie({ env })).rejects.toMatchObject({
      code: "cookie_missing",
      message: expect.stringContaining(join(home, "nobody", ".erlang.cookie")),
    });
    await expect(findCookie({ file: join(home, "none"), env })).rejects.toMatchObject({
      code: "cookie_missing",
    });
    await expect(findCookie({ flag: " ", env })).rejects.toMatchObject({ code: "cookie_missing" });
    await expect(findCookie({ file: home, env })).rejects.toMatchObject({ code: "cookie_missing" });
  });
});
