import type { ContainerPart } from "#model";
import type { ConfContext } from "./context.ts";
import { slowStart } from "./gate.ts";

/** Its messages are kept for it by the queue, and those that wait for its answers do so for a minute. */
const QUEUE_WAITS: ContainerPart["swap"] = {
  effect: "work-waits",
  why: "two of one name on a host would take each other's messages and count as one in the database",
  seconds: 45,
};

/**
 * A program that works from the message queue: healthy while it has a connection to it, and to the other ports that it
 * cannot do without. What comes while it is replaced waits in the queue.
 */
export function queueProgram(
  { opt }: ConfContext,
  account: string,
  command: string,
  ports: readonly number[] = [],
): Pick<ContainerPart, "command" | "account" | "health" | "gateSeconds" | "swap"> {
  const [process] = command.split(" ");
  const test = ["healthcheck_port", process, ...ports, opt.om_rpc_port].join(" ");
  return { command, account, health: { test }, swap: QUEUE_WAITS, ...slowStart() };
}
