import fc from "fast-check";
import { expect, test } from "vitest";
import { maxActiveKeys, rotationCrontab, rotationMinute } from "./fernet.ts";

test("with Kolla-Ansible's times three keys are kept", () => {
  expect(maxActiveKeys({ expiry: 86_400, grace: 172_800, rotation: 259_200 })).toBe(3);
});

test("rotating every day keeps a key for each day that a token may be shown, and two more", () => {
  expect(maxActiveKeys({ expiry: 86_400, grace: 172_800, rotation: 86_400 })).toBe(5);
});

test("a token can be read to the end of its life and grace, however often keys are rotated", () => {
  const seconds = fc.integer({ min: 3600, max: 10_000_000 });
  fc.assert(
    fc.property(seconds, seconds, seconds, (expiry, grace, rotation) => {
      // A token made just before a rotation: its key is then the newest of those that only read.
      const reading = maxActiveKeys({ expiry, grace, rotation }) - 2;
      expect(reading * rotation).toBeGreaterThanOrEqual(expiry + grace);
      expect((reading - 1) * rotation).toBeLessThan(expiry + grace);
    }),
  );
});

test("a rotation finds keystone-manage of either install type", () => {
  const [, path = ""] = /^PATH=(.*)$/m.exec(rotationCrontab(0, 1, 86_400)) ?? [];
  expect(path.split(":")).toEqual(expect.arrayContaining(["/var/lib/kolla/venv/bin", "/usr/bin"]));
});

test("no two hosts look at the same minute", () => {
  const minutes = [0, 1, 2, 3, 4].map((index) => rotationMinute(index, 5));
  expect(minutes).toEqual([0, 12, 24, 36, 48]);
  expect(rotationCrontab(1, 2, 86_400)).toContain("\n30 * * * * root /usr/bin/fernet-rotate.sh 86400 ");
});
