import type { RunEvent, Secret } from "#model";

/** How the operator wants Ansible to be run; the same for all that one command does. */
export interface AnsibleSettings {
  /** Files or directories, in the order given with -i. */
  inventory: readonly string[];
  configDirectory: string;
  /** Instead of <configDirectory>/passwords.yml. */
  passwords?: string;
  /** As given with -e: "name=value", JSON, or "@file". */
  extraVars: readonly string[];
  limit?: string;
  vault: {
    ids: readonly string[];
    passwordFiles: readonly string[];
    /** What the operator typed when asked; Ansible itself has no terminal to ask on. */
    password?: Secret;
  };
  become: boolean;
  forks?: number;
  /** Number of -v. */
  verbosity: number;
  /** The project's root: playbooks are in <root>/ansible. */
  root: string;
  /** Reference of the agent's image, may be Jinja2 over the operator's variables and the options' defaults. */
  agentImage: string;
  /** The variable kolla_action, for operators' own Jinja2. */
  action: string;
  /** Where what was found of hosts is kept for the times when one is out of reach; absent: nowhere. */
  factsDirectory?: string;
  /** Where copies of what hosts remember of their past are kept; absent: nowhere. */
  recordsDirectory?: string;
  /** Handed to ansible-playbook as they are ("--check"). */
  extraFlags: readonly string[];
}

/** What Ansible itself does while a playbook runs. */
export type CarrierEvent = { at: string } & (
  | { event: "play" | "task"; name: string }
  | { event: "ok"; host: string; task: string; changed: boolean }
  | { event: "task-failed"; host: string; task: string; message: string }
  | { event: "unreachable"; host: string; message: string }
  /** A host's agent ended its stage: exit 0 well, 20 badly, 30 badly with all restored, anything else without telling. */
  | { event: "stage-ended"; host: string; stage: number; exit: number; message?: string }
  | { event: "output" | "warning"; line: string }
);

/** A line for the operator's screen: the agent's own events have a `run`. */
export type OnEvent = (event: RunEvent | CarrierEvent) => void;

/** Tells what Ansible says of a host from what the agent says of a run. */
export function isCarrierEvent(event: RunEvent | CarrierEvent): event is CarrierEvent {
  return !("run" in event);
}

/** Why a host gave no answer. */
export interface Unreachable {
  unreachable: string;
  /** Nothing came back from it at all. Absent: it answered, and lacks something. */
  isSilent?: true;
}
