import type { ContainerPart } from "#model";
import type { ConfContext } from "./context.ts";
import { slowStart } from "./gate.ts";

/**
 * A program that works from the message queue: healthy while it has a connection to it, and to the other ports that it
 * cannot do without.
 */
export function queueProgram(
  { opt }: ConfContext,
  account: string,
  command: string,
  ports: readonly number[] = [],
): Pick<ContainerPart, "command" | "account" | "health" | "gateSeconds"> {
  const [process] = command.split(" ");
  const test = ["healthcheck_port", process, ...ports, opt.om_rpc_port].join(" ");
  return { command, account, health: { test }, ...slowStart() };
}
