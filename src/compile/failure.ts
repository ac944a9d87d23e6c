import type { KollaError } from "#support";

/** An option has no value. Options that depend on it have none for the same reason, so a problem is one object. */
export class NoValue extends Error {
  readonly option: string;
  readonly problem: KollaError;

  constructor(option: string, problem: KollaError) {
    super(`${option} has no value: ${problem.message}`);
    this.name = "NoValue";
    this.option = option;
    this.problem = problem;
  }
}
