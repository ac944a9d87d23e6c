import { project } from "#model";

export default project("haproxy", {
  summary: "The load balancer before all APIs",
  profile: "infra",
  user: { name: "haproxy", id: 42454 },
});
