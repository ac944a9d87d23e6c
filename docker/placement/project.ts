import { project } from "#model";

export default project("placement", {
  summary: "What compute hosts have to give, and who has taken it",
  profile: "main",
  user: { name: "placement", id: 42482 },
  sources: { "placement-base": { pypi: "openstack-placement" } },
});
