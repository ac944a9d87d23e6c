import { project } from "#model";

export default project("neutron", {
  summary: "Networks, routers and addresses, and the agents that make them on hosts",
  profile: "main",
  user: { name: "neutron", id: 42435 },
});
