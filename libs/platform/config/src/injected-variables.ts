/**
 * Variables that Kubernetes sets in every container for every Service of its namespace, and Docker for a link: `NATS_SERVICE_HOST`,
 * `NATS_SERVICE_PORT_CLIENT`, `NATS_PORT_4222_TCP_ADDR`. See "Discovering services" in the Kubernetes documentation.
 */
const injectedName = /^[A-Z][A-Z0-9_]*?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)$/
/** `NATS_PORT` could be one of our settings: only its value shows who set it. */
const portName = /^[A-Z][A-Z0-9_]*_PORT$/
const injectedPort = /^(tcp|udp|sctp):\/\/\S+:\d+$/

/** Whether this variable was set by an orchestrator, for a service that happens to have the name of one of our slices. */
export const isInjected = (variable: string, value: string | undefined): boolean =>
  injectedName.test(variable) || (portName.test(variable) && injectedPort.test(value ?? ''))
