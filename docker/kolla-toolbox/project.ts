import { project } from "#model";

export default project("kolla-toolbox", {
  summary: "Ansible modules and OpenStack's command line, for an operator on a host",
  profile: "infra",
  user: { name: "ansible", id: 42401 },
});
