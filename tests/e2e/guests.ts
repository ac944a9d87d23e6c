import { execa } from "execa";
import { beforeEach } from "vitest";
import { engineClient } from "../../dev/hosts/engine.ts";

/** So many of the last lines of each kind. */
const LINES = 8;
/** What the kernel says of a process that it ended. */
const ENDED = /out of memory|oom-kill|killed process|segfault|general protection|trap invalid/i;

/**
 * Adds to what is told of a test of this file that fails which servers' processes there are, how others ended, and what
 * the kernel ended: a server whose process is gone looks to the rest like a network that does not work.
 */
export function tellOfGuestsOnFailure(): void {
  beforeEach(({ onTestFailed }) => {
    onTestFailed(async ({ task }) => {
      const [error] = task.result?.errors ?? [];
      if (!error) return;
      const seen = (await guests()).map((line) => `  ${line}`);
      error.stack = [error.message, "then, on the machine:", ...seen, error.stack].join("\n");
    });
  });
}

async function guests(): Promise<string[]> {
  const inLibvirt = (...words: string[]) => linesOf(engineClient(), "exec", "nova_libvirt", ...words);
  const told = [
    await inLibvirt("virsh", "list", "--all"),
    await inLibvirt("grep", "-r", "-E", "shutting down|terminating on|fatal|assert", "/var/log/libvirt/qemu"),
    (await linesOf("dmesg", "--ctime")).filter((line) => ENDED.test(line)),
    await linesOf("free", "-m"),
  ];
  return told.flatMap((lines) => lines.slice(-LINES));
}

/** What a command printed, or why it did not. */
async function linesOf(program: string, ...words: string[]): Promise<string[]> {
  const { all } = await execa(program, words, { reject: false, all: true });
  return (all ?? "").split("\n").filter((line) => line.trim() !== "");
}
