import { ServiceBroker } from 'moleculer'
import { natsUrl } from './nats-url.js'

/** A node with Moleculer's defaults, except for its log; JSON over NATS. */
export const moleculerBroker = (nodeID: string): ServiceBroker =>
  new ServiceBroker({ nodeID, transporter: natsUrl, serializer: 'JSON', requestTimeout: 5_000, logger: false })
