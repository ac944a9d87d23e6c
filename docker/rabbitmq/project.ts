import { project } from "#model";

export default project("rabbitmq", {
  summary: "The messages between the processes of a service",
  profile: "infra",
  user: { name: "rabbitmq", id: 42439 },
});
