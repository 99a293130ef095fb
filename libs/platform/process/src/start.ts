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
import { surroundingsOf } from './surroundings.js'
import { Unhandled } from './unhandled.js'

/**
 * Begins a process: imports what is bound here, checks all configuration, waits up to `DATABASE_START_WAIT_MS` for a database that is not there yet,
 * refuses one with another schema, in production also a queue whose store may lose jobs, wires the application and listens. An application with controllers listens on the public port too, every other one
 * only on the internal one. What goes wrong before it is ready is one clear message and exit code 1; SIGTERM and SIGINT stop it in order, and again
 * within `PROCESS_STOP_TIMEOUT_MS`. With the argument `--bindings` it begins nothing and prints what the application binds, with `--secrets <folder>` it
 * makes the secrets that production needs, both as JSON.
 */
export async function start(application: Type): Promise<void> {
  if (process.argv.includes('--bindings')) return void process.stdout.write(`${JSON.stringify(await bindingsReport(application))}\n`)
  const folder = after('--secrets')
  if (folder !== undefined) return void process.stdout.write(`${JSON.stringify(await makeSecrets(application, folder, processEnvironment()))}\n`)
  const stopping = new Stopping()
  try {
    const loaded = await loadApp(application, surroundingsOf(processEnvironment()))
    await awaitDatabase(loaded)
    if (loaded.stage === 'production') await checkQueueStore(loaded.values.get(QueueConfig))
    await checkLoadedSchemas(loaded)
    const app = await openApp(loaded)
    stopping.of(app, loaded.values.get(ProcessConfig))
    const addresses = await listenHttp(app)
    await app.get(Presence).begin(nameOf(application), handledBy(loaded))
    if (loaded.implementations.length > 1) app.get(Unhandled).watch()
    app
      .get(Signals)
      .emit('process.ready', { ...addresses, modules: loaded.implementations.map(({ name }) => name), connections: connectionsOf(loaded) })
  } catch (error) {
    stopping.failedToStart(error)
  }
}

function after(argument: string): string | undefined {
  const place = process.argv.indexOf(argument)
  return place === -1 ? undefined : process.argv[place + 1]
}

/** `WorkerApp` is the worker. */
const nameOf = ({ name }: Type): string => name.replace(/(App|Module)$/, '').toLowerCase()
