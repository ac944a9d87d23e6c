/**
 * The words that run a shell program. Its text is imported from a file of its own, which shellcheck reads; what it has
 * to know comes as arguments, never into its text. `name` is what it calls itself in messages.
 */
export function shell(name: string, program: string, ...words: readonly string[]): readonly string[] {
  return ["bash", "-c", program, name, ...words];
}
