import { expect, test } from "vitest";
import type { QuickstartReport } from "../app/index.ts";
import { formatQuickstart } from "./quickstart-text.ts";

const report: QuickstartReport = {
  server: {
    name: "first-server",
    status: "ACTIVE",
    fixedIp: "10.0.0.5",
    floatingIp: "10.77.1.101",
    lease: "lease 10.0.0.5",
    metadata: "metadata hello",
    ping: "3 of 3 answered",
    login: "ssh -i key root@10.77.1.101",
  },
  seconds: 75,
  changed: true,
  phases: [
    { name: "tools", seconds: 0.5, changed: false },
    { name: "first cloud and server", seconds: 74.5, changed: true },
  ],
};

test("a report tells the server, what each part took, and what to do next", () => {
  expect(formatQuickstart(report, "/etc/kolla").join("\n")).toMatchInlineSnapshot(`
    "server       first-server ACTIVE
    lease        10.0.0.5
    metadata     hello
    floating IP  10.77.1.101: 3 of 3 answered
    login        ssh -i key root@10.77.1.101

    PHASE                   TOOK
    tools                   0.5 s       as it was
    first cloud and server  1 min 15 s  changed
    all                     1 min 15 s

    The cloud is ready: source /etc/kolla/admin-openrc.sh"
  `);
});

test("a machine on which nothing was to be done is told so", () => {
  const parts = formatQuickstart({ ...report, changed: false, seconds: 8 }, "/etc/kolla");
  expect(parts.at(-1)).toBe("Nothing changed: the cloud was ready (8.0 s).");
});
