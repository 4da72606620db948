// The folder of a new recording: made, or empty; never one that holds something.

import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { ioError, isErrno } from "./io-error.ts";
import { StoreError } from "./store-error.ts";

export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(path.join(folder, ".."), { recursive: true });
    await mkdir(folder).catch(async (cause: unknown) => {
      if (!isErrno(cause, "EEXIST")) throw cause;
      const entries = await readdir(folder);
      if (entries.length > 0) {
        throw new StoreError(
          "exists",
          `${folder} exists already: choose another name or remove it`,
          { cause },
        );
      }
    });
    await mkdir(path.join(folder, "parts"));
  } catch (cause) {
    if (isErrno(cause, "ENOTDIR") || isErrno(cause, "EEXIST")) {
      throw new StoreError("exists", `${folder} exists already and is not a folder`, { cause });
    }
    throw ioError(`cannot create ${folder}`, cause);
  }
}
