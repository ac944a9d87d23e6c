import type { HostLock, Plan, RunEvent } from "#model";
import type { ApplyOutcome, CarrierEvent } from "../ansible/index.ts";
import type { LoadedSite } from "./load.ts";
import type { LostImages } from "./lost-images.ts";

/** What a run tells while it goes: nothing of it is printed here. */
export type AppEvent =
  /** What the site is and should have is known; its warnings stop nothing. */
  | { event: "loaded"; loaded: LoadedSite }
  /** A host is another run's, which is waited for; told once. */
  | { event: "waiting"; words: string; hint: string }
  /** A run that still has hosts is dead; this one takes them over. */
  | { event: "dead-run"; lock: HostLock }
  /** Hosts pull images that they lost, before anything moves. */
  | { event: "fetching"; lost: LostImages }
  /** From now on hosts change. */
  | { event: "applying"; run: string; plan: Plan }
  /** What the agents, and Ansible, tell of it. */
  | { event: "progress"; of: RunEvent | CarrierEvent }
  /** The run is done; this machine has no new copy of what the host remembers. */
  | { event: "not-copied"; host: string; reason: string }
  | ({ event: "run-failed"; run: string } & Omit<ApplyOutcome, "past">);

export type Tell = (event: AppEvent) => void;
