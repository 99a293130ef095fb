// The port answered over NATS: the platform's own strategy, with signed actors, validated messages and metrics.
import { type LocalModules, type LocalPorts, NatsStrategy } from '@kilomega/messaging'
import { EchoPort } from '../port-local/echo.port.js'
import { echoHandler } from '../port-local/local-echo.js'
import { reportReady } from '../process/report-ready.js'
import { openLink } from './our-link.js'

const { link, remote, signals, connected } = await openLink()
const handler = echoHandler()
const modules = { implementations: [{ port: EchoPort }] } as unknown as LocalModules
const ports = { handlerOf: () => handler } as unknown as LocalPorts
await new NatsStrategy(link, remote, modules, ports, signals).listen(() => undefined)
await connected
await link.connection!.flush()
reportReady()
