import { expect, test } from "vitest";
import { formatError, KollaError } from "#support";
import { foldUnresolved, unresolvedHint } from "./unresolved.ts";

const problem = (key: string, host: string, reason: string): KollaError =>
  new KollaError({
    code: "KOLLA_VARIABLE_UNRESOLVED",
    message: `${key} cannot be evaluated: ${reason}`,
    where: { file: "/etc/kolla/globals.yml", line: key === "my_net" ? 3 : 7, key, host },
  });

test("one cause is told once, with its hosts and the variables that use it", () => {
  const all = ["c1", "c2", "c3", "c4"].flatMap((host) => [
    problem("api_interface", host, "{{ my_net }}: 'nowhere' is undefined"),
    problem("my_net", host, "'nowhere' is undefined"),
    problem("tunnel_interface", host, "{{ my_net }}: 'nowhere' is undefined"),
  ]);
  const found = foldUnresolved([...all, problem("other", "c1", "no filter named 'x'")]);
  expect(found.map(({ names }) => names)).toEqual([
    ["my_net", "api_interface", "tunnel_interface"],
    ["other"],
  ]);
  expect(found.map(({ problem }) => formatError(problem)).join("\n")).toMatchInlineSnapshot(`
    "/etc/kolla/globals.yml:3 on 4 hosts (c1, c2, c3 …): my_net cannot be evaluated: 'nowhere' is undefined; and 2 variables with it: api_interface, tunnel_interface (KOLLA_VARIABLE_UNRESOLVED)
    /etc/kolla/globals.yml:7 on c1: other cannot be evaluated: no filter named 'x' (KOLLA_VARIABLE_UNRESOLVED)"
  `);
});

test("what lacks a collection is told with the command that installs it", () => {
  // As Ansible 2.14 says it.
  const reason = `template error while templating string: Could not load "ansible.utils.ipaddr": 'Invalid plugin FQCN (ansible.utils.ipaddr): unable to locate collection ansible.utils'. String: {{ '10.0.0.1' | ansible.utils.ipaddr }}`;
  expect(unresolvedHint(reason, [])).toBe(
    "It is of the collection ansible.utils, which is not on this machine. Install it: ansible-galaxy collection install ansible.utils",
  );
  expect(unresolvedHint("'api_adress' is undefined", ["api_address"])).toBe("Did you mean api_address?");
});
