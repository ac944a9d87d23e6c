import { execa } from "execa";
import { importDebian, removeDebian } from "../../dev/hosts/debian.ts";
import { engineClient } from "../../dev/hosts/engine.ts";
import { makeHost, removeHosts } from "../../dev/hosts/host.ts";
import { connectToOutside, disconnectFromOutside } from "../../dev/hosts/outside.ts";
import { readOn, root, type Where } from "./machine.ts";

/** A fresh Debian machine, made as a container of this machine's engine: no engine in it, no Ansible, no init system. */
interface FreshMachine {
  /** The folder that holds a copy of this checkout. */
  checkout: string;
  /** To run commands there. */
  where: Where;
}

/**
 * Makes a machine of the smallest Debian there is, and of what the reader of a README has: git and certificates.
 * Throws when this machine has no engine, no debootstrap, or no package archive in reach.
 */
export async function makeFreshMachine(name: string, suite: string): Promise<FreshMachine> {
  await removeFreshMachine(name);
  await importDebian(name, suite, ["ca-certificates", "git"]);
  await connectToOutside(name);
  await makeHost({ name, hostname: name, image: name, networks: [{ name }] });
  const where = [engineClient(), "exec", "--interactive", name];
  const checkout = "/root/kolla";
  await copyCheckout(where, checkout);
  return { checkout, where };
}

/** Takes the machine away with all that was in it; nothing happens when there is none. */
export async function removeFreshMachine(name: string): Promise<void> {
  await removeHosts([name], [name]);
  await removeDebian(name);
  await disconnectFromOutside(name);
}

/** The files of this checkout that git knows or would know, as they are now. */
async function copyCheckout(where: Where, checkout: string): Promise<void> {
  const [program = "", ...rest] = where;
  await readOn(where, "mkdir", checkout);
  const listed = ["-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  await execa("git", listed)
    .pipe("tar", ["-C", root, "--null", "--files-from=-", "--ignore-failed-read", "-c"], { buffer: false })
    .pipe(program, [...rest, "tar", "-C", checkout, "-x"]);
}
