/** A shell program: the bundler and the tests give its text (shell-text.ts). */
declare module "*.sh" {
  const text: string;
  export default text;
}
