import { project } from "#model";

export default project("kolla-agent", {
  summary: "Carries out a deployment's steps on a host",
  profile: "infra",
  context: { "kolla-agent": { "agent.js": "dist/agent.js" } },
});
