import { expect, test } from "vitest";
import { logrotateConf } from "./logrotate.ts";

test("every directory of logs is rotated once, in a fixed order", () => {
  const text = logrotateConf(["nova", "glance", "nova"], {
    interval: "weekly",
    count: 6,
    maxSize: "100M",
    minSize: "30M",
  });
  expect(text.match(/"\/var.*"/g)).toEqual(['"/var/log/kolla/glance/*.log"', '"/var/log/kolla/nova/*.log"']);
  expect(text.startsWith("weekly\nrotate 6\ncopytruncate\n")).toBe(true);
});
