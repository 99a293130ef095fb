import { processEnvironment } from '@kilomega/config'
import { listenHttp } from '@kilomega/http'
import { Signals } from '@kilomega/observability'
import { checkQueueStore, QueueConfig } from '@kilomega/queue'
import type { Type } from '@nestjs/common'
import { awaitDatabase } from './await-database.js'
import { checkLoadedSchemas, handledBy } from './schemas.js'
import { connectionsOf } from './connections.js'
import { loadApp } from './loaded-app.js'
import { makeSecrets } from './make-secrets.js'
import { openApp } from './open-app.js'
import { ProcessConfig } from './process.config.js'
import { Presence } from './presence.js'
import { Stopping } from './stopping.js'
import { bindingsReport } from './bindings-report.js'
import { loadOptionsOf } from './load-options.js'
import { Unhandled } from './unhandled.js'

/**
 * Starts a process: imports the modules that are bound here, checks all configuration, waits up to `DATABASE_START_WAIT_MS` for a database that is not yet available,
 * refuses a database with another schema (and in production a queue whose store may lose jobs), wires the application and listens. An application with controllers
 * listens on the public port as well, all others only on the internal port. An error before it is ready gives one clear message and exit code 1. SIGTERM and SIGINT stop
 * the process in order, within `PROCESS_STOP_TIMEOUT_MS`. With the argument `--bindings` it starts nothing and prints what the application binds. With
 * `--secrets <folder>` it generates the secrets that production needs. Both print JSON.
 */
export async function start(application: Type): Promise<void> {
  if (process.argv.includes('--bindings')) return void process.stdout.write(`${JSON.stringify(await bindingsReport(application))}\n`)
  const folder = valueOf('--secrets')
  if (folder !== undefined) return void process.stdout.write(`${JSON.stringify(await makeSecrets(application, folder, processEnvironment()))}\n`)
  const stopping = new Stopping()
  try {
    const loaded = await loadApp(application, loadOptionsOf(processEnvironment()))
    await awaitDatabase(loaded)
    if (loaded.stage === 'production') await checkQueueStore(loaded.values.get(QueueConfig))
    await checkLoadedSchemas(loaded)
    const app = await openApp(loaded)
    stopping.watch(app, loaded.values.get(ProcessConfig))
    const addresses = await listenHttp(app)
    await app.get(Presence).start(nameOf(application), handledBy(loaded))
    if (loaded.implementations.length > 1) app.get(Unhandled).watch()
    app
      .get(Signals)
      .emit('process.ready', { ...addresses, modules: loaded.implementations.map(({ name }) => name), connections: connectionsOf(loaded) })
  } catch (error) {
    stopping.failedToStart(error)
  }
}

function valueOf(argument: string): string | undefined {
  const place = process.argv.indexOf(argument)
  return place === -1 ? undefined : process.argv[place + 1]
}

/** The name of an application: `worker` for `WorkerApp`. */
const nameOf = ({ name }: Type): string => name.replace(/(App|Module)$/, '').toLowerCase()
