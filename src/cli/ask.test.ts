import { expect, test } from "vitest";
import { askToGoOn, refuseToAskNobody } from "./ask.ts";

test("--ask without a terminal, or with --json, is refused and says what to do instead", () => {
  for (const flags of [{ ask: true }, { ask: true, json: true }])
    expect(() => refuseToAskNobody(flags)).toThrow(
      expect.objectContaining({
        code: "KOLLA_USAGE_ASK",
        hint: "Without somebody to ask: kolla plan --out FILE, have it read, then kolla apply FILE.",
      }),
    );
});

test("nobody is asked without --ask, nor with --yes", async () => {
  for (const flags of [{}, { ask: true, yes: true }]) {
    refuseToAskNobody(flags);
    await askToGoOn(flags);
  }
});
