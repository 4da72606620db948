import { atom, list, map, tuple, type Term } from "@elixirscope/etf";
import { expect, test } from "vitest";
import { CaptureError } from "../capture-error.ts";
import { reasonOfBye, reasonOfClose, reasonOfError } from "./end-reason.ts";

function bye(reason: Term): ReturnType<typeof reasonOfBye> {
  return reasonOfBye(tuple(reason, map([])));
}

test("the probe's last words become the recording's reason", () => {
  expect(bye(atom("requested")).code).toBe("user");
  expect(bye(atom("duration")).code).toBe("duration");
  expect(bye(tuple(atom("budget"), atom("memory")))).toEqual({
    code: "budget",
    message: "the target crossed a budget of the session: memory",
  });
  expect(bye(tuple(atom("tracer_died"), atom("killed"))).code).toBe("budget");
  expect(bye(tuple(atom("tracer_died"), list([atom("badarg")])))).toEqual({
    code: "error",
    message: "the probe ended: {:tracer_died, [:badarg]}",
  });
  expect(reasonOfBye(null).code).toBe("error");
});

test("a lost connection is a target that is down, unless we closed it", () => {
  expect(reasonOfClose({ code: "lost", reason: "gone" })).toEqual({
    code: "target_down",
    message: "gone",
  });
  expect(reasonOfClose({ code: "requested", reason: "closed here" }).code).toBe("user");
});

test("a full disk has a code of its own", () => {
  expect(reasonOfError(new CaptureError("disk_full", "full")).code).toBe("disk_full");
  expect(reasonOfError(new CaptureError("unwritable", "no")).code).toBe("error");
});
