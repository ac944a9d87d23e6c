import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { makeFirstCloud } from "./server-on-cloud.ts";

afterEach(() => vi.unstubAllEnvs());

test("an account without a key is told so before any cloud is asked", async () => {
  const home = mkdtempSync(join(tmpdir(), "kolla-home-"));
  vi.stubEnv("HOME", home);
  const wish = { root: "/kolla", configDirectory: home, cloud: "kolla-admin-internal", environment: {} };
  await expect(makeFirstCloud(wish, () => undefined)).rejects.toThrow(
    expect.objectContaining({
      code: "KOLLA_USAGE_KEY",
      message: `${home}/.ssh/id_rsa.pub is not there.`,
      hint: "ssh-keygen -t rsa",
    }),
  );
  rmSync(home, { recursive: true });
});
