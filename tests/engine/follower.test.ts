import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ansibleIsHere } from "./operator-world.ts";

const hasAnsible = ansibleIsHere();
const folder = mkdtempSync(join(tmpdir(), "kolla-follower-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Reads what a host printed at each look, and prints how far in the file of events it is then, and the agent's state. */
const FOLLOW = `
import importlib.util, sys
spec = importlib.util.spec_from_file_location("kolla_agent", sys.argv[1])
plugin = importlib.util.module_from_spec(spec)
spec.loader.exec_module(plugin)
class Action:
    _engine = "docker"
    def _container(self, stage): return "agent"
    def _arg(self, name): return "run"
    def _option(self, name): return 180
follower = plugin.Follower(Action(), 1)
for text in sys.argv[2:]:
    follower._patiently = lambda script: (0, text, "")
    state, code = follower._poll()
    print(follower._offset, state, code)
`;

/** Debian's Python, for which its package of Ansible is made. */
const PYTHON = process.env.KOLLA_PYTHON ?? "/usr/bin/python3";

test.skipIf(!hasAnsible)(
  "a state and events that come through a terminal of SSH are all told, whatever it mixes in",
  () => {
    const events = [
      { event: "stage-started", what: "ä" },
      { event: "step-done", step: 1 },
      { event: "stage-done" },
    ];
    const [first = "", second = "", third = ""] = events.map((event) => JSON.stringify(event));
    const complaint = '/bin/sh: 18: Syntax error: "&&" unexpected';
    const running = "kolla-agent: running 0\r\n";
    const looks = [
      `${running}${first}\r\n${complaint}\r\n`,
      // The terminal's answer to the Enter behind a password of sudo.
      `\r\n${running}${second}\r\n${third}\r\n`,
      `kolla-agent: exited 20\r\n${complaint}\r\n`,
      // The agent's container is not there.
      "kolla-agent: \r\n",
    ];
    const file = join(folder, "events");
    const printed = execFileSync(
      PYTHON,
      ["-c", FOLLOW, join(import.meta.dirname, "../../ansible/action_plugins/kolla_agent.py"), ...looks],
      { encoding: "utf8", env: { ...process.env, KOLLA_EVENTS: file } },
    );
    const size = (...lines: string[]) => Buffer.byteLength(lines.map((line) => `${line}\n`).join(""));
    const all = size(first, second, third);
    const ends = [`${size(first)} running 0`, `${all} running 0`, `${all} exited 20`, `${all} absent -1`];
    expect(printed.trim().split("\n")).toEqual(ends);
    const told = readFileSync(file, "utf8").trim().split("\n");
    expect(told.map((line) => (JSON.parse(line) as { event: unknown }).event)).toEqual(events);
  },
);
