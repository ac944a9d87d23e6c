import { KollaError } from "#support";

/** What is told of a step that failed. */
export interface Evidence {
  log?: readonly string[];
  health?: readonly string[];
}

/** A step that did not end well, with what helps to see why. */
export class StepFailure extends KollaError {
  readonly evidence: Evidence;

  constructor(message: string, evidence: Evidence = {}, cause?: unknown) {
    super({ code: "KOLLA_STEP_FAILED", message, ...(cause === undefined ? {} : { cause }) });
    this.evidence = evidence;
  }
}

/** The host is not as the plan saw it: the step did nothing. */
export function surprise(what: string): StepFailure {
  return new StepFailure(`${what}: the host changed since the plan was made; plan again`);
}
