import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { compile } from "../../src/compile/index.ts";
import { allInOne } from "../../tests/golden/sites.ts";
import { services } from "../index.generated.ts";
import hook from "./libvirt-hook.sh";

/** A program of the name `ip` that only tells how it was called, and fails for one device. */
const programs = mkdtempSync(join(tmpdir(), "kolla-hook-"));
writeFileSync(join(programs, "ip"), '#!/bin/sh\necho "$@"\n[ "$4" != gone ]\n', { mode: 0o755 });
afterAll(() => rmSync(programs, { recursive: true }));

const card = (type: string, device: string): string => `
    <interface type='${type}'>
      <mac address='fa:16:3e:c3:ee:ee'/>
      <target dev='${device}'/>
      <model type='virtio'/>
    </interface>`;
const DISK = "<disk type='file'><target dev='vda' bus='virtio'/></disk>";

function told(what: string, description: string): string[] {
  const { status, stdout } = spawnSync("bash", ["-c", hook, "qemu", "instance-1", what, "begin", "-"], {
    input: `<domain>${DISK}${description}\n</domain>`,
    env: { ...process.env, PATH: `${programs}:${process.env.PATH}` },
    encoding: "utf8",
  });
  // libvirt would end the server otherwise.
  expect(status).toBe(0);
  return stdout.split("\n").filter(Boolean);
}

test("every device of a server that runs is up, also behind one that is gone", () => {
  const cards = card("ethernet", "tap1") + card("ethernet", "gone") + card("ethernet", "tap2");
  const up = ["tap1", "gone", "tap2"].map((device) => `link set dev ${device} up`);
  expect(told("started", cards)).toEqual(up);
  expect(told("reconnect", cards)).toEqual(up);
});

test("nothing else is touched: what libvirt plugs itself, and devices of servers that do not run", () => {
  expect(told("started", card("bridge", "vnet1"))).toEqual([]);
  for (const what of ["prepare", "start", "stopped", "release"])
    expect(told(what, card("ethernet", "tap1"))).toEqual([]);
});

test("libvirt has it where the switch is in user space", () => {
  const files = (datapath: string): string[] => {
    const { desired, problems } = compile(services, allInOne({ ovs_datapath: datapath }), {});
    expect(problems).toEqual([]);
    return (desired.hosts[0]?.items ?? []).map(({ id }) => id).filter((id) => id.endsWith("libvirt-hook.sh"));
  };
  expect(files("netdev")).toEqual(["file:/etc/kolla/nova-libvirt/libvirt-hook.sh"]);
  expect(files("system")).toEqual([]);
});
