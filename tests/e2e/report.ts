import { execa } from "execa";
import { expect } from "vitest";
import { readOn, root, type Where } from "./machine.ts";

/** What `tools/quickstart --json` prints at its end. */
export interface Report {
  server: {
    status: string;
    lease: string;
    metadata: string;
    ping: string;
    floatingIp: string;
    login: string;
  };
  changed: boolean;
  seconds: number;
  phases: { name: string; seconds: number; changed: boolean }[];
}

/** Runs the main job on a machine with its progress shown, and reads its report. */
export async function quickstart(where: Where = [], checkout = root): Promise<Report> {
  const [program = "", ...words] = [...where, `${checkout}/tools/quickstart`, "--json"];
  const { exitCode, stdout, stderr } = await execa(program, words, {
    reject: false,
    stderr: ["inherit", "pipe"],
  });
  expect(exitCode, stderr.slice(-3000)).toBe(0);
  const last = stdout.trim().split("\n").at(-1) ?? "";
  return JSON.parse(last) as Report;
}

/** The server runs, has an address, read what the metadata service has for it, and answers at its floating IP. */
export function expectServer({ server }: Report): void {
  expect(server.status).toBe("ACTIVE");
  expect(server.lease).toMatch(/^lease 10\.0\.0\.\d+\//);
  expect(server.metadata).toMatch(
    /hostname=first-server\S* instance-id=i-.*key=ssh-ed25519.*user-data=hello from kolla/,
  );
  expect(server.ping).toMatch(/3 packets transmitted, [1-3] received/);
}

/** What a script prints in the guest, logged in as the report says. */
export async function inGuest({ server }: Report, script: string, where: Where = []): Promise<string> {
  const unasked = [
    "-o",
    "StrictHostKeyChecking=no",
    "-o",
    "UserKnownHostsFile=/dev/null",
    "-o",
    "LogLevel=ERROR",
  ];
  return readOn(where, ...server.login.split(" "), ...unasked, script);
}

/** Names of the parts that changed something. */
export function changedIn({ phases }: Report): string[] {
  return phases.filter((phase) => phase.changed).map((phase) => phase.name);
}
